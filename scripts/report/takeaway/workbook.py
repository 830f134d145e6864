"""The workbook: sheets of plain cells in one file that spreadsheets open."""

import datetime
import io
from collections.abc import Iterable

from report.data.sheet import Cell


class Workbook:
    """A workbook that grows sheet by sheet."""

    def __init__(self, title: str, moment: datetime.datetime) -> None:
        import xlsxwriter

        self._bytes = io.BytesIO()
        literal = {f"strings_to_{kind}": False for kind in ("formulas", "numbers", "urls")}
        self._book = xlsxwriter.Workbook(self._bytes, {"in_memory": True, **literal})
        self._book.set_properties({"title": title, "created": moment.replace(tzinfo=None)})
        self._bold = self._book.add_format({"bold": True})

    def add(self, name: str, header: Iterable[str], rows: Iterable[Iterable[Cell]]) -> None:
        """Add a sheet; its header is bold and stays in view."""
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, header, self._bold)
        for number, row in enumerate(rows, 1):
            sheet.write_row(number, 0, row)

    def finished(self) -> bytes:
        """The whole; nothing can be added after it."""
        self._book.close()
        return self._bytes.getvalue()
