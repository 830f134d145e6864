"""A spot in the data: a record and where it stands; rules that hold for every kind of record."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any, Generic, TypeVar, get_args
from unicodedata import normalize

from report.data.again import Each
from report.data.corpus import Corpus
from report.data.model import Record, Series, Source, Testimony, date_span
from report.data.yamlio import Document, Keys
from report.problem import Problem

R = TypeVar("R", Testimony, Source, Series)
T = TypeVar("T")
Problems = Iterator[Problem]

_CONTACT = re.compile(
    r"[\w.+-]+@[\w-]+\.\w{2,}|(?<![\w/])@\w{3,}|(?<![\w./-])(?:\+|00)[1-9][\d ()./-]{8,}\d"
    r"|(?<![\w,./-])0\d{2,4}[ /.-]\d{3,}(?:[ -]?\d{2,})*|(?<!\w)(?:t|wa)\.me/\w+"
    r"|(?<!\w)(?:facebook|instagram|tiktok|twitter|vk|x)\.com/\w+|\bskype:",
    re.IGNORECASE,
)
_COORDINATES = re.compile(
    r"\d{1,3}°\s*\d|(?<![\d.,])-?\d{1,2}\.\d{3,},\s*-?\d{1,3}\.\d{3,}"
    r"|\d\.\d+°?\s?[NS]\b,?\s*\d{1,3}\.\d+°?\s?[EW]\b"
)
_SUSPECT = re.compile(
    r"[@＠+°\\]|\.(?:\d|me/|com/(?:(?<=book.com/)|(?<=gram.com/)|(?<=ktok.com/)|(?<=tter.com/)"
    r"|(?<=\Wvk.com/)|(?<=\Wx.com/)))|:(?<=kype:)|0(?<![\w,./-]0)(?:0[1-9]|\d{2,4}[ \xa0/.-]\d{3})",
    re.IGNORECASE,
)
"""A document without any of these matches none of the above; escapes may hide whatever they like.

Each begins with a sign that is quickly found, even that which must not stand behind a letter.
"""


@dataclass(frozen=True)
class Spot:
    """A record and the document it stands in; makes problems that know their line."""

    document: Document
    at: Keys = ()

    @property
    def data(self) -> Any:
        """What is written there."""
        data = self.document.data
        for key in self.at:
            data = data[key]
        return data

    def below(self, *keys: str | int) -> "Spot":
        """The spot that `keys` lead to."""
        return Spot(self.document, (*self.at, *keys))

    def bad(self, rule: str, message: str, *keys: str | int, hint: str = "") -> Problem:
        """A problem at this spot, or at `keys` below it."""
        return self.document.problem((*self.at, *keys), rule, message, hint)

    def common(self, record: Record) -> list[Problem]:
        """The rules that hold for every record."""
        return self.document.once(self.at, record, self._common, record)

    def _common(self, record: Record) -> list[Problem]:
        harm = self.document.once(("harm", self.at), None, self._harm)
        return [*ordered(self, record), *harm]

    def _harm(self) -> list[Problem]:
        suspect = self.document.once("suspect", None, is_suspect, self.document.text)
        return list(harmless(self, self.data)) if suspect else []

    def doubles(self, name: str, values: Sequence[str], *keys: str | int) -> Problems:
        """Values that stand in the list `name` more than once."""
        repeated = len(set(values)) < len(values)
        for value, number in Counter(values).items() if repeated else ():
            if number > 1:
                message = f"{value} stands {number} times in {name}"
                yield self.bad("repeated", message, *(keys or (name,)))

    def rising(self, values: Sequence[float | None], *keys: str | int) -> Problems:
        """Low, point and high that are upside down."""
        given = [value for value in values if value is not None]
        if given != sorted(given):
            yield self.bad("range-order", f"not low <= point <= high: {given}", *keys)

    def in_time(self, record: Record, *names: str) -> Problems:
        """Dates of which a later one is certainly before an earlier one."""
        given = [(name, date) for name in names if (date := getattr(record, name))]
        for index, (later, second) in enumerate(given):
            for earlier, first in given[:index]:
                if certainly_before(second, first):
                    message = f"{later} ({second}) is before {earlier} ({first})"
                    yield self.bad("date-order", message, later)


class ForEach(Generic[R, T]):
    """Derives something from each record of a folder alone, once for as long as it is the same object.

    Its document remembers what was derived.
    """

    def __init__(self, derive: Callable[[Spot, R], Iterable[T]]) -> None:
        self._derive: Callable[[Spot, R], Iterable[T]] = derive
        self._name = f"{derive.__module__}.{derive.__name__}"
        self._each: Each[R, list[T]] = Each()
        self._found: list[list[T]] = []
        self._joined: list[T] = []

    def __call__(self, corpus: Corpus, records: Mapping[str, R]) -> list[T]:
        """What is derived from all records, one after the other; the same list as before where it is the same."""

        def derive(id_: str, record: R) -> list[T]:
            document = corpus.documents[f"{record.folder}/{id_}"]
            return document.once(self._name, record, self._derived, Spot(document), record)

        found = self._each(records, derive)
        if found is not self._found:
            self._found, self._joined = found, list(chain.from_iterable(found))
        return self._joined

    def _derived(self, spot: Spot, record: R) -> list[T]:
        return list(self._derive(spot, record))


def certainly_before(first: str, second: str) -> bool:
    """Whether one partial date must lie before another. An approximate date may be a year off."""
    apart = (date_span(second)[0] - date_span(first)[1]).days
    return apart > 366 * sum(date[-1] in "~?%" for date in (first, second))


def ordered(spot: Spot, record: Record) -> Problems:
    """Keys of `record`, and of all records below it, that are not in the order of the format."""
    data = spot.data
    if not isinstance(data, dict):  # a citation that is only an id
        return
    wanted = [key for key in _written_keys(type(record)) if key in data]
    if list(data) != wanted:
        pairs = zip(data, wanted, strict=True)
        given, expected = next(pair for pair in pairs if pair[0] != pair[1])
        yield spot.bad("key-order", f"{expected} must stand before {given}", given)
    for key in _keys_of_records(type(record)):
        value = getattr(record, key)
        if isinstance(value, Record):
            yield from ordered(spot.below(key), value)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, Record):
                    yield from ordered(spot.below(key, index), item)


@cache
def _written_keys(kind: type[Record]) -> list[str]:
    return kind.written_keys()


@cache
def _keys_of_records(kind: type[Record]) -> list[str]:
    """The fields that may hold further records."""
    return [key for key, told in kind.model_fields.items() if _holds_records(told.annotation)]


def _holds_records(kind: Any) -> bool:
    is_record = isinstance(kind, type) and issubclass(kind, Record)
    return is_record or any(map(_holds_records, get_args(kind)))


def is_suspect(text: str) -> bool:
    """Whether a text needs a closer look by `harm_in`."""
    return _SUSPECT.search(text) is not None


def harmless(spot: Spot, data: Any, keys: Keys = ()) -> Problems:
    """Contact details and coordinates in any text of `data`, addresses of sources apart."""
    if isinstance(data, str):
        for rule, _, message in harm_in(data):
            yield spot.bad(rule, message, *keys)
    elif isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            if key not in ("url", "archive_url"):
                yield from harmless(spot, value, (*keys, key))


def harm_in(text: str) -> Iterator[tuple[str, int, str]]:
    """The first contact and the first coordinates in a text: rule, place and what is wrong."""
    text = normalize("NFKC", text)  # wide signs and blanks that do not break
    if found := _CONTACT.search(text):
        yield "harm-contact", found.start(), f"{found[0]!r} looks like a way to contact somebody"
    if found := _COORDINATES.search(text):
        yield "harm-place", found.start(), f"{found[0]!r} looks like coordinates"
