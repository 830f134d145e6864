"""What the figures about testimonies share: rows, columns and words for counts of accounts."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from report.charts import analysis
from report.charts.chart import Chart, Column, Row, leading, listed
from report.data.corpus import Corpus


def accounts(n: int) -> str:
    """ "1 account", "12 accounts"."""
    return f"{n} account" if n == 1 else f"{n} accounts"


def weak_note(corpus: Corpus) -> str:
    """The sentence on how many accounts are weakly evidenced."""
    weak = analysis.testimonies(corpus)["grade"].tolist().count("weak")
    return f"Weakly evidenced accounts are included: {weak}."


def count_row(count: dict[str, Any], page: str, **cells: str) -> Row:
    """A row of a count; `page` has exactly these accounts, and is empty where there is none that has.

    A mark of one account leads to that account rather than to a list.
    """
    ids: list[str] = count["ids"]
    alone = len(ids) == 1 and not page.startswith("countries/")
    href = f"testimonies/{ids[0]}/" if alone else page
    return {**cells, "n": count["n"], "ids": " ".join(ids), "href": href, "page": page}


def leading_to_rows(chart: Chart) -> Chart:
    """The chart with marks of several accounts leading to the row of its own page that names them all.

    Lists can be filtered only with scripts, and not every count can be told by filters.
    """
    rows = tuple(
        {**row, "href": f"figures/{chart.id}/#row-{place}"} if _needs_row(row) else row
        for place, row in enumerate(chart.rows, start=1)
    )
    return replace(chart, rows=rows)


def _needs_row(row: Row) -> bool:
    return bool(row.get("ids")) and (not row["href"] or "?" in str(row["href"]))


def count_columns(*columns: tuple[str, str]) -> tuple[Column, ...]:
    """The columns of a count: those given, then the number of accounts."""
    return (*(Column(key, label) for key, label in columns), Column("n", "Accounts", "number"))


def listing(rows: Iterable[Row], label: str, at_most: int = 6) -> str:
    """The first values of a count in words: "Syria: 30; Germany: 8"."""
    return listed((f"{row[label]}: {row['n']}" for row in rows), at_most)


def of_all(corpus: Corpus) -> str:
    """ "of 106 accounts"."""
    return f"of {accounts(len(corpus.testimonies))}"


def labels_of(corpus: Corpus, vocabulary: str) -> dict[str, str]:
    """The labels of a vocabulary by code."""
    return {code: entry.label for code, entry in corpus.codebook[vocabulary].items()}


def lead(rows: Iterable[Row]) -> tuple[list[str], float]:
    """The labels with the highest count, and that count."""
    return leading(rows, "label")
