"""CSV that a spreadsheet takes for data: writes rows in which no text can become a formula."""

import csv
import io
import re
from collections.abc import Iterable
from functools import lru_cache

Cell = str | int | float | bool | None
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")  # the same as in docs/assets/browse-take.js


def csv_rows(header: Iterable[str], rows: Iterable[Iterable[Cell]]) -> str:
    """Rows as CSV: UTF-8, commas, empty cells for what is absent.

    A text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    harmless = lru_cache(maxsize=None, typed=True)(_harmless)  # most cells come again and again
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(map(harmless, row) for row in rows)
    return out.getvalue()


def _harmless(cell: Cell) -> Cell:
    if isinstance(cell, str):
        plain = cell[:1].isalnum() or not _FORMULA.match(cell)  # most cells are told at a glance
        return cell if plain else f"'{cell}"
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return cell
