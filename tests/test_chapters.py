"""Chapters: markers are bound to data, their words are held against it, and no number stands naked."""

import re
import shutil
from pathlib import Path

import pytest

from conftest import ROOT
from report.data.corpus import load_corpus
from report.data.numbers import _PARTS, _WORDS, agrees, holds, mentions, numbers
from report.pages.chapters import expand
from report.pages.prose import MARKER, naked_numbers
from report.pages.site import Site

CHAPTERS = sorted((ROOT / "docs").glob("*.md"))


def rules(markdown: str, site: Site) -> list[tuple[int, int, str]]:
    return [(p.line, p.column, p.rule) for p in expand(markdown, "docs/x.md", site)[1]]


def test_a_fact_becomes_its_value_with_a_citation(site: Site) -> None:
    markdown, problems = expand("ICSR counted [[F0001]] people.", "docs/x.md", site)
    assert not problems
    assert (
        '<span class="bound">58</span><a class="cite" href="../sources/S0551/">1<span class="tip">'
        in markdown
    )
    assert "85 defectors" in markdown  # conflicting reports are visible
    assert "## Notes and sources" in markdown


def test_a_computed_value_leads_to_its_records(site: Site) -> None:
    markdown, problems = expand("[[count.women]] women.", "docs/x.md", site)
    women = sum(
        "gender: female\n" in p.read_text() for p in (ROOT / "data/testimonies").glob("*.yaml")
    )
    assert not problems
    assert 'href="../values/#count.women"' in markdown
    assert f">{women}</a> women" in markdown


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("line\n\n see [[F9999]]", [(3, 6, "marker-unknown")]),
        ("[[E9999]] [[S9999]]", [(1, 1, "marker-unknown"), (1, 11, "marker-unknown")]),
        ("[[T9999]]", [(1, 1, "marker-unknown")]),
        ("[[count.wimen]]", [(1, 1, "marker-unknown")]),
        ("[[figure: nowhere]]", [(1, 1, "marker-unknown")]),
        ("[[table: nowhere]]", [(1, 1, "marker-unknown")]),
        ("[[F0001: 59]]", [(1, 1, "marker-value")]),
        ("[[F0016: three quarters]]", [(1, 1, "marker-value")]),
        ("[[F0016: nearly two thirds]]", []),
        ("[[F0048]]", [(1, 1, "marker-text")]),
        ("[[count.women: more than half]]", [(1, 1, "marker-value")]),
        ("[[share.women: fewer than half]]", []),
        ("There were 12 of them.", [(1, 12, "naked-number")]),
        ("There were twelve, or a third.", [(1, 12, "naked-number"), (1, 25, "naked-number")]),
        ("In September 2015 and in 2019.", []),
        ("`[[F9999]]` is code.", []),
        ("`[[F9999]]` is code, [[F9999]] is none.", [(1, 22, "marker-unknown")]),
        ("[[T0001]] [[count.", [(1, 11, "marker-open")]),
        ("see\n[[count.women: some [body]]]", [(2, 1, "marker-open")]),
    ],
)  # fmt: skip
def test_markers(markdown: str, expected: list[tuple[int, int, str]], site: Site) -> None:
    assert rules(markdown, site) == expected


def test_code_stays_as_it_is(site: Site) -> None:
    assert "`[[[F9999]]`" in expand("`[[[F9999]]` is code.", "docs/x.md", site)[0]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("withdrawn,,safety", "T0008 was withdrawn (take the marker out)"),
        ("merged,T0009,", "T0008 was merged into T0009 (take the marker out)"),
    ],
)
def test_a_marker_of_what_is_gone_is_to_be_taken_out(
    tmp_path: Path, row: str, message: str
) -> None:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    (tmp_path / "data/testimonies/T0008.yaml").unlink()
    ledger = tmp_path / "data/ids.csv"
    text = re.sub(r"(?m)^(T0008,.*),published,,$", rf"\1,{row}", ledger.read_text())
    ledger.write_text(text)
    gone = Site(tmp_path, load_corpus(tmp_path)[0])
    [problem] = expand("[[T0008]]", "docs/x.md", gone)[1]
    assert str(problem) == f"docs/x.md:1:1: marker-unknown: {message}"


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.stem)
def test_no_number_of_a_chapter_is_naked(path: object, site: Site) -> None:
    text = ROOT.joinpath(str(path)).read_text(encoding="utf-8")
    _, problems = expand(text, f"docs/{ROOT.joinpath(str(path)).name}", site)
    assert not problems
    if "numbers: free" not in text:
        assert not naked_numbers(text, "x")


def test_the_search_for_naked_numbers_finds_a_planted_one() -> None:
    """The check is held against every chapter: a number put into its prose must be found."""
    for path in CHAPTERS:
        text = path.read_text(encoding="utf-8")
        assert naked_numbers(text + "\n\nSeventeen people, 23 in all.\n", "x")


def test_a_number_is_qualified_once(site: Site) -> None:
    assert not expand("There were [[E0394]].", "docs/x.md", site)[1]
    [problem] = expand("There were up to [[E0394]].", "docs/x.md", site)[1]
    assert (problem.rule, problem.column) == ("marker-text", 18)


def test_rankings_are_bound(site: Site) -> None:
    shown, problems = expand("[[count.men > count.women: Mostly men]]", "docs/x.md", site)
    assert not problems
    assert "values/#count.men" in shown
    assert ">Mostly men</a>" in shown
    for marker, rule in (
        ("[[count.women > count.men: Mostly women]]", "marker-value"),
        ("[[count.men > count.women]]", "marker-text"),
        ("[[count.men > count.wimen: x]]", "marker-unknown"),
    ):
        assert [problem.rule for problem in expand(marker, "docs/x.md", site)[1]] == [rule]


def test_numbers_in_words() -> None:
    assert mentions("twenty-one people, one of them; a quarter, two thirds, 1,200") == [
        (0, "twenty-one"), (34, "quarter"), (43, "two thirds"), (55, "1,200"),
    ]  # fmt: skip
    assert agrees("between 25 and 40 per cent", [0.25, 0.4, 25, 40], "")
    assert not agrees("between 25 and 45 per cent", [0.25, 0.4, 25, 40], "")
    assert agrees("nearly two thirds", [0.66], "")
    assert not agrees("more than two thirds", [0.66], "")
    assert agrees("more than 20,000", [20_000], "over 20,000")
    assert not agrees("fewer than 58", [58], "58 people")
    assert not agrees("under 20,730", [20_730], "20,730")
    assert holds("more than a quarter", 26.4, share=True)
    assert not holds("more than a quarter", 24.4, share=True)
    assert holds("nineteen", 19, share=False)
    assert not holds("no number at all", 19, share=False)
    assert not holds("nineteen of 9,999", 19, share=False)
    assert holds("1 per cent", 1.0, share=True)
    assert holds("0.5 per cent", 0.5, share=True)
    assert not holds("1 per cent", 100.0, share=True)


def test_every_marker_kind_is_used_and_documented() -> None:
    used = {m[1] for path in CHAPTERS for m in MARKER.finditer(path.read_text(encoding="utf-8"))}
    kinds = {
        name[0] if re.fullmatch(r"[TSEF]\d{4,}", name) else ("value" if "." in name else name)
        for name in used
    }
    assert kinds == {"T", "S", "E", "F", "value", "figure", "table"}


@pytest.mark.parametrize(("word", "value"), [*_WORDS.items(), *_PARTS.items()])
def test_every_number_word_is_read(word: str, value: float) -> None:
    for written in (word, word.upper(), word.capitalize()):
        assert [*numbers(f"Of them {written}, at most.")] == [(8, 8 + len(word), value)]


@pytest.mark.parametrize(
    ("words", "value"),
    [
        *(("two thirds", 2 / 3), ("three-quarters", 3 / 4), ("one in five", 1 / 5)),
        ("one in zero", 0),
        *(("halves", 1 / 2), ("twenty-one", 21), ("two hundred", 200), ("3 thousand", 3000)),
        *(("1,234", 1234), ("0.5", 0.5)),
    ],
)
def test_numbers_of_several_words(words: str, value: float) -> None:
    assert [*numbers(f"About {words} of them.")] == [(6, 6 + len(words), value)]
