"""Pages: every record, list, figure and chapter as Markdown, at the addresses of the contract."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, DictLoader, Environment, StrictUndefined
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator
from markupsafe import Markup

from report.charts.chart import Chart
from report.charts.chartset import charts
from report.charts.mapdata import map_layers
from report.charts.svg import draw
from report.charts.worldmap import draw_map
from report.data.corpus import Corpus
from report.data.fields import COUNTRIES, date_words
from report.data.model import DIMENSIONS, Observation, Series
from report.pages.browse import KINDS, listing
from report.pages.chapters import MARKER, expand
from report.pages.listing import Listing, part_names
from report.pages.lookups import Lookups
from report.pages.metadata import head_tags
from report.pages.search import LEFT_OUT
from report.pages.values import Value, values
from report.pages.wording import LABELS, amount, number, text
from report.problem import RULES, BadData, Problem
from report.project import good_corpus
from report.publish import write_changed
from report.takeaway.api import TestimonyDocument
from report.takeaway.citation import Citations
from report.takeaway.downloads import ARCHIVE, JSON_FILES, NOTES, WORKBOOK
from report.takeaway.edition import Edition, edition
from report.takeaway.history import Edit, history
from report.takeaway.releases import Release, address_of, releases
from report.takeaway.tables import tables


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


class Chapter:
    """A hand-written chapter as it was when the site was set up; its markers are replaced once."""

    def __init__(self, path: Path, site: "Site") -> None:
        self.uri = path.relative_to(site.root / "docs").as_posix()
        self.source = path.read_text(encoding="utf-8")
        self._site = site

    @cached_property
    def _expanded(self) -> tuple[str, list[Problem]]:
        return expand(self.source, f"docs/{self.uri}", self._site)

    def markdown(self) -> str:
        """Its text with every marker replaced."""
        return self._expanded[0]

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with its markers and numbers."""
        return self._expanded[1]


def write_pages(root: Path, out: Path) -> None:
    """Write all pages below `out`, for any generator that renders CommonMark with HTML.

    Raises BadData where the corpus or a chapter has problems.
    """
    site = Site(root, good_corpus(root))
    site.check_chapters()
    write_changed(out, {page.uri: page.markdown() for page in site.pages()})


class _Compiler(CodeGenerator):
    """Prints what `finalize` has made harmless as it is: escaping it again would only take time."""

    def _output_child_pre(self, node: Any, frame: Any, finalize: Any) -> None:
        self.write(f"({finalize.src}")


class _Environment(Environment):
    code_generator_class = _Compiler


class _Memory(BytecodeCache):
    """Keeps compiled templates: while the site is served, most stay as they are."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled of the same text."""
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._kept[bucket.key, bucket.checksum] = bucket.code


_memory = _Memory()


def _texts(folder: Path) -> dict[str, str]:
    """Every template, as it is now: a site is made of what there was when it was set up."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.j2"))}


class Site(Lookups):
    """What templates see: the corpus, the charts, and the few functions that put them into words."""

    def __init__(self, root: Path, corpus: Corpus) -> None:
        super().__init__(corpus)
        self.root = root
        self.environment = _Environment(
            loader=DictLoader(_texts(root / "scripts" / "templates" / "pages")),
            finalize=lambda value: value if isinstance(value, Markup) else text(value),
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            bytecode_cache=_memory,
        )
        self.environment.globals.update(
            site=self, corpus=corpus, label=corpus.label, date=date_words, amount=amount, number=number,
            labels=LABELS, countries=COUNTRIES, dimensions=DIMENSIONS, area=self.area,
        )  # fmt: skip

    @cached_property
    def charts(self) -> Mapping[str, Chart]:
        """Every figure of the report, by id; each is made when it is asked for."""
        return charts(self.corpus)

    @cached_property
    def edition(self) -> Edition:
        """Version, date and public address of what is being built."""
        return edition(self.root)

    @cached_property
    def citations(self) -> Citations:
        """How every record, source, series and figure is cited."""
        return Citations(self.corpus, self.charts, self.edition, self.root / "build" / "cache")

    @cached_property
    def history(self) -> dict[str, list[Edit]]:
        """What was changed in each data file, from the history of the repository."""
        return history(self.root)

    @cached_property
    def releases(self) -> list[Release]:
        """The published versions of the data, with what changed in each."""
        return releases(self.root, self.corpus, self.edition)

    @cached_property
    def listings(self) -> dict[str, Listing]:
        """The three lists of records."""
        return {kind: listing(self, kind) for kind in KINDS}

    def listed(self, kind: str) -> Collection[str]:
        """The ids of the records that a list shows."""
        shown: dict[str, Collection[str]] = {
            "testimonies": self.corpus.testimonies,
            "sources": self.corpus.sources,
            "estimates": self.corpus.series,
        }
        return shown[kind]

    @cached_property
    def values(self) -> Mapping[str, Value]:
        """Every computed value that prose can name; each is made when it is asked for."""
        return values(self.corpus)

    @cached_property
    def chapters(self) -> list[Chapter]:
        """Every hand-written chapter."""
        return [Chapter(path, self) for path in sorted((self.root / "docs").rglob("*.md"))]

    def check_chapters(self) -> None:
        """Raise BadData with every problem of the chapters, if there is one."""
        if problems := [problem for chapter in self.chapters for problem in chapter.problems]:
            raise BadData(problems)

    def pages(self) -> Iterator[Page]:
        """Every generated page and every chapter, in a fixed order."""
        yield from self._record_pages()
        yield from self._topic_pages()
        yield from self._lists()
        yield from self._reference_pages()
        for chapter in self.chapters:
            head = partial(self._head, chapter.uri)
            yield Page(chapter.uri, f"docs/{chapter.uri}", chapter.markdown, head)

    def _record_pages(self) -> Iterator[Page]:
        for testimony in self.corpus.testimonies.values():
            name = f"testimonies/{testimony.id}"
            yield self._page("testimony", name, f"data/{name}.yaml", record=testimony)
        for source in self.corpus.sources.values():
            name = f"sources/{source.id}"
            yield self._page("source", name, f"data/{name}.yaml", record=source)
        for series in self.corpus.series.values():
            name = f"estimates/{series.id}"
            pairs = [(series, row) for row in series.observations]
            yield self._page("series", name, f"data/{name}.yaml", record=series, pairs=pairs)
        for id_, tombstone in self.corpus.tombstones.items():
            folder = {"T": "testimonies", "S": "sources"}[id_[0]]
            name = f"{folder}/{id_}"
            yield self._page(
                "tombstone", name, f"data/{name}.yaml", record=tombstone, folder=folder
            )

    def _topic_pages(self) -> Iterator[Page]:
        for code in self.countries:
            yield self._page("country", f"countries/{code}", None, code=code)
        for code in self.reasons:
            yield self._page("reason", f"reasons/{code}", "data/codebook.yaml", code=code)
        for id_ in self.charts:
            uri = f"figures/{id_}.md"
            yield Page(uri, None, partial(self._figure, id_), partial(self._head, uri))

    def _lists(self) -> Iterator[Page]:
        for kind in KINDS:
            for part, name in enumerate(part_names(kind, len(self.listed(kind))), 1):
                markdown = partial(self._list_part, kind, name, part)
                yield Page(f"{name}.md", None, markdown, partial(self._head, f"{name}.md"))
        for name in ("countries", "reasons", "figures"):
            yield self._page(f"{name}_index", f"{name}/index", None)
        yield self._page("search", "search", None, left_out=LEFT_OUT)

    def _reference_pages(self) -> Iterator[Page]:
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

    def _page(self, template: str, name: str, edit_uri: str | None, **values: Any) -> Page:
        uri = f"{name}.md"
        markdown = partial(self._markdown, template, name, **values)
        return Page(uri, edit_uri, markdown, partial(self._head, uri))

    def _figure(self, id_: str) -> str:
        return self._markdown("figure", f"figures/{id_}", chart=self.charts[id_])

    def _list_part(self, kind: str, name: str, part: int) -> str:
        return self._markdown(f"{kind}_index", name, listing=self.listings[kind], part=part)

    def _markdown(self, template: str, name: str, **values: Any) -> str:
        base = "../" * (name.removesuffix("index").count("/") + (not name.endswith("index")))
        found = self.environment.get_template(f"{template}.md.j2")
        return found.render(base=base, name=name, **values)

    def _head(self, uri: str) -> str:
        return head_tags(self.citations, uri)

    def render(self, template: str, **values: Any) -> Markup:
        """A small template as one line of HTML."""
        return Markup(
            " ".join(self.environment.get_template(f"{template}.html.j2").render(**values).split())
        )

    # words -------------------------------------------------------------------------------------

    def area(self, code: str) -> str:
        """The name of a country, or the label of another area."""
        return COUNTRIES.get(code) or self.corpus.label("area", code)

    def dimension(self, series: Series, row: Observation, name: str) -> str:
        """The label of a row's code in one dimension, its own or that of its file."""
        return self.corpus.label(name, getattr(row, name) or getattr(series, name))

    def figure(self, chart: Chart, base: str) -> Markup:
        """The static picture of a chart, for a page that lies `base` below the root."""
        return Markup(draw(chart, base))

    def embedded(self, id_: str, base: str) -> Markup:
        """A figure as chapters show it: picture, caption, table and ways to take it away."""
        if id_ == "map":
            return self._map(base)
        chart = self.charts[id_]
        return Markup(
            self.environment.get_template("embedded.html.j2").render(chart=chart, base=base)
        )

    def _map(self, base: str) -> Markup:
        drawn = draw_map(
            map_layers(self.corpus),
            self.root / "data" / "world.geojson",
            COUNTRIES,
            lambda code: f"{base}countries/{code}/" if code in self.countries else None,
        )
        return Markup(drawn)

    def table(self, id_: str, base: str) -> Markup:
        """One of the tables that chapters embed by name."""
        template = self.environment.get_template(f"table_{id_.replace('-', '_')}.md.j2")
        return Markup(template.render(base=base))

    @property
    def tables(self) -> set[str]:
        """The names of the tables that chapters may embed."""
        names = self.environment.list_templates()
        return {
            n.removeprefix("table_").removesuffix(".md.j2").replace("_", "-")
            for n in names
            if n.startswith("table_")
        }

    @cached_property
    def named_values(self) -> list[str]:
        """The names of the computed values that chapters use, in alphabetical order."""
        named = {match[1] for chapter in self.chapters for match in MARKER.finditer(chapter.source)}
        return sorted(named & self.values.keys())
