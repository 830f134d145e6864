"""Changes: what two versions of the data differ in, record by record and field by field.

`diff` knows the old and the new values, for the editor. What is published names the fields alone:
an old value may be a name that somebody asked to take out.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import to_json

from report.data.corpus import Corpus
from report.takeaway.provenance import joined
from report.takeaway.public import plain, public_sources

KINDS = ("testimony", "source", "series", "estimate", "fact", "code")
"""The kinds of record that are compared, in the order of the list of changes."""
WHAT = ("added", "changed", "withdrawn", "merged", "removed")
"""What can happen to a record; removed is what leaves no tombstone: an estimate, a fact, a code."""


@dataclass(frozen=True)
class FieldChange:
    """A field with its value before and after, each on one line; empty where it was absent."""

    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    """What happened to one record."""

    kind: str
    id: str
    what: str
    fields: tuple[FieldChange, ...] = ()
    replaced_by: str = ""
    """For a merged record: the id under which it continues."""

    def published(self) -> dict[str, Any]:
        """The change as it is given away: fields by name, without their values."""
        names = [change.field for change in self.fields]
        given = {"kind": self.kind, "id": self.id, "what": self.what}
        return given | {"fields": names, "replaced_by": self.replaced_by}


Snapshot = dict[str, dict[str, dict[str, Any]]]
"""Kind -> id -> record as plain data; under "tombstone" what is left of withdrawn and merged ones."""


def diff(old: Corpus, new: Corpus) -> list[Change]:
    """Every difference between two versions of the data, ordered by kind and id.

    Of a withdrawn or merged record nothing is said but that; addresses that are kept for editors
    are left out of the comparison.
    """
    return diff_snapshots(snapshot(old), snapshot(new))


def diff_snapshots(old: Snapshot, new: Snapshot) -> list[Change]:
    """The same for two snapshots."""
    found = []
    for kind in KINDS:
        for id_ in sorted(old[kind].keys() | new[kind].keys(), key=_order):
            change = _compared(kind, id_, old[kind].get(id_), new[kind].get(id_))
            if change and change.what == "removed" and kind in ("testimony", "source"):
                tomb = new["tombstone"].get(id_, {"status": "removed"})
                change = Change(kind, id_, tomb["status"], replaced_by=tomb.get("replaced_by", ""))
            found.append(change)
    return [change for change in found if change]


def _compared(
    kind: str, id_: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None
) -> Change | None:
    if old is None or new is None:
        return Change(kind, id_, "added" if old is None else "removed")
    fields = tuple(_fields(old, new))
    return Change(kind, id_, "changed", fields) if fields else None


def _fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[FieldChange]:
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            yield FieldChange(name, _shown(old.get(name)), _shown(new.get(name)))


def _shown(value: Any) -> str:
    """A value on one line, with everything that it holds."""
    if isinstance(value, list):
        return " | ".join(map(_shown, value))
    if isinstance(value, dict):
        parts = (f"{key}: {_shown(part)}" for key, part in value.items())
        return "; ".join(part for part in parts if not part.endswith(": "))
    return joined(value)


def snapshot(corpus: Corpus) -> Snapshot:
    """The corpus as plain data to compare; an observation is a record of its own."""
    series = {id_: plain(record) for id_, record in corpus.series.items()}
    return {
        "testimony": {id_: plain(record) for id_, record in corpus.testimonies.items()},
        "source": {id_: plain(record) for id_, record in public_sources(corpus).items()},
        "series": {id_: record | {"observations": None} for id_, record in series.items()},
        "estimate": {
            row["id"]: row for record in series.values() for row in record["observations"]
        },
        "fact": {id_: plain(record) for id_, record in corpus.facts.items()},
        "code": {
            f"{name}.{code}": plain(entry)
            for name, entries in corpus.codebook.items()
            for code, entry in entries.items()
        },
        "tombstone": {id_: plain(tombstone) for id_, tombstone in corpus.tombstones.items()},
    }


def digests(corpus: Corpus) -> Snapshot:
    """The same with a digest instead of each value: differences are found all the same.

    Such a snapshot may be kept, also where something is withdrawn later.
    """
    found = snapshot(corpus)
    for kind in KINDS:
        for record in found[kind].values():
            record.update({name: _digest(value) for name, value in record.items() if value})
    return found


def _digest(value: Any) -> str:
    return hashlib.blake2b(to_json(value), digest_size=12).hexdigest()


def _order(id_: str) -> tuple[int, str]:
    return (int(id_[1:]) if id_[1:].isdigit() else 0, id_)


def counts(changes: Iterable[Change]) -> dict[str, int]:
    """How often each thing happened, in words for a summary: "testimony added" -> 3."""
    found = [f"{change.kind} {change.what}" for change in changes]
    order = [f"{kind} {what}" for kind in KINDS for what in WHAT]
    return {words: found.count(words) for words in order if words in found}


def report(changes: Iterable[Change]) -> str:
    """The changes for an editor, one line each, with old and new value below changed records."""
    lines = []
    for change in changes:
        into = f" into {change.replaced_by}" if change.replaced_by else ""
        lines.append(f"{change.what} {change.kind} {change.id}{into}")
        lines += [
            f"  {f.field}: {f.old or '(absent)'} -> {f.new or '(absent)'}" for f in change.fields
        ]
    return "\n".join(lines)
