"""The editors' commands, each run on a copy of the data."""

import datetime
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from report.cli import main
from report.data import yamlio
from report.data.corpus import load_corpus
from report.data.model import Merged, Withdrawn
from report.editing.cut import Refused, without
from report.project import checked_corpus

ROOT = Path(__file__).parent.parent


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the data, with the current directory somewhere inside it."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n")
    monkeypatch.chdir(tmp_path / "data" / "testimonies")
    return tmp_path


def git(root: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    identity = ["-c", "user.name=Nobody", "-c", "user.email=nobody@example.org"]
    command = ["git", *identity, "-C", str(root), *arguments]
    return subprocess.run(command, check=check, capture_output=True, text=True)


def commit(root: Path, message: str) -> None:
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", message)


def snapshot(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def problems(root: Path) -> list[str]:
    return [str(problem) for problem in checked_corpus(root)[1]]


def test_check_counts_what_is_there(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    corpus, _ = load_corpus(root)
    out = capsys.readouterr().out
    assert out.startswith(f"{len(corpus.testimonies)} testimonies, {len(corpus.sources)} sources, ")
    assert out.endswith(": no problems\n")


def test_check_prints_all_problems(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = root / "data/testimonies/T0002.yaml"
    path.write_text(path.read_text().replace("gender: male", "gender: mael"))
    (root / "data/sources/S0001.yaml").write_text("id: [\n")
    assert main(["check"]) == 1
    out = capsys.readouterr().out
    assert "data/testimonies/T0002.yaml:" in out
    assert (
        "unknown-code: gender: 'mael' is not in the vocabulary gender (did you mean 'male'?)" in out
    )
    assert "data/sources/S0001.yaml:2:1: yaml-syntax: " in out
    assert out.endswith("2 problems in 2 files\n")


def test_check_looks_at_chapters(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project)
    (project / "docs/further.md").write_text("# Further\n\nThere are 7.\n", "utf-8")
    (project / "docs/latin.md").write_bytes(b"# Caf\xe9\n")
    assert main(["check"]) == 1
    out = capsys.readouterr().out
    assert "docs/further.md:3:11: naked-number: '7' is bound to nothing" in out
    assert "docs/latin.md:1:6: file-encoding: is not UTF-8" in out
    assert out.endswith("2 problems in 2 files\n")
    (project / "docs/further.md").write_text("# Further\n\n[[T0008]]\n", "utf-8")
    (project / "docs/latin.md").unlink()
    assert main(["withdraw", "T0008", "--reason", "safety"]) == 1
    assert "docs/further.md:3:1: marker-unknown: T0008 was withdrawn" in capsys.readouterr().out


def test_pages_go_into_a_new_folder_only(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project)
    assert main(["pages", "--out", "written"]) == 0
    assert "Bontinck" in (project / "written/testimonies/T0001.md").read_text("utf-8")
    (project / "mine").mkdir()
    (project / "mine/keep.txt").write_text("x")
    for folder in ("mine", "mkdocs.yml"):
        assert main(["pages", "--out", folder]) == 1
        assert f"{folder} is there already" in capsys.readouterr().err
    assert [path.name for path in (project / "mine").iterdir()] == ["keep.txt"]


def test_outside_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["check"]) == 1
    assert "run this inside the project" in capsys.readouterr().err


def test_new_testimony_is_a_template_that_complains(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "testimony"]) == 0
    corpus, _ = load_corpus(root)
    id_ = corpus.ledger[-1].id
    assert capsys.readouterr().out.startswith(f"data/testimonies/{id_}.yaml: ")
    path = root / f"data/testimonies/{id_}.yaml"
    document = yamlio.read_file(path, path.name)
    assert document.data["id"] == id_
    assert {problem.rule for problem in document.problems} == {"yaml-empty"}
    assert "#   for example:\n#     joined: [S0001]\n" in document.text
    assert all(f"testimonies/{id_}.yaml" in problem for problem in problems(root))
    assert main(["new", "testimony"]) == 0
    assert load_corpus(root)[0].ledger[-1].id == f"T{int(id_[1:]) + 1:04d}"


def test_filled_template_has_no_problems(root: Path) -> None:
    """The template of a source, filled in as its comments say."""
    main(["new", "source"])
    id_ = load_corpus(root)[0].ledger[-1].id
    path = root / f"data/sources/{id_}.yaml"
    values = {
        "kind": "newspaper", "title": "A title", "title_basis": "as_shown", "publisher": "A paper",
        "accessed": '"2026-11-22"', "seen": "full", "link": "false", "reliability": "established",
        "reliability_basis": "A newspaper.",
    }  # fmt: skip
    text = path.read_text()
    for key, value in values.items():
        text = text.replace(f"\n{key}:\n", f"\n{key}: {value}\n")
    path.write_text(text.replace("\n# url:\n", "\nurl: https://example.org/x\n"))
    assert [problem.split(": ")[1] for problem in problems(root)] == ["unused-source"]


@pytest.mark.parametrize(("kind", "letter"), [("estimate", "E"), ("fact", "F")])
def test_new_row_ids(
    root: Path, kind: str, letter: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", kind]) == 0
    assert load_corpus(root)[0].ledger[-1].id.startswith(letter)
    assert load_corpus(root)[0].ledger[-1].id in capsys.readouterr().out


def test_two_branches_that_mint_one_id_conflict(root: Path) -> None:
    git(root, "init", "-q", "-b", "main")
    commit(root, "data")
    for branch in ("one", "two"):
        git(root, "switch", "-q", "-c", branch, "main")
        main(["new", "testimony"])
        commit(root, branch)
    merged = git(root, "merge", "one", check=False)
    assert merged.returncode == 1
    assert "CONFLICT (add/add)" in merged.stdout


def test_the_ledger_only_grows(root: Path) -> None:
    git(root, "init", "-q", "-b", "main")
    commit(root, "data")
    ledger = root / "data/ids.csv"
    lines = ledger.read_text().splitlines(keepends=True)
    ledger.write_text("".join([lines[0], lines[2], lines[1], *lines[3:]]))
    assert [problem.split(": ")[1] for problem in problems(root)] == ["ledger-order"]
    commit(root, "the wrong order")
    assert [problem.split(": ")[1] for problem in problems(root)] == ["ledger-order"]
    ledger.write_text("".join(lines))
    assert "ledger-order" in problems(root)[0]
    ledger.write_text("".join(lines) + "T0999,testimony,2026-11-22,published,,\n")
    commit(root, "minted")
    ledger.write_text("".join(lines))
    for _ in range(3):  # however many commits ago
        assert any("T0999 was minted once and is gone" in problem for problem in problems(root))
        git(root, "commit", "-q", "--all", "--allow-empty", "-m", "gone")
    assert main(["new", "testimony"]) == 0
    assert load_corpus(root)[0].ledger[-1].id == "T1000"


def test_withdraw_leaves_a_tombstone_and_takes_sources_of_its_own_along(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, _ = load_corpus(root)
    assert main(["withdraw", "T0002", "--reason", "request"]) == 0, capsys.readouterr().out
    assert problems(root) == []
    corpus, _ = load_corpus(root)
    stone = corpus.tombstones["T0002"]
    assert isinstance(stone, Withdrawn)
    assert stone.reason == "request"
    own = {s for s in before.testimonies["T0002"].sources if before.cited_by[s] == ["T0002"]}
    assert own
    assert corpus.tombstones.keys() == {"T0002", *own}
    text = (root / "data/testimonies/T0002.yaml").read_text()
    assert len(text.splitlines()) == 5
    row = next(row for row in corpus.ledger if row.id == "T0002")
    assert (row.status, row.reason) == ("withdrawn", "request")
    assert [row.id for row in corpus.ledger] == [row.id for row in before.ledger]
    assert not list(root.rglob("*.part"))


def test_merge_leads_on(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["merge", "T0002", "T0003"])
    corpus, _ = load_corpus(root)
    stone = corpus.tombstones["T0002"]
    assert isinstance(stone, Merged)
    assert stone.replaced_by == "T0003"
    assert {problem.split(": ")[1] for problem in problems(root)} <= {"unused-source"}
    row = next(row for row in corpus.ledger if row.id == "T0002")
    assert (row.status, row.replaced_by) == ("merged", "T0003")


def test_merge_of_a_source_moves_the_references(root: Path) -> None:
    before, _ = load_corpus(root)
    [user] = before.cited_by["S0003"]
    main(["merge", "S0003", "S0009"])
    corpus, _ = load_corpus(root)
    assert "S0009" in corpus.testimonies[user].sources
    assert problems(root) == []


def test_merges_may_follow_each_other(root: Path) -> None:
    main(["merge", "S0002", "S0003"])
    main(["merge", "S0003", "S0009"])
    stone = load_corpus(root)[0].tombstones["S0002"]
    assert isinstance(stone, Merged)
    assert stone.replaced_by == "S0003"
    assert problems(root) == []


def test_what_cited_both_sources_cites_the_merged_one_once(root: Path) -> None:
    path = root / "data/testimonies/T0010.yaml"
    before = path.read_text()
    assert "sources: [S0037, S0038, S0039, S0040]" in before
    cited = "  first_public:\n    - S0038\n    - S0040\n    # both\n    - S0039\n"
    path.write_text(before.replace("  first_public: [S0038, S0040]\n", cited))
    assert problems(root) == []
    main(["merge", "S0038", "S0039"])
    assert problems(root) == []
    after = path.read_text()
    assert "sources: [S0037, S0039, S0040]" in after
    assert "  first_public:\n    - S0039\n    - S0040\n    # both\n" in after


@pytest.mark.parametrize(
    "command", [["withdraw", "T0001", "--reason", "safety"], ["merge", "T0001", "T0002"]]
)
def test_exceptions_of_what_is_gone_go_with_it(root: Path, command: list[str]) -> None:
    path = root / "data/exceptions.yaml"
    before = path.read_text()
    assert "record: T0001\n" in before
    main(command)
    assert not [problem for problem in problems(root) if "exception" in problem]
    gone = [entry for entry in before.split("- rule: ") if "record: T0001\n" in entry]
    assert path.read_text() == before.replace("".join(f"- rule: {entry}" for entry in gone), "")


def test_the_last_exception_leaves_an_empty_list(root: Path) -> None:
    path = root / "data/exceptions.yaml"
    head, *entries = path.read_text().split("- rule: ")
    path.write_text(head + "- rule: " + next(e for e in entries if "record: T0001\n" in e))
    main(["withdraw", "T0001", "--reason", "safety"])
    assert path.read_text() == f"{head}[]\n"


FACTS = """\
# the facts
-
  id: F0001
  note: >-
    Words, and

    more words.

# of the second
-   id: F0002 # here
    list: [a, b]
    # within
- # before
  id: F0003
  note: one
    - no row
"""


@pytest.mark.parametrize(
    ("place", "gone"),
    [
        (0, FACTS[FACTS.index("-\n") : FACTS.index("\n# of the")]),
        (1, FACTS[FACTS.index("-   id") : FACTS.index("    # within")]),
        (2, FACTS[FACTS.index("- # before") :]),
    ],
)
def test_a_row_is_cut_out_and_nothing_else(place: int, gone: str) -> None:
    document = yamlio.parse(FACTS, "x.yaml")
    assert without(document, (place,)).text == FACTS.replace(gone, "")


def test_what_cannot_be_cut_out_is_refused() -> None:
    document = yamlio.parse("- - a\n  - b\n- c\n", "x.yaml")
    with pytest.raises(Refused, match="1: what begins here must be taken out by hand"):
        without(document, (0, 0))


@pytest.mark.parametrize("kind", ["estimate", "fact"])
def test_an_id_minted_by_mistake_can_be_given_back(
    root: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = root / "data/ids.csv"
    before = ledger.read_text()
    main(["new", kind])
    id_ = load_corpus(root)[0].ledger[-1].id
    assert main(["withdraw", id_, "--reason", "error"]) == 1
    assert "delete its line at the end of data/ids.csv" in capsys.readouterr().err
    ledger.write_text(before)
    assert problems(root) == []


def test_withdraw_of_a_row(root: Path) -> None:
    before, _ = load_corpus(root)
    used = {id_ for fact in before.facts.values() for id_ in fact.estimates}
    series = next(s for s in before.series.values() if len(s.observations) > 2)
    row = next(row for row in series.observations if row.id not in used)
    assert main(["withdraw", row.id, "--reason", "error"]) in (0, 1)
    corpus, _ = load_corpus(root)
    assert before.observations.keys() - corpus.observations.keys() == {row.id}
    others = [other for other in before.series[series.id].observations if other.id != row.id]
    assert corpus.series[series.id].observations == others


@pytest.mark.parametrize(
    "arguments",
    [
        ["withdraw", "T9999", "--reason", "request"],
        ["withdraw", "T0002", "--reason", "wish"],
        ["withdraw", "S0001", "--reason", "error"],
        ["withdraw", "E9999", "--reason", "error"],
        ["merge", "T0001", "T0001"],
        ["merge", "T0001", "S0001"],
        ["merge", "S0501", "S0502"],
        ["merge", "E0001", "E0002"],
    ],
)
def test_what_makes_no_sense_is_refused(
    root: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    before = snapshot(root)
    assert main(arguments) == 1
    assert capsys.readouterr().err
    assert snapshot(root) == before


def test_nothing_is_half_written(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(*arguments: object, **named: object) -> int:
        raise OSError("no space left on device")

    before = snapshot(root)
    monkeypatch.setattr(Path, "write_text", no_space)
    with pytest.raises(OSError, match="no space"):
        main(["withdraw", "T0002", "--reason", "request"])
    monkeypatch.undo()
    assert snapshot(root) == before


def test_what_a_broken_file_may_use_is_not_withdrawn(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "data/testimonies/T0003.yaml").write_text("id: [\n")
    before = snapshot(root)
    assert main(["withdraw", "T0002", "--reason", "request"]) == 1
    assert "cannot read data/testimonies/T0003.yaml" in capsys.readouterr().err
    assert snapshot(root) == before


def test_withdrawn_twice(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["withdraw", "T0002", "--reason", "safety"])
    assert main(["withdraw", "T0002", "--reason", "safety"]) == 1
    assert "T0002 is withdrawn already" in capsys.readouterr().err


def test_gaps(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gaps"]) == 0
    out = capsys.readouterr().out
    corpus, _ = load_corpus(root)
    held = sum(bool(row.hold) for _, row in corpus.observations.values())
    weak = sum(record.grade.level == "weak" for record in corpus.testimonies.values())
    assert f"Held figures: {held}\n" in out
    assert f"Weak records: {weak}\n" in out
    for heading in ("Sources read only in part", "Sources without an archived copy", "not pinned"):
        assert heading in out


def test_gaps_name_days_that_are_still_to_come(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    day = datetime.date.today()
    for path, key, date in (
        ("testimonies/T0002", "reviewed", day + datetime.timedelta(days=1)),
        ("sources/S0001", "accessed", day + datetime.timedelta(days=400)),
        ("testimonies/T0003", "reviewed", day),
        ("sources/S0002", "accessed", day.year),
    ):
        file = root / f"data/{path}.yaml"
        text = re.sub(rf"(?m)^{key}: .*", f'{key}: "{date}"', file.read_text("utf-8"))
        file.write_text(text, "utf-8")
    assert main(["gaps"]) == 0
    listed = capsys.readouterr().out.partition("a day that is still to come: ")[2]
    assert "data/testimonies/T0002.yaml: reviewed " in listed
    assert "data/sources/S0001.yaml: accessed " in listed
    assert "T0003" not in listed
    assert "S0002" not in listed


def test_gaps_of_broken_data_are_its_problems(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "data/codebook.yaml").write_text("hold: [\n")
    assert main(["gaps"]) == 1
    assert "data/codebook.yaml:2:1: yaml-syntax: " in capsys.readouterr().out


def test_what_is_printed_may_be_closed_early_and_into_any_encoding(root: Path) -> None:
    source = root / "data/sources/S0001.yaml"
    source.write_text(
        re.sub("(?m)^title: .*", "title: \u0130mza", source.read_text("utf-8")), "utf-8"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts"), "PYTHONIOENCODING": "ascii"}
    command = f"{sys.executable} -m report gaps"
    for rest, shown in (("", "data/sources/S0001.yaml: \\u0130mza\n"), (" | true", "")):
        told = subprocess.run(
            command + rest, shell=True, cwd=root, env=environment, capture_output=True, text=True
        )
        assert (told.returncode, told.stderr) == (0, "")
        assert shown in told.stdout


def test_schema(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    path = root / "data/schemas/facts.json"
    path.write_text("{}")
    assert main(["schema"]) == 1
    assert "data/schemas/facts.json: differs" in capsys.readouterr().out
    assert main(["schema", "--write"]) == 0
    assert main(["schema"]) == 0
