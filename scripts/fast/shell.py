"""The shell of a page: what the theme prints around its content, the same for all pages of one shape."""

import re
from collections.abc import Callable, Mapping
from html import escape
from itertools import chain

from jinja2.filters import do_striptags
from mkdocs.exceptions import BuildError

MARK = "Qzx"
"""What every mark begins with."""
_FORMS: tuple[Callable[[str], str], ...] = (str, escape, lambda text: str(do_striptags(text)))
"""What the theme may do to a text before it prints it."""


class Shell:
    """A rendered page, cut where pages of its shape differ."""

    def __init__(self, rendered: str, marks: Mapping[str, str]) -> None:
        forms = {
            form(mark): (name, form) for name, mark in marks.items() for form in reversed(_FORMS)
        }
        longest_first = sorted(forms, key=len, reverse=True)
        pieces = re.split(f"({'|'.join(map(re.escape, longest_first))})", rendered)
        self.fixed, holes = pieces[::2], pieces[1::2]
        self.holes = [forms[hole] for hole in holes]
        names = [name for name, _ in self.holes]
        if names.count("content") != 1 or any(MARK in piece for piece in self.fixed):
            raise BuildError("the page shell does not fit; build with REPORT_PLAIN=1")

    def stamp(self, values: Mapping[str, str]) -> str:
        """The page that has these values at the marks."""
        filled = [form(values[name]) for name, form in self.holes]
        return "".join(chain.from_iterable(zip(self.fixed, [*filled, ""], strict=True)))


def mark(name: str) -> str:
    """A text that each form of printing changes in a way of its own."""
    return f"{MARK}{name}<i>&amp;'\"</i>z"
