"""Words as they are compared, and ids as they are sorted."""

import unicodedata

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "ı": "i", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe"})
"""Letters that Unicode does not decompose; docs/assets/fold.js has the same."""


def folded(text: str) -> str:
    """A text without accents and capitals."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFD", text)
    plain = "".join(c for c in parts if c < "\x80" or unicodedata.category(c)[0] != "M")
    return plain.lower().translate(_LETTERS)


def in_order(id_: str) -> tuple[int, str]:
    """By this, ids and files named after them are sorted as they were minted: T9999 before T10000."""
    return len(id_), id_
