"""Strict YAML: what stands in the file is what is meant, and every key knows its line and column.

Built on the event stream of PyYAML, so that an alias can never expand, a tag never builds an
object and a key never disappears behind its double.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml

from report.problem import Problem

T = TypeVar("T")
Keys = tuple[str | int, ...]
"""Where a value stands in a document: ("age", "value") or ("sources", 0)."""
Place = tuple[int, int]
"""Line and column, from 1."""

MAX_BYTES = 1_000_000
MAX_DEPTH = 10
MAX_VALUES = 20_000
_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")
_RESOLVERS: dict[str, list[tuple[str, re.Pattern[str]]]] = yaml.SafeLoader.yaml_implicit_resolvers
_NUMBER_TODAY = re.compile(  # YAML 1.2 reads these as numbers, 1.1 does not
    r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|0o[0-7]+"
)
_FORBIDDEN = re.compile(  # what YAML does not allow, and line breaks that editors count differently
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
    "|\r(?!\n)"
)
_TRUTH = {  # as a word, only "no" is likely: NO is a country, and no is a language
    **dict.fromkeys(("yes", "on", "true"), "write true"),
    **dict.fromkeys(("off", "false"), "write false"),
}
_READ_AS = {"bool": "truth value", "int": "number", "float": "number", "timestamp": "date"}


@dataclass(frozen=True)
class Document:
    """A parsed file: its path, text, data, and the problems found on the way."""

    path: str
    text: str
    data: Any
    problems: list[Problem] = field(default_factory=list)
    memory: dict[Any, tuple[object, Any]] = field(default_factory=dict, compare=False, repr=False)
    """What was derived from the document, and what else was read for that."""

    def once(self, key: Any, read: object, make: Callable[..., T], *arguments: Any) -> T:
        """What `make` derives from the document and from `read`: again only where that is another object.

        What turns out to be the same as before stays the same object.
        """
        known = self.memory.get(key)
        if known is None or known[0] is not read:
            found = make(*arguments)
            found = known[1] if known is not None and known[1] == found else found
            known = self.memory[key] = (read, found)
        made: T = known[1]
        return made

    def position(self, keys: Keys) -> Place:
        """Line and column of the value at `keys`, or of its nearest parent that is there."""
        places = _places(self.text)
        while keys not in places:
            keys = keys[:-1]
        return places[keys]

    @cached_property
    def _outermost(self) -> list[tuple[Place, str | int]]:
        places = _places(self.text).items()
        return [(start, keys[0]) for keys, start in places if len(keys) == 1]

    def key_at(self, place: Place) -> str | int | None:
        """The outermost key in whose value a place lies."""
        above = (pair for pair in self._outermost if pair[0] <= place)
        return max(above, default=(None, None))[1]

    def problem(self, keys: Keys, rule: str, message: str, hint: str = "") -> Problem:
        """A problem at the value that `keys` lead to."""
        return Problem(self.path, *self.position(keys), rule, message, hint)


@lru_cache(
    maxsize=200
)  # they take many times the room of the text, and few documents have problems
def _places(text: str) -> dict[Keys, Place]:
    """Where each value of a document stands."""
    places: dict[Keys, Place] = {(): (1, 1)}
    _Reader("", places).read(text)
    return places


def read_file(path: Path, shown: str) -> Document:
    """Parse the file at `path`, named `shown` in problems. Never raises on bad content."""
    text, problems = read_text(path, shown)
    return Document(shown, text, None, problems) if problems else parse(text, shown)


def read_text(path: Path, shown: str) -> tuple[str, list[Problem]]:
    """The text of an ordinary UTF-8 file, or what can be read of it and what is wrong with it."""

    def bad(rule: str, message: str, hint: str = "", place: Place = (1, 1)) -> list[Problem]:
        return [Problem(shown, *place, rule, message, hint)]

    if path.is_symlink() or not path.is_file():
        return "", bad("file-kind", "must be an ordinary file, not a link or a folder")
    size = path.stat().st_size
    if size > MAX_BYTES:
        return "", bad("file-kind", f"has {size} bytes; at most {MAX_BYTES}")
    raw = path.read_bytes()
    text = raw.decode("utf-8", errors="replace")
    if text.startswith("\ufeff"):
        return text, bad("file-encoding", "starts with a byte-order mark", "save without BOM")
    try:
        return raw.decode("utf-8"), []
    except UnicodeDecodeError as error:
        place = place_at(raw[: error.start].decode("utf-8"))
        return text, bad("file-encoding", "is not UTF-8", "save the file as UTF-8", place)


def parse(text: str, path: str) -> Document:
    """Parse one YAML document; every broken rule becomes a problem of the result."""
    reader = _Reader(path, None)
    data = reader.read(text)
    return Document(path, text, data, reader.problems)


def place_at(before: str) -> Place:
    """The place behind the text `before`."""
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _place_of(mark: Any) -> Place:
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


class _TooMany(yaml.MarkedYAMLError):
    """A file holds more values than any record: what it says would only fill the memory."""


class _Reader:
    """Walks the events of one document once; with `places` it also notes where each key stands."""

    def __init__(self, path: str, places: dict[Keys, Place] | None) -> None:
        self.path = path
        self.places = places
        self.problems: list[Problem] = []
        self.end: Place = (1, 1)
        self.values = 0

    def read(self, text: str) -> Any:
        """The data of the document, or None where it is no YAML."""
        self.end = place_at(text)
        printable = text.replace("\n", "").isprintable()  # as a rule, and that is quickly seen
        if not printable and (found := _FORBIDDEN.search(text)):
            message = f"holds the character U+{ord(found[0]):04X}, which has no place here"
            self._bad(place_at(text[: found.start()]), "yaml-syntax", message)
            return None
        try:
            return self._document(iter(_PARSER(text).get_event, None))
        except _TooMany as error:
            message = f"holds more than {MAX_VALUES} values"
            self.problems = []
            self._bad(_place_of(error.problem_mark), "file-kind", message)
            return None
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            message = str(error.problem or error.context)
            hint = _syntax_hint(message, text[mark.index : mark.index + 1] if mark else "")
            self._bad(_place_of(mark), "yaml-syntax", message, hint)
            return None

    def _document(self, events: Iterator[yaml.Event]) -> Any:
        next(events)  # the start of the stream
        event = next(events)
        if isinstance(event, yaml.StreamEndEvent):
            self._add(event, "yaml-syntax", "the file is empty")
            return None
        data = self._value(next(events), events, ())
        next(events)  # the end of the document
        event = next(events)
        if not isinstance(event, yaml.StreamEndEvent):
            self._add(event, "yaml-syntax", "a second document starts here; a file holds one")
        return data

    def _bad(self, place: Place, rule: str, message: str, hint: str = "") -> None:
        place = min(place, self.end)  # the parser puts what is missing at the end a line too far
        self.problems.append(Problem(self.path, *place, rule, message, hint))

    def _add(self, event: yaml.Event, rule: str, message: str, hint: str = "") -> None:
        self._bad(_place_of(event.start_mark), rule, message, hint)

    def _note(self, event: yaml.Event, keys: Keys) -> None:
        if self.places is not None:
            self.places.setdefault(keys, _place_of(event.start_mark))

    def _value(self, event: Any, events: Iterator[yaml.Event], keys: Keys) -> Any:
        self._note(event, keys)
        self.values += 1
        if self.values > MAX_VALUES:
            raise _TooMany(problem_mark=event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            self._add(event, "yaml-feature", f"alias *{event.anchor}: repeat the value instead")
            return None
        if event.anchor:
            self._add(event, "yaml-feature", f"anchor &{event.anchor}: leave it out")
        if event.tag:
            self._add(event, "yaml-feature", f"tag {event.tag}: leave it out")
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, keys)
        if len(keys) >= MAX_DEPTH:
            self._add(event, "yaml-depth", f"nested deeper than {MAX_DEPTH} levels")
            return self._skip(events)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(events, keys)
        return self._mapping(events, keys)

    def _sequence(self, events: Iterator[yaml.Event], keys: Keys) -> list[Any]:
        values: list[Any] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            values.append(self._value(event, events, (*keys, len(values))))
        return values

    def _mapping(self, events: Iterator[yaml.Event], keys: Keys) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                self._add(event, "yaml-syntax", "a key must be a word")
                self._value(event, events, (*keys, ""))
                self._value(next(events), events, (*keys, ""))
                continue
            key = event.value
            if key == "<<" and not event.style:
                self._add(event, "yaml-feature", "merge key <<: write the keys out")
            if key in values:
                message = f"key {key!r} stands here for the second time"
                self._add(event, "yaml-duplicate-key", message)
            self._note(event, (*keys, key))
            values[key] = self._value(next(events), events, (*keys, key))
        return values

    def _skip(self, events: Iterator[yaml.Event]) -> None:
        depth = 1
        while depth:
            event = next(events)
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)

    def _scalar(self, event: yaml.ScalarEvent, keys: Keys) -> Any:
        if event.style:
            return event.value
        value, rule, message, hint = _plain(event.value)
        if rule:
            message = message or f"{keys[-1] if keys else 'the file'} has no value"
            self._add(event, rule, message, hint)
        return value


@lru_cache(maxsize=20_000)  # codes, ids and dates stand in many files
def _plain(text: str) -> tuple[Any, str, str, str]:
    """What a plain text means; rule, message and hint where it means nothing, or too much."""
    if text in ("true", "false"):
        return text == "true", "", "", ""
    if _INTEGER.fullmatch(text):
        return int(text), "", "", ""
    if _DECIMAL.fullmatch(text):
        return float(text), "", "", ""
    if text in ("", "~", "null", "Null", "NULL"):
        return None, "yaml-empty", "", "fill it in or leave the key out"
    if kind := _other_reading(text):
        hint = _TRUTH.get(text.lower()) or f'write "{text}"'
        return text, "yaml-ambiguous", f"{text} can be read as a {kind}", hint
    return text, "", "", ""


def _syntax_hint(message: str, sign: str) -> str:
    """What to do about what the parser says of the place where `sign` stands, in words for people."""
    if message.startswith("mapping values"):
        return "put a text with a colon in quotes or in a folded block (>-)"
    if sign == "\t":
        return "indent with blanks, not with tabs"
    return "put the text in quotes" if "cannot start any token" in message else ""


def _other_reading(value: str) -> str:
    """What YAML 1.1 or 1.2 reads a plain text as, if not as text."""
    for tag, pattern in _RESOLVERS.get(value[0], []):
        if pattern.match(value):
            return _READ_AS.get(tag.rpartition(":")[2], "special value")
    return "number" if _NUMBER_TODAY.fullmatch(value) else ""
