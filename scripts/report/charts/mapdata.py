"""What the map shows: testimonies by origin, and one series of estimates, absolute and per million."""

from collections import Counter

from report.charts import comparison
from report.charts.worldmap import MapLayer, MapValue
from report.data.corpus import Corpus
from report.data.fields import COUNTRIES
from report.data.model import Observation
from report.pages.wording import amount, number

SERIES = "S0503"  # ICSR, January 2015: the series with the most countries for Syria and Iraq
YEAR = 2014  # of the population that its figures are divided by: the data are of late 2014


def map_layers(corpus: Corpus) -> list[MapLayer]:
    """The layers of the map, the testimonies first.

    Raises BadData where countries are not counted alike in the series: they share one scale.
    """
    origins = Counter(t.origin for t in corpus.testimonies.values() if t.origin)
    series = corpus.series[SERIES]
    rows = {
        row.area: row
        for row in series.observations
        if row.counts_travellers and row.area in COUNTRIES
    }
    table = comparison.observations(corpus)
    comparison.frame(corpus, table[table["id"].isin([row.id for row in rows.values()])], "map")
    rates = {code: _upper(row) / _population(corpus, code) * 1e6 for code, row in rows.items()}
    counted = {code: MapValue(n, str(n)) for code, n in origins.items()}
    ranges = {code: MapValue(_upper(row), amount(row)) for code, row in rows.items()}
    upper = {
        code: MapValue(rate, f"up to {number(rate)} per million") for code, rate in rates.items()
    }
    names = ("Testimonies", f"Travelled: {series.series}", "Travelled, per million inhabitants")
    return [
        MapLayer("testimonies", names[0], "testimonies", counted, (2, 4, 6, 11), "testimony"),
        MapLayer("travelled", names[1], "travelled", ranges, (50, 150, 500, 1500)),
        MapLayer("rate", names[2], "per million", upper, (2, 10, 20, 50)),
    ]


def _population(corpus: Corpus, code: str) -> int:
    return corpus.populations[code, YEAR].population


def _upper(row: Observation) -> float:
    """The upper end, which is what the authors of the series divide by the population."""
    return max(value for value in row.values if value is not None)
