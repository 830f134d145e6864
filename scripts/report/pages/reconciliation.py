"""Reconciliation: our records against the counts that ICSR published about its 58 cases."""

from collections.abc import Callable
from dataclasses import dataclass

from report.data.corpus import Corpus
from report.data.fields import date_span
from report.data.model import Fact, Testimony
from report.data.testimony import ICSR_WINDOW

WESTERN = frozenset(
    [
        "AT",
        "AU",
        "BE",
        "CH",
        "DE",
        "DK",
        "ES",
        "FI",
        "FR",
        "GB",
        "IE",
        "IT",
        "LU",
        "NL",
        "NO",
        "PT",
        "SE",
    ]
)
_NOT_SEEN = (
    "The annex of cases was not seen, so that records and cases cannot be matched one by one."
)
_TWO_TEXTS = "The published count rests on two Indian press texts on one table (F0006)."
_ONE_TEXT = "The published count rests on one agency text in a blog copy."
_STATED = "A record counts only where its sources state the origin; the annex was not seen."


@dataclass(frozen=True)
class Comparison:
    """One published count beside ours: `window` counts our records that were public in ICSR's period."""

    what: str
    fact: Fact
    published: float
    window: int
    linked: int
    why: str

    @property
    def difference(self) -> float:
        """How many more (or fewer, if negative) records were public in the period than ICSR counted."""
        return self.window - self.published


Counts = Callable[[Testimony], bool]
_ROWS: tuple[tuple[str, str, Counts, str], ...] = (
    ("All cases", "F0001", lambda t: True, _NOT_SEEN),
    ("Women", "F0003", lambda t: t.gender == "female", _NOT_SEEN),
    ("Men", "F0004", lambda t: t.gender == "male", _NOT_SEEN),
    ("From Syria", "F0006", lambda t: t.origin == "SY", _TWO_TEXTS),
    ("From Saudi Arabia", "F0007", lambda t: t.origin == "SA", _TWO_TEXTS),
    ("From Tunisia", "F0008", lambda t: t.origin == "TN", _ONE_TEXT),
    ("From Indonesia", "F0009", lambda t: t.origin == "ID", _STATED),
    ("From India", "F0010", lambda t: t.origin == "IN", _TWO_TEXTS),
    ("From the United Kingdom", "F0011", lambda t: t.origin == "GB", _STATED),
    ("From Western Europe and Australia", "F0012", lambda t: t.origin in WESTERN, _STATED),
    (
        *("Left in 2015", "F0017", lambda t: bool(t.left and t.left.startswith("2015"))),
        "Many accounts give no date of departure; the published count rests on one agency text.",
    ),
    (
        *("Meant for a suicide attack", "F0069", lambda t: bool(t.suicide_mission)),
        "ICSR counts those who left for this reason; we count everybody whom the sources call chosen.",
    ),
)


def reconcile(corpus: Corpus) -> list[Comparison]:
    """Each published count beside the records that were public from January 2014 to August 2015.

    `linked` are those of them that are confirmed or plausible as ICSR cases; weak records count too.
    """
    inside = [t for t in corpus.testimonies.values() if _in_window(t)]
    linked = [t for t in inside if t.icsr_2015.status in ("confirmed", "plausible")]
    return [
        Comparison(
            what,
            fact,
            float(fact.value or 0),
            sum(map(counts, inside)),
            sum(map(counts, linked)),
            why,
        )
        for what, id_, counts, why in _ROWS
        if (fact := corpus.facts.get(id_))
    ]


def _in_window(testimony: Testimony) -> bool:
    if testimony.icsr_2015.status == "confirmed":
        return True
    if not testimony.first_public:
        return False
    first, last = date_span(testimony.first_public)
    return ICSR_WINDOW[0] <= first and last <= ICSR_WINDOW[1]
