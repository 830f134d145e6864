"""Releases: the list of changes from one tagged version of the data to the next, as JSON and Atom."""

import datetime
import hashlib
import io
import json
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as xml

from report.data.corpus import Corpus, load_corpus
from report.git import told
from report.problem import BadData
from report.publish import write_whole
from report.takeaway.changes import (
    Change,
    Snapshot,
    counts,
    diff,
    diff_snapshots,
    digests,
)
from report.takeaway.edition import Edition
from report.takeaway.public import File, json_bytes

_CACHE = "build/cache/changes"
FEED = "data/changes.xml"
"""Address of the Atom feed."""
_ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True)
class Release:
    """One version and what changed since the one before; the first has nothing to differ from."""

    version: str
    date: datetime.date
    changes: tuple[Change, ...]
    first: bool = False
    compared: bool = True
    """False where the format has changed so much that the data before it can be read no more."""

    later: bool = False
    """Whether it is what came after the tag of its version, to be published under another."""

    @property
    def anchor(self) -> str:
        """Its place on the page of changes, which stays when days go by."""
        return f"v{self.version}-later" if self.later else f"v{self.version}"

    @property
    def summary(self) -> str:
        """What changed, in one line."""
        if self.first:
            return "First version."
        if not self.compared:
            return "Not compared with the version before, which has another format."
        words = [f"{words}: {n}" for words, n in counts(self.changes).items()]
        return "; ".join(words) + "." if words else "No change of the data."


@dataclass(frozen=True)
class _Tag:
    name: str
    commit: str
    date: datetime.date


def releases(root: Path, corpus: Corpus, edition: Edition) -> list[Release]:
    """All versions, the newest first: one for each tag v1.0.0 ..., and the present state.

    The present state is left out where it is the last tag, unchanged.
    """
    tags = _tags(root)
    if not tags:
        return [Release(edition.version, edition.date, (), first=True)]
    states = _states(root, tags)
    found = [Release(tags[0].name[1:], tags[0].date, (), first=True)]
    for (before, after), tag in zip(pairwise(states), tags[1:], strict=True):
        found.append(_release(tag.name[1:], tag.date, before, after))
    now = _release(edition.version, edition.date, states[-1], digests(corpus))
    if now.changes or not now.compared or now.version != found[-1].version:
        found.append(replace(now, later=now.version in [tag.name[1:] for tag in tags]))
    return found[::-1]


def _release(
    version: str, date: datetime.date, before: Snapshot | None, after: Snapshot | None
) -> Release:
    if before is None or after is None:
        return Release(version, date, (), compared=False)
    return Release(version, date, tuple(diff_snapshots(before, after)))


def release_files(found: Sequence[Release], edition: Edition) -> Iterator[File]:
    """The list of changes as JSON and as Atom feed."""
    listed = [
        {
            "version": release.version,
            "date": release.date.isoformat(),
            "first": release.first,
            "compared": release.compared,
            "changes": [change.published() for change in release.changes],
        }
        for release in found
    ]
    yield "data/changes.json", json_bytes(listed)
    yield FEED, atom(found, edition)


def atom(found: Sequence[Release], edition: Edition) -> bytes:
    """The Atom feed, one entry a release."""
    xml.register_namespace("", _ATOM)
    feed = xml.Element(f"{{{_ATOM}}}feed")
    page = f"{edition.address}data/changes/"
    _head(feed, page, f"Changes: {edition.title}", found[0].date)
    xml.SubElement(feed, f"{{{_ATOM}}}link", rel="self", href=f"{edition.address}{FEED}")
    author = xml.SubElement(feed, f"{{{_ATOM}}}author")
    xml.SubElement(author, f"{{{_ATOM}}}name").text = "; ".join(edition.authors)
    for release in found:
        entry = xml.SubElement(feed, f"{{{_ATOM}}}entry")
        title = f"Version {release.version}, {release.date}"
        _head(entry, f"{page}#{release.anchor}", title, release.date)
        xml.SubElement(entry, f"{{{_ATOM}}}summary").text = release.summary
    xml.indent(feed, " ")
    return bytes(xml.tostring(feed, "utf-8", xml_declaration=True)) + b"\n"


def _head(element: xml.Element, address: str, title: str, date: datetime.date) -> None:
    xml.SubElement(element, f"{{{_ATOM}}}id").text = address
    xml.SubElement(element, f"{{{_ATOM}}}title").text = title
    xml.SubElement(element, f"{{{_ATOM}}}updated").text = f"{date}T00:00:00Z"
    xml.SubElement(element, f"{{{_ATOM}}}link", href=address)


def address_of(corpus: Corpus, kind: str, id_: str) -> str | None:
    """The address of a record of some kind below the root of the site, or None if it has none now."""
    if kind == "series":
        return f"estimates/{id_}/" if id_ in corpus.series else None
    if kind == "estimate":
        found = corpus.observations.get(id_)
        return f"estimates/{found[0].id}/#{id_}" if found else None
    if kind == "fact":
        return f"facts/#{id_}" if id_ in corpus.facts else None
    if kind == "code":
        name, _, code = id_.partition(".")
        return f"codebook/#{id_}" if code in corpus.codebook.get(name, {}) else None
    known = {**corpus.testimonies, **corpus.sources, **corpus.tombstones}
    folder = {"testimony": "testimonies", "source": "sources"}[kind]
    return f"{folder}/{id_}/" if id_ in known else None


def compare(root: Path, old: str, new: str) -> list[Change]:
    """The differences of two versions, each a folder that holds data/, or a git revision of `root`.

    Raises ValueError where one is neither, and BadData where its data cannot be read.
    """
    return diff(_version(root, old), _version(root, new))


def _version(root: Path, name: str) -> Corpus:
    folder = Path(name)
    return _readable(folder) if (folder / "data").is_dir() else at_revision(root, name)


def at_revision(root: Path, revision: str) -> Corpus:
    """The corpus as it was at a git revision.

    Raises ValueError where there is no such data, and BadData where they cannot be read.
    """
    packed = told(root, "archive", "--format=tar", "--end-of-options", revision, "data")
    if packed is None:
        raise ValueError(f"{revision} is neither a folder with data/ nor a revision that has one")
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
            tar.extractall(folder, filter="data")
        return _readable(Path(folder))


def _readable(folder: Path) -> Corpus:
    """The corpus of a folder; a record that could not be read would look as if it were not there."""
    corpus, problems = load_corpus(folder)
    if broken := [problem for problem in problems if problem.rule != "file-missing"]:
        raise BadData(broken)
    return corpus


def _tags(root: Path) -> list[_Tag]:
    form = "--format=%(refname:short) %(objectname) %(creatordate:short)"
    listed = told(root, "for-each-ref", "--sort=version:refname", form, "refs/tags/v*") or b""
    lines = (line.split() for line in listed.decode().splitlines())
    return [_Tag(name, commit, datetime.date.fromisoformat(date)) for name, commit, date in lines]


def _states(root: Path, tags: Sequence[_Tag]) -> list[Snapshot | None]:
    """The digests of the data of each tag, None where they cannot be read; what is kept of others is deleted."""
    kept = [root / _CACHE / f"{tag.commit}-{_programs()}.json" for tag in tags]
    for path in {*(root / _CACHE).glob("*.json")}.difference(kept):
        path.unlink(missing_ok=True)
    return [_state(root, path, tag) for path, tag in zip(kept, tags, strict=True)]


def _state(root: Path, kept: Path, tag: _Tag) -> Snapshot | None:
    if not kept.is_file():
        try:
            state = digests(at_revision(root, tag.commit))
        except BadData:
            state = None
        write_whole(kept, json.dumps(state).encode())
    found: Snapshot | None = json.loads(kept.read_bytes())
    return found


@cache
def _programs() -> str:
    """A digest of the programs that decide how data are read and compared."""
    package = Path(__file__).parents[1]
    programs = sorted((*package.glob("data/*.py"), *package.glob("takeaway/*.py")))
    return hashlib.sha256(b"".join(path.read_bytes() for path in programs)).hexdigest()[:16]
