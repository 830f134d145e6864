"""Provenance: for every field of every record, which source carries it, as one flat table."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from report.data.corpus import Corpus
from report.data.model import Observation, Testimony
from report.takeaway.public import plain

COLUMNS = {
    "record": "Id of the testimony, estimate or fact.",
    "field": "The field that the source speaks of.",
    "value": "What stands in the field; for a disputed one, what the source says instead.",
    "source": "Id of the source.",
    "at": "Where in the source.",
    "basis": "pinned: the page was checked for this field; group: the sources carry it as a group, "
    "no single page could be checked; confirms: a further page with the same; disputes: the source "
    "disagrees.",
}
"""Column -> what it means."""
Row = tuple[str, str, str, str, str, str]


@dataclass(frozen=True)
class Provenance:
    """One row for each field and source: record, field, value, source, at, basis."""

    corpus: Corpus

    def __len__(self) -> int:
        cited = (sum(1 for _ in _cited(record)) for record in self.corpus.testimonies.values())
        return sum(cited) + sum(1 for _ in self._others())

    def __iter__(self) -> Iterator[Row]:
        for record in self.corpus.testimonies.values():
            given = plain(record, {*record.evidence, *record.unpinned})
            values = {name: joined(value) for name, value in given.items()}
            for name, said, source, at, basis in _cited(record):
                value = values.get(name, "") if said is None else said
                yield record.id, name, value, source, at, basis
        yield from self._others()

    def _others(self) -> Iterator[Row]:
        for _, row in self.corpus.observations.values():
            yield from _observation(row)
        for fact in self.corpus.facts.values():
            for cited in fact.sources:
                yield fact.id, "statement", fact.statement, cited.source, cited.at or "", "pinned"
            for conflict in fact.conflicts:
                yield fact.id, "statement", conflict.says, conflict.source or "", "", "disputes"


def joined(value: Any) -> str:
    """A value on one line: items of a list by their code, source or text, divided by ' | '; truth as in CSV."""
    if isinstance(value, list):
        return " | ".join(joined(item) for item in value)
    if isinstance(value, dict):
        short = value.get("code") or value.get("source")
        parts = (f"{key}: {joined(part)}" for key, part in value.items() if part is not None)
        return short or "; ".join(parts)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _cited(record: Testimony) -> Iterator[tuple[str, str | None, str, str, str]]:
    """Field, source, at and basis; second, what is said, where that is not what stands in the field."""
    for name, cited in record.evidence.items():
        for page in cited:
            yield name, None, page.source, page.at or "", "pinned"
    for name, reasons in (
        ("reasons_joining", record.reasons_joining),
        ("reasons_leaving", record.reasons_leaving),
    ):
        for reason in reasons:
            for source in reason.sources:
                yield f"{name}.{reason.code}", reason.note, source, "", "pinned"
    for name in record.unpinned:
        for source in record.sources:
            yield name, None, source, "", "group"
    for dispute in record.disputes:
        yield dispute.field, dispute.says, dispute.source, "", "disputes"


def _observation(row: Observation) -> Iterator[Row]:
    name = "range" if row.point is None else "point"
    value = str(row.point) if row.point is not None else f"{row.low}-{row.high}"
    if row.unit == "per_million" and row.point is None and row.low is None:
        name, value = "per_million", str(row.per_million)
    where = f"{row.locator}, copy {row.read_copy}" if row.read_copy else row.locator
    yield row.id, name, value, row.read_in, where, "pinned"
    for source in row.confirmed_by:
        yield row.id, name, value, source, "", "confirms"
    for other in row.alternatives:
        for source in [*filter(None, [other.source]), *other.sources]:
            yield row.id, name, other.says, source, "", "disputes"
