"""Browse: the lists of testimonies, sources and series, and what their script loads."""

import json
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from report.data.model import (
    COUNTRIES,
    DIMENSIONS,
    Series,
    Source,
    Testimony,
    date_span,
    date_words,
)
from report.pages.listing import NONE, Cell, Column, Listing, Question, Row, content, facets
from report.pages.wording import languages

if TYPE_CHECKING:
    from report.pages.site import Site

KINDS = ("testimonies", "sources", "estimates")
"""The kinds of records that have a list."""


def listing(site: "Site", kind: str) -> Listing:
    """The list of one kind of record."""
    return {"testimonies": _testimonies, "sources": _sources, "estimates": _estimates}[kind](site)


def browse_files(site: "Site") -> dict[str, Callable[[], str | bytes]]:
    """What the scripts of the lists and of the page of lost readers load: path -> what makes it."""
    lists = {f"{kind}/browse.json": partial(_browse, site, kind) for kind in KINDS}
    return {**lists, "ids.json": partial(_ids, site)}


def _browse(site: "Site", kind: str) -> str:
    now = site.edition
    return _compact(content(site.listing(kind), now.title, now.version))


def _ids(site: "Site") -> str:
    """Where estimates and facts stand, which have no page of their own, also those that were withdrawn."""
    rows = {id_: f"estimates/{s.id}/#{id_}" for id_, (s, _) in site.corpus.observations.items()}
    rows |= {id_: f"facts/#{id_}" for id_ in site.corpus.facts}
    pages = {"E": "estimates/", "F": "facts/"}
    return _compact(rows | {row.id: f"{pages[row.id[0]]}#{row.id}" for row in site.corpus.retired})


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


# the three lists -------------------------------------------------------------------------------


def _testimonies(site: "Site") -> Listing:
    columns = (
        Column("name", "Person"),
        Column("origin", "Origin"),
        Column("date", "First public"),
        Column("setting", "Setting"),
        Column("grade", "Grade"),
    )
    leaving, joining = _labels(site, "reason_leaving"), _labels(site, "reason_joining")
    rows = [_testimony(site, record) for record in site.corpus.testimonies.values()]
    questions = (
        Question("origin", "Origin", COUNTRIES, "not stated or withheld", ranked=True),
        Question("gender", "Gender", _labels(site, "gender")),
        Question("year", "Year first public", _years(rows), "not dated"),
        Question("reason_leaving", "Reason for leaving", leaving, ranked=True),
        Question("reason_joining", "Reason for joining", joining, ranked=True),
        Question("role", "Role", _labels(site, "role"), ranked=True),
        Question("setting", "Setting", _labels(site, "setting")),
        Question("grade", "Grade of evidence", _labels(site, "grade")),
        Question("icsr", "Among ICSR’s 58", _labels(site, "icsr_status")),
        Question("medium", "Medium", _labels(site, "medium"), ranked=True),
    )
    return Listing("testimonies", columns, facets(rows, questions), rows)


def _testimony(site: "Site", record: Testimony) -> Row:
    codes = {
        "origin": [record.origin or NONE],
        "gender": [record.gender],
        "year": [_year(record.first_public)],
        "reason_leaving": _some(reason.code for reason in record.reasons_leaving),
        "reason_joining": _some(reason.code for reason in record.reasons_joining),
        "role": list(record.role),
        "setting": [record.setting],
        "grade": [record.grade.level],
        "icsr": [record.icsr_2015.status],
        "medium": [record.medium],
    }
    hidden = "withheld" if "origin" in record.withheld else "not stated"
    origin = COUNTRIES.get(record.origin or "")
    places = [COUNTRIES[code] for code in (record.departed_from, record.spoke_from) if code]
    outlets = [source.publisher for source in site.sources_of(record).values()]
    cells = (
        Cell(record.title, record.title),
        Cell(origin or hidden, origin),
        _date(record.first_public),
        _coded(site, "setting", record.setting),
        _coded(site, "grade", record.grade.level),
    )
    words = _words(record.role_text, *record.places, *places, *record.region, *outlets)
    return Row(record.id, cells, codes, words)


def _sources(site: "Site") -> Listing:
    columns = (
        Column("title", "Source"),
        Column("publisher", "Publisher"),
        Column("date", "Published"),
        Column("kind", "Kind"),
        Column("reliability", "Reliability"),
    )
    rows = [_source(site, record) for record in site.corpus.sources.values()]
    questions = (
        Question("kind", "Kind", _labels(site, "source_kind"), ranked=True),
        Question("reliability", "Reliability", _labels(site, "reliability")),
        Question("language", "Language", languages(), ranked=True),
        Question("year", "Year published", _years(rows), "not dated"),
        Question("seen", "How much was seen", _labels(site, "seen")),
    )
    return Listing("sources", columns, facets(rows, questions), rows)


def _source(site: "Site", record: Source) -> Row:
    codes = {
        "kind": [record.kind],
        "reliability": [record.reliability],
        "language": [record.language.split("-")[0] if record.language else NONE],
        "year": [_year(record.published)],
        "seen": [record.seen],
    }
    cells = (
        Cell(record.title, record.title),
        Cell(record.publisher, record.publisher),
        _date(record.published),
        _coded(site, "source_kind", record.kind),
        _coded(site, "reliability", record.reliability),
    )
    language = record.language if record.title_basis != "descriptive" else None
    copies = [copy.publisher for copy in record.copies]
    return Row(record.id, cells, codes, _words(*record.authors, *copies), language)


def _estimates(site: "Site") -> Listing:
    columns = (
        Column("series", "Series"),
        Column("date", "Published"),
        Column("people", "Who"),
        Column("actors", "With whom"),
        Column("geography", "Where"),
        Column("counting", "Counting"),
        Column("figures", "Figures", number=True),
    )
    rows = [_series(site, record) for record in site.corpus.series.values()]
    questions = (
        Question("people", "Who is counted", _labels(site, "people")),
        Question("actors", "With which groups", _labels(site, "actors")),
        Question("geography", "Where", _labels(site, "geography")),
        Question("counting", "Counting", _labels(site, "counting")),
        Question("residence", "Nationals or residents", _labels(site, "residence")),
        Question("year", "Year published", _years(rows), "not dated"),
    )
    return Listing("estimates", columns, facets(rows, questions), rows)


def _series(site: "Site", record: Series) -> Row:
    codes = {
        name: _some([getattr(record, name), *(getattr(row, name) for row in record.observations)])
        for name in DIMENSIONS
    }
    figures = len(record.observations)
    shown = ("people", "actors", "geography", "counting")
    cells = (
        Cell(record.series, record.series),
        _date(record.published),
        *(_coded(site, name, getattr(record, name)) for name in shown),
        Cell(f"{figures:,}", figures),
    )
    areas = (site.corpus.area(row.area) for row in record.observations)
    return Row(record.id, cells, codes | {"year": [_year(record.published)]}, _words(*areas))


# their values ----------------------------------------------------------------------------------


def _labels(site: "Site", vocabulary: str) -> dict[str, str]:
    return {code: entry.label for code, entry in site.corpus.codebook[vocabulary].items()}


def _coded(site: "Site", vocabulary: str, code: str) -> Cell:
    entries = site.corpus.codebook[vocabulary]
    return Cell(entries[code].label, list(entries).index(code))


def _date(date: str | None) -> Cell:
    return Cell(date_words(date), f"{date_span(date)[0]}") if date else Cell("not dated", None)


def _year(date: str | None) -> str:
    return str(date_span(date)[0].year) if date else NONE


def _years(rows: Iterable[Row]) -> dict[str, str]:
    return {year: year for year in sorted({row.codes["year"][0] for row in rows} - {NONE})}


def _some(codes: Iterable[str | None]) -> list[str]:
    """The codes once each, or the value of what says nothing."""
    return list(dict.fromkeys(code for code in codes if code)) or [NONE]


def _words(*parts: str) -> str:
    return " · ".join(dict.fromkeys(parts))
