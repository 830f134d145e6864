"""The records: what each kind of data file holds. Codes come from the codebook, never from here."""

import calendar
import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from babel import Locale
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo
from pydantic_core import PydanticCustomError

COUNTRIES: dict[str, str] = {
    code: str(name)
    for code, name in sorted(Locale("en", "GB").territories.items())
    if re.fullmatch("[A-Z]{2}", code) and code not in ("EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA")
}
"""ISO 3166-1 alpha-2 codes and XK, with the English names of the CLDR."""

_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?([~?%]?)")
_SPANS = {  # EDTF (ISO 8601-2): first and last month of seasons, quarters and half-years
    **{21: (3, 5), 22: (6, 8), 23: (9, 11), 24: (12, 14)},
    **{33: (1, 3), 34: (4, 6), 35: (7, 9), 36: (10, 12), 40: (1, 6), 41: (7, 12)},
}
_SPAN_NAMES = {
    **{21: "spring", 22: "summer", 23: "autumn", 24: "winter"},
    **{33: "first quarter of", 34: "second quarter of", 35: "third quarter of", 36: "fourth quarter of"},
    **{40: "first half of", 41: "second half of"},
}
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_TRACKING = re.compile(r"[?&](utm_|fbclid|gclid|ITO=|ns_|ocid=|referrer=|outputType=|_wrapper_format=|rate=)")


def date_span(text: str) -> tuple[datetime.date, datetime.date]:
    """First and last day of a partial date (EDTF, ISO 8601-2 level 2: seasons, quarters, halves).

    Raises ValueError where `text` is no partial date.
    """
    match = _PARTIAL_DATE.fullmatch(text)
    if not match:
        raise ValueError(text)
    year, month, day = (int(part) if part else 0 for part in match.groups()[:3])
    if day:
        exact = datetime.date(year, month, day)
        return exact, exact
    first, last = _SPANS.get(month, (month, month)) if month else (1, 12)
    end_year, end_month = (year + 1, last - 12) if last > 12 else (year, last)
    start = datetime.date(year, first, 1)
    return start, datetime.date(end_year, end_month, calendar.monthrange(end_year, end_month)[1])


def date_words(text: str) -> str:
    """A partial date as English words: "second half of 2014", "about June 2015 (uncertain)"."""
    match = _PARTIAL_DATE.fullmatch(text)
    assert match, text
    year, month, day, mark = match.groups()
    words = year
    if day:
        words = f"{int(day)} {calendar.month_name[int(month)]} {year}"
    elif month:
        words = f"{_SPAN_NAMES.get(int(month)) or calendar.month_name[int(month)]} {year}"
    return f"{'about ' if mark in ('~', '%') and mark else ''}{words}{' (uncertain)' if mark in ('?', '%') and mark else ''}"


def _partial_date(value: str) -> str:
    try:
        first, _ = date_span(value)
    except ValueError:
        raise PydanticCustomError("bad-date", "'{value}' is not a partial date", {"value": value}) from None
    if not 1990 <= first.year <= 2100:
        raise PydanticCustomError("bad-date", "'{value}': the year lies outside 1990 to 2100", {"value": value})
    return value


def _matching(rule: str, pattern: str, what: str) -> AfterValidator:
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise PydanticCustomError(rule, "'{value}' is not {what}", {"value": value, "what": what})  # type: ignore[arg-type]
        return value

    return AfterValidator(check)


def _country(value: str) -> str:
    if value not in COUNTRIES:
        raise PydanticCustomError("bad-country", "'{value}' is no country code", {"value": value})
    return value


def _text(value: str) -> str:
    if not value.strip():
        raise PydanticCustomError("yaml-empty", "the text is empty", {})
    if found := _CONTROL.search(value):
        raise PydanticCustomError("text-control", "holds the character U+{code}", {"code": f"{ord(found[0]):04X}"})
    return value


def _address(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+\S*", value):
        raise PydanticCustomError("bad-address", "'{value}' is no web address", {"value": value})
    if _TRACKING.search(value):
        raise PydanticCustomError("bad-address", "'{value}' holds tracking parameters", {"value": value})
    return value


@dataclass(frozen=True)
class Vocabulary:
    """Marks a field whose value must be a code of the named vocabulary (or a country, for areas)."""

    name: str

    def check(self, value: str, info: ValidationInfo) -> str:
        """The value, if the codebook given as validation context knows it (or none was given)."""
        book: Mapping[str, Mapping[str, Any]] | None = info.context
        if book is None or value in book.get(self.name, {}) or (self.name == "area" and value in COUNTRIES):
            return value
        raise PydanticCustomError(
            "unknown-code", "'{value}' is not in the vocabulary {vocabulary}",
            {"value": value, "vocabulary": self.name},
        )

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        return core_schema.with_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> Any:
        return {**handler(core), "x-vocabulary": self.name}


Text = Annotated[str, AfterValidator(_text)]
PartialDate = Annotated[str, AfterValidator(_partial_date), Field(description="Partial date, EDTF spelling")]
Country = Annotated[str, AfterValidator(_country), Field(json_schema_extra={"x-vocabulary": "country"})]
Address = Annotated[str, AfterValidator(_address)]
Language = Annotated[str, _matching("bad-language", r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", "a language tag")]
TestimonyId = Annotated[str, _matching("bad-id", r"T(?!0000)\d{4,}", "the id of a testimony (T0001)")]
SourceId = Annotated[str, _matching("bad-id", r"S(?!0000)\d{4,}", "the id of a source (S0001)")]
ObservationId = Annotated[str, _matching("bad-id", r"E(?!0000)\d{4,}", "the id of an observation (E0001)")]
FactId = Annotated[str, _matching("bad-id", r"F(?!0000)\d{4,}", "the id of a fact (F0001)")]
AnyId = Annotated[str, _matching("bad-id", r"[TSEF](?!0000)\d{4,}", "an id (T0001)")]
CopyKey = Annotated[str, _matching("bad-id", r"c[1-9]\d*", "the key of a copy (c1)")]
Region = Literal["syria", "iraq"]
Number = Annotated[int | float, Field(ge=0)]


class Record(BaseModel):
    """Base of all records: only known keys, exact types, nothing changed after reading."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Citation(Record):
    """A source that carries a statement, and where in it; in the files also just the source's id."""

    source: SourceId
    at: Text | None = Field(None, description="Where in the source: page, table, copy")


def _citation(value: Any) -> Any:
    return {"source": value} if isinstance(value, str) else value


Cited = Annotated[
    Citation,
    BeforeValidator(_citation, json_schema_input_type=Annotated[str, Field(pattern=r"^S\d{4,}$")] | Citation),
]


class Age(Record):
    """How old the person was, as a number or in words, and when."""

    value: Annotated[int, Field(ge=0, le=120)] | None = None
    text: Text | None = None
    as_of: PartialDate | None = None
    basis: Text


class Reason(Record):
    """A reason that the person gave, with what the sources say in our words."""

    code: Text
    note: Text
    sources: Annotated[list[SourceId], Field(min_length=1)]


class JoiningReason(Reason):
    """A reason for joining."""

    code: Annotated[str, Vocabulary("reason_joining")]


class LeavingReason(Reason):
    """A reason for leaving."""

    code: Annotated[str, Vocabulary("reason_leaving")]


class Aftermath(Record):
    """What became of the person, at country level, and until when that is known."""

    text: Text
    as_of: PartialDate | None = None


class Icsr(Record):
    """Whether the person was among the 58 of the ICSR report of 2015, and why we think so."""

    status: Annotated[str, Vocabulary("icsr_status")]
    basis: Text


class Grade(Record):
    """How well the account is evidenced, and why."""

    level: Annotated[str, Vocabulary("grade")]
    basis: Text


class Dispute(Record):
    """What a source says that disagrees with the record."""

    field: Text
    says: Text
    source: SourceId
    note: Text | None = None


class Testimony(Record):
    """One person's public account of leaving."""

    folder: ClassVar[str] = "testimonies"

    id: TestimonyId
    status: Literal["published"]
    reviewed: PartialDate = Field(description="When the record was last checked against its sources")
    name: Text | None = Field(None, description="Exactly as the outlet printed it")
    name_kind: Annotated[str, Vocabulary("name_kind")]
    descriptor: Text | None = Field(None, description="Neutral words for an unnamed person")
    gender: Annotated[str, Vocabulary("gender")]
    origin: Country | None = None
    departed_from: Country | None = None
    spoke_from: Country | None = None
    age: Age | None = None
    role: Annotated[list[Annotated[str, Vocabulary("role")]], Field(min_length=1, max_length=3)]
    role_text: Text
    region: list[Region] = []
    places: list[Text] = []
    joined: PartialDate | None = None
    left: PartialDate | None = None
    time_in_group: Text | None = None
    first_public: PartialDate | None = None
    medium: Annotated[str, Vocabulary("medium")]
    setting: Annotated[str, Vocabulary("setting")]
    reasons_joining: list[JoiningReason] = []
    reasons_leaving: list[LeavingReason] = []
    suicide_mission: Literal[True] | None = None
    aftermath: Aftermath | None = None
    summary: Text
    icsr_2015: Icsr
    grade: Grade
    verification: Text | None = None
    disputes: list[Dispute] = []
    evidence: dict[str, Annotated[list[Cited], Field(min_length=1)]]
    unpinned: list[Text] = []
    sources: Annotated[list[SourceId], Field(min_length=1)]
    content_notes: list[Annotated[str, Vocabulary("content_note")]] = []
    not_applicable: list[Text] = []
    withheld: list[Text] = []
    notes: Text | None = None

    @property
    def title(self) -> str:
        """The name as published or, for an unnamed person, the descriptor."""
        return self.name or self.descriptor or self.id


class Withdrawn(Record):
    """What is left of a record that was withdrawn: its id, when and for what class of reason."""

    id: AnyId
    status: Literal["withdrawn"]
    date: PartialDate
    reason: Annotated[str, Vocabulary("withdrawal_reason")]


class Merged(Record):
    """What is left of a record that was merged into another one."""

    id: AnyId
    status: Literal["merged"]
    date: PartialDate
    replaced_by: AnyId


Tombstone = Withdrawn | Merged


class Copy(Record):
    """Another place where the text of a source was seen."""

    key: CopyKey | None = Field(None, description="Lets a row say in which copy it was read")
    publisher: Text
    url: Address | None = Field(None, description="Absent where only the place is known")
    link: bool = Field(False, description="True only for licensed reprints and the outlet's own editions")
    note: Text | None = None


class Source(Record):
    """One publication: article, broadcast, report, court reporting, data file."""

    folder: ClassVar[str] = "sources"

    id: SourceId
    kind: Annotated[str, Vocabulary("source_kind")]
    title: Text
    title_basis: Annotated[str, Vocabulary("title_basis")]
    publisher: Text
    authors: list[Text] = []
    published: PartialDate | None = None
    published_basis: Text | None = None
    language: Language | None = None
    url: Address | None = None
    locator: Text | None = None
    copies: list[Copy] = []
    archive_url: Address | None = None
    accessed: PartialDate
    seen: Annotated[str, Vocabulary("seen")]
    link: bool
    reliability: Annotated[str, Vocabulary("reliability")]
    reliability_basis: Text
    terms: Text | None = None
    notes: Text | None = None


class Alternative(Record):
    """Another number that some page gives for the same entry."""

    says: Text
    low: Number | None = None
    high: Number | None = None
    point: Number | None = None
    source: SourceId | None = None
    sources: list[SourceId] = []
    note: Text | None = None


class Observation(Record):
    """One figure of a series: an area, a measure, a value or a range, and how it was read."""

    id: ObservationId
    area: Annotated[str, Vocabulary("area")]
    measure: Annotated[str, Vocabulary("measure")]
    low: Number | None = None
    high: Number | None = None
    point: Number | None = None
    unit: Annotated[str, Vocabulary("unit")] = "persons"
    qualifier: Annotated[str, Vocabulary("qualifier")]
    as_of: PartialDate
    reading: Annotated[str, Vocabulary("reading")] = "main"
    no_sum: Literal[True] | None = None
    official: bool | None = None
    as_printed: Text | None = None
    per_million: Number | None = None
    origin_countries: Annotated[int, Field(ge=1)] | None = None
    geography: Annotated[str, Vocabulary("geography")] | None = None
    actors: Annotated[str, Vocabulary("actors")] | None = None
    people: Annotated[str, Vocabulary("people")] | None = None
    counting: Annotated[str, Vocabulary("counting")] | None = None
    residence: Annotated[str, Vocabulary("residence")] | None = None
    comparable_group: Annotated[str, Vocabulary("comparable_group")] | None = None
    derived_from: list[SourceId] = []
    hold: Annotated[str, Vocabulary("hold")] | None = None
    locator: Text
    read_in: SourceId
    read_copy: CopyKey | None = None
    confirmed_by: list[SourceId] = []
    alternatives: list[Alternative] = []
    secondary: Literal[True] | None = None
    derived: Literal[True] | None = None
    note: Text | None = None

    @property
    def values(self) -> tuple[int | float | None, int | float | None, int | float | None]:
        """Low, point and high as printed; absent ends are None."""
        return self.low, self.point, self.high


class Series(Record):
    """All figures taken from one publication; the file bears the id of its source."""

    folder: ClassVar[str] = "estimates"

    source: SourceId
    series: Text
    published: PartialDate | None = None
    geography: Annotated[str, Vocabulary("geography")]
    actors: Annotated[str, Vocabulary("actors")]
    people: Annotated[str, Vocabulary("people")]
    counting: Annotated[str, Vocabulary("counting")]
    residence: Annotated[str, Vocabulary("residence")]
    definition: Text
    scope: Text | None = None
    method: Text
    derived_from: list[SourceId] = []
    derived_note: Text | None = None
    caveats: list[Text] = []
    observations: Annotated[list[Observation], Field(min_length=1)]

    @property
    def id(self) -> str:
        """The id of the series: that of its source."""
        return self.source


DIMENSIONS = ("geography", "actors", "people", "counting", "residence")
"""The codes by which two counts are like or unlike."""


class Conflict(Record):
    """What another page says about the same fact."""

    says: Text
    source: SourceId | None = None
    note: Text | None = None


class Fact(Record):
    """A single finding that the prose cites."""

    id: FactId
    topic: Annotated[str, Vocabulary("fact_topic")]
    statement: Text
    value: Number | None = None
    low: Number | PartialDate | None = None
    high: Number | PartialDate | None = None
    unit: Annotated[str, Vocabulary("fact_unit")] | None = None
    qualifier: Annotated[str, Vocabulary("qualifier")] | None = None
    as_of: PartialDate | None = None
    as_printed: Text | None = None
    derived: Literal[True] | None = None
    seed: Literal[True] | None = Field(None, description="Stated in the press report of 22 September 2015")
    sources: Annotated[list[Cited], Field(min_length=1)]
    estimates: list[ObservationId] = []
    conflicts: list[Conflict] = []
    note: Text | None = None


class Code(Record):
    """One code of a vocabulary."""

    code: Annotated[str, _matching("codebook", "[a-z0-9_]+", "snake_case")]
    label: Text
    definition: Text
    include: Text | None = None
    exclude: Text | None = None
    icsr_narrative: Annotated[int, Field(ge=1, le=4)] | None = Field(
        None, description="Narrative of the ICSR report that the code belongs to, in our reading"
    )
    chart: Annotated[str, Vocabulary("chart_form")] | None = None
    allow: dict[str, list[Text] | Literal["any"]] | None = None


class Excluded(Record):
    """A case that was examined and left out, under a neutral key."""

    key: Annotated[str, _matching("harm-name", r"[a-z]{2}(-[a-z]+)+-\d{4}", "a neutral key (xx-word-2015)")]
    description: Text
    class_: Literal["fails_definition", "not_evidenced", "duplicate", "fabricated"] = Field(alias="class")
    reason: Text


class LedgerRow(Record):
    """One line of the ledger: an id that was minted once and never disappears."""

    id: AnyId
    kind: Literal["testimony", "source", "estimate", "fact"]
    minted: PartialDate
    status: Literal["published", "withdrawn", "merged"]
    replaced_by: AnyId | Literal[""] = ""
    reason: str = ""


class Population(Record):
    """How many people lived in a country in a year."""

    iso_alpha2: Country
    iso_alpha3: Annotated[str, _matching("bad-country", "[A-Z]{3}", "an alpha-3 code")]
    country: Text
    year: Annotated[int, Field(ge=2000, le=2100)]
    population: Annotated[int, Field(gt=0)]
    source: Text
