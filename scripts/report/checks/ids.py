"""Rules for ids: the ledger, its history, and everything that refers to something else."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence, Set
from functools import cached_property
from itertools import filterfalse
from typing import Any

from report.checks.spot import ForEach, Problems, Spot
from report.data.again import Each, kept
from report.data.corpus import Corpus
from report.data.model import LedgerRow, Merged, Series, Withdrawn
from report.data.yamlio import Document, Keys
from report.problem import Problem

LEDGER = "data/ids.csv"
KINDS = {"T": "testimony", "S": "source", "E": "estimate", "F": "fact"}
"""First letter of an id -> kind in the ledger."""
_ID = re.compile(r"[TSEF](?<!\w.)[0-9]{4,}\b")  # with \b in front it takes twice as long

Place = tuple[str, Keys]
"""The name of a document, and where an id stands in it as the id of a record."""
Owners = dict[str, Place]


class _Ledger:
    """The ledger and what is looked up in it; it stays the same object while the ledger does."""

    def __init__(self, text: str, rows: Sequence[LedgerRow]) -> None:
        self.text = text
        self.rows = rows
        self.ids = {row.id for row in rows}
        often = Counter(row.id for row in rows)
        self.plain = {row.id: row for row in rows if often[row.id] == 1 and _is_plain(row)}
        """Rows that only say that an id is published: they agree with every published record."""
        self.others = [row for row in rows if row.id not in self.plain]
        self.gone = {row.id for row in rows if row.id[0] in "EF" and row.status != "published"}
        """Ids of rows of files that are published no longer."""
        self.compared: dict[int, tuple[Sequence[LedgerRow], list[Problem]]] = {}
        """Earlier ledgers, by the identity of the list, with what disagrees with them."""

    @cached_property
    def lines(self) -> dict[str, list[int]]:
        """The lines on which each id stands."""
        lines = defaultdict(list)
        for number, line in enumerate(self.text.splitlines(), start=1):
            lines[line.partition(",")[0].strip('"')].append(number)
        return lines

    def bad(self, rule: str, message: str, id_: str = "", which: int = 0) -> Problem:
        """A problem at the line of an id, or at the first line."""
        return Problem(LEDGER, self.lines.get(id_, [1])[which], 1, rule, message)


def _is_plain(row: LedgerRow) -> bool:
    published = row.status == "published" and not row.replaced_by and not row.reason
    return published and row.kind == KINDS[row.id[0]]


def _ledger_of(corpus: Corpus) -> _Ledger:
    document = corpus.documents.get("ids.csv") or Document(LEDGER, "", None)
    return document.once("ledger", corpus.ledger, _Ledger, document.text, corpus.ledger)


def ids(corpus: Corpus) -> Problems:
    """Rules about which id exists where."""
    ledger = _ledger_of(corpus)
    mentions = _mentions_in(corpus.documents, _mentioned)
    owners, others = _owners(_mentions_in.keys, _rows(corpus), _taken_to_be_there(corpus))
    yield from _owned_once(corpus, ledger, owners, others)
    yield from _agreements(corpus, ledger, owners)
    yield from _mentions(corpus, ledger, owners, mentions)
    yield from _references(corpus, ledger)


@kept
def _owners(
    names: list[str], rows: list[tuple[str, Place]], broken: list[tuple[str, Place]]
) -> tuple[Owners, list[tuple[str, Place]]]:
    """Every id with its place, and the further places of an id that has several.

    Documents of testimonies and sources are named after ids: there are never two of one name.
    """
    named = [name for name in names if name.startswith(("testimonies/", "sources/"))]
    owners: Owners = {name.rpartition("/")[2]: (name, ("id",)) for name in named}
    others = [(id_, place) for id_, place in rows if owners.setdefault(id_, place) is not place]
    for id_, place in broken:
        owners.setdefault(id_, place)
    return owners, others


def _rows(corpus: Corpus) -> list[tuple[str, Place]]:
    """The ids of observations and facts, and where they stand."""
    facts = corpus.documents["facts.yaml"].data
    return _ids_of_observations(corpus, corpus.series) + [
        (str(fact.get("id")), ("facts.yaml", (index, "id")))
        for index, fact in enumerate(facts if isinstance(facts, list) else [])
        if isinstance(fact, dict)
    ]


@ForEach
def _ids_of_observations(spot: Spot, series: Series) -> Iterator[tuple[str, Place]]:
    for index, row in enumerate(series.observations):
        yield row.id, (f"estimates/{series.id}", ("observations", index, "id"))


def _taken_to_be_there(corpus: Corpus) -> list[tuple[str, Place]]:
    """The ids of rows that a broken file mentions."""
    broken = {d.path.removeprefix("data/").removesuffix(".yaml"): d for d in corpus.unread}
    facts = corpus.documents["facts.yaml"]
    if facts.data is None:
        broken["facts.yaml"] = facts
    return [
        (id_, (name, ()))
        for name, document in broken.items()
        for id_ in _ID.findall(document.text)
        if id_[0] in "EF"
    ]


def _owned_once(
    corpus: Corpus, ledger: _Ledger, owners: Owners, others: list[tuple[str, Place]]
) -> Problems:
    for id_, (name, keys) in others:
        first = corpus.documents[owners[id_][0]]
        message = f"{id_} stands in {first.path} already"
        yield Spot(corpus.documents[name], keys).bad("duplicate-id", message)
    for id_ in _apart(ledger, owners)[1] if ledger.ids else ():
        name, keys = owners[id_]
        hint = "report new mints ids"
        message = f"{id_} is not in {LEDGER}"
        yield Spot(corpus.documents[name], keys).bad("ledger-missing", message, hint=hint)


@kept
def _apart(ledger: _Ledger, owners: Owners) -> tuple[set[str], set[str]]:
    """The ids that only the ledger says are published, and those of which it says nothing."""
    return ledger.plain.keys() - owners.keys(), owners.keys() - ledger.ids


def _agreements(corpus: Corpus, ledger: _Ledger, owners: Owners) -> Problems:
    """Rows of the ledger and records agree."""
    hidden = _hidden(corpus)
    seen: set[str] = set()
    doubtful = _apart(ledger, owners)[0] | (ledger.plain.keys() & corpus.tombstones)
    for row in (*ledger.others, *(ledger.plain[id_] for id_ in doubtful)):
        if row.id in seen:
            message = f"{row.id} stands here for the second time"
            yield ledger.bad("ledger-order", message, row.id, which=-1)
        seen.add(row.id)
        if row.kind != KINDS[row.id[0]]:
            message = f"{row.id} is the id of a {KINDS[row.id[0]]}, not of a {row.kind}"
            yield ledger.bad("ledger-changed", message, row.id)
        if row.id in owners:
            yield from _agreement(corpus, ledger, row)
        elif (row.status == "published" and row.id[0] not in hidden) or row.id[0] in "TS":
            yield ledger.bad("ledger-missing", f"{row.id} has no record", row.id)
        if row.replaced_by and row.replaced_by not in owners:
            message = f"{row.id} leads to {row.replaced_by}, which does not exist"
            yield ledger.bad("dead-reference", message, row.id)


def _agreement(corpus: Corpus, ledger: _Ledger, row: LedgerRow) -> Problems:
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
            yield ledger.bad("ledger-changed", message, row.id)


def _mentions(
    corpus: Corpus, ledger: _Ledger, owners: Owners, mentions: list[frozenset[str]]
) -> Problems:
    """Ids in any text exist, and each source is cited or at least mentioned somewhere."""
    mentioned, unknown = _looked_up(mentions, owners, ledger)
    for document in _documents_with(unknown, corpus, mentions):
        for found in _ID.finditer(document.text):
            if found[0] in unknown:
                yield _at(document, found.start(), f"{found[0]} does not exist")
    unused = () if _hidden(corpus) else sorted(filterfalse(mentioned.__contains__, corpus.sources))
    for source in unused:
        spot = Spot(corpus.documents[f"sources/{source}"])
        yield spot.bad("unused-source", f"{source} is used by no record", "id")


@kept
def _looked_up(
    mentions: list[frozenset[str]], owners: Owners, ledger: _Ledger
) -> tuple[set[str], set[str]]:
    """All ids that are mentioned, and those of them that do not exist."""
    mentioned: set[str] = set().union(*mentions)
    return mentioned, mentioned.difference(owners, ledger.ids)


def _documents_with(
    ids: Set[str], corpus: Corpus, mentions: list[frozenset[str]]
) -> Iterator[Document]:
    """The documents that mention one of these ids."""
    pairs = zip(corpus.documents.values(), mentions, strict=True) if ids else ()
    return (document for document, there in pairs if not ids.isdisjoint(there))


_mentions_in: Each[Document, frozenset[str]] = Each()


def _mentioned(name: str, document: Document) -> frozenset[str]:
    """The ids in a document; that of a record does not mention itself, but its estimates do."""
    return document.once("ids", None, _ids_in, name, document)


def _ids_in(name: str, document: Document) -> frozenset[str]:
    if name.endswith(".csv"):
        return frozenset()
    found = frozenset(_ID.findall(document.text))
    return found if name.startswith("estimates/") else found - {name.rpartition("/")[2]}


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


def _references(corpus: Corpus, ledger: _Ledger) -> Problems:
    """What a field refers to has a published record, not only an id."""
    gone = corpus.tombstones.keys() | ledger.gone
    if not gone:
        return
    for document in _documents_with(gone, corpus, _values_in(corpus.documents, _values_of)):
        for keys, value in _values(document):
            if value in gone and keys[-1] not in ("id", "replaced_by"):
                message = f"{value} is no longer published"
                yield document.problem(keys, "dead-reference", message)


_values_in: Each[Document, frozenset[str]] = Each()


def _values_of(name: str, document: Document) -> frozenset[str]:
    """Every id that is the value of a field."""
    return document.once("values", None, _ids_in_fields, document)


def _ids_in_fields(document: Document) -> frozenset[str]:
    return frozenset(value for _, value in _values(document))


def _values(document: Document) -> list[tuple[Keys, str]]:
    """Every value of a document that is an id, and where it stands."""
    return [(keys, text) for keys, text in _texts(document.data) if _ID.fullmatch(text)]


def _texts(data: Any, keys: Keys = ()) -> Iterator[tuple[Keys, str]]:
    """Every text in parsed data, and where it stands."""
    if isinstance(data, str):
        yield keys, data
    elif isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _texts(value, (*keys, key))


def ledger_history(corpus: Corpus, earlier: Sequence[LedgerRow]) -> Problems:
    """Nothing that once stood in the ledger is gone, moved, or another thing now."""
    ledger = _ledger_of(corpus)
    known = ledger.compared.get(id(earlier))
    if known is None or known[0] is not earlier:
        known = ledger.compared[id(earlier)] = (earlier, list(_compared(ledger, earlier)))
    yield from known[1]


def _compared(ledger: _Ledger, earlier: Sequence[LedgerRow]) -> Problems:
    if not ledger.rows:  # reported where the ledger was read
        return
    now = {row.id: row for row in ledger.rows}
    for row in earlier:
        current = now.get(row.id)
        if current is None:
            message = f"{row.id} was minted once and is gone"
            yield ledger.bad("ledger-missing", message)
        elif (row.kind, row.minted) != (current.kind, current.minted):
            yield ledger.bad("ledger-changed", f"{row.id}: kind and date never change", row.id)
        elif row.status != "published" and row.status != current.status:
            yield ledger.bad("ledger-changed", f"{row.id} was {row.status} and stays so", row.id)
    kept = [row.id for row in earlier if row.id in now]
    for old, new in zip(kept, now, strict=False):
        if old != new:
            message = f"{new} stands where {old} stood; new rows are added at the end"
            yield ledger.bad("ledger-order", message, new)
            return
