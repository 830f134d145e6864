"""The prose of chapters: where markers stand in it, and numbers and markers that are wrong by themselves."""

import re
from functools import lru_cache

from report.data.numbers import mentions
from report.data.yamlio import place_at
from report.problem import Problem

MARKER = re.compile(r"\[\[\s*([^\[\]:]+?)\s*(?::\s*([^\[\]]+?)\s*)?\]\]")
CODE = re.compile(r"`[^`\n]*`|<!--.*?-->", re.S)
FREE = re.compile(r"\A---\n(?:.*\n)*?numbers: free\n(?:.*\n)*?---\n")
_QUIET = re.compile(  # what may stand naked: front matter, link targets, list markers, years
    r"\A---\n(?:.*\n)*?---\n|\]\([^)]*\)|^ *\d+\. |\{[^}\n]*\}|<[^>\n]*>|\b(?:19|20)\d\d\b",
    re.M,
)


def values_in(name: str) -> list[str]:
    """The computed values that a marker may name: one, or several that are ranked."""
    return [part.strip() for part in name.split(">")]


def open_markers(markdown: str, path: str) -> list[Problem]:
    """Markers that begin and do not end: they would be printed as they stand."""
    prose = _blanked(markdown, CODE, MARKER)
    return [
        Problem(path, *place_at(prose[: found.start()]), "marker-open", "a marker begins here and does not end",
                "write [[NAME]] or [[NAME: words]], without brackets among the words")
        for found in re.finditer(r"\[\[", prose)
    ]  # fmt: skip


@lru_cache  # a chapter that stays as it is is not searched at every rebuild
def naked_numbers(markdown: str, path: str) -> tuple[Problem, ...]:
    """Digits and number words of the prose that no marker binds to a fact or a value."""
    prose = _blanked(markdown, CODE, MARKER, _QUIET)
    return tuple(
        Problem(path, *place_at(prose[:start]), "naked-number", f"{word!r} is bound to nothing",
                "write [[F0001]], [[count.women]] or [[F0016: two thirds]]")
        for start, word in mentions(prose)
    )  # fmt: skip


def _blanked(markdown: str, *patterns: re.Pattern[str]) -> str:
    """The text with blanks, as many as there were signs, where one of the patterns fits."""
    for pattern in patterns:
        markdown = pattern.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), markdown)
    return markdown
