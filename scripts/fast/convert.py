"""Converts the Markdown of generated pages as Python-Markdown does, a hundred times faster.

Generated pages are front matter, headings and HTML blocks. Whatever holds more than that is left to
Python-Markdown; its work is made light by setting large HTML blocks aside, as it only copies them.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from html import unescape
from typing import Any

from markdown import Markdown
from markdown.extensions.toc import slugify, strip_tags, unique

_FRONT = re.compile(
    r'---\ntitle: (".*")\ndescription: (".*")\n(?:hide: \[([a-z]+(?:, [a-z]+)*)\]\n)?---\n'
)
_SURROGATE = re.compile(r"\\ud[89a-f]", re.I)  # JSON pairs them, YAML does not
_RARE = re.compile(rb"<(?:[!?]|(?:script|style|pre|textarea)\b)")
_MARKED = re.compile(r"\smarkdown[\s=>/]", re.I)
_HEADING = re.compile(
    r"(#{1,3}) ((?:[^\\`*_\[\]<>&!{}#\n]|(?<=[A-Za-z0-9])_(?=[A-Za-z0-9])|&#?\w+;"
    r"|<bdi(?: lang=\"[\w-]+\")?>|</bdi>)+)(?<! )(?: \{ #([A-Z]\d+) \})?"
)
_OPENING = re.compile(r"<([a-z][a-z0-9]*)\b")

LARGE = 300
"""Characters from which on a block is set aside."""
_ASIDE = re.compile(r"(?:\A|(?<=\n\n))<(?=(?:details|div|dl|figure|nav|ol|p|section|table|ul)[ >])")
_VOID = frozenset(["br", "col", "hr", "img", "input", "link", "wbr"])
_ATTRIBUTES = r'(?: (?!(?i:markdown)\b)[\w:-]++(?:="[^"<>]*+")?+)*+'
_TAG = rf"<(/?)([a-zA-Z][a-zA-Z0-9]*+){_ATTRIBUTES} ?(/?)>"
_STEP = re.compile(rf"{_TAG}(?:[^<&]++|&(?:\w++|#\d++|#x[\da-fA-F]++);)*+")
_CHANGED = re.compile(r"[\r\t\x02\x03]|\n +\n|```|~~~|Qzx")
_LOOSE = re.compile(  # what may take in text as far as a block that follows
    rf"(?!{_TAG}|<[a-z]+:[^\s<>]*>)<[a-zA-Z/!?]|"
    r"<(?i:iframe|noembed|noframes|plaintext|pre|script|style|textarea|title|xmp)"
)
_STAND_IN = re.compile(r"<(\w+)>Qzx\d+q</\1>")


def set_aside(text: str) -> tuple[str, dict[str, str]]:
    """The text with a stand-in for each large HTML block, and the blocks by their stand-ins.

    `put_back` makes of the converted short text what the converted whole text would be. A block
    stands alone between blank lines; nothing is set aside where the text might treat it otherwise.
    """
    blocks: dict[str, str] = {}
    pieces, place = list[str](), 0
    for begin in () if _CHANGED.search(text) else _ASIDE.finditer(text):
        start = begin.start()
        end = _end_of_block(text, start) if start >= place else None
        if end and end - start >= LARGE and text[end : end + 2] in ("\n\n", "\n", ""):
            name = _OPENING.match(text, start)
            assert name
            stand_in = f"<{name[1]}>Qzx{len(blocks)}q</{name[1]}>"
            blocks[stand_in] = text[start:end]
            pieces += [text[place:start], stand_in]
            place = end
    short = "".join([*pieces, text[place:]])
    return (text, {}) if _LOOSE.search(short) else (short, blocks)


def put_back(html: str, blocks: Mapping[str, str]) -> str:
    """The converted text with the blocks that were set aside."""
    return _STAND_IN.sub(lambda found: blocks.get(found[0], found[0]), html)


def _end_of_block(text: str, start: int) -> int | None:
    """Where the element ends that starts there; None where it is not written well."""
    opened, place = list[str](), start
    for found in _STEP.finditer(text, start):
        closing, name, empty = found.groups()
        if found.start() != place or (closing and opened.pop() != name):
            return None
        if not closing and not empty and name not in _VOID:
            opened.append(name)
        if not opened:
            return text.index(">", place) + 1
        place = found.end()
    return None


@dataclass(frozen=True)
class Draft:
    """A converted page: its front matter, its HTML, and (level, id, name) of each heading."""

    words: dict[str, str]
    """Title and description."""
    content: str
    headings: list[tuple[int, str, str]]
    hidden: tuple[str, ...] = ()
    """The parts of the theme that the page goes without."""

    def meta(self, words: Mapping[str, str]) -> dict[str, Any]:
        """The front matter as MkDocs reads it, with these words."""
        return {**words, "hide": list(self.hidden)} if self.hidden else dict(words)


class Converter:
    """Converts front matter, headings and HTML blocks as Python-Markdown does; knows when it cannot."""

    def __init__(self, extensions: Sequence[str], settings: Mapping[str, Any]) -> None:
        reader = Markdown(extensions=extensions, extension_configs=settings)
        self.blocks = frozenset(reader.block_level_elements)
        self.slug = settings.get("toc", {}).get("slugify", slugify)
        self.named = lru_cache(self._named)  # most headings stand on many pages
        self.headings: dict[str, list[str]] = {}
        for level in (1, 2, 3):  # how Python-Markdown writes a heading, with marks to be replaced
            made = reader.reset().convert(f"{'#' * level} Qzx")
            self.headings["#" * level] = re.split("(Qzx|qzx)", made)

    def draft(self, text: str) -> Draft | None:
        """The page that `text` makes, or None where it is more than this converter knows."""
        front = _FRONT.match(text)
        if not front or _SURROGATE.search(front[0]) or _is_rare(text):
            return None
        try:
            words = {"title": json.loads(front[1]), "description": json.loads(front[2])}
        except ValueError:
            return None
        headings: list[tuple[int, str, str]] = []
        pieces = list(self._pieces(text[front.end() :], headings))
        if None in pieces or [level for level, _, _ in headings[:2]].count(1) != 1:
            return None
        content = "\n".join(filter(None, pieces)).strip()
        return Draft(words, content, headings, tuple(front[3].split(", ") if front[3] else ()))

    def _pieces(self, text: str, headings: list[tuple[int, str, str]]) -> Iterator[str | None]:
        """The HTML of each block of the text; None for one that is not known."""
        ids: set[str] = set()
        chunks = filter(None, (chunk.strip("\n") for chunk in text.split("\n\n")))
        for chunk in chunks:
            if found := _HEADING.fullmatch(chunk):
                yield self._heading(found[1], found[2], found[3], ids, headings)
                continue
            while not (whole := self._is_whole(chunk)):
                following = next(chunks, None)
                if whole is None or following is None:
                    yield None
                    return
                chunk = f"{chunk}\n\n{following}"
            yield f"{chunk}\n"

    def _heading(
        self,
        mark: str,
        inner: str,
        given: str | None,
        ids: set[str],
        headings: list[tuple[int, str, str]],
    ) -> str | None:
        if inner != inner.strip() or "  " in inner:
            return None
        name, slug = self.named(inner)
        id_ = given or unique(slug, ids)  # slugs have no capitals, so that none is the same
        headings.append((len(mark), id_, name))
        filled = {"qzx": id_, "Qzx": inner}
        return "".join([filled.get(piece, piece) for piece in self.headings[mark]])

    def _named(self, inner: str) -> tuple[str, str]:
        name = strip_tags(inner)
        return name, self.slug(unescape(name), "-")

    def _is_whole(self, chunk: str) -> bool | None:
        """Whether a chunk is one or more HTML blocks; False where one is open, None for other text."""
        place = 0
        while place < len(chunk):
            opening = _OPENING.match(chunk, place)
            if not opening or opening[1] not in self.blocks:
                return None
            end = _end_of(opening[1], chunk, place)
            if end is None:
                return False
            if end < len(chunk) and chunk[end] != "\n":
                return None
            place = end + 1
        return True


def _is_rare(text: str) -> bool:
    """Whether a text holds what the converter does not know."""
    data = text.encode(
        errors="replace"
    ).lower()  # bytes in lower case are searched much faster than a text
    if any(sign in data for sign in (b"\r", b"\t", b"\2", b"\3")) or _RARE.search(data):
        return True
    return b"markdown" in data and bool(_MARKED.search(text))


def _end_of(tag: str, text: str, start: int) -> int | None:
    """Where the element that starts there ends, or None where it does not."""
    depth = 0
    for found in _tags(tag).finditer(text, start):
        depth += -1 if found[1] else 1
        if depth == 0:
            return found.end()
    return None


@cache
def _tags(name: str) -> re.Pattern[str]:
    return re.compile(rf"<(/?){name}(?![\w-])[^>]*>")
