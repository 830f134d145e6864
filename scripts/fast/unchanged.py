"""Whether a finished site is still that of the project: then a build has nothing to do, or little.

A note in build/cache names digests of everything that the site was made of, by content, and of the
files of the site, by size, time and number on the disk. Where they differ, or the note is gone, the site is built.
"""

import json
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from fast.contents import contents_of, digest_of_all, files_below, packages
from report.data.files import FOLDERS
from report.data.forked import Shared, called
from report.git import told
from report.publish import write_whole

_READ = ("SITE_URL", "REPO_URL", "TZ", "LANG", "LC_ALL")
"""Variables of the environment that builds read, apart from the time of the commit."""
_DAY = 86_400
_PART = 1000
"""The states of so many files are one task."""
_SHARED = 40
"""From so many tasks on, several processes share them."""
_FOLDER = f"(?:{'|'.join(FOLDERS)})/"
_RECORD = re.compile(rf"data/({_FOLDER}[^/]+)\.yaml")
"""Files of single records."""
_FILE = re.compile(rf"{_FOLDER}[TS]\d{{4,}}[./]")
"""How the paths of files begin that a site has of single records."""
_APART = re.compile(r"docs/[^/]+\.md|data/(?!codebook\.)[^/]+")
"""Files of chapters, of which pages of records show nothing but what the theme makes of their titles, and of
data, of which they show facts at most (`kept.py` knows which); but for the codebook, which is on most of them."""


class Found(NamedTuple):
    """Digests of a project and of its site before a build.

    Those are empty of which a file cannot be read or a link leads elsewhere.
    """

    everything: str = ""
    """Every file that a site is made of, the command, the environment, the history and the programs."""
    around: str = ""
    """The same without chapters, the data except for the codebook, and the history except for its last day."""
    contents: Mapping[str, str] = MappingProxyType({})
    """Each of these files, by its path below the project."""
    site: str = ""
    """The finished site without the files of records, and where it stands."""
    files: str = ""
    """The files of records in it, wherever it stands, and the Markdown of all pages."""


class Left(NamedTuple):
    """What an earlier build has left of single records."""

    place: Path = Path()
    """Where their files stand: the site, or what is kept of it."""
    written: bytes = b""
    digest: str = ""
    """That of what was written, by which the note knows it."""
    outdated: Collection[str] = ()
    """The records of which it holds no longer, since a later build made something else of them."""
    frame: str = ""
    """A digest of what the theme has put around their pages."""
    withdrawn: Collection[str] = ()
    """The ids that were published no more by then."""


def look(root: Path, site: Path, settings: str) -> Found:
    """What there is; a second process looks at the project while this looks at the site.

    `settings` are those of the command that a site depends on.
    """
    sources = Shared([partial(_made_of, root, settings)], least=1)
    states = _states_of(root, site)
    return Found(*sources.results()[0], *states)


def is_unchanged(root: Path, now: Found) -> bool:
    """Whether the site is what a build would make."""
    note = _note(root)
    return _is_noted(note, everything=now.everything, site=now.site, files=now.files)


def records_left(root: Path, site: Path, spare: Path, now: Found) -> Left:
    """What was left of records; nothing where what is around them is not that of then.

    Nor where their files are not, neither in the site nor in the spare one.
    """
    note = _note(root)
    if not _is_noted(note, around=now.around):
        return Left()
    place = site
    if not _is_noted(note, files=now.files):
        place = spare
        if not _is_noted(note, files=_states_of(root, spare)[1]):
            return Left()
    written = _content(_records(root))
    outdated, withdrawn = (note.get(name, "").split() for name in ("outdated", "withdrawn"))
    frame = note.get("frame", "")
    left = Left(place, written, digest_of_all([written]), outdated, frame, withdrawn)
    return left if _is_noted(note, records=left.digest) else Left()


def records_in(paths: Iterable[str]) -> set[str]:
    """The names of the records (testimonies/T0001) among files of a project."""
    return {record[1] for record in map(_RECORD.fullmatch, paths) if record}


def keep(root: Path, records: bytes) -> Left:
    """Keep what later builds want to know of single records, for `remember` to note."""
    write_whole(_records(root), records)
    return Left(digest=digest_of_all([records]))


def remember(root: Path, site: Path, before: Found, left: Left) -> None:
    """Note that the site is finished, what it was made of, which is what there was before, and what is left."""
    rest, files = _states_of(root, site)
    note = {
        "everything": before.everything,
        "around": before.around,
        "site": rest,
        "files": files,
        "records": left.digest,
        "outdated": " ".join(left.outdated),
        "frame": left.frame,
        "withdrawn": " ".join(left.withdrawn),
    }
    write_whole(note_at(root), json.dumps(note).encode())


def _made_of(root: Path, settings: str) -> tuple[str, str, dict[str, str]]:
    """Digests of all that a build of the project reads, of what is around records, and of each file."""
    contents = contents_of(root)
    if not contents:
        return "", "", contents
    around = [settings.encode(), *_settings()]
    everything = [os.environ.get("SOURCE_DATE_EPOCH", "").encode()]
    for command in (("rev-parse", "HEAD"), ("for-each-ref", "refs/tags")):
        everything.append(told(root, *command) or b"")
    for path, digest in contents.items():
        of = everything if _RECORD.fullmatch(path) or _APART.fullmatch(path) else around
        of.append(f"{path} {digest}".encode())
    return digest_of_all([*around, *everything]), digest_of_all(around), contents


def note_at(root: Path) -> Path:
    """Where the note stands that a finished build leaves."""
    return root / "build" / "cache" / "site.json"


def _records(root: Path) -> Path:
    return root / "build" / "cache" / "records.pickle"


def _note(root: Path) -> dict[str, str]:
    try:
        note = json.loads(_content(note_at(root)))
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


def _states_of(root: Path, site: Path) -> tuple[str, str]:
    """Digests of the site without the files of records, and of these with the Markdown of all pages.

    Empty where they change meanwhile.
    """
    try:
        paths = [path.removeprefix(f"{site}/") for path in files_below(f"{site}")]
        made, rest = list[str](), list[str]()
        for path in paths:
            (made if _FILE.match(path) else rest).append(path)
        texts = [path.removeprefix(f"{root}/") for path in files_below(f"{root}/build/pages")]
        around = [f"{site}".encode(), *_states((site, rest))]
        return digest_of_all(around), digest_of_all(_states((site, made), (root, texts)))
    except OSError:
        return "", ""


def _states(*listed: tuple[Path, Sequence[str]]) -> list[bytes]:
    """The states of files below folders."""
    tasks = [
        partial(_states_in, f"{folder}/", paths[start : start + _PART])
        for folder, paths in listed
        for start in range(0, len(paths), _PART)
    ]
    return called(tasks, least=_SHARED)


def _settings() -> Iterator[bytes]:
    """What a build depends on beside the project and the moment of the commit."""
    time = os.environ.get("SOURCE_DATE_EPOCH")
    day = int(time) // _DAY if time else None
    settings = [day, *(os.environ.get(name) for name in _READ)]
    yield json.dumps(settings).encode()
    yield from packages()


def _states_in(folder: str, paths: Sequence[str]) -> bytes:
    """Each of these files with what changes whenever somebody writes to it, but not when it gets another link."""
    told = ((path, os.stat(folder + path)) for path in paths)
    return "\n".join(f"{p} {s.st_size} {s.st_mtime_ns} {s.st_ino}" for p, s in told).encode()
