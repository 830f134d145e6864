"""Kills builds at moments that a seed decides: what stays is the old site or the new one, and whole.

python tests/robustness/killed_builds.py [--builds N] [--seed N]
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from mutations import fingerprint

from conftest import build_site, copy_of_project

os.environ["SOURCE_DATE_EPOCH"] = "1577836800"  # two builds of the same data are the same
WORDS = "A young Belgian who went", "A young man of Belgium who went"


def built(project: Path) -> str:
    """What a whole build leaves. Nothing may stand beside it."""
    done = build_site(project, project / "site")
    assert done.returncode == 0, done.stdout + done.stderr
    left = [str(path) for path in project.rglob(".*.part")]
    assert not left, left
    return fingerprint(project / "site")


def killed_build(project: Path, wait: float, kill: Callable[[int, int], None]) -> bool:
    """Build, and kill the build after `wait` seconds; False where it was over.

    `kill` is that of `os`: killpg kills its children as well.
    """
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
    running = subprocess.Popen(
        command,
        cwd=project,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        running.wait(wait)
    except subprocess.TimeoutExpired:
        kill(running.pid, signal.SIGKILL)
    return running.wait() == -signal.SIGKILL


def kill_builds(project: Path, count: int, chance: random.Random) -> Iterator[str]:
    """What each build left: "old" or "new", "over" where it was not killed, in capitals what must not be."""
    record = project / "data" / "testimonies" / "T0001.yaml"
    text = record.read_text(encoding="utf-8")
    assert WORDS[0] in text
    sites, seconds, stands = {}, 0.0, ""
    for stands in WORDS:
        record.write_text(text.replace(WORDS[0], stands), encoding="utf-8")
        start = time.monotonic()
        sites[built(project)] = stands
        seconds = time.monotonic() - start
    for number in range(count):
        wanted = WORDS[1 - WORDS.index(stands)]
        record.write_text(text.replace(WORDS[0], wanted), encoding="utf-8")
        wait = seconds * (number + chance.random()) / count
        killed = killed_build(project, wait, (os.killpg, os.kill)[number % 2])
        stands = sites.get(fingerprint(project / "site"), "")
        if not stands:
            yield f"NEITHER SITE after {wait:.2f} of {seconds:.2f} s"
            return
        yield "over" if not killed else "new" if stands == wanted else "old"
    if sites.get(built(project)) != wanted:
        yield "ANOTHER SITE after the last whole build"


def main() -> int:
    """Kill builds; print the figures; 1 if any left what it must not."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--builds", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        project = copy_of_project(Path(folder, "project"))
        results = list(kill_builds(project, arguments.builds, random.Random(arguments.seed)))
    bad = [result for result in results if result[0].isupper()]
    print(*bad, sep="\n", end="\n" if bad else "")
    ends = Counter(results)
    print(
        f"killed builds: {ends['old'] + ends['new']} killed in {time.monotonic() - start:.0f} s, "
        f"{ends['old']} left the old site, {ends['new']} the new one, {len(bad)} failures; "
        f"{ends['over']} were over before"
    )
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
