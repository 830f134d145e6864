"""Cutting: takes items out of the lists of a YAML file, and leaves every other sign as it is."""

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import yaml

from report.data.yamlio import Document, Keys, parse


class Refused(Exception):
    """Raised where a command would do harm or make no sense; nothing was written."""


def without(document: Document, keys: Keys) -> Document:
    """The document without the item of a list that `keys` lead to. Raises Refused where more would change."""
    wanted = deepcopy(document.data)
    del _at(wanted, keys[:-1])[keys[-1]]
    shorter = parse(_text_without(document.text, keys), document.path)
    if shorter.data != wanted:
        line = document.position(keys)[0]
        raise Refused(f"{document.path}:{line}: what begins here must be taken out by hand")
    return shorter


def without_doubles(document: Document) -> Document:
    """The document without items that already stand in the same list."""
    for keys in reversed(list(_doubles(document.data, ()))):
        document = without(document, keys)
    return document


def _at(data: Any, keys: Keys) -> Any:
    for key in keys:
        data = data[key]
    return data


def _doubles(data: Any, keys: Keys) -> Iterator[Keys]:
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            if isinstance(data, list) and value in data[:key]:
                yield (*keys, key)
            else:
                yield from _doubles(value, (*keys, key))


def _text_without(text: str, keys: Keys) -> str:
    listed = _node(yaml.compose(text, Loader=yaml.SafeLoader), keys[:-1])
    items, place = listed.value, int(keys[-1])
    if listed.flow_style:
        first = items[place - 1].end_mark.index if place else items[0].start_mark.index
        return text[:first] + text[items[place].end_mark.index :]
    dash = re.compile(rf"^ {{{listed.start_mark.column}}}-(?=\s)", re.M)
    before = [found.start() for found in dash.finditer(text, 0, items[place].start_mark.index)]
    end = len(text[: _end(items[place])].rstrip())
    next_line = text.find("\n", end) + 1 or len(text)
    empty = f"{' ' * listed.start_mark.column}[]\n" if len(items) == 1 else ""
    return text[: before[-1]] + empty + text[next_line:] if before else text


def _node(node: Any, keys: Keys) -> Any:
    """The node of the value that `keys` lead to."""
    for key in keys:
        pairs = enumerate(node.value) if isinstance(key, int) else _pairs(node)
        node = next(below for name, below in pairs if name == key)
    return node


def _pairs(node: Any) -> Iterator[tuple[str, Any]]:
    return ((name.value, below) for name, below in node.value)


def _end(node: Any) -> int:
    """Where a node ends; one without brackets ends with its last value, not at what follows."""
    if isinstance(node, yaml.ScalarNode) or node.flow_style:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(last[1] if isinstance(node, yaml.MappingNode) else last)
