"""Numbers in prose: finds them, written in digits or in words, and holds them against a value."""

import math
import re
from collections.abc import Callable, Iterator, Sequence

_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS: dict[str, float] = {
    **{word: float(n) for n, word in enumerate(_UNITS)},
    **{word: 10.0 * n for n, word in enumerate(_TENS, 2)},
    **{
        f"{tens}-{unit}": 10.0 * t + u
        for t, tens in enumerate(_TENS, 2)
        for u, unit in enumerate(_UNITS[1:10], 1)
    },
    **{"dozen": 12.0, "hundred": 100.0, "thousand": 1000.0, "once": 1.0, "twice": 2.0},
}
_PARTS = {
    "half": 1 / 2,
    "third": 1 / 3,
    "quarter": 1 / 4,
    "fifth": 1 / 5,
    "sixth": 1 / 6,
    "seventh": 1 / 7,
    "eighth": 1 / 8,
    "tenth": 1 / 10,
}
_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_PART = "|".join(_PARTS)
_FIRST = "".join(sorted({word[0] for word in (*_WORDS, *_PARTS)}))
_NUMBER = re.compile(
    rf"(?=[\d{_FIRST}])(?:"  # most places of a text begin no number, and need no closer look
    rf"(?P<digits>\d[\d,]*(?:\.\d+)?)(?P<times>[ -]thousand)?"
    rf"|\b(?=(?:{_WORD}|{_PART}|halves)\b)(?:"
    rf"(?P<top>{_WORD})[ -](?P<part>{_PART})s?\b"
    rf"|(?P<ratio>{_WORD}) in (?P<of>{_WORD})\b"
    rf"|(?P<single>{_PART})\b|(?P<halves>halves)\b"
    rf"|(?P<word>{_WORD})(?: (?P<scale>hundred|thousand))?\b))",
    re.I,
)
_NOT_A_NUMBER = {"one", "once", "zero"}  # a pronoun or an idiom far more often than a count
Comparison = Callable[[float, float], bool]
"""Whether a value is what words before a number say of it: more than the number, about it."""
_COMPARISONS: tuple[tuple[re.Pattern[str], Comparison], ...] = (
    (
        re.compile(r"\b(?:more than|over|above)\s*(?:an?\s+)?$", re.I),
        lambda value, given: value > given,
    ),
    (
        re.compile(r"\b(?:fewer than|less than|under|below)\s*(?:an?\s+)?$", re.I),
        lambda value, given: value < given,
    ),
    (re.compile(r"\bat least\s*(?:an?\s+)?$", re.I), lambda value, given: value >= given),
    (re.compile(r"\b(?:at most|up to)\s*(?:an?\s+)?$", re.I), lambda value, given: value <= given),
    (
        re.compile(r"\b(?:nearly|almost|just under|close to)\s*(?:an?\s+)?$", re.I),
        lambda value, given: 0.88 * given <= value <= given,
    ),
    (
        re.compile(r"\b(?:about|around|some|roughly)\s*(?:an?\s+)?$", re.I),
        lambda value, given: 0.9 * given <= value <= 1.1 * given,
    ),
)


def numbers(words: str) -> Iterator[tuple[int, int, float]]:
    """Start, end and value of every number in `words`; a fraction is a part of one."""
    for found in _NUMBER.finditer(words):
        yield found.start(), found.end(), _value(found)


def _value(found: re.Match[str]) -> float:
    part = {key: (text or "").lower() for key, text in found.groupdict().items()}
    if part["digits"]:
        return float(part["digits"].replace(",", "")) * (1000 if part["times"] else 1)
    if part["part"]:
        return _WORDS[part["top"]] * _PARTS[part["part"]]
    if part["ratio"]:
        return _WORDS[part["ratio"]] / (_WORDS[part["of"]] or math.inf)
    if part["single"] or part["halves"]:
        return _PARTS[part["single"] or "half"]
    return _WORDS[part["word"]] * (_WORDS[part["scale"]] if part["scale"] else 1)


def mentions(prose: str) -> list[tuple[int, str]]:
    """Place and wording of every number that a reader would take for a count."""
    return [
        (start, prose[start:end]) for start, end, _ in numbers(prose)
        if prose[start:end].lower() not in _NOT_A_NUMBER
    ]  # fmt: skip


def agrees(words: str, values: Sequence[float], printed: str) -> bool:
    """Whether every number in `words` is one of `values` or stands, as a number, in `printed`.

    A fraction agrees with a share within two hundredths, so that "two thirds" fits 0.66. What is said
    to be more or less than a number is printed so, or is so.
    """
    told = [(value, _comparison(printed[:start])) for start, _, value in numbers(printed)]
    known = [*values, *(value for value, _ in told)]
    return all(
        any(_close(value, other) for other in known)
        and _compares(_comparison(words[:start]), value, values, told)
        for start, end, value in numbers(words)
        if words[start:end].lower() not in _NOT_A_NUMBER or value in known
    )


def _close(value: float, other: float) -> bool:
    return abs(value - other) <= (0.02 if value < 1 else 1e-9)


def _comparison(before: str) -> Comparison | None:
    """What the words before a number say of it."""
    found = (true for pattern, true in _COMPARISONS if pattern.search(before))
    return next(found, None)


def _compares(
    true: Comparison | None,
    value: float,
    values: Sequence[float],
    told: Sequence[tuple[float, Comparison | None]],
) -> bool:
    printed = any(_close(value, other) and true is same for other, same in told)
    return true is None or printed or any(true(other, value) for other in values)


def holds(words: str, value: float, share: bool) -> bool:
    """Whether what `words` say of a computed value is true of it.

    `share` tells that the value is in per cent, so that "a quarter" stands for 25. Without a
    comparison the number must be the value, a share within two per cent of one. Words with a second
    number say something of which nothing is known here.
    """
    found = list(numbers(words))
    counted = [n for n in found if words[n[0] : n[1]].lower() not in _NOT_A_NUMBER] or found
    if len(counted) != 1:
        return False
    [(start, _, given)] = counted
    part = 0 < given < 1 and not words[start].isdigit()
    if part and not share:
        return False  # a part of what? only a share can be compared with it
    given = given * 100 if part else given
    if true := _comparison(words[:start]):
        return true(value, given)
    return abs(value - given) <= (2 if share else 0)
