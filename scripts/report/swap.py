"""A folder that is made apart and put in place at once: a build that is killed leaves the old one whole."""

import ctypes
import os
import shutil
from contextlib import suppress
from pathlib import Path

_HERE = -100  # AT_FDCWD
_EXCHANGE = 2  # RENAME_EXCHANGE


def place_apart(folder: Path) -> Path:
    """Where to make what `folder` is to become: beside it, so that it takes a rename to put in place.

    What a killed build has left there is deleted.
    """
    shutil.rmtree(_apart(folder), ignore_errors=True)
    return _apart(folder) / "new"


def put_in_place(folder: Path) -> None:
    """Let `folder` become what was made apart; hidden files, which no build makes, stay.

    What it was before is apart then, to be removed.
    """
    new = _apart(folder) / "new"
    if folder.exists():
        for hidden in folder.glob(".*"):
            copy = shutil.copytree if hidden.is_dir() else shutil.copy2
            copy(hidden, new / hidden.name)
        _exchange(new, folder)
    else:
        new.rename(folder)


def keep_old(folder: Path, place: Path) -> None:
    """Let what `folder` was before stand at `place`; on another disk it cannot."""
    shutil.rmtree(place, ignore_errors=True)
    with suppress(OSError):
        (_apart(folder) / "new").rename(place)


def remove_apart(folder: Path) -> None:
    """Leave nothing beside `folder`."""
    shutil.rmtree(_apart(folder), ignore_errors=True)


def _apart(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.part")


def _exchange(new: Path, old: Path) -> None:
    """Let two folders change places: in one step where the system can, otherwise in three."""
    try:
        rename = ctypes.CDLL(None).renameat2
        failed = rename(_HERE, os.fsencode(new), _HERE, os.fsencode(old), _EXCHANGE)
    except (AttributeError, TypeError):  # not Linux
        failed = True
    if failed:
        between = old.rename(new.with_name("old"))
        new.rename(old)
        between.rename(new)
