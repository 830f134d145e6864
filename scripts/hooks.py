"""Hands pages over to MkDocs, and turns problems into a failed build or a banner; all that MkDocs needs."""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import BuildError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import CountHandler

sys.path.insert(0, str(Path(__file__).parent))

from report.build import Output, build_output, caught_up, last_output
from report.pages.policy import with_policy
from report.pages.search import FOLDER, SearchIndex
from report.problem import BadData, Problem
from report.publish import write_changed, write_whole
from report.swap import place_apart, put_in_place, remove_apart

log = logging.getLogger("mkdocs.hooks.report")


@dataclass
class _State:
    """What outlives one build while the site is being served."""

    serving: bool = False
    output: Output = field(default_factory=Output)
    problems: list[Problem] = field(default_factory=list)
    handed: set[str] = field(default_factory=set)
    """Every file to take away that MkDocs was ever given."""
    site: Path | None = None
    """What the build is to become; none where the site is being served, from a folder of its own."""


_state = _State()


def on_startup(command: str, dirty: bool) -> None:
    """Note whether the site is being served; take the time of the build from the commit."""
    _state.serving = command == "serve"
    if "SOURCE_DATE_EPOCH" not in os.environ:
        root = Path(__file__).parent.parent
        shown = subprocess.run(
            ["git", "-C", str(root), "log", "-1", "--format=%ct"], capture_output=True, text=True
        )
        if shown.returncode == 0 and shown.stdout.strip():
            os.environ["SOURCE_DATE_EPOCH"] = shown.stdout.strip()


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Without a repository there is nothing to edit online; the site is made apart from the old one."""
    if not config.repo_url:
        config.edit_uri = None
    if not _state.serving:
        _state.site = Path(config.site_dir).resolve()
        config.site_dir = str(place_apart(_state.site))
    return config


def on_pre_build(config: MkDocsConfig) -> None:
    """Make everything before MkDocs touches the site, so that bad data leaves an existing one alone."""
    root = Path(config.config_file_path).parent
    try:
        earlier = _state.output if _state.serving and _state.output.takeaway else None
        _state.output, _state.problems = build_output(root, earlier), []
    except BadData as error:
        _state.problems = error.problems
    except Exception as error:  # a hook that raises makes every request of `mkdocs serve` hang
        if not _state.serving:
            raise
        log.exception("The pages could not be made")
        _state.problems = [Problem("scripts", 1, 1, "build", f"{type(error).__name__}: {error}")]
    if not _state.problems:
        return
    listed = "\n".join(map(str, _state.problems))
    if not _state.serving:
        raise BuildError(f"{len(_state.problems)} problems; no site was written\n{listed}")
    if not _state.output.pages:
        _state.output = last_output(root)
    log.error("%d problems; the last good version is shown\n%s", len(_state.problems), listed)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Replace chapters by their expanded text and add every generated page and file."""
    if _state.output.pages:
        for chapter in [file for file in files if file.is_documentation_page()]:
            files.remove(chapter)
    for page in _state.output.pages:
        file = File.generated(config, page.uri, content=page.markdown)
        file.edit_uri = page.edit_uri
        file.head = page.head  # type: ignore[attr-defined]
        files.append(file)
    _state.handed |= _state.output.takeaway.keys()
    for uri, content in {**_state.output.files, **_state.output.takeaway}.items():
        files.append(File.generated(config, uri, content=content))
    return files


def on_env(env: Environment, config: MkDocsConfig, files: Files) -> Environment:
    """Let the theme show the problems that wait to be mended."""
    env.globals["problems"] = _state.problems
    return env


def on_page_context(
    context: dict[str, Any], page: Page, config: MkDocsConfig, nav: Navigation
) -> dict[str, Any]:
    """Give the theme the metadata for the head of the page."""
    context["head"] = getattr(page.file, "head", "")
    return context


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Give the page its policy; while serving, MkDocs adds a script of its own, so that it has none."""
    with _writing:
        _index.add(page.url.removeprefix("./"), output)
    return output if _state.serving else with_policy(output)


def on_post_template(output_content: str, template_name: str, config: MkDocsConfig) -> str:
    """The same for the page that is shown where nothing is found."""
    html = template_name.endswith(".html") and not _state.serving
    return with_policy(output_content) if html else output_content


_index = SearchIndex()
_writing = threading.RLock()
_waiting = threading.Timer(0, lambda: None)
DELAY = 0.3
"""Seconds after which search and downloads of a served site follow an edit: nobody is to wait for them."""


@event_priority(-100)  # after every other hook
def on_post_build(config: MkDocsConfig) -> None:
    """Write the index of the search and put the new site in place; a served site is completed later."""
    global _waiting
    if _state.site is None:
        _waiting.cancel()
        _waiting = threading.Timer(DELAY, _complete, [Path(config.site_dir)])
        _waiting.daemon = True
        _waiting.start()
        return
    _write_index(Path(config.site_dir))
    if not _refused():
        put_in_place(_state.site)
        config.site_dir = str(_state.site)
        log.info("Put in place: %s", _state.site)


def _complete(site: Path) -> None:
    """Bring what readers take away and the index of the search up to date, unless an edit came meanwhile."""
    output = _state.output
    new = caught_up(output)
    with _writing:
        if _state.output is not output or not site.is_dir():
            return
        _state.output = new
        try:
            _write_takeaway(site, new.takeaway)
            _write_index(site)
        except OSError as error:
            log.debug("The next build swept the site meanwhile: %s", error)


def _write_takeaway(site: Path, files: Mapping[str, str | bytes]) -> None:
    for uri in _state.handed - files.keys():
        (site / uri).unlink(missing_ok=True)
    for uri, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        if not (site / uri).is_file() or (site / uri).read_bytes() != data:
            write_whole(site / uri, data)


def _write_index(site: Path) -> None:
    """Write the index of the pages that there are now."""
    with _writing:
        files = _index.files(_address(page.uri) for page in _state.output.pages)
        write_changed(site / FOLDER, files)


def _address(uri: str) -> str:
    """Where the page of a Markdown file is served, below the root."""
    path = uri.removesuffix(".md").removesuffix("index")
    return path if not path or path.endswith("/") else f"{path}/"


def _refused() -> bool:
    """Whether MkDocs is about to refuse the site: with --strict it counts warnings, up to its end."""
    handlers = logging.getLogger("mkdocs").handlers
    return any(isinstance(counter, CountHandler) and counter.get_counts() for counter in handlers)


def on_build_error(error: Exception) -> None:
    """Leave the old site, and nothing beside it."""
    if _state.site:
        remove_apart(_state.site)
