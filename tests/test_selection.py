"""A selection to take away, ten thousand records, and readers with an address that leads nowhere."""

import csv
import io
import json
import statistics
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from browsing import FORMULA, drawn, opened, rows, saved, shown_ids, status
from report.pages.browse import KINDS
from report.pages.listing import PAGE


@pytest.mark.browser
def test_a_selection_as_csv(page: Page, server: str) -> None:
    ids = shown_ids(opened(page, f"{server}/testimonies/?setting=court&grade=strong"))
    name, text = saved(page, "CSV")
    assert name.startswith("testimonies-setting-court-grade-strong-v")
    found = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row["id"] for row in found] == ids
    assert {row["setting_code"] for row in found} == {"court"}
    assert {row["selection"] for row in found} == {"Setting: Court; Grade of evidence: Strong"}
    assert {row["version"] for row in found} == {"1.0.0"}


@pytest.mark.browser
@pytest.mark.parametrize("kind", KINDS)
def test_a_selection_as_json(page: Page, server: str, kind: str) -> None:
    ids = shown_ids(opened(page, f"{server}/{kind}/?year=2014"))
    name, text = saved(page, "JSON")
    content = json.loads(text)
    assert name == f"{kind}-year-2014-v1.0.0.json"
    assert content["selection"]["address"] == page.url
    assert content["selection"]["count"] == len(content["records"])
    assert [record.get("id") or record["source"] for record in content["records"]] == ids


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
def test_a_file_is_named_after_words_in_any_script(page: Page, server: str) -> None:
    opened(page, f"{server}/sources/?q=داعش")
    assert saved(page, "CSV")[0].startswith("sources-q-داعش-v")


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
    """Finding among all takes no longer than showing one page of rows.

    In milliseconds: tests/benchmarks/pages.py. Here the machine may be busy with anything.
    """
    found, shown = drawn(crowded).evaluate(
        """async () => {
          const words = document.getElementById("browse-words");
          const body = document.querySelector(".browse tbody");
          const page = body.innerHTML;
          const timed = async (act) => {
            const start = performance.now();
            const drawn = new Promise((done) => new MutationObserver(done).observe(body, { childList: true }));
            act();
            await drawn;
            document.body.getBoundingClientRect();
            return performance.now() - start;
          };
          const found = [], shown = [];
          for (const letter of "çiğdem 12") {
            words.value += letter;
            found.push(await timed(() => words.dispatchEvent(new Event("input", { bubbles: true }))));
            shown.push(await timed(() => requestAnimationFrame(() => setTimeout(() => { body.innerHTML = page; }))));
          }
          return [found, shown];
        }"""
    )
    assert crowded.locator(".browse tbody tr").count() <= PAGE
    assert statistics.median(found) < 2 * statistics.median(shown)


@pytest.mark.browser
def test_a_keystroke_is_painted_first_then_all_are_counted_and_the_rows_follow(
    crowded: Page,
) -> None:
    before, rows, said = drawn(crowded).evaluate(
        """async () => {
          const words = document.getElementById("browse-words");
          const body = document.querySelector(".browse tbody");
          const status = document.querySelector(".browse-status");
          for (const word of ["abu", "çiğdem"]) { // nothing is looked for yet
            words.value = word;
            words.dispatchEvent(new Event("input", { bubbles: true }));
          }
          const before = status.textContent;
          await new Promise((done) => new MutationObserver(done).observe(body, { childList: true }));
          return [before, body.rows.length, status.textContent];
        }"""
    )
    assert before == "10,000 of 10,000 testimonies, 1 to 250 shown"
    assert 0 < rows < PAGE
    assert said == "2,500 of 10,000 testimonies, 1 to 250 shown"
    assert shown_ids(crowded) == [f"T{number:04}" for number in range(2, 4 * PAGE, 4)]


@pytest.mark.browser
def test_a_selection_holds_rows_that_are_not_drawn(crowded: Page) -> None:
    crowded.get_by_label("Filter by words").fill("çiğdem")
    _, text = saved(crowded, "CSV")
    found = [row["id"] for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))]
    assert found == [f"T{number:04}" for number in range(2, 10_000, 4)]


@pytest.mark.browser
def test_going_back_leads_to_the_same_place(crowded: Page) -> None:
    link = drawn(crowded).locator(".parts a", has_text="2").first
    link.scroll_into_view_if_needed()
    place = crowded.evaluate("scrollY")
    link.click()
    assert crowded.evaluate("scrollY") < place / 2
    crowded.go_back()
    crowded.wait_for_function("place => scrollY === place", arg=place)


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
