"""The figures about testimonies in time: when people spoke, how long they stayed."""

import statistics

from report.charts import analysis
from report.charts.account_rows import (
    count_columns,
    count_row,
    listing,
    of_all,
    weak_note,
)
from report.charts.chart import Chart, Column, Marks, Row, finding, leading, share
from report.data.corpus import Corpus

STEPS = {"joined": "Joined", "left": "Left", "first_public": "First public"}


def months(corpus: Corpus) -> Chart:
    """Testimonies by month of first publication, one square a record, by ICSR status."""
    table = analysis.testimonies(corpus)
    labels = {code: entry.label for code, entry in corpus.codebook["icsr_status"].items()}
    found = sorted(
        analysis.counts(table, "year", "month", "icsr"),
        key=lambda c: (c["year"] or "9999", c["month"] or "99", list(labels).index(c["icsr"])),
    )
    rows = [
        count_row(
            count,
            "",
            period=count["month"] or count["year"] or "not dated",
            status=labels[count["icsr"]],
        )
        for count in found
    ]
    years: list[Row] = [c for c in analysis.counts(table, "year") if c["year"]]
    statuses = [
        count_row(c, "", status=labels[c["icsr"]].lower()) for c in analysis.counts(table, "icsr")
    ]
    each = share(len(corpus.testimonies))
    square = f"up to {each} accounts" if each > 1 else "each account"
    verbs = "is the year with most first accounts", "are the years with most first accounts"
    return Chart(
        id="months",
        kind="timeline",
        title=finding(*leading(years, "year"), *verbs, of_all(corpus)),
        subtitle="Accounts by month of first publication; the letter is the ICSR status"
        + (f"; a square stands for {square}" if each > 1 else ""),
        description=f"One square stands for {square}, in the month of its first publication. "
        f"By year: {listing(years, 'year', 20)}; "
        f"not dated: {int((table['year'] == '').sum())}. By ICSR status: {listing(statuses, 'status')}.",
        columns=count_columns(("period", "First public"), ("status", "ICSR status")),
        rows=tuple(rows),
        marks=Marks(
            category="period",
            point="n",
            series="status",
            order=tuple(labels.values()),
            units="ids",
            each=each,
        ),
        note="The last column of a year holds accounts without a month. "
        "Plausible is a judgement; it does not count the remaining cases. " + weak_note(corpus),
    )


def durations(corpus: Corpus) -> Chart:
    """When people joined, left and first spoke, as intervals, since dates are partial."""
    found = analysis.durations(corpus)
    stays = [(row["low"], row["high"]) for row in found if row["step"] == "left"]
    waits = [(row["low"], row["high"]) for row in found if row["step"] == "first_public"]
    stay, wait = (_median(spans) for spans in (stays, waits))
    sample = share(len(stays))
    shown = f"one in {sample} of {len(stays)}" if sample > 1 else f"each of {len(stays)}"
    rows: tuple[Row, ...] = tuple(
        {
            "record": row["id"],
            "step": STEPS[row["step"]],
            "date": row["text"],
            "first": row["first"],
            "last": row["last"],
            "months_low": row["low"],
            "months_high": row["high"],
            "href": f"testimonies/{row['id']}/",
        }
        for row in found
    )
    return Chart(
        id="durations",
        kind="timeline",
        title=f"The median stay lies between {stay}, for the {len(stays)} {of_all(corpus)} that date it",
        subtitle="When each person joined, left and first spoke in public; a bar is as long as the date is vague",
        description=f"One line for {shown} people. The median stay lies between {stay}; "
        f"between leaving and the first public account the median lies between {wait} ({len(waits)} people).",
        columns=(
            Column("record", "Record"),
            Column("step", "Step"),
            Column("date", "Date as known", "date"),
            Column("first", "Earliest day", "date"),
            Column("last", "Latest day", "date"),
            Column("months_low", "Months since the step before, at least", "number"),
            Column("months_high", "Months since the step before, at most", "number"),
        ),
        rows=rows,
        marks=Marks(
            category="record",
            low="first",
            high="last",
            series="step",
            order=tuple(STEPS.values()),
            unit=("", ""),
            sample=sample,
        ),
        note="Only people whose joining and leaving are both dated. "
        + (f"The picture shows {shown} people; the data hold all. " if sample > 1 else "")
        + weak_note(corpus),
    )


def _median(spans: list[tuple[int, int]]) -> str:
    """The median of intervals: that of their lower ends to that of their upper ends."""
    if not spans:
        return "no known numbers of months"
    low, high = (statistics.median(ends) for ends in zip(*spans, strict=True))
    return f"{low:g} and {high:g} months"
