"""The work list of evidence: what the dataset still lacks."""

import datetime
from collections.abc import Iterator

from report.data.corpus import Corpus
from report.data.fields import date_span

Gap = tuple[str, list[str]]
"""A heading and one line for each record concerned."""


def gaps(corpus: Corpus) -> list[Gap]:
    """Everything that could be better evidenced, by kind of gap."""
    sources = corpus.sources.values()
    partly = [source for source in sources if source.seen == "excerpt"]
    unseen = [source for source in sources if source.seen == "not_seen"]
    without_copy = [source for source in sources if source.url and not source.archive_url]
    return [
        ("Sources read only in part", [_file("sources", s.id, s.title) for s in partly]),
        (
            "Sources known only through other pages",
            [_file("sources", s.id, s.title) for s in unseen],
        ),
        (
            "Sources without an archived copy",
            [_file("sources", s.id, s.title) for s in without_copy],
        ),
        ("Fields not pinned to a page", list(_unpinned(corpus))),
        ("Weak records", list(_weak(corpus))),
        ("Held figures", list(_held(corpus))),
        ("Checked or seen on a day that is still to come", list(_to_come(corpus))),
    ]


def _file(folder: str, id_: str, text: str) -> str:
    return f"data/{folder}/{id_}.yaml: {text}"


def _unpinned(corpus: Corpus) -> Iterator[str]:
    for record in corpus.testimonies.values():
        if record.unpinned:
            yield _file("testimonies", record.id, ", ".join(record.unpinned))


def _weak(corpus: Corpus) -> Iterator[str]:
    for record in corpus.testimonies.values():
        if record.grade.level == "weak":
            yield _file("testimonies", record.id, record.grade.basis)


def _held(corpus: Corpus) -> Iterator[str]:
    for series, row in corpus.observations.values():
        if row.hold:
            label = corpus.label("hold", row.hold)
            yield _file("estimates", series.id, f"{row.id} ({row.area}, {row.measure}): {label}")


def _to_come(corpus: Corpus) -> Iterator[str]:
    """Slips of the pen. They are no problems: whether data are good must not depend on a clock."""
    checked = [("testimonies", t.id, "reviewed", t.reviewed) for t in corpus.testimonies.values()]
    seen = [("sources", s.id, "accessed", s.accessed) for s in corpus.sources.values()]
    today = datetime.date.today()
    for folder, id_, key, date in (*checked, *seen):
        if date_span(date)[0] > today:
            yield _file(folder, id_, f"{key} {date}")
