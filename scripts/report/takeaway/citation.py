"""Citations: every testimony, source, series and figure, and the whole, as CSL-JSON, BibTeX and RIS.

A testimony or a series is cited as two works: what the original outlet published comes first, the
record of this dataset second. Records are cited by their ids, so that no name of a person travels
into reference managers, from where it could not be called back.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from markupsafe import Markup

from report.charts.chart import Chart
from report.data.corpus import Corpus
from report.data.model import Source, date_span
from report.takeaway.edition import NAME, Edition
from report.takeaway.entries import FORMS
from report.takeaway.formatted import IN_OUTLETS, STYLES, Item, formatted
from report.takeaway.public import File, public_source

WHOLE = "data/citation"
"""The key of the citation of the whole dataset; those of records are the paths of their pages."""
_TYPES = {  # kind of source -> type in CSL; webpage for all others
    "newspaper": "article-newspaper", "agency": "article-newspaper", "magazine": "article-magazine",
    "broadcast": "broadcast", "blog": "post-weblog", "book": "book", "data_file": "dataset",
    "research_report": "report", "official": "report", "hearing": "report",
}  # fmt: skip
_TESTIMONY = "T0000"  # an id that is never minted
_EDITOR = re.compile(r"eds?\.?", re.IGNORECASE)


class Citations(Mapping[str, list[Item]]):
    """The works to cite as CSL-JSON, by key: the path of a page, or WHOLE; the original outlet first."""

    def __init__(
        self, corpus: Corpus, charts: Mapping[str, Chart], edition: Edition, cache: Path
    ) -> None:
        self.corpus = corpus
        self.charts = charts
        self.edition = edition
        self._in_words = formatted(cache / "citations.json")
        self._sources: dict[str, Item] = {}
        self._words: dict[tuple[str, str], Markup] = {}

    def __getitem__(self, key: str) -> list[Item]:
        if key == WHOLE:
            return [self._own(NAME, self.edition.title, "")]
        folder, _, id_ = key.partition("/")
        if folder == "sources":
            return [self._source(id_)]
        if folder == "testimonies":
            return [*self._first(self.corpus.testimonies[id_].sources), self._testimony(id_)]
        if folder == "estimates":
            return [*self._first([self.corpus.series[id_].id]), self._series(id_)]
        if folder == "figures":
            own = self._own(f"figure-{id_}", self.charts[id_].title, key)
            return [own | {"type": "graphic"}]
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        yield WHOLE
        yield from (f"sources/{id_}" for id_ in self.corpus.sources)
        yield from (f"testimonies/{id_}" for id_ in self.corpus.testimonies)
        yield from (f"estimates/{id_}" for id_ in self.corpus.series)
        yield from (f"figures/{id_}" for id_ in self.charts)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def prepare(self, there: Collection[str] = ()) -> None:
        """Have every citation in words, before processes share the work that needs them.

        Nobody needs those of records that are `there` already (testimonies/T0001).
        """
        keys = (key for key in self if not key.startswith("testimonies/") and key not in there)
        works = [self[key][-1] for key in keys]  # the first of a series is a source
        self._in_words.prepare([*works, self._testimony(_TESTIMONY)], are_all=not there)

    def formatted(self, key: str) -> list[tuple[str, list[Markup]]]:
        """For each style its name and the citation, one piece of HTML a work.

        Raises KeyError where nothing of that key can be cited.
        """
        works = self[key]
        return [
            (name, [self._put(work, style) for work in works])
            for style, (name, _) in STYLES.items()
        ]

    def _put(self, work: Item, style: str) -> Markup:
        """One formatted work; testimonies differ in nothing but their id, so that one is enough."""
        id_ = work["id"]
        if id_ in self.corpus.testimonies:
            return Markup(self._said(style, self._testimony(_TESTIMONY)).replace(_TESTIMONY, id_))
        return self._said(style, work)

    def _said(self, style: str, work: Item) -> Markup:
        key = style, work["id"]
        if key not in self._words:
            self._words[key] = self._in_words.words(style, work)
        return self._words[key]

    def _source(self, id_: str) -> Item:
        if id_ not in self._sources:
            self._sources[id_] = source_item(self.corpus.sources[id_])
        return self._sources[id_]

    def _first(self, sources: Iterable[str]) -> list[Item]:
        """The first of these sources that is still published, as a work to cite."""
        found = (id_ for id_ in sources if id_ in self.corpus.sources)
        return [self._source(id_) for id_ in islice(found, 1)]

    def _testimony(self, id_: str) -> Item:
        return self._own(id_, f"Testimony {id_}", f"testimonies/{id_}")

    def _series(self, id_: str) -> Item:
        title = f"Estimates: {self.corpus.series[id_].series}"
        return self._own(f"{id_}-estimates", title, f"estimates/{id_}")

    def _own(self, id_: str, title: str, path: str) -> Item:
        """Something of this dataset as CSL-JSON."""
        date = self.edition.date
        return {
            "id": id_,
            "type": "dataset",
            "title": _line(title),
            "author": [{"literal": name} for name in self.edition.authors],
            **({"container-title": self.edition.title} if path else {}),
            "issued": {"date-parts": [[date.year, date.month, date.day]]},
            "version": self.edition.version,
            "URL": f"{self.edition.address}{path}/" if path else self.edition.address,
            "language": "en",
        }


def citation_files(citations: Citations, keys: Iterable[str]) -> Iterator[File]:
    """A .bib, a .ris and a .csl.json for each of the keys."""
    for key in keys:
        items = citations[key]
        yield from ((f"{key}.{form}", make(items)) for form, make in FORMS.items())


def source_item(source: Source) -> Item:
    """A source as CSL-JSON; an address that is not to be linked is left out."""
    source = public_source(source)
    kind = _TYPES.get(source.kind, "webpage")
    outlet = "container-title" if kind in IN_OUTLETS else "publisher"
    item: Item = {
        "id": source.id,
        "type": kind,
        "title": _line(source.title),
        **_people(source.authors),
        outlet: _line(source.publisher),
        "accessed": _date(source.accessed),
        "language": source.language or "und",
    }
    if source.published:
        item["issued"] = _date(source.published)
    if source.url:
        item["URL"] = source.url
    return item


def _people(printed: Iterable[str]) -> dict[str, list[dict[str, str]]]:
    """Authors and editors, as far as there are any; what is printed behind a name in brackets is no part of it."""
    found: dict[str, list[dict[str, str]]] = {}
    for words in map(_line, printed):
        name, _, role = words.removesuffix(")").partition(" (")
        people = found.setdefault("editor" if _EDITOR.fullmatch(role) else "author", [])
        people.append(_name(name))
    return found


def _name(printed: str) -> dict[str, str]:
    """A name, split before its last word or its first particle (von, de); one with an acronym is no person's."""
    words = printed.split()
    particles = [i for i, word in enumerate(words) if i and word.islower()]
    acronyms = [word for word in words if len(word) > 1 and word.isalpha() and word.isupper()]
    if acronyms or not 2 <= len(words) <= 6 or not re.fullmatch(r"[\w.'’ -]+", printed):
        return {"literal": printed}
    first = particles[0] if particles else len(words) - 1
    return {"family": " ".join(words[first:]), "given": " ".join(words[:first])}


def _date(text: str) -> dict[str, Any]:
    """A partial date in CSL: as precise as known; of seasons, quarters and halves only the year."""
    parts = [int(part) for part in text.rstrip("~?%").split("-")]
    if len(parts) > 1 and parts[1] > 12:
        parts = [date_span(text)[0].year]
    circa = {"circa": True} if text[-1] in "~?%" else {}
    return {"date-parts": [parts], **circa}


def _line(text: str) -> str:
    """A text on one line: a line break would end a field of RIS."""
    return " ".join(text.split())
