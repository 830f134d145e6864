"""Words as they are compared: without accents and capitals."""

import unicodedata


def folded(text: str) -> str:
    """A text without accents and capitals."""
    if not text.isascii():
        parts = unicodedata.normalize("NFD", text)
        text = "".join(c for c in parts if c < "\x80" or unicodedata.category(c)[0] != "M")
    return text.lower()
