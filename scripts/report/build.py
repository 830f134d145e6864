"""The whole output of one build: pages for the site generator, and files that are served as they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from report.charts import csv_text, json_text
from report.interactive import figure_json
from report.pages import Page, Site, build_pages
from report.problem import BadData
from report.project import good_corpus
from report.publish import write_changed


@dataclass(frozen=True)
class Output:
    """Everything that is generated from the data, before the theme is put around it."""

    pages: list[Page] = field(default_factory=list)
    files: Mapping[str, str | bytes] = field(default_factory=dict)


def build_output(root: Path) -> Output:
    """Make pages and files of the project at `root`, and keep the Markdown below build/pages.

    Raises BadData with every problem of data and chapters; nothing is written then.
    """
    corpus = good_corpus(root)
    site = Site(root, corpus)
    pages, problems = build_pages(site)
    if problems:
        raise BadData(problems)
    write_changed(root / "build" / "pages", {page.uri: page.markdown for page in pages})
    return Output(pages, figure_files(site))


def last_output(root: Path) -> Output:
    """The pages that the last good build left below build/pages; empty where there was none."""
    folder = root / "build" / "pages"
    paths = sorted(folder.rglob("*.md"))
    return Output(
        [Page(p.relative_to(folder).as_posix(), p.read_text(encoding="utf-8"), None) for p in paths]
    )


def figure_files(site: Site) -> dict[str, str | bytes]:
    """CSV and JSON of every figure, its plotly figure, and the plotly bundle of the installed package."""
    files: dict[str, str | bytes] = {}
    for chart in site.charts.values():
        files[f"figures/{chart.id}.csv"] = csv_text(chart)
        files[f"figures/{chart.id}.json"] = json_text(chart)
        files[f"figures/{chart.id}.plotly.json"] = figure_json(chart)
    return files
