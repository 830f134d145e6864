"""Words as they are compared, and ids as they are sorted."""

import unicodedata


def folded(text: str) -> str:
    """A text without accents and capitals."""
    if not text.isascii():
        parts = unicodedata.normalize("NFD", text)
        text = "".join(c for c in parts if c < "\x80" or unicodedata.category(c)[0] != "M")
    return text.lower()


def in_order(id_: str) -> tuple[int, str]:
    """By this, ids and files named after them are sorted as they were minted: T9999 before T10000."""
    return len(id_), id_
