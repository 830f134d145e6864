"""The figures about estimates, each defined once and each within one comparability group."""

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from report import analysis
from report.charts import BOUNDS, Chart, Column, Marks, Row, finding, leading, listed, number, short_value
from report.corpus import Corpus
from report.model import COUNTRIES, date_span, date_words

Found = list[dict[str, Any]]
ICSR_2015, SOUFAN_2017 = "S0503", "S0508"
PEOPLE = ("person", "people")
VALUES = (
    Column("low", "Low", "number"),
    Column("point", "Single number", "number"),
    Column("high", "High", "number"),
    Column("qualifier", "Qualifier"),
)
SERIES, AS_OF = Column("series", "Series"), Column("as_of", "As of", "date")
OBSERVATION = Column("observation", "Row")
MARKS = Marks(category="label", point="point", low="low", high="high", qualifier="qualifier", unit=PEOPLE)


def charts(corpus: Corpus) -> list[Chart]:
    """Every figure about estimates, in the order of the list of figures."""
    return [
        *(europe(corpus), europe_rate(corpus), soufan_travelled(corpus), icsr_2013(corpus)),
        *(world_totals(corpus), european_totals(corpus), entry_forms(corpus)),
        *(returned_soufan(corpus), returned_shares(corpus), affiliates(corpus)),
    ]


def _group(corpus: Corpus, name: str, form: str) -> Found:
    return analysis.records(analysis.group(corpus, name, form))


def _row(row: dict[str, Any], **cells: str) -> Row:
    """The row of an observation; its mark leads to the row on the page of its series."""
    return {
        **cells,
        **{key: row[key] for key in ("low", "point", "high", "qualifier", "as_of")},
        "observation": row["id"],
        "href": f"estimates/{row['series']}/#{row['id']}",
    }


def top(row: dict[str, Any]) -> float:
    """The upper end of a value: its high end or its only number."""
    return float(row["high"] if row["high"] is not None else row["point"])


def bottom(row: dict[str, Any]) -> float:
    """The lower end of a value: its low end or its only number."""
    return float(row["low"] if row["low"] is not None else row["point"])


def _extremes(rows: Iterable[dict[str, Any]]) -> tuple[str, str]:
    """The lowest and the highest number printed, in words: "2,000", "at least 42,000"."""
    found = list(rows)
    if not found:
        return "none", "none"
    low, high = min(found, key=bottom), max(found, key=top)
    words = [BOUNDS.get(str(row["qualifier"]), ("", ""))[1] for row in (low, high)]
    return f"{words[0]}{number(bottom(low))}", f"{words[1]}{number(top(high))}"


def short_names(corpus: Corpus, rows: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Names of series that fit beside a mark, in the order of publication: "ICSR 2015", "Dec 2013"."""
    days = {
        s: date_span(corpus.series[s].published or "1990")[0] for s in {row["series"] for row in rows}
    }
    ids = sorted(days, key=lambda s: (days[s], s))
    makers = {s: corpus.series[s].series.split(",")[0] for s in ids}
    if len(set(makers.values())) == len(ids) and max(map(len, makers.values()), default=0) <= 5:
        return {s: f"{makers[s]} {days[s].year}" for s in ids}
    return {s: f"{calendar.month_abbr[days[s].month]} {days[s].year}" for s in ids}


def _countries(
    corpus: Corpus, name: str, found: Found, *more: Column, both: bool = False, **words: str
) -> Chart:
    """The series of a group side by side by country, those with the highest numbers first.

    With `both`, only countries that stand in each series.
    """
    entry = corpus.codebook["comparable_group"][name]
    short = short_names(corpus, found)
    rows = [
        {
            **_row(row, label=COUNTRIES[row["area"]], series=short[row["series"]]),
            **{column.key: row[column.key] for column in more},
            "category_href": f"countries/{row['area']}/",
        }
        for row in side_by_side(found, list(short), both)
    ]
    unit = ("per million", "per million") if more else PEOPLE
    chart = Chart(
        id=words["id"],
        kind="ranges" if entry.chart == "range_pairs" else "dots",
        title=words["title"],
        subtitle=words["subtitle"],
        description="",
        columns=(Column("label", "Country"), SERIES, AS_OF, *VALUES, *more, OBSERVATION),
        rows=tuple(rows),
        marks=replace(MARKS, series="series", order=tuple(short.values()), lanes=True, unit=unit),
        sources=tuple(short),
        note=f"{entry.definition} A country that is missing was not seen. {words.get('note', '')}".strip(),
    )
    text = (
        f"{len(chart.categories)} countries, for each the number or the range of each series "
        f"({', '.join(short.values())}). {_values(chart)}."
    )
    return replace(chart, description=text)


def side_by_side(found: Found, series: list[str], both: bool) -> Found:
    """The rows of each country together, in the order of the series; the largest country first."""
    areas: dict[str, Found] = {}
    for row in sorted(found, key=lambda row: series.index(row["series"])):
        areas.setdefault(row["area"], []).append(row)
    chosen = [rows for rows in areas.values() if len(rows) == len(series) or not both]
    chosen.sort(key=lambda rows: (-max(map(top, rows)), COUNTRIES[rows[0]["area"]]))
    return [row for rows in chosen for row in rows]


def _values(chart: Chart) -> str:
    """The first values of a chart in words."""
    series = chart.marks.series if chart.marks.lanes else ""
    return listed(
        f"{row['label']}{f', {row[series]}' if series else ''}: {short_value(chart, row)}"
        for row in chart.rows
    )


def _highest(found: Found, series: str) -> tuple[list[str], str]:
    """The countries with the highest upper end in a series, and that number in words."""
    rows: list[Row] = [
        {"label": COUNTRIES[row["area"]], "n": top(row)} for row in found if row["series"] == series
    ]
    names, _ = leading(rows, "label")
    return names, _extremes(row for row in found if row["series"] == series)[1]


def europe(corpus: Corpus) -> Chart:
    """Western Europe: ICSR 2015 and ICCT 2016 side by side."""
    found = _group(corpus, "western_europe_2015", "range_pairs")
    verbs = "has the highest number in ICSR's table", "have the highest numbers in ICSR's table"
    return _countries(
        corpus,
        "western_europe_2015",
        found,
        id="europe-2015",
        title=finding(*_highest(found, ICSR_2015), *verbs, "people"),
        subtitle="People who travelled to Syria and Iraq, cumulative: ICSR January 2015, ICCT April 2016",
    )


def europe_rate(corpus: Corpus) -> Chart:
    """Western Europe per million inhabitants."""
    rows = analysis.group(corpus, "western_europe_2015", "range_pairs")
    found = analysis.records(analysis.rates(corpus, rows))
    verbs = "has the highest rate in ICSR's table", "have the highest rates in ICSR's table"
    return _countries(
        corpus,
        "western_europe_2015",
        found,
        Column("population", "Inhabitants", "number"),
        id="europe-2015-rate",
        title=finding(*_highest(found, ICSR_2015), *verbs, "per million inhabitants"),
        subtitle="Travellers to Syria and Iraq per million inhabitants of the year of the figure",
        note="Computed here from both ends of each range and the population of the World Bank; ICSR "
        "itself divides the upper end only.",
    )


def soufan_travelled(corpus: Corpus) -> Chart:
    """Soufan 2015 and 2017 for the countries that stand in both."""
    found = _group(corpus, "soufan_travelled", "paired_dots")
    pairs = _couples(corpus, found)
    lower = sum(top(late) < top(early) for early, late in pairs)
    return _countries(
        corpus,
        "soufan_travelled",
        found,
        both=True,
        id="soufan-travelled",
        title=f"Lower in 2017 than in 2015 for {lower} of {len(pairs)} countries, which counts no returns",
        subtitle="People who travelled to Syria and Iraq: Soufan Group 2015, Soufan Center 2017",
        note="Only countries in both reports; the others stand on the pages of the two series.",
    )


def icsr_2013(corpus: Corpus) -> Chart:
    """ICSR April and December 2013 for the countries that stand in both."""
    found = _group(corpus, "icsr_2013_syria", "range_pairs")
    pairs = _couples(corpus, found)
    higher = sum(top(late) > top(early) for early, late in pairs)
    return _countries(
        corpus,
        "icsr_2013_syria",
        found,
        both=True,
        id="icsr-2013",
        title=f"From April to December 2013 the upper end rose for {higher} of {len(pairs)} countries",
        subtitle="People who travelled to Syria, cumulative: named cases to highest credible claim",
        note=f"Only countries in both tables; {len(found) - 2 * len(pairs)} rows of the group stand "
        "for a country in one of them and are on the page of the series.",
    )


def _couples(corpus: Corpus, found: Found) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The earlier and the later row of each country that has both."""
    shown = side_by_side(found, list(short_names(corpus, found)), both=True)
    return list(zip(shown[::2], shown[1::2], strict=True))


def _statements(corpus: Corpus, name: str, found: Found, **words: str) -> Chart:
    """Numbers of one group as labelled dots in the order of their dates, echoes marked."""
    places = {code: entry.label for code, entry in corpus.codebook["geography"].items()}
    used = [places[code] for code in places if code in {row["geography"] for row in found}]
    rows = tuple(
        {
            **_row(row, label=_statement(row), series=places[row["geography"]]),
            "year": str(row["date"].year),
            "counts": _codes(corpus, row, "area", "geography", "actors", "people", "counting"),
            "repeats": _repeats(corpus, row["echo_of"]),
        }
        for row in found
    )
    counts, repeats = Column("counts", "What it counts"), Column("repeats", "Repeats")
    chart = Chart(
        id=words["id"],
        kind="dots",
        title=words["title"],
        subtitle=words["subtitle"],
        description="",
        columns=(Column("label", "Statement"), AS_OF, *VALUES, counts, repeats, OBSERVATION),
        rows=rows,
        marks=replace(
            MARKS, series="series", order=tuple(used), section="year", detail="counts", echo="repeats"
        ),
        sources=tuple(dict.fromkeys(row["series"] for row in found)),
        note=f"{corpus.codebook['comparable_group'][name].definition} A number that repeats another "
        "source is drawn hollow; agreement with it confirms nothing.",
    )
    text = (
        f"{len(rows)} statements in the order of their dates, {words['span']}. "
        f"{sum(bool(row['repeats']) for row in rows)} of them repeat another source. "
        "No line joins them, since they count different things."
    )
    return replace(chart, description=text)


def _statement(row: dict[str, Any]) -> str:
    """Who said it, and the date of the figure where the title of the series has another one."""
    when = date_words(row["as_of"])
    return str(row["title"]) if when in row["title"] else f"{row['title']}: figure of {when}"


def _codes(corpus: Corpus, row: dict[str, Any], *keys: str) -> str:
    return "; ".join(corpus.label(key, row[key]) for key in keys if row[key] != "world")


def _repeats(corpus: Corpus, sources: Sequence[str]) -> str:
    names = [corpus.series[s].series if s in corpus.series else s for s in sources]
    return f"repeats {' and '.join(names)}" if names else ""


def world_totals(corpus: Corpus) -> Chart:
    """World totals in the order of their dates."""
    found = _group(corpus, "world_totals", "labelled_dots")
    low, high = _extremes(found)
    echoes = sum(bool(row["echo_of"]) for row in found)
    return _statements(
        corpus,
        "world_totals",
        found,
        id="world-totals",
        title=f"World totals run from {low} to {high}; {echoes} of {len(found)} repeat another source",
        subtitle="Published totals of foreigners who travelled, by date of the figure",
        span=f"from {low} to {high}",
    )


def european_totals(corpus: Corpus) -> Chart:
    """European totals in the order of their dates."""
    found = _group(corpus, "europe_totals", "labelled_dots")
    low, high = _extremes(found)
    late_low, late_high = _extremes(row for row in found if row["date"].year >= 2015)
    return _statements(
        corpus,
        "europe_totals",
        found,
        id="european-totals",
        title=f"From 2015 on, European totals lie between {late_low} and {late_high}",
        subtitle="Published totals of Europeans who travelled, by date of the figure",
        span=f"from {low} to {high}",
    )


def entry_forms(corpus: Corpus) -> Chart:
    """Counts of the leaked entry forms: one dataset, several clean-ups."""
    found = sorted(_group(corpus, "entry_records_total", "one_dataset"), key=top, reverse=True)
    low, high = _extremes(found)
    chart = Chart(
        id="entry-forms",
        kind="dots",
        title=f"One set of leaked forms, counted as {low} to {high} records",
        subtitle="Entry forms of the group after clean-up, by the team that counted",
        description="",
        columns=(Column("label", "Count by"), AS_OF, *VALUES, OBSERVATION),
        rows=tuple(_row(row, label=row["title"]) for row in found),
        marks=replace(MARKS, unit=("record", "records")),
        sources=tuple(row["series"] for row in found),
        note=corpus.codebook["comparable_group"]["entry_records_total"].definition,
    )
    text = f"{len(found)} counts of one set of documents, a spread and no development: {_values(chart)}."
    return replace(chart, description=text)


def returned_soufan(corpus: Corpus) -> Chart:
    """Returned according to Soufan 2015 and 2017."""
    found = _group(corpus, "soufan_returned", "paired_dots")
    verbs = "has the most known returns in 2017", "have the most known returns in 2017"
    return _countries(
        corpus,
        "soufan_returned",
        found,
        id="returned-soufan",
        title=finding(*_highest(found, SOUFAN_2017), *verbs, "people"),
        subtitle="People known to governments to have returned: Soufan Group 2015, Soufan Center 2017",
    )


def returned_shares(corpus: Corpus) -> Chart:
    """Shares of European travellers who had returned, died or stayed."""
    name = "europe_status_shares"
    found = _group(corpus, name, "labelled_dots")
    measures = {code: corpus.label("measure", code) for code in ("returned", "killed", "present")}
    low, high = _extremes(row for row in found if row["measure"] == "returned")
    rows = [
        {
            **_row(row, label=_statement(row), measure=measures[row["measure"]]),
            "counts": _codes(corpus, row, "area", "geography", "actors", "people"),
        }
        for row in found
    ]
    chart = Chart(
        id="returned-shares",
        kind="dots",
        title=f"Sources put the share that had returned between {low} and {high} per cent",
        subtitle="Per cent of European or Western travellers: returned, killed, still there",
        description="",
        columns=(
            *(Column("label", "Statement"), Column("measure", "Measure"), AS_OF, *VALUES),
            *(Column("counts", "What it counts"), OBSERVATION),
        ),
        rows=tuple(rows),
        marks=replace(
            MARKS,
            series="measure",
            order=tuple(measures.values()),
            lanes=True,
            detail="counts",
            unit=("per cent", "per cent"),
        ),
        sources=tuple(dict.fromkeys(row["series"] for row in found)),
        note=f"{corpus.codebook['comparable_group'][name].definition} Returned can mean out of the "
        "war zone or back in Europe.",
    )
    return replace(chart, description=f"{len(rows)} shares by date, in per cent: {_values(chart)}.")


def affiliates(corpus: Corpus) -> Chart:
    """ICSR 2018 and 2019: affiliates, women, minors, returned."""
    name = "icsr_affiliates"
    found = _group(corpus, name, "paired_dots")
    short = short_names(corpus, found)
    labels = {"travelled": "All affiliates"} | {
        code: corpus.label("measure", code) for code in ("women", "minors", "returned")
    }
    order, ids = list(labels), list(short)
    found.sort(key=lambda row: (order.index(row["measure"]), ids.index(row["series"])))
    low, high = _extremes(row for row in found if row["measure"] == "travelled")
    chart = Chart(
        id="affiliates",
        kind="dots",
        title=f"With women and children ICSR counts {low} people, a year later {high}",
        subtitle="People affiliated with the Islamic State in Syria and Iraq, cumulative",
        description="",
        columns=(Column("label", "Measure"), SERIES, AS_OF, *VALUES, OBSERVATION),
        rows=tuple(
            _row(row, label=labels[row["measure"]], series=short[row["series"]]) for row in found
        ),
        marks=replace(MARKS, series="series", order=tuple(short.values()), lanes=True),
        sources=tuple(short),
        note=f"{corpus.codebook['comparable_group'][name].definition} Not comparable with any count "
        "of fighters.",
    )
    return replace(chart, description=f"Two numbers for each measure: {_values(chart)}.")
