"""What a chart is: one definition (rows, columns, marks, words) that every renderer draws from."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from report.data.sheet import csv_rows

Kind = Literal["bars", "stacked", "ranges", "dots", "timeline", "matrix"]
Value = str | int | float | None
Row = dict[str, Value]

BOUNDS = {"at_least": ("≥ ", "at least "), "up_to": ("≤ ", "up to "), "about": ("~ ", "about ")}
"""Qualifier -> sign in the picture and words elsewhere; the other qualifiers need neither."""

MOST = 400
"""So many single records a picture can show before nobody finds one, and phones wait for it."""


@dataclass(frozen=True)
class Column:
    """A column of the table, the CSV and the JSON."""

    key: str
    label: str
    kind: Literal["text", "number", "date"] = "text"


@dataclass(frozen=True)
class Marks:
    """Which columns are drawn, and as what. A column that is not named stands only in the table."""

    category: str
    point: str = ""
    low: str = ""
    high: str = ""
    series: str = ""
    order: tuple[str, ...] = ()
    """The series in the order of their colours; in a matrix, the columns."""
    lanes: bool = False
    """The series are named beside their marks."""
    across: str = ""
    """The columns of a matrix."""
    section: str = ""
    detail: str = ""
    echo: str = ""
    """Filled in where a number merely repeats that of another source: drawn hollow."""
    qualifier: str = ""
    beside: str = ""
    """The series whose number stands beside a stacked bar, if not the sum of all."""
    units: str = ""
    """Ids of the records in a mark, divided by blanks: drawn as squares of `each` records."""
    each: int = 1
    sample: int = 1
    """Of so many categories, the pictures show one."""
    unit: tuple[str, str] = ("account", "accounts")


@dataclass(frozen=True)
class Chart:
    """A figure: what it shows, in words, in numbers and as marks.

    Beside its columns a row has `href`, the page behind its mark (site-absolute, no leading slash),
    and where the label leads elsewhere `category_href` and `across_href`. A row of accounts has their
    `ids`, divided by blanks, and the `page` that lists exactly these, if there is one.
    """

    id: str
    kind: Kind
    title: str
    subtitle: str
    description: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    marks: Marks
    sources: tuple[str, ...] = ()
    note: str = ""

    @property
    def categories(self) -> list[str]:
        """The labels of the rows, in the order of drawing."""
        return list(dict.fromkeys(str(row[self.marks.category]) for row in self.rows))

    @property
    def across(self) -> list[str]:
        """The columns of a matrix that have rows."""
        found = {str(row[self.marks.across]) for row in self.rows}
        return [name for name in self.marks.order if name in found]

    @property
    def series(self) -> list[str]:
        """The series that have rows, in the order of their colours."""
        found = [str(row[self.marks.series]) for row in self.rows] if self.marks.series else [""]
        return [name for name in self.marks.order or dict.fromkeys(found) if name in found]

    @cached_property
    def drawn(self) -> list[tuple[int, Row]]:
        """The rows that the pictures show, each with its place among all rows."""
        shown = set(self.categories[:: self.marks.sample])
        rows = enumerate(self.rows)
        return [(i, row) for i, row in rows if str(row[self.marks.category]) in shown]

    def series_of(self, row: Row) -> str:
        """The series of a row; empty in a chart without series."""
        return str(row[self.marks.series]) if self.marks.series else ""

    def colour(self, row: Row) -> int:
        """The number of the colour of a row, from 1, whichever series have rows."""
        order = self.marks.order or tuple(self.series)
        return order.index(self.series_of(row)) + 1

    def ends(self, row: Row) -> tuple[Value, Value]:
        """Low and high end of a mark; twice the same for a point."""
        if self.marks.point and row.get(self.marks.point) is not None:
            return row[self.marks.point], row[self.marks.point]
        return row.get(self.marks.low), row.get(self.marks.high)

    def numbers(self, row: Row) -> tuple[float, float]:
        """Both ends of a mark as numbers."""
        low, high = self.ends(row)
        if isinstance(low, int | float) and isinstance(high, int | float):
            return low, high
        raise TypeError(f"{self.id}: a row without a number: {row}")


def share(records: int) -> int:
    """How many records a mark must stand for, so that there are no more than MOST marks."""
    return max(1, -(-records // MOST))


def number(value: Value) -> str:
    """A value as it is printed: 20,730."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return f"{value:,}" if isinstance(value, int | float) else str(value or "")


def short_value(chart: Chart, row: Row) -> str:
    """The value of a mark as it stands in the picture: "≥ 20,000", "500–600"."""
    low, high = chart.ends(row)
    sign = BOUNDS.get(str(row.get(chart.marks.qualifier)), ("", ""))[0]
    return f"{sign}{number(low)}" if low == high else f"{number(low)}–{number(high)}"


def long_value(chart: Chart, row: Row) -> str:
    """The value of a mark in words: "at least 20,000 people", "500 to 600 people"."""
    low, high = chart.ends(row)
    words = BOUNDS.get(str(row.get(chart.marks.qualifier)), ("", ""))[1]
    text = f"{words}{number(low)}" if low == high else f"{number(low)} to {number(high)}"
    unit = chart.marks.unit[0 if low == high == 1 else 1]
    return f"{text} {unit}".strip()


def mark_name(chart: Chart, row: Row) -> str:
    """The accessible name of a mark: what it is, its value, and whose number it repeats."""
    keys = (chart.marks.category, chart.marks.across, chart.marks.series, chart.marks.detail)
    what = ", ".join(str(row[key]) for key in dict.fromkeys(keys) if key and row.get(key))
    echo = row.get(chart.marks.echo) if chart.marks.echo else None
    return f"{what}: {long_value(chart, row)}{f' ({echo})' if echo else ''}"


def csv_text(chart: Chart) -> str:
    """The table of a chart as CSV: a header of keys, one line a row."""
    keys = [column.key for column in chart.columns]
    return csv_rows(keys, ([row.get(key) for key in keys] for row in chart.rows))


def json_text(chart: Chart) -> str:
    """A chart as JSON: its words, its columns and its rows."""
    keys = [column.key for column in chart.columns]
    content = {
        **{key: getattr(chart, key) for key in ("id", "title", "subtitle", "description", "note")},
        "sources": list(chart.sources),
        "columns": [{"key": c.key, "label": c.label, "kind": c.kind} for c in chart.columns],
        "rows": [{key: row.get(key) for key in keys} for row in chart.rows],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def english_list(words: Iterable[str]) -> str:
    """Words as a list in a sentence: "a", "a and b", "a, b and c"."""
    *most, last = [*words] or ["none"]
    return f"{', '.join(most)} and {last}" if most else last


def listed(items: Iterable[str], at_most: int = 6) -> str:
    """The first items, and how many more there are: "a; b; and 9 more in the table"."""
    found = list(items)
    more = len(found) - at_most
    return "; ".join([*found[:at_most], *([f"and {more} more in the table"] if more > 0 else [])])


def leading(rows: Iterable[Row], label: str, value: str = "n") -> tuple[list[str], float]:
    """The labels of the rows with the highest value, and that value."""
    found = [(str(row[label]), n) for row in rows if isinstance(n := row[value], int | float)]
    top = max((n for _, n in found), default=0)
    return [name for name, n in found if n == top], top


def finding(names: list[str], n: float | str, singular: str, plural: str, of: str) -> str:
    """A title that stays true, also in a tie: "X is ...: 4 of 9", "X and Y are ...: each 4 of 9"."""
    tie = len(names) > 1
    verb, each = (plural, "each ") if tie else (singular, "")
    return f"{english_list(names)} {verb}: {each}{number(n)} {of}"
