"""Releases: the list of changes from one tagged version of the data to the next, as JSON and Atom."""

import datetime
import io
import json
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as xml

from report.data.corpus import Corpus, load_corpus
from report.publish import write_whole
from report.takeaway.changes import Change, Snapshot, counts, diff, diff_snapshots, snapshot
from report.takeaway.edition import Edition
from report.takeaway.public import File, json_bytes

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

    @property
    def summary(self) -> str:
        """What changed, in one line."""
        if self.first:
            return "First version."
        words = [f"{words}: {n}" for words, n in counts(self.changes).items()]
        return "; ".join(words) + "." if words else "No change of the data."


@dataclass(frozen=True)
class _Tag:
    name: str
    commit: str
    date: datetime.date


def releases(root: Path, corpus: Corpus, edition: Edition) -> list[Release]:
    """All versions, the newest first: one for each tag v1.0.0 ..., and the present state.

    The present state is left out where it is the last tag, unchanged. The data of tags are kept
    below build/cache, so that each is read once.
    """
    tags = _tags(root)
    found = [Release(tags[0].name[1:], tags[0].date, (), first=True)] if tags else []
    for before, after in pairwise(tags):
        changes = diff_snapshots(_tagged(root, before), _tagged(root, after))
        found.append(Release(after.name[1:], after.date, tuple(changes)))
    if not tags:
        return [Release(edition.version, edition.date, (), first=True)]
    changes = diff_snapshots(_tagged(root, tags[-1]), snapshot(corpus))
    if changes or edition.version != tags[-1].name[1:]:
        found.append(Release(edition.version, edition.date, tuple(changes)))
    return found[::-1]


def release_files(found: Sequence[Release], edition: Edition) -> Iterator[File]:
    """The list of changes as JSON and as Atom feed."""
    listed = [
        {
            "version": release.version,
            "date": release.date.isoformat(),
            "first": release.first,
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
        _head(entry, f"{page}#v{release.version}-{release.date}", title, release.date)
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

    Raises ValueError where one is neither.
    """
    return diff(_version(root, old), _version(root, new))


def _version(root: Path, name: str) -> Corpus:
    folder = Path(name)
    return load_corpus(folder)[0] if (folder / "data").is_dir() else at_revision(root, name)


def at_revision(root: Path, revision: str) -> Corpus:
    """The corpus as it was at a git revision. Raises ValueError where there is no such data."""
    packed = _git(root, "archive", "--format=tar", "--end-of-options", revision, "data")
    if packed is None:
        raise ValueError(f"{revision} is neither a folder with data/ nor a revision that has one")
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
            tar.extractall(folder, filter="data")
        return load_corpus(Path(folder))[0]


def _tags(root: Path) -> list[_Tag]:
    form = "--format=%(refname:short) %(objectname) %(creatordate:short)"
    listed = _git(root, "for-each-ref", "--sort=version:refname", form, "refs/tags/v*") or b""
    lines = (line.split() for line in listed.decode().splitlines())
    return [_Tag(name, commit, datetime.date.fromisoformat(date)) for name, commit, date in lines]


def _tagged(root: Path, tag: _Tag) -> Snapshot:
    """The data of a tag, from the cache if they are there."""
    kept = root / "build" / "cache" / "changes" / f"{tag.commit}.json"
    if not kept.is_file():
        text = json.dumps(snapshot(at_revision(root, tag.commit)), ensure_ascii=False)
        write_whole(kept, text.encode())
    found: Snapshot = json.loads(kept.read_text(encoding="utf-8"))
    return found


def _git(root: Path, *arguments: str) -> bytes | None:
    """What git prints, or None where it fails."""
    shown = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True)
    return shown.stdout if shown.returncode == 0 else None
