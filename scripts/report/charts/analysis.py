"""Testimonies to tidy pandas tables: every figure about them that is printed is computed here.

pandas and plotly are imported inside the functions of this folder that need them: together they take
half a second, and a served site is to answer before a figure is asked for.
"""

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from report.charts.once import once, once_each
from report.data.corpus import Corpus
from report.data.fields import date_span
from report.data.model import Testimony
from report.data.words import in_order

if TYPE_CHECKING:
    import pandas as pd

FIELDS = (
    *("origin", "departed_from", "spoke_from", "region", "time_in_group", "first_public"),
    *("joined", "left", "setting", "age", "reasons_joining", "reasons_leaving", "aftermath"),
)
"""Fields of a testimony that may be unknown."""

AGE_BANDS = ((0, 17), (18, 24), (25, 29), (30, 39), (40, 120))

DAYS_IN_MONTH = 365.25 / 12

COLUMNS = ("id", "gender", "origin", "setting", "grade", "icsr", "year", "month", "age")
"""Columns of the table of testimonies."""


@once
def testimonies(corpus: Corpus) -> "pd.DataFrame":
    """One row a published testimony. Tombstones are no testimonies and never count."""
    import pandas as pd

    rows = [_testimony(t) for t in corpus.testimonies.values()]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


@once_each
def _testimony(t: Testimony) -> tuple[str, ...]:
    origin = t.origin or ("withheld" if "origin" in t.withheld else "unknown")
    of_person = (t.gender, origin, t.setting, t.grade.level, t.icsr_2015.status)
    return (t.id, *of_person, *year_month(t.first_public), age_band(t))


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


@once
def coded(corpus: Corpus, field: str) -> "pd.DataFrame":
    """One row a testimony and code of `role`, `reasons_joining` or `reasons_leaving`."""
    import pandas as pd

    rows = [row for t in corpus.testimonies.values() for row in _coded(t, field)]
    return pd.DataFrame(rows, columns=["id", "code", "evidence"], dtype=object)


@once_each
def _coded(testimony: Testimony, field: str) -> list[tuple[str, str, str]]:
    """The id, a code and how well the testimony is evidenced, for each code."""
    evidence = "weak" if testimony.grade.level == "weak" else "well"
    codes = (getattr(item, "code", item) for item in getattr(testimony, field))
    return [(testimony.id, code, evidence) for code in dict.fromkeys(codes)]


def counts(frame: "pd.DataFrame", *by: str) -> list[dict[str, Any]]:
    """How many testimonies have each value (or combination) of `by`, with their ids in order.

    A loop, since groups of pandas take half a millisecond to set up, and most tables are small.
    """
    found: dict[tuple[Any, ...], dict[str, None]] = defaultdict(dict)
    keys = zip(*(frame[name].tolist() for name in by), strict=True)
    for key, id_ in zip(keys, frame["id"].tolist(), strict=True):
        found[key][id_] = None
    return [
        {**dict(zip(by, key, strict=True)), "n": len(ids), "ids": sorted(ids, key=in_order)}
        for key, ids in sorted(found.items())
    ]


def pairs(first: "pd.DataFrame", second: "pd.DataFrame") -> list[dict[str, Any]]:
    """How many testimonies have code `one` in the first table and code `two` in the second."""
    both = first[["id", "code"]].merge(second[["id", "code"]], on="id", suffixes=("_one", "_two"))
    return counts(both.rename(columns={"code_one": "one", "code_two": "two"}), "one", "two")


def knowledge(corpus: Corpus) -> list[dict[str, Any]]:
    """Per field of a testimony, how many are known, unknown, not applicable and withheld."""
    import pandas as pd

    rows = [_states(t) for t in corpus.testimonies.values()]
    states = pd.DataFrame(rows, columns=["id", *FIELDS], dtype=object)
    return counts(states.melt("id", var_name="field", value_name="state"), "field", "state")


@once_each
def _states(testimony: Testimony) -> list[str]:
    """The id, and what is known of each of FIELDS."""
    why = dict.fromkeys(testimony.withheld, "withheld")
    why |= dict.fromkeys(testimony.not_applicable, "not_applicable")
    states = [why.get(field) or _state(getattr(testimony, field)) for field in FIELDS]
    return [testimony.id, *states]


def _state(value: object) -> str:
    return "known" if value and value != "unknown" else "unknown"


def months_between(earlier: str, later: str) -> tuple[int, int]:
    """At least and at most how many months lie between two partial dates."""
    (early_start, early_end), (late_start, late_end) = date_span(earlier), date_span(later)
    shortest = max(0, math.floor((late_start - early_end).days / DAYS_IN_MONTH))
    return shortest, max(shortest, math.ceil((late_end - early_start).days / DAYS_IN_MONTH))


def durations(corpus: Corpus) -> list[dict[str, Any]]:
    """The known steps of everybody whose joining and leaving are both dated."""
    return [step for t in corpus.testimonies.values() for step in _steps(t)]


@once_each
def _steps(testimony: Testimony) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    before = None
    dated = bool(testimony.joined and testimony.left)
    for step in ("joined", "left", "first_public") if dated else ():
        text = getattr(testimony, step)
        if text is None:
            continue
        spread = months_between(before, text) if before else (None, None)
        first, last = date_span(text)
        rows.append(
            {
                "id": testimony.id,
                "step": step,
                "text": text,
                "first": first.isoformat(),
                "last": last.isoformat(),
                "low": spread[0],
                "high": spread[1],
            }
        )
        before = text
    return rows
