"""Which pages the site has, and what makes each of them when it is asked for."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from report.data.again import kept
from report.pages.browse import KINDS
from report.pages.listing import part_names
from report.pages.metadata import chapter_tags, head_tags
from report.pages.search import LEFT_OUT
from report.problem import RULES
from report.takeaway.api import TestimonyDocument
from report.takeaway.downloads import ARCHIVE, JSON_FILES, NOTES, WORKBOOK
from report.takeaway.releases import address_of
from report.takeaway.tables import tables

if TYPE_CHECKING:
    from report.pages.site import Site

_TEMPLATES = {"testimonies": "testimony", "sources": "source", "estimates": "series"}
"""Folder of records -> the template of their pages."""
_WITHDRAWN = {"T": "testimonies", "S": "sources"}
"""First letter of an id -> the folder of its page, for records of which only a tombstone is left."""


@dataclass(frozen=True)
class Page:
    """One Markdown page: its path below the docs folder, and the file that an editor changes.

    Its text is made when it is asked for, each time anew: nobody holds all pages at once.
    """

    uri: str
    edit_uri: str | None
    markdown: Callable[[], str]
    """Makes its text."""
    head: Callable[[], str]
    """Makes the metadata for its head, as HTML."""


def base_of(name: str) -> str:
    """How the page `name` (testimonies/T0001) leads to the root of the site."""
    return "../" * (name.removesuffix("index").count("/") + (not name.endswith("index")))


def _with_charts(page: Page) -> Page:
    """The page with the style sheet of charts in its head: all others are painted without waiting for it."""
    base = base_of(page.uri.removesuffix(".md"))
    link = Markup(f'<link rel="stylesheet" href="{base}assets/charts.css">\n')
    return replace(page, head=lambda: link + page.head())


@kept
def _record_uris(ids: Mapping[str, Sequence[str]]) -> list[str]:
    return [f"{folder}/{id_}.md" for folder, among in ids.items() for id_ in among]


class Pages(Mapping[str, Page]):
    """Every generated page and every chapter by its path below docs (testimonies/T0001.md), in a fixed order."""

    def __init__(self, site: "Site") -> None:
        self._site = site
        corpus = site.corpus
        self._records: dict[str, Mapping[str, Any]] = {
            "testimonies": corpus.testimonies,
            "sources": corpus.sources,
            "estimates": corpus.series,
        }
        self._others = {
            page.uri: page
            for page in chain(
                self._tombstones(),
                self._topics(),
                self._lists(),
                self._reference(),
                self._chapters(),
            )
        }

    def __getitem__(self, uri: str) -> Page:
        if uri in self._others:
            return self._others[uri]
        folder, _, id_ = uri.removesuffix(".md").partition("/")
        record = self._records[folder][id_]
        name = f"{folder}/{id_}"
        return self._page(_TEMPLATES[folder], name, f"data/{name}.yaml", record=record)

    def __iter__(self) -> Iterator[str]:
        yield from _record_uris({folder: list(ids) for folder, ids in self._records.items()})
        yield from self._others

    def __len__(self) -> int:
        return sum(map(len, self._records.values())) + len(self._others)

    def _page(self, template: str, name: str, edit_uri: str | None, **values: Any) -> Page:
        uri = f"{name}.md"
        markdown = partial(self._site.page, template, name, **values)
        return Page(uri, edit_uri, markdown, partial(head_tags, self._site.citations, uri))

    def _tombstones(self) -> Iterator[Page]:
        for id_, tombstone in self._site.corpus.tombstones.items():
            folder = _WITHDRAWN[id_[0]]
            name = f"{folder}/{id_}"
            yield self._page(
                "tombstone", name, f"data/{name}.yaml", record=tombstone, folder=folder
            )

    def _topics(self) -> Iterator[Page]:
        for code in self._site.countries:
            yield self._page("country", f"countries/{code}", None, code=code)
        for code in self._site.reasons:
            yield self._page("reason", f"reasons/{code}", "data/codebook.yaml", code=code)
        for id_ in self._site.charts:
            yield _with_charts(self._page("figure", f"figures/{id_}", None, id=id_))

    def _lists(self) -> Iterator[Page]:
        for kind in KINDS:
            for part, name in enumerate(part_names(kind, len(self._records[kind])), 1):
                yield self._page(f"{kind}_index", name, None, kind=kind, part=part)
        for name in ("countries", "reasons", "figures"):
            yield self._page(f"{name}_index", f"{name}/index", None)
        yield self._page("search", "search", None, left_out=LEFT_OUT)

    def _reference(self) -> Iterator[Page]:
        yield self._page("codebook", "codebook", "data/codebook.yaml")
        yield self._page("facts", "facts", "data/facts.yaml")
        yield self._page("rules", "rules", None, rules=RULES)
        yield self._page("values", "values", None)
        yield self._page(
            *("downloads", "data/index", None),
            tables=tables,
            notes=NOTES,
            json_files=JSON_FILES,
            archive=ARCHIVE,
            workbook=WORKBOOK,
        )
        yield self._page("api", "data/api", None, document=TestimonyDocument)
        yield self._page("changes", "data/changes", None, address_of=address_of)

    def _chapters(self) -> Iterator[Page]:
        for chapter in self._site.chapters:
            head = partial(chapter_tags, self._site.citations, chapter.uri, chapter.source)
            yield _with_charts(Page(chapter.uri, f"docs/{chapter.uri}", chapter.markdown, head))
