"""Reading the data folder: every file, record by record, and all that is wrong with each alone."""

import csv
import io
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from report.data.again import change
from report.data.fields import vocabularies_of
from report.data.files import FILES, FOLDERS, files_at, is_id
from report.data.model import (
    Code,
    Fact,
    Merged,
    Record,
    Series,
    Source,
    Testimony,
    Tombstone,
    Withdrawn,
)
from report.data.shapes import shape_problems
from report.data.validation import Codebook, explain, near, validated
from report.data.yamlio import Document
from report.problem import Problem

R = TypeVar("R", Testimony, Source, Series)
Row = TypeVar("Row", bound=Record)


_Read = tuple[Any, list[Problem]]
"""The record or the tombstone in a document, if it can be read, and all that is wrong with it."""


class _Folder(Generic[R]):
    """What was read in a folder of records with a codebook."""

    def __init__(self, codes: Document, model: type[R]) -> None:
        self._model: type[R] = model
        self.codes = codes
        self.records: dict[str, R] = {}
        self.tombstones: dict[str, Tombstone] = {}
        self.problems: list[Problem] = []
        self._documents: Mapping[str, Document] = {}
        self._read: dict[str, _Read] = {}

    def take(
        self, documents: Mapping[str, Document], read: Callable[[str, Document], _Read]
    ) -> None:
        """Read the documents that are others than before."""
        if documents is self._documents:
            return
        names, in_place = change(self._documents, documents)
        fresh = {name: read(name, documents[name]) for name in names}
        known = self._read | fresh
        if in_place and all(
            self._is_plain(of[name]) for of in (self._read, fresh) for name in names
        ):
            self.records = self.records | {record.id: record for record, _ in fresh.values()}
        else:
            known = {name: known[name] for name in documents}
            self._sort_out(known.values())
        self._documents, self._read = documents, known

    def _is_plain(self, read: _Read) -> bool:
        """Whether it is a published record without a problem, as nearly all are."""
        record, wrong = read
        return type(record) is self._model and not wrong

    def _sort_out(self, read: Collection[_Read]) -> None:
        found = [record for record, _ in read if record is not None]
        self.records = {record.id: record for record in found if type(record) is self._model}
        self.tombstones = {record.id: record for record in found if type(record) is not self._model}
        self.problems = [problem for _, wrong in read for problem in wrong]


class Loader:
    """Reads files one after the other and collects what is wrong with them."""

    def __init__(self, root: Path, changed: Collection[Path] | None = None) -> None:
        self.files = files_at(root.absolute())
        self.files.look(changed)
        self.problems: list[Problem] = []
        self.documents: dict[str, Document] = {}
        self.tombstones: dict[str, Tombstone] = {}
        self.codebook: Codebook = {}
        self.book: Codebook = {}  # the vocabularies without a problem: only they are enforced
        self._look_around()
        self._read_shapes()
        self._read_codebook()

    def _bad(self, name: str, rule: str, message: str, hint: str = "", line: int = 1) -> None:
        self.problems.append(Problem(f"data/{name}", line, 1, rule, message, hint))

    def _look_around(self) -> None:
        """Files that are missing, and files that the format does not know."""
        for name in FILES:
            if not self.files.document(name):
                self._bad(name, "file-missing", "the file is missing")
        for folder, name in self.files.unknown:
            if not folder:
                hint = near(name, (*FILES, *FOLDERS))
                self._bad(name, "file-name", "the format knows no such file", hint)
                continue
            letter = FOLDERS[folder]
            right = f"{Path(name).stem.upper()}.yaml"
            hint = f"name it {right}" if is_id(right, letter) else ""
            message = f"a file of {folder} is named {letter}0001.yaml, after its id"
            self._bad(f"{folder}/{name}", "file-name", message, hint)

    def _read_shapes(self) -> None:
        if self.files.document("world.geojson"):  # else reported by _look_around
            document = self._document("world.geojson")
            if not document.problems:
                asked = (document.text, document.path)
                self.problems += document.once("shapes", None, shape_problems, *asked)

    def _document(self, name: str) -> Document:
        document = self.files.document(name)
        if document is None:  # reported by _look_around
            document = Document(f"data/{name}", "", None)
        self.problems += document.problems
        self.documents[name] = document
        return document

    def _read_codebook(self) -> None:
        document = self._document("codebook.yaml")
        self.codebook, self.book, wrong = document.once("codebook", None, _codes, document)
        self.problems += wrong

    def folder(self, model: type[R]) -> dict[str, R]:
        """The published records of one folder by id; tombstones are put aside.

        Where no file of it and no code has changed, it is the same dictionary as before.
        """
        codes = self.documents["codebook.yaml"]
        folder: _Folder[R] | None = self.files.read.get(model.folder)
        if folder is None or folder.codes is not codes:
            folder = self.files.read[model.folder] = _Folder(codes, model)

        def read(name: str, document: Document) -> _Read:
            return document.once("record", codes, self._record, name, document, model)

        documents = self.files.folders[model.folder]
        folder.take(documents, read)
        self.documents |= documents
        self.tombstones |= folder.tombstones
        self.problems += folder.problems
        return folder.records

    def _record(self, name: str, document: Document, model: type[Record]) -> _Read:
        """The record in a document, and all that is wrong with the document."""
        if document.data is None:
            return None, document.problems
        status = document.data.get("status") if isinstance(document.data, dict) else None
        kind = model
        if model is not Series and status in ("withdrawn", "merged"):
            kind = Withdrawn if status == "withdrawn" else Merged
        record, wrong = validated(document, document.data, adapter(kind), self.book)
        if record is not None and record.id != name.rpartition("/")[2]:
            key = "source" if model is Series else "id"
            file = document.path.rpartition("/")[2]
            message = f"{key} is {record.id}, but the file is named {file}"
            misnamed = document.problem((key,), "file-name", message)
            return None, [*document.problems, misnamed]
        return record, [*document.problems, *wrong]

    def listed(self, name: str, model: type[Row]) -> list[Row]:
        """The records of a file that holds a list of them."""
        document = self._document(name)
        codes = self.documents["codebook.yaml"]
        rows, problems = document.once("list", codes, self._list, document, model)
        self.problems += problems
        return rows

    def _list(self, document: Document, model: type[Row]) -> tuple[list[Row], list[Problem]]:
        if document.data is None:
            return [], []
        if not isinstance(document.data, list):
            return [], [document.problem((), "wrong-type", "must be a list")]
        rows = enumerate(document.data)
        read = [
            validated(document, row, adapter(model), self.book, (index,)) for index, row in rows
        ]
        return (
            [row for row, _ in read if row is not None],
            [problem for _, problems in read for problem in problems],
        )

    def table(self, name: str, model: type[Row]) -> list[Row]:
        """The rows of a CSV file; numbers are read where the model has them."""
        if not self.files.document(name):  # reported by _look_around
            return []
        document = self._document(name)
        codes = self.documents["codebook.yaml"]
        rows, problems = document.once("table", codes, self._table, document, model)
        self.problems += problems
        return rows

    def _table(self, document: Document, model: type[Row]) -> tuple[list[Row], list[Problem]]:
        rows: list[Row] = []
        problems: list[Problem] = []
        reader = csv.reader(io.StringIO(document.text, newline=""), strict=True)
        try:
            for row in () if document.problems else self._rows(document.path, model, reader):
                if isinstance(row, Problem):
                    problems.append(row)
                else:
                    rows.append(row)
        except csv.Error as error:
            return [], [
                *problems,
                Problem(document.path, reader.line_num, 1, "csv-shape", str(error)),
            ]
        return rows, problems

    def _rows(self, path: str, model: type[Row], reader: Any) -> Iterator[Row | Problem]:
        """Each row of a table, or what is wrong with it."""
        columns = list(model.model_fields)
        if next(reader, None) != columns:
            yield Problem(path, 1, 1, "csv-shape", f"the first line must be {','.join(columns)}")
            return
        for cells in reader:
            line = reader.line_num
            if len(cells) != len(columns):
                message = f"{len(cells)} cells where {len(columns)} must be"
                yield Problem(path, line, 1, "csv-shape", message)
                continue
            row = dict(zip(columns, cells, strict=True))
            try:
                yield model.model_validate(row, strict=False, context=self.book)
            except ValidationError as error:
                for item in error.errors():
                    key = str(item["loc"][0]) if item["loc"] else ""
                    rule, message, hint = explain(item, key, self.book)
                    yield Problem(path, line, 1, rule, message, hint)


def _codes(document: Document) -> tuple[Codebook, Codebook, list[Problem]]:
    """All vocabularies, those without a problem, and what is wrong with the others."""
    codebook: Codebook = {}
    book: Codebook = {}
    if document.data is None:
        return codebook, book, []
    if not isinstance(document.data, dict):
        return codebook, book, [document.problem((), "wrong-type", "must be a mapping of keys")]
    wanted = vocabularies()
    problems = [
        document.problem((), "codebook", f"the vocabulary {name} is missing")
        for name in sorted(wanted - document.data.keys())
    ]
    for name, rows in document.data.items():
        if name not in wanted:
            message = f"{name} is no vocabulary of the format"
            hint = near(name, wanted)
            problems.append(document.problem((name,), "codebook", message, hint))
        if not isinstance(rows, list):
            message = f"{name}: must be a list"
            problems.append(document.problem((name,), "wrong-type", message))
            continue
        codebook[name], wrong = _vocabulary(document, name, rows, book)
        problems += wrong
        if not wrong:
            book[name] = codebook[name]
    return codebook, book, problems


def _vocabulary(
    document: Document, name: str, rows: list[Any], book: Codebook
) -> tuple[dict[str, Code], list[Problem]]:
    """The codes of a vocabulary, and what is wrong with them; `book` holds those before it."""
    entries: dict[str, Code] = {}
    problems: list[Problem] = []
    for index, row in enumerate(rows):
        entry, wrong = validated(document, row, adapter(Code), book, (name, index))
        problems += wrong
        if entry is not None and entry.code in entries:
            message = f"{entry.code} stands in {name} for the second time"
            problems.append(document.problem((name, index), "codebook", message))
        elif entry is not None:
            entries[entry.code] = entry
    return entries, problems


@cache
def adapter(kind: type[Record]) -> TypeAdapter[Any]:
    """What validates a kind of record."""
    return TypeAdapter(kind)


@cache
def vocabularies() -> set[str]:
    """The vocabularies that fields of the models draw their codes from."""
    models = (Testimony, Source, Series, Fact, Code, Withdrawn)
    return {name for model in models for name in vocabularies_of(model)}
