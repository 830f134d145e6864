"""A testimony: what is recorded of one person's public account of leaving."""

import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from report.data.fields import (
    Cited,
    Country,
    FieldName,
    PartialDate,
    Record,
    SourceId,
    TestimonyId,
    Text,
    Vocabulary,
)

# ruff: noqa: RUF012 - pydantic copies the default of a field for each record


ICSR_WINDOW = (datetime.date(2014, 1, 1), datetime.date(2015, 8, 31))
"""First and last day on which an account became public that the ICSR report of 2015 counts."""


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
    """Exactly as the outlet printed it; absent only if the person is unnamed; at most
    a given name for who was under 18 in the group."""
    name_kind: Annotated[str, Vocabulary("name_kind")]
    """What kind of name it is."""
    descriptor: Text | None = None
    """Neutral words; needed for a person without a name."""
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
    evidence: dict[FieldName, Annotated[list[Cited], Field(min_length=1)]] = Field(
        examples=[{"joined": ["S0001"], "origin": ["S0001", "S0002"]}]
    )
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
