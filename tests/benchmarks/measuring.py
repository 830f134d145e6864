"""How the benchmarks measure: whole processes, in turn, as ratios; and how they print what they found."""

import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("mkdocs", "mkdocs-material", "hugo")


@dataclass(frozen=True)
class Run:
    """What one command took: seconds on the clock, and megabytes of its largest process."""

    seconds: float
    memory: int = 0


def finished(command: Sequence[str], folder: Path) -> Run:
    """Run a command to its end in a folder; where it fails, say what it said and stop."""
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        child = subprocess.Popen(command, cwd=folder, stdout=said, stderr=said)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)  # Popen has not seen it end
        if child.returncode:
            said.seek(0)
            sys.exit(f"{command}\n{said.read().decode()}")
    return Run(seconds, usage.ru_maxrss // 1024)


def in_turn(rounds: int, **actions: Callable[[], Run]) -> dict[str, list[Run]]:
    """Do all actions one after the other, and that so many times: a slow minute hits them all."""
    found: dict[str, list[Run]] = {name: [] for name in actions}
    for number in range(1, rounds + 1):
        for name, action in actions.items():
            found[name].append(run := action())
            progress(f"round {number}: {name} {run.seconds:.2f} s, {run.memory} MB")
    return found


def put_away(folder: Path) -> None:
    """Have a folder out of the way; it is deleted with everything else in the end.

    For minutes after many files were deleted, ext4 is slow to create others.
    """
    if folder.exists():
        folder.rename(Path(tempfile.mkdtemp(dir=folder.parent.parent)) / folder.name)


def progress(text: str) -> None:
    """Say on the way how far it is; the table alone goes to the standard output."""
    print(f"  {time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def seconds(runs: Sequence[Run]) -> float:
    """Median seconds."""
    return statistics.median(run.seconds for run in runs)


def memory(runs: Sequence[Run]) -> str:
    """Median of the peak memory, in words."""
    return f"{statistics.median(run.memory for run in runs):.0f} MB"


def faster(ours: Sequence[Run], theirs: Sequence[Run]) -> str:
    """How many times faster ours is: median, least and most of the pairs, and the seconds."""
    ratios = [other.seconds / run.seconds for run, other in zip(ours, theirs, strict=True)]
    between = f"{min(ratios):.1f} to {max(ratios):.1f}"
    took = f"{seconds(ours):.2f} s against {seconds(theirs):.2f} s"
    return f"{statistics.median(ratios):.1f} times faster ({between}); {took}"


def print_row(*cells: str) -> None:
    """One row of the table, as soon as it is known."""
    print(f"| {' | '.join(cells)} |", flush=True)


def print_head() -> None:
    """The machine, and the head of the table."""
    print(f"{machine()}\n\n| what | goal | found |\n| --- | --- | --- |", flush=True)


def machine() -> str:
    """The machine and the programs in one line."""
    named = re.search(r"(?m)^model name\s*: (.+)$", _read("/proc/cpuinfo"))
    total = re.search(r"MemTotal:\s+(\d+)", _read("/proc/meminfo"))
    model = named[1] if named else platform.machine()
    size = f", {int(total[1]) / 1024**2:.0f} GB of memory" if total else ""
    versions = ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    return f"{os.cpu_count()} processors ({model}){size}; Python {platform.python_version()}, {versions}"


def _read(path: str) -> str:
    return Path(path).read_text() if Path(path).is_file() else ""


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
