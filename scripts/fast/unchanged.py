"""Whether a finished site is still that of the project: then a build has nothing to do.

A note in build/cache names a digest of everything that the site was made of, by content, and one of
the files of the site, by size and times. Where either differs, or the note is gone, the site is built.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from report.publish import write_whole

_MADE = ("build", "site", "node_modules")
"""Folders of the project that hold nothing a site is made of."""
_READ = ("SITE_URL", "REPO_URL", "SOURCE_DATE_EPOCH", "TZ", "LANG", "LC_ALL")
"""Variables of the environment that builds read."""


def is_unchanged(root: Path, site: Path, made_of: str) -> bool:
    """Whether `site` is what a build would make of these sources."""
    try:
        note = json.loads(_note(root).read_bytes())
        return bool(made_of and note == _state(site, made_of))
    except (OSError, ValueError):
        return False


def remember(root: Path, site: Path, made_of: str) -> None:
    """Note that the site is finished, and of which sources: those that there were when the build began."""
    write_whole(_note(root), json.dumps(_state(site, made_of)).encode())


def sources(root: Path) -> str:
    """A digest of everything that a build of the project reads, with the command that asks for it.

    Empty where that cannot be told: a file cannot be read, or a link leads elsewhere.
    """
    try:
        return _digest(_sources(root))
    except OSError:
        return ""


def _note(root: Path) -> Path:
    return root / "build" / "cache" / "site.json"


def _state(site: Path, made_of: str) -> list[str]:
    return [str(site), made_of, _digest(_results(f"{site}"))]


def _digest(parts: Iterator[bytes]) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(b"%d:" % len(part) + part)
    return found.hexdigest()


def _sources(root: Path) -> Iterator[bytes]:
    """Everything that a build reads: files, command, history, environment and programs."""
    yield json.dumps([*sys.argv, sys.version, *(os.environ.get(name) for name in _READ)]).encode()
    for folder in sys.path:
        if os.path.isdir(folder):
            installed = (
                name for name in os.listdir(folder) if name.endswith((".dist-info", ".pth"))
            )
            yield "\n".join(sorted(installed)).encode()
    for command in (("rev-parse", "HEAD"), ("for-each-ref", "refs/tags")):
        yield subprocess.run(["git", "-C", str(root), *command], capture_output=True).stdout
    for path in _files(f"{root}", _MADE):
        yield path.encode()
        with open(path, "rb") as content:
            yield content.read()


def _results(folder: str) -> Iterator[bytes]:
    """Every file of a site, with what changes whenever somebody writes to it."""
    for path in _files(folder):
        told = os.stat(path)
        yield f"{path} {told.st_size} {told.st_mtime_ns} {told.st_ctime_ns}".encode()


def _files(folder: str, without: Sequence[str] = ()) -> Iterator[str]:
    """Every file below a folder, in a fixed order; hidden ones and compiled programs are none of it.

    Raises OSError where a link leads elsewhere.
    """
    if not os.path.isdir(folder):
        return
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.name.startswith(".") or entry.name in (*without, "__pycache__"):
            continue
        if entry.is_symlink():
            raise OSError(f"{entry.path} leads elsewhere")
        if entry.is_dir():
            yield from _files(entry.path)
        elif entry.is_file():
            yield entry.path
