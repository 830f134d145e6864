"""The lists: facets, addresses and downloads, from the records to what a browser shows and saves."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from report.browse import KINDS, browse_files, listing
from report.listing import NONE, PAGE, Cell, Listing, Question, Row, facets
from report.pages import Site

FORMULA = '=HYPERLINK("http://example.org")'


def rows(count: int) -> list[Row]:
    names = ("Émile", "Abu Ali", "Çiğdem", FORMULA)
    return [
        Row(
            f"T{number:04}",
            (
                Cell(f"{names[number % 4]} {number}", f"{names[number % 4]} {number}"),
                *(Cell("Syria", "Syria"), Cell("not dated", None)),
                *(Cell("Court", 1), Cell("Weak", 2)),
            ),
            {"origin": ["SY"], "year": [NONE], "role": ["fighter", "medic"][: number % 2 + 1]},
            "a long row of words about places and outlets " * 4,
        )
        for number in range(1, count + 1)
    ]


def test_facets_hold_the_values_that_occur_and_what_says_nothing_comes_last() -> None:
    roles = {"guard": "Guard", "medic": "Medic", "fighter": "Fighter"}
    role, year = facets(
        rows(4),
        [Question("role", "Role", roles, ranked=True), Question("year", "Year", {}, "not dated")],
    )
    assert list(role.values) == ["fighter", "medic"]
    assert year.values == {NONE: "not dated"}


@pytest.mark.parametrize(("count", "parts"), [(0, 1), (PAGE, 1), (PAGE + 1, 2), (10_000, 40)])
def test_static_pages_hold_every_row_once(count: int, parts: int) -> None:
    shown = Listing("testimonies", (), (), rows(count))
    names = list(shown.parts())
    assert len(names) == parts
    assert names[0] == ("testimonies/index", 1)
    assert [row for _, part in names for row in shown.part(part)] == shown.rows


@pytest.mark.parametrize("kind", KINDS)
def test_every_record_is_in_its_list(site: Site, kind: str) -> None:
    corpus = site.corpus
    expected = {
        "testimonies": list(corpus.testimonies),
        "sources": list(corpus.sources),
        "estimates": list(corpus.series),
    }[kind]
    content = json.loads(browse_files(site)[f"{kind}/browse.json"])
    assert [row[0] for row in content["rows"]] == expected
    for _, _, codes, *_ in content["rows"]:
        assert len(codes) == len(content["facets"])
        assert all(codes), "a record must stand under at least one value of each facet"


def test_lists_give_no_address_of_a_source_away(site: Site) -> None:
    text = "".join(str(content) for content in browse_files(site).values())
    assert "http" not in text


def test_facet_values_agree_with_the_records(site: Site) -> None:
    shown = {row.id: row.codes for row in listing(site, "testimonies").rows}
    for record in site.corpus.testimonies.values():
        assert shown[record.id]["setting"] == [record.setting]
        assert shown[record.id]["origin"] == [record.origin or NONE]
        reasons = [reason.code for reason in record.reasons_leaving] or [NONE]
        assert shown[record.id]["reason_leaving"] == reasons


def test_ids_lead_to_rows_and_facts(site: Site) -> None:
    ids = json.loads(browse_files(site)["ids.json"])
    assert ids.keys() == site.corpus.observations.keys() | site.corpus.facts.keys()
    assert ids["E0075"] == "estimates/S0503/#E0075"


# in a browser ------------------------------------------------------------------------------------


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(accept_downloads=True, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


def status(page: Page) -> str:
    return page.locator(".browse-status").text_content() or ""


def shown_ids(page: Page) -> list[str]:
    return page.locator(".browse tbody small").all_text_contents()


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    expect(page.locator(".browse-status")).not_to_be_empty()
    return page


@pytest.mark.browser
@pytest.mark.parametrize("kind", KINDS)
def test_a_list_needs_no_script(browser: Browser, server: str, site: Site, kind: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    found, address = [], f"{server}/{kind}/"
    for part in range(1, listing(site, kind).count + 1):
        page.goto(address if part == 1 else f"{address}page/{part}/")
        found += page.locator(".browse tbody small").all_text_contents()
    assert found == [row.id for row in listing(site, kind).rows]
    context.close()


@pytest.mark.browser
def test_a_shared_link_shows_the_view(page: Page, server: str, site: Site) -> None:
    opened(page, f"{server}/testimonies/?setting=custody&setting=court&grade=strong&sort=-date")
    expected = {
        record.id
        for record in site.corpus.testimonies.values()
        if record.setting in ("custody", "court") and record.grade.level == "strong"
    }
    assert set(shown_ids(page)) == expected
    assert status(page).startswith(f"{len(expected)} of ")
    assert page.locator("th[aria-sort=descending]").text_content() == "First public"
    assert page.locator(".chips button[data-key]").count() == 3


@pytest.mark.browser
def test_an_unknown_value_finds_nothing_rather_than_everything(page: Page, server: str) -> None:
    opened(page, f"{server}/testimonies/?setting=nowhere")
    assert status(page).startswith("0 of ")
    page.get_by_role("button", name="Clear all").click()
    assert not page.url.endswith("nowhere")
    assert not status(page).startswith("0 of ")


@pytest.mark.browser
def test_records_without_a_place_or_a_date_can_be_found(
    page: Page, server: str, site: Site
) -> None:
    records = site.corpus.testimonies.values()
    opened(page, f"{server}/testimonies/?origin=none")
    assert set(shown_ids(page)) == {record.id for record in records if not record.origin}
    opened(page, f"{server}/testimonies/?year=")
    assert set(shown_ids(page)) == {record.id for record in records if not record.first_public}


@pytest.mark.browser
def test_the_keyboard_alone_filters_sorts_and_goes_back(page: Page, server: str) -> None:
    opened(page, f"{server}/testimonies/")
    whole = status(page)
    summary = page.locator("summary", has_text="Setting")
    summary.focus()
    page.keyboard.press("Enter")
    box = page.locator("input[name=setting][value=court]")
    count = page.locator("label", has=box).locator(".count").text_content()
    box.focus()
    page.keyboard.press("Space")
    assert page.url.endswith("?setting=court")
    assert status(page).startswith(f"{count} of ")
    header = page.locator("th button", has_text="Person")
    header.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert page.url.endswith("sort=-name")
    assert page.locator("th[aria-sort]").get_attribute("aria-sort") == "descending"
    for _ in range(3):
        page.go_back()
    assert status(page) == whole
    assert not box.is_checked()
    page.go_forward()
    assert box.is_checked()


@pytest.mark.browser
def test_words_are_found_without_accents_and_are_one_step_of_the_history(
    page: Page, server: str
) -> None:
    opened(page, f"{server}/testimonies/")
    whole = status(page)
    page.get_by_label("Filter by words").press_sequentially("sebastien")
    assert page.url.endswith("?q=sebastien")
    assert "Sébastien" in (page.locator(".browse tbody").text_content() or "")
    page.go_back()
    assert status(page) == whole
    assert page.get_by_label("Filter by words").input_value() == ""


@pytest.mark.browser
def test_sorting_puts_what_is_not_dated_last_either_way(page: Page, server: str) -> None:
    for sort in ("date", "-date"):
        opened(page, f"{server}/testimonies/?sort={sort}")
        dates = page.locator(".browse tbody td:nth-child(3)").all_text_contents()
        undated = [date == "not dated" for date in dates]
        assert any(undated)
        assert undated == sorted(undated)


@pytest.mark.browser
def test_results_are_announced_and_controls_have_names(page: Page, server: str) -> None:
    opened(page, f"{server}/sources/")
    assert page.locator(".browse-status").get_attribute("aria-live") == "polite"
    assert page.get_by_role("group", name="Reliability").count() == 1
    assert page.get_by_role("checkbox", name="Unverified").count() == 1
    small = page.evaluate(
        "[...document.querySelectorAll('.browse-live :is(button, summary, label)')]"
        ".filter((e) => e.offsetParent && e.getBoundingClientRect().height < 24)"
        ".filter((e) => e.htmlFor === '').length"
    )
    assert small == 0, "targets must be at least 24 pixels high"


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1440])
def test_the_lists_fit_their_screen(browser: Browser, server: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    for kind in KINDS:
        opened(page, f"{server}/{kind}/")
        assert page.evaluate("document.documentElement.scrollWidth") == width
    page.close()


# a selection to take away ------------------------------------------------------------------------


def saved(page: Page, label: str) -> tuple[str, str]:
    with page.expect_download() as waiting:
        page.locator(".take").get_by_role("button", name=label, exact=True).click()
    download = waiting.value
    return download.suggested_filename, Path(download.path()).read_text(encoding="utf-8")


@pytest.mark.browser
def test_a_selection_as_csv(page: Page, server: str) -> None:
    opened(page, f"{server}/testimonies/?setting=court&grade=strong")
    name, text = saved(page, "CSV")
    assert name.startswith("testimonies-setting-court-grade-strong-v")
    found = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row["id"] for row in found] == shown_ids(page)
    assert {row["setting_code"] for row in found} == {"court"}
    assert {row["selection"] for row in found} == {"Setting: Court; Grade of evidence: Strong"}
    assert {row["version"] for row in found} == {"1.0.0"}


@pytest.mark.browser
@pytest.mark.parametrize("kind", KINDS)
def test_a_selection_as_json(page: Page, server: str, kind: str) -> None:
    opened(page, f"{server}/{kind}/?year=2014")
    name, text = saved(page, "JSON")
    content = json.loads(text)
    assert name == f"{kind}-year-2014-v1.0.0.json"
    assert content["selection"]["address"] == page.url
    assert content["selection"]["count"] == len(content["records"])
    ids = [record.get("id") or record["source"] for record in content["records"]]
    assert ids == shown_ids(page)


@pytest.mark.browser
@pytest.mark.parametrize("kind", KINDS)
def test_a_selection_as_citations(page: Page, server: str, kind: str) -> None:
    opened(page, f"{server}/{kind}/?year=2014")
    ids = shown_ids(page)
    _, bib = saved(page, "BibTeX")
    keys = [line.partition("{")[2] for line in bib.splitlines() if line.startswith("@")]
    assert len(keys) == len(set(keys)) >= len(ids)
    assert ": 2014 (http" in bib.splitlines()[0]
    _, ris = saved(page, "RIS")
    assert (
        ris.count("TY  - ")
        == ris.count("ER  - ")
        == ris.count("N1  - Selection from ")
        == len(keys)
    )


@pytest.mark.browser
def test_a_missing_file_saves_nothing_and_says_so(page: Page, server: str) -> None:
    page.route("**/*.bib", lambda route: route.fulfill(status=404))
    opened(page, f"{server}/testimonies/?year=2014")
    page.get_by_role("button", name="BibTeX").click()
    expect(page.locator(".browse-status")).to_contain_text("Nothing was saved")


@pytest.fixture
def crowded(page: Page, server: str) -> Page:
    """The list of testimonies with ten thousand records."""
    facet_list: list[Any] = [["origin", "Origin", [["SY", "Syria"]]]]
    facet_list += [["year", "Year", [["none", "not dated"]]]]
    facet_list += [["role", "Role", [["fighter", "Fighter"], ["medic", "Medic"]]]]
    columns = [[key, key, False] for key in ("name", "origin", "date", "setting", "grade")]
    content = {
        "title": "T", "kind": "testimonies", "version": "1", "page": PAGE, "columns": columns,
        "facets": facet_list,
        "rows": [
            [row.id, [[cell.text, cell.order] for cell in row.cells],
             [[0], [0], list(range(len(row.codes["role"])))], row.words]
            for row in rows(10_000)
        ],
    }  # fmt: skip

    def answer(route: Route) -> None:
        route.fulfill(json=content)

    page.route("**/browse.json", answer)
    return opened(page, f"{server}/testimonies/")


@pytest.mark.browser
def test_ten_thousand_records_filter_within_a_keystroke(crowded: Page) -> None:
    took = crowded.evaluate(
        """() => {
          const words = document.getElementById("browse-words");
          return [..."çiğdem 12"].map((letter) => {
            words.value += letter;
            const start = performance.now();
            words.dispatchEvent(new Event("input", { bubbles: true }));
            document.body.getBoundingClientRect();
            return performance.now() - start;
          });
        }"""
    )
    assert crowded.locator(".browse tbody tr").count() <= PAGE
    assert sorted(took)[len(took) // 2] < 50, took


@pytest.mark.browser
def test_formulas_are_neutralised_and_names_are_no_markup(crowded: Page) -> None:
    crowded.get_by_label("Filter by words").fill("hyperlink 103")
    _, text = saved(crowded, "CSV")
    found = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert {row["name"][:2] for row in found} == {"'="}
    assert crowded.locator(".browse tbody bdi").first.text_content() == f"{FORMULA} 103"


@pytest.mark.browser
def test_long_results_turn_pages(crowded: Page) -> None:
    crowded.locator(".parts a", has_text="2").first.click()
    assert crowded.url.endswith("?page=2")
    assert shown_ids(crowded)[0] == f"T{PAGE + 1:04}"
    assert "251 to 500 shown" in status(crowded)


# lost readers ------------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize(
    ("given", "place"),
    [
        ("/t12", "/testimonies/T0012/"),
        ("/testimonies/t0012", "/testimonies/T0012/"),
        ("/sources/t-12.html", "/testimonies/T0012/"),
        ("/s503", "/sources/S0503/"),
        ("/estimates/s503/", "/estimates/S0503/"),
        ("/e75", "/estimates/S0503/#E0075"),
        ("/deep/below/F3", "/facts/#F0003"),
    ],
)
def test_an_id_in_any_shape_leads_to_its_record(
    page: Page, server: str, given: str, place: str
) -> None:
    page.goto(server + given)
    page.wait_for_url(server + place)


@pytest.mark.browser
def test_an_address_without_an_id_offers_the_lists(page: Page, server: str) -> None:
    page.goto(f"{server}/t999999")
    expect(page.locator("#lost")).to_have_text("There is no record T999999.")
    page.goto(f"{server}/nothing")
    assert page.get_by_role("link", name="Testimonies").count() >= 1
