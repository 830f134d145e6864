"""What the figures about estimates share: rows, columns and words for observations."""

import calendar
from collections import Counter
from collections.abc import Iterable
from typing import Any

from report.charts import comparison
from report.charts.chart import BOUNDS, Chart, Column, Marks, Row, listed, number, short_value
from report.data.corpus import Corpus
from report.data.fields import date_span

Found = list[dict[str, Any]]
PEOPLE = ("person", "people")
VALUES = (
    Column("low", "Low", "number"),
    Column("point", "Single number", "number"),
    Column("high", "High", "number"),
    Column("qualifier", "Qualifier"),
)
SERIES, AS_OF = Column("series", "Series"), Column("as_of", "As of", "date")
OBSERVATION = Column("observation", "Row")
MARKS = Marks(
    category="label", point="point", low="low", high="high", qualifier="qualifier", unit=PEOPLE
)


def group(corpus: Corpus, name: str, form: str) -> Found:
    """The rows of a comparability group, checked, by date."""
    return comparison.records(comparison.group(corpus, name, form))


def mark_row(row: dict[str, Any], **cells: str) -> Row:
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


def extremes(rows: Iterable[dict[str, Any]]) -> tuple[str, str]:
    """The lowest and the highest number printed, in words: "2,000", "at least 42,000"."""
    found = list(rows)
    if not found:
        return "none", "none"
    low, high = min(found, key=bottom), max(found, key=top)
    words = [BOUNDS.get(str(row["qualifier"]), ("", ""))[1] for row in (low, high)]
    return f"{words[0]}{number(bottom(low))}", f"{words[1]}{number(top(high))}"


def short_names(corpus: Corpus, rows: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Names of series that fit beside a mark, in the order of publication: "ICSR 2015", "Dec 2013".

    A series that is not dated, or that would share its name with another one, has its id beside it.
    """
    days = {
        s: date_span(published)[0] if (published := corpus.series[s].published) else None
        for s in {row["series"] for row in rows}
    }
    ids = sorted(days, key=lambda s: (str(days[s] or ""), s))
    makers = {s: corpus.series[s].series.split(",")[0] for s in ids}
    if len(set(makers.values())) == len(ids) and max(map(len, makers.values()), default=0) <= 5:
        return {s: f"{makers[s]} {day.year if (day := days[s]) else s}" for s in ids}
    months = {s: f"{calendar.month_abbr[day.month]} {day.year}" for s, day in days.items() if day}
    often = Counter(months.values())
    return {s: months[s] if often[months.get(s, "")] == 1 else _with_id(s, months) for s in ids}


def _with_id(series: str, months: dict[str, str]) -> str:
    return f"{months[series]}, {series}" if series in months else series


def values(chart: Chart) -> str:
    """The first values of a chart in words."""
    series = chart.marks.series if chart.marks.lanes else ""
    return listed(
        f"{row['label']}{f', {row[series]}' if series else ''}: {short_value(chart, row)}"
        for row in chart.rows
    )


def codes(corpus: Corpus, row: dict[str, Any], *keys: str) -> str:
    """The labels of the codes of a row; the world as area goes without saying."""
    return "; ".join(corpus.label(key, row[key]) for key in keys if row[key] != "world")
