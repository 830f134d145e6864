"""What the values of the prose count: under which names a testimony or another record counts."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from report.data.corpus import Corpus
from report.data.fields import COUNTRIES
from report.data.model import Testimony, date_span
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


WORDS = {
    "testimonies": "Testimonies",
    "women": "Testimonies of women",
    "men": "Testimonies of men",
    "well": "Testimonies that are not weakly evidenced",
    "disputed": "Testimonies on which sources disagree",
    "suicide_mission": "People who were chosen for a suicide attack",
    "brutality": "People who left because of brutality, in general or against Sunnis",
    "setting": "Accounts given in the setting “{}”",
    "medium": "Accounts that became public in the medium “{}”",
    "role": "People with the role “{}”",
    "grade": "Accounts whose evidence is graded “{}”",
    "icsr": "Accounts whose place among ICSR’s 58 is “{}”",
    "name_kind": "People whose name is of the kind “{}”",
    "content_note": "Accounts with the content note “{}”",
    "reasons_joining": "People who give the reason for joining “{}”",
    "reasons_leaving": "People who give the reason for leaving “{}”",
    "several": "People of whom several are known under “{}”",
    "narrative": "People with a reason for leaving that belongs to ICSR’s narrative {}",
    "narrative.none": "People whose reasons for leaving belong to no narrative of ICSR",
    "region": "People who were with the group in {}",
    "origin": "People by country of origin: {}",
    "spoke_from": "People by the country in which they spoke: {}",
    "year": "Accounts that first became public in {}",
    "joined": "People who joined in {}",
    "left": "People who left in {}",
    "left.late": f"People who left in {LATE} or later",
    "age.number": "Accounts that give the age in years",
    "known": "Accounts in which this is known: {}",
    "unknown": "Accounts in which this is unknown: {}",
    "withheld": "Accounts in which this is withheld: {}",
    "not_applicable": "Accounts to which this does not apply: {}",
    "sources": "Sources",
    "sources.seen": "Sources of which so much was seen: {}",
    "sources.kind": "Sources of the kind “{}”",
    "sources.reliability": "Sources whose reliability is “{}”",
    "observations": "Figures of the estimates",
    "observations.series": "Figures of the series “{}”",
    "observations.held": "Figures that are held back",
    "observations.hold": "Figures that are held back: {}",
    "facts": "Facts",
    "facts.topic": "Facts on the topic “{}”",
    "series": "Series of estimates",
    "excluded": "Excluded cases",
    "excluded.fails_definition": "Excluded cases that fail the definition",
    "excluded.not_evidenced": "Excluded cases that are not evidenced",
    "excluded.duplicate": "Excluded cases that are told in another record",
    "excluded.fabricated": "Excluded cases that are fabricated",
}
"""A key, or what stands before its code, in words; the label of the code stands for the braces."""

_LABELLED = {
    **VOCABULARIES, "sources.kind": "source_kind", "sources.reliability": "reliability",
    "facts.topic": "fact_topic",
}  # fmt: skip


def words_of(key: str, corpus: Corpus) -> str:
    """A key in words: "People who left in 2017"."""
    if key in WORDS:
        return WORDS[key]
    beginning, _, code = key.rpartition(".")
    return WORDS[beginning].format(_label(beginning, code, corpus))


def _label(beginning: str, code: str, corpus: Corpus) -> str:
    """What a reader calls a code, a country, a field, a region or a series; a year is called as it is."""
    if beginning in _LABELLED:
        return corpus.label(_LABELLED[beginning], code)
    if code in corpus.series:
        return corpus.series[code].series
    return COUNTRIES.get(code) or LABELS.get(code) or code.capitalize()
