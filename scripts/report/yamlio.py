"""Strict YAML: what stands in the file is what is meant, and every key knows its line and column.

Built on the event stream of PyYAML, so that an alias can never expand, a tag never builds an
object and a key never disappears behind its double.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from report.problem import Problem

Keys = tuple[str | int, ...]
"""Where a value stands in a document: ("age", "value") or ("sources", 0)."""

MAX_BYTES = 1_000_000
MAX_DEPTH = 10
_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")
_RESOLVERS: dict[str, list[tuple[str, re.Pattern[str]]]] = yaml.SafeLoader.yaml_implicit_resolvers


@dataclass(frozen=True)
class Document:
    """A parsed file: its path, text, data, and the problems found on the way."""

    path: str
    text: str
    data: Any
    problems: list[Problem] = field(default_factory=list)

    def position(self, keys: Keys) -> tuple[int, int]:
        """Line and column (from 1) of the value at `keys`, or of its nearest parent that is there."""
        marks: dict[Keys, tuple[int, int]] = {(): (1, 1)}
        _Reader(self.path, marks).read(self.text)
        while keys not in marks:
            keys = keys[:-1]
        return marks[keys]

    def problem(self, keys: Keys, rule: str, message: str, hint: str = "") -> Problem:
        """A problem at the value that `keys` lead to."""
        return Problem(self.path, *self.position(keys), rule, message, hint)


def read_file(path: Path, shown: str) -> Document:
    """Parse the file at `path`; `shown` is the path named in problems. Never raises on bad content."""
    text, problems = read_text(path, shown)
    return Document(shown, "", None, problems) if problems else parse(text, shown)


def read_text(path: Path, shown: str) -> tuple[str, list[Problem]]:
    """The text of an ordinary UTF-8 file, or the problem that keeps it from being read."""
    if path.is_symlink() or not path.is_file():
        return "", [Problem(shown, 1, 1, "file-kind", "must be an ordinary file, not a link or a folder")]
    raw = path.read_bytes()
    if len(raw) > MAX_BYTES:
        return "", [Problem(shown, 1, 1, "file-kind", f"has {len(raw)} bytes; at most {MAX_BYTES}")]
    if raw.startswith(b"\xef\xbb\xbf"):
        return "", [Problem(shown, 1, 1, "file-encoding", "starts with a byte-order mark", "save as UTF-8 without BOM")]
    try:
        return raw.decode("utf-8"), []
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - (raw.rfind(b"\n", 0, error.start) + 1) + 1
        return "", [Problem(shown, line, column, "file-encoding", "is not UTF-8", "save the file as UTF-8")]


def parse(text: str, path: str) -> Document:
    """Parse one YAML document; every broken rule becomes a problem of the result."""
    reader = _Reader(path, None)
    data = reader.read(text)
    return Document(path, text, data, reader.problems)


class _Reader:
    """Walks the events of one document once; with `marks` it also notes where each key stands."""

    def __init__(self, path: str, marks: dict[Keys, tuple[int, int]] | None) -> None:
        self.path = path
        self.marks = marks
        self.problems: list[Problem] = []

    def read(self, text: str) -> Any:
        try:
            events = iter(yaml.parse(text, Loader=_PARSER))
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
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            self.problems.append(Problem(self.path, line, column, "yaml-syntax", str(error.problem or error.context)))
        except yaml.YAMLError as error:  # a character that YAML does not allow: no mark, only an offset
            before = text[: getattr(error, "position", 0) or 0]
            line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
            self.problems.append(Problem(self.path, line, column, "yaml-syntax", "holds a character that YAML does not allow"))
        return None

    def _add(self, event: yaml.Event, rule: str, message: str, hint: str = "") -> None:
        mark = event.start_mark
        self.problems.append(Problem(self.path, mark.line + 1, mark.column + 1, rule, message, hint))

    def _value(self, event: yaml.Event, events: Iterator[yaml.Event], keys: Keys) -> Any:
        if self.marks is not None and keys not in self.marks:
            self.marks[keys] = (event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.AliasEvent):
            self._add(event, "yaml-feature", f"alias *{event.anchor}: repeat the value instead")
            return None
        assert isinstance(event, yaml.NodeEvent)
        if event.anchor:
            self._add(event, "yaml-feature", f"anchor &{event.anchor}: leave it out")
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if event.tag:  # type: ignore[attr-defined]
            self._add(event, "yaml-feature", f"tag {event.tag}: leave it out")  # type: ignore[attr-defined]
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
                self._add(event, "yaml-duplicate-key", f"key {key!r} stands here for the second time")
            if self.marks is not None:
                self.marks.setdefault((*keys, key), (event.start_mark.line + 1, event.start_mark.column + 1))
            values[key] = self._value(next(events), events, (*keys, key))
        return values

    def _skip(self, events: Iterator[yaml.Event]) -> None:
        depth = 1
        while depth:
            event = next(events)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)

    def _scalar(self, event: yaml.ScalarEvent) -> Any:
        value: str = event.value
        if event.tag:
            self._add(event, "yaml-feature", f"tag {event.tag}: leave it out")
        if event.style:
            return value
        if value in ("true", "false"):
            return value == "true"
        if _INTEGER.fullmatch(value):
            return int(value) if len(value) < 19 else value
        if _DECIMAL.fullmatch(value):
            return float(value)
        if value in ("", "~", "null", "Null", "NULL"):
            self._add(event, "yaml-empty", "a key without a value", "leave the key out")
            return None
        for tag, pattern in _RESOLVERS.get(value[0], []):
            if pattern.match(value):
                kind = tag.rpartition(":")[2]
                self._add(event, "yaml-ambiguous", f"{value} can be read as a {kind}", f'write "{value}"')
                break
        return value
