"""What several figures need of one corpus, or of a record that stays as it is, is made once."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar, TypeVarTuple

from report.data.corpus import Corpus
from report.data.model import Testimony

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


def once_each(make: Callable[[Testimony, *Args], T]) -> Callable[[Testimony, *Args], T]:
    """`make`, remembering what it made of a testimony for as long as that is the same object.

    While the site is served, a record stays the same from build to build until its file changes.
    """
    made: dict[tuple[str, *Args], tuple[Testimony, T]] = {}

    @wraps(make)
    def remembered(testimony: Testimony, *args: *Args) -> T:
        key = (testimony.id, *args)
        known = made.get(key)
        if known is None or known[0] is not testimony:
            known = made[key] = testimony, make(testimony, *args)
        return known[1]

    return remembered
