"""Makes the build fast, and nothing else: record pages are stamped into a shell that Material rendered.

A second hook beside hooks.py. MkDocs renders each page for itself, although the 20 KB around the
text of a record are always the same. Here they are rendered once for each shape of page, with marks
where pages differ, cut at the marks and filled in; the plain Markdown of generated pages is converted
by `Converter`. A page that does not fit stays with MkDocs. For each shape one real page is rendered
both ways: where the two differ, the build stops. Without this file (or with REPORT_PLAIN=1) the site
is the same, byte for byte, only slower. docs/speed.md tells more.
"""

import gc
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from html import escape, unescape
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Any

from jinja2 import Environment
from jinja2.filters import do_striptags
from markdown.extensions.toc import nest_toc_tokens
from mkdocs.commands.build import _build_page, _populate_page, get_context
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import BuildError
from mkdocs.livereload import LiveReloadServer
from mkdocs.structure.files import File, Files, get_files
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

from report.pages.convert import Converter, Draft

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


class StampedFile(File):
    """A record page that MkDocs takes for a file to be copied; its content is stamped then."""

    draft: Draft
    press: "Press"

    def is_documentation_page(self) -> bool:
        """MkDocs is not to render it."""
        return False

    def copy_file(self, dirty: bool = False) -> None:
        """Write the finished page."""
        os.makedirs(os.path.dirname(self.abs_dest_path), exist_ok=True)
        config = self.press.config
        html = config.plugins.on_post_page(self.press.print(self), page=self.page, config=config)  # type: ignore[arg-type]
        with open(self.abs_dest_path, "wb") as out:
            out.write(html.encode(errors="xmlcharrefreplace"))


@dataclass
class Press:
    """Prints record pages; makes a shell when it first meets a shape."""

    config: MkDocsConfig
    nav: Navigation
    environment: Environment
    files: Files
    shells: dict[tuple[Any, ...], Shell] = field(default_factory=dict)

    def print(self, file: Any) -> str:
        """The whole HTML page. Raises BuildError where the shell does not fit."""
        extra = self._extra(file.page)
        values = _values(file, extra)
        shape = self._shape(file, extra)
        if shape in self.shells:
            return self.shells[shape].stamp(values)
        self.shells[shape] = shell = self._shell(file, extra)
        page = file.page
        page.content, page.toc = file.draft.content, _toc(file.draft.headings)
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

    def _shape(self, file: StampedFile, extra: Mapping[str, str]) -> tuple[Any, ...]:
        path = PurePosixPath(file.src_uri)
        edit = (file.edit_uri or "").replace(path.stem, _MARK)
        levels = [level for level, _, _ in file.draft.headings]
        filled = [(name, bool(value)) for name, value in extra.items()]
        return path.parent, edit, *levels, *filled, *map(bool, file.draft.meta.values())

    def _shell(self, like: StampedFile, extra: Mapping[str, str]) -> Shell:
        """The shell of all pages of one shape: a page of marks, as MkDocs and the theme render it."""
        path = PurePosixPath(like.src_uri)
        id_ = f"{_MARK}id"
        file = File.generated(self.config, path.with_name(f"{id_}.md").as_posix(), content="")
        file.edit_uri = like.edit_uri and like.edit_uri.replace(path.stem, id_)
        page = Page(None, file, self.config)
        marks = {name: _mark(name) for name in (*like.draft.meta, *extra)}
        headings = []
        for place, (level, _, _) in enumerate(like.draft.headings):
            marks |= {
                f"id{place}": f"{_MARK}anchor{place}z",
                f"name{place}": _mark(f"name{place}z"),
            }
            headings.append((level, marks[f"id{place}"], marks[f"name{place}"]))
        marks |= {"id": id_, "content": f"<h1>{_MARK}content</h1>"}
        page.meta = {name: marks[name] if text else text for name, text in like.draft.meta.items()}
        page.markdown, page.content, page.toc = "", marks["content"], _toc(headings)
        added = {name: marks[name] if value else value for name, value in extra.items()}
        return Shell(self._render(page, added), marks)

    def _render(self, page: Page, extra: Mapping[str, str]) -> str:
        """A page as mkdocs.commands.build renders it."""
        context = get_context(self.nav, self.files, self.config, page)
        page.active = True
        return self.environment.get_template("main.html").render({**context, **extra})


def _mark(name: str) -> str:
    """A text that each form of printing changes in a way of its own."""
    return f"{_MARK}{name}<i>&amp;'\"</i>z"


def _values(file: StampedFile, extra: Mapping[str, str]) -> dict[str, str]:
    values = {**file.draft.meta, **extra, "content": file.draft.content}
    values["id"] = PurePosixPath(file.src_uri).stem
    for place, (_, id_, name) in enumerate(file.draft.headings):
        values |= {f"id{place}": id_, f"name{place}": name}
    return values


def _toc(headings: list[tuple[int, str, str]]) -> Any:
    tokens = [{"level": level, "id": id_, "name": name} for level, id_, name in headings]
    return get_toc(nest_toc_tokens(tokens))


# The hook --------------------------------------------------------------------------------------

_EVENTS = ("pre_page", "page_read_source", "page_markdown", "page_content")
_state: dict[str, Any] = {}
_converters: list[tuple[Any, Converter]] = []


def _in_nav(nav: Any) -> Iterator[str]:
    """Every path that the navigation names."""
    if isinstance(nav, str):
        yield nav
    elif isinstance(nav, list | dict):
        for item in nav.values() if isinstance(nav, dict) else nav:
            yield from _in_nav(item)


def on_startup(command: str, dirty: bool) -> None:
    """Look for garbage seldom: nearly everything that a build makes is kept to its end."""
    if command == "build" and not os.environ.get("REPORT_PLAIN"):
        gc.set_threshold(100_000, 20, 50)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Convert what can be converted, and take the record pages away from MkDocs."""
    _state.clear()
    if os.environ.get("REPORT_PLAIN") or any(config.plugins.events[name] for name in _EVENTS):
        return files
    converter, named = _converter(config), set(_in_nav(config.nav))
    _state["pages"], _state["stamped"] = files.documentation_pages(), []
    for file in _state["pages"]:
        content = file._content
        draft = converter.draft(content) if isinstance(content, str) else None
        if draft is None or not re.fullmatch(r"[\w-]+", file.name, re.A):
            continue
        file.draft = draft
        if file.src_uri not in named:
            page = Page(None, file, config)  # this also fixes the file's addresses, as of a page
            file.abs_dest_path  # noqa: B018
            page.meta, page.markdown = dict(draft.meta), ""
            file.__class__ = StampedFile
            _state["stamped"].append(file)
    converter.forget_all_but(file._content for file in _state["pages"])
    return files


def _converter(config: MkDocsConfig) -> Converter:
    """The converter of the build before, if it is set up in the same way: it knows most pages already."""
    setting = config.markdown_extensions, config.mdx_configs or {}
    if not _converters or _converters[-1][0] != setting:
        _converters[:] = [(setting, Converter(*setting))]
    return _converters[-1][1]


def on_nav(nav: Navigation, config: MkDocsConfig, files: Files) -> Navigation:
    """Remember the navigation for the shells; pages in it take the HTML that is already made."""
    _state["nav"] = nav
    for file in files.documentation_pages():
        _prepare(file)
    return nav


def _prepare(file: Any) -> None:
    """Let the page of a converted file take the HTML that there is; any other renders as ever."""
    for name in ("read_source", "render"):
        vars(file.page).pop(name, None)
    if draft := getattr(file, "draft", None):
        file.page.read_source = partial(_read, file.page, draft)
        file.page.render = partial(_fill, file.page, draft)


def _read(page: Page, draft: Draft, config: MkDocsConfig) -> None:
    page.meta, page.markdown = dict(draft.meta), ""


def _fill(page: Page, draft: Draft, config: MkDocsConfig, files: Files) -> None:
    page.content, page.toc = draft.content, _toc(draft.headings)
    page.present_anchor_ids = {unescape(id_) for id_ in _ANCHOR.findall(draft.content)}


def on_env(env: Environment, config: MkDocsConfig, files: Files) -> Environment:
    """Have the press ready when MkDocs copies files."""
    if "nav" not in _state:
        return env
    _state["press"] = press = Press(config, _state["nav"], env, files)
    for file in _state.get("stamped", []):
        file.press = press
    return env


def on_template_context(
    context: dict[str, Any], template_name: str, config: MkDocsConfig
) -> dict[str, Any]:
    """The sitemap lists every page, in the order in which they came."""
    if template_name == "sitemap.xml" and _state.get("stamped"):
        context["pages"] = _state["pages"]
    return context


# Serving ---------------------------------------------------------------------------------------


_Base: Any = Observer


class _Observer(_Base):  # type: ignore[misc]
    """Hears of changes at once, where MkDocs looks for them twice a second; reading is no change."""

    def schedule(
        self, handler: Any, path: str, recursive: bool = False, event_filter: Any = None
    ) -> Any:
        """Watch a path for what writes to it."""
        changes = [FileCreatedEvent, FileDeletedEvent, FileModifiedEvent, FileMovedEvent]
        return super().schedule(handler, path, recursive=recursive, event_filter=changes)


@dataclass
class _Update:
    """Brings the served site up to date; whatever it cannot do, `whole` does: a build as ever."""

    whole: Callable[[], None]
    frame: dict[str, Any] = field(default_factory=dict)

    def __call__(self) -> None:
        """Replace what has changed, or build anew."""
        if self.frame != _frame() or "press" not in _state or not self._replace(_state["press"]):
            self.frame = _frame()
            self.whole()

    def _replace(self, press: Press) -> bool:
        """Put each changed page in place; False where more than single pages has changed."""
        config, environment = press.config, press.environment
        before = environment.globals.get("problems")
        kept = dict(_state)
        config.plugins.on_pre_build(config=config)
        config.plugins.on_env(environment, config=config, files=press.files)
        made = config.plugins.on_files(get_files(config), config=config)
        _state.clear()
        _state.update(kept)
        if before or environment.globals.get("problems"):
            return False
        now = {file.src_uri: file for file in made}
        then = {file.src_uri: file for file in press.files if file.src_uri in now}
        generated = [f.src_uri for f in press.files if f.generated_by or f.is_documentation_page()]
        if len(then) != len(now) or not now.keys() >= set(generated):
            return False
        changed = [uri for uri, file in now.items() if _told(file) != _told(then[uri])]
        put = [self._put(then[uri], now[uri], press) for uri in changed]
        config.plugins.on_post_build(config=config)
        return all(put)

    def _put(self, file: Any, new: Any, press: Press) -> bool:
        """Give a file its new content; False where its kind or its title, which others show, is another."""
        if type(file) is not type(new):
            return False
        file._content, file.draft = new._content, getattr(new, "draft", None)
        file.head = getattr(new, "head", "")
        if not file.is_documentation_page():
            file.page = new.page
            file.copy_file()
            return True
        title = file.page.title
        _prepare(file)
        _populate_page(file.page, press.config, press.files)
        pages = press.files.documentation_pages()
        _build_page(file.page, press.config, pages, press.nav, press.environment)
        return bool(file.page.title == title)


def _told(file: Any) -> tuple[Any, Any]:
    """What was made of a file: its content, and the tags that hooks.py made for its head."""
    return file._content, getattr(file, "head", "")


def _frame() -> dict[str, Any]:
    """What stands around all pages: configuration, theme, programs and assets, by their last change."""
    root = Path(__file__).parent.parent
    paths = [root / "mkdocs.yml", *(root / "scripts").rglob("*"), *(root / "docs").rglob("*")]
    outside = (path for path in paths if path.suffix not in (".md", ".j2", ".pyc"))
    return {str(path): path.stat().st_mtime_ns for path in outside if path.is_file()}


def on_serve(
    server: LiveReloadServer, config: MkDocsConfig, builder: Callable[[], None]
) -> LiveReloadServer:
    """Have changes noticed at once and only what has changed made anew."""
    if os.environ.get("REPORT_PLAIN"):
        return server
    watched = list(server._watched_paths)
    for path in watched:
        server.unwatch(path)
    server.observer = _Observer()
    for path in watched:
        server.watch(path)
    server.build_delay = 0.01
    server.builder = _Update(builder, _frame())
    return server
