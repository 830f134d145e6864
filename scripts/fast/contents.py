"""What a project consists of: its files by content, and the programs and packages that read them."""

import hashlib
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path

from report.data.files import State, files_at
from report.data.forked import Shared

_MADE = ("build", "site", "node_modules")
"""Folders of the project that hold nothing a site is made of."""
_PROGRAM = re.compile(r"scripts/.+\.py")


@cache
def look_begun(root: Path) -> tuple[Mapping[str, State], Shared[dict[str, str]]]:
    """The states of the data files, and a second process that looks at the project from now on."""
    return files_at(root).states(), Shared([partial(contents_of, root)], least=1)


def programs_in(contents: Mapping[str, str]) -> str:
    """A digest of the programs among the files of a project, of Python and of its packages; none without files."""
    programs = (f"{path} {found}" for path, found in contents.items() if _PROGRAM.match(path))
    return digest_of_all([*map(str.encode, programs), *packages()]) if contents else ""


def contents_of(root: Path) -> dict[str, str]:
    """The digest of each file that a site is made of, by its path below the project; none where one is unreadable."""
    try:
        return {
            path.removeprefix(f"{root}/"): hashlib.sha256(Path(path).read_bytes()).hexdigest()
            for path in files_below(f"{root}", _MADE)
        }
    except OSError:
        return {}


def documents_at(root: Path) -> Path:
    """Where the data files stand as an earlier process has read them."""
    return root / "build" / "cache" / "documents.pickle"


def packages() -> Iterator[bytes]:
    """Python and the packages that are installed."""
    yield sys.version.encode()
    for folder in filter(os.path.isdir, sys.path):
        installed = (name for name in os.listdir(folder) if name.endswith((".dist-info", ".pth")))
        yield "\n".join(sorted(installed)).encode()


def digest_of_all(parts: Iterable[bytes]) -> str:
    """One digest of several parts and of where each of them ends."""
    found = hashlib.sha256()
    for part in parts:
        found.update(b"%d:" % len(part))
        found.update(part)
    return found.hexdigest()


def files_below(folder: str, without: Sequence[str] = ()) -> Iterator[str]:
    """Every file below a folder, in a fixed order; hidden ones and compiled programs are none of it.

    Raises OSError where a link leads elsewhere.
    """
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.name.startswith(".") or entry.name in (*without, "__pycache__"):
            continue
        if entry.is_symlink():
            raise OSError(f"{entry.path} leads elsewhere")
        if entry.is_dir():
            yield from files_below(entry.path)
        elif entry.is_file():
            yield entry.path
