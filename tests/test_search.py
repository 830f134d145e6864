"""The search: what is indexed, that the index is the same each time, and what a browser shows."""

import json
import pickle
import re
import shutil
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from conftest import serving
from report.data.words import folded
from report.pages.search import FOLDER, SearchIndex
from report.publish import write_changed

ARTICLE = (
    '<html><body><nav>menu</nav><article class="md-content__inner md-typeset">{}</article></body>'
)
PAGES = {
    "": "<h1>Report</h1><p>Prose.</p><h2 id='more'>More</h2><p>Of it</p>",
    "404.html": "<h1>Nothing</h1>",
    "search/": "<h1>Search</h1>",
    "testimonies/": "<h1>All</h1>",
    "testimonies/page/2/": "<h1>All, page 2</h1>",
    "testimonies/T0001/": "<h1>Zoë<span class='tip'>hint</span></h1><p>Rakka, rakka, Rakka</p>",
    "sources/S0001/": "<h1 id='S0001'>Article</h1><script>let code</script>",
    "figures/map/": "<h1>Map</h1>",
    "reasons/other/": "<h1>Other</h1>",
    "countries/DE/": "<h1>Germany</h1>",
}


def index(*urls: str) -> SearchIndex:
    """An index that has taken these pages in, in that order."""
    made = SearchIndex()
    for url in urls:
        made.add(url, ARTICLE.format(PAGES[url]))
    return made


def titles(files: dict[str, str]) -> list[list[str]]:
    found: list[list[str]] = json.loads(files["titles/0.json"])
    return found


def standing(files: dict[str, str], word: str) -> list[list[str]]:
    """The addresses of the documents that have a word in the title, often, and at all."""
    places = json.loads(files["words/0.json"]).get(word, [[], [], []])
    return [[titles(files)[n][0] for n in accumulate(steps)] for steps in places]


def test_pages_are_indexed_by_kind_chapters_by_section_and_lists_not_at_all() -> None:
    files = index(*PAGES).files(PAGES)
    assert titles(files) == [
        ["testimonies/T0001/", "Zoë"],
        ["sources/S0001/", "Article"],
        ["countries/DE/", "Germany"],
        ["reasons/other/", "Other"],
        ["figures/map/", "Map"],
        ["", "Report"],
        ["#more", "Report: More"],
    ]
    kinds = json.loads(files["entry.json"])["kinds"]
    assert kinds[:2] == [["Testimonies", 1], ["Sources", 1]]
    assert kinds[-1] == ["Chapters", 2]


def test_words_are_found_without_accents_and_by_weight() -> None:
    files = index(*PAGES).files(PAGES)
    assert standing(files, "zoe") == [["testimonies/T0001/"], [], []]
    assert standing(files, "rakka") == [[], ["testimonies/T0001/"], []]
    assert standing(files, "prose") == [[], [], [""]]
    assert standing(files, "s0001") == [["sources/S0001/"], [], []]
    assert all(standing(files, word) == [[], [], []] for word in ("hint", "code", "menu"))


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Sébastien", "sebastien"),
        ("İzmir", "izmir"),
        ("سُورِيَا", "سوريا"),
        ("Raqqa", "raqqa"),
        (
            "Øresund, Łódź, Đắk, Diyarbakır, Straße, Æsir, Œuvre",
            "oresund, lodz, dak, diyarbakir, strasse, aesir, oeuvre",
        ),
    ],
)
def test_folding_drops_accents_and_capitals(text: str, plain: str) -> None:
    assert folded(text) == plain


def test_the_index_depends_on_the_pages_and_not_on_their_order_or_their_past() -> None:
    made = index(*PAGES)
    made.add("reasons/gone/", ARTICLE.format("<h1>Gone</h1>"))
    made.add("reasons/other/", ARTICLE.format("<h1>Another text</h1>"))
    made.add("reasons/other/", ARTICLE.format(PAGES["reasons/other/"]))
    again = index(*reversed(PAGES))
    assert made.files(PAGES) == again.files(PAGES)
    assert "gone" not in "".join(made.files(PAGES).values())


def test_the_index_does_not_tell_which_process_took_a_page_in() -> None:
    urls = list(PAGES)
    here, child = index(*urls[::2]), index(*urls[1::2])
    here.take(pickle.loads(pickle.dumps(child.part())))
    assert here.files(PAGES) == index(*PAGES).files(PAGES)
    assert not child.part()
    child.add(urls[1], ARTICLE.format(PAGES["reasons/other/"]))
    child.add("reasons/other/", ARTICLE.format(PAGES["reasons/other/"]))
    assert set(child.part()) == {"reasons/other/"}


def test_large_indexes_are_cut_into_files_that_begin_where_the_entry_says() -> None:
    made = SearchIndex()
    words = [f"w{number:05d}" for number in range(9000)]
    for number in range(0, len(words), 100):
        text = " ".join(words[number : number + 100])
        made.add(f"sources/S{number}/", ARTICLE.format(f"<h1>S{number}</h1><p>{text}</p>"))
    files = made.files(f"sources/S{number}/" for number in range(0, len(words), 100))
    begins = json.loads(files["entry.json"])["words"]
    parts = [json.loads(files[f"words/{number}.json"]) for number in range(len(begins))]
    assert len(parts) > 2
    assert [next(iter(part)) for part in parts] == begins == sorted(begins)
    assert {word for part in parts for word in part} > set(words)
    assert max(len(files[f"words/{number}.json"]) for number in range(len(begins))) < 45_000


# in a browser ------------------------------------------------------------------------------------


def ask(page: Page, server: str, words: str) -> Page:
    page.goto(f"{server}/search/?q={words}")
    expect(page.locator("#search-status")).not_to_be_empty()
    return page


@pytest.mark.browser
def test_nothing_is_loaded_until_the_reader_turns_to_it(page: Page, server: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{server}/")
    page.goto(f"{server}/search/")
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if FOLDER in url]
    page.get_by_label("Search names").focus()
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if FOLDER in url]
    assert all(url.startswith(server) for url in asked)


@pytest.mark.browser
def test_the_first_result_costs_little(page: Page, server: str) -> None:
    sizes: list[int] = []
    page.on(
        "response",
        lambda response: sizes.append(len(response.body())) if FOLDER in response.url else None,
    )
    ask(page, server, "raqqa")
    assert 0 < sum(sizes) < 250_000


@pytest.fixture(scope="module")
def large(site_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of the real site with an index of 10,000 testimonies and 20,000 sources, made of the real ones."""
    folder = tmp_path_factory.mktemp("large") / "site"
    shutil.copytree(site_dir, folder)
    made, urls = SearchIndex(), []
    for kind, count in (("testimonies", 10_000), ("sources", 20_000)):
        paths = sorted((site_dir / kind).glob("[TS]*/index.html"))
        texts = [path.read_text(encoding="utf-8") for path in paths]
        for number in range(count):
            place = number % len(paths)
            url = f"{kind}/{paths[place].parent.name}/?{number}"
            name = f"Made{number}up Name{number * 7919 % 9973}"
            made.add(url, re.sub(r"(<h1.*?>).*?(</h1>)", rf"\1{name}\2", texts[place], count=1))
            urls.append(url)
    write_changed(folder / FOLDER, made.files(urls))
    with serving(folder) as address:
        yield address


@pytest.mark.browser
@pytest.mark.parametrize("words", ["raqqa", "fighting brutality", "name77", "com"])
def test_at_ten_thousand_the_first_result_comes_soon_and_costs_little(
    page: Page, large: str, words: str
) -> None:
    page.goto(f"{large}/search/")
    page.evaluate("""words => {
      const start = performance.now();
      new MutationObserver(() => {
        if (window.taken || !document.querySelector(".result")) return;
        window.taken = performance.now() - start;
        const loaded = performance.getEntriesByType("resource").filter(({ name }) => name.includes("/search/index/"));
        window.loaded = loaded.reduce((sum, { transferSize }) => sum + transferSize, 0);
      }).observe(document.getElementById("search-results"), { childList: true });
      const box = document.getElementById("search-words");
      box.value = words;
      box.form.requestSubmit();
    }""", words)  # fmt: skip
    page.locator(".result").first.wait_for()
    loaded, taken = page.evaluate("[window.loaded, window.taken]")
    print(f"{words}: {loaded / 1000:.0f} KB, {taken:.0f} ms")
    assert loaded <= 250_000, "bytes, not compressed"
    assert taken <= 1000, "the goal is 300 ms; the rest is for a busy machine"


@pytest.mark.browser
def test_ctrl_k_leads_to_the_box_and_enter_to_the_results(page: Page, server: str) -> None:
    page.goto(f"{server}/methods/")
    page.keyboard.press("Control+k")
    page.keyboard.type("bontinck")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{server}/search/?q=bontinck")
    expect(page.locator(".result").first).to_contain_text("Jejoen Bontinck")


@pytest.mark.browser
@pytest.mark.parametrize(
    ("words", "kind", "title"),
    [
        ("jejoen bontinck", "Testimonies", "Jejoen Bontinck"),
        ("sebastien", "Testimonies", "Sébastien"),
        ("Sébastien", "Testimonies", "Sébastien"),
        ("soufan", "Estimates", "Soufan"),
        ("belgium", "Countries", "Belgium"),
        ("fighting other rebels", "Reasons", "Fighting"),
        ("takedown", "Chapters", "Ethics"),
    ],
)
def test_names_outlets_and_text_are_found_under_their_kind(
    page: Page, server: str, words: str, kind: str, title: str
) -> None:
    ask(page, server, words)
    section = page.locator(".result-kind", has=page.locator("h2", has_text=kind))
    expect(section.locator("h3", has_text=title).first).to_be_visible()


@pytest.mark.browser
def test_results_lead_to_pages_that_exist(page: Page, server: str) -> None:
    ask(page, server, "raqqa")
    page.locator(".result h3 a").first.click()
    page.wait_for_url("**/testimonies/T*/**")
    expect(page.locator("h1")).not_to_have_text("There is no page at this address")


@pytest.mark.browser
@pytest.mark.parametrize("words", ["escaped", "escape", "escap", "raqqa escaping"])
def test_other_forms_and_beginnings_of_a_word_are_found(
    page: Page, server: str, words: str
) -> None:
    ask(page, server, words)
    section = page.locator(".result-kind", has=page.locator("h2", has_text="Testimonies"))
    expect(section.locator(".excerpt mark").first).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize("id_", ["S0044", "t0044", "S0503", "F0001"])
def test_a_record_is_found_by_its_id(page: Page, server: str, id_: str) -> None:
    ask(page, server, id_)
    expect(page.locator(".result h3").first).to_be_visible()


@pytest.mark.browser
def test_the_browser_folds_letters_as_the_index_does(page: Page, server: str) -> None:
    letters = [chr(code) for code in range(0x2000) if chr(code).isalnum()]
    page.goto(f"{server}/search/")
    shown = page.evaluate(
        "async letters => letters.map((await import('../assets/fold.js')).fold)", letters
    )
    assert shown == [folded(letter) for letter in letters]


@pytest.mark.browser
def test_in_excerpts_cells_and_blocks_stand_apart(page: Page, server: str) -> None:
    ask(page, server, "S0044")
    excerpt = page.locator(".excerpt").first
    expect(excerpt).to_contain_text(re.compile(r"Kind .+ Publisher \S.+ Published "))
    ask(page, server, "jejoen bontinck")
    expect(page.locator(".excerpt").first).not_to_contain_text("Evidence")


@pytest.mark.browser
def test_text_is_never_taken_for_markup(page: Page, server: str) -> None:
    evil = "<img src=x onerror=alert(1)>"
    article = "<article><h1>x</h1><p>a &lt;b&gt; raqqa &lt;script&gt;alert(1)&lt;/script&gt;</p><img src=x></article>"
    page.route("**/titles/*.json*", lambda route: route.fulfill(json=[["x/", evil]] * 64))
    page.route("**/x/", lambda route: route.fulfill(body=article, content_type="text/html"))
    ask(page, server, "raqqa")
    expect(page.locator(".excerpt mark").first).to_have_text("raqqa")
    assert page.locator("#search-results img, #search-results script").count() == 0
    assert page.locator(".result h3").first.text_content() == evil
    assert "a <b> raqqa <script>" in (page.locator(".excerpt").first.text_content() or "")


@pytest.mark.browser
@pytest.mark.parametrize("words", ["qqqqxxxx", "zurich"])
def test_nothing_found_is_said(page: Page, server: str, words: str) -> None:
    ask(page, server, words)
    expect(page.locator("#search-status")).to_contain_text("Nothing was found")


@pytest.mark.browser
def test_without_script_the_search_page_offers_the_lists(browser: Browser, server: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server}/search/?q=raqqa")
    assert page.locator("noscript a", has_text="testimonies").count() == 1
    context.close()
