"""The figures about people and their accounts, each defined once."""

from collections.abc import Iterable, Sequence
from typing import Any

from report.charts import analysis
from report.charts.account_rows import (
    accounts,
    count_columns,
    count_row,
    labels_of,
    lead,
    listing,
    of_all,
    weak_note,
)
from report.charts.chart import Chart, Marks, Row, finding
from report.data.corpus import Corpus
from report.data.fields import COUNTRIES

STATES = {
    "known": "Known",
    "unknown": "Unknown",
    "not_applicable": "Not applicable",
    "withheld": "Withheld",
}
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
NO_VALUE = {"unknown": "Not known", "withheld": "Withheld"}


def _bars(corpus: Corpus, name: str, rows: Sequence[Row], **words: str) -> Chart:
    """A chart of one bar for each value of `key`."""
    return Chart(
        id=name,
        kind="bars",
        title=words["title"],
        subtitle=words["subtitle"],
        description=f"One bar for each value, {accounts(len(corpus.testimonies))} in all. "
        f"{listing(rows, 'label')}.",
        columns=count_columns(("label", words["label"])),
        rows=tuple(rows),
        marks=Marks(category="label", point="n"),
        note=f"{words.get('note', '')} {weak_note(corpus)}".strip(),
    )


def _ranked(
    counts: Iterable[dict[str, Any]], key: str, labels: dict[str, str], page: str
) -> tuple[list[Row], list[Row]]:
    """Rows of counts, the largest first, and apart from them those that stand for no value."""
    rows = [
        (
            c,
            count_row(
                c,
                page.format(c[key]) if c[key] not in NO_VALUE else "",
                label=labels[c[key]],
            ),
        )
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
        title=finding(*lead(known), *verbs, of_all(corpus)),
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
        title=f"Women and girls gave {women} {of_all(corpus)}",
        subtitle="Accounts by gender",
        label="Gender",
    )


def ages(corpus: Corpus) -> Chart:
    """Testimonies by age at the time of the account."""
    found = {c["age"]: c for c in analysis.counts(analysis.testimonies(corpus), "age")}
    bands = [f"{low}-{high}" for low, high in analysis.AGE_BANDS]
    labels = {band: band.replace("-", " to ") for band in bands}
    labels |= {
        bands[0]: f"Under {analysis.AGE_BANDS[1][0]}",
        bands[-1]: f"{analysis.AGE_BANDS[-1][0]} and over",
    }
    labels |= {"words": "In words only", "unknown": "Not known"}
    rows = [count_row(found[b], "", label=labels[b]) for b in labels if b in found]
    numbered = sum(found[b]["n"] for b in bands if b in found)
    under_30 = sum(found[b]["n"] for b in bands[:3] if b in found)
    return _bars(
        corpus,
        "ages",
        rows,
        title=f"Under 30 when they spoke: {under_30} of the {numbered} whose age is given in years",
        subtitle="Accounts by age as reported with the account",
        label="Age",
        note="The age is that at the time of the report, not at joining.",
    )


def roles(corpus: Corpus) -> Chart:
    """Testimonies by role in the group; a person can have several."""
    labels = labels_of(corpus, "role")
    rows, _ = _ranked(
        analysis.counts(analysis.coded(corpus, "role"), "code"),
        "code",
        labels,
        "testimonies/?role={}",
    )
    verbs = "is the role given most often", "are the roles given most often"
    return _bars(
        corpus,
        "roles",
        rows,
        title=finding(*lead(rows), *verbs, of_all(corpus)),
        subtitle="Accounts by role in the group",
        label="Role",
        note="A person can have several roles, so the bars add up to more than the accounts.",
    )


def settings(corpus: Corpus) -> Chart:
    """Testimonies by the conditions under which people spoke."""
    found = analysis.counts(analysis.testimonies(corpus), "setting")
    labels = labels_of(corpus, "setting")
    rows = [
        count_row(c, f"testimonies/?setting={c['setting']}", label=labels[c["setting"]])
        for c in sorted(found, key=lambda c: (c["setting"] == "unknown", -c["n"]))
    ]
    free = sum(c["n"] for c in found if c["setting"] == "free")
    return _bars(
        corpus,
        "settings",
        rows,
        title=f"Free and not in hiding when they spoke: {free} {of_all(corpus)}",
        subtitle="Accounts by the conditions under which the person spoke",
        label="Setting",
    )


def grades(corpus: Corpus) -> Chart:
    """Testimonies by how well they are evidenced."""
    found = {c["grade"]: c for c in analysis.counts(analysis.testimonies(corpus), "grade")}
    labels = labels_of(corpus, "grade")
    rows = [
        count_row(found[code], f"testimonies/?grade={code}", label=labels[code])
        for code in labels
        if code in found
    ]
    strong = found.get("strong", {"n": 0})["n"]
    return _bars(
        corpus,
        "grades",
        rows,
        title=f"Strongly evidenced: {strong} {of_all(corpus)}",
        subtitle="Accounts by grade of evidence",
        label="Grade",
        note="Strong means well documented, not that the account is true.",
    )


def unknown(corpus: Corpus) -> Chart:
    """How much of the testimonies is unknown, not applicable or withheld."""
    found = analysis.knowledge(corpus)
    known = {c["field"]: c["n"] for c in found if c["state"] == "known"}
    fields = sorted(FIELDS, key=lambda field: -known.get(field, 0))
    states = list(STATES)
    rows = [
        {
            **count_row(c, "", label=FIELDS[c["field"]], state=STATES[c["state"]]),
            "category_href": "figures/unknown/",
        }
        for c in sorted(found, key=lambda c: (fields.index(c["field"]), states.index(c["state"])))
    ]
    missing: list[Row] = [
        {"label": FIELDS[c["field"]], "n": c["n"]} for c in found if c["state"] == "unknown"
    ]
    verbs = "is unknown most often", "are unknown most often"
    return Chart(
        id="unknown",
        kind="stacked",
        title=finding(*lead(missing), *verbs, of_all(corpus)),
        subtitle="Accounts by what is known of each field",
        description=f"Stacked bars, one for each field of a record. Unknown: {listing(missing, 'label')}.",
        columns=count_columns(("label", "Field"), ("state", "State")),
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
