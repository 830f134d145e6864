"""Wording: puts values into words, harmless in HTML and in Markdown alike."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Protocol

from babel import Locale
from markupsafe import Markup

_ESCAPED = {ord(sign): f"&#{ord(sign)};" for sign in "&<>\"'`*[]{}\\|#~"}
_BLANKS = re.compile(r"\s+")
_EDGE = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")  # elsewhere an underscore is no markup
LABELS = {
    "origin": "Origin", "departed_from": "Set out from", "spoke_from": "Spoke from", "age": "Age",
    "role": "Role", "region": "Region", "places": "Places", "joined": "Joined", "left": "Left",
    "time_in_group": "Time in the group", "first_public": "First public", "medium": "Medium",
    "setting": "Setting", "reasons_joining": "Reasons for joining", "reasons_leaving": "Reasons for leaving",
    "suicide_mission": "Chosen for a suicide attack", "aftermath": "What became of the person",
    "verification": "How the account was judged", "gender": "Gender", "name": "Name", "summary": "Summary",
    "descriptor": "Descriptor", "icsr_2015": "ICSR status", "grade": "Grade", "role_text": "Role",
}  # fmt: skip
"""Field of a testimony -> the words that stand for it on a page."""


class Amount(Protocol):
    """What has a value or a range: an observation, or a fact in the same shape."""

    @property
    def low(self) -> float | int | None:
        """As in an observation."""

    @property
    def high(self) -> float | int | None:
        """As in an observation."""

    @property
    def point(self) -> float | int | None:
        """As in an observation."""

    @property
    def unit(self) -> str:
        """As in an observation."""

    @property
    def qualifier(self) -> str:
        """As in an observation."""

    @property
    def per_million(self) -> float | int | None:
        """As in an observation."""


def text(value: object) -> Markup:
    """Any value as harmless text: neither HTML nor Markdown nor template syntax survives in it.

    What is HTML of our own stays as it is.
    """
    return value if isinstance(value, Markup) else _harmless(str(value))


@lru_cache(maxsize=100_000)  # labels, titles and names come back on many pages
def _harmless(value: str) -> Markup:
    plain = _BLANKS.sub(" ", value)
    return Markup(_EDGE.sub("&#95;", plain.translate(_ESCAPED)))


@cache
def languages() -> Mapping[str, str]:
    """The English names of languages by their code."""
    return {str(code): str(name) for code, name in Locale("en").languages.items()}


def language_name(tag: str) -> str:
    """The English name of a language; an unknown tag as it is."""
    return languages().get(tag.split("-")[0], tag)


def number(value: float | int | None) -> str:
    """A number with thousands separators; no more than one decimal."""
    return "" if value is None else f"{value:,.1f}".removesuffix(".0")


def amount(row: Amount) -> str:
    """What a row says, with its qualifier: "500–600", "at least 300", "about 25%"."""
    if row.unit == "per_million":
        return number(row.per_million)
    unit = "%" if row.unit.startswith("percent") else ""
    if row.low is not None and row.high is not None:
        return f"{number(row.low)}–{number(row.high)}{unit}"
    if row.low is not None:
        return f"at least {number(row.low)}{unit}"
    if row.high is not None:
        return f"up to {number(row.high)}{unit}"
    words = {"about": "about ", "at_least": "at least ", "up_to": "up to "}.get(row.qualifier, "")
    return f"{words}{number(row.point)}{unit}"
