"""What is remembered between two calls of a process: it saves time, and nobody sees it in the result."""

import os
import random
import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.checks.spot import Spot, harmless
from report.data.again import Each
from report.data.corpus import load_corpus
from report.data.files import TEXTS, Files
from report.data.model import Excluded
from report.data.yamlio import parse
from report.pages.lookups import Lookups
from report.project import checked_corpus

sys.path.append(str(Path(__file__).parent / "robustness"))

from damages import DAMAGES, Bench


def states(root: Path) -> dict[Path, tuple[int, ...]]:
    """What shows whether a file was touched, for all files of the project."""
    found = {path: os.lstat(path) for path in (root / "data").rglob("*")}
    return {path: (state.st_mtime_ns, state.st_size, state.st_ino) for path, state in found.items()}


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_after_any_damage_the_result_is_that_of_a_fresh_process(
    project: Path, tmp_path: Path, seed: int, told: bool
) -> None:
    results = {tmp_path / "start": checked_corpus(project)}
    shutil.copytree(project, tmp_path / "start", symlinks=True)
    for name in random.Random(seed).sample(sorted(DAMAGES), 8):
        bench = Bench(project, random.Random(seed))
        for step, change in (("damaged", DAMAGES[name]), ("mended", Bench.mend)):
            before = states(project)
            change(bench)
            now = states(project)
            changed = [p for p in before.keys() | now.keys() if before.get(p) != now.get(p)]
            folder = tmp_path / f"{name}-{step}"
            results[folder] = checked_corpus(project, changed if told else None)
            shutil.copytree(project, folder, symlinks=True)
    for folder, found in results.items():  # at another path nothing is known yet
        assert checked_corpus(folder) == found, folder.name


def test_records_that_did_not_change_stay_the_same_objects(project: Path) -> None:
    before, _ = checked_corpus(project)
    path = project / "data/testimonies/T0041.yaml"
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    after, _ = checked_corpus(project, [path])
    same = {id_ for id_, record in after.testimonies.items() if record is before.testimonies[id_]}
    assert after.testimonies.keys() - same == {"T0041"}
    assert all(record is before.sources[id_] for id_, record in after.sources.items())
    book = project / "data/codebook.yaml"
    book.write_text(book.read_text("utf-8").replace("label: ", "label: The ", 1), "utf-8")
    last, _ = checked_corpus(project, [book])
    assert last.codebook != after.codebook
    assert all(record is after.testimonies[id_] for id_, record in last.testimonies.items())


def test_a_file_is_taken_apart_only_where_it_is_not_what_an_earlier_process_has_read(
    project: Path,
) -> None:
    paths = [project / f"data/testimonies/{id_}.yaml" for id_ in ("T0001", "T0002", "T0003")]
    texts = [path.read_text("utf-8") for path in paths]
    shown = [f"data/testimonies/{path.name}" for path in paths]
    known = [
        replace(parse("id: known", name), text=t) for name, t in zip(shown, texts, strict=True)
    ]
    for path in paths:
        os.utime(path, (1, 1))  # a file of this moment may change again within its time stamp
    files = Files(project)
    states = files.states()
    paths[1].write_text(f"{texts[1]}# more\n", "utf-8")
    paths[2].unlink()
    paths[2].symlink_to(paths[0])
    documents = zip(paths, known, strict=True)
    files.resume({f"testimonies/{path.stem}": found for path, found in documents}, states)
    files.look()
    found = list(files.folders["testimonies"].values())
    assert found[0] is known[0]
    assert found[1] == parse(f"{texts[1]}# more\n", shown[1])
    assert [problem.rule for problem in found[2].problems] == ["file-kind"]


def test_what_a_second_process_reads_early_is_taken_where_the_file_is_still_the_same(
    project: Path,
) -> None:
    for path in (project / "data").rglob("*.yaml"):
        os.utime(path, (1, 1))  # a file of this moment may change again within its time stamp
    files, late = Files(project), Files(project)
    edited = project / "data/testimonies/T0001.yaml"
    files.begin()
    edited.write_text(edited.read_text("utf-8") + "# more\n", "utf-8")
    (project / "data/testimonies/T0002.yaml").unlink()
    shutil.copy(edited, project / "data/testimonies/T9999.yaml")
    read: list[str] = []
    files._read = lambda name: read.append(name) or Files._read(files, name)  # type: ignore
    files.look()
    late.look()
    assert files.folders == late.folders
    yaml = {name for name in read if name not in TEXTS}
    assert yaml == {"testimonies/T0001", "testimonies/T9999"}, "no other was read once more"


def test_groups_after_any_edit_are_those_of_the_records(project: Path) -> None:
    path = project / "data/testimonies/T0041.yaml"
    text = path.read_text("utf-8")
    moved = re.sub("^origin: .*$", "origin: FJ", text, count=1, flags=re.MULTILINE)
    for written in (text, moved, f"{moved}\n", "", text):
        path.write_text(written, "utf-8")
        corpus, _ = load_corpus(project, [path])
        people = corpus.testimonies.values()
        groups = Lookups(corpus).by_origin
        assert set(groups) == {person.origin for person in people} - {None}
        for code, group in groups.items():
            assert [id(p) for p in group] == [id(p) for p in people if p.origin == code]


def test_only_what_differs_is_derived_again() -> None:
    asked: list[str] = []
    each: Each[object, str] = Each()

    def derive(key: str, value: object) -> str:
        asked.append(key)
        return f"{key}{value}"

    first = each({"a": 1, "b": 2}, derive)
    assert each({"a": 1, "b": 2}, derive) is first
    assert each({"a": 1, "b": 3}, derive) == ["a1", "b3"]
    assert each({"b": 3, "a": 1}, derive) == ["b3", "a1"]
    assert each({"b": 3, "c": 1}, derive) == ["b3", "c1"]
    assert each({"b": 3}, derive) == ["b3"]
    assert asked == ["a", "b", "b", "c"]
    assert first == ["a1", "b2"]


def test_what_is_outside_or_unknown_is_looked_for_everywhere(project: Path) -> None:
    load_corpus(project)
    (project / "data/sources/S0001.yaml").unlink()
    (project / "data/sources/note.txt").touch()
    for changed in ([project / "data/sources"], [Path("/elsewhere")]):
        corpus, problems = load_corpus(project, changed)
        assert "S0001" not in corpus.sources
        assert [problem.path for problem in problems] == ["data/sources/note.txt"]


@given(
    st.text(alphabet="ab @+0123456789.,-/()°NEtmew\n", max_size=40).map(lambda text: text.strip()),
    st.sampled_from(['"{}"', "'{}'", "|\n  {}", ">\n  {}"]),
)
def test_no_document_is_thought_harmless_that_is_not(text: str, style: str) -> None:
    written = style.format(text.replace("\n", "\n  "))
    document = parse(f"key: {written}\n", "x.yaml")
    record = Excluded.model_construct(key="", description="", class_="duplicate", reason="")
    if not document.problems:
        assert Spot(document).common(record) == list(harmless(Spot(document), document.data))
