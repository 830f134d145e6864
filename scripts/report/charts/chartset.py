"""The list of all figures of the site."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from report.charts import country_charts, reason_charts, testimony_charts, time_charts, total_charts
from report.charts.account_rows import leading_to_rows
from report.charts.chart import Chart
from report.data.corpus import Corpus

Test = Callable[[Corpus], bool]


def _given(*fields: str) -> Test:
    """Whether a testimony has all of these fields."""
    return lambda corpus: any(
        all(getattr(testimony, field) for field in fields)
        for testimony in corpus.testimonies.values()
    )


def _several_reasons(corpus: Corpus) -> bool:
    """Whether a testimony has more than one reason for leaving."""
    return any(
        len({reason.code for reason in testimony.reasons_leaving}) > 1
        for testimony in corpus.testimonies.values()
    )


def _group(name: str) -> Test:
    """Whether a comparability group has rows."""
    return lambda corpus: any(
        row.comparable_group == name for _, row in corpus.observations.values()
    )


def _shared(name: str) -> Test:
    """Whether each series of a comparability group has a row for the same area."""

    def holds(corpus: Corpus) -> bool:
        pairs = corpus.observations.values()
        found = {(series.id, row.area) for series, row in pairs if row.comparable_group == name}
        number = len({series for series, _ in found})
        return number in Counter(area for _, area in found).values()

    return holds


FIGURES: Mapping[str, tuple[Callable[[Corpus], Chart], Test]] = {
    "months": (time_charts.months, _given()),
    "origins": (testimony_charts.origins, _given()),
    "gender": (testimony_charts.gender, _given()),
    "ages": (testimony_charts.ages, _given()),
    "roles": (testimony_charts.roles, _given("role")),
    "settings": (testimony_charts.settings, _given()),
    "grades": (testimony_charts.grades, _given()),
    "reasons-joining": (partial(reason_charts.reasons, step="joining"), _given("reasons_joining")),
    "reasons-leaving": (partial(reason_charts.reasons, step="leaving"), _given("reasons_leaving")),
    "narratives": (reason_charts.narratives, _given("reasons_leaving")),
    "joining-leaving": (
        reason_charts.joining_leaving,
        _given("reasons_joining", "reasons_leaving"),
    ),
    "leaving-together": (reason_charts.leaving_together, _several_reasons),
    "durations": (time_charts.durations, _given("joined", "left")),
    "europe-2015": (country_charts.europe, _group("western_europe_2015")),
    "europe-2015-rate": (country_charts.europe_rate, _group("western_europe_2015")),
    "soufan-travelled": (country_charts.soufan_travelled, _shared("soufan_travelled")),
    "icsr-2013": (country_charts.icsr_2013, _shared("icsr_2013_syria")),
    "world-totals": (total_charts.world_totals, _group("world_totals")),
    "european-totals": (total_charts.european_totals, _group("europe_totals")),
    "entry-forms": (total_charts.entry_forms, _group("entry_records_total")),
    "returned-soufan": (country_charts.returned_soufan, _group("soufan_returned")),
    "returned-shares": (total_charts.returned_shares, _group("europe_status_shares")),
    "affiliates": (total_charts.affiliates, _group("icsr_affiliates")),
    "unknown": (testimony_charts.unknown, _given()),
}
"""Id -> what makes the figure, and whether it would have rows; in the order of the site."""


class Charts(Mapping[str, Chart]):
    """The figures of a corpus that have numbers, by id; each is made when it is first asked for."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._ids = dict.fromkeys(name for name, (_, shown) in FIGURES.items() if shown(corpus))
        self._made: dict[str, Chart] = {}

    def __getitem__(self, id_: str) -> Chart:
        if id_ not in self._ids:
            raise KeyError(id_)
        if id_ not in self._made:
            make, _ = FIGURES[id_]
            self._made[id_] = leading_to_rows(make(self._corpus))
        return self._made[id_]

    def __contains__(self, id_: object) -> bool:
        return id_ in self._ids

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)


def charts(corpus: Corpus) -> Charts:
    """Every figure that has numbers, by id."""
    return Charts(corpus)
