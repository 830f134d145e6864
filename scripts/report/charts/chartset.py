"""The list of all figures of the site."""

from report.charts import country_charts, reason_charts, testimony_charts, time_charts, total_charts
from report.charts.chart import Chart
from report.data.corpus import Corpus

ORDER = (
    *("months", "origins", "gender", "ages", "roles", "settings", "grades"),
    *("reasons-joining", "reasons-leaving", "narratives", "joining-leaving", "leaving-together"),
    *("durations", "europe-2015", "europe-2015-rate", "soufan-travelled", "icsr-2013"),
    *("world-totals", "european-totals", "entry-forms", "returned-soufan", "returned-shares"),
    *("affiliates", "unknown"),
)
"""The ids of the figures in the order in which the site lists them."""


def charts(corpus: Corpus) -> dict[str, Chart]:
    """Every figure that has numbers, by id."""
    modules = (testimony_charts, time_charts, reason_charts, country_charts, total_charts)
    made = {chart.id: chart for module in modules for chart in module.charts(corpus)}
    return {name: made[name] for name in ORDER if made[name].rows}
