"""Makes the build fast, and nothing else: pages are stamped into a shell that Material rendered, by two processes.

A second hook beside hooks.py. MkDocs renders each page for itself, although the 20 KB around the
text of a record are always the same. Here they are rendered once for each shape of page, with marks
where pages differ, cut at the marks and filled in; the plain Markdown of generated pages is converted
by `Converter`. A page that does not fit stays with MkDocs. For each shape one real page is rendered
both ways: where the two differ, the build stops. While the site is served, a page is made when it is
asked for. Without this file (or with REPORT_PLAIN=1) the site is the same, byte for byte, only
slower. docs/speed.md tells more.
"""

import gc
import logging
import os
import re
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from html import escape, unescape
from itertools import chain
from pathlib import Path, PurePosixPath
from queue import SimpleQueue
from typing import Any

from jinja2 import Environment
from jinja2.filters import do_striptags
from markdown.extensions.toc import nest_toc_tokens
from mkdocs.commands.build import (
    _build_page,
    _build_theme_template,
    _populate_page,
    get_context,
)
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import BuildError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc
from watchdog.events import (
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
)
from watchdog.observers import Observer

sys.path.insert(0, str(Path(__file__).parent))

from report.current import current, problem_of
from report.data.forked import Shared, called
from report.pages.convert import Converter, Draft, put_back, set_aside
from report.problem import Problem
from report.publish import write
from report.unchanged import is_unchanged, remember

log = logging.getLogger("mkdocs.hooks.report")

# The shell -------------------------------------------------------------------------------------

_ANCHOR = re.compile(r'\s(?:id|name)="([^"]+)"')
_MARK = "Qzx"
_FORMS: tuple[Callable[[str], str], ...] = (str, escape, lambda text: str(do_striptags(text)))
"""What the theme may do to a text before it prints it."""


class Shell:
    """A rendered page, cut where pages of its shape differ."""

    def __init__(self, rendered: str, marks: Mapping[str, str]) -> None:
        forms = {
            form(mark): (name, form) for name, mark in marks.items() for form in reversed(_FORMS)
        }
        longest_first = sorted(forms, key=len, reverse=True)
        pieces = re.split(f"({'|'.join(map(re.escape, longest_first))})", rendered)
        self.fixed, holes = pieces[::2], pieces[1::2]
        self.holes = [forms[hole] for hole in holes]
        names = [name for name, _ in self.holes]
        if names.count("content") != 1 or any(_MARK in piece for piece in self.fixed):
            raise BuildError("fast.py: the page shell does not fit; build with REPORT_PLAIN=1")

    def stamp(self, values: Mapping[str, str]) -> str:
        """The page that has these values at the marks."""
        filled = [form(values[name]) for name, form in self.holes]
        return "".join(chain.from_iterable(zip(self.fixed, [*filled, ""], strict=True)))


@dataclass
class Press:
    """Prints pages; makes a shell when it first meets a shape."""

    config: MkDocsConfig
    nav: Navigation
    files: Files
    converter: Converter
    environment: Any = None
    printed: dict[str, File] = field(default_factory=dict)
    """The pages and files that MkDocs does not make, by their path below the site."""
    shells: dict[tuple[Any, ...], Shell] = field(default_factory=dict)

    def make(self, file: File) -> None:
        """Write a page or a file, whoever has to render it."""
        if not self.write(file):
            self.leave(file)

    def write(self, file: File) -> bool:
        """Write a page or a file below the site; False where only MkDocs can render a page."""
        if file.page is None:
            write(Path(file.abs_dest_path), current.content(file.src_uri))
            return True
        draft = None if file.page in self.nav.pages else self._draft(file)
        if draft is None:
            return False
        html = self._print(file, draft)
        html = self.config.plugins.on_post_page(html, page=file.page, config=self.config) or html
        write(Path(file.abs_dest_path), html.encode(errors="xmlcharrefreplace"))
        return True

    def leave(self, file: File) -> None:
        """Let MkDocs render a page as ever, and write it."""
        page: Any = file.page
        _populate_page(page, self.config, self.files)
        _build_page(page, self.config, (), self.nav, self.environment)
        page.validate_anchor_links(files=self.files, log_level=self.config.validation.links.anchors)

    def _draft(self, file: File) -> Draft | None:
        if not re.fullmatch(r"[\w-]+", file.name, re.A):
            return None
        return self.converter.draft(str(current.content(file.src_uri)))

    def _print(self, file: File, draft: Draft) -> str:
        """The whole HTML page. Raises BuildError where the shell does not fit."""
        page: Any = file.page
        extra = self._extra(page)
        values = _values(file, draft, extra)
        shape = self._shape(file, draft, extra)
        if shape in self.shells:
            return self.shells[shape].stamp(values)
        self.shells[shape] = shell = self._shell(file, draft, extra)
        page.meta, page.content, page.toc = draft.meta, draft.content, _toc(draft.headings)
        page.markdown = ""
        stamped = shell.stamp(values)
        if stamped != self._render(page, extra):
            raise BuildError(f"fast.py: {file.src_uri} does not fit its shell; use REPORT_PLAIN=1")
        page.content = None
        return stamped

    def _extra(self, page: Page) -> dict[str, str]:
        """What other hooks add to the context of a page, such as tags for its head."""
        empty: Any = {}
        plugins = self.config.plugins
        extra: Any = plugins.on_page_context(empty, page=page, config=self.config, nav=self.nav)
        return dict(extra)

    def _shape(self, file: File, draft: Draft, extra: Mapping[str, str]) -> tuple[Any, ...]:
        path = PurePosixPath(file.src_uri)
        edit = (file.edit_uri or "").replace(path.stem, _MARK)
        levels = [level for level, _, _ in draft.headings]
        filled = [(name, bool(value)) for name, value in extra.items()]
        return path.parent, edit, *levels, *filled, *map(bool, draft.meta.values())

    def _shell(self, like: File, draft: Draft, extra: Mapping[str, str]) -> Shell:
        """The shell of all pages of one shape: a page of marks, as MkDocs and the theme render it."""
        path = PurePosixPath(like.src_uri)
        id_ = f"{_MARK}id"
        file = File.generated(self.config, path.with_name(f"{id_}.md").as_posix(), content="")
        file.edit_uri = like.edit_uri and like.edit_uri.replace(path.stem, id_)
        page = Page(None, file, self.config)
        marks = {name: _mark(name) for name in (*draft.meta, *extra)}
        headings = []
        for place, (level, _, _) in enumerate(draft.headings):
            marks |= {
                f"id{place}": f"{_MARK}anchor{place}z",
                f"name{place}": _mark(f"name{place}z"),
            }
            headings.append((level, marks[f"id{place}"], marks[f"name{place}"]))
        marks |= {"id": id_, "content": f"<h1>{_MARK}content</h1>"}
        page.meta = {name: marks[name] if text else text for name, text in draft.meta.items()}
        page.markdown, page.content, page.toc = "", marks["content"], _toc(headings)
        added = {name: marks[name] if value else value for name, value in extra.items()}
        return Shell(self._render(page, added), marks)

    def _render(self, page: Page, extra: Mapping[str, str]) -> str:
        """A page as mkdocs.commands.build renders it."""
        context = get_context(self.nav, self.files, self.config, page)
        page.active = True
        return str(self.environment.get_template("main.html").render({**context, **extra}))


def _mark(name: str) -> str:
    """A text that each form of printing changes in a way of its own."""
    return f"{_MARK}{name}<i>&amp;'\"</i>z"


def _values(file: File, draft: Draft, extra: Mapping[str, str]) -> dict[str, str]:
    values = {**draft.meta, **extra, "content": draft.content}
    values["id"] = PurePosixPath(file.src_uri).stem
    for place, (_, id_, name) in enumerate(draft.headings):
        values |= {f"id{place}": id_, f"name{place}": name}
    return values


def _toc(headings: list[tuple[int, str, str]]) -> Any:
    tokens = [{"level": level, "id": id_, "name": name} for level, id_, name in headings]
    return get_toc(nest_toc_tokens(tokens))


# Pages that MkDocs renders ---------------------------------------------------------------------


def _prepare(page: Page, converter: Converter) -> None:
    """Let a page take the HTML that the converter makes, where it can; any other renders as ever."""
    page.read_source = partial(_read, page, converter)  # type: ignore[method-assign]


def _read(page: Page, converter: Converter, config: MkDocsConfig) -> None:
    draft = converter.draft(page.file.content_string)
    if draft is None:
        type(page).read_source(page, config)
        page.render = partial(_render, page)  # type: ignore[method-assign]
    else:
        page.meta, page.markdown = dict(draft.meta), ""
        page.render = partial(_fill, page, draft)  # type: ignore[method-assign]


def _render(page: Page, config: MkDocsConfig, files: Files) -> None:
    """Render a page as ever, but for large HTML blocks, which Python-Markdown only copies."""
    page.markdown, blocks = set_aside(page.markdown or "")
    type(page).render(page, config, files)
    page.content = put_back(page.content or "", blocks)
    page.present_anchor_ids = (page.present_anchor_ids or set()) | _anchors(
        "".join(blocks.values())
    )


def _fill(page: Page, draft: Draft, config: MkDocsConfig, files: Files) -> None:
    page.content, page.toc = draft.content, _toc(draft.headings)
    page.present_anchor_ids = _anchors(draft.content)


def _anchors(html: str) -> set[str]:
    return {unescape(id_) for id_ in _ANCHOR.findall(html)}


def _wait(page: Page, config: MkDocsConfig) -> None:
    """Read nothing yet: the page is read when somebody asks for it."""
    page.meta, page.markdown = {}, ""
    page.render = partial(_fill, page, Draft({}, "", []))  # type: ignore[method-assign]


# The hook --------------------------------------------------------------------------------------

_EVENTS = ("pre_page", "page_read_source", "page_markdown", "page_content")
_CHUNK = 50
"""So many pages are one task."""


class _State:
    """What this hook knows of the build that is under way, or of the site that is being served."""

    on = False
    takeaway: Shared[list[str]] | None = None
    press: Press | None = None


def _press() -> Press:
    assert _State.press
    return _State.press


def on_startup(command: str, dirty: bool) -> None:
    """Look for garbage seldom: nearly everything that a build makes is kept to its end."""
    plain = bool(os.environ.get("REPORT_PLAIN"))
    current.on_demand = command == "serve" and not plain
    if command == "build" and not plain:
        gc.set_threshold(100_000, 20, 50)


@event_priority(-50)  # after hooks.py has told which site this is to be
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Build nothing where nothing has changed since the last build."""
    if not current.serving and not os.environ.get("REPORT_PLAIN"):
        root = Path(config.config_file_path).parent
        if current.site and is_unchanged(root, current.site):
            log.info("Nothing has changed: %s is up to date", current.site)
            raise SystemExit(0)
    return config


def on_shutdown() -> None:
    """Remember of what a finished site was made."""
    if current.finished and current.site:
        remember(current.root, current.site)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Have a second process begin with what readers take away."""
    plain = os.environ.get("REPORT_PLAIN") or any(config.plugins.events[name] for name in _EVENTS)
    _State.on = not plain
    if not plain and not current.serving:
        _State.takeaway = Shared(current.takeaway(Path(config.site_dir)))
    return files


def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
    """Take pages away from MkDocs, but those in the navigation; while serving, these wait as well."""
    if _State.on:
        converter = Converter(config.markdown_extensions, config.mdx_configs or {})
        _State.press = Press(config, nav, files, converter)
        titled = {uri for title, uri in _in_nav(config.nav) if title}
        for page in nav.pages:
            _prepare(page, converter)
            if current.serving and page.file.generated_by and page.file.src_uri in titled:
                page.read_source = partial(_wait, page)  # type: ignore[method-assign]
        inside = {page.file for page in nav.pages}
        _take(file for file in files.documentation_pages() if file not in inside)
    return nav


def on_env(env: Environment, config: MkDocsConfig, files: Files) -> Environment:
    """Print all pages that MkDocs does not render, before it copies files; while serving, none."""
    press = _State.press
    if not _State.on or press is None or press.environment is env:
        return env
    press.environment = env
    if current.serving:
        for page in press.nav.pages:
            _prepare(page, press.converter)
        _take(file for file in files if file.generated_by)
    else:
        _print_all(press, list(press.printed.values()))
    return env


def _take(files: Iterable[File]) -> None:
    """Take pages and files away from MkDocs: it takes them for files to be copied, and copies nothing."""
    for file in files:
        if file.is_documentation_page() and file.page is None:
            Page(None, file, _press().config)
        _press().printed[file.dest_uri] = file
        file.is_documentation_page = lambda: False  # type: ignore[method-assign]
        file.copy_file = lambda dirty=False: None  # type: ignore[method-assign]


def _in_nav(nav: Any) -> Iterator[tuple[str | None, str]]:
    """Title, if there is one, and path of every page that the navigation names."""
    if isinstance(nav, str):
        yield None, nav
    elif isinstance(nav, list):
        yield from chain.from_iterable(map(_in_nav, nav))
    elif isinstance(nav, dict):
        for title, item in nav.items():
            yield from [(title, item)] if isinstance(item, str) else _in_nav(item)


def on_post_build(config: MkDocsConfig) -> None:
    """Wait for the second process, before hooks.py writes what is left; MkDocs is done with its pages."""
    if share := _State.takeaway:
        _State.takeaway = None
        current.took({name for names in share.results() for name in names}, Path(config.site_dir))
    for page in _State.press.nav.pages if _State.press else ():
        vars(page.file).pop("is_documentation_page", None)  # they tell the sitemap its date


def on_build_error(error: Exception) -> None:
    """Stop the second process."""
    if _State.takeaway:
        _State.takeaway.end()


def on_template_context(
    context: dict[str, Any], template_name: str, config: MkDocsConfig
) -> dict[str, Any]:
    """The sitemap lists every page, in the order in which they came."""
    if template_name == "sitemap.xml" and _State.press:
        context["pages"] = [file for file in _State.press.files if file.page]
    return context


def _print_all(press: Press, files: list[File]) -> None:
    """Print pages in two processes; what only MkDocs can render is left to it."""
    parts = [files[start : start + _CHUNK] for start in range(0, len(files), _CHUNK)]
    printed = called([partial(_print_part, press, part) for part in parts], least=2)
    for part, (left, found) in zip(parts, printed, strict=True):
        current.index.take(found)
        for place in left:
            press.leave(part[place])


def _print_part(press: Press, files: list[File]) -> tuple[list[int], Any]:
    """Print some pages; tells which are left, and what the search finds in all others."""
    left = [place for place, file in enumerate(files) if not press.write(file)]
    return left, current.index.part()


# Serving ---------------------------------------------------------------------------------------

_DELAY = 0.3
"""Seconds after an edit in which nothing is made but what is asked for."""
_Base: Any = Observer


class _Observer(_Base):  # type: ignore[misc]
    """Hears of changes at once, where MkDocs looks for them twice a second, and notes where they were."""

    def __init__(self) -> None:
        super().__init__()
        self.changed: SimpleQueue[Path] = SimpleQueue()

    def schedule(
        self, handler: Any, path: str, recursive: bool = False, event_filter: Any = None
    ) -> Any:
        """Watch a path for what writes to it: reading is no change."""
        told = handler.on_any_event

        def note(event: Any) -> None:
            for name in filter(None, (event.src_path, event.dest_path)):
                self.changed.put(Path(os.fsdecode(name)))
            told(event)

        handler.on_any_event = note
        changes = [FileCreatedEvent, FileDeletedEvent, FileModifiedEvent, FileMovedEvent]
        return super().schedule(handler, path, recursive=recursive, event_filter=changes)


class Desk:
    """Gives out the site that is being served: what is asked for is made then, the rest a little later."""

    def __init__(
        self, server: LiveReloadServer, observer: _Observer, whole: Callable[[], None]
    ) -> None:
        self._server, self._observer, self._whole = server, observer, whole
        self._answer = server._serve_request
        self._lock = threading.RLock()
        self._asking = 0  # how many want the lock and are not to wait for pages nobody asked for
        self._begin()

    def rebuild(self) -> None:
        """Take up what has changed; a change of configuration, theme or programs takes a whole build."""
        told = self._observer.changed
        changed = {told.get() for _ in range(told.qsize())}
        with self._first():
            if not (all(map(_within_reach, changed)) and _take_up(_press(), changed)):
                self._whole()
            self._begin()

    def answer(self, environ: Any, start_response: Any) -> Any:
        """Answer a request; the page or file that it names is brought up to date before."""
        path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "ignore")
        name = path.removeprefix(self._server.mount_path)
        with self._server._epoch_cond:
            self._server._epoch_cond.wait_for(self._is_up_to_date)
        with self._first():
            for uri in (name, f"{name}index.html", f"{name}/index.html"):
                self._give(uri)
        return self._answer(environ, start_response)

    def _is_up_to_date(self) -> bool:
        return self._server._visible_epoch == self._server._wanted_epoch

    @contextmanager
    def _first(self) -> Iterator[None]:
        """Hold the lock, before anything that nobody waits for."""
        self._asking += 1
        with self._lock:
            self._asking -= 1
            yield

    def _begin(self) -> None:
        """Begin anew: nothing has been given yet."""
        self._given: set[str] = set()
        threading.Thread(target=self._finish, args=[self._given], daemon=True).start()

    def _give(self, uri: str) -> None:
        """Have a page or file up to date; where that fails, everything falls back to the last good output."""
        file = _press().printed.get(uri)
        if uri in self._given or file is None:
            return
        self._given.add(uri)
        title = file.page and file.page.title
        try:
            _press().make(file)
        except Exception as error:
            log.exception("%s could not be made", uri)
            if not current.problems:
                self._refuse([problem_of(error)])
                self._give(uri)
        if file.page and file.page.title != title:  # others show it
            _press().shells.clear()
            self._given.intersection_update({uri})

    def _refuse(self, problems: list[Problem]) -> None:
        """Fall back to the last good output, and let browsers load it."""
        current.refuse(problems)
        _take_up(_press(), None)
        self._begin()
        with self._server._epoch_cond:
            self._server._visible_epoch += 1
            self._server._wanted_epoch = max(
                self._server._wanted_epoch, self._server._visible_epoch
            )
            self._server._epoch_cond.notify_all()

    def _finish(self, given: set[str]) -> None:
        """Make what nobody has asked for, bit by bit, until it is done or an edit comes."""
        time.sleep(_DELAY)
        if self._given is given:
            gc.collect()
        work = self._rest()
        while True:
            while self._asking:
                time.sleep(0.001)
            with self._lock:
                if self._given is not given or next(work, True):
                    return

    def _rest(self) -> Iterator[None]:
        """The chapters are looked through; then pages, downloads and the index of the search follow."""
        site, press = current.output.site, _press()
        problems: list[Problem] = []
        for chapter in site.chapters if site and not current.problems else ():
            problems += chapter.problems
            yield
        if problems:
            self._refuse(problems)
            return
        current.settle()
        for uri in list(press.printed):
            self._give(uri)
            yield
        for name in press.config.theme.static_templates:
            _build_theme_template(name, press.environment, press.files, press.config, press.nav)
            yield
        names: set[str] = set()
        for task in current.takeaway(Path(press.config.site_dir)):
            names.update(task())
            yield
        current.took(names, Path(press.config.site_dir))
        current.write_index(Path(press.config.site_dir))


def _take_up(press: Press, changed: Collection[Path] | None) -> bool:
    """Take up what has changed, or only the output as it is now; False where the navigation is another one."""
    problems, before = current.problems, {file.src_uri: file for file in press.files}
    if changed is not None:
        current.renew(current.root, changed)
    plugins, files = press.config.plugins, press.files
    plugins.on_files(files, config=press.config)
    plugins.on_env(press.environment, config=press.config, files=files)
    named = {files.src_uris.get(uri) for _, uri in _in_nav(press.config.nav)} - {None}
    if named != {page.file for page in press.nav.pages}:
        return False
    for uri in before.keys() - files.src_uris.keys():
        Path(before[uri].abs_dest_path).unlink(missing_ok=True)
        press.printed.pop(before[uri].dest_uri, None)
    _take(file for file in files if file.src_uri not in before)
    if problems != current.problems:
        press.shells.clear()
    return True


def _within_reach(path: Path) -> bool:
    """Whether a change there needs no whole build: data, chapters and templates of pages, or nothing at all."""
    if path.name.startswith("."):
        return True
    name = path.as_posix().removeprefix(f"{current.root.as_posix()}/")
    return name.startswith(("data/", "scripts/templates/pages/")) or (
        name.startswith("docs/") and name.endswith(".md")
    )


def on_serve(
    server: LiveReloadServer, config: MkDocsConfig, builder: Callable[[], None]
) -> LiveReloadServer:
    """Have changes noticed at once, and pages made when they are asked for."""
    if _State.press is None:
        return server
    watched = list(server._watched_paths)
    for path in watched:
        server.unwatch(path)
    server.observer = observer = _Observer()
    for path in watched:
        server.watch(path)
    server.build_delay = 0.01
    gc.freeze()  # most of what there is stays
    gc.disable()  # `Desk` looks for garbage when nobody waits
    desk = Desk(server, observer, builder)
    server.builder, server._serve_request = desk.rebuild, desk.answer  # type: ignore[method-assign]
    return server
