"""The search: what is indexed, that the index is the same each time, and what a browser shows."""

import json
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from report.pages.search import Follower, articles, write_index

ARTICLE = (
    '<html><body><nav>menu</nav><article class="md-content__inner md-typeset">{}</article></body>'
)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    pages = {
        "index.html": "<h1>Report</h1><p>Prose.</p>",
        "404.html": "<h1>Nothing</h1>",
        "search/index.html": "<h1>Search</h1>",
        "testimonies/index.html": "<h1>All</h1>",
        "testimonies/page/2/index.html": "<h1>All, page 2</h1>",
        "testimonies/T0001/index.html": "<h1>Zoë<span class='tip'>hint</span></h1><p>Rakka</p>",
        "sources/S0001/index.html": "<h1>Article</h1>",
        "figures/map/index.html": "<h1>Map</h1>",
        "reasons/other/index.html": "<h1>Other</h1>",
        "countries/DE/index.html": "<h1>Germany</h1>",
    }
    for uri, article in pages.items():
        path = tmp_path / uri
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(ARTICLE.format(article), encoding="utf-8")
    return tmp_path


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_articles_are_indexed_under_their_kind_and_lists_are_not(small: Path) -> None:
    found = dict(articles(small))
    assert list(found) == [
        "countries/DE/index.html",
        "figures/map/index.html",
        "index.html",
        "reasons/other/index.html",
        "sources/S0001/index.html",
        "testimonies/T0001/index.html",
    ]
    assert 'data-pagefind-filter="chapters:yes"' in found["index.html"]
    assert 'data-pagefind-filter="testimonies:yes"' in found["testimonies/T0001/index.html"]
    assert "menu" not in found["index.html"]


def test_the_index_is_the_same_each_time(small: Path) -> None:
    made = []
    for _ in range(4):
        write_index(small)
        made.append(files(small / "pagefind"))
    assert all(one == made[0] for one in made)
    hash_ = json.loads(made[0]["pagefind-entry.json"])["languages"]["en"]["hash"]
    assert f"pagefind.{hash_}.pf_meta" in made[0]
    assert not any(name.endswith(".css") for name in made[0]), "Pagefind's widgets are left out"


def test_a_served_site_keeps_its_index_through_an_edit(small: Path) -> None:
    follower = Follower()
    follower.follow(small)
    last = small / "pagefind" / "wasm.unknown.pagefind"
    until = time.monotonic() + 60
    while not last.exists() and time.monotonic() < until:
        time.sleep(0.05)
    shutil.rmtree(small / "pagefind")
    follower.follow(small)
    assert last.exists(), "the last index must be back at once"


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
    assert not [url for url in asked if "/pagefind/" in url]
    page.get_by_label("Search names").focus()
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if "/pagefind/" in url]
    assert all(url.startswith(server) for url in asked)


@pytest.mark.browser
def test_the_first_result_costs_little(page: Page, server: str, site_dir: Path) -> None:
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url))
    ask(page, server, "raqqa")
    names = [url.removeprefix(server).partition("?")[0] for url in asked if "/pagefind/" in url]
    assert sum((site_dir / name.lstrip("/")).stat().st_size for name in names) < 250_000


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
def test_text_is_never_taken_for_markup(page: Page, server: str) -> None:
    evil: dict[str, Any] = {
        "url": "/x/", "meta": {"title": "<img src=x onerror=alert(1)>"}, "sub_results": [],
        "excerpt": "a &lt;b&gt; <mark>markup</mark> <script>alert(1)</script><img src=x>",
    }  # fmt: skip
    module = (
        f"const data = {json.dumps(evil)};"
        "export const options = async () => {}; export const init = async () => {};"
        "export const search = async () => ({ results: [{ data: async () => data }] });"
    )

    def answer(route: Route) -> None:
        route.fulfill(body=module, content_type="text/javascript")

    page.route("**/pagefind/pagefind.js", answer)
    ask(page, server, "markup")
    assert page.locator("#search-results img, #search-results script").count() == 0
    assert page.locator(".result h3").first.text_content() == evil["meta"]["title"]
    assert page.locator(".excerpt mark").first.text_content() == "markup"
    assert "a <b> markup" in (page.locator(".excerpt").first.text_content() or "")


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
