"""What several figures need of one corpus is made once."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, TypeVarTuple

from report.data.corpus import Corpus

Args = TypeVarTuple("Args")
T = TypeVar("T")


def once(make: Callable[[Corpus, *Args], T]) -> Callable[[Corpus, *Args], T]:
    """`make`, remembering what it made of a corpus for as long as the corpus lives."""

    @wraps(make)
    def remembered(corpus: Corpus, *args: *Args) -> T:
        memory = vars(corpus)  # where functools.cached_property keeps what it has made, too
        key = f"{make.__module__}.{make.__name__}{args}"
        if key not in memory:
            memory[key] = make(corpus, *args)
        made: T = memory[key]
        return made

    return remembered
