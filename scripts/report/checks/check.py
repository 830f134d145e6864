"""Rules across fields and records: all of them run at once, none of them stops the others."""

from collections.abc import Callable, Sequence, Set
from itertools import chain

from report.checks.figures import codebook, each_fact, each_series, groups, population
from report.checks.harm import named_codes, set_aside, testimonies_harmless
from report.checks.ids import ids
from report.checks.ledger import ledger_history, ledger_whole
from report.checks.people import addresses, each_source, each_testimony, exclusions
from report.checks.spot import Problems
from report.data.corpus import Corpus
from report.data.model import LedgerRow
from report.problem import Problem

RULES_OF_THE_CORPUS: tuple[Callable[[Corpus], Problems], ...] = (
    *(each_testimony, each_source, each_series, each_fact),
    *(testimonies_harmless, named_codes, addresses, exclusions, codebook, groups, population, ids),
)
"""Each reads the corpus and yields what is wrong."""


def check(
    corpus: Corpus, earlier: Sequence[Sequence[LedgerRow]] = (), ever: Set[str] = frozenset()
) -> list[Problem]:
    """All broken rules of the corpus, sorted.

    `earlier` are former states of the ledger, `ever` the ids that it has had at any time.
    """
    found = chain.from_iterable(rule(corpus) for rule in RULES_OF_THE_CORPUS)
    history = chain.from_iterable(ledger_history(corpus, rows) for rows in earlier)
    return sorted({*set_aside(corpus, found), *history, *ledger_whole(corpus, ever)})
