"""The workbook: sheets of plain cells in one file that spreadsheets open."""

import datetime
import io
from collections.abc import Iterable, Sequence
from functools import lru_cache

import xlsxwriter.workbook
from xlsxwriter import Workbook as Book
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from report.data.sheet import Cell
from report.takeaway.archive import Zip

_LONG = 10_000
"""Characters; XlsxWriter shortens texts longer than a cell may hold, some three times this."""


class _Sheet(Worksheet):  # type: ignore[misc]
    """A sheet of plain cells, which are written out row by row.

    XlsxWriter keeps an object for each cell and asks it for its format in the end; here only the
    header has one.
    """

    def write_rows(self, width: int, rows: Iterable[Iterable[Cell]]) -> None:
        """Write rows of `width` cells below the header, each cell by its type.

        A text stays a text, whatever it looks like.
        """
        names = [xl_col_to_name(column) for column in range(width)]
        place = lru_cache(maxsize=None)(self._place)  # most texts come again and again
        self._below = []
        for number, row in enumerate(rows, 2):
            cells = [
                f'<c r="{name}{number}" t="s"><v>{place(cell)}</v></c>'
                if isinstance(cell, str)
                else _without_text(f"{name}{number}", cell)
                for name, cell in zip(names, row, strict=True)
                if cell is not None and cell != ""
            ]
            self._below.append(f'<row r="{number}">{"".join(cells)}</row>')
        self.str_table.count += place.cache_info().hits
        self._check_dimensions(len(self._below), 0)

    def _place(self, text: str) -> int:
        """Where a text stands among those that all sheets share."""
        if text.startswith("<r>"):  # else taken for markup
            self.write_rich_string(1, 0, *text[:2], text[2:])
        elif len(text) > _LONG:
            self._write_string(1, 0, text)
        else:
            return int(self.str_table._get_shared_string_index(text))
        return int(self.table.pop(1)[0].string)

    def _write_rows(self) -> None:
        """Write the header as ever, then the rows below it."""
        super()._write_rows()
        self.fh.writelines(self._below)


def _without_text(address: str, cell: bool | int | float) -> str:
    kind, value = (' t="b"', f"{cell:d}") if isinstance(cell, bool) else ("", f"{cell:.16G}")
    return f'<c r="{address}"{kind}><v>{value}</v></c>'


xlsxwriter.workbook.ZipFile = Zip  # it has no option for how much it compresses


class Workbook:
    """A workbook that grows sheet by sheet."""

    def __init__(self, title: str, moment: datetime.datetime) -> None:
        self._bytes = io.BytesIO()
        self._book = Book(self._bytes, {"in_memory": True})
        self._book.set_properties({"title": title, "created": moment.replace(tzinfo=None)})
        self._bold = self._book.add_format({"bold": True})

    def add(self, name: str, header: Sequence[str], rows: Iterable[Iterable[Cell]]) -> None:
        """Add a sheet; its header is bold and stays in view."""
        sheet = self._book.add_worksheet(name, _Sheet)
        sheet.freeze_panes(1, 0)
        for column, title in enumerate(header):
            sheet.write_string(0, column, title, self._bold)
        sheet.write_rows(len(header), rows)

    def finished(self) -> bytes:
        """The whole; nothing can be added after it."""
        self._book.close()
        return self._bytes.getvalue()
