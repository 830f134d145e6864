"""Many more records make more pages, and not larger ones: readers on phones do not wait longer."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import html
from synthetic import make_project

from report.charts.chart import MOST, Chart
from report.charts.interactive import figure
from report.charts.svg import draw
from report.pages.listing import PAGE
from report.pages.site import Site
from report.project import good_corpus

ROOT = Path(__file__).parent.parent
COUNT = 1500
_RECORD = re.compile(r"(testimonies/T|sources/S|estimates/S)\d+\.md")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Site:
    project = make_project(ROOT, tmp_path_factory.mktemp("large") / "project", COUNT)
    return Site(project, good_corpus(project))


def weights(site: Site) -> Iterator[tuple[str, int]]:
    """Every page but those of single records, with its bytes, compressed."""
    for uri, page in site.pages.items():
        if not _RECORD.fullmatch(uri):
            yield uri, len(gzip.compress(page.markdown().encode()))


def drawn(chart: Chart) -> list[tuple[int, str]]:
    """Row and numbers of each mark of a picture."""
    marks = html.fromstring(draw(chart, "")).iter("rect", "line")
    return [
        (int(mark.get("data-row", "")), mark.get("data-value", ""))
        for mark in marks
        if mark.get("data-row") is not None
    ]


def test_no_page_grows_with_the_number_of_records(large: Site) -> None:
    now = dict(weights(Site(ROOT, good_corpus(ROOT))))
    heavy = [uri for uri, size in weights(large) if size > 3 * now.get(uri, 5_000) + 10_000]
    assert not heavy


def test_a_page_names_the_first_records_and_says_where_the_others_are(large: Site) -> None:
    code = "brutality_general"
    people = large.by_reason["reason_leaving", code]
    page = html.fromstring(large.pages[f"reasons/{code}.md"].markdown())
    more = page.xpath("//p[@class='more']/a")
    assert len(people) > PAGE
    assert len(page.xpath("//dl[@class='reasons']/dt")) == PAGE
    assert more[0].text == f"{len(people) - PAGE:,} more in the list of testimonies"
    assert more[0].get("href") == f"../../testimonies/?reason_leaving={code}"


def test_squares_of_many_accounts_add_up_to_all_of_them(large: Site) -> None:
    chart = large.charts["months"]
    marks = drawn(chart)
    assert sum(int(value) for _, value in marks) == COUNT
    assert len(marks) <= MOST + len(chart.rows)
    assert max(int(value) for _, value in marks) == chart.marks.each > 1
    assert f"a square stands for up to {chart.marks.each} accounts" in chart.subtitle


def test_of_many_people_the_picture_shows_some_and_says_so(large: Site) -> None:
    chart = large.charts["durations"]
    people = {str(row["record"]) for row in chart.rows}
    shown = {str(chart.rows[row]["record"]) for row, _ in drawn(chart)}
    assert len(people) > MOST >= len(shown) > MOST / 2
    assert f"The picture shows one in {chart.marks.sample} of {len(people)} people" in chart.note
    labels = {label for trace in figure(chart).data for label in trace.y}
    assert labels == shown
