"""The figures about testimonies, each defined once."""

import statistics
from collections.abc import Iterable, Sequence
from typing import Any

from report import analysis
from report.charts import Chart, Column, Marks, Row, finding, leading, listed
from report.corpus import Corpus
from report.model import COUNTRIES

EVIDENCE = {"well": "Well evidenced", "weak": "Weakly evidenced"}
STATES = {
    "known": "Known",
    "unknown": "Unknown",
    "not_applicable": "Not applicable",
    "withheld": "Withheld",
}
STEPS = {"joined": "Joined", "left": "Left", "first_public": "First public"}
FIELDS = {
    "setting": "Setting",
    "age": "Age",
    "origin": "Country of origin",
    "departed_from": "Country departed from",
    "spoke_from": "Country spoken from",
    "region": "Syria or Iraq",
    "time_in_group": "Time in the group",
    "first_public": "Date of first publication",
    "joined": "Date of joining",
    "left": "Date of leaving",
    "reasons_joining": "Reasons for joining",
    "reasons_leaving": "Reasons for leaving",
    "aftermath": "What became of the person",
}
NARRATIVES = {
    1: "Fighting other Sunni rebels",
    2: "Brutality against Sunni Muslims",
    3: "Corrupt and un-Islamic conduct",
    4: "Quality of life",
}
"""The narratives of the ICSR report of 2015, by their number in the codebook."""


NO_VALUE = {"unknown": "Not known", "withheld": "Withheld"}


def charts(corpus: Corpus) -> list[Chart]:
    """Every figure about testimonies, in the order of the list of figures."""
    return [
        *(months(corpus), origins(corpus), gender(corpus), ages(corpus), roles(corpus)),
        *(settings(corpus), grades(corpus), reasons(corpus, "joining"), reasons(corpus, "leaving")),
        *(narratives(corpus), joining_leaving(corpus), leaving_together(corpus)),
        *(durations(corpus), unknown(corpus)),
    ]


def accounts(n: int) -> str:
    """ "1 account", "12 accounts"."""
    return f"{n} account" if n == 1 else f"{n} accounts"


def _weak_note(corpus: Corpus) -> str:
    weak = sum(t.grade.level == "weak" for t in corpus.testimonies.values())
    return f"Weakly evidenced accounts are included: {weak}."


def _row(count: dict[str, Any], page: str, **cells: str) -> Row:
    """A row of a count. A mark of one account leads to that account rather than to a list."""
    ids: list[str] = count["ids"]
    alone = len(ids) == 1 and page.startswith("testimonies/")
    href = f"testimonies/{ids[0]}/" if alone else page
    return {**cells, "n": count["n"], "ids": " ".join(ids), "href": href}


def _columns(*columns: tuple[str, str]) -> tuple[Column, ...]:
    return (*(Column(key, label) for key, label in columns), Column("n", "Accounts", "number"))


def _listing(rows: Iterable[Row], label: str, at_most: int = 6) -> str:
    return listed((f"{row[label]}: {row['n']}" for row in rows), at_most)


def _bars(corpus: Corpus, name: str, rows: Sequence[Row], **words: str) -> Chart:
    """A chart of one bar for each value of `key`."""
    return Chart(
        id=name,
        kind="bars",
        title=words["title"],
        subtitle=words["subtitle"],
        description=f"One bar for each value, {accounts(len(corpus.testimonies))} in all. "
        f"{_listing(rows, 'label')}.",
        columns=_columns(("label", words["label"])),
        rows=tuple(rows),
        marks=Marks(category="label", point="n"),
        note=f"{words.get('note', '')} {_weak_note(corpus)}".strip(),
    )


def _of_all(corpus: Corpus) -> str:
    return f"of {accounts(len(corpus.testimonies))}"


def months(corpus: Corpus) -> Chart:
    """Testimonies by month of first publication, one square a record, by ICSR status."""
    table = analysis.testimonies(corpus)
    labels = {code: entry.label for code, entry in corpus.codebook["icsr_status"].items()}
    found = sorted(
        analysis.counts(table, "year", "month", "icsr"),
        key=lambda c: (c["year"] or "9999", c["month"] or "99", list(labels).index(c["icsr"])),
    )
    rows = [
        _row(
            count,
            f"testimonies/?year={count['year']}&icsr={count['icsr']}",
            period=count["month"] or count["year"] or "not dated",
            status=labels[count["icsr"]],
        )
        for count in found
    ]
    years: list[Row] = [c for c in analysis.counts(table, "year") if c["year"]]
    statuses = [
        _row(c, "", status=labels[c["icsr"]].lower()) for c in analysis.counts(table, "icsr")
    ]
    verbs = "is the year with most first accounts", "are the years with most first accounts"
    return Chart(
        id="months",
        kind="timeline",
        title=finding(*leading(years, "year"), *verbs, _of_all(corpus)),
        subtitle="Accounts by month of first publication, and whether ICSR counted the person in 2015",
        description="One square stands for each account, in the month of its first publication. "
        f"By year: {_listing(years, 'year', 20)}; "
        f"not dated: {int((table['year'] == '').sum())}. By ICSR status: {_listing(statuses, 'status')}.",
        columns=_columns(("period", "First public"), ("status", "ICSR status")),
        rows=tuple(rows),
        marks=Marks(
            category="period", point="n", series="status", order=tuple(labels.values()), units="ids"
        ),
        note="The last column of a year holds accounts without a month. "
        "Plausible is a judgement; it does not count the remaining cases. " + _weak_note(corpus),
    )



def _ranked(
    counts: Iterable[dict[str, Any]], key: str, labels: dict[str, str], page: str
) -> tuple[list[Row], list[Row]]:
    """Rows of counts, the largest first, and apart from them those that stand for no value."""
    rows = [
        (c, _row(c, page.format(c[key]) if c[key] not in NO_VALUE else "testimonies/", label=labels[c[key]]))
        for c in sorted(counts, key=lambda c: -c["n"])
    ]
    return (
        [row for c, row in rows if c[key] not in NO_VALUE],
        [row for c, row in rows if c[key] in NO_VALUE],
    )


def origins(corpus: Corpus) -> Chart:
    """Testimonies by country of origin."""
    known, rest = _ranked(
        analysis.counts(analysis.testimonies(corpus), "origin"),
        "origin",
        {**COUNTRIES, **NO_VALUE},
        "countries/{}/",
    )
    verbs = "is the most frequent origin", "are the most frequent origins"
    return _bars(
        corpus,
        "origins",
        [*known, *rest],
        title=finding(*_lead(known), *verbs, _of_all(corpus)),
        subtitle=f"Accounts by country of origin; {len(known)} countries",
        label="Origin",
    )


def gender(corpus: Corpus) -> Chart:
    """Testimonies by gender."""
    rows, _ = _ranked(
        analysis.counts(analysis.testimonies(corpus), "gender"),
        "gender",
        {"male": "Men and boys", "female": "Women and girls"},
        "testimonies/?gender={}",
    )
    women = next((row["n"] for row in rows if row["label"] == "Women and girls"), 0)
    return _bars(
        corpus,
        "gender",
        rows,
        title=f"Women and girls gave {women} {_of_all(corpus)}",
        subtitle="Accounts by gender",
        label="Gender",
    )


def ages(corpus: Corpus) -> Chart:
    """Testimonies by age at the time of the account."""
    found = {c["age"]: c for c in analysis.counts(analysis.testimonies(corpus), "age")}
    bands = [f"{low}-{high}" for low, high in analysis.AGE_BANDS]
    labels = {band: band.replace("-", " to ") for band in bands}
    labels |= {bands[0]: f"Under {analysis.AGE_BANDS[1][0]}", bands[-1]: f"{analysis.AGE_BANDS[-1][0]} and over"}
    labels |= {"words": "In words only", "unknown": "Not known"}
    rows = [_row(found[b], "testimonies/", label=labels[b]) for b in labels if b in found]
    numbered = [row for row in rows if row["label"] not in ("In words only", "Not known")]
    under_30 = sum(found[b]["n"] for b in bands[:3] if b in found)
    return _bars(
        corpus,
        "ages",
        rows,
        title=f"Under 30 when they spoke: {under_30} of the {sum(int(str(r['n'])) for r in numbered)} whose age is given",
        subtitle="Accounts by age as reported with the account",
        label="Age",
        note="The age is that at the time of the report, not at joining.",
    )


def roles(corpus: Corpus) -> Chart:
    """Testimonies by role in the group; a person can have several."""
    labels = _labels(corpus, "role")
    rows, _ = _ranked(
        analysis.counts(analysis.coded(corpus, "role"), "code"), "code", labels, "testimonies/?role={}"
    )
    verbs = "is the role given most often", "are the roles given most often"
    return _bars(
        corpus,
        "roles",
        rows,
        title=finding(*_lead(rows), *verbs, _of_all(corpus)),
        subtitle="Accounts by role in the group",
        label="Role",
        note="A person can have several roles, so the bars add up to more than the accounts.",
    )


def settings(corpus: Corpus) -> Chart:
    """Testimonies by the conditions under which people spoke."""
    found = analysis.counts(analysis.testimonies(corpus), "setting")
    labels = _labels(corpus, "setting")
    rows = [
        _row(c, f"testimonies/?setting={c['setting']}", label=labels[c["setting"]])
        for c in sorted(found, key=lambda c: (c["setting"] == "unknown", -c["n"]))
    ]
    free = sum(c["n"] for c in found if c["setting"] == "free")
    return _bars(
        corpus,
        "settings",
        rows,
        title=f"Free and not in hiding when they spoke: {free} {_of_all(corpus)}",
        subtitle="Accounts by the conditions under which the person spoke",
        label="Setting",
    )


def grades(corpus: Corpus) -> Chart:
    """Testimonies by how well they are evidenced."""
    found = {c["grade"]: c for c in analysis.counts(analysis.testimonies(corpus), "grade")}
    labels = _labels(corpus, "grade")
    rows = [
        _row(found[code], f"testimonies/?grade={code}", label=labels[code]) for code in labels if code in found
    ]
    strong = found.get("strong", {"n": 0})["n"]
    return _bars(
        corpus,
        "grades",
        rows,
        title=f"Strongly evidenced: {strong} {_of_all(corpus)}",
        subtitle="Accounts by grade of evidence",
        label="Grade",
        note="Strong means well documented, not that the account is true.",
    )


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
        columns=_columns(("label", "Reason"), ("evidence", "Evidence")),
        rows=tuple(rows),
        marks=Marks(category="label", point="n", series="evidence", order=tuple(EVIDENCE.values())),
        note="Counts overlap and must not be added up. They say what the pages seen report.",
    )


def _evidence_rows(
    corpus: Corpus, table: Any, totals: list[dict[str, Any]], vocabulary: str
) -> tuple[list[Row], tuple[list[str], float]]:
    """Rows by code and evidence, the most frequent code first; the codes that lead, and how often."""
    labels = _labels(corpus, vocabulary)
    rank = {c["code"]: (c["code"] == "other", -c["n"]) for c in totals}
    rows = [
        {
            **_row(
                c,
                f"testimonies/?{vocabulary}={c['code']}&grade=weak"
                if c["evidence"] == "weak"
                else f"testimonies/?{vocabulary}={c['code']}&grade=strong&grade=moderate",
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
    found = {(c["narrative"], c["evidence"]): c for c in analysis.counts(table, "narrative", "evidence")}
    rows = [
        _row(
            found[n, evidence],
            "testimonies/?" + "&".join(f"reason_leaving={code}" for code in codes if number[code] == n),
            label=labels[n],
            evidence=EVIDENCE[evidence],
        )
        for n in labels
        for evidence in EVIDENCE
        if (n, evidence) in found
    ]
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
        title=finding(*_lead(four), *verbs, given),
        subtitle="Accounts with at least one reason under each of the four narratives of ICSR",
        description=f"Stacked bars. {_totals(rows)}. The lighter part of a bar is weakly evidenced.",
        columns=_columns(("label", "Narrative"), ("evidence", "Evidence")),
        rows=tuple(rows),
        marks=Marks(category="label", point="n", series="evidence", order=tuple(EVIDENCE.values())),
        note="Which reason belongs to which narrative is our reading. An account can stand in several bars.",
    )


def _matrix(corpus: Corpus, name: str, found: list[dict[str, Any]], one: str, two: str, **words: str) -> Chart:
    """A matrix of codes `one` of reason_{one} against codes `two` of reason_{two}."""
    first, second = _labels(corpus, f"reason_{one}"), _labels(corpus, f"reason_{two}")
    order = {code: i for i, code in enumerate(second)}
    rows = [
        {
            **_row(
                c,
                f"testimonies/?reason_{one}={c['one']}&reason_{two}={c['two']}",
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
        title=finding(pairs, n, "is the pair met most often", "are the pairs met most often", words["of"]),
        subtitle=words["subtitle"],
        description=f"A table of shaded cells, {len(rows)} pairs in all. The most frequent are "
        f"{_listing(top, 'pair')}. {words['meaning']}",
        columns=_columns(("label", words["label"]), ("across", words["across"])),
        rows=tuple(rows),
        marks=Marks(category="label", across="across", point="n"),
        note=f"An empty cell: no account gives both. Small numbers show no causes. {_weak_note(corpus)}",
    )


def joining_leaving(corpus: Corpus) -> Chart:
    """How reasons for joining go together with reasons for leaving."""
    joining, leaving = (analysis.coded(corpus, f"reasons_{step}") for step in ("joining", "leaving"))
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


def durations(corpus: Corpus) -> Chart:
    """When people joined, left and first spoke, as intervals, since dates are partial."""
    found = analysis.durations(corpus)
    stays = [(row["low"], row["high"]) for row in found if row["step"] == "left"]
    waits = [(row["low"], row["high"]) for row in found if row["step"] == "first_public"]
    stay, wait = (_median(spans) for spans in (stays, waits))
    rows: tuple[Row, ...] = tuple(
        {
            "record": row["id"],
            "step": STEPS[row["step"]],
            "date": row["text"],
            "first": row["first"].isoformat(),
            "last": row["last"].isoformat(),
            "months_low": row["low"],
            "months_high": row["high"],
            "href": f"testimonies/{row['id']}/",
        }
        for row in found
    )
    return Chart(
        id="durations",
        kind="timeline",
        title=f"The median stay lies between {stay}, for the {len(stays)} {_of_all(corpus)} that date it",
        subtitle="When each person joined, left and first spoke in public; a bar is as long as the date is vague",
        description=f"One line for each of {len(stays)} people. The median stay lies between {stay}; "
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
            category="record", low="first", high="last", series="step", order=tuple(STEPS.values()), unit=("", "")
        ),
        note=f"Only people whose joining and leaving are both dated. {_weak_note(corpus)}",
    )


def _median(spans: list[tuple[int, int]]) -> str:
    """The median of intervals: that of their lower ends to that of their upper ends."""
    if not spans:
        return "no known numbers of months"
    low, high = (statistics.median(ends) for ends in zip(*spans, strict=True))
    return f"{low:g} and {high:g} months"


def unknown(corpus: Corpus) -> Chart:
    """How much of the testimonies is unknown, not applicable or withheld."""
    found = analysis.knowledge(corpus)
    known = {c["field"]: c["n"] for c in found if c["state"] == "known"}
    fields = sorted(FIELDS, key=lambda field: -known.get(field, 0))
    states = list(STATES)
    rows = [
        _row(c, "testimonies/", label=FIELDS[c["field"]], state=STATES[c["state"]])
        for c in sorted(found, key=lambda c: (fields.index(c["field"]), states.index(c["state"])))
    ]
    missing: list[Row] = [{"label": FIELDS[c["field"]], "n": c["n"]} for c in found if c["state"] == "unknown"]
    verbs = "is unknown most often", "are unknown most often"
    return Chart(
        id="unknown",
        kind="stacked",
        title=finding(*_lead(missing), *verbs, _of_all(corpus)),
        subtitle="Accounts by what is known of each field",
        description=f"Stacked bars, one for each field of a record. Unknown: {_listing(missing, 'label')}.",
        columns=_columns(("label", "Field"), ("state", "State")),
        rows=tuple(rows),
        marks=Marks(
            category="label",
            point="n",
            series="state",
            order=tuple(STATES.values()),
            beside=STATES["unknown"],
        ),
        note="Unknown means that the pages seen do not say; withheld, that the record keeps it back.",
    )


def _labels(corpus: Corpus, vocabulary: str) -> dict[str, str]:
    return {code: entry.label for code, entry in corpus.codebook[vocabulary].items()}


def _lead(rows: Iterable[Row]) -> tuple[list[str], float]:
    return leading(rows, "label")
