"""What was made for a record is kept for as long as everything that it shows is the same.

The page of a record shows the record, its sources or those who cite it, and the records beside it;
so do the files to take away. build/cache/records.pickle names a digest of all these for each record,
and what the search finds on its page. Where the digest is still the same, and nothing else has
changed that pages are made of, the files of the earlier site become part of the new one.
"""

import hashlib
import os
import pickle
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from shutil import rmtree
from typing import Any

from report.data.again import kept
from report.data.corpus import series_sources
from report.data.model import Series, Source, Testimony
from report.data.yamlio import Document
from report.pages.search import Document as Found
from report.pages.search import SearchIndex
from report.pages.site import Site
from report.publish import write


@dataclass(frozen=True)
class Kept:
    """What an earlier build has made for records, by name (testimonies/T0001)."""

    digests: Mapping[str, str] = field(default_factory=dict)
    found: Mapping[str, list[Found]] = field(default_factory=dict)
    """What the search finds on the page of each, by address."""
    documents: Mapping[str, Document] = field(default_factory=dict)
    """The files of all, as they were read."""

    def written(self) -> bytes:
        """All of it, for the next build."""
        return pickle.dumps(self, protocol=pickle.HIGHEST_PROTOCOL)

    @classmethod
    def read(cls, written: bytes) -> "Kept":
        """What `written` has told; nothing where there is none."""
        return pickle.loads(written) if written else cls()

    def still(self, site: Site) -> set[str]:
        """The records of which all that was made is still what it would be."""
        now = _made_of(site) if self.digests else {}
        return {name for name, digest in now.items() if self.digests.get(name) == digest}

    def pages(self, names: Collection[str]) -> dict[str, list[Found]]:
        """What the search finds on the pages of these records, by address."""
        return {url: self.found[url] for name in names if (url := f"{name}/") in self.found}


def what_was_made(site: Site, index: SearchIndex) -> Kept:
    """What a build has made for records, or found there."""
    digests = _made_of(site)
    documents = site.corpus.documents
    return Kept(
        digests,
        index.known(f"{name}/" for name in digests),
        {name: replace(documents[name], memory={}) for name in digests},
    )


@kept  # asked for before and after a build
def _made_of(site: Site) -> dict[str, str]:
    """Each record by name, with a digest of the records that its page and files show, and of their history."""
    documents = site.corpus.documents
    digests = {name: _digest(document.text) for name, document in documents.items() if "/" in name}
    edits, made = site.history, {}
    for folder, records, shown in _kinds(site):
        for id_, record in records.items():
            name = f"{folder}/{id_}"
            parts = [f"{other} {digests.get(other)}" for other in (name, *shown(record))]
            parts.append(f"{edits.get(f'data/{name}.yaml')}")
            made[name] = _digest("\n".join(parts))
    return made


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _kinds(site: Site) -> Iterator[tuple[str, Mapping[str, Any], Callable[[Any], Iterator[str]]]]:
    """Folder and records of each kind, and what tells which others a record shows."""
    corpus = site.corpus
    yield "testimonies", corpus.testimonies, partial(_shown_by_testimony, site)
    yield "sources", corpus.sources, partial(_shown_by_source, site)
    yield "estimates", corpus.series, partial(_shown_by_series, site)


def _shown_by_testimony(site: Site, record: Testimony) -> Iterator[str]:
    yield from (f"sources/{id_}" for id_ in record.sources)
    beside = filter(None, site.neighbours(record))
    related = (other for _, _, group in site.related(record) for other in group)
    yield from (f"testimonies/{other.id}" for others in (beside, related) for other in others)


def _shown_by_source(site: Site, record: Source) -> Iterator[str]:
    yield f"estimates/{record.id}"
    for id_ in site.corpus.cited_by.get(record.id, ()):
        if id_ not in site.corpus.facts:
            yield f"{'testimonies' if id_ in site.corpus.testimonies else 'estimates'}/{id_}"


def _shown_by_series(site: Site, record: Series) -> Iterator[str]:
    yield from (f"sources/{id_}" for id_ in series_sources(record))
    yield from (f"estimates/{id_}" for id_ in site.echoes(record))


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


def give_back(new: Path, path: str, names: Collection[str]) -> None:
    """Take a file that was given to the new site away again, unless it is of one of these records."""
    if _record(path) not in names:
        os.unlink(new / path)
        if path.count("/") > 1:
            os.rmdir(new / os.path.dirname(path))


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
