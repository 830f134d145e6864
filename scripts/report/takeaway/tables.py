"""Tables to take away: the records flattened into rows, every column described by its model."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Protocol

from report.data.corpus import Corpus
from report.data.model import (
    DIMENSIONS,
    Alternative,
    Code,
    Conflict,
    Copy,
    Dispute,
    Excluded,
    Fact,
    LedgerRow,
    Observation,
    Population,
    Reason,
    Record,
    Series,
    Source,
    Testimony,
)
from report.data.sheet import Cell, csv_rows
from report.takeaway.provenance import COLUMNS as PROVENANCE
from report.takeaway.provenance import Provenance, joined
from report.takeaway.public import plain, public_sources


@dataclass(frozen=True)
class Column:
    """A column: its name, its type in Frictionless terms, what it means, the vocabulary of its codes."""

    name: str
    type: str
    description: str
    vocabulary: str = ""
    listed: bool = False
    """Several values in one cell."""
    path: tuple[str, ...] = ()
    """The field of a record that it shows, and the field within that."""


class Rows(Protocol):
    """Rows that can be counted before they are made."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Sequence[Cell]]: ...


@dataclass(frozen=True)
class Table:
    """Rows of one kind. `key` names the column that identifies a row; empty where none does."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Rows
    key: str = ""
    parent: tuple[str, str] = ("", "")
    """For rows that belong to rows of another table: its name and its key; ours comes first."""


def tables(corpus: Corpus) -> list[Table]:
    """Every table of the dataset, in the order in which the site lists them."""
    return [*_testimony_tables(corpus), *_source_tables(corpus), *_estimate_tables(corpus),
            *_fact_tables(corpus), *_frame_tables(corpus)]  # fmt: skip


def full_tables(corpus: Corpus) -> list[Table]:
    """The same with all rows made, for whoever goes through them more than once."""
    return [replace(table, rows=list(table.rows)) for table in tables(corpus)]


def csv_text(table: Table) -> str:
    """A table as CSV."""
    return csv_rows([column.name for column in table.columns], table.rows)


def _testimony_tables(corpus: Corpus) -> Iterator[Table]:
    records = corpus.testimonies.values()
    parent = Column("record", "string", "Id of the testimony.")
    kind = Column("kind", "string", "joining or leaving.")
    reasons = [
        (reason, [t.id, name])
        for t in records
        for name, given in (("joining", t.reasons_joining), ("leaving", t.reasons_leaving))
        for reason in given
    ]
    yield _table("testimonies", "Testimonies, one row each", Testimony, _bare(records), key="id")
    yield _table("reasons", "Reasons that people gave", Reason, reasons, [parent, kind],
                 parent=("testimonies", "id"))  # fmt: skip
    disputes = [(dispute, [t.id]) for t in records for dispute in t.disputes]
    yield _table("disputes", "What sources say that disagrees with a testimony", Dispute, disputes,
                 [parent], parent=("testimonies", "id"))  # fmt: skip
    described = tuple(Column(name, "string", text) for name, text in PROVENANCE.items())
    yield Table("provenance", "Which source carries which field", described, Provenance(corpus))


def _source_tables(corpus: Corpus) -> Iterator[Table]:
    sources = public_sources(corpus).values()
    copies = [(copy, [source.id]) for source in sources for copy in source.copies]
    parent = Column("source", "string", "Id of the source.")
    yield _table("sources", "Sources, one row each", Source, _bare(sources), key="id")
    yield _table("copies", "Copies of sources that were seen", Copy, copies, [parent],
                 parent=("sources", "id"))  # fmt: skip


def _estimate_tables(corpus: Corpus) -> Iterator[Table]:
    pairs = corpus.observations.values()
    rows = [(_resolved(series, row), [series.id]) for series, row in pairs]
    others = [(other, [row.id]) for _, row in pairs for other in row.alternatives]
    series = Column("series", "string", "Id of the series: that of its source.")
    observation = Column("observation", "string", "Id of the estimate.")
    yield _table("series", "Series of estimates, one row for each publication", Series,
                 _bare(corpus.series.values()), key="source")  # fmt: skip
    title = "Estimates, one row each; their codes are filled in from the series"
    estimates = _table("estimates", title, Observation, rows, [series], key="id",
                       parent=("series", "source"))  # fmt: skip
    yield replace(estimates, columns=tuple(map(_filled_in, estimates.columns)))
    yield _table("alternatives", "Other numbers for the same estimate", Alternative, others,
                 [observation], parent=("estimates", "id"))  # fmt: skip


def _filled_in(column: Column) -> Column:
    """A column of estimates; for the codes of `_resolved` it says what they mean, and where they are from."""
    if column.name not in DIMENSIONS:
        return column
    [meaning] = [own.description for own in _columns(Series) if own.name == column.name]
    return replace(
        column, description=f"{meaning} That of the series where the row has none of its own."
    )


def _resolved(series: Series, row: Observation) -> Observation:
    """An observation with the codes of its file where it has none of its own."""
    codes = {name: getattr(row, name) or getattr(series, name) for name in DIMENSIONS}
    return row.model_copy(update=codes)


def _fact_tables(corpus: Corpus) -> Iterator[Table]:
    facts = corpus.facts.values()
    conflicts = [(other, [fact.id]) for fact in facts for other in fact.conflicts]
    parent = Column("fact", "string", "Id of the fact.")
    yield _table("facts", "Single findings that the report cites", Fact, _bare(facts), key="id")
    yield _table("conflicts", "What other pages say about the same fact", Conflict, conflicts,
                 [parent], parent=("facts", "id"))  # fmt: skip


def _frame_tables(corpus: Corpus) -> Iterator[Table]:
    codes = [(e, [name]) for name, book in corpus.codebook.items() for e in book.values()]
    vocabulary = Column("vocabulary", "string", "Name of the vocabulary.")
    yield _table("codebook", "Every code with its definition", Code, codes, [vocabulary])
    yield _table(
        "excluded", "Cases examined and left out", Excluded, _bare(corpus.excluded), key="key"
    )
    yield _table("ids", "Every id ever minted", LedgerRow, _bare(corpus.ledger), key="id")
    yield _table("population", "Inhabitants of countries", Population, _bare(corpus.population))


def _bare(records: Iterable[Record]) -> list[tuple[Record, Sequence[Cell]]]:
    return [(record, []) for record in records]


def _table(
    name: str, title: str, model: type[Record], records: Sequence[tuple[Record, Sequence[Cell]]],
    before: Iterable[Column] = (), key: str = "", parent: tuple[str, str] = ("", ""),
) -> Table:  # fmt: skip
    """A table of records; each comes with the cells of the columns `before` those of its model."""
    own = _columns(model)
    keys = {column.path[0] for column in own}
    fields = {name for name, field in model.model_fields.items() if (field.alias or name) in keys}
    return Table(name, title, (*before, *own), _Flattened(records, own, fields), key, parent)


@dataclass(frozen=True)
class _Flattened:
    """Rows of records, each after some cells of its own."""

    records: Sequence[tuple[Record, Sequence[Cell]]]
    columns: tuple[Column, ...]
    fields: set[str]
    """The fields of the records that the columns show."""

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[Sequence[Cell]]:
        paths = [column.path for column in self.columns]
        for record, first in self.records:
            given = plain(record, self.fields)
            yield [*first, *[_cell(given, path) for path in paths]]


def _cell(record: Any, path: Iterable[str]) -> Cell:
    """The value of a field, or of a field within a field that may be absent."""
    value = record
    for name in path:
        if value is None:
            return None
        value = value[name]
    return joined(value) if isinstance(value, list) else value


@cache
def _columns(model: type[Record]) -> tuple[Column, ...]:
    schema = model.model_json_schema(mode="serialization")
    fields, defs = schema["properties"], schema.get("$defs", {})
    return tuple(column for name in fields for column in _described((name,), fields[name], defs))


def _described(
    path: tuple[str, ...], given: Mapping[str, Any], defs: Mapping[str, Any]
) -> Iterator[Column]:
    """The columns of one field: several for a record within it, none for what has its own table."""
    name = "_".join(path)
    text = " ".join(given.get("description", "").split())
    options = [option for option in _options(given) if option.get("type") != "null"]
    option = options[0] | defs.get(options[0].get("$ref", "").rpartition("/")[2], {})
    listed = option.get("type") == "array"
    item = option.get("items", {}) if listed else option
    item = item | defs.get(item.get("$ref", "").rpartition("/")[2], {})
    inner = item.get("properties", {})
    vocabulary = (inner.get("code", {}) if listed else item).get("x-vocabulary", "")
    if listed and (not inner or {"code", "at"} & inner.keys()):
        codes = vocabulary or item.get("x-vocabulary", "")
        yield Column(name, "string", f"{text} Divided by ' | '.", codes, listed=True, path=path)
    elif inner and not listed:
        for below, field in inner.items():
            yield from _described((*path, below), field, defs)
    elif not listed and "additionalProperties" not in item:
        types = {option.get("type", "string") for option in options}
        yield Column(name, _type(types), text, vocabulary, path=path)


def _options(given: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What a field may be, one kind after the other."""
    if "anyOf" not in given:
        yield given
    for option in given.get("anyOf", []):
        yield from _options(option)


def _type(types: set[str]) -> str:
    if types == {"integer", "number"}:
        return "number"
    return types.pop() if len(types) == 1 else "string"
