"""Hostile data in what readers take away: every program reads the text as text, and nothing else."""

import csv
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb
import feedparser
import openpyxl
import pandas as pd
import pytest
import rispy
from lxml import html
from pybtex.database import parse_string

from conftest import Figure
from hostile import OTHERS, PAYLOAD, RECORDS
from report.data.corpus import Corpus, load_corpus
from report.takeaway.downloads import ARCHIVE, WORKBOOK
from report.takeaway.public import plain

FORMULA = re.compile(r"[=+@\t\r\n＝＋－＠]|-(?![\d.]+$)")
BIBTEX = {"title", "journal", "institution", "publisher", "howpublished", "year", "date"}
BIBTEX |= {"version", "url", "urldate", "langid"}
RIS = {"TY", "ID", "AU", "ED", "TI", "T2", "PB", "PY", "DA", "ET", "UR", "Y2", "LA", "ER"}
ONE_LINE = " ".join(PAYLOAD.split())


@pytest.fixture(scope="module")
def data(hostile_site: Path) -> Corpus:
    """The hostile records."""
    return load_corpus(hostile_site.parent)[0]


def csv_files(site: Path) -> Iterator[tuple[str, str]]:
    """Name and text of each CSV, in the folders and in the archive."""
    for path in sorted(site.rglob("*.csv")):
        yield str(path), path.read_bytes().decode()
    with zipfile.ZipFile(site / "data" / ARCHIVE) as packed:
        for name in packed.namelist():
            if name.endswith(".csv"):
                yield name, packed.read(name).decode()


def test_no_cell_of_a_csv_is_a_formula(hostile_site: Path, figure: Figure) -> None:
    hostile = 0
    for name, text in csv_files(hostile_site):
        cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
        assert not [cell[:40] for cell in cells if FORMULA.match(cell)], name
        hostile += sum("zqhostile" in cell for cell in cells)
        figure("cells of hostile CSV files that are no formula", len(cells))
    assert hostile > 1000


def test_csv_pandas_and_duckdb_read_the_same_cells(hostile_site: Path) -> None:
    for path in sorted((hostile_site / "data").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        assert [list(frame.columns), *frame.to_numpy().tolist()] == [header, *rows], path.name
        found = duckdb.sql(f"from read_csv('{path}', header=true, all_varchar=true)")
        assert found is not None
        read = [[cell or "" for cell in row] for row in found.fetchall()]
        assert [found.columns, *read] == [header, *rows], path.name


def test_provenance_names_only_records_and_sources(hostile_site: Path, data: Corpus) -> None:
    known = {*data.testimonies, *data.observations, *data.facts}
    with (hostile_site / "data/provenance.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["record"] for row in rows} <= known
    assert {row["source"] for row in rows} <= {*data.sources, ""}
    assert {row["basis"] for row in rows} <= {"pinned", "group", "confirms", "disputes"}
    assert all(re.fullmatch(r"[a-z_0-9]+(\.[a-z_0-9]+)?", row["field"]) for row in rows)
    assert sum("zqhostile" in row["value"] for row in rows) > 100


def test_the_workbook_has_neither_formulas_nor_links(hostile_site: Path, figure: Figure) -> None:
    path = hostile_site / "data" / WORKBOOK
    cells = [cell for sheet in openpyxl.load_workbook(path) for row in sheet for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert sum(" ".join(str(cell.value).split()) == ONE_LINE for cell in cells) > 100
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    assert not [name for name, xml in parts.items() if re.search(rb"<f[ >]|<hyperlink", xml)]
    assert not [name for name, xml in parts.items() if b'TargetMode="External"' in xml]
    figure("cells of the hostile workbook that are neither formula nor link", len(cells))


def test_json_holds_the_text_as_it_is(hostile_site: Path, data: Corpus, figure: Figure) -> None:
    for id_ in ("T0001", "T0008"):
        found = json.loads((hostile_site / f"testimonies/{id_}.json").read_bytes())
        assert plain(data.testimonies[id_]).items() <= found.items()
    facts = json.loads((hostile_site / "data/facts.json").read_bytes())
    assert facts == [plain(fact) for fact in data.facts.values()]
    read = [json.loads(path.read_bytes()) for path in hostile_site.rglob("*.json")]
    figure("hostile JSON files read", len(read))


def test_the_lists_to_browse_keep_their_shape(hostile_site: Path, site_dir: Path) -> None:
    for kind in ("testimonies", "sources", "estimates"):
        one, two = (
            json.loads((root / kind / "browse.json").read_bytes())
            for root in (hostile_site, site_dir)
        )
        rows, wanted = ({row[0]: shape(row) for row in x.pop("rows")} for x in (one, two))
        assert rows == wanted
        assert shape(one) == shape(two)


def shape(content: Any) -> Any:
    """What JSON content is made of, without its texts."""
    if isinstance(content, dict):
        return {key: shape(value) for key, value in content.items()}
    return [shape(item) for item in content] if isinstance(content, list) else type(content)


def cited(site: Path, form: str) -> Iterator[tuple[list[dict[str, Any]], str]]:
    """The works of each citation as CSL-JSON, and the text of the same in another form."""
    for path in sorted(site.rglob("*.csl.json")):
        other = path.with_name(path.name.replace(".csl.json", f".{form}"))
        yield json.loads(path.read_bytes()), other.read_bytes().decode()


def test_csl_json_leads_nowhere_else(hostile_site: Path, figure: Figure) -> None:
    for works, _ in cited(hostile_site, "bib"):
        assert all(re.fullmatch(r"[\w-]+", work["id"]) for work in works)
        assert {urlsplit(work.get("URL", "https:")).scheme for work in works} <= {"http", "https"}
        figure("hostile citations read back", len(works))


def test_pybtex_finds_no_other_entry_or_field(hostile_site: Path) -> None:
    for works, text in cited(hostile_site, "bib"):
        entries = parse_string(text, "bibtex").entries
        assert list(entries) == [work["id"] for work in works]
        for work in works:
            entry = entries[work["id"]]
            assert set(entry.fields) <= BIBTEX
            assert {role: len(entry.persons[role]) for role in entry.persons} == {
                role: len(work[role]) for role in ("author", "editor") if role in work
            }
            assert ("zqhostile" in entry.fields["title"]) == ("zqhostile" in work["title"])


def test_rispy_finds_no_other_entry_or_tag(hostile_site: Path) -> None:
    for works, text in cited(hostile_site, "ris"):
        entries = rispy.loads(text)
        assert [entry["title"] for entry in entries] == [work["title"] for work in works]
        assert [entry["id"] for entry in entries] == [work["id"] for work in works]
        assert {line[:2] for line in text.splitlines() if line} <= RIS
        assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in text.splitlines() if line)


def head(path: Path) -> html.HtmlElement:
    """The head of a page."""
    found: html.HtmlElement = html.document_fromstring(path.read_bytes()).xpath("//head")[0]
    return found


def linked(path: Path) -> list[Any]:
    """The JSON-LD of a page."""
    texts = head(path).xpath("//script[@type='application/ld+json']/text()")
    return [json.loads(text) for text in texts]


def parts(path: Path) -> Counter[tuple[str, ...]]:
    """The elements of the head of a page, each with its attributes."""
    return Counter((str(e.tag), *sorted(map(str, e.attrib))) for e in head(path).iter())


def test_heads_hold_the_same_elements_as_with_harmless_data(
    hostile_site: Path, site_dir: Path, figure: Figure
) -> None:
    for uri in (*RECORDS.values(), *OTHERS):
        page = hostile_site / uri / "index.html"
        assert parts(page) == parts(site_dir / uri / "index.html"), uri
        assert shape(linked(page)) == shape(linked(site_dir / uri / "index.html")), uri
        figure("heads of hostile pages compared", 1)
    [source] = linked(hostile_site / "sources/S0001/index.html")
    assert ONE_LINE in " ".join(source["name"].split())


def test_the_feed_holds_no_text_of_records(hostile_site: Path) -> None:
    found = feedparser.parse((hostile_site / "data/changes.xml").read_bytes())
    assert not found.bozo
    assert "testimony changed: 2" in found.entries[0].summary
    shown = [found.feed.title, *(e[key] for e in found.entries for key in ("title", "summary"))]
    assert not [text for text in shown if re.search(r"[<>&]|zqhostile", text)]
    links = {link.href for part in (found.feed, *found.entries) for link in part.links}
    assert all(link.startswith("http://127.0.0.1:8000/data/changes") for link in links)


def test_names_of_files_stay_in_the_folder(hostile_site: Path, figure: Figure) -> None:
    with zipfile.ZipFile(hostile_site / "data" / ARCHIVE) as packed:
        names = packed.namelist()
    names += [str(p.relative_to(hostile_site)) for p in hostile_site.rglob("*") if p.is_file()]
    strange = r"[^A-Za-z0-9._/-]|(^|/)\.\.(/|$)|^/"
    assert not [name for name in names if re.search(strange, name)]
    figure("names of files of the hostile site", len(names))
