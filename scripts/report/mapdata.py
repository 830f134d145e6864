"""What the map shows: testimonies by origin, and one series of estimates, absolute and per million."""

from collections import Counter

from report.corpus import Corpus
from report.fields import COUNTRIES
from report.model import Observation
from report.wording import amount, number
from report.worldmap import MapLayer, MapValue

SERIES = "S0503"  # ICSR, January 2015: the series with the most countries for Syria and Iraq
YEAR = 2014  # of the population that its figures are divided by: the data are of late 2014


def map_layers(corpus: Corpus) -> list[MapLayer]:
    """The layers of the map, the testimonies first."""
    origins = Counter(t.origin for t in corpus.testimonies.values() if t.origin)
    series = corpus.series[SERIES]
    rows = {row.area: row for row in series.observations if _drawn(row)}
    rates = {
        code: MapValue(_upper(row) / population * 1e6, f"up to {number(_upper(row) / population * 1e6)} per million")
        for code, row in rows.items()
        for population in [corpus.populations[code, YEAR].population]
    }
    return [
        MapLayer("testimonies", "Testimonies", "testimonies", {c: MapValue(n, str(n)) for c, n in origins.items()}, (2, 4, 6, 11), "testimony"),
        MapLayer("travelled", f"Travelled: {series.series}", "travelled", {c: MapValue(_upper(r), amount(r)) for c, r in rows.items()}, (50, 150, 500, 1500)),
        MapLayer("rate", "Travelled, per million inhabitants", "per million", rates, (2, 10, 20, 50)),
    ]  # fmt: skip


def _drawn(row: Observation) -> bool:
    main = row.reading == "main" and row.unit == "persons" and row.measure == "travelled"
    return main and not row.hold and not row.no_sum and row.area in COUNTRIES


def _upper(row: Observation) -> float:
    """The upper end, which is what the authors of the series divide by the population."""
    return max(value for value in row.values if value is not None)
