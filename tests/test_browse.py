"""The lists: facets and their values, and what a browser makes of the address and the keyboard."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from browsing import drawn, opened, rows, shown_ids, status
from report.cli import main
from report.pages.browse import KINDS, browse_files, listing
from report.pages.listing import NONE, PAGE, Listing, Question, facets, part_names
from report.pages.site import Site
from report.project import good_corpus


def test_facets_hold_the_values_that_occur_and_what_says_nothing_comes_last() -> None:
    roles = {"guard": "Guard", "medic": "Medic", "fighter": "Fighter"}
    role, year = facets(
        rows(4),
        [Question("role", "Role", roles, ranked=True), Question("year", "Year", {}, "not dated")],
    )
    assert list(role.values) == ["fighter", "medic"]
    assert year.values == {NONE: "not dated"}


def test_a_code_without_a_label_is_shown_as_it_is() -> None:
    [role] = facets(rows(4), [Question("role", "Role", {"medic": "Medic"})])
    assert role.values == {"medic": "Medic", "fighter": "fighter"}


@pytest.mark.parametrize(("count", "parts"), [(0, 1), (PAGE, 1), (PAGE + 1, 2), (10_000, 40)])
def test_static_pages_hold_every_row_once(count: int, parts: int) -> None:
    shown = Listing("testimonies", (), (), rows(count))
    names = part_names("testimonies", count)
    assert len(names) == shown.count == parts
    assert names[0] == "testimonies/index"
    assert [row for part in range(parts) for row in shown.part(part + 1)] == shown.rows


@pytest.mark.parametrize("kind", KINDS)
def test_every_record_is_in_its_list(site: Site, kind: str) -> None:
    corpus = site.corpus
    expected = {
        "testimonies": list(corpus.testimonies),
        "sources": list(corpus.sources),
        "estimates": list(corpus.series),
    }[kind]
    content = json.loads(browse_files(site)[f"{kind}/browse.json"]())
    assert [row[0] for row in content["rows"]] == expected
    for _, _, codes, *_ in content["rows"]:
        assert len(codes) == len(content["facets"])
        assert all(codes), "a record must stand under at least one value of each facet"


def test_lists_give_no_address_of_a_source_away(site: Site) -> None:
    text = "".join(str(make()) for make in browse_files(site).values())
    assert "http" not in text


def test_facet_values_agree_with_the_records(site: Site) -> None:
    shown = {row.id: row.codes for row in listing(site, "testimonies").rows}
    for record in site.corpus.testimonies.values():
        assert shown[record.id]["setting"] == [record.setting]
        assert shown[record.id]["origin"] == [record.origin or NONE]
        reasons = [reason.code for reason in record.reasons_leaving] or [NONE]
        assert shown[record.id]["reason_leaving"] == reasons


def test_ids_lead_to_rows_and_facts(site: Site) -> None:
    ids = json.loads(browse_files(site)["ids.json"]())
    assert ids.keys() == site.corpus.observations.keys() | site.corpus.facts.keys()
    assert ids["E0075"] == "estimates/S0503/#E0075"


def test_what_is_left_of_withdrawn_estimates_and_facts(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    for id_ in ("E0100", "F0105"):
        assert main(["withdraw", id_, "--reason", "error"]) == 0
    site = Site(project, good_corpus(project))
    ids = json.loads(browse_files(site)["ids.json"]())
    assert (ids["E0100"], ids["F0105"]) == ("estimates/#E0100", "facts/#F0105")
    for page, id_ in (("estimates/index.md", "E0100"), ("facts.md", "F0105")):
        assert f'<li id="{id_}">' in site.pages[page].markdown()
        assert "was withdrawn. Class of reason: " in site.pages[page].markdown()


# in a browser ------------------------------------------------------------------------------------


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
    page.wait_for_url(lambda url: url.endswith("?setting=court"))
    assert status(page).startswith(f"{count} of ")
    header = page.locator("th button", has_text="Person")
    header.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url.endswith("sort=-name"))
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
    expect(page).to_have_url(f"{server}/testimonies/?q=sebastien")
    assert "Sébastien" in (page.locator(".browse tbody").text_content() or "")
    page.go_back()
    assert status(page) == whole
    assert page.get_by_label("Filter by words").input_value() == ""


@pytest.mark.browser
def test_readers_who_scroll_before_the_filters_are_there_stay_in_place(
    page: Page, server: str
) -> None:
    waiting: list[Route] = []
    page.route("**/browse.json", lambda route: waiting.append(route))
    page.goto(f"{server}/testimonies/")
    page.mouse.move(600, 400)
    page.mouse.wheel(0, 3000)
    page.wait_for_function("scrollY === 3000")
    page.evaluate(
        """() => {
          window.least = scrollY;
          const look = () => { window.least = Math.min(window.least, scrollY); requestAnimationFrame(look); };
          look();
        }"""
    )
    waiting[0].continue_()
    expect(page.locator(".browse-status")).not_to_be_empty()
    assert drawn(page).evaluate("window.least") > 2500


@pytest.mark.browser
def test_sorting_puts_what_is_not_dated_last_either_way(page: Page, server: str) -> None:
    for sort in ("date", "-date"):
        drawn(opened(page, f"{server}/testimonies/?sort={sort}"))
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
