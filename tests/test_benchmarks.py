"""The benchmarks start: their datasets are sound, their reference builds, and ratios are of pairs."""

from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from measuring import Run, faster, finished, machine
from pages import serving
from reference import pages_of, plain_site
from synthetic import make_project

from conftest import ROOT
from report.data.corpus import Corpus
from report.project import good_corpus


def test_a_synthetic_dataset_obeys_every_rule_and_shares_its_sources(
    tmp_path: Path, corpus: Corpus
) -> None:
    made = good_corpus(make_project(ROOT, tmp_path / "project", 250))
    assert len(made.testimonies) == 250
    added = len(made.sources) - len(corpus.sources)
    assert 0 < added <= len(corpus.sources)


def test_the_reference_builds_the_same_pages_without_hooks(tmp_path: Path) -> None:
    pages = tmp_path / "build" / "pages" / "testimonies"
    pages.mkdir(parents=True)
    (pages.parent / "index.md").write_text("# Report\n", encoding="utf-8")
    (pages / "T0001.md").write_text("# Somebody\n", encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_bytes((ROOT / "mkdocs.yml").read_bytes())
    plain = tmp_path / "plain"
    run = finished(plain_site(tmp_path, plain), plain)
    assert pages_of(plain) == 3, "two pages, and the one that is shown where nothing is found"
    assert (plain / "site" / "search" / "search_index.json").is_file()
    assert run.seconds > 0
    assert run.memory > 10


def test_a_command_that_fails_ends_the_benchmark(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no such thing"):
        finished(["sh", "-c", "echo no such thing; exit 3"], tmp_path)


def test_ratios_are_medians_of_pairs() -> None:
    ours, theirs = [Run(1), Run(2), Run(4)], [Run(10), Run(22), Run(12)]
    found = "10.0 times faster (3.0 to 11.0); 2.00 s against 12.00 s"
    assert faster(ours, theirs) == found
    assert "processors" in machine()


def test_bytes_are_counted_as_they_are_sent(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("word " * 1000, encoding="utf-8")
    with serving(tmp_path) as served, urlopen(Request(f"{served.address}/")) as answer:
        sent = len(answer.read())
        assert sent == served.bytes() < 200
        assert served.bytes() == 0
