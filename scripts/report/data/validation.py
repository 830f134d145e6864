"""Validation: data against a model; what is wrong becomes problems that an editor can act on."""

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from report.data.fields import date_meant
from report.data.model import COUNTRIES, Code, Record
from report.data.yamlio import Document, Keys
from report.problem import Problem

Codebook = dict[str, dict[str, Code]]
"""Vocabulary -> code -> entry, in the order of the file."""

_BOUNDS = ("greater_than", "less_than", "too_short", "too_long", "literal_error")


def validated(
    document: Document, data: Any, adapter: TypeAdapter[Any], book: Codebook, at: Keys = ()
) -> tuple[Any, list[Problem]]:
    """The record made of `data`, or None and what is wrong. Codes are looked up in `book`."""
    try:
        return adapter.validate_python(data, context=book), []
    except ValidationError as error:
        return None, list(_problems(document, error, book, at))


def _problems(
    document: Document, error: ValidationError, book: Codebook, at: Keys
) -> Iterator[Problem]:
    told = set()
    for item in sorted(error.errors(), key=lambda item: "-" not in item["type"]):  # our own first
        keys = (*at, *item["loc"])
        if item["type"] in ("missing", "extra_forbidden"):
            yield document.problem(keys, *explain(item, str(keys[-1]), book))
            continue
        keys = _present(document.data, keys)
        if item["input"] is not None and keys not in told:  # an empty key was already reported
            key = next((part for part in reversed(keys[len(at) :]) if isinstance(part, str)), "")
            yield document.problem(keys, *explain(item, key, book))
        told.add(keys)


def _present(data: Any, keys: Keys) -> Keys:
    """As much of `keys` as leads to something in `data`; the rest are branches of the model."""
    for index, key in enumerate(keys):
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            return keys[:index]
    return keys


def explain(item: Any, key: str, book: Mapping[str, Mapping[str, Code]]) -> tuple[str, str, str]:
    """Rule, message and hint for one error of pydantic at `key`."""
    kind, value = item["type"], item["input"]
    if kind == "missing":
        return "missing-key", f"{key} is missing", ""
    if kind == "extra_forbidden":
        return "unknown-key", f"{key} is no key here", near(key, _all_keys())
    prefix = f"{key}: " if key else ""
    if "-" in kind or kind == "codebook":  # a rule of our own, raised by a field
        return kind, prefix + item["msg"], _own_hint(kind, item.get("ctx", {}), book)
    message = prefix + _plain(item["msg"])
    if kind == "model_type":
        return "wrong-type", f"{prefix}must be a mapping of keys", ""
    if kind == "literal_error":
        words = re.findall(r"'([^']*)'", item["ctx"]["expected"])
        return "bad-value", message, near(str(value), words)
    if kind == "string_type" and isinstance(value, bool | int | float):
        return "wrong-type", f"{prefix}must be a text", f'write "{str(value).lower()}"'
    if kind == "bool_type":
        return "wrong-type", message, "write true or false"
    if kind == "list_type" and re.fullmatch(r"[\w .-]+", str(value)):
        return "wrong-type", message, f"write [{value}]"
    return ("bad-value" if kind.startswith(_BOUNDS) else "wrong-type"), message, ""


def _plain(message: str) -> str:
    """The words of pydantic, for people who do not know it."""
    message = re.sub(r"^(Input|List|Value) should", "must", message)
    message = re.sub(r" after validation, not \d+$", "", message)
    return re.sub(r"\bTrue\b", "true", message)


def _own_hint(rule: str, context: Any, book: Mapping[str, Mapping[str, Code]]) -> str:
    value = str(context.get("value", ""))
    if rule == "unknown-code":
        return near(value, book.get(context["vocabulary"], {}))
    if rule == "bad-date" and (date := date_meant(value)):
        return f'write "{date}"'
    if rule == "bad-country":
        return near(value, COUNTRIES) or _country_named(value)
    if rule == "bad-id" and value != value.upper():
        return near(value, [value.upper()])
    return ""


def _country_named(name: str) -> str:
    codes = {label.casefold(): code for code, label in COUNTRIES.items()} | {"uk": "GB"}
    code = codes.get(name.casefold())
    return f"did you mean {code!r}?" if code else ""


def near(word: str, words: Iterable[str]) -> str:
    """A hint for a near miss, or nothing."""
    folded = {candidate.casefold(): candidate for candidate in words}
    found = get_close_matches(str(word).casefold(), folded, n=1, cutoff=0.6)
    return f"did you mean {folded[found[0]]!r}?" if found else ""


@cache
def _all_keys() -> frozenset[str]:
    models = {Record}
    while new := {below for model in models for below in model.__subclasses__()} - models:
        models |= new
    return frozenset(key for model in models for key in model.written_keys())
