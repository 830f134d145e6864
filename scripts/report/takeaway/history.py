"""History: when each data file was added and which of its fields were changed, from the git log."""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from report.git import told

_FOLDERS = ("data/testimonies", "data/sources", "data/estimates")
_FORMAT = "--format=%x01%cs"
_PLAIN = ("--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "--relative")
_KEY = re.compile(r"[+-]?([a-z][a-z0-9_]*):")
_HUNK = re.compile(r"@@ [^@]* @@ ?(.*)")


@dataclass(frozen=True)
class Edit:
    """One commit that touched a file: its day, and the fields that it changed; none for the first.

    Values and messages stay in the repository: they may hold what was taken out since.
    """

    date: str
    fields: tuple[str, ...] = ()


def history(root: Path) -> dict[str, list[Edit]]:
    """File (data/testimonies/T0001.yaml) -> its edits, the newest first; empty without git."""
    return _history(root, told(root, "rev-parse", "HEAD"))


@lru_cache(maxsize=2)
def _history(root: Path, commit: bytes | None) -> dict[str, list[Edit]]:
    """The history that ends with a commit; while the site is served it mostly stays the same.

    Two calls of git serve all files: one lists additions, one shows changes.
    """
    found: dict[str, list[Edit]] = defaultdict(list)
    for path, edit in _changed(_log(root, "--diff-filter=M", "-p", "-U0")):
        found[path].append(edit)
    first = dict(_added(_log(root, "--diff-filter=A", "--name-only")))  # the oldest comes last
    for path, edit in first.items():
        found[path].append(edit)
    return dict(found)


def _log(root: Path, *arguments: str) -> list[str]:
    command = ("-c", "core.quotePath=false", "log", _FORMAT, *_PLAIN)
    shown = told(root, *command, *arguments, "--", *_FOLDERS) or b""
    return shown.decode(errors="replace").splitlines()


def _added(lines: list[str]) -> list[tuple[str, Edit]]:
    found, date = [], ""
    for line in lines:
        if line.startswith("\x01"):
            date = line[1:]
        elif line:
            found.append((line, Edit(date)))
    return found


def _changed(lines: list[str]) -> list[tuple[str, Edit]]:
    """Files and edits of a log with patches without context.

    A changed line begins with its key, or belongs to the key that git names in the head of the
    hunk: the last line before it that begins with a letter.
    """
    found: list[tuple[str, str, dict[str, None]]] = []
    date = key = ""
    for line in lines:
        if line.startswith("\x01"):
            date = line[1:]
        elif line.startswith("diff --git "):
            found.append((line.rpartition(" b/")[2], date, {}))
        elif head := _HUNK.match(line):
            key = _key(head[1])
        elif line.startswith(("+", "-")) and not line.startswith(("+++ ", "--- ")):
            key = _key(line) or key
            if key:
                found[-1][2][key] = None
    return [(path, Edit(day, tuple(keys))) for path, day, keys in found if keys]


def _key(line: str) -> str:
    match = _KEY.match(line)
    return match[1] if match else ""
