"""Corpus to tidy pandas tables: every figure that is printed anywhere is computed here."""

import datetime
import math
from collections.abc import Iterable
from typing import Any

import pandas as pd

from report.corpus import Corpus
from report.model import COUNTRIES, DIMENSIONS, Observation, Series, Testimony, date_span
from report.problem import BadData, Problem

GROUP_CODES = ("measure", *DIMENSIONS, "unit")
"""What a comparability group can restrict by its `allow`."""

FIELDS = (
    *("origin", "departed_from", "spoke_from", "region", "time_in_group", "first_public"),
    *("joined", "left", "setting", "age", "reasons_joining", "reasons_leaving", "aftermath"),
)
"""Fields of a testimony that may be unknown."""

AGE_BANDS = ((0, 17), (18, 24), (25, 29), (30, 39), (40, 120))


def testimonies(corpus: Corpus) -> pd.DataFrame:
    """One row a published testimony. Tombstones are no testimonies and never count."""
    return pd.DataFrame([_testimony(t) for t in corpus.testimonies.values()])


def _testimony(t: Testimony) -> dict[str, Any]:
    year, month = year_month(t.first_public)
    return {
        "id": t.id,
        "gender": t.gender,
        "origin": t.origin or ("withheld" if "origin" in t.withheld else "unknown"),
        "setting": t.setting,
        "medium": t.medium,
        "grade": t.grade.level,
        "evidence": "weak" if t.grade.level == "weak" else "well",
        "icsr": t.icsr_2015.status,
        "year": year,
        "month": month,
        "age": age_band(t),
    }


def year_month(text: str | None) -> tuple[str, str]:
    """Year and month ("2015-06") of a partial date; empty where the date is not that precise."""
    if not text:
        return "", ""
    first, last = date_span(text)
    same_month = (first.year, first.month) == (last.year, last.month)
    return f"{first.year}", f"{first:%Y-%m}" if same_month else ""


def age_band(testimony: Testimony) -> str:
    """The age band of a person: "18-24", "words" where no number is given, "unknown"."""
    age = testimony.age
    if age is None:
        return "unknown"
    if age.value is None:
        return "words"
    return next(f"{low}-{high}" for low, high in AGE_BANDS if low <= age.value <= high)


def coded(corpus: Corpus, field: str) -> pd.DataFrame:
    """One row a testimony and code of `role`, `reasons_joining` or `reasons_leaving`."""
    rows = [
        {"id": t.id, "code": code, "evidence": "weak" if t.grade.level == "weak" else "well"}
        for t in corpus.testimonies.values()
        for code in dict.fromkeys(getattr(item, "code", item) for item in getattr(t, field))
    ]
    return pd.DataFrame(rows, columns=["id", "code", "evidence"])


def counts(frame: pd.DataFrame, *by: str) -> list[dict[str, Any]]:
    """How many testimonies have each value (or combination) of `by`, with their ids in order."""
    groups = frame.drop_duplicates(["id", *by]).groupby(list(by), sort=True)["id"].agg(sorted)
    return [
        {**dict(zip(by, key if isinstance(key, tuple) else (key,), strict=True)), "n": len(ids), "ids": ids}
        for key, ids in groups.items()
    ]


def pairs(first: pd.DataFrame, second: pd.DataFrame) -> list[dict[str, Any]]:
    """How many testimonies have code `one` in the first table and code `two` in the second."""
    both = first[["id", "code"]].merge(second[["id", "code"]], on="id", suffixes=("_one", "_two"))
    return counts(both.rename(columns={"code_one": "one", "code_two": "two"}), "one", "two")


def knowledge(corpus: Corpus) -> list[dict[str, Any]]:
    """Per field of a testimony, how many are known, unknown, not applicable and withheld."""
    rows = [
        {"id": t.id, "field": field, "state": _state(t, field)}
        for t in corpus.testimonies.values()
        for field in FIELDS
    ]
    return counts(pd.DataFrame(rows, columns=["id", "field", "state"]), "field", "state")


def _state(testimony: Testimony, field: str) -> str:
    if field in testimony.not_applicable:
        return "not_applicable"
    if field in testimony.withheld:
        return "withheld"
    value = getattr(testimony, field)
    return "known" if value and value != "unknown" else "unknown"


def months_between(earlier: str, later: str) -> tuple[int, int]:
    """At least and at most how many months lie between two partial dates."""
    (early_start, early_end), (late_start, late_end) = date_span(earlier), date_span(later)
    month = datetime.timedelta(days=365.25 / 12)
    shortest = max(0, math.floor((late_start - early_end) / month))
    return shortest, max(shortest, math.ceil((late_end - early_start) / month))


def durations(corpus: Corpus) -> list[dict[str, Any]]:
    """The known steps (joined, left, first_public) of everybody whose joining and leaving are dated."""
    rows = []
    for t in corpus.testimonies.values():
        if not (t.joined and t.left):
            continue
        before = None
        for step in ("joined", "left", "first_public"):
            text = getattr(t, step)
            if text is None:
                continue
            low, high = months_between(before, text) if before else (None, None)
            first, last = date_span(text)
            rows.append(
                {"id": t.id, "step": step, "text": text, "first": first, "last": last, "low": low, "high": high}
            )
            before = text
    return rows


def observations(corpus: Corpus) -> pd.DataFrame:
    """One row an observation, with the codes that hold for it and the sources whose number it repeats."""
    return pd.DataFrame(
        [_observation(s, o) for s in corpus.series.values() for o in s.observations]
    ).astype({"low": object, "high": object, "point": object})


def _observation(series: Series, row: Observation) -> dict[str, Any]:
    plain = (
        *("id", "area", "measure", "unit", "reading", "low", "point", "high", "qualifier"),
        *("as_of", "per_million"),
    )
    return {
        "series": series.id,
        "title": series.series,
        "published": series.published,
        **{key: getattr(row, key) for key in plain},
        **{key: getattr(row, key) or getattr(series, key) for key in DIMENSIONS},
        "no_sum": bool(row.no_sum),
        "hold": row.hold or "",
        "group": row.comparable_group or "",
        "echo_of": tuple(row.derived_from or series.derived_from),
    }


def group(corpus: Corpus, name: str, form: str) -> pd.DataFrame:
    """All rows of one comparability group, checked, in the order of their dates."""
    table = observations(corpus)
    rows = frame(corpus, table[table["group"] == name], form)
    dates = [date_span(text)[0] for text in rows["as_of"]]
    return rows.assign(date=dates).sort_values(["date", "series", "id"], kind="stable")


def frame(corpus: Corpus, rows: pd.DataFrame, form: str) -> pd.DataFrame:
    """`rows`, if they may stand in one frame drawn as `form`; the only licence to compare.

    Raises BadData with a problem for each series that does not belong there, naming what differs.
    """
    problems = [
        _problem(row, "comparability", f"{row['id']} of {row['title']} is held ({row['hold']}) and is never drawn")
        for row in records(rows)
        if row["hold"]
    ]
    names = set(rows["group"])
    if len(names) == 1 and "" not in names:
        problems += _outside_group(corpus, rows, names.pop(), form)
    elif rows["series"].nunique() > 1:
        problems += _differing(rows, (*GROUP_CODES, "reading", "group"), "different files need one comparability group")
    else:
        problems += _differing(rows, (*DIMENSIONS, "unit", "reading"), "rows of one file need equal codes")
    if problems:
        raise BadData(problems)
    return rows


def _outside_group(corpus: Corpus, rows: pd.DataFrame, name: str, form: str) -> list[Problem]:
    entry = corpus.codebook["comparable_group"][name]
    allow = {"unit": ["persons"], **(entry.allow or {})}
    found = []
    for row in records(rows):
        if form != entry.chart:
            found.append(_problem(row, "comparability", f"{row['title']}: {name} is drawn as {entry.chart}, not as {form}"))
        found += [
            _problem(row, "comparability", f"{row['id']} of {row['title']}: {key} {row[key]} is not admitted by {name}")
            for key in GROUP_CODES
            if allow.get(key, "any") != "any" and row[key] not in allow[key]
        ]
    return found


def _differing(rows: pd.DataFrame, keys: Iterable[str], why: str) -> list[Problem]:
    unlike = [key for key in keys if rows[key].nunique() > 1]
    if not unlike and why.startswith("rows of one file"):
        return []
    return [
        _problem(row, "comparability", f"{row['title']} ({_codes(row, unlike or ['group'])}): {why}")
        for row in records(rows.drop_duplicates(["series", *unlike]))
    ]


def _codes(row: dict[str, Any], keys: Iterable[str]) -> str:
    return ", ".join(f"{key} {row[key] or 'none'}" for key in keys)


def total(rows: pd.DataFrame, column: str) -> float:
    """The sum of a column, if these rows may be added.

    Raises BadData where a row is held, a second reading, not in persons or not of a country.
    """
    problems = []
    for row in records(rows):
        reasons = [
            *([f"is held ({row['hold']})"] if row["hold"] else []),
            *(["is a second reading or not in persons (no_sum)"] if row["no_sum"] else []),
            *([f"stands for {row['area']}, which is no country"] if row["area"] not in COUNTRIES else []),
        ]
        problems += [_problem(row, "sum", f"{row['id']} of {row['title']} {reason}") for reason in reasons]
    problems += [
        _problem(row, "sum", f"{row['id']} of {row['title']}: {row['area']} would be added twice")
        for row in records(rows[rows.duplicated(["area", "measure"])])
    ]
    if problems:
        raise BadData(problems)
    return float(pd.to_numeric(rows[column]).sum())


def rates(corpus: Corpus, rows: pd.DataFrame) -> pd.DataFrame:
    """Low, point and high per million inhabitants in the year of the figure, to one decimal."""
    found, problems = [], []
    for row in records(rows):
        year = date_span(row["as_of"])[0].year
        people = corpus.populations.get((row["area"], year))
        if people is None:
            problems.append(_problem(row, "population", f"{row['area']} has no population for {year}"))
            continue
        scaled = {key: _per_million(row[key], people.population) for key in ("low", "point", "high")}
        found.append({**row, **scaled, "population": people.population, "year": year})
    if problems:
        raise BadData(problems)
    return pd.DataFrame(found)


def _per_million(value: float | None, population: int) -> float | None:
    return None if value is None else round(value * 1e6 / population, 1)


def records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as dictionaries: absent numbers as None, whole ones as int."""
    return [
        {str(key): _plain(value) for key, value in row.items()} for row in rows.to_dict("records")
    ]


def _plain(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    if math.isnan(value):
        return None
    return int(value) if value.is_integer() else value


def _problem(row: dict[str, Any], rule: str, message: str) -> Problem:
    return Problem(f"data/estimates/{row['series']}.yaml", 1, 1, rule, message)
