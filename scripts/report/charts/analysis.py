"""Testimonies to tidy pandas tables: every figure about them that is printed is computed here."""

import datetime
import math
from typing import Any

import pandas as pd

from report.data.corpus import Corpus
from report.data.fields import date_span
from report.data.model import Testimony

FIELDS = (
    *("origin", "departed_from", "spoke_from", "region", "time_in_group", "first_public"),
    *("joined", "left", "setting", "age", "reasons_joining", "reasons_leaving", "aftermath"),
)
"""Fields of a testimony that may be unknown."""

COLUMNS = (
    *("id", "gender", "origin", "setting", "medium", "grade", "evidence", "icsr"),
    *("year", "month", "age"),
)
"""Columns of the table of testimonies."""

AGE_BANDS = ((0, 17), (18, 24), (25, 29), (30, 39), (40, 120))


def testimonies(corpus: Corpus) -> pd.DataFrame:
    """One row a published testimony. Tombstones are no testimonies and never count."""
    rows = [_testimony(t) for t in corpus.testimonies.values()]
    return pd.DataFrame(rows, columns=list(COLUMNS))


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
        {
            **dict(zip(by, key if isinstance(key, tuple) else (key,), strict=True)),
            "n": len(ids),
            "ids": ids,
        }
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
    """The known steps of everybody whose joining and leaving are both dated."""
    rows: list[dict[str, Any]] = []
    for t in corpus.testimonies.values():
        if not (t.joined and t.left):
            continue
        before = None
        for step in ("joined", "left", "first_public"):
            text = getattr(t, step)
            if text is None:
                continue
            spread = months_between(before, text) if before else (None, None)
            first, last = date_span(text)
            rows.append(
                {
                    "id": t.id,
                    "step": step,
                    "text": text,
                    "first": first,
                    "last": last,
                    "low": spread[0],
                    "high": spread[1],
                }
            )
            before = text
    return rows
