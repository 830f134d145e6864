"""Publishing: writes what changed, and nothing else."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
"""How to open a file that must not be there; only Windows tells binary files apart."""


def write_changed(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Make `folder` hold exactly `files` (path -> content).

    Files that are no longer wanted are deleted; those whose content is the same keep their time stamp.
    """
    for name, content in files.items():
        write(folder / name, content)
    sweep(folder, files)


def sweep(folder: Path, wanted: Mapping[str, object]) -> None:
    """Delete every file below `folder` whose path is not wanted, and folders that are empty then."""
    for place, _, names in os.walk(folder, topdown=False):
        inside = Path(place).relative_to(folder).as_posix()
        inside = "" if inside == "." else f"{inside}/"
        for name in names:
            if f"{inside}{name}" not in wanted:
                Path(place, name).unlink(missing_ok=True)
        if inside:
            with suppress(OSError):  # it is not empty, or another process has deleted it meanwhile
                os.rmdir(place)


def write(path: Path | str, content: str | bytes) -> None:
    """Write a file with its folders; one that is there is replaced, if it holds something else."""
    data = content.encode() if isinstance(content, str) else content
    place = os.fspath(path)
    try:
        _write_new(place, data)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(place), exist_ok=True)
        write(place, data)
    except FileExistsError:
        if Path(path).read_bytes() != data:
            write_whole(Path(path), data)


def _write_new(place: str, data: bytes) -> None:
    """Write a file that must not be there; its folder must.

    A site has tens of thousands of files, and `open` would ask the system more about each.
    """
    file = os.open(place, _NEW, 0o666)
    try:
        while data:  # the system may take it in parts
            data = data[os.write(file, data) :]
    finally:
        os.close(file)


def write_whole(path: Path, data: bytes | memoryview) -> None:
    """Put a file in place by a rename, so that there is the old one or the new one, whoever is killed.

    Another process, such as a build beside a site that is being served, may write the same file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_bytes(data)
    os.replace(part, path)
