"""The site as templates see it: the corpus, its pages and charts, and what puts them into words."""

from collections.abc import Callable, Mapping
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined
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
from report.pages.browse import listing
from report.pages.chapters import Chapter
from report.pages.compiled import compiled_templates
from report.pages.listing import PAGE, Listing
from report.pages.lookups import Lookups
from report.pages.pageset import Pages, base_of
from report.pages.prose import MARKER, values_in
from report.pages.values import Values
from report.pages.wording import LABELS, amount, language_name, number, text
from report.problem import BadData, Problem
from report.takeaway.citation import Citations
from report.takeaway.edition import Edition, edition
from report.takeaway.history import Edit, history
from report.takeaway.releases import Release, releases


class _Compiler(CodeGenerator):
    """Compiles templates to plainer Python: they are rendered twenty thousand times in a large build.

    What `finalize` has made harmless is printed as it is; functions are called and attributes taken
    as in Python, since no function here asks for the context of a template.
    """

    def _output_child_pre(self, node: Any, frame: Any, finalize: Any) -> None:
        self.write(f"({finalize.src}")

    def visit_Getattr(self, node: Any, frame: Any) -> None:
        self.visit(node.node, frame)
        self.write(f".{node.attr}")

    def visit_Call(self, node: Any, frame: Any, forward_caller: bool = False) -> None:
        self.visit(node.node, frame)
        self.write("(")
        for argument in node.args:
            self.visit(argument, frame)
            self.write(", ")
        for argument in node.kwargs:
            self.write(f"{argument.key}=")
            self.visit(argument.value, frame)
            self.write(", ")
        self.write(")")


TEMPLATES = "scripts/templates/pages"
"""Where the templates of pages stand below the project."""


class _Environment(Environment):
    code_generator_class = _Compiler


class _Templates(DictLoader):
    """Every template, as it is now: a site is made of what there was when it was set up."""

    def __init__(self, root: Path) -> None:
        paths = (root / TEMPLATES).glob("*.j2")
        super().__init__({path.name: path.read_text(encoding="utf-8") for path in paths})

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, Any, Callable[[], bool]]:
        """The text of a template, and its path below the project, which an error names."""
        text, _, is_current = super().get_source(environment, template)
        return text, f"{TEMPLATES}/{template}", is_current


class Site(Lookups):
    """What templates see: the corpus, the charts, and the few functions that put them into words."""

    def __init__(self, root: Path, corpus: Corpus) -> None:
        super().__init__(corpus)
        self.root = root
        self._listings: dict[str, Listing] = {}
        self.environment = _Environment(
            loader=_Templates(root),
            finalize=text,
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            bytecode_cache=compiled_templates(root, __file__),
        )
        self.environment.globals.update(
            site=self, corpus=corpus, most=PAGE, label=corpus.label, date=date_words, amount=amount, number=number,
            labels=LABELS, countries=COUNTRIES, dimensions=DIMENSIONS, area=corpus.area, language_name=language_name,
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

    def listing(self, kind: str) -> Listing:
        """One of the three lists of records."""
        if kind not in self._listings:
            self._listings[kind] = listing(self, kind)
        return self._listings[kind]

    @cached_property
    def values(self) -> Values:
        """Every computed value that prose can name; each is made when it is asked for."""
        return Values(self.corpus)

    @cached_property
    def chapters(self) -> list[Chapter]:
        """Every hand-written chapter."""
        return [Chapter(path, self) for path in sorted((self.root / "docs").rglob("*.md"))]

    def check_chapters(self) -> None:
        """Raise BadData with every problem of the chapters, if there is one."""
        if problems := self.chapter_problems:
            raise BadData(problems)

    @property
    def chapter_problems(self) -> list[Problem]:
        """What is wrong with the chapters, sorted."""
        return sorted({problem for chapter in self.chapters for problem in chapter.problems})

    @cached_property
    def pages(self) -> Pages:
        """Every generated page and every chapter."""
        return Pages(self)

    def page(self, template: str, name: str, **values: Any) -> str:
        """The Markdown of the page `name` (testimonies/T0001), from a template."""
        found = self.environment.get_template(f"{template}.md.j2")
        return found.render(base=base_of(name), name=name, **values)

    def render(self, template: str, **values: Any) -> Markup:
        """A small template as one line of HTML."""
        return Markup(
            " ".join(self.environment.get_template(f"{template}.html.j2").render(**values).split())
        )

    # words -------------------------------------------------------------------------------------

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
        sources = (chapter.source for chapter in self.chapters)
        markers = chain.from_iterable(map(MARKER.finditer, sources))
        named = {name for marker in markers for name in values_in(marker[1])}
        return sorted(named & self.values.keys())
