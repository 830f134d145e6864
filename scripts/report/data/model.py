"""The records: what each kind of data file holds. Codes come from the codebook, never from here."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from report.data.fields import (
    COUNTRIES,
    Address,
    AnyId,
    Citation,
    Cited,
    CopyKey,
    Country,
    FieldName,
    Language,
    PartialDate,
    Pattern,
    Record,
    SourceId,
    TestimonyId,
    Text,
    Vocabulary,
    date_span,
    date_words,
)
from report.data.figures import DIMENSIONS, Alternative, Conflict, Fact, Observation, Series

# ruff: noqa: RUF012 - pydantic copies the default of a field for each record
__all__ = [
    "CARRIED",
    "COUNTRIES",
    "DIMENSIONS",
    "Aftermath",
    "Age",
    "Alternative",
    "Citation",
    "Code",
    "Conflict",
    "Copy",
    "Dispute",
    "Excluded",
    "Exemption",
    "Fact",
    "Grade",
    "Icsr",
    "JoiningReason",
    "LeavingReason",
    "LedgerRow",
    "Merged",
    "Observation",
    "Population",
    "Reason",
    "Record",
    "Series",
    "Source",
    "Testimony",
    "Tombstone",
    "Withdrawn",
    "date_span",
    "date_words",
]


class Age(Record):
    """How old the person was, as a number or in words, and when."""

    value: Annotated[int, Field(ge=0, le=120)] | None = None
    """Age in years."""
    text: Text | None = None
    """Instead of value where the source gives no number ("in his thirties")."""
    as_of: PartialDate | None = None
    """When the person was of that age."""
    basis: Text
    """What the age rests on."""


class Reason(Record):
    """A reason that the person gave, with what the sources say in our words."""

    code: Text
    """Code of the reason."""
    note: Text
    """What the person said, in our words."""
    sources: Annotated[list[SourceId], Field(min_length=1)]
    """The sources that carry it."""


class JoiningReason(Reason):
    """A reason for joining."""

    code: Annotated[str, Vocabulary("reason_joining")]
    """Code of the reason for joining."""


class LeavingReason(Reason):
    """A reason for leaving."""

    code: Annotated[str, Vocabulary("reason_leaving")]
    """Code of the reason for leaving."""


class Aftermath(Record):
    """What became of the person, at country level, and until when that is known."""

    text: Text
    """What became of the person; nothing finer than a country."""
    as_of: PartialDate | None = None
    """Until when that is known."""


class Icsr(Record):
    """Whether the person was among the 58 of the ICSR report of 2015, and why we think so."""

    status: Annotated[str, Vocabulary("icsr_status")]
    """Was the person among the cases of that report?"""
    basis: Text
    """Why we think so."""


class Grade(Record):
    """How well the account is evidenced, and why."""

    level: Annotated[str, Vocabulary("grade")]
    """How well the account is evidenced."""
    basis: Text
    """Why."""


class Dispute(Record):
    """What a source says that disagrees with the record."""

    field: FieldName
    """The field that is disputed."""
    says: Text
    """What the source says instead."""
    source: SourceId
    """The source that disagrees."""
    note: Text | None = None
    """What is known about the disagreement."""


class Testimony(Record):
    """One person's public account of leaving."""

    folder: ClassVar[str] = "testimonies"

    id: TestimonyId
    """Id of the record (T0001), minted once and never used again."""
    status: Literal["published"]
    """published; the commands withdraw and merge write the others."""
    reviewed: PartialDate
    """When the record was last checked against its sources."""
    name: Text | None = None
    """Exactly as the outlet printed it; for who was under 18 in the group at most a given name."""
    name_kind: Annotated[str, Vocabulary("name_kind")]
    """What kind of name it is."""
    descriptor: Text | None = None
    """Neutral words for a person without a name."""
    gender: Annotated[str, Vocabulary("gender")]
    """As the sources present the person."""
    origin: Country | None = None
    """Country that the person comes from."""
    departed_from: Country | None = None
    """Country from which the person left for the group."""
    spoke_from: Country | None = None
    """Country in which the person spoke; nothing finer."""
    age: Age | None = None
    """How old the person was, and when."""
    role: Annotated[list[Annotated[str, Vocabulary("role")]], Field(min_length=1, max_length=3)]
    """What the person did in the group, one to three codes."""
    role_text: Text
    """The same in our words."""
    region: list[Literal["syria", "iraq"]] = []
    """Where the person was with the group."""
    places: list[Text] = []
    """Places under the rule of the group that the sources name."""
    joined: PartialDate | None = None
    """When the person joined."""
    left: PartialDate | None = None
    """When the person left."""
    time_in_group: Text | None = None
    """Time in the group, as reported."""
    first_public: PartialDate | None = None
    """First publication seen; absent if no page shows a date."""
    medium: Annotated[str, Vocabulary("medium")]
    """Where the account became public."""
    setting: Annotated[str, Vocabulary("setting")]
    """Under what conditions the person spoke."""
    reasons_joining: list[JoiningReason] = []
    """Reasons for joining that the person gave."""
    reasons_leaving: list[LeavingReason] = []
    """Reasons for leaving that the person gave."""
    suicide_mission: Literal[True] | None = None
    """true only if the sources say that the person was selected for one."""
    aftermath: Aftermath | None = None
    """What became of the person."""
    summary: Text
    """50 to 120 words, neutral, our own."""
    icsr_2015: Icsr
    """Was the person among the 58 of the ICSR report of 2015?"""
    grade: Grade
    """How well evidenced the account is."""
    verification: Text | None = None
    """How credible the outlet or the court judged the account; doubts that were reported."""
    disputes: list[Dispute] = []
    """Sources that disagree: shown, not flattened."""
    evidence: dict[FieldName, Annotated[list[Cited], Field(min_length=1)]]
    """For each field the sources that carry it: ids, or {source, at}."""
    unpinned: list[FieldName] = []
    """Fields that the sources carry as a group, but no single page could be checked."""
    sources: Annotated[list[SourceId], Field(min_length=1)]
    """Ids of the sources, the most important first."""
    content_notes: list[Annotated[str, Vocabulary("content_note")]] = []
    """What a reader may not want to meet unprepared."""
    not_applicable: list[FieldName] = []
    """Fields that make no sense for this person."""
    withheld: list[FieldName] = []
    """Fields that the person or the outlet kept back: not given here even if printed elsewhere."""
    notes: Text | None = None
    """Remarks of the editors that are fit for publication."""

    @property
    def title(self) -> str:
        """The name as published or, for an unnamed person, the descriptor."""
        return self.name or self.descriptor or self.id


CARRIED = (
    *("origin", "departed_from", "spoke_from", "age", "role", "region", "places", "joined", "left"),
    *("time_in_group", "first_public", "medium", "setting", "reasons_joining", "reasons_leaving"),
    *("suicide_mission", "aftermath"),
)
"""The fields of a testimony that need evidence, or an entry in unpinned."""


class Withdrawn(Record):
    """What is left of a record that was withdrawn: its id, when and for what class of reason."""

    id: AnyId
    """Id of the record."""
    status: Literal["withdrawn"]
    """withdrawn."""
    date: PartialDate
    """When it was withdrawn."""
    reason: Annotated[str, Vocabulary("withdrawal_reason")]
    """Class of the reason; never its details."""


class Merged(Record):
    """What is left of a record that was merged into another one."""

    id: AnyId
    """Id of the record."""
    status: Literal["merged"]
    """merged."""
    date: PartialDate
    """When it was merged."""
    replaced_by: AnyId
    """Id of the record that replaced it."""


Tombstone = Withdrawn | Merged


class Copy(Record):
    """Another place where the text of a source was seen."""

    key: CopyKey
    """c1, c2, ...: lets a row say in which copy it was read."""
    publisher: Text
    """Who shows the copy."""
    url: Address | None = None
    """Its address; absent where only the place is known."""
    link: bool
    """true only for licensed reprints and the outlet's own editions."""
    note: Text | None = None
    """What kind of copy it is."""


class Source(Record):
    """One publication: article, broadcast, report, court reporting, data file."""

    folder: ClassVar[str] = "sources"

    id: SourceId
    """Id of the source (S0001), minted once and never used again."""
    kind: Annotated[str, Vocabulary("source_kind")]
    """What kind of publication it is."""
    title: Text
    """Title; in square brackets where it is descriptive."""
    title_basis: Annotated[str, Vocabulary("title_basis")]
    """Where the title comes from."""
    publisher: Text
    """Outlet or institution."""
    authors: list[Text] = []
    """Authors, as printed."""
    published: PartialDate | None = None
    """Date of publication."""
    published_basis: Text | None = None
    """What that date rests on; goes with published."""
    language: Language | None = None
    """Language of the text as a BCP 47 tag; Norwegian must be quoted ("no")."""
    url: Address | None = None
    """Address, without tracking parameters; absent if only a part of it is known."""
    locator: Text | None = None
    """What is known of the place where there is no address, or that the address is withheld."""
    copies: list[Copy] = []
    """Mirrors and syndicated texts that were seen."""
    archive_url: Address | None = None
    """Address of an archived copy."""
    accessed: PartialDate
    """When the page was last seen."""
    seen: Annotated[str, Vocabulary("seen")]
    """How much of it was seen."""
    link: bool
    """false: the address is kept for editors and appears nowhere on the site or in a download."""
    reliability: Annotated[str, Vocabulary("reliability")]
    """What kind of outlet it is."""
    reliability_basis: Text
    """Why."""
    terms: Text | None = None
    """Terms of use, for data."""
    notes: Text | None = None
    """Remarks of the editors that are fit for publication."""


class Code(Record):
    """One code of a vocabulary."""

    code: Annotated[str, Pattern("codebook", "[a-z0-9_]+", "snake_case")]
    """The code, in snake_case."""
    label: Text
    """The code in words, as the site shows it."""
    definition: Text
    """What it means."""
    include: Text | None = None
    """What belongs to it as well."""
    exclude: Text | None = None
    """What does not belong to it."""
    icsr_narrative: Annotated[int, Field(ge=1, le=4)] | None = None
    """Narrative of the ICSR report that a reason for leaving belongs to, in our reading."""
    chart: Annotated[str, Vocabulary("chart_form")] | None = None
    """In comparable_group: how rows of the group may be drawn."""
    allow: dict[str, list[Text] | Literal["any"]] | None = None
    """In comparable_group: for each dimension the codes that may enter, or any."""


class Excluded(Record):
    """A case that was examined and left out, under a neutral key."""

    key: Annotated[
        str, Pattern("harm-name", r"[a-z]{2}(-[a-z]+)+-\d{4}", "a neutral key (xx-word-2015)")
    ]
    """Country, neutral words, year; no names."""
    description: Text
    """The case in neutral words; no names."""
    class_: Literal["fails_definition", "not_evidenced", "duplicate", "fabricated"] = Field(
        alias="class"
    )
    """Class of the reason."""
    reason: Text
    """Why the case is no record."""


class Exemption(Record):
    """A reviewed exception from a rule about harm: for one rule, in one field of one record."""

    rule: Literal["name-kind", "harm-minor", "harm-contact", "harm-place", "harm-whereabouts"]
    """The rule that is set aside."""
    record: AnyId
    """Id of the record, which names its file."""
    field: Text
    """The key in which the rule is set aside, with everything below it."""
    reason: Text
    """Why no harm is done."""
    reviewed: PartialDate
    """When that was last looked at."""


class LedgerRow(Record):
    """One line of the ledger: an id that was minted once and never disappears."""

    id: AnyId
    """The id."""
    kind: Literal["testimony", "source", "estimate", "fact"]
    """What it is the id of."""
    minted: PartialDate
    """When it was minted."""
    status: Literal["published", "withdrawn", "merged"]
    """What became of it."""
    replaced_by: AnyId | Literal[""] = ""
    """For a merged id: the one that replaced it."""
    reason: Annotated[str, Vocabulary("withdrawal_reason")] | Literal[""] = ""
    """For a withdrawn id: the class of the reason."""


class Population(Record):
    """How many people lived in a country in a year."""

    iso_alpha2: Country
    """Country, two letters."""
    iso_alpha3: Annotated[str, Pattern("bad-value", "[A-Z]{3}", "an alpha-3 code")]
    """Country, three letters."""
    country: Text
    """Name of the country."""
    year: Annotated[int, Field(ge=2000, le=2100)]
    """Year."""
    population: Annotated[int, Field(gt=0)]
    """Inhabitants."""
    source: Text
    """Where the number comes from."""
