"""The figures that set series of estimates side by side by country."""

from dataclasses import replace
from typing import Any

from report.charts import comparison
from report.charts.chart import Chart, Column, Row, finding, leading, number
from report.charts.estimate_rows import (
    AS_OF,
    MARKS,
    OBSERVATION,
    PEOPLE,
    SERIES,
    VALUES,
    Found,
    extremes,
    group,
    mark_row,
    short_names,
    top,
    values,
)
from report.data.corpus import Corpus
from report.data.fields import COUNTRIES

ICSR_2015, SOUFAN_2017 = "S0503", "S0508"


def _countries(
    corpus: Corpus, name: str, found: Found, *more: Column, both: bool = False, **words: str
) -> Chart:
    """The series of a group side by side by country, those with the highest numbers first.

    With `both`, only countries that stand in each series.
    """
    entry = corpus.codebook["comparable_group"][name]
    short = short_names(corpus, found)
    rows = [
        {
            **mark_row(row, label=corpus.area(row["area"]), series=short[row["series"]]),
            **{column.key: row[column.key] for column in more},
            **({"category_href": f"countries/{row['area']}/"} if row["area"] in COUNTRIES else {}),
        }
        for rows_of_country in by_country(corpus, found, both)
        for row in rows_of_country
    ]
    unit = ("per million", "per million") if more else PEOPLE
    chart = Chart(
        id=words["id"],
        kind="ranges" if entry.chart == "range_pairs" else "dots",
        title=words["title"],
        subtitle=words["subtitle"],
        description="",
        columns=(Column("label", "Country"), SERIES, AS_OF, *VALUES, *more, OBSERVATION),
        rows=tuple(rows),
        marks=replace(MARKS, series="series", order=tuple(short.values()), lanes=True, unit=unit),
        sources=tuple(short),
        note=f"{entry.definition} A country that is missing was not seen. {words.get('note', '')}".strip(),
    )
    text = (
        f"{len(chart.categories)} countries, for each the number or the range of each series "
        f"({', '.join(short.values())}). {values(chart)}."
    )
    return replace(chart, description=text)


def by_country(corpus: Corpus, found: Found, both: bool) -> list[Found]:
    """The rows of each country, in the order of the series; the largest country first.

    With `both`, only countries that stand in each series.
    """
    series = list(short_names(corpus, found))
    areas: dict[str, Found] = {}
    for row in sorted(found, key=lambda row: series.index(row["series"])):
        areas.setdefault(row["area"], []).append(row)
    chosen = [
        rows for rows in areas.values()
        if not both or {row["series"] for row in rows} == set(series)
    ]  # fmt: skip
    return sorted(chosen, key=lambda rows: (-max(map(top, rows)), corpus.area(rows[0]["area"])))


def _highest(corpus: Corpus, found: Found, series: str) -> tuple[list[str], str]:
    """The countries with the highest upper end in a series, and that number in words."""
    rows: list[Row] = [
        {"label": corpus.area(row["area"]), "n": top(row)}
        for row in found
        if row["series"] == series
    ]
    names, _ = leading(rows, "label")
    return names, extremes(row for row in found if row["series"] == series)[1]


def europe(corpus: Corpus) -> Chart:
    """Western Europe: ICSR 2015 and ICCT 2016 side by side."""
    rows = comparison.group(corpus, "western_europe_2015", "range_pairs")
    found = comparison.records(rows)
    upper = rows.assign(top=[top(row) for row in found])
    total = comparison.total(upper[upper["series"] == ICSR_2015], "top")
    verbs = "has the highest number in ICSR's table", "have the highest numbers in ICSR's table"
    return _countries(
        corpus,
        "western_europe_2015",
        found,
        id="europe-2015",
        title=finding(*_highest(corpus, found, ICSR_2015), *verbs, "people"),
        subtitle="People who travelled to Syria and Iraq, cumulative: ICSR January 2015, ICCT April 2016",
        note=f"The upper ends of ICSR's rows add up to {number(total)}.",
    )


def europe_rate(corpus: Corpus) -> Chart:
    """Western Europe per million inhabitants."""
    rows = comparison.group(corpus, "western_europe_2015", "range_pairs")
    found = comparison.records(comparison.rates(corpus, rows))
    verbs = "has the highest rate in ICSR's table", "have the highest rates in ICSR's table"
    return _countries(
        corpus,
        "western_europe_2015",
        found,
        Column("population", "Inhabitants", "number"),
        id="europe-2015-rate",
        title=finding(*_highest(corpus, found, ICSR_2015), *verbs, "per million inhabitants"),
        subtitle="Travellers to Syria and Iraq per million inhabitants of the year of the figure",
        note="Computed here from both ends of each range and the population of the World Bank; ICSR "
        "itself divides the upper end only.",
    )


def soufan_travelled(corpus: Corpus) -> Chart:
    """Soufan 2015 and 2017 for the countries that stand in both."""
    found = group(corpus, "soufan_travelled", "paired_dots")
    pairs = _couples(corpus, found)
    lower = sum(top(late) < top(early) for early, late in pairs)
    return _countries(
        corpus,
        "soufan_travelled",
        found,
        both=True,
        id="soufan-travelled",
        title=f"Lower in 2017 than in 2015 for {lower} of {len(pairs)} countries, which counts no returns",
        subtitle="People who travelled to Syria and Iraq: Soufan Group 2015, Soufan Center 2017",
        note="Only countries in both reports; the others stand on the pages of the two series.",
    )


def icsr_2013(corpus: Corpus) -> Chart:
    """ICSR April and December 2013 for the countries that stand in both."""
    found = group(corpus, "icsr_2013_syria", "range_pairs")
    pairs = _couples(corpus, found)
    higher = sum(top(late) > top(early) for early, late in pairs)
    alone = len(found) - sum(map(len, by_country(corpus, found, both=True)))
    return _countries(
        corpus,
        "icsr_2013_syria",
        found,
        both=True,
        id="icsr-2013",
        title=f"From April to December 2013 the upper end rose for {higher} of {len(pairs)} countries",
        subtitle="People who travelled to Syria, cumulative: named cases to highest credible claim",
        note=f"Only countries in both tables; {alone} rows of the group stand "
        "for a country in one of them and are on the page of the series.",
    )


def _couples(corpus: Corpus, found: Found) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """A row of the earliest and one of the latest series, of each country that stands in all of several."""
    countries = by_country(corpus, found, both=True)
    return [(rows[0], rows[-1]) for rows in countries if rows[0]["series"] != rows[-1]["series"]]


def returned_soufan(corpus: Corpus) -> Chart:
    """Returned according to Soufan 2015 and 2017."""
    found = group(corpus, "soufan_returned", "paired_dots")
    verbs = "has the most known returns in 2017", "have the most known returns in 2017"
    return _countries(
        corpus,
        "soufan_returned",
        found,
        id="returned-soufan",
        title=finding(*_highest(corpus, found, SOUFAN_2017), *verbs, "people"),
        subtitle="People known to governments to have returned: Soufan Group 2015, Soufan Center 2017",
    )
