"""The computed values of the prose: each count, share and sum a chapter names, with its records."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from report.data.corpus import Corpus
from report.data.model import Observation, Series, Testimony, date_span

LATE = 2017
"""People who left in this year or later left while the territory was falling."""

FIELDS = (
    "origin", "departed_from", "spoke_from", "age", "region", "places", "joined", "left",
    "time_in_group", "first_public", "reasons_joining", "reasons_leaving", "aftermath",
)  # fmt: skip
"""Fields of a testimony for which it is counted how often they are known, unknown or withheld."""

VOCABULARIES = {
    "setting": "setting", "medium": "medium", "role": "role", "grade": "grade",
    "name_kind": "name_kind", "content_note": "content_note", "icsr": "icsr_status",
    "reasons_joining": "reason_joining", "reasons_leaving": "reason_leaving",
    "sources.seen": "seen", "observations.hold": "hold",
}  # fmt: skip
"""Beginning of a name -> vocabulary: every code has a value, zero where no record has it."""

BRUTALITY = {"brutality_general", "brutality_sunnis"}


@dataclass(frozen=True)
class Value:
    """A number that prose may name. `number` is in per cent where the text says so."""

    name: str
    number: float
    text: str
    description: str
    records: tuple[str, ...]


@dataclass(frozen=True)
class Scope:
    """A part of the testimonies: in words, and who belongs."""

    words: str
    holds: Callable[[Testimony], bool]


def _left_late(person: Testimony) -> bool:
    return person.left is not None and date_span(person.left)[0].year >= LATE


SCOPES = {
    "count": Scope("all testimonies", lambda person: True),
    "well": Scope("testimonies that are not weakly evidenced", lambda p: p.grade.level != "weak"),
    "women": Scope("testimonies of women", lambda person: person.gender == "female"),
    "men": Scope("testimonies of men", lambda person: person.gender == "male"),
    "syrian": Scope("testimonies of Syrians", lambda person: person.origin == "SY"),
    "late": Scope(f"people who left in {LATE} or later", _left_late),
}
"""Beginning of a value's name -> which testimonies are counted."""

Groups = dict[str, list[str]]
"""Ids by key: what a testimony or another record counts as."""

Rows = tuple[tuple[str, ...], str]
"""Ids of rows of the estimates, and which end of each is added: low or high."""


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
                words = key.replace(".", ", ").replace("_", " ")
                return _count(name, words, self._groups(part)[key])
        return self._others[name]

    def _testimony_value(self, first: str, key: str, ids: list[str]) -> Value:
        scope = SCOPES["count" if first == "share" else first]
        words = f"{_words(key, self._corpus)} ({scope.words})"
        if first == "share":
            return _percent(f"share.{key}", len(ids), len(self._people), f"Per cent: {words}", ids)
        if first != "count":
            inside = self._inside(first)
            ids = [id_ for id_ in ids if id_ in inside]
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
        none: Groups = {key: [] for key in _named(part, self._corpus)}
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


def values(corpus: Corpus) -> Values:
    """All computed values by name."""
    return Values(corpus)


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


# -- testimonies ---------------------------------------------------------------------------------


def _joining(person: Testimony) -> set[str]:
    return {reason.code for reason in person.reasons_joining}


def _leaving(person: Testimony) -> set[str]:
    return {reason.code for reason in person.reasons_leaving}


def _year(date: str | None) -> list[str]:
    return [str(date_span(date)[0].year)] if date else []


def _reported(person: Testimony, known: bool) -> list[str]:
    """The fields that are known, or unknown, apart from those withheld or not applicable."""
    apart = {*person.withheld, *person.not_applicable}
    return [f for f in FIELDS if bool(getattr(person, f)) is known and f not in apart]


def _narratives(person: Testimony, corpus: Corpus) -> list[str]:
    """The narratives of the ICSR report that the reasons belong to, or `none` of them."""
    book, leaving = corpus.codebook["reason_leaving"], _leaving(person)
    numbers = {number for code in leaving if (number := book[code].icsr_narrative)}
    return list(map(str, sorted(numbers))) or (["none"] if leaving else [])


def _several(person: Testimony) -> list[str]:
    found = {"reasons_joining": _joining(person), "reasons_leaving": _leaving(person)}
    return [field for field, codes in found.items() if len(codes) > 1]


def _if(true: bool, code: str = "") -> list[str]:
    return [code] if true else []


PARTS: Mapping[str, Callable[[Testimony, Corpus], Iterable[str]]] = {
    "testimonies": lambda p, _: [""],
    "women": lambda p, _: _if(p.gender == "female"),
    "men": lambda p, _: _if(p.gender != "female"),
    "well": lambda p, _: _if(p.grade.level != "weak"),
    "disputed": lambda p, _: _if(bool(p.disputes)),
    "suicide_mission": lambda p, _: _if(bool(p.suicide_mission)),
    "brutality": lambda p, _: _if(bool(_leaving(p) & BRUTALITY)),
    "setting": lambda p, _: [p.setting],
    "medium": lambda p, _: [p.medium],
    "role": lambda p, _: p.role,
    "grade": lambda p, _: [p.grade.level],
    "icsr": lambda p, _: [p.icsr_2015.status],
    "name_kind": lambda p, _: [p.name_kind],
    "content_note": lambda p, _: p.content_notes,
    "reasons_joining": lambda p, _: _joining(p),
    "reasons_leaving": lambda p, _: _leaving(p),
    "several": lambda p, _: _several(p),
    "narrative": _narratives,
    "region": lambda p, _: p.region,
    "origin": lambda p, _: [p.origin] if p.origin else [],
    "spoke_from": lambda p, _: [p.spoke_from] if p.spoke_from else [],
    "year": lambda p, _: _year(p.first_public),
    "joined": lambda p, _: _year(p.joined),
    "left": lambda p, _: [*_year(p.left), *_if(_left_late(p), "late")],
    "age": lambda p, _: _if(p.age is not None and p.age.value is not None, "number"),
    "known": lambda p, _: _reported(p, known=True),
    "unknown": lambda p, _: _reported(p, known=False),
    "withheld": lambda p, _: [f for f in p.withheld if f in FIELDS],
    "not_applicable": lambda p, _: [
        f for f in p.not_applicable if f in FIELDS and f not in p.withheld
    ],
}
"""Part of a name -> the codes with which a testimony counts there; the empty one stands for none."""


def _named(part: str, corpus: Corpus) -> list[str]:
    """The keys of a part that have a value even where no record has them."""
    keys = [
        f"{beginning}.{code}"
        for beginning, vocabulary in VOCABULARIES.items()
        if beginning.partition(".")[0] == part
        for code in corpus.codebook[vocabulary]
    ]
    if part in ("known", "unknown", "withheld"):
        keys += [f"{part}.{field}" for field in FIELDS]
    if part in CORPUS_PARTS:
        keys.append(part)
    if part == "observations":
        keys.append("observations.held")
    return keys


def _origins_and_ages(people: list[Testimony]) -> Iterator[Value]:
    known = [person for person in people if person.origin]
    number, ids = len({person.origin for person in known}), tuple(person.id for person in known)
    yield Value("count.origins", number, str(number), "Countries of origin", ids)
    ages = sorted((p.age.value, p.id) for p in people if p.age and p.age.value is not None)
    for name, (age, id_) in {"minimum": ages[0], "maximum": ages[-1]}.items() if ages else ():
        yield Value(f"{name}.age", age, str(age), f"{name.capitalize()} of the ages known", (id_,))


def _words(key: str, corpus: Corpus) -> str:
    """A key in words, with the label of its code: "setting: Custody"."""
    part, _, code = key.partition(".")
    vocabulary = corpus.codebook.get(VOCABULARIES.get(part, ""), {})
    label = vocabulary[code].label if code in vocabulary else code.replace("_", " ")
    return f"{part.replace('_', ' ')}: {label}" if label else part.replace("_", " ")


# -- the corpus ----------------------------------------------------------------------------------


Pairs = Iterator[tuple[str, str]]
"""Keys, each with the id of what counts there."""


def _sources(corpus: Corpus) -> Pairs:
    for source in corpus.sources.values():
        yield "sources", source.id
        yield f"sources.seen.{source.seen}", source.id
        yield f"sources.kind.{source.kind}", source.id
        yield f"sources.reliability.{source.reliability}", source.id


def _observations(corpus: Corpus) -> Pairs:
    for series, row in corpus.observations.values():
        yield "observations", row.id
        yield f"observations.series.{series.id}", row.id
        if row.hold:
            yield "observations.held", row.id
            yield f"observations.hold.{row.hold}", row.id


def _facts(corpus: Corpus) -> Pairs:
    for fact in corpus.facts.values():
        yield "facts", fact.id
        yield f"facts.topic.{fact.topic}", fact.id


def _series(corpus: Corpus) -> Pairs:
    yield from (("series", series.id) for series in corpus.series.values())


def _excluded(corpus: Corpus) -> Pairs:
    for case in corpus.excluded:
        yield "excluded", case.key
        yield f"excluded.{case.class_}", case.key


CORPUS_PARTS: Mapping[str, Callable[[Corpus], Pairs]] = {
    "sources": _sources, "observations": _observations, "facts": _facts, "series": _series,
    "excluded": _excluded,
}  # fmt: skip
"""Part of a name that is no testimony's -> what counts there."""


# -- estimates -----------------------------------------------------------------------------------

SUMS: dict[str, Rows] = {
    "soufan_2015.four": (("E0200", "E0202", "E0204", "E0206"), "high"),
}
"""Sums that the methods page compares with a printed total."""

PERCENTAGES = (("E0076", "E0075"), ("E0394", "E0393"), ("E0395", "E0393"))
"""Pairs of rows of a single file: the former as per cent of the latter."""


def _end(row: Observation, end: str) -> float:
    low, point, high = row.values
    return (low if end == "low" else high) if point is None else point  # type: ignore[return-value]


def _entries(series: Series) -> list[Observation]:
    """The country table of a series: main rows of travellers in persons that may be summed."""
    totals = ("world", "western_europe", "middle_east", "former_soviet_union", "central_asia")
    return [
        row for row in series.observations
        if (row.measure, row.unit, row.reading) == ("travelled", "persons", "main")
        and not (row.hold or row.no_sum or row.area in totals)
    ]  # fmt: skip


def _estimate_values(corpus: Corpus) -> Iterator[Value]:
    rows = {id_: row for id_, (_, row) in corpus.observations.items()}
    sums = dict(SUMS)
    if "S0503" in corpus.series:
        entries = tuple(row.id for row in _entries(corpus.series["S0503"]))
        yield _count("count.entries.icsr_2015", "Entries of ICSR's table of 2015", entries)
        sums |= {f"icsr_2015.{end}": (entries, end) for end in ("low", "high")}
    for name, (ids, end) in sums.items():
        if all(id_ in rows for id_ in ids):
            total = sum(_end(rows[id_], end) for id_ in ids)
            yield Value(f"sum.{name}", total, f"{total:,}", f"Sum of {len(ids)} rows ({end})", ids)
    for part, whole in PERCENTAGES:
        if part in rows and whole in rows:
            numbers = (_end(rows[part], "high"), _end(rows[whole], "high"))
            words = f"{part} as per cent of {whole}"
            yield _percent(f"percent.{part}.{whole}", *numbers, words, (part, whole))
