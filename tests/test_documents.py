"""What was read of the data files is taken up by the next process where it is still the same."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from fast.contents import documents_at
from fast.documents import Documents
from report.data.corpus import Corpus, load_corpus
from report.data.files import files_at
from report.editing.records import withdraw
from test_live import replaced


@pytest.fixture
def corpus(project: Path) -> Corpus:
    """All data, read and kept."""
    for path in (project / "data").rglob("*.*"):
        os.utime(path, (1, 1))  # a file of this moment may change again within its time stamp
    corpus, _ = load_corpus(project)
    Documents(project, "these").keep(corpus)
    return corpus


def taken_up(project: Path, programs: str = "these") -> set[str]:
    """The documents that a new process would not have to read."""
    contents = {
        path.relative_to(project).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (project / "data").rglob("*.*")
    }
    files_at.cache_clear()
    files = files_at(project)
    states = files.states()
    Documents(project, programs).take_up(contents, states)
    return {name for folder in files.folders.values() for name in folder}


def test_the_corpus_is_the_same_and_nothing_is_read_or_validated_again(
    project: Path, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert taken_up(project) == corpus.documents.keys()
    monkeypatch.setattr("report.data.files.read_file", None)
    monkeypatch.setattr("report.data.reading.validated", None)
    again, problems = load_corpus(project)
    assert not problems
    assert again == corpus


@pytest.mark.parametrize("name", ["sources/S0503.yaml", "facts.yaml", "codebook.yaml"])
def test_a_file_that_says_something_else_is_read_again(
    project: Path, corpus: Corpus, name: str
) -> None:
    replaced(project / "data" / name, r"(?m)^", "# more\n")
    (left,) = corpus.documents.keys() - taken_up(project)
    assert name.startswith(left)
    assert load_corpus(project)[0].sources == corpus.sources


DAMAGED: list[Callable[[bytes], bytes]] = [
    lambda content: b"",
    lambda content: content[:-1],
    lambda content: content[:-1] + bytes([content[-1] ^ 1]),
]


@pytest.mark.parametrize("damaged", DAMAGED)
def test_nothing_is_taken_up_where_the_cache_is_damaged(
    project: Path, corpus: Corpus, damaged: Callable[[bytes], bytes]
) -> None:
    cache = documents_at(project)
    cache.write_bytes(damaged(cache.read_bytes()))
    assert not taken_up(project)


def test_other_programs_read_for_themselves(project: Path, corpus: Corpus) -> None:
    assert not taken_up(project, "others")
    assert not Documents(project, "others").hold(corpus)
    documents_at(project).unlink()
    Documents(project, "").keep(corpus)  # some file of the project could not be read
    assert not documents_at(project).exists()


def test_what_holds_something_that_was_withdrawn_holds_no_longer(
    project: Path, corpus: Corpus
) -> None:
    documents = Documents(project, "these")
    assert documents.hold(corpus)
    withdraw(project, "T0044", "request")
    after, _ = load_corpus(project)
    assert not documents.hold(after)
    documents.keep(after)
    assert documents.hold(after)
