"""What the tests of the lists share: made-up rows, and what a browser shows of a list."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from report.pages.listing import NONE, Cell, Row

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


def status(page: Page) -> str:
    return page.locator(".browse-status").text_content() or ""


def promised(page: Page) -> int:
    """How many rows the status says are shown; it does so at once, while some are still being drawn."""
    numbers = [int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*\b", status(page))]
    return numbers[0] if len(numbers) == 2 else numbers[3] - numbers[2] + 1


def drawn(page: Page) -> Page:
    """The page, as soon as the list has all rows that it promises."""
    expect(page.locator(".browse tbody tr")).to_have_count(promised(page))
    return page


def shown_ids(page: Page) -> list[str]:
    drawn(page)
    return page.locator(".browse tbody small").all_text_contents()


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    expect(page.locator(".browse-status")).not_to_be_empty()
    return page


def saved(page: Page, label: str) -> tuple[str, str]:
    with page.expect_download() as waiting:
        page.locator(".take").get_by_role("button", name=label, exact=True).click()
    download = waiting.value
    return download.suggested_filename, Path(download.path()).read_text(encoding="utf-8")
