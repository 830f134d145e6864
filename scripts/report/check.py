"""Rules across fields and records: all of them run at once, none of them stops the others."""

from collections.abc import Callable, Sequence
from itertools import chain

from report.check_figures import codebook, each_fact, each_series, groups, population
from report.check_harm import named_codes, set_aside, testimonies_harmless
from report.check_ids import ids, ledger_history
from report.check_people import addresses, each_source, each_testimony, exclusions
from report.corpus import Corpus
from report.model import LedgerRow
from report.problem import Problem
from report.spot import Problems

RULES_OF_THE_CORPUS: tuple[Callable[[Corpus], Problems], ...] = (
    *(each_testimony, each_source, each_series, each_fact),
    *(testimonies_harmless, named_codes, addresses, exclusions, codebook, groups, population, ids),
)
"""Each reads the corpus and yields what is wrong."""


def check(corpus: Corpus, earlier: Sequence[Sequence[LedgerRow]] = ()) -> list[Problem]:
    """All broken rules of the corpus, sorted. `earlier` are former states of the ledger."""
    found = chain.from_iterable(rule(corpus) for rule in RULES_OF_THE_CORPUS)
    history = chain.from_iterable(ledger_history(corpus, rows) for rows in earlier)
    return sorted({*set_aside(corpus, found), *history})
