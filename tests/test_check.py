"""The checks: golden records that break every rule, the real dataset that breaks none."""

import re
import shutil
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.checks.check import check
from report.checks.spot import certainly_before
from report.data.corpus import load_corpus
from report.data.fields import date_meant
from report.data.model import LedgerRow, date_span, date_words
from report.problem import RULES
from report.project import checked_corpus

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "scripts" / "report"
GOLDEN = Path(__file__).parent / "golden"
ELSEWHERE = {"pages.py", "chapters.py", "charts.py", "analysis.py", "values.py", "numbers.py"}
"""Modules of other stages that raise rules of their own: markers, comparability, sums."""


def golden_project(folder: Path) -> Path:
    """The golden dataset, with the files that git or an editor would not keep as they must be."""
    root = folder / "project"
    shutil.copytree(GOLDEN / "data", root / "data")
    testimonies = root / "data" / "testimonies"
    (testimonies / "T0004.yaml").write_bytes("id: T0004\nname: Ren\xe9\n".encode("latin-1"))
    (testimonies / "T0005.yaml").write_bytes(b"\xef\xbb\xbfid: T0005\n")
    (testimonies / "T0006.yaml").symlink_to("T0012.yaml")
    return root


def messages(root: Path) -> list[str]:
    earlier = [line.split(",") for line in (GOLDEN / "earlier.csv").read_text().splitlines()]
    ledger = [
        LedgerRow.model_validate(dict(zip(earlier[0], row, strict=True))) for row in earlier[1:]
    ]
    corpus, problems = load_corpus(root)
    return [
        str(problem)
        for problem in sorted({*problems, *check(corpus, [ledger], {row.id for row in ledger})})
    ]


def test_golden_records(tmp_path: Path) -> None:
    found = "\n".join(messages(golden_project(tmp_path))) + "\n"
    assert found == (GOLDEN / "expected.txt").read_text("utf-8")


def rules_named_in(paths: list[Path]) -> set[str]:
    text = "".join(path.read_text("utf-8") for path in paths if path.name != "problem.py")
    return {rule for rule in RULES if f'"{rule}"' in text}


def test_every_rule_is_raised_somewhere() -> None:
    assert rules_named_in(list(PACKAGE.rglob("*.py"))) == set(RULES)


def test_golden_records_break_every_rule_of_the_data() -> None:
    ours = [path for path in PACKAGE.rglob("*.py") if path.name not in ELSEWHERE]
    broken = set(re.findall(r"^\S+:\d+:\d+: ([a-z-]+): ", expected := expected_text(), re.M))
    assert expected
    assert broken <= set(RULES)
    stages = {rule for rule in RULES if rule.startswith(("marker-", "naked-"))}
    assert rules_named_in(ours) - broken <= stages | {"comparability", "sum"}


def expected_text() -> str:
    return (GOLDEN / "expected.txt").read_text("utf-8")


def test_real_dataset_has_no_problems() -> None:
    corpus, problems = checked_corpus(ROOT)
    assert not problems
    assert len(corpus.testimonies) > 100


@pytest.mark.parametrize(
    "name",
    [
        "codebook.yaml",
        "exceptions.yaml",
        "excluded.yaml",
        "facts.yaml",
        "ids.csv",
        "population.csv",
    ],
)
@pytest.mark.parametrize("content", [None, "", "x", "- x\n", "a: [\n", "id,kind\n"])
def test_a_broken_table_neither_raises_nor_buries_the_rest(
    tmp_path: Path, name: str, content: str | None
) -> None:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    path = tmp_path / "data" / name
    path.unlink()
    if content is not None:
        path.write_text(content)
    corpus, problems = load_corpus(tmp_path)
    problems = sorted({*problems, *check(corpus)})
    assert problems
    assert len(problems) < 50, f"{len(problems)} problems, such as {problems[-1]}"
    assert any(problem.path == f"data/{name}" for problem in problems)


@pytest.mark.parametrize(
    "path", ["testimonies/T0001.yaml", "sources/S0501.yaml", "estimates/S0501.yaml"]
)
@pytest.mark.parametrize("content", [None, "", "- x\n", "a: [\n", "id: X\n"])
def test_a_broken_record_does_not_bury_the_rest(
    tmp_path: Path, path: str, content: str | None
) -> None:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    (tmp_path / "data" / path).unlink()
    if content is not None:
        (tmp_path / "data" / path).write_text(content)
    corpus, problems = load_corpus(tmp_path)
    problems = sorted({*problems, *check(corpus)})
    assert problems
    elsewhere = {problem.rule for problem in problems if problem.path != f"data/{path}"}
    assert content is None or elsewhere <= {"unused-source"}


FOUND_BY_MUTATIONS = {
    "estimates/S0501.yaml": [(r"point: \d+", "point: " + "9" * 400 + ".5", "bad-value")],
    "facts.yaml": [(r"\A", "- {}\n" * 30_000, "file-kind")],
    "world.geojson": [
        (r"\A(?s:.)*", "", "wrong-type"),
        (r"\A(?s:.)*", "[" * 99_999, "wrong-type"),
        (r'"Polygon"', '"Point"', "wrong-type"),
        (r'"coordinates"', '"places"', "wrong-type"),
        (r"\A", "\ufeff", "file-encoding"),
    ],
}
"""File -> (what was changed, into what, the rule that now names it)."""


@pytest.mark.parametrize(
    ("path", "old", "new", "rule"),
    [(path, *case) for path, cases in FOUND_BY_MUTATIONS.items() for case in cases],
)
def test_what_mutations_found(tmp_path: Path, path: str, old: str, new: str, rule: str) -> None:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    damaged = tmp_path / "data" / path
    damaged.write_text(re.sub(old, new, damaged.read_text("utf-8"), count=1), "utf-8")
    problems = load_corpus(tmp_path)[1]
    assert rule in {problem.rule for problem in problems if problem.path == f"data/{path}"}


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("estimates/S0503.yaml", "point: 20730", "point: 20740"),
        ("estimates/S0503.yaml", "\n    high: 70\n", "\n    high: 71\n"),
        ("facts.yaml", "value: 58", "value: 59"),
        ("facts.yaml", "value: 0.66", "value: 0.76"),
    ],
)
def test_a_number_and_the_words_beside_it_agree(
    tmp_path: Path, file: str, old: str, new: str
) -> None:
    """So that a correction of one is not forgotten in the other."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    path = tmp_path / "data" / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    corpus, _ = load_corpus(tmp_path)
    [problem] = [p for p in check(corpus) if "does not stand in" in p.message]
    assert problem.path == f"data/{file}"
    assert path.read_text("utf-8").splitlines()[problem.line - 1].strip() == new.strip()


@pytest.mark.parametrize("target", ["nowhere", "S0539.yaml", "/dev/zero", "S0540.yaml"])
def test_a_link_is_named_wherever_it_leads(tmp_path: Path, target: str) -> None:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    link = tmp_path / "data/estimates/S0539.yaml"
    link.unlink()
    link.symlink_to(target)
    found = {(problem.path, problem.rule) for problem in load_corpus(tmp_path)[1]}
    assert ("data/estimates/S0539.yaml", "file-kind") in found


def test_blanks_at_the_ends_of_lines_mean_nothing(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    path = tmp_path / "data/testimonies/T0041.yaml"
    before = load_corpus(tmp_path)[0].testimonies["T0041"]
    path.write_text(path.read_text("utf-8").replace("\n", "  \n"), "utf-8")
    assert load_corpus(tmp_path)[0].testimonies["T0041"] == before


def test_checking_stays_linear(tmp_path: Path) -> None:
    """A file with thousands of problems is parsed once more, not once for each problem."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    facts = tmp_path / "data" / "facts.yaml"
    facts.write_text("".join(f"- id: F{i:04d}\n" for i in range(1, 3000)))
    start = time.perf_counter()
    corpus, problems = load_corpus(tmp_path)
    check(corpus)
    assert len(problems) > 5000
    assert time.perf_counter() - start < 10


MONTHS = st.sampled_from([*range(1, 13), 21, 22, 23, 24, 33, 34, 35, 36, 40, 41])
MARKS = st.sampled_from(["", "~", "?", "%"])
DATES = st.one_of(
    st.integers(1990, 2100).map(str),
    st.tuples(st.integers(1990, 2100), MONTHS).map(lambda date: f"{date[0]}-{date[1]:02d}"),
    st.dates().map(str),
)


@given(DATES, MARKS)
def test_partial_dates(date: str, mark: str) -> None:
    first, last = date_span(date + mark)
    assert first <= last
    assert first.isoformat()[:4] == date[:4]
    words = date_words(date + mark)
    assert date[:4].lstrip("0") in words
    assert words.startswith("about ") == (mark in ("~", "%") and mark != "")
    assert words.endswith(" (uncertain)") == (mark in ("?", "%") and mark != "")
    assert not certainly_before(date, date)


@given(st.text(alphabet="0123456789-~?%T ", max_size=12))
def test_anything_else_is_no_date(text: str) -> None:
    try:
        first, last = date_span(text)
    except ValueError:
        return
    assert first <= last
    assert date_words(text)


def test_words_of_dates() -> None:
    assert date_words("2014-41") == "second half of 2014"
    assert date_words("2015-23~") == "about autumn 2015"
    assert date_words("2015-06-04") == "4 June 2015"
    assert [day.isoformat() for day in date_span("2014-24")] == ["2014-12-01", "2015-02-28"]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        *(("May 2014", "2014-05"), ("14 may 2014", "2014-05-14"), ("Spring 2014", "2014-21")),
        *(("second half of 2014", "2014-41"), ("2014-5", "2014-05"), ("2014/5/3", "2014-05-03")),
        *(("31 February 2014", ""), ("03/04/2014", ""), ("2014-13", ""), ("2014-21-3", "")),
        *(("May", ""), ("1815-5", ""), ("May 2014 or later", "")),
    ],
)
def test_dates_that_are_meant(text: str, date: str) -> None:
    assert date_meant(text) == date


@pytest.mark.parametrize(
    ("first", "second", "certain"),
    [
        ("2015", "2015-06", False),
        ("2015-05", "2015-06", True),
        ("2015-05", "2015-06~", False),
        ("2012", "2015~", True),
        ("2015-22", "2015-08-31", False),
    ],
)
def test_only_what_is_certain_counts(first: str, second: str, certain: bool) -> None:
    assert certainly_before(first, second) is certain
