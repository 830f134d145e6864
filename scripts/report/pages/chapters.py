"""Chapters: replaces the markers of hand-written prose, so that every number is bound to its source.

A marker is `[[NAME]]` or `[[NAME: words]]`. NAME is a fact (F0001), an observation (E0075), a source
(S0551), a testimony (T0044), a computed value (count.women), several of them in the order of their size
(count.men > count.women), or `figure: ID` and `table: ID`.
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from report.data.numbers import agrees, holds
from report.data.validation import near
from report.data.yamlio import place_at, read_text
from report.pages.pageset import base_of
from report.pages.prose import CODE, FREE, MARKER, naked_numbers, open_markers, values_in
from report.pages.values import Value
from report.pages.wording import amount, text
from report.problem import Problem

if TYPE_CHECKING:
    from report.pages.site import Site

_QUALIFIED = re.compile(
    r"\b(about|around|at least|at most|more than|nearly|over|some|up to|a|the)\s+\Z", re.I
)
"""Words with which the text of a marker must not be qualified once more."""


class Chapter:
    """A hand-written chapter as it was when the site was set up; its markers are replaced once."""

    def __init__(self, path: Path, site: Site) -> None:
        self.uri = path.relative_to(site.root / "docs").as_posix()
        self.source, self._unreadable = read_text(path, f"docs/{self.uri}")
        self._site = site

    @cached_property
    def _expanded(self) -> tuple[str, list[Problem]]:
        return expand(self.source, f"docs/{self.uri}", self._site)

    def markdown(self) -> str:
        """Its text with every marker replaced."""
        return self._expanded[0]

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with its file, its markers and its numbers."""
        return self._unreadable or self._expanded[1]


def expand(markdown: str, path: str, site: Site) -> tuple[str, list[Problem]]:
    """The chapter with every marker replaced, a list of notes at its end, and what is wrong with it."""
    expansion = _Expansion(markdown, path, site)
    body = MARKER.sub(expansion.replace, CODE.sub(lambda m: m[0].replace("[[", "\0\0"), markdown))
    expansion.problems += open_markers(markdown, path)
    if not FREE.match(markdown):
        expansion.problems += naked_numbers(markdown, path)
    return (body + expansion.notes()).replace("\0\0", "[["), expansion.problems


class _Expansion:
    """One chapter while its markers are being replaced; numbers its notes in the order of mention."""

    def __init__(self, markdown: str, path: str, site: Site) -> None:
        self.markdown = markdown
        self.path = path
        self.site = site
        self.corpus = site.corpus
        self.problems: list[Problem] = []
        self.cited: dict[str, str] = {}  # what was cited -> the text of its note
        self.base = base_of(path.removeprefix("docs/").removesuffix(".md"))

    def replace(self, match: re.Match[str]) -> str:
        name, words = match[1], match[2]
        if name in ("figure", "table"):
            return self._embedded(match, name, words or "")
        if ">" in name:
            return self._ranking(match, values_in(name), words)
        kind = name[0] if re.fullmatch(r"[TSEF]\d{4,}", name) else "value"
        rendered = {
            "T": self._testimony,
            "S": self._source,
            "E": self._observation,
            "F": self._fact,
            "value": self._value,
        }[kind](match, name, words)
        return re.sub(r"\s*\n\s*", " ", rendered)

    def _bad(self, match: re.Match[str], rule: str, message: str, hint: str = "") -> str:
        place = place_at(self.markdown[: match.start()])
        self.problems.append(Problem(self.path, *place, rule, message, hint))
        return match[0]

    def _unknown(self, match: re.Match[str], name: str, known: Any) -> str:
        row = next((row for row in self.corpus.ledger if row.id == name), None)
        if row is None or row.status == "published":
            return self._bad(match, "marker-unknown", f"{name} does not exist", near(name, known))
        into = f" into {row.replaced_by}" if row.replaced_by else ""
        message = f"{name} was {row.status}{into}"
        return self._bad(match, "marker-unknown", message, "take the marker out")

    def _embedded(self, match: re.Match[str], kind: str, id_: str) -> str:
        if kind == "table":
            if id_ not in self.site.tables:
                return self._unknown(match, id_, self.site.tables)
            return f"\n{self.site.table(id_, self.base)}\n"
        if id_ != "map" and id_ not in self.site.charts:
            return self._unknown(match, id_, [*self.site.charts, "map"])
        return f"\n{self.site.embedded(id_, self.base)}\n"

    def _testimony(self, match: re.Match[str], name: str, words: str | None) -> str:
        if name not in self.corpus.testimonies:
            return self._unknown(match, name, self.corpus.testimonies)
        shown = text(words or self.corpus.testimonies[name].title)
        return f'<a class="record" href="{self.base}testimonies/{name}/"><bdi>{shown}</bdi></a>'

    def _source(self, match: re.Match[str], name: str, words: str | None) -> str:
        if name not in self.corpus.sources:
            return self._unknown(match, name, self.corpus.sources)
        return self._marked(
            words or "", name, f"sources/{name}/", self._template("note_source", source=name)
        )

    def _observation(self, match: re.Match[str], name: str, words: str | None) -> str:
        if name not in self.corpus.observations:
            return self._unknown(match, name, self.corpus.observations)
        series, row = self.corpus.observations[name]
        others = [other.says for other in row.alternatives]
        printed = " ".join(
            str(v)
            for v in (row.as_printed, row.note, row.origin_countries, series.definition, *others)
            if v
        )
        numbers = [float(v) for v in (*row.values, row.per_million) if v is not None]
        if words and not agrees(words, numbers, printed):
            return self._bad(
                match, "marker-value", f"{words!r} does not agree with {name} ({amount(row)})"
            )
        shown = words or amount(row)
        if doubled := self._doubled(match, shown):
            return doubled
        return self._marked(
            shown,
            name,
            f"sources/{row.read_in}/",
            self._template("note_observation", series=series, row=row),
        )

    def _fact(self, match: re.Match[str], name: str, words: str | None) -> str:
        fact = self.corpus.facts.get(name)
        if fact is None:
            return self._unknown(match, name, self.corpus.facts)
        values = [float(v) for v in (fact.value, fact.low, fact.high) if isinstance(v, int | float)]
        if not words and (fact.unit in (None, "month", "share") or not values):
            return self._bad(match, "marker-text", f"{name} needs words: [[{name}: ...]]")
        share = [value * 100 for value in values] if fact.unit == "share" else []
        printed = " ".join(
            v
            for v in (fact.as_printed, fact.statement, fact.note, *map(str, (fact.low, fact.high)))
            if v
        )
        if words and not agrees(words, [*values, *share], printed):
            return self._bad(
                match, "marker-value", f"{words!r} does not agree with {name}: {fact.statement}"
            )
        shown = words or amount(_Plain(fact.value, fact.low, fact.high)).removeprefix(
            "at least "
        ).removeprefix("up to ")
        return self._marked(
            shown,
            name,
            f"sources/{fact.sources[0].source}/",
            self._template("note_fact", fact=fact),
        )

    def _value(self, match: re.Match[str], name: str, words: str | None) -> str:
        value: Value | None = self.site.values.get(name)
        if value is None:
            return self._unknown(match, name, self.site.values)
        if words and not holds(
            words, value.number, share=value.name.startswith(("share.", "percent."))
        ):
            return self._bad(
                match, "marker-value", f"{words!r} does not hold: {name} is {value.text}"
            )
        return self._bound(name, f"{value.text}: {value.description}", words or value.text)

    def _bound(self, name: str, told: str, shown: str) -> str:
        """Words that lead to a computed value, and tell it to whoever points at them."""
        address = f"{self.base}values/#{name}"
        return f'<a class="bound" href="{address}" title="{text(told)}">{text(shown)}</a>'

    def _doubled(self, match: re.Match[str], shown: str) -> str:
        """The marker with a problem, where what stands before it and its text both qualify the number."""
        before = _QUALIFIED.search(self.markdown[: match.start()])
        if not before or not re.match("about|at least|up to", shown):
            return ""
        message = f"{before[1]!r} stands before {shown!r}"
        return self._bad(match, "marker-text", message, "leave one of them out")

    def _ranking(self, match: re.Match[str], names: list[str], words: str | None) -> str:
        """Words that rank computed values, the highest first."""
        if not words:
            return self._bad(match, "marker-text", "a ranking needs words: [[a > b: ...]]")
        for name in names:
            if name not in self.site.values:
                return self._unknown(match, name, self.site.values)
        ranked = [self.site.values[name] for name in names]
        told = ", ".join(f"{value.name} {value.text}" for value in ranked)
        if any(high.number <= low.number for high, low in pairwise(ranked)):
            return self._bad(match, "marker-value", f"{words!r} does not hold: {told}")
        return self._bound(names[0], told, words)

    def _template(self, name: str, **values: Any) -> Markup:
        return self.site.render(name, base=self.base, **values)

    def _marked(self, shown: str, name: str, address: str, note: Markup) -> str:
        self.cited.setdefault(name, note)
        place = list(self.cited).index(name) + 1
        bound = f'<span class="bound">{text(shown)}</span>' if shown else ""
        tip = self.site.render("tip", base=self.base, name=name)
        return f'{bound}<a class="cite" href="{self.base}{address}">{place}<span class="tip">{tip}</span></a>'

    def notes(self) -> str:
        """The numbered notes of the chapter, each with its sources and what disagrees."""
        if not self.cited:
            return ""
        rows = "\n".join(
            f'<li id="note-{place}">{note}</li>'
            for place, note in enumerate(self.cited.values(), 1)
        )
        return f'\n\n## Notes and sources\n\n<ol class="notes">\n{rows}\n</ol>\n'


class _Plain:
    """A fact's value in the shape that `amount` puts into words."""

    unit = "persons"
    qualifier = "exact"
    per_million = None

    def __init__(self, point: Any, low: Any, high: Any) -> None:
        self.point, self.low, self.high = point, low, high
