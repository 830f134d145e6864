"""The project on disk: where it is, what its ledger was, and its corpus if nothing is wrong."""

import csv
import io
import re
from collections.abc import Collection, Iterator, Set
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from report.checks.check import check
from report.checks.harm import named_files
from report.data.corpus import Corpus, load_corpus
from report.data.model import LedgerRow
from report.git import told
from report.problem import BadData, Problem

_MINTED = re.compile(r"^\+([TSEF][0-9]{4,}),", re.MULTILINE)
"""An id at the beginning of a line that a commit has added to the ledger."""


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
    found = check(corpus, *earlier_ledgers(root))
    return sorted({*alone, *found, *named_files(root, corpus)})


def good_corpus(root: Path, changed: Collection[Path] | None = None) -> Corpus:
    """The corpus of the project at `root`. Raises BadData where anything is wrong with it."""
    corpus, problems = checked_corpus(root, changed)
    if problems:
        raise BadData(problems)
    return corpus


def earlier_ledgers(root: Path) -> tuple[list[list[LedgerRow]], Set[str]]:
    """The ledger as it stands in the last two commits, as far as there are any, and every id that it ever had.

    The same commit gives the same lists, so that they are compared with the ledger of today only once.
    """
    asked = b"HEAD\nHEAD:./data/ids.csv\nHEAD^:./data/ids.csv\n"
    objects = list(_objects(told(root, "cat-file", "--batch", asked=asked) or b""))
    ledgers = [_rows(content) for kind, _, content in objects if kind == "blob"]
    commits = (name for kind, name, _ in objects if kind == "commit")
    return ledgers, frozenset().union(*(_minted(root, name) for name in commits))


def _objects(answers: bytes) -> Iterator[tuple[str, str, bytes]]:
    """Kind, name and content of each object that `git cat-file --batch` prints; some may be missing."""
    while answers:
        head, _, answers = answers.partition(b"\n")
        words = head.decode().split()
        if len(words) == 3:
            name, kind, size = words
            yield kind, name, answers[: int(size)]
            answers = answers[int(size) + 1 :]


@lru_cache(maxsize=2)
def _minted(root: Path, commit: str) -> Set[str]:
    """The ids that the ledger had in a commit or before."""
    shown = ("log", "--format=", "--patch", "--unified=0", "--no-ext-diff", "--no-color")
    lines = told(root, *shown, commit, "--", "data/ids.csv") or b""
    return frozenset(_MINTED.findall(lines.decode(errors="replace")))


@lru_cache(maxsize=4)
def _rows(ledger: bytes) -> list[LedgerRow]:
    rows = []
    for row in csv.DictReader(io.StringIO(ledger.decode(errors="replace"))):
        try:
            rows.append(LedgerRow.model_validate(row, strict=False))
        except ValidationError:
            continue  # a row that was already wrong then proves nothing
    return rows
