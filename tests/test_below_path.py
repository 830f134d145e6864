"""A site published below a path: pages, search, lists, charts and lost readers find their way."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import feedparser
import pytest
from lxml import html
from playwright.sync_api import Page, Request, expect

from browsing import opened, saved
from conftest import ROOT, Figure, build_site, serving

PATH = "is/defectors"
LINKED_DATA = "//script[@type='application/ld+json']/text()"
ADDRESS = f"https://example.org/{PATH}/"


@pytest.fixture(scope="module")
def below(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a host that has the site below a path, and its page for lost readers."""
    host = tmp_path_factory.mktemp("host")
    done = build_site(ROOT, host / PATH, SITE_URL=ADDRESS)
    assert done.returncode == 0, done.stdout + done.stderr
    shutil.copy(host / PATH / "404.html", host)
    return host


@pytest.fixture(scope="module")
def address(below: Path) -> Iterator[str]:
    """Where the site is served, without a slash at the end."""
    with serving(below) as host:
        yield f"{host}/{PATH}"


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """A page that finds all that it loads, and ends where there is a page."""
    missed: list[str] = []
    page.on("requestfinished", lambda request: missed.extend(missing(request)))
    yield page
    assert missed == []
    assert page.locator("#lost").count() == 0


def missing(request: Request) -> Iterator[str]:
    """The address of a file that is not there."""
    answer = request.response()
    if answer and answer.status >= 400 and not request.is_navigation_request():
        yield request.url


def test_addresses_of_the_site_lead_below_the_path(below: Path, figure: Figure) -> None:
    pages = [path for path in (below / PATH).rglob("*.html") if path.name != "404.html"]
    for path in pages:
        place = path.relative_to(below / PATH).as_posix().removesuffix("index.html")
        tree = html.fromstring(path.read_bytes())
        assert tree.xpath("//link[@rel='canonical']/@href") == [ADDRESS + place]
        urls = tree.xpath("//meta[@property='og:url']/@content")
        urls += [json.loads(data)["url"] for data in tree.xpath(LINKED_DATA)]
        assert set(urls) <= {ADDRESS, ADDRESS + place}, "a page is about itself or the whole site"
        rooted = tree.xpath("//@*[starts-with(., '/')]")
        assert rooted == [], f"{place} leaves the path"
    figure("pages below a path", len(pages))


def test_the_lost_page_and_the_feed_lead_below_the_path(below: Path) -> None:
    lost = html.fromstring((below / "404.html").read_bytes())
    own = [link for link in lost.xpath("//@href | //@src") if link.startswith("/")]
    assert own
    assert all(link.startswith(f"/{PATH}") for link in own)
    feed = feedparser.parse((below / PATH / "data/changes.xml").read_bytes())
    links = [link.href for entry in (feed.feed, *feed.entries) for link in entry.links]
    assert links
    assert all(link.startswith(ADDRESS) for link in links)


@pytest.mark.browser
def test_search_finds_records_below_the_path(page: Page, address: str) -> None:
    page.goto(f"{address}/")
    page.locator("#find").fill("Raqqa")
    page.locator("#find").press("Enter")
    page.locator(".result a[href*='testimonies/']").first.click()
    page.wait_for_url(f"{address}/testimonies/T*/")


@pytest.mark.browser
def test_lists_and_downloads_work_below_the_path(page: Page, address: str) -> None:
    opened(page, f"{address}/testimonies/?origin=DE")
    expect(page.locator(".browse-status")).to_contain_text("8 of")
    for label in ("CSV", "JSON", "BibTeX"):
        name, text = saved(page, label)
        assert name.startswith("testimonies-origin-de")
        assert f"/{PATH}/testimonies/" in text
    page.locator(".browse tbody a").first.click()
    page.wait_for_url(f"{address}/testimonies/T*/")


@pytest.mark.browser
def test_charts_and_map_work_below_the_path(page: Page, address: str) -> None:
    page.goto(f"{address}/leaving/")
    page.get_by_role("button", name="Interactive chart").first.click()
    page.wait_for_selector(".chart-plotly .main-svg")
    page.goto(f"{address}/countries/")
    page.locator("svg a[aria-label^='Germany']").press("Enter")
    page.wait_for_url(f"{address}/countries/DE/")


@pytest.mark.browser
@pytest.mark.parametrize(
    ("lost", "found"),
    [
        ("t12", "testimonies/T0012/"),
        ("testimonies/t-12", "testimonies/T0012/"),
        ("xyz/S0503.html", "sources/S0503/"),
        ("x/E0075", "estimates/S*/#E0075"),
        ("%E0%A4%A/T0012", "testimonies/T0012/"),
    ],
)
def test_lost_readers_are_led_below_the_path(
    page: Page, address: str, lost: str, found: str
) -> None:
    page.goto(f"{address}/{lost}")
    page.wait_for_url(f"{address}/{found}")
