"""The figures about totals, shares and records: each number a labelled dot, never joined."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from report.charts.chart import Chart, Column
from report.charts.estimate_rows import (
    AS_OF,
    MARKS,
    OBSERVATION,
    SERIES,
    VALUES,
    Found,
    codes,
    extremes,
    group,
    mark_row,
    short_names,
    top,
    values,
)
from report.data.corpus import Corpus
from report.data.fields import date_words


def _statements(corpus: Corpus, name: str, found: Found, **words: str) -> Chart:
    """Numbers of one group as labelled dots in the order of their dates, echoes marked."""
    places = {code: entry.label for code, entry in corpus.codebook["geography"].items()}
    used = [places[code] for code in places if code in {row["geography"] for row in found}]
    rows = tuple(
        {
            **mark_row(row, label=_statement(row), series=places[row["geography"]]),
            "year": str(row["date"].year),
            "counts": codes(corpus, row, "area", "geography", "actors", "people", "counting"),
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
            MARKS,
            series="series",
            order=tuple(used),
            section="year",
            detail="counts",
            echo="repeats",
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


def _repeats(corpus: Corpus, sources: Sequence[str]) -> str:
    names = [corpus.series[s].series if s in corpus.series else s for s in sources]
    return f"repeats {' and '.join(names)}" if names else ""


def world_totals(corpus: Corpus) -> Chart:
    """World totals in the order of their dates."""
    found = group(corpus, "world_totals", "labelled_dots")
    low, high = extremes(found)
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
    found = group(corpus, "europe_totals", "labelled_dots")
    low, high = extremes(found)
    late = [row for row in found if row["date"].year >= 2015] or found
    late_low, late_high = extremes(late)
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
    found = sorted(group(corpus, "entry_records_total", "one_dataset"), key=top, reverse=True)
    low, high = extremes(found)
    chart = Chart(
        id="entry-forms",
        kind="dots",
        title=f"One set of leaked forms, counted as {low} to {high} records",
        subtitle="Entry forms of the group after clean-up, by the team that counted",
        description="",
        columns=(Column("label", "Count by"), AS_OF, *VALUES, OBSERVATION),
        rows=tuple(mark_row(row, label=row["title"]) for row in found),
        marks=replace(MARKS, unit=("record", "records")),
        sources=tuple(row["series"] for row in found),
        note=corpus.codebook["comparable_group"]["entry_records_total"].definition,
    )
    text = f"{len(found)} counts of one set of documents, a spread and no development: {values(chart)}."
    return replace(chart, description=text)


def returned_shares(corpus: Corpus) -> Chart:
    """Shares of European travellers who had returned, died or stayed."""
    name = "europe_status_shares"
    found = group(corpus, name, "labelled_dots")
    measures = {code: corpus.label("measure", code) for code in ("returned", "killed", "present")}
    low, high = extremes(row for row in found if row["measure"] == "returned")
    rows = [
        {
            **mark_row(row, label=_statement(row), measure=measures[row["measure"]]),
            "counts": codes(corpus, row, "area", "geography", "actors", "people"),
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
    return replace(chart, description=f"{len(rows)} shares by date, in per cent: {values(chart)}.")


def affiliates(corpus: Corpus) -> Chart:
    """ICSR 2018 and 2019: affiliates, women, minors, returned."""
    name = "icsr_affiliates"
    found = group(corpus, name, "paired_dots")
    short = short_names(corpus, found)
    labels = {"travelled": "All affiliates"} | {
        code: corpus.label("measure", code) for code in ("women", "minors", "returned")
    }
    order, ids = list(labels), list(short)
    found.sort(key=lambda row: (order.index(row["measure"]), ids.index(row["series"])))
    low, high = extremes(row for row in found if row["measure"] == "travelled")
    chart = Chart(
        id="affiliates",
        kind="dots",
        title=f"With women and children ICSR counts {low} people, a year later {high}",
        subtitle="People affiliated with the Islamic State in Syria and Iraq, cumulative",
        description="",
        columns=(Column("label", "Measure"), SERIES, AS_OF, *VALUES, OBSERVATION),
        rows=tuple(
            mark_row(row, label=labels[row["measure"]], series=short[row["series"]])
            for row in found
        ),
        marks=replace(MARKS, series="series", order=tuple(short.values()), lanes=True),
        sources=tuple(short),
        note=f"{corpus.codebook['comparable_group'][name].definition} Not comparable with any count "
        "of fighters.",
    )
    return replace(chart, description=f"Two numbers for each measure: {values(chart)}.")
