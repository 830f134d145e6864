"""Damages the real dataset, one file at a time, as a tired editor or a bad merge does.

Every case must end in a named problem with file and line, or in a corpus whose meaning did not
change; where a cut or a doubled line happens to leave a valid record, in an edit of that record
and of nothing else. Never in a traceback, a hang, or more than twice the usual memory; and a
build of damaged data leaves the site that is there untouched.

    python tests/robustness/mutations.py [--cases N] [--seed N] [--only NAME]
"""

import argparse
import contextlib
import dataclasses
import faulthandler
import hashlib
import io
import multiprocessing
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from damages import DAMAGES, EDITS, Bench

from report.checks.check import check
from report.data.corpus import Corpus, load_corpus
from report.problem import RULES, Problem

ROOT = Path(__file__).parents[2]
SECONDS = 20
"""A case that takes longer hangs."""
WORKERS = 2


LISTS = {"codebook", "exemptions", "excluded", "facts", "population"}
"""Parts of the corpus that one file holds."""
PARTS = [f.name for f in dataclasses.fields(Corpus) if f.name != "documents"]


def loaded(root: Path, ledger: list[Any] | None) -> tuple[Corpus, list[Problem]]:
    """The corpus and all problems, compared with the ledger as it was."""
    corpus, problems = load_corpus(root)
    return corpus, sorted(
        {*problems, *check(corpus, [ledger] if ledger else [], {row.id for row in ledger or ()})}
    )


def changed(before: Corpus, after: Corpus) -> set[tuple[str, str]]:
    """Part and id of every record that differs between two corpora."""
    differing = set()
    for part in PARTS:
        one, two = getattr(before, part), getattr(after, part)
        if isinstance(one, list):
            one, two = dict(enumerate(one)), dict(enumerate(two))
        differing |= {
            (part, str(id_)) for id_ in one.keys() | two.keys() if one.get(id_) != two.get(id_)
        }
    return differing


def outcome(name: str, before: Corpus, root: Path) -> str:
    """What became of one case: "problem", "same", "edit", or in capitals what must not be."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        after, problems = loaded(root, before.ledger)
    if said.getvalue():
        return f"SAID SOMETHING: {said.getvalue()[:200]}"
    for problem in problems:
        if problem.rule not in RULES or problem.line < 1 or problem.column < 1:
            return f"NO PROPER PROBLEM: {problem}"
    if problems:
        return "problem"
    differing = changed(before, after)
    if not differing:
        return "same"
    parts, records = {part for part, _ in differing}, {id_ for _, id_ in differing}
    if name in EDITS and (len(records) == 1 or parts <= LISTS):
        return "edit"
    return f"CHANGED WITHOUT A WORD: {sorted(differing)[:3]}"


def run(root: Path, names: list[tuple[int, str]]) -> Iterator[tuple[str, int, str]]:
    """Name, seed and outcome of each case."""
    for _ in range(2):
        before, problems = loaded(root, None)
        assert not problems, problems[:3]
    usual = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for seed, name in names:
        bench = Bench(root, random.Random(seed))
        faulthandler.dump_traceback_later(SECONDS, exit=True)
        try:
            DAMAGES[name](bench)
            result = outcome(name, before, root)
        except Exception:
            result = f"TRACEBACK: {traceback.format_exc()}"
        finally:
            faulthandler.cancel_dump_traceback_later()
            bench.mend()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        if peak > 2 * usual:
            yield name, seed, f"MEMORY: {peak // 1024} MB where {usual // 1024} MB are usual"
            usual = peak
        yield name, seed, result


def _work(names: list[tuple[int, str]]) -> list[tuple[str, int, str]]:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "data", Path(folder, "data"))
        return list(run(Path(folder), names))


def fingerprint(folder: Path) -> str:
    """One value for names and bytes of everything in a folder."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        whole.update(str(path).encode() + (path.read_bytes() if path.is_file() else b""))
    return whole.hexdigest()


BUILDS = (
    "conflict_markers",
    "huge_file",
    "geography",
    "symbolic_link",
    "other_encoding",
    "alias_bomb",
)


def builds(seed: int) -> Iterator[tuple[str, int, str]]:
    """Full builds of damaged data: they fail with a message, and leave the site as it was."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "project")
        names = (".git", "build", "site", "__pycache__")
        shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(*names))
        (root / "site").mkdir()
        (root / "site" / "index.html").write_text("the last good site")
        before = fingerprint(root / "site")
        for name in BUILDS:
            bench = Bench(root, random.Random(seed))
            DAMAGES[name](bench)
            command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
            done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120)
            bench.mend()
            said = done.stdout + done.stderr
            fine = (
                done.returncode
                and "Traceback" not in said
                and re.search(r"data/\S+:\d+:\d+: ", said)
            )
            untouched = fingerprint(root / "site") == before and not (root / "build").exists()
            yield (
                f"build: {name}",
                seed,
                "problem" if fine and untouched else f"BUILD: {said[-2000:]}",
            )


def main() -> int:
    """Run all cases; print the figures; 1 if any case ended as none must."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cases", type=int, default=1100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=DAMAGES)
    arguments = parser.parse_args()
    start = time.perf_counter()
    ways = [arguments.only] if arguments.only else list(DAMAGES)
    cases = [(arguments.seed + i, ways[i % len(ways)]) for i in range(arguments.cases)]
    with multiprocessing.get_context("spawn").Pool(WORKERS) as pool:
        results = [
            row
            for rows in pool.map(_work, [cases[i::WORKERS] for i in range(WORKERS)])
            for row in rows
        ]
    results += [] if arguments.only else builds(arguments.seed)
    bad = [row for row in results if row[2][0].isupper()]
    for name, seed, result in bad:
        print(f"{name} --seed {seed}: {result}")
    ends = Counter(result for _, _, result in results if not result[0].isupper())
    print(
        f"mutations: {len(results)} cases of {len(ways)} kinds in {time.perf_counter() - start:.0f} s: "
        f"{ends['problem']} named problems, {ends['same']} without effect, {ends['edit']} valid edits, "
        f"{len(bad)} failures"
    )
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
