"""What the values of the prose count: under which names a testimony or another record counts."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from report.data.corpus import Corpus
from report.data.model import COUNTRIES, Testimony, date_span
from report.pages.wording import LABELS

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


def named(part: str, corpus: Corpus) -> list[str]:
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


_SAID = {
    "testimonies": "Testimonies", "women": "Women and girls", "men": "Men and boys",
    "well": "Not weakly evidenced", "disputed": "Sources disagree about the person",
    "suicide_mission": "Selected for a suicide mission",
    "brutality": "Cruelty as a reason for leaving, whoever its victims were",
    "age.number": "Age given in years", "left.late": f"Left in {LATE} or later",
    "narrative.none": "Reasons for leaving, none of them within a narrative of ICSR",
}  # fmt: skip
"""Names of values that are no code of a vocabulary, in words."""
_SAID_OF = {
    "origin": "From {}", "spoke_from": "Spoke from {}", "region": "With the group in {}",
    "year": "First public in {}", "joined": "Joined in {}", "left": "Left in {}",
    "icsr": "ICSR status: {}", "narrative": "A reason for leaving within narrative {} of ICSR",
    "several": "Several: {}",
    "known": "Known: {}", "unknown": "Unknown: {}", "withheld": "Withheld: {}",
    "not_applicable": "Not applicable: {}",
}  # fmt: skip
"""Part of a name -> how what follows it is said."""


def words_of(key: str, corpus: Corpus) -> str:
    """A key in words, with the label of its code: "Setting: Custody", "From Germany"."""
    part, _, code = key.partition(".")
    if key in _SAID:
        return _SAID[key]
    vocabulary = corpus.codebook.get(VOCABULARIES.get(part, ""), {})
    label = vocabulary[code].label if code in vocabulary else _label(code)
    return _SAID_OF.get(part, f"{_label(part)}: {{}}").format(label)


def _label(code: str) -> str:
    """The words for a country, a field or a part of a name."""
    words = COUNTRIES.get(code) or LABELS.get(code)
    return words or code.replace("_", " ").capitalize()
