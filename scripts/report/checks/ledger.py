"""Rules for the ledger: it agrees with itself, with the records, and with its own history."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from functools import cached_property

from report.checks.spot import Problems
from report.data.again import kept
from report.data.corpus import Corpus
from report.data.model import LedgerRow, Merged, Withdrawn
from report.data.yamlio import Document
from report.problem import Problem

LEDGER = "data/ids.csv"
KINDS = {"T": "testimony", "S": "source", "E": "estimate", "F": "fact"}
"""First letter of an id -> kind in the ledger."""


class Ledger:
    """The ledger and what is looked up in it; it stays the same object while the ledger does."""

    def __init__(self, text: str, rows: Sequence[LedgerRow]) -> None:
        self.text = text
        self.rows = rows
        self.ids = {row.id for row in rows}
        often = Counter(row.id for row in rows)
        self.plain = {row.id: row for row in rows if often[row.id] == 1 and _is_plain(row)}
        """Rows that only say that an id is published: they agree with every published record."""
        self.others = [row for row in rows if row.id not in self.plain]
        self.gone = {row.id for row in rows if row.is_retired}
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


def ledger_of(corpus: Corpus) -> Ledger:
    """The ledger of a corpus; an empty one where the file is missing."""
    document = corpus.documents.get("ids.csv") or Document(LEDGER, "", None)
    return document.once("ledger", corpus.ledger, Ledger, document.text, corpus.ledger)


@kept
def apart(ledger: Ledger, owners: Mapping[str, object]) -> tuple[set[str], set[str]]:
    """The ids that only the ledger says are published, and those of which it says nothing.

    `owners` has the ids that records and rows of files have.
    """
    return ledger.plain.keys() - owners.keys(), owners.keys() - ledger.ids


def agreements(
    corpus: Corpus, ledger: Ledger, owners: Mapping[str, object], hidden: Set[str]
) -> Problems:
    """Rows of the ledger and records agree.

    Whether ids exist whose letter is `hidden` is not known, since a file that holds them is broken.
    """
    seen: set[str] = set()
    doubtful = apart(ledger, owners)[0] | (ledger.plain.keys() & corpus.tombstones)
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


def _agreement(corpus: Corpus, ledger: Ledger, row: LedgerRow) -> Problems:
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


def ledger_whole(corpus: Corpus, ever: Set[str]) -> Problems:
    """No id that the ledger has ever had is gone: it would be minted once more."""
    ledger = ledger_of(corpus)
    for id_ in sorted(ever - ledger.ids) if ledger.rows else ():  # else reported where it was read
        yield ledger.bad("ledger-missing", f"{id_} was minted once and is gone")


def ledger_history(corpus: Corpus, earlier: Sequence[LedgerRow]) -> Problems:
    """Nothing that stood in an earlier ledger is moved, or another thing now."""
    ledger = ledger_of(corpus)
    known = ledger.compared.get(id(earlier))
    if known is None or known[0] is not earlier:
        known = ledger.compared[id(earlier)] = (earlier, list(_compared(ledger, earlier)))
    yield from known[1]


def _compared(ledger: Ledger, earlier: Sequence[LedgerRow]) -> Problems:
    if not ledger.rows:  # reported where the ledger was read
        return
    now = {row.id: row for row in ledger.rows}
    for row in earlier:
        current = now.get(row.id)
        if current is None:  # reported by `ledger_whole`
            continue
        if (row.kind, row.minted) != (current.kind, current.minted):
            yield ledger.bad("ledger-changed", f"{row.id}: kind and date never change", row.id)
        elif row.status != "published" and row.status != current.status:
            yield ledger.bad("ledger-changed", f"{row.id} was {row.status} and stays so", row.id)
    kept = [row.id for row in earlier if row.id in now]
    for old, new in zip(kept, now, strict=False):
        if old != new:
            message = f"{new} stands where {old} stood; new rows are added at the end"
            yield ledger.bad("ledger-order", message, new)
            return
