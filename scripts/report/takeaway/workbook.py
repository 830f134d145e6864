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
        self._book = xlsxwriter.Workbook(self._bytes, {"in_memory": True})
        self._book.set_properties({"title": title, "created": moment.replace(tzinfo=None)})
        self._bold = self._book.add_format({"bold": True})

    def add(self, name: str, header: Iterable[str], rows: Iterable[Iterable[Cell]]) -> None:
        """Add a sheet; its header is bold and stays in view.

        Each cell is written by its type: a text stays one, whatever it looks like.
        """
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for column, title in enumerate(header):
            sheet.write_string(0, column, title, self._bold)
        write = {str: sheet.write_string, bool: sheet.write_boolean,
                 int: sheet.write_number, float: sheet.write_number}  # fmt: skip
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                if isinstance(cell, str) and cell.startswith("<r>"):  # else taken for markup
                    sheet.write_rich_string(number, column, *cell[:2], cell[2:])
                elif cell is not None and cell != "":
                    write[type(cell)](number, column, cell)

    def finished(self) -> bytes:
        """The whole; nothing can be added after it."""
        self._book.close()
        return self._bytes.getvalue()
