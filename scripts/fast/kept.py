"""What was made for a record is kept for as long as everything that it shows is the same.

The page of a record shows the record, its sources or those who cite it, and the records beside it;
so do the files to take away. build/cache/records.pickle names a digest of all these for each record,
and what the search finds on its page. Where the digest is still the same, and nothing else has
changed that pages are made of, the files of the earlier site become part of the new one. After an
edit it holds as it is for all other records, so that it is written anew only after many edits.
"""

import hashlib
import io
import pickle
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from report.data.again import kept
from report.data.corpus import series_sources
from report.data.model import Series, Source, Testimony
from report.data.yamlio import Document
from report.pages.search import Document as Found
from report.pages.search import SearchIndex
from report.pages.site import Site

_PART = 250
"""So many documents are written at a time: pickle remembers whatever it has written, which takes room."""


@dataclass(frozen=True)
class Kept:
    """What an earlier build has made for records, by name (testimonies/T0001)."""

    digests: Mapping[str, str] = field(default_factory=dict)
    found: Mapping[str, list[Found]] = field(default_factory=dict)
    """What the search finds on the page of each, by address."""
    documents: Mapping[str, Document] = field(default_factory=dict)
    """The files of all as they were read, with what was derived from each.

    That of the codebook comes first, since it was read for all others.
    """

    def written(self) -> bytes:
        """All of it, for later builds."""
        out, documents = io.BytesIO(), list(self.documents.items())
        pickle.dump((self.digests, self.found, documents[0]), out, pickle.HIGHEST_PROTOCOL)
        _, codebook = documents[0]
        for start in range(1, len(documents), _PART):
            _Pickler(out, codebook).dump(documents[start : start + _PART])
        return out.getvalue()

    @classmethod
    def read(cls, written: bytes, outdated: Collection[str] = ()) -> "Kept":
        """What `written` has told, but for records that are `outdated`."""
        file = io.BytesIO(written)
        digests, found, (name, codebook) = pickle.load(file)
        documents = {name: codebook}
        while file.tell() < len(written):
            documents.update(_Unpickler(file, codebook).load())
        digests = {name: digest for name, digest in digests.items() if name not in outdated}
        return cls(digests, found, documents)

    def same(self, contents: Mapping[str, str]) -> dict[str, Document]:
        """The documents whose files still have these contents, given as digests by path."""
        return {
            name: document
            for name, document in self.documents.items()
            if contents.get(document.path) == _digest_of(document)
        }

    def still(self, site: Site) -> set[str]:
        """The records of which all that was made is still what it would be."""
        now = _made_of(site) if self.digests else {}
        return {name for name, digest in now.items() if self.digests.get(name) == digest}

    def pages(self, names: Collection[str]) -> dict[str, list[Found]]:
        """What the search finds on the pages of these records, by address."""
        return {url: self.found[url] for name in names if (url := f"{name}/") in self.found}


class _Pickler(pickle.Pickler):
    """Writes documents that know the codebook, but not the codebook."""

    def __init__(self, file: io.BytesIO, codebook: Document) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._codebook = codebook

    def persistent_id(self, found: object) -> str | None:
        """What stands for an object that is not to be written."""
        return "codebook" if found is self._codebook else None


class _Unpickler(pickle.Unpickler):
    """Reads them again, and has them know the codebook that was read before."""

    def __init__(self, file: io.BytesIO, codebook: Document) -> None:
        super().__init__(file)
        self._codebook = codebook

    def persistent_load(self, found: str) -> Document:
        """What was not written."""
        return self._codebook


def what_was_made(site: Site, index: SearchIndex) -> Kept:
    """What a build has made for records, or found there."""
    digests = _made_of(site)
    documents = site.corpus.documents
    return Kept(
        digests,
        index.known(f"{name}/" for name in digests),
        {name: documents[name] for name in ("codebook.yaml", *digests)},
    )


@kept  # asked for before and after a build
def _made_of(site: Site) -> dict[str, str]:
    """Each record by name, with a digest of the records that its page and files show, and of their history."""
    documents = site.corpus.documents
    digests = {name: _digest_of(document) for name, document in documents.items() if "/" in name}
    edits, made = site.history, {}
    for folder, records, shown in _kinds(site):
        for id_, record in records.items():
            name = f"{folder}/{id_}"
            parts = [f"{other} {digests.get(other)}" for other in (name, *shown(record))]
            parts.append(f"{edits.get(f'data/{name}.yaml')}")
            made[name] = _digest("\n".join(parts))
    return made


def _digest_of(document: Document) -> str:
    return document.once("digest", None, _digest, document.text)


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
