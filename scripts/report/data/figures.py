"""The records of figures: series of estimates with their observations, and single facts."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from report.data.fields import (
    Cited,
    CopyKey,
    FactId,
    Number,
    ObservationId,
    PartialDate,
    Record,
    SourceId,
    Text,
    Vocabulary,
)

# ruff: noqa: RUF012 - pydantic copies the default of a field for each record

DIMENSIONS = ("geography", "actors", "people", "counting", "residence")
"""The codes by which two counts are like or unlike."""

Geography = Annotated[str, Vocabulary("geography")]
Actors = Annotated[str, Vocabulary("actors")]
People = Annotated[str, Vocabulary("people")]
Counting = Annotated[str, Vocabulary("counting")]
Residence = Annotated[str, Vocabulary("residence")]


class Alternative(Record):
    """Another number that some page gives for the same entry."""

    says: Text
    """What the other page says."""
    low: Number | None = None
    """Its low end."""
    high: Number | None = None
    """Its high end."""
    point: Number | None = None
    """Its single value."""
    source: SourceId | None = None
    """The source that says so."""
    sources: list[SourceId] = []
    """The sources that say so, where there are several."""
    note: Text | None = None
    """Why the numbers differ, as far as known."""


class Observation(Record):
    """One figure of a series: an area, a measure, a value or a range, and how it was read."""

    id: ObservationId
    """Id of the row (E0001), minted once."""
    area: Annotated[str, Vocabulary("area")]
    """Whose people are counted: a quoted ISO code, or an area code of the codebook."""
    measure: Annotated[str, Vocabulary("measure")]
    """What is counted: travelled, returned, killed and so on."""
    low: Number | None = None
    """Low end, only as the source gives it; nothing is averaged."""
    high: Number | None = None
    """High end, only as the source gives it."""
    point: Number | None = None
    """Single value; for at_least and up_to, the bound."""
    unit: Annotated[str, Vocabulary("unit")] = "persons"
    """Absent for persons; else a percentage code, or per_million where only a rate is printed."""
    qualifier: Annotated[str, Vocabulary("qualifier")]
    """How exact the source says the number is; range goes with low and high, and only with them."""
    as_of: PartialDate
    """The date for which the number holds."""
    reading: Annotated[str, Vocabulary("reading")] = "main"
    """Absent for the main reading, of which there is one per area, measure and unit."""
    no_sum: Literal[True] | None = None
    """true on each row with a reading and on each row that is not in persons."""
    official: bool | None = None
    """Whether the source marks the number as official."""
    as_printed: Text | None = None
    """The words or figures of the source; needed unless the row is derived."""
    per_million: Number | None = None
    """Rate per million inhabitants, if the source prints one."""
    origin_countries: Annotated[int, Field(ge=1)] | None = None
    """From how many countries the people came, if the source says so."""
    geography: Geography | None = None
    """Only where it differs from the code of the file."""
    actors: Actors | None = None
    """Only where it differs from the code of the file."""
    people: People | None = None
    """Only where it differs from the code of the file."""
    counting: Counting | None = None
    """Only where it differs from the code of the file."""
    residence: Residence | None = None
    """Only where it differs from the code of the file."""
    comparable_group: Annotated[str, Vocabulary("comparable_group")] | None = None
    """The only licence to draw the row in one frame with rows of other files."""
    derived_from: list[SourceId] = []
    """Sources whose figure this row repeats."""
    hold: Annotated[str, Vocabulary("hold")] | None = None
    """Why the row must never be charted or summed."""
    locator: Text
    """Where in the page that was read: page, table, paragraph."""
    read_in: SourceId
    """The source in which the number was read."""
    read_copy: CopyKey | None = None
    """Key of the copy in which it was read."""
    confirmed_by: list[SourceId] = []
    """Further pages with the same number."""
    alternatives: list[Alternative] = []
    """Other numbers for the same entry."""
    secondary: Literal[True] | None = None
    """true for a figure that the source has from somebody else; such a row has a hold."""
    derived: Literal[True] | None = None
    """true for a number that was counted by us."""
    note: Text | None = None
    """What a reader must know about the row."""

    @property
    def values(self) -> tuple[int | float | None, int | float | None, int | float | None]:
        """Low, point and high as printed; absent ends are None."""
        return self.low, self.point, self.high

    @property
    def counts_travellers(self) -> bool:
        """Whether it is the main number of people who travelled from its area, fit to be drawn and added."""
        kind = (self.measure, self.unit, self.reading)
        return kind == ("travelled", "persons", "main") and not (self.hold or self.no_sum)


class Series(Record):
    """All figures taken from one publication; the file bears the id of its source."""

    folder: ClassVar[str] = "estimates"

    source: SourceId
    """Id of the publication."""
    series: Text
    """Short title."""
    published: PartialDate | None = None
    """Date of publication, as in the source."""
    geography: Geography
    """Where the people counted went."""
    actors: Actors
    """Which groups they joined."""
    people: People
    """Who is counted: fighters, or everybody who travelled."""
    counting: Counting
    """Whether everybody who ever went is counted, or those present at a date."""
    residence: Residence
    """Whether nationals or residents of a country are counted."""
    definition: Text
    """What is counted, in our words."""
    scope: Text | None = None
    """Fighting with whom, in our words."""
    method: Text
    """How the source counted."""
    derived_from: list[SourceId] = []
    """Sources whose figures it repeats: agreement among those confirms nothing."""
    derived_note: Text | None = None
    """How it depends on them."""
    caveats: list[Text] = []
    """What a reader must know before using the figures."""
    observations: Annotated[list[Observation], Field(min_length=1)]
    """The figures, one row each."""

    @property
    def id(self) -> str:
        """The id of the series: that of its source."""
        return self.source


class Conflict(Record):
    """What another page says about the same fact."""

    says: Text
    """What the other page says."""
    source: SourceId | None = None
    """The source that says so."""
    note: Text | None = None
    """Why the two differ, as far as known."""


class Fact(Record):
    """A single finding that the prose cites."""

    id: FactId
    """Id of the fact (F0001), minted once."""
    topic: Annotated[str, Vocabulary("fact_topic")]
    """What the fact is about."""
    statement: Text
    """The finding as a sentence, in our words."""
    value: Number | None = None
    """The number, if it is a single one."""
    low: Number | PartialDate | None = None
    """Low end; for the unit month a partial date."""
    high: Number | PartialDate | None = None
    """High end; for the unit month a partial date."""
    unit: Annotated[str, Vocabulary("fact_unit")] | None = None
    """The unit; it stands exactly where there is a value."""
    qualifier: Annotated[str, Vocabulary("qualifier")] | None = None
    """How exact the source says the number is."""
    as_of: PartialDate | None = None
    """The date for which the fact holds."""
    as_printed: Text | None = None
    """The words or figures of the source."""
    derived: Literal[True] | None = None
    """true for a value that was computed by us."""
    seed: Literal[True] | None = None
    """true if stated in the press report of 22 September 2015 from which the project started."""
    sources: Annotated[list[Cited], Field(min_length=1)]
    """The sources that carry the fact: ids, or {source, at}."""
    estimates: list[ObservationId] = []
    """Observations that are the same number."""
    conflicts: list[Conflict] = []
    """What other pages say instead."""
    note: Text | None = None
    """What a reader must know about the fact."""
