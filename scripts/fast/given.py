"""Of the old site the new one is given what holds still: further links to the same files.

A second process begins with it before the data are read, when it would have nothing else to do; what
turns out to hold no more is taken away again. The site before the old one waits in build/cache/site
and becomes the new one, since most of its files are the same: then little is left to give.
"""

import os
from collections.abc import Collection, Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from shutil import rmtree

from report.data.forked import Shared
from report.publish import write
from report.swap import keep_old


class Given:
    """Begins to give the new site what stands in the old one under the names of records (testimonies/T0001)."""

    def __init__(self, root: Path, old: Path, new: Path, records: Collection[str]) -> None:
        self._new = new
        new.parent.mkdir(exist_ok=True)
        with suppress(OSError):  # none is there, or it stands on another disk
            _spare(root).rename(new)
        self._paths = Shared([partial(take_over, old, new, records)], least=1)

    def leave(self, records: Collection[str]) -> None:
        """When all is given, leave what is of these records, and take the rest away again."""
        self._left = []
        for path in self._paths.results()[0]:
            if _record(path) in records:
                self._left.append(path)
                continue
            os.unlink(self._new / path)
            if path.count("/") > 1:
                os.rmdir(self._new / os.path.dirname(path))

    def leave_no_page(self) -> None:
        """Of what was left, take the pages away again, since they are to be printed anew."""
        for path in self._left:
            if path.endswith("/index.html"):
                os.unlink(self._new / path)

    def end(self) -> None:
        """Give no more."""
        self._paths.end()


def keep_spare(root: Path, site: Path) -> None:
    """Keep what `site` was before, for the build after the next."""
    keep_old(site, _spare(root))


def remove_spare(root: Path) -> None:
    """Keep nothing: it has too little of a site that was made anew."""
    rmtree(_spare(root), ignore_errors=True)


def _spare(root: Path) -> Path:
    return root / "build" / "cache" / "site"


def take_over(old: Path, new: Path, names: Collection[str]) -> list[str]:
    """Give the new site what stands in the old one under these names of records, as it is.

    The new one may be the site before the old one: there most files are the same already, and only
    others are deleted. Returns the paths of the files of these records below the site.
    """
    folders = {name.partition("/")[0] for name in names}
    new.mkdir(parents=True, exist_ok=True)
    for entry in os.scandir(new):
        if entry.name not in folders:
            _remove(entry)
    return [path for folder in folders for path in _take_over(f"{old}", f"{new}", folder, names)]


def _take_over(old: str, new: str, folder: str, names: Collection[str]) -> Iterable[str]:
    there: dict[str, int] = {}
    if os.path.isdir(f"{new}/{folder}"):
        for entry in os.scandir(f"{new}/{folder}"):
            if _record(f"{folder}/{entry.name}") not in names:
                _remove(entry)
        there = _files(new, folder, names)
    given = _files(old, folder, names)
    for path, file in there.items():
        if given.get(path) != file:
            os.unlink(f"{new}/{path}")
    for path, file in given.items():
        if there.get(path) != file:
            _link(f"{old}/{path}", f"{new}/{path}")
    return given


def _files(site: str, folder: str, names: Collection[str]) -> dict[str, int]:
    """The files of these records below a folder, by their path below the site, each with its number on the disk."""
    found: dict[str, int] = {}
    for entry in os.scandir(f"{site}/{folder}"):
        if _record(f"{folder}/{entry.name}") in names:
            inside = os.scandir(entry.path) if entry.is_dir() else [entry]
            found |= {file.path.removeprefix(f"{site}/"): file.inode() for file in inside}
    return found


def _remove(entry: os.DirEntry[str]) -> None:
    if entry.is_dir(follow_symlinks=False):
        rmtree(entry)
    else:
        os.unlink(entry)


def _record(path: str) -> str:
    """The name of the record whose file stands at a path below the site."""
    folder, name, *_ = path.split("/")
    return f"{folder}/{name.partition('.')[0]}"


def _link(old: str, new: str) -> None:
    """Let a file stand in a second place; where the system has no links, its content."""
    try:
        os.link(old, new)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(new), exist_ok=True)
        _link(old, new)
    except OSError:
        write(new, Path(old).read_bytes())
