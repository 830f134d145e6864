"""Publishing: writes what changed, and nothing else."""

import os
from collections.abc import Mapping
from pathlib import Path


def write_changed(folder: Path, files: Mapping[str, str | bytes]) -> list[str]:
    """Make `folder` hold exactly `files` (path -> content); returns the paths that were written.

    Files that are no longer wanted are deleted; those whose content is the same keep their time stamp.
    """
    written = []
    for name, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        path = folder / name
        if path.is_file() and path.read_bytes() == data:
            continue
        write_whole(path, data)
        written.append(name)
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_file() and path.relative_to(folder).as_posix() not in files:
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    return written


def write_whole(path: Path, data: bytes) -> None:
    """Put a file in place by a rename, so that there is the old one or the new one, whoever is killed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    os.replace(part, path)
