"""Edits a site that is being served for as long as a long working day, quickly, and breaks and mends it.

After each burst of edits the pages that were edited say what the data say; at the end the site is
that of a clean build. Every request is answered within seconds, and memory does not grow.

    python tests/robustness/serve_endurance.py [--edits N] [--seed N]
"""

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from conftest import build_site, copy_of_project
from test_live import contents, replaced
from test_serve import fetch, serving, wait_for

ANSWER = 10
"""Seconds within which a request is answered; a busy machine gets the time of two builds."""
SETTLE = 6
"""The site shows what was saved last within this many times the seconds for an answer."""
START = 300
"""Seconds within which the first build is done."""
GROWTH = 1.15
"""How much of its memory after the warm-up the server may have at the end."""
BROKEN = 'class="problems"'


@dataclass
class Endurance:
    """A site that is being served, somebody who edits it, and what was counted meanwhile."""

    project: Path
    address: str
    chance: random.Random
    patience: float
    counted: Counter[str] = field(default_factory=Counter)
    slowest: float = 0

    def get(self, uri: str) -> str:
        """A page, in time."""
        start = time.monotonic()
        text = fetch(f"{self.address}/{uri}", self.patience)
        taken = time.monotonic() - start
        self.slowest = max(self.slowest, taken)
        assert text, f"{uri} was not answered after {taken:.1f} s"
        return text

    def settle(self, uri: str, condition: Callable[[str], bool], wanted: str) -> None:
        """Wait until a page is what it should be."""
        end = time.monotonic() + SETTLE * self.patience
        while not condition(self.get(uri)):
            assert time.monotonic() < end, f"{uri} is stale: {wanted} (after {self.counted})"
            time.sleep(0.02)

    def record(self) -> Path:
        """The record that is edited next."""
        return self.chance.choice(sorted((self.project / "data" / "testimonies").glob("*.yaml")))

    def edit(self, record: Path) -> str:
        """Save new words in a record; returns them."""
        self.counted["edits"] += 1
        words = f"words of edit {self.counted['edits']}"
        replaced(record, r"(?m)^role_text: .*$", f"role_text: {words}")
        return words

    def shows(self, record: Path, words: str) -> None:
        """The page of the record comes to say the words, and nothing is broken."""
        self.settle(
            f"testimonies/{record.stem}/",
            lambda text: words in text and BROKEN not in text,
            words,
        )

    def saves(self) -> None:
        """Several saves in quick succession, of one record or two."""
        record, other = self.record(), self.record()
        between = self.chance.choice([0, 0.01, 0.1, 0.3])
        for _ in range(self.chance.randrange(1, 6)):
            words = self.edit(record)
            time.sleep(between)
        others = self.edit(other)
        self.shows(other, others)
        if other != record:
            self.shows(record, words)

    def half_saved(self) -> None:
        """An editor that empties the file and writes it in two halves."""
        record = self.record()
        words = self.edit(record)
        text = record.read_bytes()
        self.counted["half-written saves"] += 1
        with record.open("wb", buffering=0) as out:
            out.write(text[: self.chance.randrange(len(text))])
            time.sleep(self.chance.choice([0.05, 0.3]))
            out.seek(0)
            out.write(text)
        self.shows(record, words)

    def broken(self) -> None:
        """A record breaks; the site says so until it is mended, or is mended before it can."""
        record = self.record()
        text = record.read_bytes()
        damages: list[Callable[[], object]] = [
            lambda: replaced(record, r"(?m)^gender: \w+$", "gender: mael"),
            lambda: record.write_bytes(text.replace(b"\nid: ", b"\nid: [", 1)),
            lambda: record.write_bytes(text + b"\xff"),
            lambda: record.write_bytes(b""),
            record.unlink,
        ]
        self.chance.choice(damages)()
        self.counted["breakages"] += 1
        if self.chance.random() < 0.7:
            self.settle("", lambda page: BROKEN in page, "no problems are shown")
        record.write_bytes(text)
        self.counted["mends"] += 1
        self.shows(record, self.edit(record))

    def run(self, edits: int) -> None:
        """Edit, break and mend until there were so many changes."""
        while self.counted["edits"] + self.counted["breakages"] < edits:
            chosen = self.chance.choices([self.saves, self.half_saved, self.broken], [5, 2, 3])
            chosen[0]()


def memory(folder: Path) -> int:
    """Resident kilobytes of the server that runs in a folder, without its children."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().split(b"\0")
            if b"serve" in command and (process / "cwd").samefile(folder):
                status = (process / "status").read_text()
                if f"PPid:\t{os.getpid()}\n" in status:
                    return int(status.partition("VmRSS:")[2].split()[0])
        except OSError:  # it has ended, or belongs to somebody else
            continue
    raise AssertionError("no server runs")


def differing(served: Path, clean: Path) -> list[str]:
    """Files that are not the same in two sites."""
    one, two = contents(served), contents(clean)
    return sorted(name for name in one.keys() | two.keys() if one.get(name) != two.get(name))


def endure(folder: Path, edits: int, chance: random.Random) -> None:
    """Serve a copy of the project, edit it, and print the figures."""
    project = copy_of_project(folder / "project")
    os.environ["TMPDIR"] = str(folder)
    start = time.monotonic()
    with serving(project) as address:
        wait_for(f"{address}/", bool, START)
        task = Endurance(project, address, chance, max(ANSWER, 2 * (time.monotonic() - start)))
        (served,) = folder.glob("mkdocs_*")
        task.run(edits // 2)
        before = memory(project)
        task.run(edits)
        after = memory(project)
        built = build_site(project, folder / "clean", SITE_URL=f"{address}/")
        assert built.returncode == 0, built.stdout + built.stderr
        end = time.monotonic() + SETTLE * task.patience
        while (left := differing(served, folder / "clean")) and time.monotonic() < end:
            time.sleep(0.5)
    print(
        f"serve: {', '.join(f'{n} {name}' for name, n in task.counted.items())} "
        f"in {time.monotonic() - start:.0f} s, slowest answer {task.slowest:.1f} s, "
        f"memory {before // 1024} MB after the warm-up and {after // 1024} MB at the end, "
        f"{len(left)} files differ from a clean build"
    )
    assert not left, left[:5]
    assert after < GROWTH * before, "memory grows"


def main() -> None:
    """Run it; a promise that is broken ends it with what was found."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--edits", type=int, default=700)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        endure(Path(folder), arguments.edits, random.Random(arguments.seed))


if __name__ == "__main__":
    main()
