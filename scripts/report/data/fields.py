"""The kinds of value in a record: partial dates, countries, ids, codes, texts, addresses."""

import calendar
import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Annotated, Any, get_args

from babel import Locale
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo
from pydantic_core import PydanticCustomError, core_schema

# parts of the CLDR list that are no countries: unions, test codes, islands reserved by request
_NO_COUNTRIES = ["EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"]
_NO_COUNTRIES += ["AC", "CP", "CQ", "DG", "EA", "IC", "TA"]
COUNTRIES: dict[str, str] = {
    code: str(name)
    for code, name in sorted(Locale("en", "GB").territories.items())
    if re.fullmatch("[A-Z]{2}", code) and code not in _NO_COUNTRIES
} | {"TR": "Turkey"}
"""ISO 3166-1 alpha-2 codes and XK, with the English names of the CLDR; Turkey as it was called until 2022."""

DATE_PATTERN = r"\d{4}(-(2[1-4]|3[3-6]|4[01]|(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?))?[~?%]?"
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?([~?%]?)", re.ASCII)
_SPANS = {  # EDTF (ISO 8601-2): first and last month of seasons, quarters and half-years
    **{21: (3, 5), 22: (6, 8), 23: (9, 11), 24: (12, 14)},
    **{33: (1, 3), 34: (4, 6), 35: (7, 9), 36: (10, 12), 40: (1, 6), 41: (7, 12)},
}
_SPAN_NAMES = {
    **{21: "spring", 22: "summer", 23: "autumn", 24: "winter"},
    **{33: "first quarter of", 34: "second quarter of"},
    **{35: "third quarter of", 36: "fourth quarter of"},
    **{40: "first half of", 41: "second half of"},
}
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
_BLANKS = re.compile("[ \t]{2,}")  # at the ends of folded lines nobody sees them
_TRACKING = re.compile(
    r"[?&](utm_|fbclid|gclid|ITO=|ns_|ocid=|referrer=|outputType=|_wrapper_format=|rate=)"
)


@cache
def date_span(text: str) -> tuple[datetime.date, datetime.date]:
    """First and last day of a partial date (EDTF, ISO 8601-2 level 2: seasons, quarters, halves).

    Raises ValueError where `text` is no partial date.
    """
    match = _DATE.fullmatch(text)
    if not match:
        raise ValueError(text)
    year, month, day = (int(part) if part else 0 for part in match.groups()[:3])
    if match[3]:
        exact = datetime.date(year, month, day)
        return exact, exact
    first, last = _SPANS.get(month, (month, month)) if match[2] else (1, 12)
    end_year, end_month = (year + 1, last - 12) if last > 12 else (year, last)
    start = datetime.date(year, first, 1)
    last_day = calendar.monthrange(end_year, end_month)[1]
    return start, datetime.date(end_year, end_month, last_day)


@cache
def date_words(text: str) -> str:
    """A partial date as English words: "second half of 2014", "about June 2015 (uncertain)"."""
    match = _DATE.fullmatch(text)
    assert match, text
    year, month, day, mark = match.groups()
    words = year
    if day:
        words = f"{int(day)} {calendar.month_name[int(month)]} {year}"
    elif month:
        words = f"{_SPAN_NAMES.get(int(month)) or calendar.month_name[int(month)]} {year}"
    about = "about " if mark in ("~", "%") else ""
    return f"{about}{words}{' (uncertain)' if mark in ('?', '%') else ''}"


def date_meant(text: str) -> str:
    """The partial date that English words or figures in another spelling can only mean, or nothing."""
    if match := re.fullmatch(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?", text, re.ASCII):
        figures = "-".join(part.zfill(2) for part in match.groups() if part)
        return figures if _is_date(figures) and int(match[2]) <= 12 else ""
    match = re.search(r"\b(?:19|20)\d\d\b", text, re.ASCII)
    return _dates_in(match[0]).get(text.casefold(), "") if match else ""


@cache
def _dates_in(year: str) -> dict[str, str]:
    """The words of each season, quarter, half, month and day of a year, and its partial date."""
    dates = [f"{year}-{month:02}" for month in (*range(1, 13), *_SPANS)]
    days = (f"{month}-{day:02}" for month in dates[:12] for day in range(1, 32))
    return {date_words(date).casefold(): date for date in (*dates, *filter(_is_date, days))}


def _is_date(text: str) -> bool:
    try:
        return 1990 <= date_span(text)[0].year <= 2100
    except ValueError:
        return False


def _partial_date(value: str) -> str:
    try:
        first, _ = date_span(value)
    except ValueError:
        raise PydanticCustomError(
            "bad-date", "'{value}' is not a partial date", {"value": value}
        ) from None
    if not 1990 <= first.year <= 2100:
        raise PydanticCustomError(
            "bad-date", "'{value}': the year lies outside 1990 to 2100", {"value": value}
        )
    return value


def _country(value: str) -> str:
    if value not in COUNTRIES:
        raise PydanticCustomError("bad-country", "'{value}' is no country code", {"value": value})
    return value


def _visible(value: str) -> str:
    if found := _CONTROL.search(value):
        code = f"{ord(found[0]):04X}"
        raise PydanticCustomError("text-control", "holds the character U+{code}", {"code": code})
    return value


def _text(value: str) -> str:
    if not value.strip():
        raise PydanticCustomError("yaml-empty", "the text is empty", {})
    return _BLANKS.sub(" ", value).strip()


def _address(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]+\S*", value):
        raise PydanticCustomError("bad-address", "'{value}' is no web address", {"value": value})
    if _TRACKING.search(value):
        raise PydanticCustomError(
            "bad-address", "'{value}' holds tracking parameters", {"value": value}
        )
    return value


@dataclass(frozen=True)
class Pattern:
    """Marks a text that must match an expression as a whole; `rule` is broken where it does not."""

    rule: str
    expression: str
    what: str

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.expression, re.ASCII)

    def check(self, value: str) -> str:
        """The value, if it matches."""
        if self._compiled.fullmatch(value):
            return value
        message = f"'{{value}}' is not {self.what}"
        raise PydanticCustomError(self.rule, message, {"value": value})

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> Any:
        return {**handler(core), "pattern": f"^({self.expression})$"}


@dataclass(frozen=True)
class Vocabulary:
    """Marks a field whose value must be a code of the named vocabulary (or a country, for areas).

    The codebook is given as the context of validation; a vocabulary that it lacks is not checked.
    """

    name: str

    def check(self, value: str, info: ValidationInfo) -> str:
        """The value, if the codebook knows it."""
        book: Mapping[str, Mapping[str, Any]] = info.context or {}
        if value in book.get(self.name, (value,)) or (self.name == "area" and value in COUNTRIES):
            return value
        raise PydanticCustomError(
            "unknown-code",
            "'{value}' is not in the vocabulary {vocabulary}",
            {"value": value, "vocabulary": self.name},
        )

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        return core_schema.with_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> Any:
        return {**handler(core), "x-vocabulary": self.name}


def _id(letters: str, what: str) -> Pattern:
    return Pattern("bad-id", rf"{letters}(?!0000)\d{{4,}}", what)


Text = Annotated[str, AfterValidator(_visible), AfterValidator(_text)]
PartialDate = Annotated[
    str, AfterValidator(_partial_date), Field(json_schema_extra={"pattern": f"^({DATE_PATTERN})$"})
]
Country = Annotated[
    str, AfterValidator(_country), Field(json_schema_extra={"x-vocabulary": "country"})
]
FieldName = Annotated[Text, Field(json_schema_extra={"x-vocabulary": "field"})]
Address = Annotated[
    str,
    AfterValidator(_visible),
    AfterValidator(_address),
    Field(json_schema_extra={"pattern": r"^https?://\S+$"}),
]
Language = Annotated[
    str, Pattern("bad-language", r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", "a language tag")
]
TestimonyId = Annotated[str, _id("T", "the id of a testimony (T0001)")]
SourceId = Annotated[str, _id("S", "the id of a source (S0001)")]
ObservationId = Annotated[str, _id("E", "the id of an observation (E0001)")]
FactId = Annotated[str, _id("F", "the id of a fact (F0001)")]
AnyId = Annotated[str, _id("[TSEF]", "an id (T0001)")]
CopyKey = Annotated[str, Pattern("bad-id", r"c[1-9]\d*", "the key of a copy (c1)")]
Number = Annotated[int | float, Field(ge=0, le=10**10)]
"""A count, share or rate; more than all mankind is a slip."""


class Record(BaseModel):
    """Base of all records: only known keys, exact types, nothing changed after reading."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True
    )

    @classmethod
    def written_keys(cls) -> list[str]:
        """The keys as they are written in the files, in the order of the format."""
        return [field.alias or name for name, field in cls.model_fields.items()]


def vocabularies_of(kind: Any) -> Iterator[str]:
    """The vocabularies that values of a kind, and of the fields below it, draw their codes from."""
    if isinstance(kind, Vocabulary):
        yield kind.name
    elif isinstance(kind, type) and issubclass(kind, Record):
        for field in kind.model_fields.values():
            for part in (field.annotation, *field.metadata):
                yield from vocabularies_of(part)
    for part in get_args(kind):
        yield from vocabularies_of(part)


class Citation(Record):
    """A source that carries a statement, and where in it; in the files also just its id."""

    source: SourceId
    """Id of the source."""
    at: Text | None = None
    """Where in the source: page, table, copy."""


def _citation(value: Any) -> Any:
    return {"source": value} if isinstance(value, str) else value


Cited = Annotated[Citation, BeforeValidator(_citation, json_schema_input_type=SourceId | Citation)]
