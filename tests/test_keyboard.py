"""Keyboard: every stop is seen, and search, filters, charts, map and menu work without a mouse."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from conftest import Figure

WALK = [
    "search/?q=raqqa", "testimonies/", "leaving/", "countries/", "figures/joining-leaving/",
    "testimonies/T0044/",
]  # fmt: skip
STEPS = 60  # of each walk forwards from the start, and backwards from the last link
STOP = """() => {
  const stop = document.activeElement;
  if (stop === document.body) return null;
  const look = () => {
    const path = stop.querySelector("path"); // a country of the map is marked by its border
    const { outlineStyle, boxShadow } = getComputedStyle(stop);
    return [outlineStyle, boxShadow, path && getComputedStyle(path).strokeWidth].join();
  };
  const seen = ({ left, top, right, bottom }) => {
    const x = (Math.max(left, 0) + Math.min(right, innerWidth)) / 2;
    const y = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2;
    const hit = document.elementFromPoint(x, y);
    return hit && (stop.contains(hit) || !hit.closest(".md-header") || stop.closest(".md-header"));
  };
  const focused = look();
  const inView = [...stop.getClientRects()].some(seen);
  stop.blur();
  const marked = look() !== focused;
  stop.focus({ focusVisible: true, preventScroll: true });
  const name = stop.getAttribute("aria-label") || stop.textContent.trim();
  return [name.slice(0, 60), ...(inView ? [] : ["hidden"]), ...(marked ? [] : ["no mark"])];
}"""
"""The name of what has the focus, and what is wrong with it."""


@pytest.fixture(params=[1280, 320], ids=["desktop", "zoomed"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": request.param, "height": 640}, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


def walk(page: Page, key: str) -> list[list[str]]:
    """What is met by pressing a key again and again, until the walk leaves the page."""
    stops = []
    for _ in range(STEPS):
        page.keyboard.press(key)
        stop = page.evaluate(STOP)
        if stop is None:
            break
        stops.append(stop)
    return stops


@pytest.mark.browser
@pytest.mark.parametrize("address", WALK)
def test_every_stop_of_the_keyboard_is_seen(
    page: Page, server: str, address: str, figure: Figure
) -> None:
    page.goto(f"{server}/{address}")
    page.wait_for_load_state("networkidle")
    stops = walk(page, "Tab")
    page.locator("main a[href]:visible").last.focus()
    stops += walk(page, "Shift+Tab")
    wrong = [stop for stop in stops if len(stop) > 1]
    figure("stops of the keyboard", len(stops))
    figure("stops of the keyboard that are hidden or carry no mark", len(wrong))
    assert len(stops) > STEPS
    assert not wrong, wrong[:5]


@pytest.mark.browser
def test_the_search_works_by_keyboard(page: Page, server: str) -> None:
    page.goto(f"{server}/search/")
    page.keyboard.press("Control+k")
    page.keyboard.type("raqqa")
    page.keyboard.press("Enter")
    button = page.get_by_role("button", name="more of").first
    button.press("Enter")
    expect(page.locator(".result a:focus")).to_have_count(1)


@pytest.mark.browser
def test_filters_work_by_keyboard(page: Page, server: str) -> None:
    page.goto(f"{server}/testimonies/")
    expect(page.locator(".browse-status")).to_have_text("106 of 106 testimonies")
    filters = page.locator(".filters > summary")
    if filters.is_visible():
        filters.press("Enter")
    page.get_by_role("checkbox", name="France").press(" ")
    expect(page.locator(".browse-status")).to_have_text("8 of 106 testimonies")
    page.get_by_role("button", name="Person").press("Enter")
    expect(page.locator("th[aria-sort=ascending]")).to_have_count(1)
    page.get_by_role("button", name="Remove Origin: France").press("Enter")
    expect(page.locator(".browse-status")).to_have_text("106 of 106 testimonies")


@pytest.mark.browser
def test_a_chart_and_the_map_work_by_keyboard(page: Page, server: str) -> None:
    page.goto(f"{server}/leaving/")
    page.get_by_role("button", name="Interactive chart").first.press("Enter")
    expect(page.locator(".chart-plotly .main-svg").first).to_be_visible()
    page.get_by_role("link", name="Table, data and citation").first.press("Enter")
    page.wait_for_url("**/figures/*/")
    page.goto(f"{server}/countries/")
    page.get_by_role("radio", name="Testimonies").press("ArrowDown")
    expect(page.locator(".map-legend-1")).to_be_visible()
    page.locator(".map-skip").press("Enter")
    assert page.url.endswith("#map-end")


@pytest.mark.browser
def test_the_menu_opens_by_keyboard_and_is_no_stop_while_closed(
    browser: Browser, server: str
) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 640})
    page.goto(f"{server}/leaving/")
    link = page.get_by_role("navigation").get_by_role("link", name="Who they are")
    expect(link).to_have_count(0)
    page.locator("label[for=__drawer][tabindex]").press("Enter")
    expect(link).to_be_visible()
    page.close()
