"""Right to left: Arabic and Hebrew names stand apart, so that what is around them keeps its place."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page

from conftest import ROOT, Figure
from report.data.corpus import Corpus
from report.pages.site import Site
from report.takeaway.formatted import STYLES
from takeaway import in_words

NAME, TITLE, OUTLET = "أبو محمد (15)", "شهادة منشق، 2015!", "הארץ (2015)"
AUTHOR = "جواد الصايغ"
APART = r"<(?:bdi|cite dir=\"auto\")(?: lang=\"[a-z]+\")?>|<td>"  # a cell is a paragraph of its own
LOOSE = """() => {
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const found = { apart: 0, loose: [] };
  while (walker.nextNode()) {
    const text = walker.currentNode;
    if (!/\\p{Script=Arabic}|\\p{Script=Hebrew}/u.test(text.data)) continue;
    if (text.parentElement.closest("bdi, [dir=auto]")) found.apart++;
    else found.loose.push(text.data);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def leftward(corpus: Corpus) -> Site:
    """The real dataset, in which a person and the outlet that heard him write from right to left."""
    person = corpus.testimonies["T0001"].model_copy(update={"name": NAME})
    source = corpus.sources[person.sources[0]]
    changed = {"title": TITLE, "publisher": OUTLET, "authors": [AUTHOR], "language": "ar"}
    told = source.model_copy(update=changed | {"title_basis": "as_shown"})
    return Site(
        ROOT,
        replace(
            corpus,
            testimonies=corpus.testimonies | {"T0001": person},
            sources=corpus.sources | {source.id: told},
        ),
    )


def test_every_name_of_a_person_or_an_outlet_stands_apart(leftward: Site, figure: Figure) -> None:
    pages = {uri: page.markdown() for uri, page in leftward.pages.items()}
    for words in (NAME, TITLE, OUTLET, AUTHOR):
        found = 0
        for uri, markdown in pages.items():
            text = re.sub(r"\A---\n.*?\n---\n", "", markdown, flags=re.S)
            apart = len(re.findall(f"(?:{APART}){re.escape(words)}", text))
            assert apart == text.count(words), (uri, words)
            found += apart
        figure("Arabic and Hebrew names set apart, of a made-up record", found)
        assert found >= 3, words


@pytest.mark.browser
@pytest.mark.parametrize(
    "address",
    ["sources/", "sources/S0192/", "sources/S0148/", "sources/S0662/", "testimonies/T0044/"],
)
def test_in_the_browser_every_such_text_stands_apart(
    page: Page, server: str, address: str, figure: Figure
) -> None:
    page.goto(f"{server}/{address}")
    page.wait_for_load_state("networkidle")
    found = page.evaluate(LOOSE)
    figure("Arabic and Hebrew texts set apart, in the browser", found["apart"])
    assert found["apart"]
    assert found["loose"] == []


@pytest.mark.browser
def test_a_year_stays_behind_the_name_it_follows(page: Page, server: str) -> None:
    page.goto(f"{server}/sources/S0148/")
    page.get_by_text("Cite this").click()
    name, year = page.locator(".cite-text bdi").first.evaluate(
        """bdi => {
          const range = document.createRange(), behind = bdi.nextSibling;
          const start = behind.data.search(/\\d{4}/);
          range.setStart(behind, start);
          range.setEnd(behind, start + 4);
          return [bdi.getBoundingClientRect().right, range.getBoundingClientRect().left];
        }"""
    )
    assert name < year


def test_a_citation_keeps_such_names_whole(tmp_path: Path) -> None:
    item = {
        "id": "S0001", "type": "article-newspaper", "title": TITLE, "container-title": OUTLET,
        "author": [{"family": "الصايغ", "given": "جواد"}], "language": "ar",
        "issued": {"date-parts": [[2015]]},
    }  # fmt: skip
    styles = in_words([item], tmp_path / "citations.json")["S0001"]
    for style in STYLES:
        for words in ("الصايغ, جواد", TITLE, OUTLET):
            assert f"<bdi>{words}</bdi>" in styles[style]
