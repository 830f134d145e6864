"""The list of all figures of the site."""

from report import estimate_charts, testimony_charts
from report.charts import Chart
from report.corpus import Corpus


def charts(corpus: Corpus) -> dict[str, Chart]:
    """Every figure that has numbers, by id, in the order in which the site lists them."""
    made = [*testimony_charts.charts(corpus), *estimate_charts.charts(corpus)]
    return {chart.id: chart for chart in made if chart.rows}
