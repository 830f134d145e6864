"""Analysis: counts agree with a recount of the raw files, and the guards name what is unlike."""

import os
import shutil
import subprocess
import sys
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from report.charts import analysis, chartset, comparison
from report.charts.chart import Chart
from report.data.corpus import Corpus, load_corpus
from report.problem import BadData

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def raw() -> list[dict[str, Any]]:
    files = sorted((ROOT / "data" / "testimonies").glob("*.yaml"))
    found = [yaml.safe_load(file.read_text("utf-8")) for file in files]
    return [record for record in found if record["status"] == "published"]


def numbers(chart: Chart) -> list[int]:
    return sorted(int(str(row["n"])) for row in chart.rows)


def codes(record: dict[str, Any], field: str) -> set[str]:
    return {item["code"] for item in record.get(field, [])}


@pytest.mark.parametrize("step", ["joining", "leaving"])
def test_reasons_recounted(step: str, corpus: Corpus, raw: list[dict[str, Any]]) -> None:
    labels = {k: v.label for k, v in corpus.codebook[f"reason_{step}"].items()}
    expected: Counter[tuple[str, str]] = Counter()
    for record in raw:
        weak = "Weakly evidenced" if record["grade"]["level"] == "weak" else "Well evidenced"
        expected.update((labels[code], weak) for code in codes(record, f"reasons_{step}"))
    chart = chartset.charts(corpus)[f"reasons-{step}"]
    assert {(row["label"], row["evidence"]): row["n"] for row in chart.rows} == expected


def test_pairs_recounted(corpus: Corpus, raw: list[dict[str, Any]]) -> None:
    order = list(corpus.codebook["reason_leaving"])
    labels = {k: v.label for k, v in corpus.codebook["reason_leaving"].items()}
    expected: Counter[tuple[str, str]] = Counter()
    for record in raw:
        given = sorted(codes(record, "reasons_leaving"), key=order.index)
        expected.update((labels[b], labels[a]) for a, b in combinations(given, 2))
    chart = chartset.charts(corpus)["leaving-together"]
    assert {(row["label"], row["across"]): row["n"] for row in chart.rows} == expected


def test_single_fields_recounted(corpus: Corpus, raw: list[dict[str, Any]]) -> None:
    charts = chartset.charts(corpus)
    settings = Counter(record["setting"] for record in raw)
    assert numbers(charts["settings"]) == sorted(settings.values())
    roles = Counter(role for record in raw for role in record["role"])
    assert numbers(charts["roles"]) == sorted(roles.values())
    origins = Counter(
        record.get("origin", "withheld" if "origin" in record.get("withheld", []) else "unknown")
        for record in raw
    )
    assert numbers(charts["origins"]) == sorted(origins.values())
    for name in ("months", "gender", "ages", "settings", "grades", "origins"):
        assert sum(int(str(row["n"])) for row in charts[name].rows) == len(raw), name
    undated = sum("first_public" not in record for record in raw)
    assert (
        sum(int(str(r["n"])) for r in charts["months"].rows if r["period"] == "not dated")
        == undated
    )
    fields: Counter[str] = Counter()
    for row in charts["unknown"].rows:
        fields[str(row["label"])] += int(str(row["n"]))
    assert set(fields.values()) == {len(raw)}


def test_rows_name_the_records_behind_them(corpus: Corpus) -> None:
    for chart in chartset.charts(corpus).values():
        for row in chart.rows:
            if "ids" in row:
                assert len(str(row["ids"]).split()) == row["n"]


def test_a_withdrawn_record_never_counts(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    stone = 'id: T0001\nstatus: withdrawn\ndate: "2026-11-20"\nreason: {}\n'
    reason = next(iter(load_corpus(ROOT)[0].codebook["withdrawal_reason"]))
    (tmp_path / "data" / "testimonies" / "T0001.yaml").write_text(stone.format(reason), "utf-8")
    corpus = load_corpus(tmp_path)[0]
    assert "T0001" in corpus.tombstones
    for chart in chartset.charts(corpus).values():
        for row in chart.rows:
            assert "T0001" not in f"{row.get('ids')} {row.get('record')} {row['href']}"


def test_months_between_partial_dates() -> None:
    assert analysis.months_between("2013-02", "2013-10") == (7, 9)
    assert analysis.months_between("2014", "2015-03-15") == (2, 15)
    assert analysis.months_between("2015", "2015") == (0, 12)
    assert analysis.year_month("2014-41") == ("2014", "")
    assert analysis.year_month("2014-10~") == ("2014", "2014-10")
    assert analysis.year_month(None) == ("", "")


def rows(corpus: Corpus, *ids: str) -> pd.DataFrame:
    table = comparison.observations(corpus)
    found = table[table["id"].isin(ids)]
    assert len(found) == len(ids)
    return found


def refused(corpus: Corpus, form: str, *ids: str) -> str:
    with pytest.raises(BadData) as caught:
        comparison.frame(corpus, rows(corpus, *ids), form)
    assert {problem.rule for problem in caught.value.problems} == {"comparability"}
    return str(caught.value)


def test_unlike_counts_are_refused_by_name(corpus: Corpus) -> None:
    text = refused(corpus, "labelled_dots", "E0075", "E0411")
    assert "ICSR, January 2015 (Syria and Iraq) (" in text
    assert "ICSR / CTC Sentinel, July 2019 (IS affiliates) (" in text
    assert "people fighters" in text
    assert "people affiliates_with_families" in text


def test_rows_of_different_files_need_a_group(corpus: Corpus) -> None:
    ungrouped = "E0124", "E0171"
    assert not set(rows(corpus, *ungrouped)["group"]) - {""}
    assert "different files need one comparability group" in refused(
        corpus, "labelled_dots", *ungrouped
    )


def test_rows_of_one_file_need_equal_codes(corpus: Corpus) -> None:
    table = comparison.observations(corpus)
    series = table[(table["series"] == "S0503") & (table["hold"] == "")]
    whole = series[(series["unit"] == "persons") & (series["group"] == "")]
    assert len(comparison.frame(corpus, whole, "labelled_dots")) == len(whole)
    assert "unit percent_of_travelled" in refused(corpus, "labelled_dots", "E0076", "E0081")


def test_a_group_is_drawn_as_it_says(corpus: Corpus) -> None:
    assert "is drawn as range_pairs, not as labelled_dots" in refused(
        corpus, "labelled_dots", "E0082", "E0375"
    )


def test_a_group_admits_what_it_allows(corpus: Corpus) -> None:
    forged = rows(corpus, "E0075", "E0183").assign(people=["fighters", "affiliates_with_families"])
    with pytest.raises(
        BadData, match="The Soufan Group, December 2015: people affiliates_with_families"
    ):
        comparison.frame(corpus, forged, "labelled_dots")


def test_held_rows_are_refused(corpus: Corpus) -> None:
    held = next(o.id for _, o in corpus.observations.values() if o.hold)
    assert f"{held} of" in refused(corpus, "labelled_dots", held)


@pytest.mark.parametrize(
    ("ids", "reason"),
    [
        (("E0217", "E0218"), "E0217 of The Soufan Group, December 2015 is a second reading"),
        (("E0075", "E0082"), "stands for world, which is no country"),
        (("E0060", "E0059"), "E0060 of ICSR, December 2013 (Syria) is held"),
        (("E0087", "E0371"), "DE would be added twice"),
    ],
)
def test_sums_that_are_none(corpus: Corpus, ids: tuple[str, ...], reason: str) -> None:
    with pytest.raises(BadData) as caught:
        comparison.total(rows(corpus, *ids), "point")
    assert {problem.rule for problem in caught.value.problems} == {"sum"}
    assert reason in str(caught.value)


def test_a_sum_that_may_be_made(corpus: Corpus) -> None:
    assert comparison.total(rows(corpus, "E0083", "E0086"), "point") == 1640


def test_a_rate_needs_a_population(corpus: Corpus) -> None:
    with pytest.raises(BadData, match="world has no population for 2014"):
        comparison.rates(corpus, rows(corpus, "E0075"))


def test_nothing_heavy_is_loaded_before_a_figure_is_asked_for() -> None:
    """A served site answers before pandas (0.3 s) and plotly (0.2 s) are imported."""
    program = (
        "import sys, report.build; from pathlib import Path; from report.project import good_corpus\n"
        "site = report.build.Site(Path(sys.argv[1]), good_corpus(Path(sys.argv[1])))\n"
        "assert len(site.charts) > 20 and site.values['count.women'].number\n"
        "template = site.environment.get_template('table_settings.md.j2')\n"
        "assert template.render(base='')\n"
        "print(*sorted({'pandas', 'numpy', 'plotly'} & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}
    done = subprocess.run(
        [sys.executable, "-c", program, str(ROOT)],
        env=environment, capture_output=True, check=True, text=True,
    )  # fmt: skip
    assert done.stdout == "\n"
