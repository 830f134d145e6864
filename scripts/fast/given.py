"""Of the old site the new one is given what holds still: further links to the same files.

A second process begins with it before the data are read, when it would have nothing else to do; what
turns out to hold no more is taken away again. A spare tree with the same files waits in
build/cache/site. It becomes the new site, so that little is left to give; and where the old one is gone,
it gives them.
"""

import os
from collections.abc import Collection, Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from shutil import rmtree

from report.data.forked import Shared, called
from report.publish import write


class Given:
    """Begins to give the new site what stands in the old one under the names of records (testimonies/T0001)."""

    def __init__(self, root: Path, old: Path, new: Path, records: Collection[str]) -> None:
        self._new = new
        new.parent.mkdir(exist_ok=True)
        if old != spare(root):
            with suppress(OSError):  # none is there, or it stands on another disk
                spare(root).rename(new)
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


def spare(root: Path) -> Path:
    """Where the spare tree stands."""
    return root / "build" / "cache" / "site"


def renew_spare(root: Path, site: Path, records: Collection[str]) -> None:
    """Let the spare tree have what the site has of these records; none where the system has no links.

    Several processes share the work.
    """
    tree = spare(root)
    try:
        tree.mkdir(parents=True, exist_ok=True)
        (tree / "index.html").unlink(missing_ok=True)
        os.link(site / "index.html", tree / "index.html")
    except OSError:  # or where the site stands on another disk
        rmtree(tree, ignore_errors=True)
    else:
        folders = _cleared(tree, records)
        called(
            [partial(_take_over, f"{site}", f"{tree}", name, records) for name in folders], least=2
        )


def take_over(old: Path, new: Path, names: Collection[str]) -> list[str]:
    """Give the new tree what stands in the old one under these names of records, as it is.

    What is there already stays, and whatever else is there is deleted. Returns the paths of the files
    of these records below the tree.
    """
    new.mkdir(parents=True, exist_ok=True)
    folders = _cleared(new, names)
    return [path for folder in folders for path in _take_over(f"{old}", f"{new}", folder, names)]


def _cleared(tree: Path, names: Collection[str]) -> set[str]:
    """The folders of these records; whatever else is in the tree is deleted."""
    folders = {name.partition("/")[0] for name in names}
    for entry in os.scandir(tree):
        if entry.name not in folders:
            _remove(entry)
    return folders


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
