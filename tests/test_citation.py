"""Citations are read back by the programs that people use, and name the original outlet first."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import rispy
from lxml import html
from pybtex.database import parse_string

from report.data.model import Source
from report.takeaway.citation import WHOLE, citation_files, source_item
from report.takeaway.edition import edition
from report.takeaway.entries import bibtex, ris
from report.takeaway.formatted import STYLES, Formatted
from takeaway import ROOT, citations, corpus, in_words

FILES = dict(citation_files(citations(), citations()))


def source(**changes: object) -> Source:
    return next(iter(corpus().sources.values())).model_copy(update=changes)


def test_every_record_source_series_figure_and_the_whole_have_all_forms() -> None:
    keys = [WHOLE, *(f"testimonies/{id_}" for id_ in corpus().testimonies)]
    keys += [f"sources/{id_}" for id_ in corpus().sources]
    keys += [f"estimates/{id_}" for id_ in corpus().series]
    keys += [f"figures/{id_}" for id_ in citations().charts]
    assert set(FILES) == {f"{key}.{form}" for key in keys for form in ("bib", "ris", "csl.json")}


def test_pybtex_reads_every_citation_back() -> None:
    for key, items in citations().items():
        entries = parse_string(FILES[f"{key}.bib"].decode(), "bibtex").entries
        assert list(entries) == [item["id"] for item in items]
        for item in items:
            assert entries[item["id"]].fields.get("url") == item.get("URL")
            persons = entries[item["id"]].persons
            assert {role: len(persons[role]) for role in persons} == {
                role: len(item[role]) for role in ("author", "editor") if role in item
            }


def test_rispy_reads_every_citation_back() -> None:
    for key, items in citations().items():
        entries = rispy.loads(FILES[f"{key}.ris"].decode())
        assert [entry["title"] for entry in entries] == [item["title"] for item in items]
        assert [entry.get("urls") for entry in entries] == [
            [item["URL"]] if "URL" in item else None for item in items
        ]


def test_without_authors_neither_outlet_nor_title_stands_twice() -> None:
    """APA begins with the title; so does Chicago, but for newspapers and magazines."""
    for id_, record in corpus().sources.items():
        if not record.authors:
            [work] = citations()[f"sources/{id_}"]
            assert not {"author", "editor"} & work.keys()
            title, outlet = bare(record.title), bare(record.publisher)
            (_, [chicago]), (_, [apa]) = citations().formatted(f"sources/{id_}")
            for words in (chicago, apa):
                said = bare(html.fragment_fromstring(words, "p").text_content().split(" http")[0])
                assert said.count(title) == 1
                assert said.count(outlet) == 1 + title.count(outlet)
                assert words is chicago or said.startswith(title)


def bare(text: str) -> str:
    """A text without quotation marks, capitals and line breaks."""
    return " ".join(re.sub('["„“”‘’]', "", text).casefold().split())


def test_names_of_outlets_stay_as_they_are_printed() -> None:
    for id_, record in corpus().sources.items():
        for _, [words] in citations().formatted(f"sources/{id_}"):
            assert " ".join(record.publisher.split()) in html.fromstring(words).text_content()


@pytest.mark.parametrize(
    ("title", "chicago", "apa"),
    [
        ("Is it over?", "“Is It Over?” <i>", "Is it over? <i>"),
        ("Wait for it.", "“Wait for It.” <i>", "Wait for it. <i>"),
        ('He said "never"', "“He Said ‘never.’” <i>", "He said &#34;never&#34;. <i>"),
        (
            "„Nie“ und “never” gesagt",
            "“‘Nie’ Und ‘never’ Gesagt.” <i>",
            "„Nie“ und “never” gesagt. <i>",
        ),
        ("Over...", "“Over...” <i>", "Over... <i>"),
        ("[report (is it?)]", "“[report (is It?)].” <i>", "[report (is it?)]. <i>"),
    ],
)
def test_stops_and_quotation_marks_meet_as_the_styles_want_it(
    title: str, chicago: str, apa: str, tmp_path: Path
) -> None:
    item = source_item(source(title=title, kind="blog", authors=["Ann Lee"]))
    words = in_words([item], tmp_path / "cache.json")[item["id"]]
    assert words["chicago"].startswith(f"Lee, Ann. 2015. {chicago}NBC News</i>.")
    assert words["apa"].startswith(f"Lee, A. (2015, February 11). {apa}NBC News</i>.")


def test_editors_are_editors_and_what_stands_in_brackets_is_no_name() -> None:
    names = ["Jane Roe", "Ann Lee (ed.)", "Bo van Tal (eds.)", "Marie Roe (speaker)"]
    item = source_item(source(authors=names))
    assert [name["family"] for name in item["author"]] == ["Roe", "Roe"]
    assert item["editor"] == [
        {"family": "Lee", "given": "Ann"}, {"family": "van Tal", "given": "Bo"}
    ]  # fmt: skip
    assert "  editor = {Lee, Ann and van Tal, Bo}" in bibtex(item)
    assert "ED  - van Tal, Bo\n" in ris(item)


def test_a_series_is_cited_by_its_name() -> None:
    for id_, series in corpus().series.items():
        assert citations()[f"estimates/{id_}"][-1]["title"] == f"Estimates: {series.series}"


def test_the_csl_processor_renders_every_item() -> None:
    for key, items in citations().items():
        for _, works in citations().formatted(key):
            assert len(works) == len(items)
            assert all(len(work) > 20 for work in works)


def test_a_testimony_names_the_original_outlet_first_and_version_and_date_of_the_record() -> None:
    record = corpus().testimonies["T0001"]
    original, own = citations()["testimonies/T0001"]
    assert original["id"] == record.sources[0]
    assert own["version"] == citations().edition.version
    for _, (first, second) in citations().formatted("testimonies/T0001"):
        assert corpus().sources[record.sources[0]].publisher in first
        assert "https://example.org/report/testimonies/T0001/" in second
        assert citations().edition.version in second


def test_a_record_is_cited_by_its_id_and_not_by_a_name() -> None:
    for id_, record in corpus().testimonies.items():
        own = json.dumps(citations()[f"testimonies/{id_}"][-1], ensure_ascii=False)
        assert not record.name or record.name not in own


def test_a_formatted_record_is_what_the_processor_makes_of_it_alone(tmp_path: Path) -> None:
    own = citations()["testimonies/T0002"][-1]
    alone = in_words([own], tmp_path / "cache.json")[own["id"]]
    together = [works[-1] for _, works in citations().formatted("testimonies/T0002")]
    assert together == [alone[style] for style in STYLES]


def test_the_cache_changes_nothing_and_a_damaged_one_is_ignored(tmp_path: Path) -> None:
    items = [source_item(source())]
    store = tmp_path / "cache.json"
    fresh = in_words(items, store)
    assert len(json.loads(store.read_bytes())) == len(STYLES)
    assert in_words(items, store) == fresh
    store.write_text("[broken", encoding="utf-8")
    assert in_words(items, store) == fresh


def test_citations_that_nobody_needs_now_stay_in_the_file_until_all_are_made(
    tmp_path: Path,
) -> None:
    store = tmp_path / "citations.json"
    first, second = source_item(source()), source_item(source(title="Another title"))
    for works, are_all, number in (
        ([first], True, 1), ([second], False, 2), ([], False, 2), ([second], True, 1),
    ):  # fmt: skip
        Formatted(store).prepare(works, are_all)
        assert len(json.loads(store.read_text())) == number * len(STYLES)


def test_what_the_processor_remembers_changes_no_citation(tmp_path: Path) -> None:
    many = source(authors=[f"Given{n} Family{n}" for n in range(25)])
    odd = [many, source(published=""), source(published="2015-06-14~", url="", title="Why? (1)")]
    items = [works[0] for works in citations().values()][::6]
    items += [source_item(source) | {"id": f"odd{n}"} for n, source in enumerate(odd)]
    forgetful = (
        "import json, sys; from report.takeaway import processor; from takeaway import in_words\n"
        "processor._look_up_once = processor._decide_once = lambda: None\n"
        "print(json.dumps(in_words(json.load(sys.stdin), sys.argv[1])))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", forgetful, str(tmp_path / "one.json")],
        input=json.dumps(items), capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": f"{ROOT}/scripts:{ROOT}/tests"},
    )  # fmt: skip
    assert len({item["type"] for item in items}) > 5
    assert json.loads(shown.stdout) == in_words(items, tmp_path / "two.json")


@pytest.mark.parametrize(
    "title", ["100% of A_B & C", "a { b", r"\end{x}", "<script>alert(1)</script>", "“„–é ~^#$"]
)
def test_no_title_breaks_a_format(title: str, tmp_path: Path) -> None:
    item = source_item(source(title=title))
    entry = parse_string(bibtex(item), "bibtex").entries[item["id"]]
    assert entry.fields["year"] == "2015"
    assert rispy.loads(ris(item))[0]["title"] == title
    for words in in_words([item], tmp_path / "cache.json")[item["id"]].values():
        assert "<script" not in words


@pytest.mark.parametrize("sign", ["\n", "\r", "\x85", "\u2028", "\u2029"])
def test_a_line_break_in_a_title_adds_no_field(sign: str) -> None:
    item = source_item(source(title=f"One{sign}TI  - Two"))
    assert rispy.loads(ris(item))[0]["title"] == "One TI - Two"


def test_an_address_that_is_withheld_stands_in_no_citation() -> None:
    hidden = [s.url for s in corpus().sources.values() if s.url and not s.link]
    texts = "".join(map(str, FILES.values()))
    assert hidden
    assert not [url for url in hidden if url in texts]


def test_names_are_split_before_their_particle() -> None:
    authors = ["Britta von der Heide", "BBC", "ICSR Team"]
    names = source_item(source(authors=authors))["author"]
    assert names[0] == {"family": "von der Heide", "given": "Britta"}
    assert [name.get("literal") for name in names[1:]] == ["BBC", "ICSR Team"]


@pytest.mark.parametrize(
    ("published", "parts"),
    [("2015", [2015]), ("2015-06", [2015, 6]), ("2014-41", [2014]), ("2015-06-14~", [2015, 6, 14])],
)
def test_dates_are_as_precise_as_known(published: str, parts: list[int]) -> None:
    assert source_item(source(published=published))["issued"]["date-parts"] == [parts]


def test_the_edition_takes_day_and_address_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    monkeypatch.setenv("SITE_URL", "https://example.org/x")
    found = edition(ROOT)
    assert (found.date.isoformat(), found.address) == ("2023-11-14", "https://example.org/x/")
