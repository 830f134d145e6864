"""The project on disk: where it is, what its ledger was, and its corpus if nothing is wrong."""

import csv
import io
import subprocess
from pathlib import Path

from pydantic import ValidationError

from report.checks.check import check
from report.checks.harm import named_files
from report.data.corpus import Corpus, load_corpus
from report.data.model import LedgerRow
from report.problem import BadData, Problem


def checked_corpus(root: Path) -> tuple[Corpus, list[Problem]]:
    """The corpus of the project at `root` and every problem of its data, sorted."""
    corpus, problems = load_corpus(root)
    found = check(corpus, earlier_ledgers(root))
    return corpus, sorted({*problems, *found, *named_files(root, corpus)})


def good_corpus(root: Path) -> Corpus:
    """The corpus of the project at `root`. Raises BadData where anything is wrong with it."""
    corpus, problems = checked_corpus(root)
    if problems:
        raise BadData(problems)
    return corpus


def earlier_ledgers(root: Path) -> list[list[LedgerRow]]:
    """The ledger as it stands in the last two commits, as far as there are any."""
    found = []
    for commit in ("HEAD", "HEAD^"):
        shown = subprocess.run(
            ["git", "-C", str(root), "show", f"{commit}:./data/ids.csv"],
            capture_output=True,
            text=True,
        )
        if shown.returncode == 0:
            found.append(_rows(shown.stdout))
    return found


def _rows(text: str) -> list[LedgerRow]:
    rows = []
    for row in csv.DictReader(io.StringIO(text)):
        try:
            rows.append(LedgerRow.model_validate(row, strict=False))
        except ValidationError:
            continue  # a row that was already wrong then proves nothing
    return rows
