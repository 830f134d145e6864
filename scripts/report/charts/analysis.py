"""Testimonies to tidy pandas tables: every figure about them that is printed is computed here.

pandas and plotly are imported inside the functions of this folder that need them: together they take
half a second, and a served site is to answer before a figure is asked for.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from report.charts.once import once
from report.data.corpus import Corpus
from report.data.fields import date_span
from report.data.model import Testimony

if TYPE_CHECKING:
    import pandas as pd

FIELDS = (
    *("origin", "departed_from", "spoke_from", "region", "time_in_group", "first_public"),
    *("joined", "left", "setting", "age", "reasons_joining", "reasons_leaving", "aftermath"),
)
"""Fields of a testimony that may be unknown."""

AGE_BANDS = ((0, 17), (18, 24), (25, 29), (30, 39), (40, 120))

DAYS_IN_MONTH = 365.25 / 12


def testimonies(corpus: Corpus, *columns: str) -> "pd.DataFrame":
    """One row a published testimony with its id and those of COLUMNS that are named.

    Tombstones are no testimonies and never count.
    """
    import pandas as pd

    people = list(corpus.testimonies.values())
    cells = {name: [COLUMNS[name](person) for person in people] for name in columns}
    return pd.DataFrame({"id": [person.id for person in people], **cells}, dtype=object)


@cache
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


COLUMNS: Mapping[str, Callable[[Testimony], str]] = {
    "gender": lambda t: t.gender,
    "origin": lambda t: t.origin or ("withheld" if "origin" in t.withheld else "unknown"),
    "setting": lambda t: t.setting,
    "grade": lambda t: t.grade.level,
    "icsr": lambda t: t.icsr_2015.status,
    "year": lambda t: year_month(t.first_public)[0],
    "month": lambda t: year_month(t.first_public)[1],
    "age": age_band,
}
"""Columns of the table of testimonies."""


@once
def coded(corpus: Corpus, field: str) -> "pd.DataFrame":
    """One row a testimony and code of `role`, `reasons_joining` or `reasons_leaving`."""
    import pandas as pd

    rows: list[tuple[str, str, str]] = []
    for t in corpus.testimonies.values():
        evidence = "weak" if t.grade.level == "weak" else "well"
        rows += [(t.id, code, evidence) for code in dict.fromkeys(_codes(t, field))]
    return pd.DataFrame(rows, columns=["id", "code", "evidence"], dtype=object)


def _codes(testimony: Testimony, field: str) -> list[str]:
    if field == "role":
        return testimony.role
    return [reason.code for reason in getattr(testimony, field)]


def counts(frame: "pd.DataFrame", *by: str) -> list[dict[str, Any]]:
    """How many testimonies have each value (or combination) of `by`, with their ids in order.

    A loop, since groups of pandas take half a millisecond to set up, and most tables are small.
    """
    found: dict[tuple[Any, ...], dict[str, None]] = defaultdict(dict)
    keys = zip(*(frame[name].tolist() for name in by), strict=True)
    for key, id_ in zip(keys, frame["id"].tolist(), strict=True):
        found[key][id_] = None
    return [
        {**dict(zip(by, key, strict=True)), "n": len(ids), "ids": sorted(ids)}
        for key, ids in sorted(found.items())
    ]


def pairs(first: "pd.DataFrame", second: "pd.DataFrame") -> list[dict[str, Any]]:
    """How many testimonies have code `one` in the first table and code `two` in the second."""
    both = first[["id", "code"]].merge(second[["id", "code"]], on="id", suffixes=("_one", "_two"))
    return counts(both.rename(columns={"code_one": "one", "code_two": "two"}), "one", "two")


def knowledge(corpus: Corpus) -> list[dict[str, Any]]:
    """Per field of a testimony, how many are known, unknown, not applicable and withheld."""
    import pandas as pd

    rows = [[t.id, *_states(t)] for t in corpus.testimonies.values()]
    states = pd.DataFrame(rows, columns=["id", *FIELDS], dtype=object)
    return counts(states.melt("id", var_name="field", value_name="state"), "field", "state")


def _states(testimony: Testimony) -> list[str]:
    """What is known of each of FIELDS."""
    why = dict.fromkeys(testimony.withheld, "withheld")
    why |= dict.fromkeys(testimony.not_applicable, "not_applicable")
    return [why.get(field) or _state(getattr(testimony, field)) for field in FIELDS]


def _state(value: object) -> str:
    return "known" if value and value != "unknown" else "unknown"


def months_between(earlier: str, later: str) -> tuple[int, int]:
    """At least and at most how many months lie between two partial dates."""
    (early_start, early_end), (late_start, late_end) = date_span(earlier), date_span(later)
    shortest = max(0, math.floor((late_start - early_end).days / DAYS_IN_MONTH))
    return shortest, max(shortest, math.ceil((late_end - early_start).days / DAYS_IN_MONTH))


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
