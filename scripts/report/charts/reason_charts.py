"""The figures about reasons for joining and for leaving, each defined once."""

from collections.abc import Iterable
from typing import Any

from report.charts import analysis
from report.charts.account_rows import (
    accounts,
    count_columns,
    count_row,
    labels_of,
    lead,
    listing,
    weak_note,
)
from report.charts.chart import Chart, Marks, Row, finding, leading, listed
from report.data.corpus import Corpus

EVIDENCE = {"well": "Well evidenced", "weak": "Weakly evidenced"}
GRADES = {"well": "grade=strong&grade=moderate", "weak": "grade=weak"}
"""The filter of the list of testimonies that each of these stands for."""
NARRATIVES = {
    1: "Fighting other Sunni rebels",
    2: "Brutality against Sunni Muslims",
    3: "Corrupt and un-Islamic conduct",
    4: "Quality of life",
}
"""The narratives of the ICSR report of 2015, by their number in the codebook."""


def reasons(corpus: Corpus, step: str) -> Chart:
    """Reasons for joining or leaving, weakly evidenced accounts apart."""
    table = analysis.coded(corpus, f"reasons_{step}")
    totals = analysis.counts(table, "code")
    rows, title = _evidence_rows(corpus, table, totals, f"reason_{step}")
    silent = len(corpus.testimonies) - table["id"].nunique()
    given = f"of {accounts(table['id'].nunique())} that give a reason"
    verbs = "is the reason met most often", "are the reasons met most often"
    return Chart(
        id=f"reasons-{step}",
        kind="stacked",
        title=finding(*title, *verbs, given),
        subtitle=f"Accounts by reason for {step}; an account can give several",
        description=f"Stacked bars, one for each reason. {_totals(rows)}. "
        f"The lighter part of a bar is weakly evidenced. {accounts(silent)} give no reason on the pages seen.",
        columns=count_columns(("label", "Reason"), ("evidence", "Evidence")),
        rows=tuple(rows),
        marks=Marks(category="label", point="n", series="evidence", order=tuple(EVIDENCE.values())),
        note="Counts overlap and must not be added up. They say what the pages seen report.",
    )


def _evidence_rows(
    corpus: Corpus, table: Any, totals: list[dict[str, Any]], vocabulary: str
) -> tuple[list[Row], tuple[list[str], float]]:
    """Rows by code and evidence, the most frequent code first; the codes that lead, and how often."""
    labels = labels_of(corpus, vocabulary)
    rank = {c["code"]: (c["code"] == "other", -c["n"]) for c in totals}
    rows = [
        {
            **count_row(
                c,
                f"testimonies/?{vocabulary}={c['code']}&{GRADES[c['evidence']]}",
                label=labels[c["code"]],
                evidence=EVIDENCE[c["evidence"]],
            ),
            "category_href": f"reasons/{c['code']}/",
        }
        for c in sorted(
            analysis.counts(table, "code", "evidence"),
            key=lambda c: (rank[c["code"]], list(labels).index(c["code"]), c["evidence"] == "weak"),
        )
    ]
    return rows, leading([{"label": labels[c["code"]], "n": c["n"]} for c in totals], "label")


def _totals(rows: Iterable[Row]) -> str:
    sums: dict[str, int] = {}
    for row in rows:
        sums[str(row["label"])] = sums.get(str(row["label"]), 0) + int(str(row["n"]))
    return listed(f"{label}: {n}" for label, n in sums.items())


def narratives(corpus: Corpus) -> Chart:
    """Reasons for leaving under the narratives of the ICSR report; reasons outside them apart."""
    codes = corpus.codebook["reason_leaving"]
    table = analysis.coded(corpus, "reasons_leaving")
    number = {code: entry.icsr_narrative or 0 for code, entry in codes.items()}
    table = table.assign(narrative=[number[code] for code in table["code"]])
    labels = {**NARRATIVES, 0: "Reasons outside the four"}
    found = {
        (c["narrative"], c["evidence"]): c for c in analysis.counts(table, "narrative", "evidence")
    }
    rows = []
    for n, evidence in ((n, evidence) for n in labels for evidence in EVIDENCE):
        if (n, evidence) not in found:
            continue
        named = "&".join(f"reason_leaving={code}" for code in codes if number[code] == n)
        page = f"testimonies/?{named}"
        row = count_row(
            found[n, evidence],
            f"{page}&{GRADES[evidence]}",
            label=labels[n],
            evidence=EVIDENCE[evidence],
        )
        rows.append({**row, "category_href": page})
    four: list[Row] = [
        {"label": labels[c["narrative"]], "n": c["n"]}
        for c in analysis.counts(table, "narrative")
        if c["narrative"]
    ]
    given = f"of {accounts(table['id'].nunique())} that give a reason"
    verbs = "is the narrative of ICSR met most often", "are the narratives of ICSR met most often"
    return Chart(
        id="narratives",
        kind="stacked",
        title=finding(*lead(four), *verbs, given),
        subtitle="Accounts with at least one reason under each of the four narratives of ICSR",
        description=f"Stacked bars. {_totals(rows)}. The lighter part of a bar is weakly evidenced.",
        columns=count_columns(("label", "Narrative"), ("evidence", "Evidence")),
        rows=tuple(rows),
        marks=Marks(category="label", point="n", series="evidence", order=tuple(EVIDENCE.values())),
        note="Which reason belongs to which narrative is our reading. An account can stand in several bars.",
    )


def _matrix(
    corpus: Corpus, name: str, found: list[dict[str, Any]], one: str, two: str, **words: str
) -> Chart:
    """A matrix of codes `one` of reason_{one} against codes `two` of reason_{two}."""
    first, second = labels_of(corpus, f"reason_{one}"), labels_of(corpus, f"reason_{two}")
    order = {code: i for i, code in enumerate(second)}
    rows = [
        {
            **count_row(
                c,
                f"testimonies/?reason_{one}={c['one']}&reason_{two}={c['two']}" * (one != two),
                label=second[c["two"]],
                across=first[c["one"]],
            ),
            "category_href": f"reasons/{c['two']}/",
            "across_href": f"reasons/{c['one']}/",
        }
        for c in sorted(found, key=lambda c: (order[c["two"]], list(first).index(c["one"])))
    ]
    named = [{"pair": f"“{row['across']}” with “{row['label']}”", "n": row["n"]} for row in rows]
    top = sorted(named, key=lambda row: -int(str(row["n"])))[:3]
    pairs, n = leading(named, "pair")
    return Chart(
        id=name,
        kind="matrix",
        title=finding(
            pairs, n, "is the pair met most often", "are the pairs met most often", words["of"]
        ),
        subtitle=words["subtitle"],
        description=f"A table of shaded cells, {len(rows)} pairs in all. The most frequent are "
        f"{listing(top, 'pair')}. {words['meaning']}",
        columns=count_columns(("label", words["label"]), ("across", words["across"])),
        rows=tuple(rows),
        marks=Marks(category="label", across="across", point="n", order=tuple(first.values())),
        note=f"An empty cell: no account gives both. Small numbers show no causes. {weak_note(corpus)}",
    )


def joining_leaving(corpus: Corpus) -> Chart:
    """How reasons for joining go together with reasons for leaving."""
    joining, leaving = (
        analysis.coded(corpus, f"reasons_{step}") for step in ("joining", "leaving")
    )
    both = len(set(joining["id"]) & set(leaving["id"]))
    return _matrix(
        corpus,
        "joining-leaving",
        analysis.pairs(joining, leaving),
        "joining",
        "leaving",
        of=f"of {accounts(both)} that give reasons for both",
        subtitle="Accounts that give both reasons: for joining (columns) and for leaving (rows)",
        meaning=f"{accounts(both)} give reasons for joining and for leaving.",
        label="Reason for leaving",
        across="Reason for joining",
    )


def leaving_together(corpus: Corpus) -> Chart:
    """Which reasons for leaving are given together."""
    table = analysis.coded(corpus, "reasons_leaving")
    order = list(corpus.codebook["reason_leaving"])
    found = [
        c for c in analysis.pairs(table, table) if order.index(c["one"]) < order.index(c["two"])
    ]
    several = int((table.groupby("id").size() > 1).sum())
    return _matrix(
        corpus,
        "leaving-together",
        found,
        "leaving",
        "leaving",
        of=f"of {accounts(several)} with several reasons",
        subtitle="Accounts that give both reasons for leaving",
        meaning=f"{accounts(several)} give more than one reason for leaving. Each pair stands once.",
        label="Reason",
        across="Second reason",
    )
