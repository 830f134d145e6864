"""The corpus: all records of a data folder, read and validated, and the look-ups between them."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, repeat
from operator import contains
from pathlib import Path

from report.data.model import (
    COUNTRIES,
    Excluded,
    Exemption,
    Fact,
    LedgerRow,
    Observation,
    Population,
    Series,
    Source,
    Testimony,
    Tombstone,
)
from report.data.reading import Loader
from report.data.validation import Codebook
from report.data.yamlio import Document
from report.problem import Problem


@dataclass(frozen=True)
class Corpus:
    """Everything that the data folder holds, by id. Withdrawn and merged records are tombstones."""

    codebook: Codebook
    testimonies: dict[str, Testimony]
    sources: dict[str, Source]
    series: dict[str, Series]
    facts: dict[str, Fact]
    tombstones: dict[str, Tombstone]
    excluded: list[Excluded]
    exemptions: list[Exemption]
    ledger: list[LedgerRow]
    population: list[Population]
    documents: dict[str, Document] = field(repr=False)
    """Every file by folder and id (sources/S0001) or by name (facts.yaml), broken or not."""

    @cached_property
    def observations(self) -> dict[str, tuple[Series, Observation]]:
        """Every observation with the series that it stands in, by id."""
        return {o.id: (s, o) for s in self.series.values() for o in s.observations}

    @cached_property
    def retired(self) -> list[LedgerRow]:
        """The rows of the ledger for estimates and facts that are published no more: no file holds them."""
        return [row for row in self.ledger if row.is_retired]

    @cached_property
    def gone(self) -> frozenset[str]:
        """Every id that is published no more."""
        return frozenset(row.id for row in self.ledger if row.status != "published")

    @cached_property
    def unread(self) -> list[Document]:
        """The files of records that hold no readable record."""
        readable = len(self.testimonies) + len(self.sources) + len(self.series)
        if sum(map(contains, self.documents, repeat("/"))) == readable + len(self.tombstones):
            return []
        read = {
            *(f"testimonies/{id_}" for id_ in chain(self.testimonies, self.tombstones)),
            *(f"sources/{id_}" for id_ in chain(self.sources, self.tombstones)),
            *(f"estimates/{id_}" for id_ in self.series),
        }
        return [d for name, d in self.documents.items() if name not in read and "/" in name]

    def at_path(self, path: str) -> Document | None:
        """The document that problems name by this path."""
        name = path.removeprefix("data/")
        return self.documents.get(name) or self.documents.get(name.removesuffix(".yaml"))

    @cached_property
    def cited_by(self) -> dict[str, list[str]]:
        """Source id -> ids of the testimonies, series and facts that rest on it, in order."""
        users: dict[str, list[str]] = defaultdict(list)
        for testimony in self.testimonies.values():
            for source in testimony.sources:
                users[source].append(testimony.id)
        for series in self.series.values():
            for source in dict.fromkeys(series_sources(series)):
                if source != series.id:
                    users[source].append(series.id)
        for fact in self.facts.values():
            for source in dict.fromkeys(fact_sources(fact)):
                users[source].append(fact.id)
        return users

    @cached_property
    def populations(self) -> dict[tuple[str, int], Population]:
        """Population rows by country and year."""
        return {(row.iso_alpha2, row.year): row for row in self.population}

    def label(self, vocabulary: str, code: str) -> str:
        """The label of a code."""
        return self.codebook[vocabulary][code].label

    def area(self, code: str) -> str:
        """The name of a country or of another area that figures are of."""
        return COUNTRIES.get(code) or self.label("area", code)


def series_sources(series: Series) -> Iterator[str]:
    """Every source that a series mentions, itself first; repeated as often as it is mentioned."""
    yield series.id
    yield from series.derived_from
    for row in series.observations:
        yield from (row.read_in, *row.confirmed_by, *row.derived_from)
        for other in row.alternatives:
            yield from other.sources
            if other.source:
                yield other.source


def fact_sources(fact: Fact) -> Iterator[str]:
    """Every source that a fact mentions, conflicting ones last."""
    yield from (cited.source for cited in fact.sources)
    yield from (conflict.source for conflict in fact.conflicts if conflict.source)


def load_corpus(
    root: Path, changed: Collection[Path] | None = None
) -> tuple[Corpus, list[Problem]]:
    """Read the data folder below `root`; a record that cannot be read is left out.

    Returns the corpus and what is wrong with each file and record taken alone. A record stays the
    same object for as long as its file and the codebook say the same. Whoever knows which files
    below `root` have `changed` since the last call of this process saves a look at all others.
    """
    loader = Loader(root, changed)
    corpus = Corpus(
        codebook=loader.codebook,
        testimonies=loader.folder(Testimony),
        sources=loader.folder(Source),
        series=loader.folder(Series),
        facts={fact.id: fact for fact in loader.listed("facts.yaml", Fact)},
        tombstones=loader.tombstones,
        excluded=loader.listed("excluded.yaml", Excluded),
        exemptions=loader.listed("exceptions.yaml", Exemption),
        ledger=loader.table("ids.csv", LedgerRow),
        population=loader.table("population.csv", Population),
        documents=loader.documents,
    )
    return corpus, loader.problems
