"""Downloads: the dataset as CSV, JSON, workbook and ZIP, with a data package that describes it."""

import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from report.data.corpus import Corpus
from report.data.sheet import Cell
from report.takeaway.api import schemas
from report.takeaway.citation import WHOLE, Citations, citation_files
from report.takeaway.edition import NAME, Edition
from report.takeaway.public import json_text, public_sources
from report.takeaway.tables import Column, Table, csv_text, tables

FOLDER = "data/"
"""Where the downloads stand on the site."""
ARCHIVE = f"{NAME}.zip"
WORKBOOK = f"{NAME}.xlsx"
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


def download_files(root: Path, corpus: Corpus, citations: Citations) -> dict[str, str | bytes]:
    """Path -> content of everything below data/, apart from the API and single citations."""
    edition = citations.edition
    found = tables(corpus)
    texts = {f"{table.name}.csv": csv_text(table) for table in found} | _json_files(corpus)
    texts |= _papers(root, found, citations)
    texts["datapackage.json"] = json_text(package(found, texts, corpus, edition))
    texts["SHA256SUMS"] = checksums(texts)
    with_schemas = texts | {
        f"schemas/{name}.json": json_text(schema) for name, schema in schemas(edition).items()
    }
    files: dict[str, str | bytes] = {f"{FOLDER}{name}": text for name, text in texts.items()}
    files[f"{FOLDER}{ARCHIVE}"] = archive(with_schemas, edition)
    files[f"{FOLDER}{WORKBOOK}"] = workbook(found, edition)
    return files


def _json_files(corpus: Corpus) -> dict[str, str]:
    content: dict[str, Any] = {
        "testimonies.json": list(corpus.testimonies.values()),
        "sources.json": list(public_sources(corpus).values()),
        "estimates.json": list(corpus.series.values()),
        "facts.json": list(corpus.facts.values()),
        "codebook.json": {name: list(book.values()) for name, book in corpus.codebook.items()},
    }
    return {name: json_text(content[name]) for name in JSON_FILES}


def _papers(root: Path, found: Sequence[Table], citations: Citations) -> dict[str, str]:
    """Readme, licence and citations."""
    cited = citation_files(citations, [WHOLE])
    return {
        "README.txt": _readme(found, citations.edition),
        "LICENSE": (root / "LICENSE").read_text(encoding="utf-8"),
        "CITATION.cff": (root / "CITATION.cff").read_text(encoding="utf-8"),
        **{name.removeprefix(FOLDER): str(text) for name, text in cited.items()},
    }


def _readme(found: Sequence[Table], edition: Edition) -> str:
    lines = [
        f"# {edition.title}", "",
        f"Version {edition.version} of {edition.date}, {edition.licence}. {edition.address}data/", "",
        *(f"- {note}" for note in NOTES), "",
        *(f"- {table.name}.csv: {table.title} ({len(table.rows)} rows)" for table in found),
        *(f"- {name}: {title}" for name, (title, _) in JSON_FILES.items()), "",
        "datapackage.json describes every column, schemas/ every JSON file, SHA256SUMS the files.", "",
    ]  # fmt: skip
    return "\n".join(lines)


def checksums(files: Mapping[str, str]) -> str:
    """The digests of files, in the form that `sha256sum --check` reads."""
    return "".join(f"{_digest(text)}  {name}\n" for name, text in sorted(files.items()))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def package(
    found: Iterable[Table], texts: Mapping[str, str], corpus: Corpus, edition: Edition
) -> dict[str, Any]:
    """The Frictionless data package: every CSV with its columns, keys and missing values."""
    return {
        "$schema": "https://datapackage.org/profiles/1.0/datapackage.json",
        "name": NAME,
        "title": edition.title,
        "description": edition.description,
        "version": edition.version,
        "created": edition.moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "homepage": edition.address,
        "licenses": [
            {"name": edition.licence, "path": "https://creativecommons.org/licenses/by/4.0/"}
        ],
        "contributors": [{"title": name, "role": "author"} for name in edition.authors],
        "keywords": list(edition.keywords),
        "resources": [_resource(table, texts[f"{table.name}.csv"], corpus) for table in found],
    }


def _resource(table: Table, text: str, corpus: Corpus) -> dict[str, Any]:
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
        "bytes": len(text.encode()),
        "hash": f"sha256:{_digest(text)}",
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


def archive(files: Mapping[str, str], edition: Edition) -> bytes:
    """The files as one ZIP in a folder of its own; the same bytes for the same edition."""
    out = io.BytesIO()
    stamp = edition.moment.timetuple()[:6]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{NAME}-{edition.version}/{name}", stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, text)
    return out.getvalue()


def workbook(found: Iterable[Table], edition: Edition) -> bytes:
    """All tables as sheets of one workbook, after a sheet that describes every column."""
    import xlsxwriter

    out = io.BytesIO()
    literal = {f"strings_to_{kind}": False for kind in ("formulas", "numbers", "urls")}
    book = xlsxwriter.Workbook(out, {"in_memory": True, **literal})
    book.set_properties({"title": edition.title, "created": edition.moment.replace(tzinfo=None)})
    bold = book.add_format({"bold": True})
    found = list(found)
    columns = [[t.name, c.name, c.type, c.description] for t in found for c in t.columns]
    notes = [["", "", "", note] for note in NOTES]
    sheets: list[tuple[str, list[str], Sequence[Sequence[Cell]]]] = [
        ("about", ["table", "column", "type", "meaning"], [*notes, *columns])
    ]
    sheets += [(t.name, [c.name for c in t.columns], t.rows) for t in found]
    for name, header, rows in sheets:
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, header, bold)
        for number, row in enumerate(rows, 1):
            sheet.write_row(number, 0, row)
    book.close()
    return out.getvalue()
