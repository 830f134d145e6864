"""Rules for estimates, facts, the codebook and the table of population."""

import re
from typing import Any

from report.checks.spot import ForEach, Problems, Spot, certainly_before
from report.data.corpus import Corpus
from report.data.model import COUNTRIES, DIMENSIONS, Alternative, Fact, Observation, Series
from report.data.numbers import numbers
from report.data.validation import near
from report.problem import Problem

_DIGIT = re.compile(r"\d")
_PARTED = re.compile(r"\d{1,3}(?:[.,\s]\d{3})+(?!\d)")
"""A number whose thousands are set apart by a sign of any language."""
POPULATION_YEARS = (2013, 2014, 2015)


def each_series(corpus: Corpus) -> Problems:
    """Rules within one file of estimates, and against its source and the codebook."""
    yield from _series(corpus, corpus.series)
    for series in corpus.series.values():
        spot = Spot(corpus.documents[f"estimates/{series.id}"])
        source = corpus.sources.get(series.id)
        if source and series.published != source.published:
            key = "published" if series.published else "source"
            message = f"published must be {source.published or 'absent'}, as in the source"
            yield spot.bad("published-differs", message, key)
        for index, row in enumerate(series.observations):
            row_spot = spot.below("observations", index)
            yield from _group(corpus, row_spot, series, row)
            yield from _copy(corpus, row_spot, row)


@ForEach
def _series(spot: Spot, series: Series) -> Problems:
    yield from spot.common(series)
    yield from _twice(spot, series)
    for index, row in enumerate(series.observations):
        row_spot = spot.below("observations", index)
        for rule in (_observation, _defaults, _date):
            yield from rule(row_spot, series, row)
        for place, other in enumerate(row.alternatives):
            yield from _alternative(row_spot.below("alternatives", place), other)


def _observation(spot: Spot, series: Series, row: Observation) -> Problems:
    yield from spot.rising(row.values)
    ends = row.low is not None and row.high is not None
    one_end = (row.low is None) != (row.high is None)
    counted = any(value is not None for value in row.values)
    counting = row.counting or series.counting
    only_rate = row.per_million is not None and not counted
    second = row.reading != "main" or row.unit != "persons"
    percent = row.unit.startswith("percent") and max(v or 0 for v in row.values) > 100
    present = counting in ("present", "worded_present")
    broken = (
        (not counted and row.per_million is None, "has no value"),
        (ends != (row.qualifier == "range"), f"{row.qualifier} and its ends do not go together"),
        (one_end, "one end alone is a point, with the qualifier at_least or up_to"),
        ((row.unit == "per_million") != only_rate, "per_million is for rows with only a rate"),
        (percent, "more than 100 per cent"),
        (second != bool(row.no_sum), "no_sum: true goes with a reading or a unit, and only so"),
        (row.hold and row.comparable_group, "a held row stands in no comparability group"),
        (row.secondary and not row.hold, "a second-hand row needs a hold"),
        (not row.as_printed and not row.derived, "as_printed is missing"),
        (row.measure == "present" and not present, f"present, but counted as {counting}"),
        ((row.measure == "records") != (counting == "records"), "records are counted as records"),
    )
    yield from (spot.bad("observation", f"{row.id}: {text}") for wrong, text in broken if wrong)
    for key, value in zip(("low", "point", "high"), row.values, strict=True):
        if value and not row.derived and not _stands_in(row.as_printed or "", value):
            message = f"{row.id}: {key} {value:,} does not stand in as_printed"
            yield spot.bad("observation", message, key)


def _stands_in(text: str, value: float) -> bool:
    """Whether a number stands in a text, however thousands are set apart there; a fraction may be rounded.

    A text without digits may have it in words of any language.
    """
    if text == f"{value:,}":  # as mostly: the rest takes longer
        return True
    parted = (float(re.sub(r"\D", "", found)) for found in _PARTED.findall(text))
    known = {*(number for _, _, number in numbers(text)), *parted}
    near = any(abs(value - number) <= (0.02 if number < 1 else 1e-9) for number in known)
    return near or not _DIGIT.search(text)


def _alternative(spot: Spot, other: Alternative) -> Problems:
    yield from spot.rising((other.low, other.point, other.high))
    if not (other.source or other.sources or other.note):
        yield spot.bad("observation", "an alternative needs a source or a note")


def _defaults(spot: Spot, series: Series, row: Observation) -> Problems:
    for name in DIMENSIONS:
        if getattr(row, name) == getattr(series, name):
            message = f"{row.id}: {name} repeats the code of the file"
            yield spot.bad("repeats-default", message, name)


def _group(corpus: Corpus, spot: Spot, series: Series, row: Observation) -> Problems:
    group = corpus.codebook.get("comparable_group", {}).get(row.comparable_group or "")
    if group is None:  # none, or one that is no code: reported where the row was read
        return
    allow = {"unit": ["persons"], **(group.allow or {})}
    for name, codes in allow.items():
        value = getattr(row, name, None) or getattr(series, name, None)
        if codes != "any" and value not in codes:
            message = f"{row.id}: {name} {value} does not belong in {row.comparable_group}"
            yield spot.bad("comparable-group", message, "comparable_group")


def _copy(corpus: Corpus, spot: Spot, row: Observation) -> Problems:
    source = corpus.sources.get(row.read_in)
    if source and row.read_copy and row.read_copy not in [copy.key for copy in source.copies]:
        message = f"{row.read_in} has no copy {row.read_copy}"
        yield spot.bad("dead-reference", message, "read_copy")


def _date(spot: Spot, series: Series, row: Observation) -> Problems:
    if series.published and certainly_before(series.published, row.as_of):
        message = f"{row.id}: as_of ({row.as_of}) is after published ({series.published})"
        yield spot.bad("date-order", message, "as_of")


def _twice(spot: Spot, series: Series) -> Problems:
    seen: dict[tuple[str, ...], str] = {}
    for index, row in enumerate(series.observations):
        entry = (row.area, row.measure, row.unit)
        keys: list[tuple[str, ...]] = [(*entry, row.as_of, row.qualifier, row.reading)]
        if row.reading == "main":
            keys.append(("main", *entry))
        others = [seen[key] for key in keys if key in seen]
        if others:
            message = f"{row.id}: stands beside {others[-1]}; give one of them a reading"
            yield spot.bad("duplicate-observation", message, "observations", index)
        seen.update((key, row.id) for key in keys if key not in seen)


def each_fact(corpus: Corpus) -> Problems:
    """Rules within one fact."""
    document = corpus.documents["facts.yaml"]
    rows = document.data if isinstance(document.data, list) else []
    places = {row.get("id"): index for index, row in enumerate(rows) if isinstance(row, dict)}
    for fact in corpus.facts.values():
        spot = Spot(document, (places[fact.id],))
        yield from spot.common(fact)
        yield from _fact(spot, fact)
        for index, conflict in enumerate(fact.conflicts):
            if not (conflict.source or conflict.note):
                message = f"{fact.id}: a conflict needs a source or a note"
                yield spot.bad("fact", message, "conflicts", index)


def _fact(spot: Spot, fact: Fact) -> Problems:
    yield from _fact_values(spot, fact)
    said = f"{fact.statement} {fact.as_printed or ''}"
    for key in ("value", "low", "high"):
        value = getattr(fact, key)
        if isinstance(value, int | float) and value and not fact.derived:
            forms = (value, round(100 * value, 9)) if fact.unit == "share" else (value,)
            if not any(_stands_in(said, form) for form in forms):
                message = f"{fact.id}: {key} {value:,} does not stand in statement or as_printed"
                yield spot.bad("fact", message, key)


def _fact_values(spot: Spot, fact: Fact) -> Problems:
    values: list[Any] = [v for v in (fact.low, fact.value, fact.high) if v is not None]
    if bool(values) != bool(fact.unit):
        yield spot.bad("fact", f"{fact.id}: a unit stands exactly where there is a value", "id")
    dates = [isinstance(value, str) for value in values]
    if values and (not all(dates) if fact.unit == "month" else any(dates)):
        yield spot.bad("fact", f"{fact.id}: months, and only they, are dates", "unit")
    elif fact.unit == "month":
        if len(values) > 1 and certainly_before(values[-1], values[0]):
            yield spot.bad("range-order", f"{values[-1]} is before {values[0]}", "high")
    else:
        yield from spot.rising(values)
        if fact.unit == "share" and max(values, default=0) > 1:
            yield spot.bad("fact", f"{fact.id}: a share is a part of one", "unit")


def codebook(corpus: Corpus) -> Problems:
    """Rules within the codebook: order of keys, and the codes that groups allow."""
    document = corpus.documents["codebook.yaml"]
    for name, entries in corpus.codebook.items():
        rows = document.data[name]
        places = {row.get("code"): index for index, row in enumerate(rows) if isinstance(row, dict)}
        for code, entry in entries.items():
            spot = Spot(document, (name, places[code]))
            yield from spot.common(entry)
            for dimension, codes in (entry.allow or {}).items():
                known = corpus.codebook.get(dimension, {})
                for value in codes if codes != "any" else ():
                    if value not in known:
                        message = f"{code}: {dimension} {value} does not exist"
                        keys = ("allow", dimension)
                        yield spot.bad("unknown-code", message, *keys, hint=near(value, known))


def groups(corpus: Corpus) -> Problems:
    """Every comparability group has rows."""
    if corpus.unread:  # the rows may stand in a file that could not be read
        return
    used = {row.comparable_group for _, row in corpus.observations.values()}
    for index, code in enumerate(corpus.codebook.get("comparable_group", {})):
        if code not in used:
            spot = Spot(corpus.documents["codebook.yaml"], ("comparable_group", index))
            yield spot.bad("comparable-group", f"{code} has no row")


def population(corpus: Corpus) -> Problems:
    """Every country with an estimate has its population, once for each year."""
    document = corpus.documents.get("population.csv")
    if document is None or not corpus.population:  # reported where the table was read
        return
    seen = set()
    for line, row in enumerate(corpus.population, start=2):
        if (row.iso_alpha2, row.year) in seen:
            message = f"{row.iso_alpha2} {row.year} stands there twice"
            yield Problem(document.path, line, 1, "population", message)
        seen.add((row.iso_alpha2, row.year))
    areas = {row.area for _, row in corpus.observations.values() if row.area in COUNTRIES}
    for area in sorted(areas):
        missing = [str(year) for year in POPULATION_YEARS if (area, year) not in seen]
        if missing:
            message = f"{area} lacks {', '.join(missing)}"
            yield Problem(document.path, 1, 1, "population", message)
