"""Reading the data folder: every file, record by record, and all that is wrong with each alone."""

import csv
import io
import json
import re
from collections.abc import Iterator
from functools import cache, partial
from os.path import lexists
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from report.data import yamlio
from report.data.forked import called
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

FOLDERS = {"testimonies": "T", "sources": "S", "estimates": "S"}
"""Folder of records -> the letter of the ids that its files are named after."""
_FILES = (
    "codebook.yaml",
    "exceptions.yaml",
    "excluded.yaml",
    "facts.yaml",
    "ids.csv",
    "population.csv",
    "world.geojson",
)


class Loader:
    """Reads files one after the other and collects what is wrong with them."""

    def __init__(self, root: Path) -> None:
        self.data = root / "data"
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
        for name in _FILES:
            if not lexists(self.data / name):
                self._bad(name, "file-missing", "the file is missing")
        for path in _entries(self.data):
            if path.name not in (*_FILES, *FOLDERS, "schemas"):
                hint = near(path.name, (*_FILES, *FOLDERS))
                self._bad(path.name, "file-name", "the format knows no such file", hint)
        for folder, letter in FOLDERS.items():
            for path in _entries(self.data / folder):
                if not _is_id(path, letter):
                    right = f"{path.stem.upper()}.yaml"
                    hint = f"name it {right}" if _is_id(Path(right), letter) else ""
                    message = f"a file of {folder} is named {letter}0001.yaml, after its id"
                    self._bad(f"{folder}/{path.name}", "file-name", message, hint)

    def _read_shapes(self) -> None:
        name = "world.geojson"
        if lexists(self.data / name):  # else reported by _look_around
            text, problems = yamlio.read_text(self.data / name, f"data/{name}")
            self.problems += problems or shape_problems(text, f"data/{name}")

    def _document(self, name: str, key: str) -> Document:
        shown = f"data/{name}"
        if not lexists(self.data / name):  # reported by _look_around
            document = Document(shown, "", None)
        else:
            document = yamlio.read_file(self.data / name, shown)
        return self._kept(document, key)

    def _kept(self, document: Document, key: str) -> Document:
        self.problems += document.problems
        self.documents[key] = document
        return document

    def _validated(
        self, document: Document, data: Any, adapter: TypeAdapter[Any], at: yamlio.Keys = ()
    ) -> Any:
        record, problems = validated(document, data, adapter, self.book, at)
        self.problems += problems
        return record

    def _validated_once(self, document: Document, kind: type[Record]) -> Any:
        """The record that a whole document holds; validated anew only where it or a code has changed."""
        codes = self.documents["codebook.yaml"]
        known = document.memory.get(kind)
        if known is None or known[0] is not codes:
            found = validated(document, document.data, TypeAdapter(kind), self.book)
            document.memory[kind] = known = (codes, *found)
        self.problems += known[2]
        return known[1]

    def _read_codebook(self) -> None:
        document = self._document("codebook.yaml", "codebook.yaml")
        if document.data is None:
            return
        if not isinstance(document.data, dict):
            self.problems.append(document.problem((), "wrong-type", "must be a mapping of keys"))
            return
        wanted = vocabularies()
        for name in sorted(wanted - document.data.keys()):
            message = f"the vocabulary {name} is missing"
            self.problems.append(document.problem((), "codebook", message))
        for name, rows in document.data.items():
            if name not in wanted:
                message = f"{name} is no vocabulary of the format"
                self.problems.append(
                    document.problem((name,), "codebook", message, near(name, wanted))
                )
            self._read_vocabulary(document, name, rows)

    def _read_vocabulary(self, document: Document, name: str, rows: Any) -> None:
        before = len(self.problems)
        if not isinstance(rows, list):
            self.problems.append(document.problem((name,), "wrong-type", f"{name}: must be a list"))
            return
        entries: dict[str, Code] = {}
        adapter = TypeAdapter(Code)
        for index, row in enumerate(rows):
            entry = self._validated(document, row, adapter, (name, index))
            if entry is not None and entry.code in entries:
                message = f"{entry.code} stands in {name} for the second time"
                self.problems.append(document.problem((name, index), "codebook", message))
            elif entry is not None:
                entries[entry.code] = entry
        self.codebook[name] = entries
        if len(self.problems) == before:
            self.book[name] = entries

    def folder(self, model: type[R]) -> dict[str, R]:
        """The published records of one folder by id; tombstones are put aside."""
        records: dict[str, R] = {}
        name = model.folder
        paths = [path for path in _entries(self.data / name) if _is_id(path, FOLDERS[name])]
        reads = [partial(yamlio.read_file, path, f"data/{name}/{path.name}") for path in paths]
        for path, document in zip(paths, called(reads, 2000), strict=True):
            self._kept(document, f"{name}/{path.stem}")
            record = self._record(document, model) if document.data is not None else None
            if record is None:
                continue
            if record.id != path.stem:
                key = "source" if model is Series else "id"
                message = f"{key} is {record.id}, but the file is named {path.name}"
                self.problems.append(document.problem((key,), "file-name", message))
            elif isinstance(record, Withdrawn | Merged):
                self.tombstones[record.id] = record
            else:
                records[record.id] = record
        return records

    def _record(self, document: Document, model: type[R]) -> R | Tombstone | None:
        status = document.data.get("status") if isinstance(document.data, dict) else None
        kind: type[Record] = model
        if model is not Series and status in ("withdrawn", "merged"):
            kind = Withdrawn if status == "withdrawn" else Merged
        record: R | Tombstone | None = self._validated_once(document, kind)
        return record

    def listed(self, name: str, model: type[Row]) -> list[Row]:
        """The records of a file that holds a list of them."""
        document = self._document(name, name)
        if document.data is None:
            return []
        if not isinstance(document.data, list):
            self.problems.append(document.problem((), "wrong-type", "must be a list"))
            return []
        adapter = TypeAdapter(model)
        rows = enumerate(document.data)
        found = (self._validated(document, row, adapter, (index,)) for index, row in rows)
        return [row for row in found if row is not None]

    def table(self, name: str, model: type[Row]) -> list[Row]:
        """The rows of a CSV file; numbers are read where the model has them."""
        if not lexists(self.data / name):  # reported by _look_around
            return []
        text, problems = yamlio.read_text(self.data / name, f"data/{name}")
        self.problems += problems
        self.documents[name] = Document(f"data/{name}", text, None)
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            return [] if problems else list(self._rows(name, model, reader))
        except csv.Error as error:
            self._bad(name, "csv-shape", str(error), line=reader.line_num)
            return []

    def _rows(self, name: str, model: type[Row], reader: Any) -> Iterator[Row]:
        columns = list(model.model_fields)
        if next(reader, None) != columns:
            self._bad(name, "csv-shape", f"the first line must be {','.join(columns)}")
            return
        for cells in reader:
            line = reader.line_num
            if len(cells) != len(columns):
                message = f"{len(cells)} cells where {len(columns)} must be"
                self._bad(name, "csv-shape", message, line=line)
                continue
            row = dict(zip(columns, cells, strict=True))
            try:
                yield model.model_validate(row, strict=False, context=self.book)
            except ValidationError as error:
                for item in error.errors():
                    key = str(item["loc"][0]) if item["loc"] else ""
                    rule, message, hint = explain(item, key, self.book)
                    self._bad(name, rule, message, hint, line)


def _entries(folder: Path) -> list[Path]:
    """What stands in a folder, hidden files apart (editors leave them while they save)."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _is_id(path: Path, letter: str) -> bool:
    return re.fullmatch(rf"{letter}(?!0000)[0-9]{{4,}}\.yaml", path.name) is not None


@cache
def vocabularies() -> set[str]:
    """The vocabularies that fields of the models draw their codes from."""
    models = (Testimony, Source, Series, Fact, Code, Withdrawn)
    schemas = json.dumps([model.model_json_schema() for model in models])
    return set(re.findall(r'"x-vocabulary": "(\w+)"', schemas)) - {"country", "field"}
