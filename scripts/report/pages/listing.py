"""Listing: what a list of records is that readers filter: columns, rows, and facets with values."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

PAGE = 250
"""Rows that one page shows: the others stand on further pages, for readers without JavaScript."""
NONE = "none"
"""Facet value of a record that says nothing: such a record stays in every list."""


@dataclass(frozen=True)
class Column:
    """One column of a list."""

    key: str
    label: str
    number: bool = False


class Cell(NamedTuple):
    """What a column says about a record, and what it is sorted by; None sorts last."""

    text: str
    order: str | int | None


class Row(NamedTuple):
    """One record of a list."""

    id: str
    cells: Sequence[Cell]
    codes: Mapping[str, Sequence[str]]
    """Facet -> the values of the record; never empty."""
    words: str
    """What the free-text filter finds besides the cells."""
    language: str | None = None
    """Language of the first cell where it is not that of the page."""


@dataclass(frozen=True)
class Facet:
    """One way of narrowing a list: its key in the address and its values in the order shown."""

    key: str
    label: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Question:
    """A facet before its values were counted."""

    key: str
    label: str
    labels: Mapping[str, str]
    none: str = "not stated"
    ranked: bool = False
    """Whether frequent values come first; else the order of `labels` holds."""


@dataclass(frozen=True)
class Listing:
    """One of the three lists."""

    kind: str
    columns: Sequence[Column]
    facets: Sequence[Facet]
    rows: Sequence[Row]

    @property
    def count(self) -> int:
        """How many static pages the list has."""
        return len(part_names(self.kind, len(self.rows)))

    def part(self, number: int) -> Sequence[Row]:
        """The rows of one static page."""
        return self.rows[(number - 1) * PAGE : number * PAGE]


def part_names(kind: str, rows: int) -> list[str]:
    """The name of every static page of a list with so many rows."""
    further = range(2, max(1, -(-rows // PAGE)) + 1)
    return [f"{kind}/index", *(f"{kind}/page/{part}" for part in further)]


def facets(rows: Iterable[Row], questions: Iterable[Question]) -> list[Facet]:
    """The facets of a list, with the values that occur; what says nothing comes last."""
    rows = list(rows)
    return [_facet(rows, question) for question in questions]


def _facet(rows: Sequence[Row], question: Question) -> Facet:
    counts = Counter(code for row in rows for code in row.codes[question.key])
    labels = {code: label for code, label in question.labels.items() if code in counts}
    labels |= {code: code for code in sorted(counts) if code not in labels and code != NONE}
    codes = list(labels)
    if question.ranked:
        codes.sort(key=lambda code: (-counts[code], labels[code]))
    values = {code: labels[code] for code in codes}
    if NONE in counts:
        values[NONE] = question.none
    return Facet(question.key, question.label, values)


def content(shown: Listing, title: str, version: str) -> dict[str, object]:
    """A list as the script reads it: facet values stand in rows as their places in the facet."""
    places = {f.key: {code: place for place, code in enumerate(f.values)} for f in shown.facets}
    return {
        "title": title,
        "kind": shown.kind,
        "version": version,
        "page": PAGE,
        "columns": [[c.key, c.label, c.number] for c in shown.columns],
        "facets": [[f.key, f.label, list(f.values.items())] for f in shown.facets],
        "rows": [
            [
                row.id,
                [c.text if c.text == c.order else [c.text, c.order] for c in row.cells],
                [[places[f.key][code] for code in row.codes[f.key]] for f in shown.facets],
                row.words,
                *([row.language] if row.language else []),
            ]
            for row in shown.rows
        ],
    }
