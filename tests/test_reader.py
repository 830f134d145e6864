"""Every reader: accessible, within the page, under the policy, with no request to another host."""

import gzip
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from browsing import opened, saved
from conftest import Figure

PAGES = [
    "", "leaving/", "foreign-fighters/", "testimonies/", "testimonies/T0044/", "sources/",
    "sources/S0503/", "estimates/", "estimates/S0503/", "estimates/S0525/", "countries/", "countries/DE/", "reasons/",
    "reasons/other/", "figures/", "figures/joining-leaving/", "codebook/", "facts/", "values/",
    "data/", "data/api/", "data/changes/", "rules/", "search/", "methods/", "contribute/", "hosting/",
    "404.html",
]  # fmt: skip
SCHEMES = ("default", "slate")
WIDTHS = (1440, 320)  # a window of 1280 pixels at a zoom of 400 per cent is as wide as the second
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],  # the others are not read, and cost half of the time
    "selectors": False,
}
CLIPPED = """() => {
  // the menu waits off stage; a table, a chart or a map may scroll in a frame of its own
  const set_apart = element => element.closest(".unseen, .md-sidebar--primary, .map-skip, .tip");
  const style = element => getComputedStyle(element);
  const scrolls = element => ["auto", "scroll"].includes(style(element).overflowX);
  const framed = element => {
    for (let outer = element.parentElement; outer !== document.body; outer = outer.parentElement)
      if (scrolls(outer)) return true;
    return false;
  };
  const cut = element => ["hidden", "clip"].includes(style(element).overflowX) &&
    (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1);
  const beyond = ({ left, right }) => left < -1 || right > innerWidth + 1;
  return [...document.body.querySelectorAll("*")]
    .filter(element => element.textContent.trim() &&
      element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
      !set_apart(element) && !framed(element) &&
      (beyond(element.getBoundingClientRect()) || (element instanceof HTMLElement && cut(element))))
    .map(element => `${element.outerHTML.slice(0, 80)}: ${element.textContent.trim().slice(0, 40)}`);
}"""
ALONE = """() => [...document.querySelectorAll(".headerlink")].filter(link => {
  const heading = document.createRange();
  heading.setStart(link.parentElement, 0);
  heading.setEndBefore(link);
  const bottom = Math.max(...[...heading.getClientRects()].map(line => line.bottom));
  return `${heading}`.includes(" ") && link.getBoundingClientRect().top > bottom - 2;
}).map(link => link.parentElement.textContent)"""
"""Headings of several words whose permanent link stands on a line of its own."""
MOTION = """() => Math.max(...[...document.querySelectorAll("*")].flatMap(element =>
  [null, "::before", "::after"].flatMap(part => {
    const { transitionDuration, animationDuration } = getComputedStyle(element, part);
    return `${transitionDuration},${animationDuration}`.split(",").map(parseFloat);
  })))"""
"""The longest motion on a page, in seconds."""
ALIKE = "tbody tr:nth-child(n+31), dd small a:nth-child(n+11)"
"""Rows of a long table and ids in a long row are alike; axe takes half a minute for thousands of them."""
SHORTEN = f"document.querySelectorAll('{ALIKE}').forEach(one => one.remove())"
PLAIN = "document.querySelectorAll('.scroll').forEach(one => { one.style.background = 'none'; })"
"""Without its shadows: on a gradient axe measures no contrast."""
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", function (event) {
  window.violations.push(event.violatedDirective + " " + event.blockedURI + " " + event.sourceFile);
});
"""


@pytest.fixture(params=[("light", 1440), ("dark", 390)], ids=["desktop-light", "phone-dark"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    scheme, width = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=False
    )
    context.add_init_script(WATCH)
    yield context.new_page()
    context.close()


def other_scheme(page: Page) -> None:
    """Change the colours as a reader would, without loading the page again."""
    page.evaluate("document.querySelector('input[name=__palette]:not(:checked)').click()")


@pytest.mark.browser
@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_accessible_and_keeps_to_itself(
    browser: Browser, server: str, address: str, figure: Figure
) -> None:
    context = browser.new_context(
        viewport={"width": WIDTHS[0], "height": 900},
        reduced_motion="reduce",  # colours that fade into others have no contrast to measure
    )
    context.add_init_script(WATCH)
    page = context.new_page()
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.goto(f"{server}/{address}")
    page.wait_for_load_state("networkidle")
    figure("pages visited in a browser, in two schemes at two widths", 1)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        clipped = page.evaluate(CLIPPED)
        figure("texts clipped or beyond the page, at any zoom up to 400 per cent", len(clipped))
        assert clipped == [], width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(ALONE) == [], width
    page.evaluate(SHORTEN)
    page.evaluate(PLAIN)
    seen, found = set(), []
    for width, _ in product(WIDTHS, SCHEMES):
        page.set_viewport_size({"width": width, "height": 900})
        other_scheme(page)
        seen.add((width, page.evaluate("document.body.dataset.mdColorScheme")))
        found += Axe().run(page, options=RULES).response["violations"]
    assert seen == {(width, scheme) for width in WIDTHS for scheme in SCHEMES}
    figure("violations of WCAG 2.2 AA", len(found))
    assert not found, [
        (rule["id"], [node["html"][:120] for node in rule["nodes"]][:3]) for rule in found
    ]
    violations = page.evaluate("window.violations")
    figure("violations of the content security policy", len(violations))
    assert violations == []
    assert page.evaluate(MOTION) == 0
    assert hosts == {urlsplit(server).netloc}
    assert not context.cookies()
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("address", "frame"),
    [("figures/joining-leaving/", ".chart-scroll"), ("countries/", ".map-scroll")],
)
def test_a_wide_picture_can_be_scrolled_to_its_end_at_400_per_cent(
    page: Page, server: str, address: str, frame: str
) -> None:
    page.set_viewport_size({"width": WIDTHS[-1], "height": 900})
    page.goto(f"{server}/{address}")
    drawn, reached = page.locator(frame).evaluate(
        """frame => {
          const ends = [...frame.querySelectorAll("a")].map(link => link.getBoundingClientRect().right);
          const drawn = Math.max(...ends) - frame.getBoundingClientRect().left;
          frame.scrollLeft = 10000;
          return [drawn, frame.scrollLeft + frame.clientWidth];
        }"""
    )
    assert WIDTHS[-1] < drawn <= reached


@pytest.mark.browser
@pytest.mark.parametrize(
    ("address", "scrolls"),
    [("countries/", False), ("reasons/", False), ("testimonies/", True), ("countries/DE/", True)],
)
def test_on_a_phone_a_narrow_table_shows_all_and_a_wide_one_hints_at_more(
    page: Page, server: str, address: str, scrolls: bool
) -> None:
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(f"{server}/{address}")
    frame = page.locator(".scroll").first
    assert frame.evaluate("frame => frame.scrollWidth > frame.clientWidth") is scrolls
    assert "local" in frame.evaluate("frame => getComputedStyle(frame).backgroundAttachment")


@pytest.mark.browser
@pytest.mark.parametrize(
    ("address", "most"),
    [("testimonies/T0044/", 70_000), ("foreign-fighters/", 90_000), ("leaving/", 90_000)],
)
def test_what_a_page_loads_before_anybody_clicks(
    browser: Browser, server: str, site_dir: Path, address: str, most: int
) -> None:
    context = browser.new_context()
    page = context.new_page()
    loaded: set[str] = set()
    page.on("request", lambda request: loaded.add(urlsplit(request.url).path))
    page.goto(f"{server}/{address}")
    page.wait_for_load_state("networkidle")
    files = [site_dir / path.lstrip("/") for path in loaded]
    files = [file / "index.html" if file.is_dir() else file for file in files]
    weight = sum(len(gzip.compress(file.read_bytes())) for file in files if file.is_file())
    context.close()
    assert 20_000 < weight <= most


@pytest.mark.browser
def test_interactive_chart_comes_from_this_site_and_under_the_policy(
    page: Page, server: str
) -> None:
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.goto(f"{server}/figures/reasons-leaving/")
    assert not page.evaluate("window.Plotly")
    page.get_by_role("button", name="Interactive chart").click()
    page.wait_for_selector(".chart-plotly .main-svg")
    assert hosts - {""} == {urlsplit(server).netloc}
    assert page.evaluate("window.violations") == []


@pytest.mark.browser
def test_search_filters_downloads_and_map_keep_to_the_policy(page: Page, server: str) -> None:
    page.goto(f"{server}/search/?q=raqqa")
    page.locator(".excerpt mark").first.wait_for()
    assert page.evaluate("window.violations") == []
    opened(page, f"{server}/testimonies/")
    page.locator(".browse input[type=checkbox]").first.evaluate("box => box.click()")
    assert saved(page, "CSV")[1]
    assert page.evaluate("window.violations") == []
    page.goto(f"{server}/countries/")
    page.locator("input[name=map-layer]").last.evaluate("choice => choice.click()")
    page.locator("svg a[aria-label^='Germany']").hover()
    assert page.evaluate("window.violations") == []


@pytest.mark.browser
@pytest.mark.parametrize(
    ("address", "body", "smaller"),
    [
        ("leaving/", ".md-content__inner > p", "ol.notes li"),
        ("testimonies/T0044/", ".reasons dd", "ol.sources li"),
        ("testimonies/T0044/", ".summary p", "table.facts td"),
    ],
)
def test_in_print_sizes_are_to_each_other_as_on_a_screen(
    page: Page, server: str, address: str, body: str, smaller: str
) -> None:
    page.goto(f"{server}/{address}")
    sizes = []
    for medium in ("screen", "print"):
        page.emulate_media(media=medium)
        places = [page.locator(place).first for place in (body, smaller)]
        sizes.append(
            [float(p.evaluate("one => parseFloat(getComputedStyle(one).fontSize)")) for p in places]
        )
    (text, small), (text_printed, small_printed) = sizes
    assert text_printed / small_printed == pytest.approx(text / small, rel=0.01)
    assert 9 <= text_printed * 0.75 <= 12, "points"


@pytest.mark.browser
def test_colours_switch_and_the_page_can_be_left(page: Page, server: str) -> None:
    page.goto(f"{server}/leaving/")
    before = page.evaluate("document.body.dataset.mdColorScheme")
    page.locator("label[for^='__palette']:not([hidden])").first.click()
    page.wait_for_function("before => document.body.dataset.mdColorScheme !== before", arg=before)
    assert page.evaluate("Object.keys(localStorage).filter(k => !k.endsWith('__palette'))") == []
    assert page.evaluate("window.violations") == []
    page.route("https://www.bbc.co.uk/**", lambda route: route.fulfill(body="elsewhere"))
    page.get_by_role("link", name="Leave this site").click()
    page.wait_for_url("https://www.bbc.co.uk/weather")


@pytest.mark.browser
def test_a_mark_shows_its_source_on_focus_and_leads_to_it(page: Page, server: str) -> None:
    page.goto(f"{server}/testimonies/T0044/")
    mark = page.locator("table.facts a.cite").first
    assert not mark.locator(".tip").is_visible()
    mark.focus()
    assert mark.locator(".tip").is_visible()
    mark.press("Enter")
    assert page.url.endswith("#S0144")


@pytest.mark.browser
def test_marks_in_the_prose_of_a_table_stand_close_to_their_words(page: Page, server: str) -> None:
    page.goto(f"{server}/foreign-fighters/")
    mark = page.locator("td:not(.facts td) > a.cite:not(.cite + .cite):not(:has(+ .cite))").first
    assert mark.evaluate("mark => mark.getBoundingClientRect().width") < 20


@pytest.mark.browser
def test_the_map_works_by_keyboard(page: Page, server: str) -> None:
    page.goto(f"{server}/countries/")
    country = page.locator("svg a[aria-label^='Germany']")
    country.focus()
    assert "8 testimonies" in str(country.get_attribute("aria-label"))
    country.press("Enter")
    page.wait_for_url("**/countries/DE/")


@pytest.mark.browser
def test_on_a_phone_the_map_opens_at_the_middle_east(page: Page, server: str) -> None:
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(f"{server}/countries/")
    frame = page.locator(".map-scroll").bounding_box()
    country = page.locator("svg [aria-label^='Iraq:']").bounding_box()
    assert frame
    assert country
    middle = country["x"] + country["width"] / 2
    assert abs(middle - frame["x"] - frame["width"] / 2) < 20


@pytest.mark.browser
def test_picture_and_table_are_there_without_scripts(browser: Browser, server: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server}/figures/reasons-leaving/")
    assert page.locator("svg").first.is_visible()
    assert page.locator("table tbody tr").count() > 10
    assert not page.locator(".chart-interactive").first.is_visible()
    page.goto(f"{server}/testimonies/")
    assert page.locator("table tbody tr").count() >= 100
    context.close()
