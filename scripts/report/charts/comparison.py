"""Estimates to tidy pandas tables, and the guards: what may stand in one frame, what may be added."""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from report.charts.once import once
from report.data.corpus import Corpus
from report.data.fields import COUNTRIES, date_span
from report.data.figures import DIMENSIONS, Observation, Series
from report.problem import BadData, Problem

if TYPE_CHECKING:
    import pandas as pd

GROUP_CODES = ("measure", *DIMENSIONS, "unit")
"""What a comparability group can restrict by its `allow`."""


PLAIN = ("id", "area", "measure", "unit", "reading", "low", "point", "high", "qualifier", "as_of")
"""What stands in the table of observations as in the file."""


@once
def observations(corpus: Corpus) -> "pd.DataFrame":
    """One row an observation, with the codes that hold for it and the sources that it repeats."""
    import pandas as pd

    rows = [_observation(s, o) for s in corpus.series.values() for o in s.observations]
    columns = [
        "series",
        "title",
        "published",
        *PLAIN,
        *DIMENSIONS,
        "no_sum",
        "hold",
        "group",
        "echo_of",
        "date",
    ]
    return pd.DataFrame(rows, columns=columns, dtype=object)


def _observation(series: Series, row: Observation) -> dict[str, Any]:
    return {
        "series": series.id,
        "title": series.series,
        "published": series.published,
        **{key: getattr(row, key) for key in PLAIN},
        **{key: getattr(row, key) or getattr(series, key) for key in DIMENSIONS},
        "no_sum": bool(row.no_sum),
        "hold": row.hold or "",
        "group": row.comparable_group or "",
        "echo_of": tuple(row.derived_from or series.derived_from),
        "date": date_span(row.as_of)[0],
    }


def group(corpus: Corpus, name: str, form: str) -> "pd.DataFrame":
    """All rows of one comparability group, checked, in the order of their dates."""
    table = observations(corpus)
    rows = frame(corpus, table[table["group"] == name], form)
    return rows.sort_values(["date", "series", "id"], kind="stable")


def frame(corpus: Corpus, rows: "pd.DataFrame", form: str) -> "pd.DataFrame":
    """`rows`, if they may stand in one frame drawn as `form`; the only licence to compare.

    Raises BadData with a problem for each series that does not belong there, naming what differs.
    """
    found = records(rows)
    problems = [
        _problem(
            row,
            "comparability",
            f"{row['id']} of {row['title']} is held ({row['hold']}) and is never drawn",
        )
        for row in found
        if row["hold"]
    ]
    names = {row["group"] for row in found}
    if len(names) == 1 and "" not in names:
        problems += _outside_group(corpus, found, names.pop(), form)
    elif rows["series"].nunique() > 1:
        problems += _differing(
            rows, (*GROUP_CODES, "reading", "group"), "different files need one comparability group"
        )
    else:
        problems += _differing(
            rows, (*DIMENSIONS, "unit", "reading"), "rows of one file need equal codes"
        )
    if problems:
        raise BadData(problems)
    return rows


def _outside_group(
    corpus: Corpus, rows: list[dict[str, Any]], name: str, form: str
) -> list[Problem]:
    entry = corpus.codebook["comparable_group"][name]
    allow = {"unit": ["persons"], **(entry.allow or {})}
    found = []
    for row in rows:
        if form != entry.chart:
            found.append(
                _problem(
                    row,
                    "comparability",
                    f"{row['title']}: {name} is drawn as {entry.chart}, not as {form}",
                )
            )
        found += [
            _problem(
                row,
                "comparability",
                f"{row['id']} of {row['title']}: {key} {row[key]} is not admitted by {name}",
            )
            for key in GROUP_CODES
            if allow.get(key, "any") != "any" and row[key] not in allow[key]
        ]
    return found


def _differing(rows: "pd.DataFrame", keys: Iterable[str], why: str) -> list[Problem]:
    unlike = [key for key in keys if rows[key].nunique() > 1]
    if not unlike and why.startswith("rows of one file"):
        return []
    return [
        _problem(
            row, "comparability", f"{row['title']} ({_codes(row, unlike or ['group'])}): {why}"
        )
        for row in records(rows.drop_duplicates(["series", *unlike]))
    ]


def _codes(row: dict[str, Any], keys: Iterable[str]) -> str:
    return ", ".join(f"{key} {row[key] or 'none'}" for key in keys)


def total(rows: "pd.DataFrame", column: str) -> float:
    """The sum of a column, if these rows may be added.

    Raises BadData where a row is held, a second reading, not in persons or not of a country.
    """
    problems = []
    for row in records(rows):
        reasons = [
            *([f"is held ({row['hold']})"] if row["hold"] else []),
            *(["is a second reading or not in persons (no_sum)"] if row["no_sum"] else []),
            *(
                [f"stands for {row['area']}, which is no country"]
                if row["area"] not in COUNTRIES
                else []
            ),
        ]
        problems += [
            _problem(row, "sum", f"{row['id']} of {row['title']} {reason}") for reason in reasons
        ]
    problems += [
        _problem(row, "sum", f"{row['id']} of {row['title']}: {row['area']} would be added twice")
        for row in records(rows[rows.duplicated(["area", "measure"])])
    ]
    if problems:
        raise BadData(problems)
    return float(rows[column].astype(float).sum())


def rates(corpus: Corpus, rows: "pd.DataFrame") -> "pd.DataFrame":
    """Low, point and high per million inhabitants in the year of the figure, to one decimal."""
    import pandas as pd

    found, problems = [], []
    for row in records(rows):
        year = date_span(row["as_of"])[0].year
        people = corpus.populations.get((row["area"], year))
        if people is None:
            problems.append(
                _problem(row, "population", f"{row['area']} has no population for {year}")
            )
            continue
        scaled = {
            key: _per_million(row[key], people.population) for key in ("low", "point", "high")
        }
        found.append({**row, **scaled, "population": people.population, "year": year})
    if problems:
        raise BadData(problems)
    return pd.DataFrame(found, columns=[*rows.columns, "population", "year"])


def _per_million(value: float | None, population: int) -> float | None:
    return None if value is None else round(value * 1e6 / population, 1)


def records(rows: "pd.DataFrame") -> list[dict[str, Any]]:
    """The rows as dictionaries: absent numbers as None, whole ones as int."""
    names = list(map(str, rows.columns))
    return [
        dict(zip(names, map(_plain, cells), strict=True))
        for cells in rows.to_numpy(dtype=object).tolist()
    ]


def _plain(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    if math.isnan(value):
        return None
    return int(value) if value.is_integer() else value


def _problem(row: dict[str, Any], rule: str, message: str) -> Problem:
    return Problem(f"data/estimates/{row['series']}.yaml", 1, 1, rule, message)
