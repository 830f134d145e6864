"""The project on disk: where it is, what its ledger was, and its corpus if nothing is wrong."""

import csv
import io
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from report.checks.check import check
from report.checks.harm import named_files
from report.data.corpus import Corpus, load_corpus
from report.data.model import LedgerRow
from report.git import told
from report.problem import BadData, Problem


def checked_corpus(
    root: Path, changed: Collection[Path] | None = None
) -> tuple[Corpus, list[Problem]]:
    """The corpus of the project at `root` and every problem of its data, sorted.

    Whoever knows which files below `root` have `changed` since the last call of this process saves
    a look at all others.
    """
    corpus, problems = load_corpus(root, changed)
    return corpus, all_problems(root, corpus, problems)


def all_problems(root: Path, corpus: Corpus, alone: Collection[Problem]) -> list[Problem]:
    """Every problem of a corpus, sorted: those of files and records taken `alone`, and of all together."""
    found = check(corpus, earlier_ledgers(root))
    return sorted({*alone, *found, *named_files(root, corpus)})


def good_corpus(root: Path, changed: Collection[Path] | None = None) -> Corpus:
    """The corpus of the project at `root`. Raises BadData where anything is wrong with it."""
    corpus, problems = checked_corpus(root, changed)
    if problems:
        raise BadData(problems)
    return corpus


def earlier_ledgers(root: Path) -> list[list[LedgerRow]]:
    """The ledger as it stands in the last two commits, as far as there are any.

    The same commit gives the same list, so that it is compared with the ledger of today only once.
    """
    form = "--batch-check=%(objecttype) %(objectname)"
    answers = told(root, "cat-file", form, asked=b"HEAD:./data/ids.csv\nHEAD^:./data/ids.csv\n")
    found = [line.split() for line in (answers or b"").decode().splitlines()]
    return [_ledger_in(root, blob) for kind, blob in found if kind == "blob"]


@lru_cache(maxsize=4)
def _ledger_in(root: Path, blob: str) -> list[LedgerRow]:
    """The ledger that a blob of git holds: what it says can never change."""
    return _rows((told(root, "cat-file", "blob", blob) or b"").decode(errors="replace"))


def _rows(text: str) -> list[LedgerRow]:
    rows = []
    for row in csv.DictReader(io.StringIO(text)):
        try:
            rows.append(LedgerRow.model_validate(row, strict=False))
        except ValidationError:
            continue  # a row that was already wrong then proves nothing
    return rows
