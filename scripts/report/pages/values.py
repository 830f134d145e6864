"""The computed values of the prose: each count, share and sum a chapter names, with its records."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from report.data.corpus import Corpus
from report.data.fields import COUNTRIES
from report.data.model import Observation, Series, Testimony
from report.pages.counted import CORPUS_PARTS, PARTS, SCOPES, named, words_of
from report.problem import BadData, Problem


@dataclass(frozen=True)
class Value:
    """A number that prose may name. `number` is in per cent where the text says so."""

    name: str
    number: float
    text: str
    description: str
    records: tuple[str, ...]


Groups = dict[str, list[str]]
"""Ids by key: what a testimony or another record counts as."""

Rows = tuple[tuple[str, ...], str]
"""Ids of rows of the estimates, and which end of each is added: low or high."""

SUMS: dict[str, Rows] = {
    "soufan_2015.four": (("E0200", "E0202", "E0204", "E0206"), "high"),
}
"""Sums that the methods page compares with a printed total."""

PERCENTAGES = (("E0076", "E0075"), ("E0394", "E0393"), ("E0395", "E0393"))
"""Pairs of rows of a single file: the former as per cent of the latter."""


class Values(Mapping[str, Value]):
    """The computed values of a corpus by name; each is made when it is first asked for.

    Which codes, years and countries there are is counted a part of the names at a time.
    """

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._people = list(corpus.testimonies.values())
        self._made: dict[str, Value] = {}
        self._grouped: dict[str, Groups] = {}
        self._scoped: dict[str, set[str]] = {}

    def __getitem__(self, name: str) -> Value:
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        keys = sorted(key for part in PARTS for key in self._groups(part))
        for scope in (*SCOPES, "share"):
            yield from (f"{scope}.{key}" for key in keys)
        yield from (f"count.{key}" for part in CORPUS_PARTS for key in self._groups(part))
        yield from self._others

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _make(self, name: str) -> Value:
        first, _, key = name.partition(".")
        part = key.partition(".")[0]
        if (first in SCOPES or first == "share") and key in self._groups(part):
            if part in PARTS:
                return self._testimony_value(first, key, self._groups(part)[key])
            if first == "count":
                return _count(name, words_of(key, self._corpus), self._groups(part)[key])
        return self._others[name]

    def _testimony_value(self, first: str, key: str, ids: list[str]) -> Value:
        scope = SCOPES["count" if first == "share" else first]
        words = words_of(key, self._corpus)
        if first == "share":
            words += f", in per cent of {scope.words}"
            return _percent(f"share.{key}", len(ids), len(self._people), words, ids)
        if first != "count":
            inside = self._inside(first)
            ids = [id_ for id_ in ids if id_ in inside]
            words += f", among {scope.words}"
        return _count(f"{first}.{key}", words, ids)

    def _inside(self, scope: str) -> set[str]:
        """The ids of the testimonies that belong to a scope."""
        if scope not in self._scoped:
            holds = SCOPES[scope].holds
            self._scoped[scope] = {person.id for person in self._people if holds(person)}
        return self._scoped[scope]

    def _groups(self, part: str) -> Groups:
        """Every key of a part with its ids; nothing where there is no such part."""
        if part not in self._grouped:
            self._grouped[part] = self._counted(part)
        return self._grouped[part]

    def _counted(self, part: str) -> Groups:
        none: Groups = {key: [] for key in named(part, self._corpus)}
        if part in CORPUS_PARTS:
            return none | _group(CORPUS_PARTS[part](self._corpus))
        codes = PARTS.get(part)
        if codes is None:
            return {}
        found = _group(
            (code, person.id) for person in self._people for code in codes(person, self._corpus)
        )
        return none | {f"{part}.{code}" if code else part: ids for code, ids in found.items()}

    @cached_property
    def _others(self) -> dict[str, Value]:
        found = [*_origins_and_ages(self._people), *_estimate_values(self._corpus)]
        return {value.name: value for value in found}


def _count(name: str, description: str, records: Iterable[str]) -> Value:
    ids = tuple(records)
    return Value(name, len(ids), f"{len(ids):,}", description, ids)


def _percent(
    name: str, part: float, whole: float, description: str, records: Iterable[str]
) -> Value:
    number = 100 * part / whole if whole else 0.0
    decimals = 1 if name.startswith("percent.") else 0
    return Value(name, number, f"{number:.{decimals}f} per cent", description, tuple(records))


def _group(pairs: Iterable[tuple[str, str]]) -> Groups:
    """Key -> ids, in order, from pairs of key and id; an id counts but once under a key."""
    groups: dict[str, dict[str, None]] = defaultdict(dict)
    for key, id_ in pairs:
        groups[key][id_] = None
    return {key: list(ids) for key, ids in groups.items()}


def _origins_and_ages(people: list[Testimony]) -> Iterator[Value]:
    known = [person for person in people if person.origin]
    number, ids = len({person.origin for person in known}), tuple(person.id for person in known)
    yield Value("count.origins", number, str(number), "Countries of origin", ids)
    ages = sorted((p.age.value, p.id) for p in people if p.age and p.age.value is not None)
    for name, (age, id_) in {"minimum": ages[0], "maximum": ages[-1]}.items() if ages else ():
        yield Value(f"{name}.age", age, str(age), f"{name.capitalize()} of the ages known", (id_,))


def _end(row: Observation, end: str) -> float:
    low, point, high = row.values
    return (low if end == "low" else high) if point is None else point  # type: ignore[return-value]


def _entries(series: Series) -> list[Observation]:
    """The country table of a series: main rows of travellers, one of them for two countries in one."""
    areas = {*COUNTRIES, "israel_and_palestinian_territories"}
    return [row for row in series.observations if row.counts_travellers and row.area in areas]


def _total(corpus: Corpus, ids: Iterable[str], end: str) -> float:
    """The sum of one end of some rows. Raises BadData where a row is held or a second reading."""
    pairs = [corpus.observations[id_] for id_ in ids]
    problems = [
        Problem(
            corpus.documents[f"estimates/{series.id}"].path, 1, 1, "sum",
            f"{row.id} of {series.series} is added up in a chapter, and is "
            + (f"held ({row.hold})" if row.hold else "a second reading or not in persons (no_sum)"),
        )
        for series, row in pairs
        if row.hold or row.no_sum
    ]  # fmt: skip
    if problems:
        raise BadData(problems)
    return sum(_end(row, end) for _, row in pairs)


def _estimate_values(corpus: Corpus) -> Iterator[Value]:
    rows = {id_: row for id_, (_, row) in corpus.observations.items()}
    sums = dict(SUMS)
    if "S0503" in corpus.series:
        entries = tuple(row.id for row in _entries(corpus.series["S0503"]))
        yield _count("count.entries.icsr_2015", "Entries of ICSR's table of 2015", entries)
        sums |= {f"icsr_2015.{end}": (entries, end) for end in ("low", "high")}
    for name, (ids, end) in sums.items():
        if all(id_ in rows for id_ in ids):
            total = _total(corpus, ids, end)
            yield Value(
                f"sum.{name}",
                total,
                f"{total:,}",
                f"Sum of {len(ids)} figures, of ranges the {end}er end",
                ids,
            )
    for part, whole in PERCENTAGES:
        if part in rows and whole in rows:
            numbers = (_end(rows[part], "high"), _end(rows[whole], "high"))
            words = f"{part} as per cent of {whole}"
            yield _percent(f"percent.{part}.{whole}", *numbers, words, (part, whole))
