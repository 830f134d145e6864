"""Rules for ids: the ledger, its history, and everything that refers to something else."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from report.checks.spot import Problems, Spot
from report.data.corpus import Corpus
from report.data.model import LedgerRow, Merged, Withdrawn
from report.data.yamlio import Document, Keys
from report.problem import Problem

LEDGER = "data/ids.csv"
KINDS = {"T": "testimony", "S": "source", "E": "estimate", "F": "fact"}
"""First letter of an id -> kind in the ledger."""
_ID = re.compile(r"\b[TSEF][0-9]{4,}\b")

Owners = dict[str, list[Spot]]


def ids(corpus: Corpus) -> Problems:
    """Rules about which id exists where."""
    owners = _owners(corpus)
    yield from _owned_once(corpus, owners)
    yield from _ledger(corpus, owners)
    yield from _mentions(corpus, owners)
    yield from _references(corpus)


def _owners(corpus: Corpus) -> Owners:
    """Every id with the spots that hold it. What a broken file mentions is taken to be there."""
    owners: Owners = defaultdict(list)
    for name, document in corpus.documents.items():
        folder, _, id_ = name.partition("/")
        if folder in ("testimonies", "sources"):
            owners[id_].append(Spot(document, ("id",)))
    for series in corpus.series.values():
        document = corpus.documents[f"estimates/{series.id}"]
        for index, row in enumerate(series.observations):
            owners[row.id].append(Spot(document, ("observations", index, "id")))
    facts = corpus.documents["facts.yaml"]
    for index, fact in enumerate(facts.data if isinstance(facts.data, list) else []):
        if isinstance(fact, dict):
            owners[str(fact.get("id"))].append(Spot(facts, (index, "id")))
    for document in (*corpus.unread, *([facts] if facts.data is None else [])):
        for id_ in set(_ID.findall(document.text)) - owners.keys():
            if id_[0] in "EF":
                owners[id_].append(Spot(document))
    return owners


def _owned_once(corpus: Corpus, owners: Owners) -> Problems:
    minted = {row.id for row in corpus.ledger}
    for id_, spots in owners.items():
        for spot in spots[1:]:
            yield spot.bad("duplicate-id", f"{id_} stands in {spots[0].document.path} already")
        if minted and id_ not in minted:
            hint = "report new mints ids"
            yield spots[0].bad("ledger-missing", f"{id_} is not in {LEDGER}", hint=hint)


def _ledger(corpus: Corpus, owners: Owners) -> Problems:
    lines = _Lines(corpus)
    hidden = _hidden(corpus)
    seen: set[str] = set()
    for row in corpus.ledger:
        if row.id in seen:
            message = f"{row.id} stands here for the second time"
            yield lines.bad("ledger-order", message, row.id, which=-1)
        seen.add(row.id)
        if row.kind != KINDS[row.id[0]]:
            message = f"{row.id} is the id of a {KINDS[row.id[0]]}, not of a {row.kind}"
            yield lines.bad("ledger-changed", message, row.id)
        if row.id in owners:
            yield from _agreement(corpus, lines, row)
        elif (row.status == "published" and row.id[0] not in hidden) or row.id[0] in "TS":
            yield lines.bad("ledger-missing", f"{row.id} has no record", row.id)
        if row.replaced_by and row.replaced_by not in owners:
            message = f"{row.id} leads to {row.replaced_by}, which does not exist"
            yield lines.bad("dead-reference", message, row.id)


def _agreement(corpus: Corpus, lines: "_Lines", row: LedgerRow) -> Problems:
    tombstone = corpus.tombstones.get(row.id)
    status = tombstone.status if tombstone else "published"
    replaced_by = tombstone.replaced_by if isinstance(tombstone, Merged) else ""
    reason = tombstone.reason if isinstance(tombstone, Withdrawn) else ""
    for name, here, there in (
        ("status", row.status, status),
        ("replaced_by", row.replaced_by, replaced_by),
        ("reason", row.reason, reason),
    ):
        if here != there:
            message = (
                f"{row.id}: {name} is {here or 'empty'} here, {there or 'absent'} in the record"
            )
            yield lines.bad("ledger-changed", message, row.id)


def _mentions(corpus: Corpus, owners: Owners) -> Problems:
    """Ids in any text exist, and each source is cited or at least mentioned somewhere."""
    known = {*owners, *(row.id for row in corpus.ledger)}
    mentioned: set[str] = set()
    for name, document in corpus.documents.items():
        if name.endswith(".csv"):
            continue
        own = name.rpartition("/")[2]
        for found in _ID.finditer(document.text):
            if found[0] != own or name.startswith("estimates/"):
                mentioned.add(found[0])
            if found[0] not in known:
                yield _at(document, found.start(), f"{found[0]} does not exist")
    for source in () if _hidden(corpus) else sorted(corpus.sources.keys() - mentioned):
        spot = Spot(corpus.documents[f"sources/{source}"])
        yield spot.bad("unused-source", f"{source} is used by no record", "id")


def _hidden(corpus: Corpus) -> set[str]:
    """Letters of ids that no longer show, because a file that holds them lost its content.

    Such a file holds dozens of rows: that all of them are missing goes without saying.
    """
    files = [document for document in corpus.unread if document.path.startswith("data/estimates/")]
    hidden = {"E" for document in files if not _ID.search(document.text)}
    return hidden if _ID.search(corpus.documents["facts.yaml"].text) else hidden | {"F"}


def _at(document: Document, offset: int, message: str) -> Problem:
    line = document.text.count("\n", 0, offset) + 1
    column = offset - document.text.rfind("\n", 0, offset)
    return Problem(document.path, line, column, "dead-reference", message)


def _references(corpus: Corpus) -> Problems:
    """What a field refers to has a published record, not only an id."""
    gone = {
        *corpus.tombstones,
        *(row.id for row in corpus.ledger if row.id[0] in "EF" and row.status != "published"),
    }
    for document in corpus.documents.values() if gone else ():
        for keys, value in _texts(document.data):
            if value in gone and keys[-1] not in ("id", "replaced_by"):
                message = f"{value} is no longer published"
                yield document.problem(keys, "dead-reference", message)


def _texts(data: Any, keys: Keys = ()) -> Iterator[tuple[Keys, str]]:
    """Every text in parsed data, and where it stands."""
    if isinstance(data, str):
        yield keys, data
    elif isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _texts(value, (*keys, key))


class _Lines:
    """Where each id stands in the ledger."""

    def __init__(self, corpus: Corpus) -> None:
        self.lines: dict[str, list[int]] = defaultdict(list)
        text = corpus.documents["ids.csv"].text if "ids.csv" in corpus.documents else ""
        for number, line in enumerate(text.splitlines(), start=1):
            self.lines[line.partition(",")[0].strip('"')].append(number)

    def bad(self, rule: str, message: str, id_: str = "", which: int = 0) -> Problem:
        """A problem at the line of an id, or at the first line."""
        return Problem(LEDGER, self.lines.get(id_, [1])[which], 1, rule, message)


def ledger_history(corpus: Corpus, earlier: Sequence[LedgerRow]) -> Problems:
    """Nothing that once stood in the ledger is gone, moved, or another thing now."""
    if not corpus.ledger:  # reported where the ledger was read
        return
    lines = _Lines(corpus)
    now = {row.id: row for row in corpus.ledger}
    for row in earlier:
        current = now.get(row.id)
        if current is None:
            message = f"{row.id} was minted once and is gone"
            yield lines.bad("ledger-missing", message)
        elif (row.kind, row.minted) != (current.kind, current.minted):
            yield lines.bad("ledger-changed", f"{row.id}: kind and date never change", row.id)
        elif row.status != "published" and row.status != current.status:
            yield lines.bad("ledger-changed", f"{row.id} was {row.status} and stays so", row.id)
    kept = [row.id for row in earlier if row.id in now]
    for old, new in zip(kept, now, strict=False):
        if old != new:
            message = f"{new} stands where {old} stood; new rows are added at the end"
            yield lines.bad("ledger-order", message, new)
            return
