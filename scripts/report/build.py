"""The whole output of one build: pages for the site generator, and files that are served as they are."""

import importlib.resources
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from report.charts.chart import Chart, csv_text, json_text
from report.charts.interactive import figure_json
from report.data.forked import called
from report.pages.browse import browse_files
from report.pages.site import Page, Site, build_pages
from report.problem import BadData
from report.project import good_corpus
from report.publish import write_changed
from report.takeaway.api import api_files
from report.takeaway.citation import citation_files
from report.takeaway.downloads import download_files
from report.takeaway.releases import release_files

_figures: dict[str, tuple[Chart, dict[str, str]]] = {}
"""Figures as they were last drawn: while the site is served, most stay as they are."""


@dataclass(frozen=True)
class Output:
    """Everything that is generated from the data, before the theme is put around it."""

    pages: list[Page] = field(default_factory=list)
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    """What pages show or load."""
    takeaway: Mapping[str, str | bytes] = field(default_factory=dict)
    """What readers and scripts take away."""
    awaited: Site | None = None
    """Where `takeaway` is still that of an earlier build: what the new one is to be made of."""


def build_output(root: Path, earlier: Output | None = None) -> Output:
    """Make pages and files of the project at `root`, and keep the Markdown below build/pages.

    With an `earlier` output the files to take away are left as they are there: `caught_up` makes them
    anew when nobody waits. Raises BadData with every problem of data and chapters; nothing is
    written then.
    """
    site = Site(root, good_corpus(root))
    site.citations.prepare()  # once, for both of what follows
    tasks: list[Callable[[], Any]] = [partial(build_pages, site)]
    if earlier is None:
        tasks.append(partial(takeaway_files, site))
    (pages, problems), *made = called(tasks, least=2)
    if problems:
        raise BadData(problems)
    write_changed(root / "build" / "pages", {page.uri: page.markdown for page in pages})
    files = {**bundle(), **figure_files(site), **browse_files(site)}
    if earlier is None:
        return Output(pages, files, made[0])
    return Output(pages, files, earlier.takeaway, site)


def caught_up(output: Output) -> Output:
    """The output with the files to take away that belong to it."""
    if output.awaited is None:
        return output
    return replace(output, takeaway=takeaway_files(output.awaited), awaited=None)


def takeaway_files(site: Site) -> dict[str, str | bytes]:
    """What readers and scripts take away: citations, the static API, downloads, releases."""
    return {
        **citation_files(site.citations),
        **api_files(site.corpus, site.edition),
        **download_files(site.root, site.corpus, site.citations),
        **release_files(site.releases, site.edition),
    }


def last_output(root: Path) -> Output:
    """The pages that the last good build left below build/pages; empty where there was none."""
    folder = root / "build" / "pages"
    paths = sorted(folder.rglob("*.md"))
    return Output(
        [Page(p.relative_to(folder).as_posix(), p.read_text(encoding="utf-8"), None) for p in paths]
    )


def figure_files(site: Site) -> dict[str, str | bytes]:
    """CSV and JSON of every figure, and its plotly figure."""
    files: dict[str, str | bytes] = {}
    for chart in site.charts.values():
        if chart.id not in _figures or _figures[chart.id][0] != chart:
            made = {
                f"figures/{chart.id}.csv": csv_text(chart),
                f"figures/{chart.id}.json": json_text(chart),
                f"figures/{chart.id}.plotly.json": figure_json(chart),
            }
            _figures[chart.id] = chart, made
        files |= _figures[chart.id][1]
    return files


@cache
def bundle() -> dict[str, bytes]:
    """The plotly bundle of the installed package."""
    package = importlib.resources.files("plotly") / "package_data"
    return {"assets/plotly.min.js": (package / "plotly.min.js").read_bytes()}
