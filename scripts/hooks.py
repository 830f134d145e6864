"""Hands pages over to MkDocs, and turns problems into a failed build or a banner; all that MkDocs needs."""

import logging
import os
import sys
from pathlib import Path

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import BuildError
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.utils import CountHandler

sys.path.insert(0, str(Path(__file__).parent))

from report.current import current
from report.git import told
from report.pages.policy import with_policy
from report.problem import BadData, counted
from report.swap import place_apart, put_in_place, remove_apart
from report.turn import wait_for_turn

log = logging.getLogger("mkdocs.hooks.report")
_warnings = CountHandler(level=logging.WARNING)


class MadeFile(File):
    """A page or a file of the output, made when MkDocs reads it."""

    @property
    def _content(self) -> str | bytes:
        return current.content(self.src_uri)

    @_content.setter
    def _content(self, value: object) -> None:
        """MkDocs sets what it was given at first; only what is made counts."""


def on_startup(command: str, dirty: bool) -> None:
    """Note whether the site is being served; take the time of the build from the commit."""
    current.serving = command == "serve"
    logging.getLogger("mkdocs").addHandler(_warnings)
    if "SOURCE_DATE_EPOCH" not in os.environ:
        root = Path(__file__).parent.parent
        if day := told(root, "log", "-1", "--format=%ct"):
            os.environ["SOURCE_DATE_EPOCH"] = day.decode().strip()


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Without a repository there is nothing to edit online; the site is made apart, by one build at a time."""
    if not config.repo_url:
        config.edit_uri = None
    if not current.serving:
        wait_for_turn(Path(config.config_file_path).parent)
        current.site = Path(config.site_dir).resolve()
        config.site_dir = str(place_apart(current.site))
    return config


def on_pre_build(config: MkDocsConfig) -> None:
    """Read and check everything before MkDocs empties the folder of a served site, so that bad data leave it alone."""
    if current.serving:
        _renew(config)


def _renew(config: MkDocsConfig) -> None:
    try:
        current.renew(Path(config.config_file_path).parent)
    except BadData as error:
        number = counted(error.problems)
        raise BuildError(f"{number}; no site was written\n{error}") from None


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Replace chapters by their expanded text, and have every page and file of the output, in its order.

    A build reads and checks everything only now: its folder is empty, and may be written to at once.
    """
    if not current.serving:
        _renew(config)
    wanted = current.output.uris
    made = {uri: file for uri, file in files.src_uris.items() if file.generated_by}
    if list(made) == wanted:
        return files
    for file in list(files):
        if file.generated_by or (current.output.pages and file.is_documentation_page()):
            files.remove(file)
    for uri in wanted:
        files.append(made.get(uri) or _made_file(config, uri))
    return files


def _made_file(config: MkDocsConfig, uri: str) -> File:
    file = MadeFile.generated(config, uri, content="", inclusion=InclusionLevel.INCLUDED)
    file.edit_uri = current.output.edit_uri(uri)
    return file


def on_env(env: Environment, config: MkDocsConfig, files: Files) -> Environment:
    """Let the theme show the problems that wait to be mended."""
    env.globals["problems"] = current.problems
    return env


def on_page_context(
    context: dict[str, object], page: Page, config: MkDocsConfig, nav: Navigation
) -> dict[str, object]:
    """Give the theme the metadata for the head of the page."""
    context["head"] = current.head(page.file.src_uri)
    return context


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Give the page its policy; while serving, MkDocs adds a script of its own, so that it has none."""
    current.index.add(page.url.removeprefix("./"), output)
    return output if current.serving else with_policy(output)


def on_post_template(output_content: str, template_name: str, config: MkDocsConfig) -> str:
    """The same for the page that is shown where nothing is found."""
    html = template_name.endswith(".html") and not current.serving
    return with_policy(output_content) if html else output_content


@event_priority(-100)  # after every other hook
def on_post_build(config: MkDocsConfig) -> None:
    """Write what is taken away and the index of the search, and put the new site in place."""
    folder = Path(config.site_dir)
    if current.on_demand:
        return
    if tasks := current.takeaway(folder):
        current.took({name for task in tasks for name in task()}, folder)
    if not current.is_indexed:
        current.write_index(folder)
    if current.site and not (config.strict and _warnings.get_counts()):
        put_in_place(current.site)
        config.site_dir = str(current.site)
        current.finished = not _warnings.get_counts()
        log.info("Put in place: %s", current.site)


@event_priority(-100)
def on_shutdown() -> None:
    """Delete the old site."""
    if current.site:
        remove_apart(current.site)


def on_build_error(error: Exception) -> None:
    """Leave the old site, and nothing beside it."""
    if current.site:
        remove_apart(current.site)
