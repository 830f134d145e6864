"""Measures builds and `mkdocs serve` beside plain MkDocs and Hugo, and prints a table in Markdown.

Usage: python tests/benchmarks/run.py [COUNT] [--pairs 3] [--rows builds linear real edit serve]

COUNT is the number of testimonies (10000). Everything that is compared runs in turn, so often as
--pairs says; a ratio is the median of the pairs. Needs the extra `benchmark`, for Hugo. Weights of
pages, search and lists are measured by pages.py.
"""

import argparse
import os
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from measuring import (
    Run,
    faster,
    finished,
    in_turn,
    memory,
    print_head,
    print_row,
    progress,
    put_away,
    seconds,
)
from reference import OURS, hugo_site, pages_of, plain_site
from synthetic import make_project

from test_serve import fetch, serving

ROOT = Path(__file__).parents[2]
RECORD = "testimonies/T0001/"
WATCHED = (
    RECORD, "testimonies/browse.json", "reasons/corruption_mistreatment/", "reasons/infighting/",
    "countries/BE/", "countries/NL/", "countries/", "leaving/", "who/", "values/",
)  # fmt: skip
"""The record, its list, its back-links, the map, charts in chapters and the page of totals."""
CHANGES = {"origin: BE": "origin: NL", "code: corruption_mistreatment": "code: infighting"}
PAUSE = 5.0
"""Seconds between two edits: what goes on behind the reader's back, such as the index of the search,
may be under way when the next one comes, as with a person who edits."""
POLL = 0.002
_RELOAD = re.compile(r"livereload\([\d, ]+\);")


class Bench:
    """The projects that are measured, below one folder that is removed in the end."""

    def __init__(self, folder: Path, count: int, pairs: int) -> None:
        self.folder, self.count, self.pairs = folder, count, pairs

    def project(self, count: int) -> Path:
        """A project of so many testimonies, built once; 0 is the real dataset."""
        project = self.folder / f"{count}" / "project"
        if not project.exists():
            progress(f"making {count or 'the real'} testimonies")
            finished(OURS, make_project(ROOT, project, count))
        return project

    def plain(self, count: int) -> Path:
        """The plain project of the same pages."""
        plain = self.folder / f"{count}" / "plain"
        if not plain.exists():
            plain_site(self.project(count), plain)
        return plain


def cold(project: Path) -> Run:
    """A build in a folder that holds nothing of an earlier one."""
    put_away(project / "build")
    put_away(project / "site")
    return finished(OURS, project)


def edited(project: Path) -> Run:
    """A build after one record has been edited."""
    record = project / "data/testimonies/T0001.yaml"
    text = record.read_text(encoding="utf-8")
    old, new = ("BE", "NL") if "origin: BE" in text else ("NL", "BE")
    record.write_text(text.replace(f"origin: {old}", f"origin: {new}", 1), encoding="utf-8")
    return finished(OURS, project)


def reworded(project: Path) -> Run:
    """A build after a chapter has got more words."""
    with (project / "docs/who.md").open("a", encoding="utf-8") as chapter:
        chapter.write("\nMore words.\n")
    return finished(OURS, project)


def without_site(project: Path) -> Run:
    """A build that finds the caches of an earlier one, but not its site."""
    put_away(project / "site")
    return finished(OURS, project)


def plain(folder: Path) -> Run:
    """A build of the reference, which finds no earlier one either."""
    put_away(folder / "site")
    return finished(OURS, folder)


def builds(bench: Bench) -> None:
    """Full builds, cold and warm, beside plain MkDocs and Hugo."""
    ours, theirs = bench.project(bench.count), bench.plain(bench.count)
    hugo = bench.folder / "hugo"
    command = hugo_site(ours, hugo)

    def with_hugo() -> Run:
        put_away(hugo / "site")
        return finished(command, hugo)

    found = in_turn(
        bench.pairs,
        cold=partial(cold, ours),
        warm=partial(finished, OURS, ours),
        edited=partial(edited, ours),
        again=partial(edited, ours),
        reworded=partial(reworded, ours),
        gone=partial(without_site, ours),
        plain=partial(plain, theirs),
        hugo=with_hugo,
    )
    counted = f"{pages_of(ours):,} pages (MkDocs {pages_of(theirs):,}, Hugo {pages_of(hugo):,})"
    name = f"{bench.count:,} testimonies"
    print_row(
        f"full build, cold, {name}, {counted}",
        "10 times faster than plain MkDocs",
        faster(found["cold"], found["plain"]),
    )
    print_row("the same beside Hugo", "2 times faster", faster(found["cold"], found["hugo"]))
    used = (
        f"{memory(found['cold'])} against {memory(found['plain'])} (Hugo {memory(found['hugo'])})"
    )
    print_row("the same, peak memory of the largest process", "not above plain MkDocs", used)
    warm = {
        "warm": f"full build, warm, {name}, nothing changed",
        "edited": "the same after an edit of one record",
        "again": "the same after one more edit",
        "reworded": "the same after an edit of a chapter",
        "gone": "the same where the site is gone, but not the caches",
    }
    for kind, what in warm.items():
        ratio = faster(found[kind], found["plain"])
        print_row(what, "15 times faster than plain MkDocs", ratio)


def linear(bench: Bench) -> None:
    """Time per page of cold builds at three sizes."""
    sizes = [bench.count // 10, bench.count * 3 // 10, bench.count]
    projects = {f"{size}": bench.project(size) for size in sizes}
    found = in_turn(bench.pairs, **{size: partial(cold, at) for size, at in projects.items()})
    each = [1000 * seconds(found[size]) / pages_of(at) for size, at in projects.items()]
    shown = ", ".join(f"{size:,}: {taken:.2f} ms" for size, taken in zip(sizes, each, strict=True))
    print_row("full build, cold, time per page", "the same at each size", shown)


def real(bench: Bench) -> None:
    """Full builds of the real dataset."""
    ours, theirs = bench.project(0), bench.plain(0)
    found = in_turn(bench.pairs, cold=partial(cold, ours), plain=partial(plain, theirs))
    print_row(
        "full build of the real dataset, cold",
        "1.7 times faster than plain MkDocs",
        faster(found["cold"], found["plain"]),
    )


def edit(bench: Bench) -> None:
    """From saving a record to its new page, and to everything that shows it; the reference has a page of its own."""
    for count, goal in ((0, 100), (bench.count, 150)):
        ours, theirs = bench.project(count), bench.plain(count)
        record, page = ours / "data/testimonies/T0001.yaml", theirs / "docs/testimonies/T0001.md"
        taken = edits(ours, record, CHANGES, WATCHED, bench.pairs)
        others = edits(theirs, page, {"A young": "One young"}, (RECORD,), bench.pairs)
        name = f"{count:,} testimonies" if count else "real dataset"
        print_row(
            f"edit of a record to its new page served, {name}",
            f"{goal} ms",
            f"{_milliseconds([first for first, _ in taken])}; with {len(WATCHED) - 1} others that show "
            f"it, asked for one after the other, {_milliseconds([last for _, last in taken])}; "
            f"one page of plain MkDocs {_milliseconds([last for _, last in others])}",
        )


def _milliseconds(taken: Sequence[float]) -> str:
    """Median, least and most."""
    middle, least, most = (f"{1000 * find(taken):.0f}" for find in (statistics.median, min, max))
    return f"{middle} ms ({least} to {most})"


def edits(
    project: Path, path: Path, changes: dict[str, str], watched: Sequence[str], number: int
) -> list[tuple[float, float]]:
    """So many edits of a file, back and forth: seconds until the first watched address shows each, and until all do."""
    before = after = path.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in before, f"{path} was left edited"
        after = after.replace(old, new, 1)
    texts, taken = (after, before), []
    with serving(project) as address:
        until(lambda: fetch(f"{address}/{watched[0]}"))
        states = learnt(address, path, texts, watched)
        for turn in range(number):
            time.sleep(PAUSE)
            start = time.perf_counter()
            path.write_text(texts[turn % 2], encoding="utf-8")
            shown = []
            for uri, wanted in states[turn % 2].items():
                until(lambda uri=uri, wanted=wanted: seen(address, uri) == wanted)  # type: ignore[misc]
                shown.append(time.perf_counter() - start)
            taken.append((shown[0], shown[-1]))
            progress(f"edit {turn + 1}: {shown[0]:.3f} s, all {shown[-1]:.3f} s")
    path.write_text(before, encoding="utf-8")
    return taken


def learnt(
    address: str, path: Path, texts: Sequence[str], watched: Sequence[str]
) -> list[dict[str, str]]:
    """What the addresses show after each text, when nothing moves any more; each must differ."""
    states = [{uri: seen(address, uri) for uri in watched}]
    for text in texts:
        path.write_text(text, encoding="utf-8")
        for uri in watched:
            others = ("", states[-1][uri])  # MkDocs shows nothing while it writes a page
            until(lambda uri=uri, others=others: seen(address, uri) not in others)  # type: ignore[misc]
        time.sleep(PAUSE)
        states.append({uri: seen(address, uri) for uri in watched})
    assert states[0] == states[2], "after an edit and its undoing everything is as it was"
    return states[1:]


def seen(address: str, uri: str) -> str:
    """What an address shows, without the number that MkDocs gives each build."""
    return _RELOAD.sub("", fetch(f"{address}/{uri}"))


def until(condition: Callable[[], object]) -> None:
    """Wait for a condition, for half an hour at most."""
    end = time.monotonic() + 1800
    while not condition():
        if time.monotonic() > end:
            sys.exit("what was waited for never came")
        time.sleep(POLL)


def serve(bench: Bench) -> None:
    """From the start of `mkdocs serve` to its first answer."""
    ours, theirs = bench.project(0), bench.plain(0)
    started(ours)
    found = in_turn(bench.pairs, ours=partial(started, ours), plain=partial(started, theirs))
    print_row(
        "start of `mkdocs serve`, real dataset, warm",
        "0.7 s",
        faster(found["ours"], found["plain"]),
    )


def started(project: Path) -> Run:
    """Start serving, and stop at the first page that is answered."""
    start = time.perf_counter()
    with serving(project) as address:
        until(lambda: fetch(f"{address}/{RECORD}"))
        return Run(time.perf_counter() - start)


ROWS = {"builds": builds, "linear": linear, "real": real, "edit": edit, "serve": serve}


def main() -> None:
    """Measure what was asked for."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("count", nargs="?", type=int, default=10_000, metavar="COUNT")
    options.add_argument("--pairs", type=int, default=3)
    options.add_argument("--rows", nargs="+", choices=ROWS, default=list(ROWS))
    asked = options.parse_args()
    folder = Path(tempfile.mkdtemp())
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # programs are compiled once, as everywhere
    os.environ["TMPDIR"] = str(folder)  # a server that is stopped leaves its site behind
    print_head()
    try:
        for name in asked.rows:
            ROWS[name](Bench(folder, asked.count, asked.pairs))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
