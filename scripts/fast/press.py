"""The press: makes finished pages, most of them by stamping their content into a shell."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from html import unescape
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Any

from markdown.extensions.toc import nest_toc_tokens
from mkdocs.commands.build import _build_page, _populate_page, get_context
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import BuildError
from mkdocs.structure.files import File, Files
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import get_toc

from fast.convert import Converter, Draft, put_back, set_aside
from fast.shell import MARK, Shell, mark
from report.current import current
from report.publish import write

_ANCHOR = re.compile(r'\s(?:id|name)="([^"]+)"')


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

    @cached_property
    def inside(self) -> set[File]:
        """The files of the pages that the navigation names."""
        return {page.file for page in self.nav.pages}

    def take(self, files: Iterable[File]) -> None:
        """Take pages and files away from MkDocs: it takes them for files to be copied, and copies nothing."""
        for file in files:
            if file.is_documentation_page():
                prepare(file.page or Page(None, file, self.config), self.converter)
            self.printed[file.dest_uri] = file
            file.is_documentation_page = lambda: False  # type: ignore[method-assign]
            file.copy_file = lambda dirty=False: None  # type: ignore[method-assign]

    def forget(self, file: File) -> None:
        """Delete what was written of a page or a file that is no more."""
        del self.printed[file.dest_uri]
        Path(file.abs_dest_path).unlink(missing_ok=True)

    def make(self, file: File) -> None:
        """Write a page or a file, whoever has to render it."""
        if not self.write(file):
            self.leave(file)

    def write(self, file: File) -> bool:
        """Write a page or a file below the site; False where only MkDocs can render a page."""
        if file.page is None:
            write(file.abs_dest_path, current.content(file.src_uri))
            return True
        if file.page.content is not None:  # MkDocs has rendered it already
            self._build(file.page)
            return True
        draft = None if file in self.inside else self._draft(file)
        if draft is None:
            return False
        plugins, html = self.config.plugins, self._print(file, draft)
        html = plugins.on_post_page(html, page=file.page, config=self.config)
        write(file.abs_dest_path, html.encode(errors="xmlcharrefreplace"))
        return True

    def leave(self, file: File) -> None:
        """Let MkDocs render a page as ever, and write it."""
        page: Any = file.page
        try:
            _populate_page(page, self.config, self.files)
            self._build(page)
        finally:
            page.content = None

    def frame(self) -> str:
        """A digest of what the theme puts around the page of a record, whatever stands on it."""
        like = File.generated(self.config, "testimonies/any.md", content="")
        draft = Draft(dict.fromkeys(("title", "description"), "any"), "", [(1, "any", "any")])
        shell = self._shell(like, draft, {})
        return hashlib.sha256(MARK.join(shell.fixed).encode()).hexdigest()

    def validate(self) -> None:
        """Warn of links to anchors that do not exist, when all pages are there."""
        level = self.config.validation.links.anchors
        for file in self.printed.values():
            if file.page:
                file.page.validate_anchor_links(files=self.files, log_level=level)

    def _build(self, page: Page) -> None:
        _build_page(page, self.config, (), self.nav, self.environment)

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
        shell = self._shell(file, draft, extra)
        page.meta, page.content = draft.meta(draft.words), draft.content
        page.markdown, page.toc = "", _toc(draft.headings)
        try:
            rendered = self._render(page, extra)
        finally:
            page.content = None
        if shell.stamp(values) != rendered:
            raise BuildError(f"{file.src_uri} does not fit its shell; use REPORT_PLAIN=1")
        self.shells[shape] = shell
        return rendered

    def _extra(self, page: Page) -> dict[str, str]:
        """What other hooks add to the context of a page, such as tags for its head."""
        empty: Any = {}
        plugins = self.config.plugins
        extra: Any = plugins.on_page_context(empty, page=page, config=self.config, nav=self.nav)
        return dict(extra)

    def _shape(self, file: File, draft: Draft, extra: Mapping[str, str]) -> tuple[Any, ...]:
        path = PurePosixPath(file.src_uri)
        edit = (file.edit_uri or "").replace(path.stem, MARK)
        levels = [level for level, _, _ in draft.headings]
        filled = [(name, bool(value)) for name, value in extra.items()]
        return path.parent, edit, draft.hidden, *levels, *filled, *map(bool, draft.words.values())

    def _shell(self, like: File, draft: Draft, extra: Mapping[str, str]) -> Shell:
        """The shell of all pages of one shape: a page of marks, as MkDocs and the theme render it."""
        path = PurePosixPath(like.src_uri)
        id_ = f"{MARK}id"
        file = File.generated(self.config, path.with_name(f"{id_}.md").as_posix(), content="")
        file.edit_uri = like.edit_uri and like.edit_uri.replace(path.stem, id_)
        page = Page(None, file, self.config)
        marks = {name: mark(name) for name in (*draft.words, *extra)}
        headings = []
        for place, (level, _, _) in enumerate(draft.headings):
            marks |= {
                f"id{place}": f"{MARK}anchor{place}z",
                f"name{place}": mark(f"name{place}z"),
            }
            headings.append((level, marks[f"id{place}"], marks[f"name{place}"]))
        marks |= {"id": id_, "content": f"<h1>{MARK}content</h1>"}
        page.meta = draft.meta(
            {name: marks[name] if text else text for name, text in draft.words.items()}
        )
        page.markdown, page.content, page.toc = "", marks["content"], _toc(headings)
        added = {name: marks[name] if value else value for name, value in extra.items()}
        return Shell(self._render(page, added), marks)

    def _render(self, page: Page, extra: Mapping[str, str]) -> str:
        """A page as mkdocs.commands.build renders it."""
        context = get_context(self.nav, self.files, self.config, page)
        page.active = True
        return str(self.environment.get_template("main.html").render({**context, **extra}))


def _values(file: File, draft: Draft, extra: Mapping[str, str]) -> dict[str, str]:
    values = {**draft.words, **extra, "content": draft.content}
    values["id"] = PurePosixPath(file.src_uri).stem
    for place, (_, id_, name) in enumerate(draft.headings):
        values |= {f"id{place}": id_, f"name{place}": name}
    return values


def _toc(headings: list[tuple[int, str, str]]) -> Any:
    tokens = [{"level": level, "id": id_, "name": name} for level, id_, name in headings]
    return get_toc(nest_toc_tokens(tokens))


# Pages that MkDocs renders ---------------------------------------------------------------------


def prepare(page: Page, converter: Converter) -> None:
    """Let a page take the HTML that the converter makes, where it can; any other renders as ever."""
    page.read_source = partial(_read, page, converter)  # type: ignore[method-assign]


def _read(page: Page, converter: Converter, config: MkDocsConfig) -> None:
    draft = converter.draft(page.file.content_string)
    if draft is None:
        type(page).read_source(page, config)
        page.render = partial(_render, page)  # type: ignore[method-assign]
    else:
        page.meta, page.markdown = draft.meta(draft.words), ""
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


def postpone(page: Page) -> None:
    """Let a page be read and rendered when somebody asks for it, and not before."""
    page.read_source = partial(_wait, page)  # type: ignore[method-assign]


def _wait(page: Page, config: MkDocsConfig) -> None:
    page.meta, page.markdown = {}, ""
    page.render = partial(_fill, page, Draft({}, "", []))  # type: ignore[method-assign]


def in_nav(nav: Any) -> Iterator[str]:
    """The path of every page that the navigation names."""
    if isinstance(nav, str):
        yield nav
    elif isinstance(nav, list | dict):
        items = nav.values() if isinstance(nav, dict) else nav
        yield from chain.from_iterable(map(in_nav, items))
