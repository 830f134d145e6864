"""The last of the hooks, after hooks.py: makes builds and serving fast, and nothing else.

MkDocs renders each page for itself, although the 20 KB around the text of a record are always the
same. Here they are rendered once for each shape of page, with marks where pages differ, cut at the
marks and filled in; the plain Markdown of generated pages is converted by `Converter`. A page that
does not fit stays with MkDocs. For each shape one real page is rendered both ways: where the two
differ, the build stops. Several processes share the work. While the site is served, a page is made when
it is asked for. Without this folder (or with REPORT_PLAIN=1) the site is the same, byte for byte,
only slower. docs/speed.md tells more.
"""

import gc
import logging
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation

sys.path.insert(0, str(Path(__file__).parents[1]))

from fast.convert import Converter
from fast.desk import Desk, Watcher
from fast.documents import Documents
from fast.handover import Handover, documents_to_serve
from fast.press import Press, postpone, prepare
from fast.theme import environment
from report.build import download_tasks, record_tasks
from report.current import current
from report.data.forked import Shared, called
from report.pages.compiled import compiled_templates
from report.pages.site import Site

log = logging.getLogger("mkdocs.hooks.report")

_EVENTS = ("pre_page", "page_read_source", "page_markdown", "page_content")
"""Where other plugins wait for one of these, MkDocs is to render every page itself."""
_CHUNK = 50
"""So many pages are one task."""


class _State:
    """What this hook knows of the build that is under way, or of the site that is being served."""

    on = False
    command = ""
    handover: Handover | None = None
    """What builds hand over to each other; none where the site is served."""
    takeaway: tuple[Shared[list[str]], ...] = ()
    documents: Documents | None = None
    """What was read of the data before, to serve the site."""
    press: Press | None = None
    desk: Desk | None = None


def _press() -> Press:
    assert _State.press
    return _State.press


def on_startup(command: str, dirty: bool) -> None:
    """Note what is to be done."""
    _State.command = command
    _State.on = not os.environ.get("REPORT_PLAIN")


@event_priority(-50)  # after hooks.py has told which site this is to be
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Build nothing where nothing has changed since the last build, unless more is to follow."""
    _State.on &= not any(config.plugins.events[name] for name in _EVENTS)
    if _State.on:
        config.theme.get_env = partial(environment, config.theme)  # type: ignore[method-assign]
    root = Path(config.config_file_path).parent
    current.on_demand = _State.on and current.serving and "--no-livereload" not in sys.argv
    if current.on_demand and not _State.documents:
        _State.documents = documents_to_serve(root)
    if _State.command == "build" and _State.on and current.site:
        _State.handover = handover = Handover(root, current.site)
        if handover.look(_settings(config)):
            log.info("Nothing has changed: %s is up to date", current.site)
            raise SystemExit(0)
        current.when_read = partial(_begin, handover, Path(config.site_dir))
    return config


@event_priority(50)  # before hooks.py reads the data
def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Have a second process give the new site what was made of records for the old one."""
    if _State.handover:
        _State.handover.begin(Path(config.site_dir))
    return files


def _settings(config: MkDocsConfig) -> str:
    """The settings of the command that a site depends on; no site with a warning is remembered, strict or not."""
    return repr((config.config_file_path, config.theme.name, config.use_directory_urls))


def _begin(handover: Handover, folder: Path, site: Site) -> None:
    """Have other processes begin with what readers take away; tell which records are there from the last build.

    Where records are still being given to the new site, their files have to wait.
    """
    records = [] if handover.is_giving else record_tasks(site, folder, ())
    _State.takeaway = (Shared([*download_tasks(site, folder), *records]),)
    current.there = handover.still(site)
    current.index.take(handover.found())


def on_shutdown() -> None:
    """Remember of what a finished site was made; a served one is about to be deleted."""
    if _State.desk:
        _State.desk.close()
    if _State.handover and current.finished and current.output.site:
        _State.handover.finish(current.output.site)
    gc.freeze()  # the process ends: it need not look for garbage once more


def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
    """Take pages away from MkDocs, but those in the navigation; while serving, these wait as well."""
    if _State.on:
        converter = Converter(config.markdown_extensions, config.mdx_configs or {})
        _State.press = press = Press(config, nav, files, converter)
        for page in nav.pages:
            prepare(page, converter)
            if current.on_demand and page.file.generated_by:
                postpone(page)
        press.take(file for file in files.documentation_pages() if file not in press.inside)
        if _State.handover and _State.handover.is_giving and current.output.site:
            _State.handover.leave()
            tasks = record_tasks(current.output.site, Path(config.site_dir), current.there)
            _State.takeaway += (Shared(tasks),)
    return nav


def on_env(env: Environment, config: MkDocsConfig, files: Files) -> Environment:
    """Write all pages that MkDocs does not render, and all files that are made; while serving, none."""
    press = _State.press
    if not _State.on or press is None or press.environment is env:
        return env
    press.environment = env
    env.bytecode_cache = compiled_templates(current.root, __file__)
    if current.on_demand:
        made = [file for file in files if file.generated_by]
        for page in (file.page for file in made if file.page):
            page.content = page.present_anchor_ids = None
        press.take(made)
    else:
        press.take(file for file in files if file.generated_by and not file.page)
        missing = _missing(press)
        press.take(files.documentation_pages()[1:])  # MkDocs dates the sitemap by what it builds
        _print_all(press, missing)
        if _State.handover and current.output.site:
            _State.handover.note(current.output.site, current.index)
    return env


def on_post_build(config: MkDocsConfig) -> None:
    """Have all written that is not yet, before hooks.py puts the site in place; MkDocs is done with its pages."""
    folder = Path(config.site_dir)
    if _State.takeaway:
        current.write_index(folder)  # while others are not done with the downloads yet
        written = [names for share in _State.takeaway for names in share.results()]
        current.took(set().union(*written), folder)
        _State.takeaway = ()
    for page in _State.press.nav.pages if _State.press else ():
        vars(page.file).pop("is_documentation_page", None)  # they tell the sitemap its date


@event_priority(50)  # before hooks.py deletes what it has written
def on_build_error(error: Exception) -> None:
    """Stop whatever other processes have begun."""
    for share in _State.takeaway:
        share.end()
    if _State.handover:
        _State.handover.end()


def on_template_context(
    context: dict[str, Any], template_name: str, config: MkDocsConfig
) -> dict[str, Any]:
    """The sitemap lists every page, in the order in which they came."""
    if template_name == "sitemap.xml" and _State.press:
        context["pages"] = [file for file in _State.press.files if file.page]
    return context


def _missing(press: Press) -> list[File]:
    """What is to be written: all but pages that stand already with the same around them."""
    there = _State.handover.pages(press.frame()) if _State.handover else ()
    return [
        file for file in press.printed.values() if file.src_uri.removesuffix(".md") not in there
    ]


def _print_all(press: Press, files: list[File]) -> None:
    """Print these pages and those of the navigation in several processes; what only MkDocs can render is left to it."""
    parts = [[page.file] for page in press.nav.pages if page.file.dest_uri in press.printed]
    parts += [files[start : start + _CHUNK] for start in range(0, len(files), _CHUNK)]
    printed = called([partial(_print_part, press, part) for part in parts], least=2)
    for part, (left, found) in zip(parts, printed, strict=True):
        current.index.take(found)
        for place in left:
            press.leave(part[place])
    press.validate()


def _print_part(press: Press, files: list[File]) -> tuple[list[int], Any]:
    """Print some pages; tells which are left, and what the search finds in all others."""
    left = [place for place, file in enumerate(files) if not press.write(file)]
    return left, current.index.part()


def on_serve(
    server: LiveReloadServer, config: MkDocsConfig, builder: Callable[[], None]
) -> LiveReloadServer:
    """Have changes noticed at once, and pages made when they are asked for."""
    if not _State.documents or _State.press is None:
        return server
    watched = list(server._watched_paths)
    for path in watched:
        server.unwatch(path)
    server.observer = observer = Watcher()
    for path in watched:
        server.watch(path)
    server.build_delay = 0.01
    gc.freeze()  # most of what there is stays; `Desk` looks for garbage in what comes, when nobody waits
    _State.desk = desk = Desk(server, observer, _press, builder, _State.documents)
    server.builder, server._serve_request = desk.rebuild, desk.answer  # type: ignore[method-assign]
    return server
