"""Rules for testimonies, for their sources and for excluded cases, one small function a rule."""

import re
from collections.abc import Iterator

from report.checks.spot import ForEach, Problems, Spot, harmless
from report.data.again import kept
from report.data.corpus import Corpus
from report.data.model import CARRIED, Source, Testimony, date_span
from report.data.testimony import ICSR_WINDOW
from report.data.validation import near
from report.data.yamlio import Keys

_LISTS = (
    *("role", "region", "places", "sources", "unpinned", "content_notes", "withheld"),
    "not_applicable",
)
_NOT_EVIDENCED = ("id", "status", "reviewed", "evidence", "unpinned", "sources")

_Address = tuple[str, str, Keys]
"""What an address is known by, the source that it stands in, and where."""


def each_testimony(corpus: Corpus) -> Problems:
    """Rules within one testimony."""
    yield from _testimonies(corpus, corpus.testimonies)


@ForEach
def _testimonies(spot: Spot, record: Testimony) -> Problems:
    yield from spot.common(record)
    yield from spot.in_time(record, "joined", "left", "first_public", "reviewed")
    for rule in (_age, _lists, _fields, _evidence, _cited_sources, _icsr):
        yield from rule(spot, record)


def _age(spot: Spot, record: Testimony) -> Problems:
    if record.age and (record.age.value is None) == (record.age.text is None):
        yield spot.bad("age", "must have either value or text", "age")


def _lists(spot: Spot, record: Testimony) -> Problems:
    words = len(record.summary.split())
    if not 50 <= words <= 120:
        yield spot.bad("summary-length", f"the summary has {words} words; 50 to 120", "summary")
    for name in _LISTS:
        yield from spot.doubles(name, getattr(record, name))
    for name, citations in record.evidence.items():
        ids = [f"{cited.source} {cited.at or ''}".strip() for cited in citations]
        yield from spot.doubles(name, ids, "evidence", name)
    for name in ("reasons_joining", "reasons_leaving"):
        yield from spot.doubles(name, [reason.code for reason in getattr(record, name)])


def _fields(spot: Spot, record: Testimony) -> Problems:
    """Lists that name fields name fields; those that are said to be absent are absent."""
    named: list[tuple[Keys, str]] = [
        (("disputes", index, "field"), dispute.field)
        for index, dispute in enumerate(record.disputes)
    ]
    for name in ("withheld", "not_applicable"):
        for index, key in enumerate(getattr(record, name)):
            named.append(((name, index), key))
            if key in spot.data:
                words = name.replace("_", " ")
                yield spot.bad("absent-field", f"{key} is {words}, but given", key)
    for keys, key in named:
        if key not in Testimony.model_fields:
            hint = near(key, Testimony.model_fields)
            yield spot.bad("unknown-key", f"{key} is no field", *keys, hint=hint)


def _evidence(spot: Spot, record: Testimony) -> Problems:
    given = spot.data
    for name, keys in (("evidence", list(record.evidence)), ("unpinned", record.unpinned)):
        for index, key in enumerate(keys):
            if key not in given or key in _NOT_EVIDENCED:
                at = key if name == "evidence" else index
                message = f"{name} names {key}, which the record lacks or which needs none"
                hint = near(key, given.keys() - set(_NOT_EVIDENCED))
                yield spot.bad("evidence", message, name, at, hint=hint)
    for key in CARRIED:
        unknown_setting = key == "setting" and record.setting == "unknown"
        if key in given and not unknown_setting and key not in (*record.evidence, *record.unpinned):
            yield spot.bad("evidence", f"{key} has neither evidence nor an entry in unpinned", key)


def _cited_sources(spot: Spot, record: Testimony) -> Problems:
    for keys, source in _citations(record):
        if source not in record.sources:
            yield spot.bad("not-in-sources", f"{source} is cited, but not in sources", *keys)


def _citations(record: Testimony) -> Iterator[tuple[Keys, str]]:
    """Every place where a testimony names a source, and the source."""
    for index, source in enumerate(record.sources):
        yield ("sources", index), source
    for key, cited in record.evidence.items():
        for index, citation in enumerate(cited):
            yield ("evidence", key, index), citation.source
    for name in ("reasons_joining", "reasons_leaving"):
        for index, reason in enumerate(getattr(record, name)):
            for place, source in enumerate(reason.sources):
                yield (name, index, "sources", place), source
    for index, dispute in enumerate(record.disputes):
        yield ("disputes", index, "source"), dispute.source


def _icsr(spot: Spot, record: Testimony) -> Problems:
    status, public = record.icsr_2015.status, record.first_public
    if status == "confirmed" and "icsr_2015" not in record.evidence:
        message = "a confirmed case needs evidence for icsr_2015"
        yield spot.bad("icsr-status", message, "icsr_2015")
    if public and status != "confirmed":
        first, last = date_span(public)
        after = status == "after_window"
        if (first > ICSR_WINDOW[1] and not after) or (last <= ICSR_WINDOW[1] and after):
            message = f"{status} does not fit first_public {public}"
            yield spot.bad("icsr-status", message, "icsr_2015", "status")


def each_source(corpus: Corpus) -> Problems:
    """Rules within one source."""
    yield from _sources(corpus, corpus.sources)


@ForEach
def _sources(spot: Spot, record: Source) -> Problems:
    yield from spot.common(record)
    yield from spot.in_time(record, "published", "accessed")
    yield from spot.doubles("copies", [copy.key for copy in record.copies])
    yield from _address(spot, record)
    yield from _title(spot, record)


def _address(spot: Spot, record: Source) -> Problems:
    if record.link and not record.url:
        yield spot.bad("source-address", "link without url", "link")
    if not record.url and not record.locator:
        yield spot.bad("source-address", "neither url nor locator", "id")
    if record.seen == "not_seen" and (record.link or record.copies):
        yield spot.bad("source-address", "not seen, but has a link or copies", "seen")
    for index, copy in enumerate(record.copies):
        if copy.link and not copy.url:
            yield spot.bad("source-address", "link without url", "copies", index, "link")


def _title(spot: Spot, record: Source) -> Problems:
    if record.published and not record.published_basis:
        yield spot.bad("date-basis", "published needs published_basis", "published")
    if (record.title_basis == "descriptive") != record.title.startswith("["):
        message = "a descriptive title, and no other, stands in square brackets"
        yield spot.bad("title-basis", message, "title")


def addresses(corpus: Corpus) -> Problems:
    """An address belongs to one source."""
    for first, id_, keys in _doubles(_addresses(corpus, corpus.sources)):
        spot = Spot(corpus.documents[f"sources/{id_}"])
        yield spot.bad("duplicate-address", f"the address already stands in {first}", *keys)


@kept
def _doubles(addresses: list[_Address]) -> list[_Address]:
    """Addresses that stand in an earlier source already, which is named in their stead."""
    owners: dict[str, str] = {}
    named = ((owners.setdefault(plain, id_), id_, keys) for plain, id_, keys in addresses)
    return [double for double in named if double[0] != double[1]]


@ForEach
def _addresses(spot: Spot, record: Source) -> Iterator[_Address]:
    """Every address of a source, without what makes no difference; the source, and where."""
    urls: list[tuple[str | None, Keys]] = [(record.url, ("url",))]
    urls += [(copy.url, ("copies", index, "url")) for index, copy in enumerate(record.copies)]
    for url, keys in urls:
        if url:
            yield re.sub(r"^https?://(www\.)?", "", url).rstrip("/"), record.id, keys


def exclusions(corpus: Corpus) -> Problems:
    """Rules for the list of excluded cases."""
    spot = Spot(corpus.documents["excluded.yaml"])
    yield from harmless(spot, spot.data)
    yield from spot.doubles("excluded.yaml", [row.key for row in corpus.excluded], 0)
