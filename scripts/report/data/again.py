"""What was made once is made again only where what it was made of is something else.

While the site is served, an edit changes one record of many thousands. With what stands here, the
others are left alone: even a short look at each of them would take longer than all the rest.
"""

from collections import deque
from collections.abc import Callable, Mapping
from functools import wraps
from itertools import compress
from operator import is_not
from typing import Any, Generic, NamedTuple, TypeVar, TypeVarTuple

Args = TypeVarTuple("Args")
T = TypeVar("T")
V = TypeVar("V")


class Change(NamedTuple):
    """What is different in a mapping."""

    keys: list[str]
    """The keys whose values are other objects than before, or were not there."""
    in_place: bool
    """Whether it has the same keys in the same order."""


_changes: deque[tuple[Mapping[str, Any], Mapping[str, Any], Change]] = deque(maxlen=8)
"""The last mappings that were compared: most are compared by several."""


def change(before: Mapping[str, V], after: Mapping[str, V]) -> Change:
    """What is different in a mapping, compared with an earlier one; neither may be changed afterwards."""
    for first, second, known in _changes:
        if first is before and second is after:
            return known
    keys = list(compress(after, map(is_not, after.values(), map(before.get, after))))
    found = Change(keys, list(before) == list(after))
    _changes.append((before, after, found))
    return found


class Each(Generic[V, T]):
    """What was derived from each value of a mapping alone.

    Values do not change, and what was read anew is another object: so what was derived from a value
    holds for as long as the mapping has this very object under the same key.
    """

    def __init__(self) -> None:
        self.keys: list[str] = []
        """The keys; the same list for as long as they are the same."""
        self._found: list[T] = []
        self._values: Mapping[str, V] = {}
        self._derived: dict[str, T] = {}

    def __call__(self, values: Mapping[str, V], derive: Callable[[str, V], T]) -> list[T]:
        """What `derive` makes of each key and value; the same list as before where that is the same."""
        if values is self._values:
            return self._found
        keys, in_place = change(self._values, values)
        fresh = {key: derive(key, values[key]) for key in keys}
        if not in_place:
            derived = self._derived | fresh
            self._derived = {key: derived[key] for key in values}
            self.keys, self._found = list(values), list(self._derived.values())
        elif any(found != self._derived[key] for key, found in fresh.items()):
            self._derived |= fresh
            self._found = list(self._derived.values())
        self._values = values
        return self._found


def kept(make: Callable[[*Args], T]) -> Callable[[*Args], T]:
    """`make`, remembering what it made in the last call; it does nothing again for equal arguments.

    Neither arguments nor results may be changed afterwards.
    """
    known: list[tuple[tuple[*Args], T]] = []

    @wraps(make)
    def remembered(*args: *Args) -> T:
        if not known or known[0][0] != args:
            known[:] = [(args, make(*args))]
        return known[0][1]

    return remembered
