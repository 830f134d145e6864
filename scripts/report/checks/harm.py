"""Do no harm, enforced: names, minors, whereabouts, and the reviewed exceptions from these rules.

What it sees of whereabouts: every capitalised word in the aftermath that is no country, people, month
or known body; at the start of a sentence every word that is not among those sentences begin with.
What it cannot see: a place in small letters, and whereabouts in another field than aftermath, since
other fields may name places. What it sees of names: those that are printed whole.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any

from babel import Locale

from report.checks.spot import ForEach, Problems, Spot, harm_in, harmless, is_suspect
from report.data.again import kept
from report.data.corpus import Corpus
from report.data.fields import COUNTRIES
from report.data.model import Age, Testimony, date_span
from report.data.numbers import numbers
from report.data.words import folded
from report.problem import Problem

_KUNYA = re.compile(r"(abo?u|abo|umm?|oumm?|omm?|ebu|ibn|bint)[ -]", re.IGNORECASE)
_INITIAL = re.compile(r"\b\w\.")
_BODIES = (  # forces, courts and peoples that say where somebody is no more exactly than a country
    *("Free Syrian Army", "Syrian Democratic Forces", "Supreme Court", "Balkans", "BBC", "US"),
    *("Turkey", "Kurdish-led", "Syrian", "Syrians", "Iraqi", "Saudi", "Belgian", "Tajik"),
)
_ENGLISH = Locale("en")
_KNOWN = {
    *_BODIES,
    *COUNTRIES.values(),
    *map(str, _ENGLISH.languages.values()),  # Kurdish, Turkish, French: peoples, too
    *map(str, _ENGLISH.months["format"]["wide"].values()),
}
_BEGINNING = re.compile(
    "After|Arrested|Arrived|Asked|As|At|Back|Before|By|Captured|Charged|Convicted|Crossed|Deported|"
    "Detained|Died|Escaped|Extradited|Flown|Fled|For|From|Gave|Got|Had|Has|He|Held|Her|His|Home|In|"
    "Interviewed|Is|Jailed|Killed|Later|Left|Let|Living|Lives|Married|Met|Moved|No|Nothing|On|Out|"
    "Pleaded|Put|Reached|Refugee|Released|Repatriated|Returned|Said|Sent|Sentenced|She|Since|Smuggled|"
    "Still|Surrendered|Taken|The|Then|There|They|Tried|Turned|Under|Was|Went|When|While|With|Working"
)
"""Words with which sentences about what became of somebody begin."""
_BEGIN = r"(?:[A-Z]|(?![\W\d_])[^\x00-\x7f])"  # many scripts have no capitals, and few words an accent first
_PROPER = re.compile(rf"\b(?:al-)?{_BEGIN}[\w-]*(?: (?:of |the )?(?:al-)?{_BEGIN}[\w-]*)*")
_SENTENCE = re.compile(r"(?:^|[.!?] )$")
_IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)\s]*)|<img\b[^>]*>")


def testimonies_harmless(corpus: Corpus) -> Problems:
    """Rules that protect the person in each testimony."""
    yield from _persons(corpus, corpus.testimonies)


@ForEach
def _persons(spot: Spot, record: Testimony) -> Problems:
    yield from _name(spot, record)
    yield from _minor(spot, record)
    yield from _whereabouts(spot, record)


def _name(spot: Spot, record: Testimony) -> Problems:
    unnamed = record.name_kind == "unnamed"
    if unnamed == (record.name is not None):
        message = "unnamed goes with a descriptor and no name, every other kind with a name"
        yield spot.bad("name-kind", message, "name_kind")
    if unnamed and not record.descriptor:
        yield spot.bad("name-kind", "an unnamed person needs a descriptor", "name_kind")
    if record.name and (message := _contradiction(record.name_kind, record.name)):
        yield spot.bad("name-kind", message, "name")


def _contradiction(kind: str, name: str) -> str:
    """Why a name cannot be of its kind, or nothing."""
    words, kunya = len(re.split(r"[\s_./]+", name)), _KUNYA.match(name)
    if kind in ("own_name", "given_name") and kunya:
        return f"a name that starts with {kunya[0].strip()} is a pseudonym"
    if kind == "own_name" and (words < 2 or _INITIAL.search(name)):
        return "an own name has at least two words, and no initials"
    if kind == "given_name" and words > 1:
        return "a given name is one word; more may be a surname"
    if kind == "initialled" and not _INITIAL.search(name):
        return "an initialled name has an initial with a full stop"
    return ""


def _minor(spot: Spot, record: Testimony) -> Problems:
    minor = "child_or_teenager" in record.role or _under_age(record.age, record.joined)
    full = record.name_kind not in ("given_name", "pseudonym", "unnamed")
    if minor and (full or " " in (record.name or "")):
        message = "was under 18 in the group; a given name at the most"
        yield spot.bad("harm-minor", message, "name" if record.name else "name_kind")


def _under_age(age: Age | None, joined: str | None) -> bool:
    """Whether somebody of that age was under 18 on joining, as far as dates tell.

    Where they do not, somebody who is under 18 at any time counts as a minor.
    """
    value = _years(age)
    if value is None:
        return False
    if age is None or age.as_of is None or joined is None:
        return value < 18
    told, went = date_span(age.as_of), date_span(joined)
    years = (max(told[0], went[1]) - went[1] - (max(went[0], told[1]) - told[1])).days / 365.25
    return value + 1 - years <= 18


def _years(age: Age | None) -> float | None:
    """The age in years, the highest that the words name; None where there is none."""
    if age is None or age.value is not None:
        return age.value if age else None
    return max((value for _, _, value in numbers(age.text or "") if value >= 1), default=None)


def _whereabouts(spot: Spot, record: Testimony) -> Problems:
    text = record.aftermath.text if record.aftermath else ""
    for found in _PROPER.finditer(text):
        first, _, rest = found[0].partition(" ")
        begins = _SENTENCE.search(text[: found.start()]) and _BEGINNING.fullmatch(first)
        named = rest if begins else found[0]
        if named and named not in _KNOWN:
            message = f"{found[0]} may name a place; nothing finer than a country"
            yield spot.bad("harm-whereabouts", message, "aftermath", "text")


# names where addresses are made of ----------------------------------------------------------


def named_codes(corpus: Corpus) -> Problems:
    """Codes become addresses, keys of excluded cases are published: no name stands in them.

    Nor does a way to contact somebody stand in the reasons of exceptions.
    """
    names = _names(corpus)
    book = corpus.documents["codebook.yaml"]
    for vocabulary, entries in corpus.codebook.items():
        for code in entries:
            if name := _named(code, names):
                yield book.problem((vocabulary,), "harm-name", f"the code {code} names {name}")
    exceptions = Spot(corpus.documents["exceptions.yaml"])
    yield from harmless(exceptions, exceptions.data)
    cases = Spot(corpus.documents["excluded.yaml"])
    for case in corpus.excluded:
        if name := _named(case.key, names):
            yield cases.bad("harm-name", f"the key {case.key} names {name}")


def named_files(root: Path, corpus: Corpus) -> Iterator[Problem]:
    """Files of the site, and images in chapters, whose name or words are those of a person.

    And contact details and coordinates in chapters.
    """
    names = _names(corpus)
    for path in sorted(path for path in (root / "docs").rglob("*") if path.is_file()):
        shown = path.relative_to(root).as_posix()
        if name := _named(shown, names):
            yield Problem(shown, 1, 1, "harm-name", f"the name of the file names {name}")
        if path.suffix == ".md":
            text = path.read_text("utf-8", errors="replace")
            for line, column, image in _images(text):
                if name := _named(image, names):
                    yield Problem(shown, line, column, "harm-name", f"the image names {name}")
            yield from (Problem(shown, *found) for found in _harm_in_chapter(text))


@lru_cache(maxsize=1000)  # a chapter is looked through once for as long as it stays the same
def _images(text: str) -> list[tuple[int, int, str]]:
    """Line, column and words of every image in a chapter."""
    return [
        (number, image.start() + 1, image[0])
        for number, line in enumerate(text.splitlines(), start=1)
        for image in _IMAGE.finditer(line)
    ]


@lru_cache(maxsize=1000)
def _harm_in_chapter(text: str) -> list[tuple[int, int, str, str]]:
    """Line, column, rule and message of contact details and coordinates in a chapter."""
    return [
        (number, place + 1, rule, message)
        for number, line in enumerate(text.splitlines() if is_suspect(text) else (), start=1)
        if is_suspect(line)
        for rule, place, message in harm_in(line)
    ]


Words = tuple[str, ...]
"""Words of a text, in small letters without accents."""


def _names(corpus: Corpus) -> dict[Words, str]:
    """Whole names and surnames of all records, with the ids of the records."""
    return _by_words(_names_of(corpus, corpus.testimonies))


@kept
def _by_words(names: list[tuple[Words, str]]) -> dict[Words, str]:
    return dict(names)


@ForEach
def _names_of(spot: Spot, record: Testimony) -> Iterator[tuple[Words, str]]:
    if record.name and record.name_kind in ("own_name", "initialled", "pseudonym"):
        words = _words(record.name)
        if len("".join(words)) > 4:
            yield words, record.id
        if record.name_kind == "own_name" and words and len(words[-1]) > 4:
            yield words[-1:], record.id


def _words(text: str) -> Words:
    return tuple(re.findall(r"[^\W_]+", folded(text)))


def _named(text: str, names: Mapping[Words, str]) -> str:
    """The record whose name stands in a text, or nothing."""
    return next((names[words] for words in _phrases(text) if words in names), "")


@lru_cache(maxsize=10_000)
def _phrases(text: str) -> list[Words]:
    """Everything in a text that may be a name: any number of words beside each other."""
    words = _words(text)
    return [words[start:end] for start, end in combinations(range(len(words) + 1), 2)]


# exceptions ---------------------------------------------------------------------------------


_Exception = tuple[str, str, str]
"""Rule, record and key."""


def set_aside(corpus: Corpus, problems: Iterable[Problem]) -> Problems:
    """The problems without those that were reviewed; exceptions that fit none, or stand twice."""
    rules = {exemption.rule for exemption in corpus.exemptions}
    used: set[_Exception] = set()
    wanted: dict[_Exception, int] = {}
    listed = Spot(corpus.documents["exceptions.yaml"])
    for entry, place in _exceptions(corpus, listed.data):
        if wanted.setdefault(entry, place) != place:
            rule, record, key = entry
            message = f"{record} is excepted from {rule} in {key} already"
            yield listed.bad("exception-repeated", message, place)
    for problem in problems:
        document = corpus.at_path(problem.path) if problem.rule in rules else None
        if document is not None:
            field = document.key_at((problem.line, problem.column))
            entry = (problem.rule, Path(problem.path).stem, str(field))
            if entry in wanted:
                used.add(entry)
                continue
        yield problem
    unread = {Path(document.path).stem for document in corpus.unread}
    for (rule, record, key), place in wanted.items():
        if (rule, record, key) not in used and record not in unread:
            message = f"{record} breaks {rule} in {key} no longer"
            yield listed.bad("exception-unused", message, place)


def _exceptions(corpus: Corpus, rows: Any) -> Iterator[tuple[_Exception, int]]:
    """Each exception that could be read, with its place in the file."""
    read = {(e.rule, e.record, e.field) for e in corpus.exemptions}
    for place, row in enumerate(rows if isinstance(rows, list) else []):
        if isinstance(row, dict):
            entry = (str(row.get("rule")), str(row.get("record")), str(row.get("field")))
            if entry in read:
                yield entry, place
