"""Measures check, pages, build and edit-to-served, as ratios to a plain build of the same Markdown.

Usage: python tests/benchmarks/run.py [COUNT ...]   (0 is the real dataset; default: 0 1000 10000)
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from synthetic import make_project

from test_serve import change, serving, wait_for

ROOT = Path(__file__).parents[2]
CHECKS = "not_found: ignore, anchors: ignore, unrecognized_links: ignore"
PLAIN = """site_name: Plain
docs_dir: {pages}
use_directory_urls: true
theme: {{name: material, font: false}}
plugins: [search]
validation: {{nav: {{omitted_files: ignore}}, links: {{{checks}}}}}
nav: [index.md]
markdown_extensions: [attr_list, md_in_html, tables, toc]
"""


def timed(action: Callable[[], object], runs: int = 3) -> float:
    """Median seconds of `action`."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def run(project: Path, *command: str) -> None:
    """Run a command in the project; its output is shown only when it fails."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=project, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(done.stdout + done.stderr)


def edit_to_served(project: Path) -> float:
    """Median seconds from saving a record to reading its new text from `mkdocs serve`."""
    record = project / "data" / "testimonies" / "T0001.yaml"
    words = ["A young Belgian", "A Belgian youth", "A young man of Belgium", "A young Belgian"]
    taken = []
    with serving(project) as address:
        page = f"{address}/testimonies/T0001/"
        wait_for(page, lambda text: words[0] in text, 1800)
        time.sleep(2)
        for old, new in pairwise(words):
            start = time.perf_counter()
            change(record, old, new)
            wait_for(page, lambda text, new=new: new in text, 1800)  # type: ignore[misc]
            taken.append(time.perf_counter() - start)
            time.sleep(1)
    return statistics.median(taken)


def measure(project: Path, count: int) -> None:
    """Print one row of the table for a project."""
    runs = 3 if count < 5000 else 1
    plain = project / "plain.yml"
    run(project, "mkdocs", "build", "--quiet", "--site-dir", "site")
    plain.write_text(
        PLAIN.format(pages=project / "build" / "pages", checks=CHECKS), encoding="utf-8"
    )
    reference = timed(
        lambda: run(
            project, "mkdocs", "build", "--quiet", "-f", "plain.yml", "--site-dir", "reference"
        ),
        runs,
    )
    full = timed(lambda: run(project, "mkdocs", "build", "--quiet", "--site-dir", "site"), runs)
    check = timed(lambda: run(project, "report", "check"), runs)
    pages = timed(lambda: run(project, "report", "pages", "--out", str(project / "out")), runs)
    edit = edit_to_served(project)
    figures = [
        ("reference", reference),
        ("full build", full),
        ("check", check),
        ("pages", pages),
        ("edit to served", edit),
    ]
    row = [f"{name} {seconds:.2f} s ({seconds / reference:.2f})" for name, seconds in figures]
    print(f"\n{count or 'real dataset'}: {', '.join(row)}")
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"  check is {check / full:.2f} of a full build; peak memory of a child {memory} MB")


def main() -> None:
    """Measure each size in a folder of its own."""
    print(
        f"{os.cpu_count()} processors, Python {sys.version.split()[0]}; seconds, and the ratio to a plain build"
    )
    for count in [int(word) for word in sys.argv[1:]] or [0, 1000, 10_000]:
        folder = Path(tempfile.mkdtemp())
        try:
            measure(make_project(ROOT, folder / "project", count), count)
        finally:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
