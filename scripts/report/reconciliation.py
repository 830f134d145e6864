"""Reconciliation: our records against the counts that ICSR published about its 58 cases."""

from collections.abc import Callable
from dataclasses import dataclass

from report.corpus import Corpus
from report.fields import date_span
from report.model import Fact, Testimony

WESTERN = set("AT AU BE CH DE DK ES FI FR GB IE IT LU NL NO PT SE".split())
_NOT_SEEN = "The report's annex of cases was not seen, so that records and cases cannot be matched one by one."


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


_ROWS: tuple[tuple[str, str, Callable[[Testimony], bool], str], ...] = (
    ("All cases", "F0001", lambda t: True, _NOT_SEEN),
    ("Women", "F0003", lambda t: t.gender == "female", "Some women spoke to outlets that ICSR may not have counted, or before they had left."),
    ("Men", "F0004", lambda t: t.gender == "male", _NOT_SEEN),
    ("From Syria", "F0006", lambda t: t.origin == "SY", "The published count rests on two Indian press texts; many short accounts of Syrians in Arabic were not found."),
    ("From Saudi Arabia", "F0007", lambda t: t.origin == "SA", "Saudi broadcasts are known to us through few pages; some are not dated."),
    ("From Tunisia", "F0008", lambda t: t.origin == "TN", "The published count rests on a single page."),
    ("From Indonesia", "F0009", lambda t: t.origin == "ID", "Origin is counted as the sources state it."),
    ("From India", "F0010", lambda t: t.origin == "IN", "A girl who lived in Qatar is in ICSR's count and is not a record here."),
    ("From the United Kingdom", "F0011", lambda t: t.origin == "GB", "Origin is counted as the sources state it."),
    ("From Western Europe and Australia", "F0012", lambda t: t.origin in WESTERN, "Statements in court and to the police count here; ICSR may have left some of them out."),
    ("Left in 2015", "F0017", lambda t: bool(t.left and t.left.startswith("2015")), "Many accounts give no date of departure."),
    ("Learned that they were meant for a suicide attack", "F0069", lambda t: bool(t.suicide_mission), "We count everybody whom the sources call chosen, whether or not it was the reason for leaving."),
)  # fmt: skip


def reconcile(corpus: Corpus) -> list[Comparison]:
    """Each published count beside the records that were public from January 2014 to August 2015.

    `linked` are those of them that are confirmed or plausible as ICSR cases; weak records count too.
    """
    inside = [t for t in corpus.testimonies.values() if _in_window(t)]
    linked = [t for t in inside if t.icsr_2015.status in ("confirmed", "plausible")]
    return [
        Comparison(what, fact, float(fact.value or 0), sum(map(counts, inside)), sum(map(counts, linked)), why)
        for what, id_, counts, why in _ROWS
        for fact in [corpus.facts[id_]]
    ]


def _in_window(testimony: Testimony) -> bool:
    if testimony.icsr_2015.status == "confirmed":
        return True
    if not testimony.first_public:
        return False
    first, last = date_span(testimony.first_public)
    return (2014, 1) <= (first.year, first.month) and (last.year, last.month) <= (2015, 8)
