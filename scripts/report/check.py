"""Rules across fields and records: one small generator of problems a rule, all of them run at once."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from report.corpus import Corpus
from report.validation import near
from report.model import (
    COUNTRIES,
    DIMENSIONS,
    Fact,
    LedgerRow,
    Merged,
    Observation,
    Series,
    Source,
    Testimony,
    date_span,
)
from report.problem import Problem
from report.yamlio import Document, Keys

Problems = Iterator[Problem]
CARRIED = (  # fields of a testimony that need evidence, or an entry in unpinned
    "origin departed_from spoke_from age role region places joined left time_in_group first_public medium "
    "setting reasons_joining reasons_leaving suicide_mission aftermath"
).split()
KINDS = {"T": "testimony", "S": "source", "E": "estimate", "F": "fact"}
_ID = re.compile(r"\b[TSEF]\d{4,}\b")
_CONTACT = re.compile(
    r"[\w.+-]+@[\w-]+\.\w{2,}|(?<![\w/])@\w{3,}|(?<![\w./-])\+\d[\d ()-]{8,}\d|(?<!\w)(?:t\.me|wa\.me)/\w+"
)
_COORDINATES = re.compile(r"\d{1,3}°\s*\d|(?<![\d.,])-?\d{1,2}\.\d{4,},\s*-?\d{1,3}\.\d{4,}")


def check(corpus: Corpus, earlier: Sequence[Sequence[LedgerRow]] = ()) -> list[Problem]:
    """All broken rules of the corpus, sorted. `earlier` are former states of the ledger, if known."""
    rules: tuple[Callable[[Corpus], Problems], ...] = (
        _each_testimony, _each_source, _each_series, _each_fact,
        _addresses, _ids, _ledger, _codebook, _groups, _population, _mentions, _exclusions,
    )  # fmt: skip
    found = chain.from_iterable(rule(corpus) for rule in rules)
    return sorted({*found, *chain.from_iterable(_ledger_history(corpus, rows) for rows in earlier)})


@dataclass(frozen=True)
class _Spot:
    """A record and the document it stands in; makes problems that know their line."""

    document: Document
    at: Keys = ()

    def bad(self, rule: str, message: str, *keys: str | int, hint: str = "") -> Problem:
        return self.document.problem((*self.at, *keys), rule, message, hint)

    def ordered(self, model: type[Any], *keys: str | int) -> Problems:
        data = self.document.data
        for key in (*self.at, *keys):
            data = data[key]
        order = [key for key in model.model_fields if key in data]
        for given, wanted in zip(data, order, strict=False):
            if given != wanted:
                yield self.bad("key-order", f"{wanted} must stand before {given}", *keys, given)
                return

    def harmless(self, data: Any, *keys: str | int) -> Problems:
        """Contact details and coordinates in any text below `data`, addresses of sources apart."""
        if isinstance(data, dict):
            for key, value in data.items():
                if key not in ("url", "archive_url"):
                    yield from self.harmless(value, *keys, key)
        elif isinstance(data, list):
            for index, value in enumerate(data):
                yield from self.harmless(value, *keys, index)
        elif isinstance(data, str):
            if found := _CONTACT.search(data):
                yield self.bad("harm-contact", f"{found[0]!r} looks like a way to contact somebody", *keys)
            if found := _COORDINATES.search(data):
                yield self.bad("harm-place", f"{found[0]!r} looks like coordinates", *keys)


def _doubles(spot: _Spot, name: str, values: Sequence[str], *keys: str | int) -> Problems:
    for value, number in Counter(values).items():
        if number > 1:
            yield spot.bad("repeated", f"{value} stands {number} times in {name}", *(keys or (name,)))


# testimonies ------------------------------------------------------------------------------------


def _each_testimony(corpus: Corpus) -> Problems:
    for record in corpus.testimonies.values():
        spot = _Spot(corpus.documents[f"testimonies/{record.id}"])
        yield from spot.ordered(Testimony)
        yield from spot.harmless(spot.document.data)
        for rule in (_who, _when, _what, _evidence, _icsr):
            yield from rule(spot, record)


def _who(spot: _Spot, record: Testimony) -> Problems:
    unnamed = record.name_kind == "unnamed"
    if unnamed == (record.name is not None):
        yield spot.bad("name-kind", "unnamed goes with a descriptor and no name, every other kind with a name", "name_kind")
    if unnamed and not record.descriptor:
        yield spot.bad("name-kind", "an unnamed person needs a descriptor", "name_kind")
    if "child_or_teenager" in record.role and (
        record.name_kind not in ("given_name", "pseudonym", "unnamed") or " " in (record.name or "")
    ):
        yield spot.bad("harm-minor", "was under 18 in the group; a given name at the most", "name" if record.name else "name_kind")
    if record.age and (record.age.value is None) == (record.age.text is None):
        yield spot.bad("age", "must have either value or text", "age")


def _when(spot: _Spot, record: Testimony) -> Problems:
    pairs = (("joined", "left"), ("joined", "first_public"), ("left", "first_public"))
    for earlier, later in pairs:
        first, second = getattr(record, earlier), getattr(record, later)
        if first and second and date_span(second)[1] < date_span(first)[0]:
            yield spot.bad("date-order", f"{later} ({second}) is before {earlier} ({first})", later)


def _what(spot: _Spot, record: Testimony) -> Problems:
    words = len(record.summary.split())
    if not 50 <= words <= 120:
        yield spot.bad("summary-length", f"the summary has {words} words; 50 to 120", "summary")
    for name in ("role", "region", "places", "sources", "unpinned", "content_notes", "withheld", "not_applicable"):
        yield from _doubles(spot, name, getattr(record, name))
    for name in ("reasons_joining", "reasons_leaving"):
        yield from _doubles(spot, name, [reason.code for reason in getattr(record, name)])
    for name in ("withheld", "not_applicable"):
        for index, key in enumerate(getattr(record, name)):
            if key not in Testimony.model_fields:
                yield spot.bad("unknown-key", f"{key} is no field", name, index, hint=near(key, Testimony.model_fields))
            elif key in spot.document.data:
                yield spot.bad("absent-field", f"{key} is {name.replace('_', ' ')}, but given", key)


def _evidence(spot: _Spot, record: Testimony) -> Problems:
    given = spot.document.data
    for name, keys in (("evidence", list(record.evidence)), ("unpinned", record.unpinned)):
        for index, key in enumerate(keys):
            if key not in given or key in ("id", "status", "reviewed"):
                at = key if name == "evidence" else index
                yield spot.bad("evidence", f"{name} names {key}, which the record lacks", name, at, hint=near(key, Testimony.model_fields))
    for key in CARRIED:
        unknown_setting = key == "setting" and record.setting == "unknown"
        if key in given and not unknown_setting and key not in (*record.evidence, *record.unpinned):
            yield spot.bad("evidence", f"{key} has neither evidence nor an entry in unpinned", key)
    for keys, source in _cited(record):
        if source not in record.sources:
            yield spot.bad("not-in-sources", f"{source} is cited, but not in sources", *keys)


def _cited(record: Testimony) -> Iterator[tuple[Keys, str]]:
    for index, source in enumerate(record.sources):
        yield ("sources", index), source
    for key, citations in record.evidence.items():
        for index, citation in enumerate(citations):
            yield ("evidence", key, index), citation.source
    for name in ("reasons_joining", "reasons_leaving"):
        for index, reason in enumerate(getattr(record, name)):
            for place, source in enumerate(reason.sources):
                yield (name, index, "sources", place), source
    for index, dispute in enumerate(record.disputes):
        yield ("disputes", index, "source"), dispute.source


def _icsr(spot: _Spot, record: Testimony) -> Problems:
    status, public = record.icsr_2015.status, record.first_public
    if status == "confirmed" and "icsr_2015" not in record.evidence:
        yield spot.bad("icsr-status", "a confirmed case needs evidence for icsr_2015", "icsr_2015")
    if public and len(public.rstrip("~?%")) >= 7 and status != "confirmed":
        after = date_span(public)[0].isoformat()[:7] > "2015-08"
        if after != (status == "after_window"):
            yield spot.bad("icsr-status", f"{status} does not fit first_public {public}", "icsr_2015", "status")


# sources ----------------------------------------------------------------------------------------


def _each_source(corpus: Corpus) -> Problems:
    for record in corpus.sources.values():
        spot = _Spot(corpus.documents[f"sources/{record.id}"])
        yield from spot.ordered(Source)
        yield from spot.harmless(spot.document.data)
        yield from _source(spot, record)


def _source(spot: _Spot, record: Source) -> Problems:
    if record.link and not record.url:
        yield spot.bad("source-address", "link without url", "link")
    if not record.url and not record.locator:
        yield spot.bad("source-address", "neither url nor locator", "id")
    if record.seen == "not_seen" and (record.link or record.copies):
        yield spot.bad("source-address", "not seen, but has a link or copies", "seen")
    if record.published and not record.published_basis:
        yield spot.bad("date-basis", "published needs published_basis", "published")
    if (record.title_basis == "descriptive") != record.title.startswith("["):
        yield spot.bad("title-basis", "a descriptive title, and no other, stands in square brackets", "title")
    keys = [copy.key for copy in record.copies if copy.key]
    yield from _doubles(spot, "copies", keys)
    for index, copy in enumerate(record.copies):
        if copy.link and not copy.url:
            yield spot.bad("source-address", "link without url", "copies", index, "link")


def _addresses(corpus: Corpus) -> Problems:
    owners: dict[str, str] = {}
    for record in corpus.sources.values():
        for keys, url in _urls(record):
            first = owners.setdefault(re.sub(r"^https?://(www\.)?", "", url).rstrip("/"), record.id)
            if first != record.id:
                spot = _Spot(corpus.documents[f"sources/{record.id}"])
                yield spot.bad("duplicate-address", f"the address already stands in {first}", *keys)


def _urls(record: Source) -> Iterator[tuple[Keys, str]]:
    if record.url:
        yield ("url",), record.url
    for index, copy in enumerate(record.copies):
        if copy.url:
            yield ("copies", index, "url"), copy.url


# estimates --------------------------------------------------------------------------------------


def _each_series(corpus: Corpus) -> Problems:
    for series in corpus.series.values():
        spot = _Spot(corpus.documents[f"estimates/{series.id}"])
        yield from spot.ordered(Series)
        yield from spot.harmless(spot.document.data)
        source = corpus.sources.get(series.id)
        if source and series.published != source.published:
            yield spot.bad("published-differs", f"must be {source.published}, as in the source", "published" if series.published else "source")
        yield from _twice(spot, series)
        for index, row in enumerate(series.observations):
            yield from spot.ordered(Observation, "observations", index)
            yield from _observation(corpus, _Spot(spot.document, ("observations", index)), series, row)


def _observation(corpus: Corpus, spot: _Spot, series: Series, row: Observation) -> Problems:
    yield from _in_order(spot, row.values)
    ends = row.low is not None and row.high is not None
    counted = any(value is not None for value in row.values)
    facts = (
        (counted or row.per_million is not None, "has no value"),
        (ends == (row.qualifier == "range"), f"{row.qualifier} and two ends do not go together"),
        (row.qualifier == "range" or row.low is None and row.high is None or row.point is None, "one end and a point"),
        ((row.unit == "per_million") == (row.per_million is not None and not counted), "per_million is the unit of rows with a rate only"),
        (not row.unit.startswith("percent") or max(v or 0 for v in row.values) <= 100, "more than 100 per cent"),
        ((row.reading != "main" or row.unit != "persons") == bool(row.no_sum), "no_sum stands exactly on second readings and on rows not in persons"),
        (not (row.hold and row.comparable_group), "a held row stands in no comparability group"),
        (bool(row.hold) or not row.secondary, "a second-hand row needs a hold"),
        (bool(row.as_printed or row.derived), "as_printed is missing"),
        (row.measure != "present" or (row.counting or series.counting) in ("present", "worded_present"), "present, but counted otherwise"),
        ((row.measure == "records") == ((row.counting or series.counting) == "records"), "records must be counted as records"),
    )  # fmt: skip
    yield from (spot.bad("observation", f"{row.id}: {message}") for holds, message in facts if not holds)
    for name in DIMENSIONS:
        if getattr(row, name) == getattr(series, name):
            yield spot.bad("repeats-default", f"{row.id}: {name} repeats the code of the file", name)
    source = corpus.sources.get(row.read_in)
    if source and row.read_copy and row.read_copy not in [copy.key for copy in source.copies]:
        yield spot.bad("dead-reference", f"{row.read_in} has no copy {row.read_copy}", "read_copy")
    for index, other in enumerate(row.alternatives):
        yield from _in_order(spot, (other.low, other.point, other.high), "alternatives", index)
        if not (other.source or other.sources or other.note):
            yield spot.bad("observation", f"{row.id}: an alternative needs a source or a note", "alternatives", index)
    if row.comparable_group:
        yield from _group(corpus, spot, series, row)


def _in_order(spot: _Spot, values: Sequence[float | None], *keys: str | int) -> Problems:
    given = [value for value in values if value is not None]
    if given != sorted(given):
        yield spot.bad("range-order", f"not low <= point <= high: {given}", *keys)


def _group(corpus: Corpus, spot: _Spot, series: Series, row: Observation) -> Problems:
    allow = {"unit": ["persons"], **(corpus.codebook["comparable_group"][row.comparable_group or ""].allow or {})}
    for name, codes in allow.items():
        value = getattr(row, name, None) or getattr(series, name, None)
        if codes != "any" and value not in codes:
            yield spot.bad("comparable-group", f"{row.id}: {name} {value} does not belong in {row.comparable_group}", "comparable_group")


def _twice(spot: _Spot, series: Series) -> Problems:
    seen: dict[tuple[str, ...], str] = {}
    for index, row in enumerate(series.observations):
        keys = [("row", row.area, row.measure, row.as_of, row.qualifier, row.reading)]
        if row.reading == "main":
            keys.append(("main", row.area, row.measure, row.unit))
        for key in keys:
            if key in seen:
                yield spot.bad("duplicate-observation", f"{row.id}: stands beside {seen[key]}; give one of them a reading", "observations", index)
            seen.setdefault(key, row.id)


def _groups(corpus: Corpus) -> Problems:
    used = {row.comparable_group for _, row in corpus.observations.values()}
    spot = _Spot(corpus.documents["codebook.yaml"])
    for code in corpus.codebook.get("comparable_group", {}):
        if code not in used:
            yield spot.bad("comparable-group", f"{code} has no row", "comparable_group")


# facts, codebook, tables ------------------------------------------------------------------------


def _each_fact(corpus: Corpus) -> Problems:
    document = corpus.documents["facts.yaml"]
    places = {row.get("id"): index for index, row in enumerate(document.data or []) if isinstance(row, dict)}
    for fact in corpus.facts.values():
        spot = _Spot(document, (places[fact.id],))
        yield from spot.ordered(Fact)
        yield from spot.harmless(document.data[places[fact.id]])
        yield from _fact(spot, fact)


def _fact(spot: _Spot, fact: Fact) -> Problems:
    values = [value for value in (fact.low, fact.value, fact.high) if value is not None]
    if bool(values) != bool(fact.unit):
        yield spot.bad("fact", f"{fact.id}: a unit stands exactly where there is a value", "id")
    if any(isinstance(value, str) for value in values) != (fact.unit == "month"):
        yield spot.bad("fact", f"{fact.id}: months, and only they, are dates", "unit")
    elif fact.unit != "month":
        numbers = [float(value) for value in values]
        yield from _in_order(spot, numbers)
        if fact.unit == "share" and max(numbers) > 1:
            yield spot.bad("fact", f"{fact.id}: a share is a part of one", "unit")
    for index, conflict in enumerate(fact.conflicts):
        if not (conflict.source or conflict.note):
            yield spot.bad("fact", f"{fact.id}: a conflict needs a source or a note", "conflicts", index)


def _codebook(corpus: Corpus) -> Problems:
    spot = _Spot(corpus.documents["codebook.yaml"])
    for code, entry in corpus.codebook.get("comparable_group", {}).items():
        for name, codes in (entry.allow or {}).items():
            for value in codes if codes != "any" else ():
                if value not in corpus.codebook.get(name, {}):
                    yield spot.bad("unknown-code", f"{code}: {name} {value} does not exist", "comparable_group", hint=near(value, corpus.codebook.get(name, {})))


def _population(corpus: Corpus) -> Problems:
    areas = {row.area for _, row in corpus.observations.values() if row.area in COUNTRIES}
    for area in sorted(areas):
        for year in (2013, 2014, 2015):
            if (area, year) not in corpus.populations:
                yield Problem("data/population.csv", 1, 1, "population", f"{area} {year} is missing")


def _mentions(corpus: Corpus) -> Problems:
    """Ids in any text exist, and each source is cited or at least mentioned somewhere."""
    known = {*_owned(corpus), *(row.id for row in corpus.ledger)}
    mentioned: set[str] = set()
    for name, document in corpus.documents.items():
        own = name.rpartition("/")[2]
        for found in _ID.finditer(document.text):
            if found[0] != own or name.startswith("estimates/"):
                mentioned.add(found[0])
            if found[0] not in known:
                line = document.text.count("\n", 0, found.start()) + 1
                column = found.start() - document.text.rfind("\n", 0, found.start())
                yield Problem(document.path, line, column, "dead-reference", f"{found[0]} does not exist")
    for source in sorted(corpus.sources.keys() - mentioned):
        yield _Spot(corpus.documents[f"sources/{source}"]).bad("unused-source", f"{source} is used by no record", "id")


def _exclusions(corpus: Corpus) -> Problems:
    document = corpus.documents["excluded.yaml"]
    yield from _Spot(document).harmless(document.data)
    yield from _doubles(_Spot(document), "excluded.yaml", [row.key for row in corpus.excluded], 0)


# ids and ledger ---------------------------------------------------------------------------------


def _owned(corpus: Corpus) -> dict[str, list[str]]:
    """Every id with the names of the documents that hold it (the keys of `documents`)."""
    owners: dict[str, list[str]] = defaultdict(list)
    for name in corpus.documents:
        folder, _, id_ = name.partition("/")
        if folder in ("testimonies", "sources"):
            owners[id_].append(name)
    for series in corpus.series.values():
        for row in series.observations:
            owners[row.id].append(f"estimates/{series.id}")
    for row in corpus.documents["facts.yaml"].data or []:
        if isinstance(row, dict):
            owners[str(row.get("id"))].append("facts.yaml")
    return owners


def _ids(corpus: Corpus) -> Problems:
    ledger = {row.id for row in corpus.ledger}
    for id_, names in _owned(corpus).items():
        spot = _Spot(corpus.documents[names[0]])
        if len(names) > 1:
            yield _Spot(corpus.documents[names[-1]]).bad("duplicate-id", f"{id_} stands {len(names)} times")
        if id_ not in ledger:
            yield spot.bad("ledger-missing", f"{id_} is not in data/ids.csv", "id", hint="report new mints ids")


def _ledger(corpus: Corpus) -> Problems:
    seen: set[str] = set()
    owned = _owned(corpus)
    for line, row in enumerate(corpus.ledger, start=2):
        def bad(rule: str, message: str, line: int = line) -> Problem:
            return Problem("data/ids.csv", line, 1, rule, message)

        if row.id in seen:
            yield bad("ledger-order", f"{row.id} stands here for the second time")
        seen.add(row.id)
        if row.kind != KINDS[row.id[0]]:
            yield bad("ledger-changed", f"{row.id} is a {KINDS[row.id[0]]}, not a {row.kind}")
        tombstone = corpus.tombstones.get(row.id)
        status = tombstone.status if tombstone else "published"
        if row.id in owned and row.status != status:
            yield bad("ledger-changed", f"{row.id} is {status} in its record, {row.status} here")
        if row.id not in owned and (row.status == "published" or row.id[0] in "TS"):
            yield bad("ledger-missing", f"{row.id} has no record", )
        replaced = tombstone.replaced_by if isinstance(tombstone, Merged) else row.replaced_by
        if (row.status == "merged") != bool(row.replaced_by) or row.replaced_by != replaced:
            yield bad("ledger-changed", f"{row.id}: a merged id, and no other, names the record that replaced it")
        elif replaced and replaced not in owned:
            yield bad("dead-reference", f"{row.id} leads to {replaced}, which does not exist")


def _ledger_history(corpus: Corpus, earlier: Sequence[LedgerRow]) -> Problems:
    now = {row.id: (line, row) for line, row in enumerate(corpus.ledger, start=2)}
    for row in earlier:
        line, current = now.get(row.id, (1, None))
        if current is None:
            yield Problem("data/ids.csv", line, 1, "ledger-missing", f"{row.id} was minted once and is gone")
        elif (row.kind, row.minted) != (current.kind, current.minted):
            yield Problem("data/ids.csv", line, 1, "ledger-changed", f"{row.id}: kind and date never change")
        elif row.status != "published" and row.status != current.status:
            yield Problem("data/ids.csv", line, 1, "ledger-changed", f"{row.id} was {row.status} and stays so")
