"""The figures about estimates, each defined once and each within one comparability group."""

import calendar
import datetime
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from report import analysis
from report.charts import Chart, Column, Marks, Row, english_list, finding, leading, printed, short_value
from report.corpus import Corpus
from report.model import COUNTRIES, date_span, date_words

ICSR_2015, SOUFAN_2017 = "S0503", "S0508"
PEOPLE = ("person", "people")
VALUES = (
    Column("low", "Low", "number"),
    Column("point", "Single number", "number"),
    Column("high", "High", "number"),
    Column("qualifier", "Qualifier"),
)
SERIES = (Column("series", "Series"), Column("as_of", "As of", "date"), Column("observation", "Row"))


def charts(corpus: Corpus) -> list[Chart]:
    """Every figure about estimates, in the order of the list of figures."""
    return [
        *(europe(corpus), europe_rate(corpus), soufan_travelled(corpus), icsr_2013(corpus)),
        *(world_totals(corpus), european_totals(corpus), entry_forms(corpus)),
        *(returned_soufan(corpus), returned_shares(corpus), affiliates(corpus)),
    ]


def _row(row: dict[str, Any], **cells: str) -> Row:
    """The row of an observation; its mark leads to the series page."""
    keys = ("low", "point", "high", "qualifier", "as_of")
    return {
        **cells,
        **{key: row[key] for key in keys},
        "observation": row["id"],
        "href": f"estimates/{row['series']}/#{row['id']}",
    }


def short_names(corpus: Corpus, rows: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Names of series that fit beside a mark, in the order of publication: "ICSR 2015", "Dec 2013"."""
    ids = sorted({row["series"] for row in rows}, key=lambda s: corpus.series[s].published or "")
    days = {s: date_span(corpus.series[s].published or "1990")[0] for s in ids}
    makers = {s: corpus.series[s].series.split(",")[0] for s in ids}
    if len(set(makers.values())) == len(ids) and max(map(len, makers.values()), default=0) <= 5:
        return {s: f"{makers[s]} {days[s].year}" for s in ids}
    return {s: f"{calendar.month_abbr[days[s].month]} {days[s].year}" for s in ids}


def top(row: dict[str, Any]) -> float:
    """The upper end of a value: its high end or its only number."""
    return float(row["high"] if row["high"] is not None else row["point"])


def _upper(rows: Iterable[dict[str, Any]], series: str) -> list[Row]:
    return [
        {"label": COUNTRIES[row["area"]], "n": top(row)} for row in rows if row["series"] == series
    ]


def _pairs(corpus: Corpus, rows: list[dict[str, Any]], both: bool) -> list[Row]:
    """Rows by country, largest first, the series of the group side by side."""
    short = short_names(corpus, rows)
    areas: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: list(short).index(row["series"])):
        areas.setdefault(row["area"], []).append(row)
    chosen = [found for found in areas.values() if len(found) == len(short) or not both]
    chosen.sort(key=lambda found: (-max(map(top, found)), COUNTRIES[found[0]["area"]]))
    return [
        {
            **_row(row, label=COUNTRIES[row["area"]], series=short[row["series"]]),
            "category_href": f"countries/{row['area']}/",
        }
        for found in chosen
        for row in found
    ]


def _pair_marks(order: Iterable[str], unit: tuple[str, str] = PEOPLE) -> Marks:
    return Marks(
        category="label",
        point="point",
        low="low",
        high="high",
        series="series",
        order=tuple(order),
        lanes=True,
        qualifier="qualifier",
        unit=unit,
    )


def _countries(corpus: Corpus, name: str, rows: list[Row], *more: Column, **words: str) -> Chart:
    """A chart of the series of a group side by side by country."""
    entry = corpus.codebook["comparable_group"][name]
    unit = ("per million", "per million") if more else PEOPLE
    found = dict.fromkeys(str(row["series"]) for row in rows)
    ids = dict.fromkeys(str(row["href"]).split("/")[1] for row in rows)
    chart = Chart(
        id=words["id"],
        kind="ranges" if entry.chart == "range_pairs" else "dots",
        title=words["title"],
        subtitle=words["subtitle"],
        description="",
        columns=(Column("label", "Country"), *SERIES[:2], *VALUES, *more, SERIES[2]),
        rows=tuple(rows),
        marks=_pair_marks(sorted(found, key=lambda s: (s[-4:], found_order(s))), unit),
        sources=tuple(SHORT[name]),
        note=f"{entry.definition} A country that is missing was not seen. {words.get('note', '')}".strip(),
    )
    first = [f"{r['label']} ({r['series']}) {short_value(chart, r)}" for r in rows[:6]]
    text = (
        f"{len(chart.categories)} countries, for each the number or the range of each series. "
        f"The largest: {english_list(first)}."
    )
    return replace(chart, description=text)


def europe(corpus: Corpus) -> Chart:
    """Western Europe: ICSR 2015 and ICCT 2016 side by side."""
    name = "western_europe_2015"
    rows = analysis.records(analysis.group(corpus, name, "range_pairs"))
    verbs = "has the highest number in ICSR's table", "have the highest numbers in ICSR's table"
    return _countries(
        corpus,
        name,
        _pairs(corpus, rows, both=False),
        id="europe-2015",
        title=finding(*leading(_upper(rows, "S0503"), "label"), *verbs, "people"),
        subtitle="People who travelled to Syria and Iraq, cumulative: ICSR January 2015 and ICCT April 2016",
    )


def europe_rate(corpus: Corpus) -> Chart:
    """Western Europe per million inhabitants."""
    name = "western_europe_2015"
    rows = analysis.records(analysis.rates(corpus, analysis.group(corpus, name, "range_pairs")))
    verbs = "has the highest number per million in ICSR's table", "have the highest numbers per million in ICSR's table"
    shown = _pairs(corpus, rows, both=False)
    people = {row["id"]: row["population"] for row in rows}
    return _countries(
        corpus,
        name,
        [{**row, "population": people[row["observation"]]} for row in shown],
        Column("population", "Inhabitants", "number"),
        id="europe-2015-rate",
        title=finding(*leading(_upper(rows, "S0503"), "label"), *verbs, "per million inhabitants"),
        subtitle="Travellers to Syria and Iraq per million inhabitants of the year of the figure",
        note="Computed here from both ends of each range and World Bank populations; ICSR itself divides "
        "the upper end only.",
    )


def soufan_travelled(corpus: Corpus) -> Chart:
    """Soufan 2015 and 2017 for the countries that stand in both."""
    name = "soufan_travelled"
    rows = analysis.records(analysis.group(corpus, name, "paired_dots"))
    shown = _pairs(corpus, rows, both=True)
    lower = _changes(shown)[1]
    return _countries(
        corpus,
        name,
        shown,
        id="soufan-travelled",
        title=f"The later number is lower for {len(lower)} of {len(shown) // 2} countries, which is no count of returns",
        subtitle="People who travelled to Syria and Iraq: Soufan Group December 2015, Soufan Center October 2017",
        note="Only countries that both reports name with like codes; the others stand on the pages of the series.",
    )


def icsr_2013(corpus: Corpus) -> Chart:
    """ICSR April and December 2013 for the countries that stand in both."""
    name = "icsr_2013_syria"
    rows = analysis.records(analysis.group(corpus, name, "range_pairs"))
    shown = _pairs(corpus, rows, both=True)
    higher = _changes(shown)[0]
    return _countries(
        corpus,
        name,
        shown,
        id="icsr-2013",
        title=f"From April to December 2013 the upper end rose for {len(higher)} of {len(shown) // 2} countries",
        subtitle="People who travelled to Syria, cumulative: named cases (low) to highest credible claim (high)",
        note=f"Only countries in both tables; the table of December has {len(rows) - len(shown)} rows more, "
        "on the page of the series.",
    )


def _changes(shown: Sequence[Row]) -> tuple[list[str], list[str]]:
    """Countries whose upper end is higher, and lower, in the later of two series."""
    couples = list(zip(shown[::2], shown[1::2], strict=True))
    return (
        [str(late["label"]) for early, late in couples if top(late) > top(early)],
        [str(late["label"]) for early, late in couples if top(late) < top(early)],
    )


def _totals(corpus: Corpus, name: str, **words: str) -> Chart:
    """Totals of one group as labelled dots in the order of their dates, echoes marked."""
    entry = corpus.codebook["comparable_group"][name]
    found = analysis.records(analysis.group(corpus, name, "labelled_dots"))
    geography = {code: label.label for code, label in corpus.codebook["geography"].items()}
    rows = tuple(
        {
            **_row(row, label=_statement(corpus, row), series=row["title"]),
            "year": str(row["date"].year),
            "destination": geography[row["geography"]],
            "counts": _codes(corpus, row),
            "repeats": _repeats(corpus, row["echo_of"]),
        }
        for row in found
    )
    used = dict.fromkeys(row["geography"] for row in found)
    echoes = sum(bool(row["repeats"]) for row in rows)
    chart = Chart(
        id=words["id"],
        kind="dots",
        title=words["title"],
        subtitle=words["subtitle"],
        description="",
        columns=(
            Column("label", "Statement"),
            Column("as_of", "As of", "date"),
            *VALUES,
            Column("destination", "Destination"),
            Column("counts", "Whom it counts"),
            Column("repeats", "Repeats"),
            Column("observation", "Row"),
        ),
        rows=rows,
        marks=Marks(
            category="label",
            point="point",
            low="low",
            high="high",
            series="destination",
            order=tuple(geography[code] for code in geography if code in used),
            section="year",
            detail="counts",
            echo="repeats",
            qualifier="qualifier",
            unit=PEOPLE,
        ),
        sources=tuple(dict.fromkeys(row["series"] for row in found)),
        note=f"{entry.definition} A number that repeats another source is drawn hollow; agreement with it confirms nothing.",
    )
    first, last = rows[0], rows[-1]
    text = (
        f"{len(rows)} statements in the order of their dates, from {short_value(chart, first)} "
        f"({first['label']}) to {short_value(chart, last)} ({last['label']}). "
        f"{echoes} of them repeat another source. No line joins them, since they count different things."
    )
    return replace(chart, description=text)


def _statement(corpus: Corpus, row: dict[str, Any]) -> str:
    """Who said it and when: the title of the series, area and date where they say more."""
    area = "" if row["area"] == "world" else f"{corpus.label('area', row['area'])}: "
    when = date_words(row["as_of"])
    said = f"{row['title']}" if row["reading"] == "main" else f"{row['title']}, on an earlier date"
    return f"{area}{said} ({when})"


def _codes(corpus: Corpus, row: dict[str, Any]) -> str:
    keys = ("geography", "actors", "people", "counting")
    return "; ".join(corpus.label(key, row[key]) for key in keys)


def _repeats(corpus: Corpus, sources: Sequence[str]) -> str:
    names = [corpus.series[s].series if s in corpus.series else s for s in sources]
    return f"repeats {english_list(names)}" if names else ""


def _range_words(rows: Iterable[Row]) -> tuple[str, str]:
    """The lowest and the highest number printed, ends of ranges included."""
    ends = [n for row in rows for key in ("low", "point", "high") if isinstance(n := row[key], int | float)]
    return f"{min(ends):,}", f"{max(ends):,}"


def world_totals(corpus: Corpus) -> Chart:
    """World totals in the order of their dates."""
    rows = analysis.records(analysis.group(corpus, "world_totals", "labelled_dots"))
    echoes = sum(bool(row["echo_of"]) for row in rows)
    low, high = _range_words(rows)
    return _totals(
        corpus,
        "world_totals",
        id="world-totals",
        title=f"World totals run from {low} to {high}; {echoes} of {len(rows)} repeat another source",
        subtitle="Published totals of foreigners who travelled, by date of the figure",
    )


def european_totals(corpus: Corpus) -> Chart:
    """European totals in the order of their dates."""
    rows = analysis.records(analysis.group(corpus, "europe_totals", "labelled_dots"))
    late = [row for row in rows if row["date"] >= datetime.date(2015, 1, 1)]
    low, high = _range_words(late)
    return _totals(
        corpus,
        "europe_totals",
        id="european-totals",
        title=f"From 2015 on, European totals lie between {low} and {high}",
        subtitle="Published totals of Europeans who travelled, by date of the figure",
    )


def entry_forms(corpus: Corpus) -> Chart:
    """Counts of the leaked entry forms: one dataset, several clean-ups."""
    name = "entry_records_total"
    entry = corpus.codebook["comparable_group"][name]
    found = analysis.records(analysis.group(corpus, name, "one_dataset"))
    rows = [
        _row(row, label=row["title"], series=row["title"]) for row in sorted(found, key=top, reverse=True)
    ]
    low, high = _range_words(rows)
    return Chart(
        id="entry-forms",
        kind="dots",
        title=f"The same leaked forms were counted as {low} to {high} people",
        subtitle="Entry forms of the group after clean-up, by the team that counted",
        description=f"{len(rows)} counts of one set of documents: {_listing(rows)}. "
        "They are a spread, not a development.",
        columns=(Column("label", "Count by"), SERIES[1], *VALUES, SERIES[2]),
        rows=tuple(rows),
        marks=Marks(
            category="label", point="point", low="low", high="high", qualifier="qualifier", unit=("record", "records")
        ),
        sources=tuple(str(row["series"]) for row in found),
        note=entry.definition,
    )


def _listing(rows: Iterable[Row]) -> str:
    return english_list(f"{row['label']} {_value(row)}" for row in rows)


def _value(row: Row) -> str:
    low, high = (row["point"], row["point"]) if row["point"] is not None else (row["low"], row["high"])
    return printed(low, high, row["qualifier"])


def returned_soufan(corpus: Corpus) -> Chart:
    """Returned according to Soufan 2015 and 2017."""
    name = "soufan_returned"
    rows = analysis.records(analysis.group(corpus, name, "paired_dots"))
    later = [row for row in rows if row["series"] == "S0508"]
    verbs = "has the most known returns in October 2017", "have the most known returns in October 2017"
    return _countries(
        corpus,
        name,
        _pairs(corpus, rows, both=False),
        id="returned-soufan",
        title=finding(*leading(_upper(later, "S0508"), "label"), *verbs, "people"),
        subtitle="People known to governments to have returned: Soufan Group 2015, Soufan Center 2017",
    )


def returned_shares(corpus: Corpus) -> Chart:
    """Shares of European travellers who had returned, died or stayed."""
    name = "europe_status_shares"
    entry = corpus.codebook["comparable_group"][name]
    found = analysis.records(analysis.group(corpus, name, "labelled_dots"))
    measures = {code: corpus.label("measure", code) for code in ("returned", "killed", "present")}
    rows = [
        {**_row(row, label=_statement(corpus, row), measure=measures[row["measure"]]), "counts": _codes(corpus, row)}
        for row in found
    ]
    low, high = _range_words(row for row in rows if row["measure"] == measures["returned"])
    return Chart(
        id="returned-shares",
        kind="dots",
        title=f"Between {low} and {high} per cent of European travellers had returned, as the sources put it",
        subtitle="Per cent of those who travelled: returned, killed, still there",
        description=f"{len(rows)} shares by date: {_listing(rows)} per cent.",
        columns=(
            Column("label", "Statement"),
            Column("measure", "Measure"),
            *VALUES,
            Column("counts", "Whom it counts"),
            SERIES[1],
            SERIES[2],
        ),
        rows=tuple(rows),
        marks=Marks(
            category="label",
            point="point",
            low="low",
            high="high",
            series="measure",
            order=tuple(measures.values()),
            lanes=True,
            qualifier="qualifier",
            unit=("per cent", "per cent"),
        ),
        sources=tuple(dict.fromkeys(row["series"] for row in found)),
        note=f"{entry.definition} Returned can mean out of the war zone or back in Europe.",
    )


def affiliates(corpus: Corpus) -> Chart:
    """ICSR 2018 and 2019: affiliates, women, minors, returned."""
    name = "icsr_affiliates"
    entry = corpus.codebook["comparable_group"][name]
    short = SHORT[name]
    found = analysis.records(analysis.group(corpus, name, "paired_dots"))
    measures = {"travelled": "All affiliates", **{m: corpus.label("measure", m) for m in ("women", "minors", "returned")}}
    found.sort(key=lambda row: (list(measures).index(row["measure"]), list(short).index(row["series"])))
    rows = [_row(row, label=measures[row["measure"]], series=short[row["series"]]) for row in found]
    totals = [row for row in rows if row["label"] == "All affiliates"]
    low, high = _range_words(totals)
    return Chart(
        id="affiliates",
        kind="dots",
        title=f"With women and children ICSR counts {low} people, a year later up to {high}",
        subtitle="People affiliated with the Islamic State in Syria and Iraq, cumulative: ICSR 2018 and 2019",
        description=f"Two numbers for each measure: {_listing(rows)}.",
        columns=(Column("label", "Measure"), *SERIES[:2], *VALUES, SERIES[2]),
        rows=tuple(rows),
        marks=_pair_marks(name),
        sources=tuple(short),
        note=f"{entry.definition} {entry.exclude or ''}".strip(),
    )
