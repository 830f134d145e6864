"""The whole output of one build: pages, the files that they load, and files to take away; made when asked for."""

import importlib.resources
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from report.charts.chart import csv_text, json_text
from report.charts.interactive import figure_json
from report.data.corpus import load_corpus
from report.pages.browse import browse_files
from report.pages.pageset import Page
from report.pages.site import Site
from report.problem import BadData
from report.project import all_problems, good_corpus
from report.publish import write
from report.takeaway.api import api_files
from report.takeaway.citation import citation_files
from report.takeaway.downloads import download_files
from report.takeaway.entries import FORMS
from report.takeaway.public import File
from report.takeaway.releases import release_files

STYLES = ("report", "map", "search", "browse")
"""The style sheets of docs/assets that belong to every page, in their order."""
SHARES = 16
"""So many tasks write the citations of single records."""
Task = Callable[[], list[str]]
"""Writes some of the files that readers and scripts take away, and tells which."""


@dataclass(frozen=True)
class Output:
    """Everything that is generated from one state of the data, before the theme is put around it."""

    pages: Mapping[str, Page] = field(default_factory=dict)
    files: Mapping[str, Callable[[], str | bytes]] = field(default_factory=dict)
    """What pages show or load: path below the site -> what makes it."""
    site: Site | None = None
    """What all is made of; none where only the pages of an earlier build are left."""

    @property
    def uris(self) -> list[str]:
        """Every page and file, in a fixed order."""
        return [*self.pages, *self.files]

    def edit_uri(self, uri: str) -> str | None:
        """The file that an editor of a page changes, if there is one."""
        return self.pages[uri].edit_uri if uri in self.pages else None


def build_output(
    root: Path, changed: Collection[Path] | None, when_read: Callable[[Site], None]
) -> Output:
    """What the project at `root` makes. Raises BadData with every problem of its data.

    Whoever knows which files have `changed` since the last call of this process saves a look at all
    others. `when_read` is called before rules across records are checked, which takes a while.
    """
    corpus, alone = load_corpus(root, changed)
    site = None if alone else Site(root, corpus)
    if site:
        when_read(site)
    problems = all_problems(root, corpus, alone)
    if problems or not site:
        raise BadData(problems)
    return Output(site.pages, {**bundle(root), **figure_files(site), **browse_files(site)}, site)


def write_pages(root: Path, out: Path) -> None:
    """Write all pages below `out`, for any generator that renders CommonMark with HTML.

    Raises BadData where the corpus or a chapter has problems, and FileExistsError where there is
    something in `out`: pages of an earlier time would stay beside those of today.
    """
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise FileExistsError(f"{out} is there already: name a new or empty folder")
    site = Site(root, good_corpus(root))
    site.check_chapters()
    for uri, page in site.pages.items():
        write(out / uri, page.markdown())


def last_output(root: Path) -> Output:
    """The pages that the last good build left below build/pages; empty where there was none."""
    folder = root / "build" / "pages"
    pages = {}
    for path in sorted(folder.rglob("*.md")):
        uri = path.relative_to(folder).as_posix()
        pages[uri] = Page(uri, None, partial(path.read_text, encoding="utf-8"), str)
    return Output(pages, bundle(root))


def download_tasks(site: Site, folder: Path) -> list[Task]:
    """What writes the downloads of the whole, and the releases."""
    return [
        partial(_write_files, folder, make)
        for make in (
            lambda: download_files(site.root, site.corpus, site.citations),
            lambda: release_files(site.releases, site.edition),
        )
    ]


def record_tasks(site: Site, folder: Path, there: Collection[str]) -> list[Task]:
    """What writes the API and the citations, but those of figures.

    Those of records that are `there` already (testimonies/T0001) stay.
    """
    keys = [key for key in site.citations if key not in there and not key.startswith("figures/")]
    shares = [partial(citation_files, site.citations, keys[n::SHARES]) for n in range(SHARES)]
    api = partial(api_files, site.corpus, site.edition, there)
    return [partial(_write_files, folder, make) for make in (api, *shares)]


def _write_files(folder: Path, make: Callable[[], Iterable[File]]) -> list[str]:
    names = []
    for uri, content in make():
        write(f"{folder}/{uri}", content)
        names.append(uri)
    return names


def figure_files(site: Site) -> dict[str, Callable[[], str | bytes]]:
    """CSV and JSON of every figure, its plotly figure, and its citations."""
    forms = {"csv": csv_text, "json": json_text, "plotly.json": figure_json}
    made: dict[str, Callable[[], str | bytes]] = {}
    for id_ in site.charts:
        key = f"figures/{id_}"
        made |= {f"{key}.{form}": partial(_figure, site, id_, make) for form, make in forms.items()}
        made |= {f"{key}.{form}": partial(_cited, site, key, make) for form, make in FORMS.items()}
    return made


def _figure(site: Site, id_: str, make: Callable[..., str]) -> str:
    return make(site.charts[id_])


def _cited(site: Site, key: str, make: Callable[..., bytes]) -> bytes:
    return make(site.citations[key])


def bundle(root: Path) -> dict[str, Callable[[], str | bytes]]:
    """What is put together from installed packages: the style sheet of all pages, and plotly."""
    return {"assets/style.css": partial(_style, root), "assets/plotly.min.js": _plotly}


def _style(root: Path) -> str:
    """The theme's style sheets and our own as one: nothing is painted before the last of them has come."""
    theme = importlib.resources.files("material") / "templates" / "assets" / "stylesheets"
    found = [sheet for sheet in theme.iterdir() if sheet.name.endswith(".css")]
    sheets = sorted(found, key=lambda sheet: sheet.name)
    sheets += [root / "docs" / "assets" / f"{name}.css" for name in STYLES]
    texts = [sheet.read_text(encoding="utf-8") for sheet in sheets]
    return "\n".join(text.partition("/*# sourceMappingURL")[0] for text in texts)


def _plotly() -> bytes:
    package = importlib.resources.files("plotly") / "package_data"
    return (package / "plotly.min.js").read_bytes()
