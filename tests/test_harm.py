"""Do no harm: names, minors and whereabouts as the build sees them; what a withdrawal leaves."""

import gzip
import re
import unicodedata
import zipfile
from pathlib import Path

import pytest

from conftest import build_site, commit, git
from report.checks.harm import named_files
from report.cli import main
from report.data import yamlio
from report.data.corpus import Corpus
from report.data.words import folded
from report.project import checked_corpus


def rules(project: Path, id_: str, old: str, new: str) -> set[str]:
    """The rules that a change of one testimony breaks."""
    path = project / "data" / "testimonies" / f"{id_}.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return {problem.rule for problem in checked_corpus(project)[1]}


@pytest.mark.parametrize(
    ("id_", "name", "changed"),
    [
        ("T0001", "Jejoen Bontinck", "Jejoen"),
        ("T0001", "Jejoen Bontinck", "Jejoen B."),
        ("T0001", "Jejoen Bontinck", "Abu Jejoen"),
        ("T0001", "Jejoen Bontinck", "Umm Jejoen Bontinck"),
        ("T0010", "Can", "Can Somebody"),
        ("T0010", "Can", "Abou-Can"),
        ("T0012", "Kreshnik B.", "Kreshnik"),
        ("T0012", "Kreshnik B.", "Kreshnik Berisha"),
    ],
)
def test_a_name_that_contradicts_its_kind(project: Path, id_: str, name: str, changed: str) -> None:
    assert "name-kind" in rules(project, id_, f"name: {name}", f"name: {changed}")


@pytest.mark.parametrize("kind", ["own_name", "initialled", "given_name", "pseudonym"])
def test_a_minor_with_more_than_a_given_name(project: Path, kind: str) -> None:
    old = "name: Usaid\nname_kind: given_name"
    assert "harm-minor" in rules(
        project, "T0021", old, f"name: Usaid B. Somebody\nname_kind: {kind}"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Lives in Gaziantep.",
        "Held in al-Hol.",
        "Held in the Roj camp in Syria.",
        "Raqqa is where he lives.",
        "With an aunt in Neukölln, Germany.",
        "In Turkey's Hatay province.",
        "Back in Germany: Bonn.",
        "Gaziantep is where he lives.",
        "Lives in Şanlıurfa.",
        "Now in Örebro.",
        "Lives in Москва.",
        "Lives in داعش.",
    ],
)
def test_whereabouts_finer_than_a_country(project: Path, text: str) -> None:
    assert "harm-whereabouts" in rules(project, "T0002", "text: Fled to Turkey.", f'text: "{text}"')


@pytest.mark.parametrize(
    "text", ["In France since May 2015.", "With Kurdish forces in Iraq.", "Back in Saudi Arabia."]
)
def test_countries_peoples_and_months_are_no_whereabouts(project: Path, text: str) -> None:
    assert not rules(project, "T0002", "text: Fled to Turkey.", f"text: {text}")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("write to a.b+c@example.org", "harm-contact"),
        ("call +90 (532) 123 45 67", "harm-contact"),
        ("call 0090 532 123 45 67", "harm-contact"),
        ("as @somebody_1", "harm-contact"),
        ("on t.me/somebody", "harm-contact"),
        ("call +49.170.1234567", "harm-contact"),
        ("call +49\u00a0170\u00a01234567", "harm-contact"),
        ("call 0170/1234567", "harm-contact"),
        ("call 0532 123 45 67", "harm-contact"),
        ("on facebook.com/somebody.5", "harm-contact"),
        ("Skype: live:somebody", "harm-contact"),
        ("to a.b\uff20example.org", "harm-contact"),
        ("at 36.202, 37.134", "harm-place"),
        ("at 36.8065, 10.1815", "harm-place"),
        ("at 36°48'N", "harm-place"),
        ("at 36.80 N, 10.18 E", "harm-place"),
    ],
)
def test_contacts_and_coordinates(project: Path, text: str, rule: str) -> None:
    assert rule in rules(project, "T0002", "text: Fled to Turkey.", f'text: "fled {text}"')


@pytest.mark.parametrize(
    ("age", "minor"),
    [
        ("text: sixteen", True),
        ("text: 16 or 17", True),
        ("text: 17 or 18", False),
        ('value: 17\n  as_of: "2014"', True),
        ('value: 17\n  as_of: "2010"', False),
        ('value: 19\n  as_of: "2017"', True),
    ],
)
def test_who_was_under_age(project: Path, age: str, minor: bool) -> None:
    """The person joined in August 2014."""
    path = project / "data/testimonies/T0012.yaml"
    text = re.sub(r"(?m)^joined: .*", 'joined: "2014-08"', path.read_text("utf-8"))
    text = re.sub(r"(?m)^age:\n(  .*\n)+", f"age:\n  {age}\n  basis: x\n", text)
    assert age in text
    path.write_text(text, "utf-8")
    assert ("harm-minor" in {problem.rule for problem in checked_corpus(project)[1]}) == minor


def test_contacts_in_chapters_and_exceptions(project: Path) -> None:
    with (project / "docs/who.md").open("a") as chapter:
        chapter.write("\nWrite to a.b@example.org.\n")
    exceptions = project / "data/exceptions.yaml"
    exceptions.write_text(
        exceptions.read_text("utf-8").replace("Antwerp is", "a@example.org is"), "utf-8"
    )
    found = [problem for problem in checked_corpus(project)[1] if problem.rule == "harm-contact"]
    assert [problem.path for problem in found] == ["data/exceptions.yaml", "docs/who.md"]


def test_an_exception_that_is_no_longer_needed(project: Path) -> None:
    assert rules(project, "T0013", "strikes on Raqqa", "strikes") == {"exception-unused"}


def test_an_exception_covers_one_rule_in_one_key_of_one_record(project: Path) -> None:
    changed = "name: Jejoen Antwerp B.\nname_kind"
    assert rules(project, "T0001", "name: Jejoen Bontinck\nname_kind", changed) == {"name-kind"}


@pytest.mark.parametrize(
    "name", ["harry-sarfo.md", "assets/Sarfo.png", "img/x_laura_passoni-1.jpg"]
)
def test_a_name_in_the_name_of_a_file(project: Path, corpus: Corpus, name: str) -> None:
    path = project / "docs" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"")
    assert [problem.path for problem in named_files(project, corpus)] == [f"docs/{name}"]


def test_every_full_name_in_the_name_of_a_file(project: Path, corpus: Corpus) -> None:
    """However many words it has; as typed, as macOS keeps it, and without accents."""
    kinds = ("own_name", "initialled", "pseudonym")
    named = [t.name or "" for t in corpus.testimonies.values() if t.name_kind in kinds]
    named = [name for name in named if len(name) > 7]
    assert max(len(re.findall(r"\w+", name)) for name in named) > 4
    shown = {f"docs/{form}.png" for name in named for form in _forms(name)}
    for path in shown:
        (project / path).write_bytes(b"")
    assert {problem.path for problem in named_files(project, corpus)} == shown


def test_no_name_stands_in_an_address(site_dir: Path, corpus: Corpus) -> None:
    """Neither in that of a page or file, nor in one within a page."""
    names = [t.name for t in corpus.testimonies.values() if t.name and len(t.name) > 7]
    slugs = [folded(name).replace(" ", "-").strip(".") for name in names]
    pages = [page.read_text("utf-8") for page in site_dir.rglob("*.html")]
    here = {address for page in pages for address in re.findall(r'\bid="([^"]+)', page)}
    here |= {path.relative_to(site_dir).as_posix() for path in site_dir.rglob("*")}
    assert len(slugs) > 50
    assert {"T0012", "S0503", "testimonies/T0012"} <= here
    assert not [address for address in here if any(slug in folded(address) for slug in slugs)]


def _forms(name: str) -> set[str]:
    return {name, unicodedata.normalize("NFD", name), folded(name).replace(" ", "-")}


def test_a_name_in_an_image_or_a_code(project: Path, corpus: Corpus) -> None:
    assert not list(named_files(project, corpus))
    with (project / "docs/who.md").open("a") as chapter:
        chapter.write("\n![Harry Sarfo in court](assets/x.png)\n")
    assert [problem.rule for problem in named_files(project, corpus)] == ["harm-name"]
    book = project / "data/codebook.yaml"
    book.write_text(book.read_text("utf-8").replace("- code: hearing\n", "- code: sarfo_hearing\n"))
    found = {(problem.path, problem.rule) for problem in checked_corpus(project)[1]}
    assert ("data/codebook.yaml", "harm-name") in found


def words_of(project: Path, id_: str) -> set[str]:
    """What must not be found any more: the name, and the beginnings of all longer texts."""
    data = yamlio.read_file(project / f"data/testimonies/{id_}.yaml", id_).data
    reasons = [reason["note"] for reason in data["reasons_leaving"]]
    return {
        data["name"],
        *(text[:40] for text in (data["summary"], data["verification"], *reasons)),
    }


@pytest.mark.parametrize("id_", ["T0103", "T0104"])
def test_withdrawal_leaves_nothing(
    project: Path, monkeypatch: pytest.MonkeyPatch, id_: str
) -> None:
    """A version with the record, built twice, once without it: no page, file or cache holds it any more.

    Chapters speak of one of these records only.
    """
    out, record = project / "site", project / f"data/testimonies/{id_}.yaml"
    gone = words_of(project, id_)
    (project / ".gitignore").write_text("site/\nbuild/\n")
    git(project, "init", "--quiet")
    commit(project, "v1.0.0")
    assert build_site(project, out).returncode == 0
    record.write_text(record.read_text("utf-8") + "# more\n", "utf-8")
    assert build_site(project, out).returncode == 0
    before = texts(project)
    assert all(any(word in text for text in before.values()) for word in gone)
    monkeypatch.chdir(project)
    main(["withdraw", id_, "--reason", "request"])
    for chapter in (project / "docs").glob("*.md"):  # they fail to build until they are mended
        chapter.write_text(chapter.read_text("utf-8").replace(f"[[{id_}]]", "one"), "utf-8")
    assert main(["check"]) == 0
    done = build_site(project, out)
    assert done.returncode == 0, done.stdout + done.stderr
    left = {(path, word) for path, text in texts(project).items() for word in gone if word in text}
    assert not left
    assert (out / f"testimonies/{id_}/index.html").is_file()


def texts(project: Path) -> dict[str, str]:
    """Every built file and cache, unpacked where it is packed, with blanks run together."""
    found = {}
    for folder in ("site", "build"):
        for path in (project / folder).rglob("*"):
            if path.is_file():
                found[str(path)] = " ".join(unpacked(path).decode("utf-8", "ignore").split())
    return found


def unpacked(path: Path) -> bytes:
    """The bytes of a file, or of all that is packed in it."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            return b"\n".join(packed.read(name) for name in packed.namelist())
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
