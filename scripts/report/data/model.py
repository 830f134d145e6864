"""The records: what each kind of data file holds. Codes come from the codebook, never from here."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from report.data.fields import (
    COUNTRIES,
    Address,
    AnyId,
    Citation,
    CopyKey,
    Country,
    Language,
    PartialDate,
    Pattern,
    Record,
    SourceId,
    Text,
    Vocabulary,
    date_span,
    date_words,
)
from report.data.figures import DIMENSIONS, Alternative, Conflict, Fact, Observation, Series
from report.data.testimony import CARRIED, Age, Dispute, Reason, Testimony

# ruff: noqa: RUF012 - pydantic copies the default of a field for each record
__all__ = [
    "CARRIED",
    "COUNTRIES",
    "DIMENSIONS",
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

    @property
    def is_retired(self) -> bool:
        """Whether it is of an estimate or a fact that is published no more: only this row is left of it."""
        return self.id[0] in "EF" and self.status != "published"


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
