"""Charts: picture, interactive figure, CSV and table hold the same numbers, and nothing unlike."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree, html

from report.charts import analysis, chartset, interactive, svg
from report.charts.chart import (
    Chart,
    Column,
    Marks,
    Row,
    csv_text,
    finding,
    json_text,
    leading,
    mark_name,
)
from report.data.corpus import Corpus
from report.pages.site import Site

ROOT = Path(__file__).parents[1]
ASSETS = ROOT / "docs" / "assets"
SVG = "{http://www.w3.org/2000/svg}"
BASE = "../../"
Mark = tuple[str, ...]


@pytest.fixture(scope="module")
def charts(corpus: Corpus) -> Mapping[str, Chart]:
    return chartset.charts(corpus)


@pytest.fixture(params=chartset.FIGURES)
def chart(request: pytest.FixtureRequest, charts: Mapping[str, Chart]) -> Chart:
    return charts[request.param]


def picture(chart: Chart) -> etree._Element:
    return etree.fromstring(svg.draw(chart, BASE))


def marks(tree: etree._Element) -> list[etree._Element]:
    return [e for e in tree.iter() if e.get("data-row") is not None]


def printed(*values: object) -> Mark:
    """The ends of a mark in one spelling: one for a point, two for a range."""
    return tuple(dict.fromkeys(f"{v:g}" if isinstance(v, int | float) else str(v) for v in values))


def from_rows(chart: Chart) -> list[Mark]:
    return [printed(*chart.ends(row)) for row in chart.rows]


def from_picture(chart: Chart) -> list[Mark]:
    found: dict[int, list[str]] = {}
    for mark in marks(picture(chart)):
        found.setdefault(int(mark.get("data-row", "")), []).append(mark.get("data-value", ""))
    if chart.marks.units:
        return [(str(sum(map(int, found[i]))),) for i in sorted(found)]
    assert all(len(values) == 1 for values in found.values())
    return [tuple(printed_text(v) for v in found[i][0].split()) for i in sorted(found)]


def printed_text(value: str) -> str:
    return f"{float(value):g}" if re.fullmatch(r"[\d.]+", value) else value


def from_csv(chart: Chart) -> list[Mark]:
    m = chart.marks
    found = []
    for cells in csv.DictReader(io.StringIO(csv_text(chart))):
        ends = [cells[m.point]] if m.point and cells[m.point] else [cells[m.low], cells[m.high]]
        found.append(tuple(dict.fromkeys(map(printed_text, ends))))
    return found


def from_figure(chart: Chart) -> list[Mark]:
    content = json.loads(interactive.figure_json(chart))
    found: dict[int, list[object]] = {}
    for trace in content["data"]:
        if trace["type"] == "heatmap":
            cells = {
                (label, name): value
                for label, line in zip(trace["y"], trace["z"], strict=True)
                for name, value in zip(trace["x"], line, strict=True)
                if value is not None
            }
            assert len(cells) == len(chart.rows)
            keys = [(r[chart.marks.category], r[chart.marks.across]) for r in chart.rows]
            return [printed(cells[str(a), str(b)]) for a, b in keys]
        values = trace["y"] if trace.get("orientation") == "v" else trace["x"]
        for i, value in zip(trace["customdata"], values, strict=True):
            if value is not None:
                found.setdefault(i, []).append(value)
    return [printed(*found[i]) for i in sorted(found)]


def test_every_form_holds_the_same_numbers(chart: Chart) -> None:
    rows = from_rows(chart)
    assert from_picture(chart) == rows
    assert from_figure(chart) == rows
    assert from_csv(chart) == rows
    content = json.loads(json_text(chart))
    assert [list(row) for row in content["rows"]] == [[c.key for c in chart.columns]] * len(rows)


def test_marks_are_as_long_as_their_numbers(chart: Chart) -> None:
    """Bars, dots and ranges stand where their numbers belong on one scale."""
    if chart.kind not in ("bars", "stacked", "ranges", "dots"):
        pytest.skip("no scale of numbers")
    bar = chart.kind in ("bars", "stacked")
    sums: Counter[str] = Counter()
    for row in chart.rows:
        name = str(row[chart.marks.category]) if bar else str(len(sums))
        sums[name] += chart.numbers(row)[1]  # type: ignore[assignment]
    top = max(sums.values())
    for mark in marks(picture(chart)):
        ends = [float(v) for v in mark.get("data-value", "").split()]
        keys = ["width"] if bar else ["x1", "x2", "cx", "x"]
        shares = [float(place.rstrip("%")) for key in keys if (place := mark.get(key))]
        assert shares == pytest.approx([100 * end / top for end in ends], abs=0.006)


def test_every_mark_and_label_is_a_named_link(chart: Chart) -> None:
    tree = picture(chart)
    for element in [*marks(tree), *tree.iter(f"{SVG}text")]:
        kind = element.get("class", "")
        if element.get("data-row") is None and kind not in ("label", "lane-name"):
            continue
        links = list(element.iterancestors(f"{SVG}a"))
        assert len(links) == 1, etree.tostring(element)
        title = links[0].find(f"{SVG}title")
        assert title is not None
        assert title.text
    for link in tree.iter(f"{SVG}a"):
        href = link.get("href", "")
        assert re.fullmatch(
            r"\.\./\.\./(testimonies/(T\d+/|\?[\w=&]+)|figures/[\w-]+/(#row-\d+)?|reasons/\w+/|countries/[A-Z]{2}/|estimates/S\d+/#E\d+)",
            href,
        ), href


def test_marks_of_several_accounts_lead_to_exactly_these(
    site: Site, chart: Chart, corpus: Corpus
) -> None:
    """Without scripts, too: to a row of the figure's page that names them, or to a page of a country."""
    page = html.fromstring(site.pages[f"figures/{chart.id}.md"].markdown())
    for row in chart.rows:
        ids, href = str(row.get("ids", "")).split(), str(row["href"])
        if href.startswith("countries/"):
            assert ids == [t.id for t in corpus.testimonies.values() if f"/{t.origin}/" in href]
        elif len(ids) == 1:
            assert href == f"testimonies/{ids[0]}/"
        elif ids:
            address, _, place = href.partition("#")
            assert address == f"figures/{chart.id}/"
            [cell] = page.xpath(f"//tr[@id='{place}']/td[@class='ids']")
            assert cell.text_content().split() == ids
            assert len(ids) == row["n"]


def test_names_carry_the_numbers(charts: Mapping[str, Chart]) -> None:
    names = {t.text for t in picture(charts["europe-2015"]).iter(f"{SVG}title")}
    assert "Germany, ICSR 2015: 500 to 600 people" in names
    assert "France, ICCT 2016: at least 900 people" in names


def test_the_block_is_fit_for_markdown_and_a_strict_policy(chart: Chart) -> None:
    block = svg.draw(chart, BASE)
    assert block.startswith("<div")
    assert all(line.strip() and not line.startswith("    ") for line in block.splitlines())
    tree = etree.fromstring(block)
    for element in tree.iter():
        assert etree.QName(element).localname not in ("script", "style", "foreignObject")
        assert not [k for k in element.attrib if str(k) == "style" or str(k).startswith("on")]
    ids = [e.get("id") for e in tree.iter() if e.get("id")]
    assert ids == [f"chart-{chart.id}-title", f"chart-{chart.id}-desc"]
    assert tree.find(f"{SVG}svg") is not None or chart.kind == "matrix"


def test_every_class_has_a_rule(charts: Mapping[str, Chart]) -> None:
    rules = set(re.findall(r"\.([a-z][\w-]*)", (ASSETS / "charts.css").read_text("utf-8")))
    used = {
        c for x in charts.values() for e in picture(x).iter() for c in e.get("class", "").split()
    }
    plain = {"chart-bars", "chart-ranges", "chart-dots", "chart-timeline"}
    places = {name for name in used if name.startswith("plot-")} | {"q1-text", "q2-text", "q3-text"}
    assert used - plain - places <= rules


def test_words_are_complete(chart: Chart, corpus: Corpus) -> None:
    assert chart.title
    assert chart.subtitle
    assert len(chart.description) > 40
    assert not re.search(
        r"\bNone\b|nan|\{|\.\.", f"{chart.title} {chart.subtitle} {chart.description} {chart.note}"
    )
    assert set(chart.sources) <= set(corpus.sources)
    named = {c.key for c in chart.columns}
    m = chart.marks
    for key in (m.category, m.point, m.low, m.high, m.across, m.detail, m.echo, m.qualifier):
        assert not key or key in named
    for row in chart.rows:
        assert named <= set(row)


def test_runs_agree_to_the_byte(charts: Mapping[str, Chart]) -> None:
    program = (
        "import sys, hashlib; from pathlib import Path; from report.charts import chartset, interactive, svg\n"
        "from report.data.corpus import load_corpus\n"
        "cs = chartset.charts(load_corpus(Path(sys.argv[1]))[0]).values()\n"
        "text = ''.join(svg.draw(c, '') + interactive.figure_json(c) for c in cs)\n"
        "print(hashlib.sha256(text.encode()).hexdigest())"
    )
    found = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT / "scripts")}
        done = subprocess.run(
            [sys.executable, "-c", program, str(ROOT)],
            env=environment,
            capture_output=True,
            check=True,
        )
        found.add(done.stdout)
    assert len(found) == 1


def test_figures_are_plain(chart: Chart) -> None:
    text = interactive.figure_json(chart)
    assert "bdata" not in text
    assert '"template"' not in text
    assert text == interactive.figure_json(chart)


def test_no_line_joins_two_rows(chart: Chart) -> None:
    for trace in json.loads(interactive.figure_json(chart))["data"]:
        if trace["type"] != "scatter":
            continue
        if trace["mode"] == "markers":
            assert "line" not in trace
            continue
        assert trace["showlegend"] is trace["connectgaps"] is False
        for i, j, x, y in zip(
            trace["customdata"], trace["customdata"][1:], trace["x"], trace["x"][1:], strict=False
        ):
            assert i == j or x is None or y is None


def test_a_marker_is_hollow_where_it_repeats_another_source_and_nowhere_else(
    charts: Mapping[str, Chart],
) -> None:
    chart = charts["world-totals"]
    assert any(row["qualifier"] == "about" and not row["repeats"] for row in chart.rows)
    traces = json.loads(interactive.figure_json(chart))["data"]
    hollow = {
        row: sign == "circle-open"
        for trace in traces
        if trace["mode"] == "markers"
        for row, sign in zip(trace["customdata"], trace["marker"]["symbol"], strict=True)
    }
    assert hollow == {i: bool(row["repeats"]) for i, row in enumerate(chart.rows)}
    assert set(hollow.values()) == {True, False}


def test_held_rows_are_never_drawn(charts: Mapping[str, Chart], corpus: Corpus) -> None:
    held = {name for name, (_, row) in corpus.observations.items() if row.hold}
    drawn = {row.get("observation") for chart in charts.values() for row in chart.rows}
    assert held
    assert len(drawn) > 100
    assert not held & drawn


def test_echoes_are_marked(charts: Mapping[str, Chart], corpus: Corpus) -> None:
    chart = charts["world-totals"]
    echoes = {
        name
        for name, (series, row) in corpus.observations.items()
        if row.comparable_group == "world_totals" and (row.derived_from or series.derived_from)
    }
    assert {str(r["observation"]) for r in chart.rows if r["repeats"]} == echoes
    hollow = {
        chart.rows[int(m.get("data-row", ""))]["observation"]
        for m in marks(picture(chart))
        if any("echo" in e.get("class", "") for e in m.iter())
    }
    assert hollow == echoes
    assert "(repeats " in mark_name(chart, next(r for r in chart.rows if r["repeats"]))


def test_each_estimate_chart_stays_in_one_group(
    charts: Mapping[str, Chart], corpus: Corpus
) -> None:
    for chart in charts.values():
        names = {str(row["observation"]) for row in chart.rows if row.get("observation")}
        groups = {corpus.observations[name][1].comparable_group for name in names}
        assert len(groups) == bool(names), chart.id
        assert set(chart.sources) == {corpus.observations[name][0].id for name in names}


HOSTILE = '</title><script>alert("x")</script>&\'" onload="y'


def test_hostile_words_stay_words() -> None:
    row: Row = {
        "label": HOSTILE,
        "part": HOSTILE,
        "n": 3,
        "href": f"testimonies/?x={HOSTILE}",
        "category_href": HOSTILE,
    }
    columns = (Column("label", HOSTILE), Column("part", HOSTILE), Column("n", "Accounts", "number"))
    one = Chart(
        "x",
        "stacked",
        HOSTILE,
        HOSTILE,
        HOSTILE,
        columns,
        (row,),
        Marks("label", point="n", series="part"),
    )
    drawn = replace(
        one,
        kind="dots",
        marks=Marks("label", point="n", detail="part", echo="part", section="part"),
    )
    grid = replace(
        one, kind="matrix", marks=Marks("label", point="n", across="part", order=(HOSTILE,))
    )
    for chart in (one, replace(one, kind="bars"), drawn, grid):
        tree = picture(chart)
        assert not list(tree.iter(f"{SVG}script", "script"))
        assert not [e for e in tree.iter() if e.get("onload")]
        assert HOSTILE in {e.text for e in tree.iter(f"{SVG}title")}
        assert interactive.figure_json(chart)


def test_titles_stay_true_in_a_tie() -> None:
    rows: list[Row] = [{"label": "A", "n": 2}, {"label": "B", "n": 2}, {"label": "C", "n": 1}]
    verbs = ("is the reason met most often", "are the reasons met most often")
    assert (
        finding(*leading(rows, "label"), *verbs, "of 5")
        == "A and B are the reasons met most often: each 2 of 5"
    )
    assert (
        finding(*leading(rows[1:], "label"), *verbs, "of 5")
        == "B is the reason met most often: 2 of 5"
    )


def test_titles_follow_the_data(corpus: Corpus) -> None:
    left = {k: t for k, t in corpus.testimonies.items() if t.origin != "SY"}
    assert chartset.charts(replace(corpus, testimonies=left))["origins"].title.startswith(
        "Germany and France are the most frequent origins: each 8 of"
    )


def test_no_data_no_charts(corpus: Corpus) -> None:
    assert chartset.charts(replace(corpus, testimonies={}, series={})) == {}


def test_a_second_reading_makes_no_second_country(corpus: Corpus) -> None:
    """Nor does a country that only one of two series has."""
    series = corpus.series["S0508"]
    row = next(row for row in series.observations if row.comparable_group == "soufan_travelled")
    again = row.model_copy(update={"id": "E9999", "reading": "broad"})
    more = series.model_copy(update={"observations": [*series.observations, again]})
    now = replace(corpus, series=corpus.series | {"S0508": more})
    before, after = (chartset.charts(c)["soufan-travelled"] for c in (corpus, now))
    assert after.title == before.title
    assert after.categories == before.categories
    assert len(after.rows) == len(before.rows) + (row.area in str(before.rows))


def test_figures_of_areas_that_are_no_countries(corpus: Corpus) -> None:
    series = corpus.series["S0508"]
    row = next(row for row in series.observations if row.comparable_group == "soufan_returned")
    area = row.model_copy(update={"id": "E9999", "area": "north_africa"})
    more = series.model_copy(update={"observations": [*series.observations, area]})
    chart = chartset.charts(replace(corpus, series=corpus.series | {"S0508": more}))
    assert corpus.area("north_africa") in chart["returned-soufan"].categories


def test_series_without_a_date_have_their_id_as_name(corpus: Corpus) -> None:
    undated = corpus.series["S0508"].model_copy(update={"published": None})
    now = replace(corpus, series=corpus.series | {"S0508": undated})
    assert "S0508" in {row["series"] for row in chartset.charts(now)["returned-soufan"].rows}


@pytest.mark.parametrize("count", [1, 2, 5, 20])
@pytest.mark.parametrize("start", [0, 10, 40])
def test_a_chart_is_listed_where_it_has_rows(corpus: Corpus, start: int, count: int) -> None:
    """Ids are known before anything is drawn: what says so agrees with the figures themselves."""
    part = slice(start, start + count)
    some = replace(
        corpus,
        testimonies=dict([*corpus.testimonies.items()][part]),
        series=dict([*corpus.series.items()][part]),
    )
    listed = chartset.charts(some)
    made = {name: make(some) for name, (make, _) in chartset.FIGURES.items()}
    assert [*listed] == [name for name, chart in made.items() if chart.rows]
    assert [chart.id for chart in listed.values()] == [*listed]
    assert "nothing" not in listed


def test_a_chart_is_made_once_and_when_it_is_asked_for(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def noted(name: str, make: Callable[[Corpus], Chart]) -> Callable[[Corpus], Chart]:
        return lambda corpus: made.append(name) or make(corpus)  # type: ignore[func-returns-value]

    figures = {name: (noted(name, make), has) for name, (make, has) in chartset.FIGURES.items()}
    monkeypatch.setattr(chartset, "FIGURES", figures)
    charts = chartset.charts(corpus)
    assert [*charts] == [*figures]
    assert not made
    assert charts["ages"] is charts["ages"]
    assert made == ["ages"]


def test_tables_are_of_their_own_corpus(corpus: Corpus) -> None:
    fewer = replace(corpus, testimonies=dict([*corpus.testimonies.items()][:30]))
    for some in (corpus, fewer, corpus):
        ids = set(analysis.coded(some, "role")["id"])
        assert ids == {t.id for t in some.testimonies.values() if t.role}
        assert analysis.coded(some, "role") is analysis.coded(some, "role")


def test_a_record_that_has_changed_counts_anew(corpus: Corpus) -> None:
    """What is remembered of a record is forgotten when it changes, and not mixed up when it changes back."""
    id_, old = next((id_, t) for id_, t in corpus.testimonies.items() if t.reasons_leaving)
    new = old.model_copy(update={"origin": "NZ", "reasons_leaving": [], "role": []})
    changed = replace(corpus, testimonies={**corpus.testimonies, id_: new})
    before, after = (dict(chartset.charts(some)) for some in (corpus, changed))
    assert analysis.testimonies(changed)["origin"].tolist().count("NZ") == 1
    for name in ("origins", "roles", "reasons-leaving", "narratives", "unknown"):
        assert before[name].rows != after[name].rows, name
    assert id_ not in set(analysis.coded(changed, "reasons_leaving")["id"])
    assert dict(chartset.charts(replace(corpus))) == before


def test_ids_and_order(charts: Mapping[str, Chart]) -> None:
    assert tuple(charts) == tuple(chartset.FIGURES)


def test_rates_agree_with_those_of_icsr(charts: Mapping[str, Chart], corpus: Corpus) -> None:
    """ICSR prints the upper end per million; ours differ by rounding and by the population taken."""
    checked = Counter[bool]()
    for row in charts["europe-2015-rate"].rows:
        series, observation = corpus.observations[str(row["observation"])]
        upper = row["high"] if row["high"] is not None else row["point"]
        if series.id == "S0503" and observation.per_million is not None:
            checked[abs(float(str(upper)) - observation.per_million) <= 1.5] += 1
    assert checked[True] >= 12
    assert not checked[False]


def test_the_script_needs_nobody_else() -> None:
    script = (ASSETS / "charts.js").read_text("utf-8")
    assert not re.search(r"https?:|//cdn|eval\(|new Function|innerHTML|import\(", script)
    assert "showSendToCloud: false" in script
    assert "displaylogo: false" in script
