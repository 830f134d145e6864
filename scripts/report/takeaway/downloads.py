"""Downloads: the dataset as CSV, JSON, workbook and ZIP, with a data package that describes it."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from report.data.corpus import Corpus
from report.data.sheet import Cell
from report.takeaway.api import schemas
from report.takeaway.archive import Archive
from report.takeaway.citation import WHOLE, Citations, citation_files
from report.takeaway.edition import NAME, Edition, citation_file
from report.takeaway.public import File, json_bytes, public_sources
from report.takeaway.tables import Column, Table, csv_text, full_tables

FOLDER = "data/"
"""Where the downloads stand on the site."""
ARCHIVE = f"{NAME}.zip"
WORKBOOK = f"{NAME}.xlsx"
SUMS = "SHA256SUMS"
JSON_FILES = {
    "testimonies.json": ("Testimonies with all fields", "testimony"),
    "sources.json": ("Sources with their copies", "source"),
    "estimates.json": ("Series with their estimates", "series"),
    "facts.json": ("Facts with what disagrees", "fact"),
    "codebook.json": ("Vocabulary, then its codes", "code"),
}
"""JSON file -> what it holds and the schema of its records."""
MISSING = (
    "An empty cell is a missing value: not known, or not applicable, or withheld. Of testimonies the "
    "columns not_applicable and withheld name the fields of the last two kinds; all other empty "
    "cells are not known. A country that stands nowhere was not seen; a zero is a value."
)
NOTES = (
    MISSING,
    "Several values in one cell are divided by ' | '.",
    "Dates are as precise as known (2015, 2015-06, 2015-06-14; EDTF for seasons, quarters and "
    "halves), so that they are text.",
    "The country code NA is Namibia. In pandas: read_csv(file, keep_default_na=False, na_values=['']).",
    "In CSV a text that begins with = + - @ has an apostrophe in front, so that no spreadsheet takes "
    "it for a formula. JSON and the workbook hold it unchanged.",
    "Files are UTF-8 without a byte order mark; in Excel open the workbook rather than the CSV.",
    "Addresses of sources that must not be linked are in no file. Withdrawn records have left "
    "nothing but their id in ids.csv.",
)
"""What a reader of the files must know, one sentence or two each."""


def download_files(root: Path, corpus: Corpus, citations: Citations) -> Iterator[File]:
    """Everything below data/, apart from the API and single citations.

    The archive grows beside the files that it holds; the workbook is not among them. The API has the
    schemas, too. The checksums on the site are also of the archive, those in it of what it holds.
    """
    edition, found = citations.edition, full_tables(corpus)
    archive = Archive(edition.moment)
    inside = f"{NAME}-{edition.version}/"
    digests = {}
    for name, content in _contents(root, corpus, citations, found):
        digests[name] = _digest(content)
        archive.add(inside + name, content)
        yield FOLDER + name, content
    for name, schema in schemas(edition).items():
        content = json_bytes(schema)
        digests[f"schemas/{name}.json"] = _digest(content)
        archive.add(f"{inside}schemas/{name}.json", content)
    archive.add(f"{inside}{SUMS}", checksums(digests))
    workbook = _workbook(found, edition)  # while a thread compresses what came before
    for name, content in ((WORKBOOK, workbook), (ARCHIVE, archive.finished())):
        digests[name] = _digest(content)
        yield FOLDER + name, content
    yield FOLDER + SUMS, checksums(digests)


def _workbook(found: Sequence[Table], edition: Edition) -> bytes:
    """The workbook, with all tables."""
    from report.takeaway.workbook import Workbook  # slow to load, and not needed to serve a site

    book = Workbook(edition.title, edition.moment)
    book.add("about", ["table", "column", "type", "meaning"], _about(found))
    for table in found:
        book.add(table.name, [column.name for column in table.columns], table.rows)
    return book.finished()


def _contents(
    root: Path, corpus: Corpus, citations: Citations, found: Sequence[Table]
) -> Iterator[File]:
    """Name and content of the files that stand on the site and in the archive."""
    for name, records in _json_content(corpus).items():  # large and quickly made: they come first
        yield name, json_bytes(records)
    resources = []
    for table in found:
        content = csv_text(table).encode()
        resources.append(_resource(table, content, corpus))
        yield f"{table.name}.csv", content
    yield "README.txt", _readme(found, citations.edition).encode()
    yield "LICENSE", (root / "LICENSE").read_text(encoding="utf-8").encode()
    yield "CITATION.cff", citation_file(root, citations.edition).encode()
    for address, cited in citation_files(citations, [WHOLE]):
        yield address.removeprefix(FOLDER), cited
    yield "datapackage.json", json_bytes(package(resources, citations.edition))


def _about(found: Iterable[Table]) -> Iterator[Sequence[Cell]]:
    """What the workbook says of itself: the notes, then every column."""
    yield from (["", "", "", note] for note in NOTES)
    for table in found:
        for column in table.columns:
            yield table.name, column.name, column.type, column.description


def _json_content(corpus: Corpus) -> dict[str, Any]:
    """What stands in each of JSON_FILES."""
    return {
        "testimonies.json": list(corpus.testimonies.values()),
        "sources.json": list(public_sources(corpus).values()),
        "estimates.json": list(corpus.series.values()),
        "facts.json": list(corpus.facts.values()),
        "codebook.json": {name: list(book.values()) for name, book in corpus.codebook.items()},
    }


def _readme(found: Sequence[Table], edition: Edition) -> str:
    lines = [
        f"# {edition.title}", "",
        f"Version {edition.version} of {edition.date}, {edition.licence}. {edition.address}data/", "",
        *(f"- {note}" for note in NOTES), "",
        *(f"- {table.name}.csv: {table.title} ({len(table.rows)} rows)" for table in found),
        *(f"- {name}: {title}" for name, (title, _) in JSON_FILES.items()), "",
        f"datapackage.json describes every column, schemas/ every JSON file, {SUMS} the files.", "",
    ]  # fmt: skip
    return "\n".join(lines)


def checksums(digests: Mapping[str, str]) -> bytes:
    """The digests of files, by their names, in the form that `sha256sum --check` reads."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items())).encode()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def package(resources: Sequence[dict[str, Any]], edition: Edition) -> dict[str, Any]:
    """The Frictionless data package: every CSV with its columns, keys and missing values."""
    return {
        "$schema": "https://datapackage.org/profiles/1.0/datapackage.json",
        "name": NAME,
        "title": edition.title,
        "description": edition.description,
        "version": edition.version,
        "created": edition.moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "homepage": edition.address,
        "licenses": [{"name": edition.licence, "path": edition.licence_address}],
        "contributors": [{"title": name, "role": "author"} for name in edition.authors],
        "keywords": list(edition.keywords),
        "resources": resources,
    }


def _resource(table: Table, content: bytes, corpus: Corpus) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(column, corpus) for column in table.columns],
        "missingValues": [""],
    }
    if table.key:
        schema["primaryKey"] = [table.key]
    if table.parent[0]:
        reference = {"resource": table.parent[0], "fields": [table.parent[1]]}
        schema["foreignKeys"] = [{"fields": [table.columns[0].name], "reference": reference}]
    return {
        "name": table.name,
        "title": table.title,
        "description": f"{table.title}. {MISSING}",
        "type": "table",
        "path": f"{table.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{_digest(content)}",
        "schema": schema,
    }


def _field(column: Column, corpus: Corpus) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": column.type,
        "description": column.description,
    }
    codes = corpus.codebook.get(column.vocabulary)
    if codes and column.vocabulary != "area" and not column.listed:
        field["constraints"] = {"enum": list(codes)}
    return field
