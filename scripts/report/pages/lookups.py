"""Look-ups: what belongs together in the corpus, grouped once and found by key."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import count
from typing import Any, Generic, TypeVar

from markupsafe import Markup

from report.data.again import Each
from report.data.corpus import Corpus
from report.data.fields import COUNTRIES, date_span
from report.data.model import CARRIED, Citation, Observation, Series, Source, Testimony
from report.pages.reconciliation import Comparison, reconcile
from report.pages.wording import LABELS, text

K = TypeVar("K")

_CODE = re.compile(r"(?<=: )[a-z_]+(?=\.)")
"""A code as definitions name it: at the end of a sentence, after a colon."""


class Groups(Mapping[K, Sequence[Testimony]]):
    """Testimonies by key; a group is made when it is asked for."""

    def __init__(self, people: Sequence[Testimony], places: Mapping[K, Sequence[int]]) -> None:
        self._people, self._places = people, places
        self._made: dict[K, Sequence[Testimony]] = {}

    def __getitem__(self, key: K) -> Sequence[Testimony]:
        if key not in self._made:
            self._made[key] = [self._people[place] for place in self._places[key]]
        return self._made[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def following(self, key: K, place: int, most: int = 4) -> list[Testimony]:
        """Up to `most` others after the one at this place, from the start again when the end is reached."""
        places = self._places[key]
        at = bisect_left(places, place)
        after = places[at + 1 : at + 1 + most]
        found = [*after, *places[: min(at, most - len(after))]]
        return [self._people[place] for place in found]


class _Grouping(Generic[K]):
    """Groups testimonies by the keys of each; those of a testimony that stays as it is are known."""

    def __init__(self, keys: Callable[[Testimony], Iterable[K]]) -> None:
        self._keys: Callable[[Testimony], Iterable[K]] = keys
        self._each: Each[Testimony, tuple[K, ...]] = Each()
        self._found: Sequence[tuple[K, ...]] = []
        self._places: Mapping[K, Sequence[int]] = {}

    def __call__(self, corpus: Corpus) -> Groups[K]:
        """The groups of all testimonies, each in the order of ids."""
        found = self._each(corpus.testimonies, lambda _, person: tuple(self._keys(person)))
        if found is not self._found:
            places: dict[K, list[int]] = defaultdict(list)
            for place, keys in enumerate(found):
                for key in keys:
                    places[key].append(place)
            self._found, self._places = found, dict(places)
        return Groups(tuple(corpus.testimonies.values()), self._places)


@_Grouping
def _by_origin(person: Testimony) -> Iterator[str]:
    if person.origin:
        yield person.origin


@_Grouping
def _by_departure(person: Testimony) -> Iterator[str]:
    if person.departed_from and person.departed_from != person.origin:
        yield person.departed_from


@_Grouping
def _by_reason(person: Testimony) -> Iterator[tuple[str, str]]:
    for reason in person.reasons_joining:
        yield "reason_joining", reason.code
    for given in person.reasons_leaving:
        yield "reason_leaving", given.code


@_Grouping
def _by_setting(person: Testimony) -> Iterator[tuple[str, str]]:
    yield person.setting, person.grade.level


@_Grouping
def _by_country(person: Testimony) -> Iterator[str]:
    yield from filter(None, (person.origin, person.departed_from, person.spoke_from))


class Lookups:
    """The corpus by country, reason, area and neighbour, for lists and back-links."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus

    def remembered(self, macro: Callable[..., Any]) -> Callable[..., Any]:
        """The same macro, asked once for the same texts; for one that looks at nothing else but the corpus."""
        return lru_cache(maxsize=100_000)(macro)

    def vocabularies(self, code: str) -> list[str]:
        """The vocabularies of reasons that have this code."""
        return [
            name
            for name in ("reason_leaving", "reason_joining")
            if code in self.corpus.codebook[name]
        ]

    def with_links(self, words: str, vocabulary: str, base: str) -> Markup:
        """Words about a reason in which each code of its vocabulary is a link with its label."""
        entries = self.corpus.codebook[vocabulary]

        def link(match: re.Match[str]) -> str:
            code = match[0]
            if code not in entries:
                return code
            return f'<a href="{base}reasons/{code}/">{text(entries[code].label)}</a>'

        return Markup(_CODE.sub(link, text(words)))

    def rows_of(self, series: Series) -> list[tuple[Series, Observation]]:
        """The observations of a series, each with it."""
        return [(series, row) for row in series.observations]

    @cached_property
    def reconciliation(self) -> list[Comparison]:
        """Our records against ICSR's published counts."""
        return reconcile(self.corpus)

    @cached_property
    def held(self) -> dict[str, list[tuple[Series, Observation]]]:
        """Held observations by the reason why they are held, in the order of the codebook."""
        pairs = [pair for pair in self.corpus.observations.values() if pair[1].hold]
        groups = _grouped(pairs, lambda pair: [pair[1].hold])
        return {code: groups[code] for code in self.corpus.codebook["hold"] if code in groups}

    @cached_property
    def by_origin(self) -> Groups[str]:
        """Testimonies by country of origin."""
        return _by_origin(self.corpus)

    @cached_property
    def by_departure(self) -> Groups[str]:
        """Testimonies by the country that people set out from, where it is not their origin."""
        return _by_departure(self.corpus)

    @cached_property
    def by_reason(self) -> Groups[tuple[str, str]]:
        """Testimonies by vocabulary and code of the reasons that they give."""
        return _by_reason(self.corpus)

    @cached_property
    def by_setting(self) -> Groups[tuple[str, str]]:
        """Testimonies by the setting in which people spoke, and by how well they are evidenced."""
        return _by_setting(self.corpus)

    @cached_property
    def by_area(self) -> dict[str, list[tuple[Series, Observation]]]:
        """Observations by area, oldest first."""
        pairs = sorted(
            self.corpus.observations.values(), key=lambda p: (date_span(p[1].as_of), p[1].id)
        )
        return _grouped(pairs, lambda pair: [pair[1].area])

    @cached_property
    def countries(self) -> list[str]:
        """Codes of all countries that a record or an estimate names, by English name."""
        named = {row.area for _, row in self.corpus.observations.values()}
        named.update(_by_country(self.corpus))
        return sorted((code for code in named if code in COUNTRIES), key=COUNTRIES.__getitem__)

    @cached_property
    def reasons(self) -> list[str]:
        """All codes of reasons, for joining and for leaving."""
        return sorted(
            {*self.corpus.codebook["reason_joining"], *self.corpus.codebook["reason_leaving"]}
        )

    @cached_property
    def order(self) -> dict[str, int]:
        """Place of each testimony in the order of ids."""
        return dict(zip(self.corpus.testimonies, count()))

    def neighbours(self, record: Testimony) -> tuple[Testimony | None, Testimony | None]:
        """The testimonies before and after this one."""
        records = self._records
        place = self.order[record.id]
        before = records[place - 1] if place else None
        return before, records[place + 1] if place + 1 < len(records) else None

    @cached_property
    def _records(self) -> tuple[Testimony, ...]:
        return tuple(self.corpus.testimonies.values())

    def related(self, record: Testimony) -> list[tuple[str, str, list[Testimony]]]:
        """Groups of up to four others: (heading, address, records) of the same reasons and origin."""
        place = self.order[record.id]
        groups = [
            (
                self.corpus.label("reason_leaving", reason.code),
                f"reasons/{reason.code}/",
                self.by_reason.following(("reason_leaving", reason.code), place),
            )
            for reason in record.reasons_leaving
        ]
        if record.origin:
            groups.append(
                (
                    f"From {COUNTRIES[record.origin]}",
                    f"countries/{record.origin}/",
                    self.by_origin.following(record.origin, place),
                )
            )
        return [group for group in groups if group[2]]

    def unknown(self, record: Testimony) -> list[str]:
        """Fields that nothing seen tells, apart from those that are withheld or not applicable."""
        named = {*record.withheld, *record.not_applicable, "suicide_mission"}
        return [LABELS[key] for key in CARRIED if key not in named and not getattr(record, key)]

    def role_words(self, record: Testimony) -> str:
        """What the person did, in our words; nothing where the label of a code says the same."""
        labels = {self.corpus.label("role", code).casefold() for code in record.role}
        return "" if record.role_text.casefold() in labels else record.role_text

    def sources_of(self, record: Testimony) -> dict[str, Source]:
        """The sources of a testimony in the order of the record, tombstones left out."""
        return {
            id_: self.corpus.sources[id_] for id_ in record.sources if id_ in self.corpus.sources
        }

    def beside_reasons(self, testimony: Testimony, field: str) -> list[Citation]:
        """The evidence for reasons_joining or reasons_leaving that no single reason names."""
        named = {source for reason in getattr(testimony, field) for source in reason.sources}
        return [c for c in testimony.evidence.get(field, []) if c.source not in named]

    def echoes(self, series: Series) -> list[str]:
        """Ids of the other series that repeat figures of this one."""
        return [
            s.id
            for s in self.corpus.series.values()
            if s.id != series.id
            and (
                series.id in s.derived_from
                or any(series.id in o.derived_from for o in s.observations)
            )
        ]


def _grouped(items: Any, keys: Callable[[Any], Sequence[Any]]) -> dict[Any, list[Any]]:
    groups: dict[Any, list[Any]] = defaultdict(list)
    for item in items:
        for key in keys(item):
            groups[key].append(item)
    return groups
