"""What was made for a record is kept for as long as everything that it shows is the same.

The page of a record shows the record, its sources or those who cite it (of facts their statement), and the
records beside it; so do the files to take away. build/cache/records.pickle names a digest of all these for each record,
and what the search finds on its page. Where the digest is still the same, and nothing else has
changed that pages are made of, the files of the earlier site become part of the new one. After an
edit it holds as it is for all other records, so that it is written anew only after many edits.
"""

import hashlib
import pickle
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from fast.documents import digest_of
from report.data.again import kept
from report.data.corpus import series_sources
from report.data.model import Series, Source, Testimony
from report.pages.search import Document as Found
from report.pages.search import SearchIndex
from report.pages.site import Site


@dataclass(frozen=True)
class Kept:
    """What an earlier build has made for records, by name (testimonies/T0001)."""

    digests: Mapping[str, str] = field(default_factory=dict)
    found: Mapping[str, list[Found]] = field(default_factory=dict)
    """What the search finds on the page of each, by address."""

    def written(self) -> bytes:
        """All of it, for later builds."""
        return pickle.dumps((self.digests, self.found), pickle.HIGHEST_PROTOCOL)

    @classmethod
    def read(cls, written: bytes, outdated: Collection[str] = ()) -> "Kept":
        """What `written` has told, but for records that are `outdated`."""
        digests, found = pickle.loads(written)
        digests = {name: digest for name, digest in digests.items() if name not in outdated}
        return cls(digests, found)

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
    return Kept(digests, index.known(f"{name}/" for name in digests))


@kept  # asked for before and after a build
def _made_of(site: Site) -> dict[str, str]:
    """Each record by name, with a digest of the records that its page and files show, and of their history."""
    documents = site.corpus.documents
    digests = {name: digest_of(document) for name, document in documents.items() if "/" in name}
    digests |= {id_: fact.statement for id_, fact in site.corpus.facts.items()}
    edits, made = site.history, {}
    for folder, records, shown in _kinds(site):
        for id_, record in records.items():
            name = f"{folder}/{id_}"
            parts = [f"{other} {digests.get(other)}" for other in (name, *shown(record))]
            parts.append(f"{edits.get(f'data/{name}.yaml')}")
            made[name] = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return made


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
        folder = {"T": "testimonies/", "S": "estimates/", "F": ""}[id_[0]]
        yield f"{folder}{id_}"


def _shown_by_series(site: Site, record: Series) -> Iterator[str]:
    yield from (f"sources/{id_}" for id_ in series_sources(record))
    yield from (f"estimates/{id_}" for id_ in site.echoes(record))
