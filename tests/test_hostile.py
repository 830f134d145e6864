"""Hostile data: what is smuggled into any text is shown as harmless text, or is a named problem."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Page, Request

from conftest import serving
from hostile import ATTEMPTS, OTHERS, PAYLOAD, RECORDS, change
from report.project import checked_corpus


@pytest.fixture(scope="module")
def watched(browser: Browser, hostile_site: Path) -> Iterator[tuple[str, Page, list[str]]]:
    """An address, a page, and what happened on it that must not."""
    happened: list[str] = []
    with serving(hostile_site) as address:
        page = browser.new_context().new_page()
        page.add_init_script(
            "window.hits = []; window.hit = what => window.hits.push(String(what))"
        )

        def dialog(shown: Dialog) -> None:
            happened.append(f"a dialog: {shown.message}")
            shown.dismiss()

        def request(sent: Request) -> None:
            if not sent.url.startswith((address, "data:")):
                happened.append(sent.url)

        page.on("dialog", dialog)
        page.on("request", request)
        yield address, page, happened
        page.context.close()


def visit(watched: tuple[str, Page, list[str]], uri: str) -> Page:
    """Open a page and touch everything on it; fails if anything ran or was fetched."""
    address, page, happened = watched
    page.goto(f"{address}/{uri}", wait_until="load")
    page.evaluate(
        """() => document.querySelectorAll('details').forEach(details => details.open = true)"""
    )
    page.evaluate(
        """() => document.querySelectorAll('main *').forEach(element => {
            for (const kind of ['mouseover', 'focus', 'load', 'error'])
                element.dispatchEvent(new Event(kind))
        })"""
    )
    assert page.evaluate("window.hits") == []
    assert happened == []
    foreign = page.evaluate(
        """() => [...document.querySelectorAll('*')].flatMap(element => [...element.attributes]
            .filter(({name, value}) => name.startsWith('on') || name == 'srcdoc' ||
                (['href', 'xlink:href', 'src', 'action'].includes(name) &&
                 /^\\s*(javascript|data|vbscript):/i.test(value) && !/^data:image/.test(value)))
            .map(({name, value}) => `${element.tagName} ${name}=${value.slice(0, 60)}`))"""
    )
    assert foreign == []
    return page


@pytest.mark.browser
@pytest.mark.parametrize("uri", RECORDS.values())
def test_hostile_records_are_shown_as_text(watched: tuple[str, Page, list[str]], uri: str) -> None:
    shown = " ".join(visit(watched, uri).locator("main").inner_text().split())
    for attempt in ATTEMPTS:
        assert " ".join(attempt.split()) in shown


@pytest.mark.browser
@pytest.mark.parametrize("uri", OTHERS)
def test_hostile_records_do_nothing_elsewhere(
    watched: tuple[str, Page, list[str]], uri: str
) -> None:
    visit(watched, uri)


@pytest.mark.browser
@pytest.mark.parametrize("uri", ["codebook/", "facts/", "methods/"])
def test_hostile_lists_are_shown_as_text(watched: tuple[str, Page, list[str]], uri: str) -> None:
    shown = " ".join(visit(watched, uri).locator("main").inner_text().split())
    assert " ".join(PAYLOAD.split()) in shown


SIGNS = [
    "\u202e",
    "\u202a",
    "\u2066",
    "\u2069",
    "\u200e",
    "\u200f",
    "\u061c",
    "\ufeff",
    "\r",
    "\x1b",
    "\x7f",
    "\u0085",
]


@pytest.mark.parametrize("sign", SIGNS)
def test_signs_that_turn_or_hide_text_are_problems(project: Path, sign: str) -> None:
    path = project / "data/testimonies/T0001.yaml"
    change(path, lambda data: {**data, "role_text": f"fighter {sign}rethgif"})
    text = path.read_text("utf-8").replace(sign, f"\\u{ord(sign):04x}")
    for written in (text, text.replace(f"\\u{ord(sign):04x}", sign)):
        path.write_text(written, "utf-8")
        rules = {problem.rule for problem in checked_corpus(project)[1]}
        assert rules & {"text-control", "yaml-syntax"}, sign


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        ("testimonies/T0001", "id", "../../T0001"),
        ("testimonies/T0001", "id", "T0001/../../x"),
        ("testimonies/T0001", "id", "T0001\n"),
        ("testimonies/T0001", "sources", ["S0001", "../S0002"]),
        ("testimonies/T0001", "gender", "../../x"),
        ("sources/S0001", "url", "javascript:hit(1)"),
        ("sources/S0001", "url", " javascript:hit(1)"),
        ("sources/S0001", "url", "data:text/html,<script>hit(1)</script>"),
        ("sources/S0001", "url", "//evil.example/"),
        ("sources/S0001", "url", "file:///etc/passwd"),
        ("sources/S0001", "url", "https://evil.example/\u202egpj.exe"),
        ("sources/S0001", "archive_url", "JavaScript:hit(1)"),
        ("sources/S0001", "language", 'en" onload="hit(1)'),
    ],
)
def test_addresses_and_ids_that_lead_astray_are_problems(
    project: Path, path: str, key: str, value: object
) -> None:
    change(project / f"data/{path}.yaml", lambda data: {**data, key: value})
    found = [
        problem for problem in checked_corpus(project)[1] if problem.path == f"data/{path}.yaml"
    ]
    assert found
    assert all("\n" not in str(problem) and "\u202e" not in str(problem) for problem in found)


@pytest.mark.parametrize("code", ["../../x", "x/../../y", "X", "<b>", "a b", "a\n", "javascript:x"])
def test_codes_that_are_no_words_are_problems(project: Path, code: str) -> None:
    """Codes become addresses of pages."""

    def add(book: Any) -> Any:
        book["reason_leaving"].append({"code": code, "label": "x", "definition": "x"})
        return book

    change(project / "data/codebook.yaml", add)
    assert "codebook" in {problem.rule for problem in checked_corpus(project)[1]}


def test_names_of_files_that_lead_astray_are_problems(project: Path) -> None:
    names = ["T0001.yaml\n", "T0001;id.yaml", "T\u0660\u0660\u0660\u0661.yaml", "<img>.yaml"]
    for name in names:
        (project / "data/testimonies" / name).write_text("id: T0001\n")
    found = checked_corpus(project)[1]
    assert sum(problem.rule == "file-name" for problem in found) == len(names)
