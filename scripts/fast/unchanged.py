"""Whether a finished site is still that of the project: then a build has nothing to do, or little.

A note in build/cache names digests of everything that the site was made of, by content, and of the
files of the site, by size, time and number on the disk. Where they differ, or the note is gone, the site is built.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from report.data.forked import Shared, called
from report.publish import write_whole

_MADE = ("build", "site", "node_modules")
"""Folders of the project that hold nothing a site is made of."""
_READ = ("SITE_URL", "REPO_URL", "TZ", "LANG", "LC_ALL")
"""Variables of the environment that builds read, apart from the time of the commit."""
_NOTE = "build/cache/site.json"
_DAY = 86_400
_PART = 1000
"""The states of so many files are one task."""
_SHARED = 40
"""From so many tasks on, two processes share them."""
_RECORD = re.compile(r"data/(ids\.csv|(testimonies|sources|estimates)/[^/]+\.yaml)")
"""Files of single records; what the ledger says stands on no page of a record."""


class Found(NamedTuple):
    """Digests of a project and of its site before a build.

    Those are empty of which a file cannot be read or a link leads elsewhere.
    """

    everything: str = ""
    """Every file that a site is made of, the command, the environment, the history and the programs."""
    around: str = ""
    """The same without the files of single records and without the history, but for its last day."""
    site: str = ""
    """The finished site, and where it stands."""


def look(root: Path, site: Path) -> Found:
    """What there is; a second process looks at the project while this looks at the site."""
    sources = Shared([partial(_made_of, root)], least=1)
    state = _state(root, site)
    return Found(*sources.results()[0], state)


def is_unchanged(root: Path, now: Found) -> bool:
    """Whether the site is what a build would make."""
    return _is_noted(_note(root), everything=now.everything, site=now.site)


def records_left(root: Path, now: Found) -> bytes:
    """What was kept of records; nothing where they, or what is around them, are not those of the site."""
    note = _note(root)
    if not _is_noted(note, around=now.around, site=now.site):
        return b""
    records = _content(_records(root))
    return records if _is_noted(note, records=_digest([records])) else b""


def keep(root: Path, records: bytes) -> str:
    """Keep what the next build wants to know of single records; the digest tells `remember` of it."""
    write_whole(_records(root), records)
    return _digest([records])


def remember(root: Path, site: Path, before: Found, records: str) -> None:
    """Note that the site is finished, and what it was made of: what there was when the build began.

    `records` is the digest of what was kept of single records.
    """
    note = {**before._asdict(), "site": _state(root, site), "records": records}
    write_whole(root / _NOTE, json.dumps(note).encode())


def _made_of(root: Path) -> tuple[str, str]:
    """Digests of everything that a build of the project reads, and of that without records and history."""
    digests = hashlib.sha256(), hashlib.sha256()
    try:
        for part, is_around in _sources(root):
            for digest in digests[: 1 + is_around]:
                digest.update(b"%d:" % len(part) + part)
    except OSError:
        return "", ""
    return digests[0].hexdigest(), digests[1].hexdigest()


def _records(root: Path) -> Path:
    return root / "build" / "cache" / "records.pickle"


def _note(root: Path) -> dict[str, str]:
    try:
        note = json.loads(_content(root / _NOTE))
    except ValueError:
        return {}
    return note if isinstance(note, dict) else {}


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _is_noted(note: dict[str, str], **digests: str) -> bool:
    """Whether the note tells these digests, and none of them is empty."""
    return all(digest and note.get(name) == digest for name, digest in digests.items())


def _state(root: Path, site: Path) -> str:
    """A digest of where the site stands, of its files and of the Markdown of its pages; empty where they change."""
    try:
        paths = [*_files(f"{site}"), *_files(f"{root}/build/pages")]
        parts = [paths[start : start + _PART] for start in range(0, len(paths), _PART)]
        states = called([partial(_states, part) for part in parts], least=_SHARED)
    except OSError:
        return ""
    return _digest([f"{site}".encode(), *states])


def _digest(parts: Iterable[bytes]) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(b"%d:" % len(part) + part)
    return found.hexdigest()


def _sources(root: Path) -> Iterator[tuple[bytes, bool]]:
    """Everything that a build reads, each part with whether it is around records."""
    time = os.environ.get("SOURCE_DATE_EPOCH", "")
    yield time.encode(), False
    day = int(time) // _DAY if time else None
    settings = [*sys.argv, sys.version, day, *(os.environ.get(name) for name in _READ)]
    yield json.dumps(settings).encode(), True
    for folder in filter(os.path.isdir, sys.path):
        installed = (name for name in os.listdir(folder) if name.endswith((".dist-info", ".pth")))
        yield "\n".join(sorted(installed)).encode(), True
    for command in (("rev-parse", "HEAD"), ("for-each-ref", "refs/tags")):
        yield subprocess.run(["git", "-C", str(root), *command], capture_output=True).stdout, False
    for path in _files(f"{root}", _MADE):
        is_around = not _RECORD.fullmatch(path.removeprefix(f"{root}/"))
        yield path.encode(), is_around
        with open(path, "rb") as content:
            yield content.read(), is_around


def _states(paths: Sequence[str]) -> bytes:
    """These files, each with what changes whenever somebody writes to it, but not when it gets another link."""
    told = ((path, os.stat(path)) for path in paths)
    return "\n".join(f"{p} {s.st_size} {s.st_mtime_ns} {s.st_ino}" for p, s in told).encode()


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
