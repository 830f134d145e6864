"""Downloads open in the programs that people use, and hold what they must and nothing else."""

import csv
import datetime
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas as pd
import pytest
import xlsxwriter
import yaml
from frictionless import Package
from jsonschema import Draft202012Validator

from report.data.model import DIMENSIONS, Source, Withdrawn
from report.data.sheet import Cell
from report.takeaway.api import api_files
from report.takeaway.downloads import ARCHIVE, JSON_FILES, WORKBOOK, checksums, download_files
from report.takeaway.edition import citation_file
from report.takeaway.provenance import joined
from report.takeaway.public import File, public_source
from report.takeaway.tables import Column, Table, csv_text, tables
from report.takeaway.workbook import Workbook
from takeaway import ROOT, citations, corpus

TABLES = {table.name: table for table in tables(corpus())}


@cache
def files() -> dict[str, bytes]:
    return dict(chain(downloads(), api_files(corpus(), citations().edition)))


def downloads() -> Iterator[File]:
    yield from download_files(ROOT, corpus(), citations())


def document(name: str) -> Any:
    return json.loads(files()[name])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("site")
    for name, content in files().items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return root / "data"


def read(path: Path) -> pd.DataFrame:
    """The way that the page of downloads describes."""
    return pd.read_csv(path, keep_default_na=False, na_values=[""])


def test_frictionless_finds_the_package_valid(folder: Path) -> None:
    found = Package(str(folder / "datapackage.json")).validate()
    assert found.flatten(["type", "note"]) == []


def test_every_column_is_described() -> None:
    for table in TABLES.values():
        assert not [column.name for column in table.columns if not column.description]


@pytest.mark.parametrize("name", TABLES)
def test_pandas_and_duckdb_agree_on_every_count(name: str, folder: Path) -> None:
    path = folder / f"{name}.csv"
    frame = read(path)
    counts = ", ".join(f'count("{column}")' for column in frame.columns)
    counted = duckdb.sql(f"select count(*), {counts} from read_csv('{path}', header=true)")
    rows = TABLES[name].rows
    filled = [sum(cell not in (None, "") for cell in column) for column in zip(*rows, strict=True)]
    assert list(frame.columns) == [column.name for column in TABLES[name].columns]
    assert [len(frame), *frame.count()] == [len(rows), *filled]
    assert counted is not None
    assert counted.fetchall() == [(len(rows), *filled)]


def test_rows_are_counted_without_being_made() -> None:
    for table in TABLES.values():
        assert len(table.rows) == sum(1 for _ in table.rows)
        assert {len(row) for row in table.rows} <= {len(table.columns)}


def test_namibia_accents_and_leading_zeros_survive(tmp_path: Path) -> None:
    columns = tuple(Column(name, "string", "x") for name in ("area", "title", "printed"))
    path = tmp_path / "t.csv"
    path.write_text(
        csv_text(Table("t", "t", columns, [["NA", "Süddeutsche, „é“", "007"]])), "utf-8"
    )
    frame = pd.read_csv(path, keep_default_na=False, na_values=[""], dtype="string")
    assert frame.iloc[0].tolist() == ["NA", "Süddeutsche, „é“", "007"]


@pytest.mark.parametrize("sign", [*"=+-@\t\n＝＋－＠", " =", "\n@"])
def test_no_text_is_a_formula_in_csv(sign: str) -> None:
    table = Table("t", "t", (Column("a", "string", "x"),), [[f"{sign}1+1"], [-5], [True]])
    cells = [row[0] for row in csv.reader(io.StringIO(csv_text(table), newline=""))]
    assert cells == ["a", f"'{sign}1+1", "-5", "true"]


def test_the_workbook_holds_every_row_and_no_formula() -> None:
    content = files()[f"data/{WORKBOOK}"]
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    assert book.sheetnames == ["about", *TABLES]
    for name, table in TABLES.items():
        assert sum(1 for _ in book[name].iter_rows()) == len(table.rows) + 1
        assert all(cell.data_type != "f" for row in book[name].iter_rows() for cell in row)


@pytest.mark.parametrize("text", ["<r>a & b</r>", "<r>", "=1+1", "0012", "https://example.org"])
def test_a_text_stays_the_same_text_in_a_workbook(text: str) -> None:
    book = Workbook("Title", datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    book.add("sheet", ["text"], [[text]])
    cell = openpyxl.load_workbook(io.BytesIO(book.finished()))["sheet"]["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_rows_of_a_workbook_are_written_as_xlsxwriter_writes_them() -> None:
    """But for `spans`, a hint that readers can do without."""
    long = "a longer text than a cell may hold " * 1000
    rows: list[list[Cell]] = [
        ["a & b", 0, 1.5, True, None, "", "<r>c</r>"],
        [None, "a & b", -1e-9, False, 123456789012, "_x0041_ \x01", " space "],
        ["NA", long, 20000, "007", "a & b", "é", "<r>c</r>"],
    ]
    moment = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    ours = Workbook("Title", moment)
    content = io.BytesIO()
    theirs = xlsxwriter.Workbook(content, {"in_memory": True})
    theirs.set_properties({"title": "Title", "created": moment.replace(tzinfo=None)})
    bold = theirs.add_format({"bold": True})
    for name in ("one", "two"):
        ours.add(name, "ABCDEFG", rows)
        sheet = theirs.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, "ABCDEFG", bold)
        for place, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                if cell == "<r>c</r>":
                    sheet.write_rich_string(place, column, "<", "r", ">c</r>")
                else:
                    sheet.write(place, column, cell)
    theirs.close()
    assert _parts(ours.finished()) == _parts(content.getvalue())


def _parts(book: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(book)) as packed:
        return {
            name: re.sub(rb' spans="[\d:]+"', b"", packed.read(name)) for name in packed.namelist()
        }


def test_the_archive_holds_all_files_and_its_checksums_are_right() -> None:
    content = files()[f"data/{ARCHIVE}"]
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        held = {name.partition("/")[2]: packed.read(name) for name in packed.namelist()}
    wanted = {"README.txt", "LICENSE", "CITATION.cff", "datapackage.json", "schemas/testimony.json"}
    assert {*wanted, *JSON_FILES, *(f"{name}.csv" for name in TABLES)} <= held.keys()
    sums = held.pop("SHA256SUMS")
    assert sums == checksums(
        {name: hashlib.sha256(data).hexdigest() for name, data in held.items()}
    )


def test_checksums_are_those_of_all_files_below_data() -> None:
    given = {name.removeprefix("data/"): data for name, data in files().items()
             if name.startswith("data/")}  # fmt: skip
    sums = given.pop("SHA256SUMS")
    assert {WORKBOOK, ARCHIVE, "schemas/testimony.json"} <= given.keys()
    assert sums == checksums({name: hashlib.sha256(d).hexdigest() for name, d in given.items()})


def test_the_file_of_the_citation_names_the_edition_and_is_otherwise_that_of_the_repository() -> (
    None
):
    own = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    edition = replace(citations().edition, version="2.10", date=datetime.date(2027, 1, 2))
    changed = {"version": "2.10", "date-released": "2027-01-02"}
    assert yaml.safe_load(citation_file(ROOT, edition)) == own | changed
    given = files()["data/CITATION.cff"].decode()
    assert given == citation_file(ROOT, citations().edition)


def test_two_runs_make_the_same_bytes() -> None:
    assert dict(downloads()).items() <= files().items()


def test_every_json_file_keeps_its_schema() -> None:
    for name, (_, schema) in JSON_FILES.items():
        content = document(f"data/{name}")
        records = content if isinstance(content, list) else list(chain(*content.values()))
        _valid(records, schema)
    _valid(
        [document(f"testimonies/{id_}.json") for id_ in corpus().testimonies], "testimony-document"
    )
    _valid([document("testimonies/index.json")], "testimonies-index")


def _valid(records: list[Any], schema: str) -> None:
    described = document(f"data/schemas/{schema}.json")
    validator = Draft202012Validator(described)
    assert records
    for record in records:
        assert [error.message for error in validator.iter_errors(record)] == []
        assert set(described["properties"]) == set(record)  # complete, whatever is unknown


def test_provenance_names_every_source_of_every_field() -> None:
    rows = {(*row[:2], row[3]) for row in TABLES["provenance"].rows}
    for record in corpus().testimonies.values():
        for field, cited in record.evidence.items():
            assert all((record.id, field, page.source) in rows for page in cited)


def test_provenance_and_tables_name_all_sources_of_another_number() -> None:
    pinned = {(row[0], row[2], row[3]) for row in TABLES["provenance"].rows if row[5] == "disputes"}
    listed = {(row[0], row[1], row[5] or row[6]) for row in TABLES["alternatives"].rows}
    several = 0
    for _, estimate in corpus().observations.values():
        for other in estimate.alternatives:
            named = [source for source in (other.source, *other.sources) if source]
            assert {(estimate.id, other.says, source) for source in named} <= pinned
            assert not named or (estimate.id, other.says, " | ".join(named)) in listed
            several += len(named) > 1
    assert several


def test_true_is_written_alike_in_every_table() -> None:
    assert joined([True, {"text": "x", "known": False}]) == "true | text: x; known: false"
    values = {row[2] for row in TABLES["provenance"].rows}
    assert "true" in values
    assert "True" not in values


def test_codes_of_estimates_are_described_as_they_stand_there() -> None:
    said = {column.name: column.description for column in TABLES["estimates"].columns}
    assert said["people"].startswith("Who is counted")
    assert not [name for name, text in said.items() if "Only where it differs" in text]
    codes = [list(said).index(name) for name in DIMENSIONS]
    assert all(row[code] for row in TABLES["estimates"].rows for code in codes)


def texts() -> Iterator[str]:
    """Everything that can be read in the files, also within archive and workbook."""
    for name, data in files().items():
        if name.endswith((ARCHIVE, WORKBOOK)):
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                yield from (packed.read(name).decode() for name in packed.namelist())
        else:
            yield data.decode()


def test_withheld_addresses_are_in_no_file() -> None:
    sources = corpus().sources.values()
    hidden = {s.url for s in sources if s.url and not s.link}
    hidden |= {copy.url for s in sources for copy in s.copies if copy.url and not copy.link}
    shown = {s.url for s in sources if s.link} | {
        c.url for s in sources for c in s.copies if c.link
    }
    assert hidden - shown
    for text in texts():
        assert not [url for url in hidden - shown if url in text]


def test_an_archived_copy_goes_with_its_source() -> None:
    record = next(iter(corpus().sources.values()))
    hidden = record.model_copy(update={"link": False, "archive_url": "https://example.org/a"})
    assert public_source(hidden).archive_url is None
    assert isinstance(public_source(hidden), Source)


def test_a_withdrawn_record_leaves_nothing_but_its_tombstone() -> None:
    record = corpus().testimonies["T0002"]
    tomb = Withdrawn(id="T0002", status="withdrawn", date="2026-11-25", reason="safety")
    left = {id_: t for id_, t in corpus().testimonies.items() if id_ != "T0002"}
    now = replace(corpus(), testimonies=left, tombstones={"T0002": tomb})
    made = dict(api_files(now, citations().edition))
    assert "testimonies/T0002.json" not in made
    entry = json.loads(made["testimonies/index.json"])["testimonies"][1]
    assert (entry["id"], entry["status"], entry["json_url"]) == ("T0002", "withdrawn", None)
    held = [*map(csv_text, tables(now)), *map(bytes.decode, made.values())]
    assert record.summary not in "".join(held)


def test_no_file_is_named_after_a_person() -> None:
    names = [record.name.casefold() for record in corpus().testimonies.values() if record.name]
    slugs = {name.replace(" ", sign) for name in names for sign in "-_ " if " " in name}
    assert not [file for file in files() for slug in slugs if slug in file.casefold()]
