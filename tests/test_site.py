"""The built site: every record has its page, every link and anchor leads somewhere, nothing leaves it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from lxml import html

from conftest import ROOT, Figure, assert_same, build_site
from report import swap
from report.data.corpus import Corpus

TITLE = "Leaving the Islamic State"


@cache
def parsed(path: Path) -> html.HtmlElement:
    return html.document_fromstring(path.read_bytes())


def built_pages(site_dir: Path) -> list[Path]:
    return sorted(site_dir.rglob("*.html"))


def addresses(page: html.HtmlElement) -> Iterator[tuple[str, str]]:
    for element in page.iter():
        for name in ("href", "src"):
            if isinstance(element.tag, str) and element.get(name) is not None:
                yield element.tag, str(element.get(name))


def test_every_published_record_has_its_page(site_dir: Path, corpus: Corpus) -> None:
    wanted = [f"testimonies/{i}" for i in corpus.testimonies] + [
        f"sources/{i}" for i in corpus.sources
    ]
    wanted += [f"estimates/{i}" for i in corpus.series]
    wanted += [
        f"reasons/{code}"
        for name in ("reason_leaving", "reason_joining")
        for code in corpus.codebook[name]
    ]
    missing = [name for name in wanted if not (site_dir / name / "index.html").is_file()]
    assert not missing
    assert len(wanted) > 700


def test_every_internal_link_and_anchor_resolves(site_dir: Path) -> None:
    anchors = {
        page: {str(i) for i in parsed(page).xpath("//@id | //a/@name")}
        for page in built_pages(site_dir)
    }
    broken, checked = [], 0
    for page in anchors:
        if page.name == "404.html":  # its links are absolute, from the root of the site
            continue
        for _, address in addresses(parsed(page)):
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            checked += 1
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file():
                broken.append(f"{page.relative_to(site_dir)}: {address}")
            elif (
                parts.fragment
                and parts.fragment != "__skip"
                and target.suffix == ".html"
                and unquote(parts.fragment) not in anchors[target]
            ):
                broken.append(f"{page.relative_to(site_dir)}: no anchor {address}")
    assert not broken, broken[:20]
    assert checked > 10_000


def test_nothing_is_loaded_from_another_host(site_dir: Path) -> None:
    loaded = [
        (page.name, address)
        for page in built_pages(site_dir)
        for tag, address in addresses(parsed(page))
        if tag in ("link", "script", "img", "iframe", "source") and urlsplit(address).netloc
        and not (tag == "link" and address.startswith("http://127.0.0.1:8000/"))
    ]  # fmt: skip
    assert not loaded
    styles = "".join(path.read_text() for path in site_dir.rglob("*.css"))
    assert not re.findall(r"url\((['\"]?)https?://", styles)


def test_every_page_loads_one_style_sheet_and_it_holds_all_but_that_of_charts(
    site_dir: Path,
) -> None:
    charted = 0
    for page in built_pages(site_dir):
        tree = parsed(page)
        sheets = [a.rpartition("/")[2] for a in tree.xpath("//link[@rel='stylesheet']/@href")]
        assert sheets in (["style.css"], ["style.css", "charts.css"]), page
        if tree.xpath("//*[starts-with(@class, 'chart')]"):
            assert sheets[1:] == ["charts.css"], page
            charted += 1
    assert charted > 30
    style = (site_dir / "assets" / "style.css").read_text(encoding="utf-8")
    parts = [*site_dir.glob("assets/stylesheets/*.css"), *(ROOT / "docs" / "assets").glob("*.css")]
    assert len(parts) > 5
    for part in (part for part in parts if part.name != "charts.css"):
        assert part.read_text(encoding="utf-8").partition("/*#")[0] in style, part.name


def test_links_out_are_web_addresses_only(site_dir: Path) -> None:
    schemes = {
        urlsplit(a).scheme for page in built_pages(site_dir) for _, a in addresses(parsed(page))
    }
    assert schemes <= {"", "http", "https", "data"}, schemes


def test_sources_that_are_not_to_be_linked_appear_nowhere(site_dir: Path, corpus: Corpus) -> None:
    hidden = {s.url for s in corpus.sources.values() if s.url and not s.link}
    hidden |= {c.url for s in corpus.sources.values() for c in s.copies if c.url and not c.link}
    assert len(hidden) > 20
    text = "\n".join(
        path.read_text(encoding="utf-8")
        for path in site_dir.rglob("*")
        if path.suffix in (".html", ".json", ".csv", ".bib", ".ris", ".xml")
    )
    assert not [url for url in hidden if url in text]


def test_a_record_page_shows_what_the_record_holds(site_dir: Path, corpus: Corpus) -> None:
    for record in corpus.testimonies.values():
        page = parsed(site_dir / "testimonies" / record.id / "index.html")
        body = " ".join(page.xpath("//article")[0].text_content().split())
        pieces = [record.title, record.summary, record.grade.basis, record.icsr_2015.basis]
        pieces += [reason.note for reason in (*record.reasons_joining, *record.reasons_leaving)]
        pieces += [dispute.says for dispute in record.disputes]
        pieces += [
            piece
            for piece in (
                record.verification,
                record.notes,
                record.aftermath and record.aftermath.text,
            )
            if piece
        ]
        missing = [piece for piece in pieces if " ".join(piece.split()) not in body]
        assert not missing, (record.id, missing)
        for source in record.sources:
            assert page.xpath(f"//ol[@class='sources']/li[@id='{source}']"), (record.id, source)
        if record.content_notes:
            note = page.xpath("//*[contains(@class,'content-note')]")[0]
            summary = page.xpath("//*[@class='summary']")[0]
            order = list(page.iter())
            assert order.index(note) < order.index(summary)


def test_pages_of_records_are_worded_for_readers(site_dir: Path) -> None:
    def facts(address: str) -> dict[str, str]:
        rows = parsed(site_dir / address / "index.html").xpath("//table[@class='facts']//tr")
        return {row.findtext("th"): " ".join(row.find("td").text_content().split()) for row in rows}

    assert re.fullmatch(r"Fighter( \d.*)?", facts("testimonies/T0009")["Role"])
    assert facts("testimonies/T0077")["Age"].startswith(
        "27 (August 2016) according to: The Independent"
    )
    notes = parsed(site_dir / "testimonies/T0018/index.html").xpath("//p[@class='content-note']")
    assert "mentions violence, children in the group." in notes[0].text_content()
    source = facts("sources/S0503")
    assert source["Language"] == "English"
    assert source["Basis of the title"] == "As shown"
    assert "Established: research institute" in source["Reliability"]
    assert "ICSR, January 2015" not in facts("estimates/S0503").get("Repeated by", "")
    excluded = facts("reasons/brutality_general")["Excludes"]
    assert excluded == "Killing of Sunnis named as such: Brutality against Sunnis."


def test_every_page_has_a_title_a_heading_and_a_language(site_dir: Path) -> None:
    for path in built_pages(site_dir):
        page = parsed(path)
        assert page.get("lang") == "en"
        assert TITLE in (page.findtext(".//title") or "")
        if path.name != "404.html":
            assert len(page.xpath("//h1")) == 1, path
            assert page.xpath("//meta[@name='description']/@content"), path


def test_every_id_ever_minted_resolves(site_dir: Path, corpus: Corpus) -> None:
    anchors = {str(i) for i in parsed(site_dir / "facts" / "index.html").xpath("//li/@id")}
    for path in (site_dir / "estimates").glob("S*/index.html"):
        anchors |= {str(i) for i in parsed(path).xpath("//tr/@id")}
    folders = {"T": "testimonies", "S": "sources"}
    lost = [
        row.id
        for row in corpus.ledger
        if row.id not in anchors
        and not (site_dir / folders.get(row.id[0], "") / row.id / "index.html").is_file()
    ]
    assert not lost
    assert len(corpus.ledger) > 1300


def test_no_generated_file_takes_the_place_of_a_page(site_dir: Path) -> None:
    headings = {
        uri: parsed(site_dir / uri / "index.html").findtext(".//h1") or ""
        for uri in ("data", "data/api", "data/changes", "search", "testimonies")
    }
    assert [name.split("¶")[0] for name in headings.values()] == [
        "Downloads", "API", "Changes of the data", "Search", "Testimonies",
    ]  # fmt: skip


def test_record_pages_stay_small(site_dir: Path) -> None:
    """They are out of the navigation, so that a page does not grow with the number of records."""
    navigation = parsed(site_dir / "testimonies" / "T0001" / "index.html").xpath(
        "//nav[contains(@class,'md-nav')]//a/@href"
    )
    assert not [address for address in navigation if re.search(r"[TS]\d{4}/$", str(address))]


SHUFFLED = """
import os, random

chance, listdir, scandir = random.Random(2015), os.listdir, os.scandir

class Shuffled(list):
    def __init__(self, *where):
        with scandir(*where) as found:
            super().__init__(found)
        chance.shuffle(self)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def __next__(self):
        if not self:
            raise StopIteration
        return self.pop()

    def __iter__(self):
        return self

os.scandir = Shuffled
os.listdir = lambda *where: chance.sample(found := listdir(*where), len(found))
"""
"""Python that lists folders in another order, as another file system does."""


def checkout(folder: Path, backwards: bool) -> Path:
    """The project as git would check it out elsewhere, its files made in a given order."""
    subprocess.run(["git", "clone", "-q", "--no-checkout", ROOT, folder], check=True)
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in sorted(names.split("\0")[:-1], reverse=backwards):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.mark.parametrize(
    ("folder", "backwards", "environment"),
    [
        ("a", False, {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "7"}),
        ("deep er/é", True, {"TZ": "America/St_Johns", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "8"}),
    ],
)
def test_builds_of_two_checkouts_are_byte_identical(
    site_dir: Path, tmp_path: Path, folder: str, backwards: bool, environment: dict[str, str],
    figure: Figure,
) -> None:  # fmt: skip
    root = checkout(tmp_path / folder, backwards)
    (tmp_path / "sitecustomize.py").write_text(SHUFFLED, encoding="utf-8")
    done = build_site(root, root / "site", PYTHONPATH=str(tmp_path), **environment)
    assert done.returncode == 0, done.stderr
    assert_same(site_dir, root / "site")
    figure("builds elsewhere and without network that are the same, byte for byte", 1)


def test_a_build_without_network_is_byte_identical(
    site_dir: Path, tmp_path: Path, figure: Figure
) -> None:
    alone = ("unshare", "--map-root-user", "--net")
    seen = subprocess.run([*alone, "cat", "/proc/net/dev"], capture_output=True, text=True)
    if seen.returncode and not os.environ.get("CI"):
        pytest.skip("this machine lets nobody cut a process off the network")
    assert re.findall(r"(\w+):", seen.stdout) == ["lo"]
    done = build_site(ROOT, tmp_path / "site", *alone)
    assert done.returncode == 0, done.stderr
    assert_same(site_dir, tmp_path / "site")
    figure("builds elsewhere and without network that are the same, byte for byte", 1)


def test_bad_data_leaves_the_old_site_alone(project: Path) -> None:
    out = project / "site"
    assert build_site(project, out).returncode == 0
    before = {p: p.stat().st_mtime_ns for p in out.rglob("*") if p.is_file()}
    record = project / "data" / "testimonies" / "T0001.yaml"
    record.write_text(
        record.read_text(encoding="utf-8").replace("gender: male", "gender: mael"), encoding="utf-8"
    )
    done = build_site(project, out)
    assert done.returncode != 0
    assert "data/testimonies/T0001.yaml:" in done.stderr + done.stdout
    assert "unknown-code" in done.stderr + done.stdout
    assert {p: p.stat().st_mtime_ns for p in out.rglob("*") if p.is_file()} == before


def test_a_site_with_warnings_is_not_put_in_place(project: Path) -> None:
    out = project / "site"
    out.mkdir()
    (out / "index.html").write_text("the old site")
    with (project / "docs" / "about.md").open("a", encoding="utf-8") as chapter:
        chapter.write("\n[leads nowhere](nowhere.md)\n")
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--strict",
    ]  # --quiet hides warnings from it
    done = subprocess.run(command, cwd=project, capture_output=True, text=True)
    assert done.returncode != 0
    assert "nowhere.md" in done.stderr + done.stdout
    assert [path.name for path in out.iterdir()] == ["index.html"]
    assert not (project / ".site.part").exists()


def test_hidden_files_of_the_old_site_stay(project: Path) -> None:
    out = project / "site"
    (out / ".hidden").mkdir(parents=True)
    for name in (".nojekyll", ".hidden/file", "old.html"):
        (out / name).write_text(name)
    assert build_site(project, out).returncode == 0
    assert (out / ".nojekyll").read_text() == ".nojekyll"
    assert (out / ".hidden" / "file").read_text() == ".hidden/file"
    assert (out / "index.html").exists()
    assert not (out / "old.html").exists()
    assert not (project / ".site.part").exists()


@pytest.mark.parametrize("one_step", [True, False])
def test_a_folder_is_put_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one_step: bool
) -> None:
    if not one_step:
        monkeypatch.setattr("ctypes.CDLL", lambda name: object())
    folder = tmp_path / "site"
    for content in ("first", "second"):
        new = swap.place_apart(folder)
        new.mkdir(parents=True)
        (new / content).touch()
        swap.put_in_place(folder)
        assert [path.name for path in folder.iterdir()] == [content]
        swap.remove_apart(folder)
        assert list(tmp_path.iterdir()) == [folder]


HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) {{ 7*7 }} {# gone #} {% x %} | a | b | `c` **d** _e_ "
HOSTILE += "<!-- f --> &lt; $& [[F0001]] ![i](j)"


def test_text_from_the_data_stays_text(project: Path) -> None:
    out = project / "site"
    record = project / "data" / "testimonies" / "T0001.yaml"
    text = record.read_text(encoding="utf-8")
    quoted = "'" + HOSTILE.replace("'", "''") + "'"
    text = text.replace("name: Jejoen Bontinck", f"name: {quoted}").replace(
        "    note: In 2013 he said that nobody", f"    note: {quoted}\n#"
    )
    text = re.sub(r"(?m)^role_text: .*$", f"role_text: {quoted}", text)
    record.write_text(text, encoding="utf-8")
    done = build_site(project, out)
    assert done.returncode == 0, done.stdout + done.stderr
    page = html.document_fromstring((out / "testimonies" / "T0001" / "index.html").read_bytes())
    assert " ".join(page.xpath("//h1")[0].text_content().replace("¶", "").split()) == HOSTILE
    assert HOSTILE in " ".join(page.xpath("//table[@class='facts']")[0].text_content().split())
    for path in [
        out / "testimonies" / "T0001" / "index.html",
        out / "testimonies" / "index.html",
        out / "sources" / "S0001" / "index.html",
    ]:
        built = html.document_fromstring(path.read_bytes())
        assert not [s for s in built.xpath("//article//script") if "alert" in s.text_content()]
        assert not built.xpath("//*[starts-with(@href,'javascript')]")
        assert not built.xpath("//article//img")
