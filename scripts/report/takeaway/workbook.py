"""The workbook: sheets of plain cells in one file that spreadsheets open."""

import datetime
import io
from collections.abc import Iterable

from xlsxwriter import Workbook as Book
from xlsxwriter.worksheet import Worksheet

from report.data.sheet import Cell


class _Sheet(Worksheet):  # type: ignore[misc]
    """A sheet that takes rows of plain cells as they come, and looks in none for an address like A1."""

    def write_rows(self, rows: Iterable[Iterable[Cell]]) -> None:
        """Write rows below the header, each cell by its type: a text stays one, whatever it looks like."""
        write = {str: self._write_string, bool: self._write_boolean,
                 int: self._write_number, float: self._write_number}  # fmt: skip
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                if isinstance(cell, str) and cell.startswith("<r>"):  # else taken for markup
                    self.write_rich_string(number, column, *cell[:2], cell[2:])
                elif cell is not None and cell != "":
                    write[type(cell)](number, column, cell)

    def _calculate_spans(self) -> None:
        """Leave out how far each row reaches: a hint that readers can do without."""


class Workbook:
    """A workbook that grows sheet by sheet."""

    def __init__(self, title: str, moment: datetime.datetime) -> None:
        self._bytes = io.BytesIO()
        self._book = Book(self._bytes, {"in_memory": True})
        self._book.set_properties({"title": title, "created": moment.replace(tzinfo=None)})
        self._bold = self._book.add_format({"bold": True})

    def add(self, name: str, header: Iterable[str], rows: Iterable[Iterable[Cell]]) -> None:
        """Add a sheet; its header is bold and stays in view."""
        sheet = self._book.add_worksheet(name, _Sheet)
        sheet.freeze_panes(1, 0)
        for column, title in enumerate(header):
            sheet.write_string(0, column, title, self._bold)
        sheet.write_rows(rows)

    def finished(self) -> bytes:
        """The whole; nothing can be added after it."""
        self._book.close()
        return self._bytes.getvalue()
