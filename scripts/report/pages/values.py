"""The computed values of the prose: each count, share and sum a chapter names, with its records."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

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
}  # fmt: skip
"""Part of a name -> vocabulary: every code has a value, zero where no record has it."""

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
    """A part of the testimonies: the beginning of a value's name, in words, and who belongs."""

    name: str
    words: str
    holds: Callable[[Testimony], bool]


def _left_late(person: Testimony) -> bool:
    return person.left is not None and date_span(person.left)[0].year >= LATE


SCOPES = (
    Scope("count", "all testimonies", lambda person: True),
    Scope("well", "testimonies that are not weakly evidenced", lambda p: p.grade.level != "weak"),
    Scope("women", "testimonies of women", lambda person: person.gender == "female"),
    Scope("men", "testimonies of men", lambda person: person.gender == "male"),
    Scope("syrian", "testimonies of Syrians", lambda person: person.origin == "SY"),
    Scope("late", f"people who left in {LATE} or later", _left_late),
)

Rows = tuple[tuple[str, ...], str]
"""Ids of rows of the estimates, and which end of each is added: low or high."""


def values(corpus: Corpus) -> dict[str, Value]:
    """All computed values by name."""
    found = [*_testimony_values(corpus), *_corpus_values(corpus), *_estimate_values(corpus)]
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


def _group(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Key -> ids, in order, from pairs of key and id; an id counts but once under a key."""
    groups: dict[str, dict[str, None]] = defaultdict(dict)
    for key, id_ in pairs:
        groups[key][id_] = None
    return {key: list(ids) for key, ids in groups.items()}


# -- testimonies ---------------------------------------------------------------------------------


def _keys(person: Testimony, corpus: Corpus) -> Iterator[str]:
    """Everything that a testimony counts as: `women`, `setting.custody`, `unknown.left` ..."""
    leaving = {reason.code for reason in person.reasons_leaving}
    joining = {reason.code for reason in person.reasons_joining}
    codes: Mapping[str, Iterable[str]] = {
        "setting": [person.setting], "medium": [person.medium], "role": person.role,
        "grade": [person.grade.level], "icsr": [person.icsr_2015.status],
        "name_kind": [person.name_kind], "content_note": person.content_notes,
        "reasons_joining": joining, "reasons_leaving": leaving, "region": person.region,
        "origin": [person.origin or ""], "spoke_from": [person.spoke_from or ""],
    }  # fmt: skip
    yield "testimonies"
    yield "women" if person.gender == "female" else "men"
    yield from (f"{part}.{code}" for part, listed in codes.items() for code in listed if code)
    for part, date in (
        ("year", person.first_public), ("joined", person.joined), ("left", person.left)
    ):  # fmt: skip
        if date:
            yield f"{part}.{date_span(date)[0].year}"
    for field in FIELDS:
        yield f"{_state(person, field)}.{field}"
    yield from _narratives(leaving, corpus)
    facts = {
        "well": person.grade.level != "weak", "left.late": _left_late(person),
        "disputed": bool(person.disputes), "suicide_mission": bool(person.suicide_mission),
        "brutality": bool(leaving & BRUTALITY), "several.reasons_leaving": len(leaving) > 1,
        "several.reasons_joining": len(joining) > 1,
        "age.number": person.age is not None and person.age.value is not None,
    }  # fmt: skip
    yield from (key for key, true in facts.items() if true)


def _state(person: Testimony, field: str) -> str:
    if field in person.withheld:
        return "withheld"
    if field in person.not_applicable:
        return "not_applicable"
    return "known" if getattr(person, field) else "unknown"


def _narratives(leaving: set[str], corpus: Corpus) -> Iterator[str]:
    """The narratives of the ICSR report that the reasons belong to, or `none` of them."""
    book = corpus.codebook["reason_leaving"]
    numbers = {number for code in leaving if (number := book[code].icsr_narrative)}
    yield from (f"narrative.{number}" for number in sorted(numbers))
    if leaving and not numbers:
        yield "narrative.none"


def _testimony_values(corpus: Corpus) -> Iterator[Value]:
    people = list(corpus.testimonies.values())
    keys = {
        f"{part}.{code}"
        for part, vocabulary in VOCABULARIES.items()
        for code in corpus.codebook[vocabulary]
    }
    keys |= {f"{state}.{field}" for state in ("known", "unknown", "withheld") for field in FIELDS}
    labelled = [(key, person.id) for person in people for key in _keys(person, corpus)]
    keys |= {key for key, _ in labelled}
    for scope in SCOPES:
        inside = {person.id for person in people if scope.holds(person)}
        groups = _group((key, id_) for key, id_ in labelled if id_ in inside)
        for key in sorted(keys):
            words = f"{_words(key, corpus)} ({scope.words})"
            ids = groups.get(key, [])
            yield _count(f"{scope.name}.{key}", words, ids)
            if scope.name == "count":
                yield _percent(f"share.{key}", len(ids), len(people), f"Per cent: {words}", ids)
    yield from _origins_and_ages(people)


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


def _corpus_keys(corpus: Corpus) -> Iterator[tuple[str, str]]:
    """Pairs of key and id for everything that is not a testimony."""
    for source in corpus.sources.values():
        yield "sources", source.id
        yield f"sources.seen.{source.seen}", source.id
        yield f"sources.kind.{source.kind}", source.id
        yield f"sources.reliability.{source.reliability}", source.id
    for series, row in corpus.observations.values():
        yield "observations", row.id
        yield f"observations.series.{series.id}", row.id
        if row.hold:
            yield "observations.held", row.id
            yield f"observations.hold.{row.hold}", row.id
    for fact in corpus.facts.values():
        yield "facts", fact.id
        yield f"facts.topic.{fact.topic}", fact.id
    yield from (("series", series.id) for series in corpus.series.values())
    for case in corpus.excluded:
        yield "excluded", case.key
        yield f"excluded.{case.class_}", case.key


def _corpus_values(corpus: Corpus) -> Iterator[Value]:
    groups = _group(_corpus_keys(corpus))
    for key in ("sources", "observations", "observations.held", "facts", "series", "excluded"):
        groups.setdefault(key, [])
    for vocabulary, part in (("seen", "sources.seen"), ("hold", "observations.hold")):
        for code in corpus.codebook[vocabulary]:
            groups.setdefault(f"{part}.{code}", [])
    for key, ids in groups.items():
        yield _count(f"count.{key}", key.replace(".", ", ").replace("_", " "), ids)


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
