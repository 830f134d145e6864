"""What was made for records is kept while what they show is the same, and the site is that of a clean build."""

import os
import random
import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from conftest import assert_same, build_site, commit, git
from fast.given import renew_spare, spare, take_over
from fast.kept import Kept, what_was_made
from report.data.corpus import load_corpus
from report.pages.search import SearchIndex
from report.pages.site import Site
from report.project import checked_corpus
from report.takeaway.api import api_files
from report.takeaway.citation import citation_files
from test_live import SEED, STEPS, Editor, replaced

_VALUE = re.compile(r"(?m)^( *(?:- )?([a-z_]+): )(\S.*)$")
EDITS = 16


def state(project: Path) -> Site:
    return Site(project, load_corpus(project)[0])


def kept(site: Site) -> Kept:
    return what_was_made(site, SearchIndex())


def everything(site: Site, names: set[str]) -> Iterator[tuple[str, Any]]:
    """All that is made for these records, but for the theme around their pages."""
    for name in sorted(names):
        page = site.pages[f"{name}.md"]
        yield name, (page.markdown(), page.head())
    yield from citation_files(site.citations, sorted(names))
    yield from (made for made in api_files(site.corpus, site.edition) if made[0][:-5] in names)


def swap_a_value(project: Path, chance: random.Random) -> None:
    """Give a key of a record the value that it has in another one, if nothing is wrong then."""
    folder = project / "data" / chance.choice(["testimonies", "sources", "estimates"])
    path, other = chance.sample(sorted(folder.glob("*.yaml")), 2)
    text, there = path.read_text(encoding="utf-8"), other.read_text(encoding="utf-8")
    chosen = chance.choice(list(_VALUE.finditer(text)))
    values = [found[3] for found in _VALUE.finditer(there) if found[2] == chosen[2]] or ["other"]
    path.write_text(text[: chosen.start(3)] + chance.choice(values) + text[chosen.end(3) :])
    if checked_corpus(project)[1]:
        path.write_text(text)


def retitle_series(editor: Editor) -> None:
    """Give a series that repeats figures of others another name."""
    files = sorted((editor.project / "data" / "estimates").glob("*.yaml"))
    repeating = [path for path in files if "derived_from:" in path.read_text(encoding="utf-8")]
    replaced(editor.chance.choice(repeating), r"(?m)^series: .*$", f"series: Count {editor.count}")


def other_label(editor: Editor) -> None:
    """Name a code of which many pages of records speak otherwise."""
    path = editor.project / "data" / "codebook.yaml"
    replaced(path, r"(?m)^( +label: )(.*?)( \d+)?$", rf"\1\2 {editor.count}")


def test_a_record_whose_digest_is_the_same_shows_the_same(project: Path) -> None:
    chance, changed = random.Random(SEED), 0
    editor = Editor(project, chance)
    before = state(project)
    earlier, shown = kept(before), dict(everything(before, set(kept(before).digests)))
    edits: list[Callable[[], None]] = [
        partial(swap_a_value, project, chance), partial(retitle_series, editor),
        editor.retitle_source, editor.reword_testimony, editor.add_testimony,
        editor.withdraw_testimony, editor.reword_fact, editor.edit_the_rest,
    ]  # fmt: skip
    for editor.count in range(EDITS):
        edits[editor.count % len(edits)]()
        site = state(project)
        still = earlier.still(site)
        changed += len(earlier.digests) - len(still)
        for name, made in everything(site, still):
            assert made == shown[name], (editor.count, name)
        earlier = kept(site)
        shown = dict(everything(site, set(earlier.digests)))
    assert 0 < changed < EDITS * 40


def numbers(site: Path) -> set[tuple[str, int]]:
    """The files of sources in BibTeX, each with its number on the disk."""
    return {(path.name, os.stat(path).st_ino) for path in site.glob("sources/*.bib")}


def test_builds_after_edits_and_commits_make_the_site_of_a_clean_build(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, site = random.Random(SEED), tmp_path / "site"
    editor = Editor(project, chance)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-22T12:00:00Z")
    git(project, "init", "--quiet")
    (project / ".gitignore").write_text("/build/\n")
    commit(project, "start")
    assert build_site(project, site).returncode == 0
    for editor.count in range(1, STEPS + 1):
        before = numbers(site)
        chance.choice([editor.reword_testimony, editor.other_gender])()
        others: list[Callable[[], None]] = [editor.retitle_source, editor.add_testimony, editor.withdraw_testimony,
                  partial(commit, project, f"edit{editor.count}"), editor.write_chapter,
                  editor.reword_fact, editor.edit_the_rest,
                  partial(other_label, editor)]  # fmt: skip
        other = chance.choice(others)
        is_withdrawal = other == editor.withdraw_testimony and bool(editor.added)
        other()
        is_gone = editor.count % 2 == 0
        if is_gone:
            shutil.rmtree(site)
        done = build_site(project, site)
        assert done.returncode == 0, done.stdout + done.stderr
        is_kept = len(numbers(site) & before) > len(before) / 2
        assert is_kept != (is_withdrawal or other is others[-1]), (editor.count, other)
        for left in chance.sample(sorted(spare(project).rglob("*.bib")), 3) if is_gone else ():
            left.unlink()  # a cache may be damaged
            left.with_suffix(".old").write_text("something else")
        clean = tmp_path / f"clean{editor.count}"
        shutil.copytree(project, clean, ignore=shutil.ignore_patterns("build"))
        done = build_site(clean, clean / "site", REPORT_PLAIN="1" if editor.count == 1 else "")
        assert done.returncode == 0, done.stdout + done.stderr
        assert_same(site, clean / "site")


def test_pages_of_records_are_kept_when_chapters_change_unless_the_frame_does(
    project: Path, tmp_path: Path
) -> None:
    """The theme marks new chapters in the navigation, which stands on every page."""
    site, chapter = tmp_path / "site", project / "docs/who.md"
    files = [site / "sources" / name for name in ("S0001.bib", "S0001/index.html")]
    assert build_site(project, site).returncode == 0
    text = chapter.read_text(encoding="utf-8") + "\nMore words.\n"
    for status in ("", "status: new\n"):
        before = [os.stat(path).st_ino for path in files]
        chapter.write_text(text.replace("---\n", f"---\n{status}", 1), encoding="utf-8")
        assert build_site(project, site).returncode == 0
        kept = [os.stat(path).st_ino == old for path, old in zip(files, before, strict=True)]
        assert kept == [True, not status]
    shutil.rmtree(project / "build")
    assert build_site(project, tmp_path / "clean").returncode == 0
    assert_same(site, tmp_path / "clean")


def test_what_is_known_of_records_serves_many_builds(project: Path, tmp_path: Path) -> None:
    """An edit that is taken back shows what stood there before; after many edits all is noted anew."""
    site, noted = tmp_path / "site", project / "build/cache/records.pickle"
    editor = Editor(project, random.Random(SEED))
    folders = [project / "data" / folder for folder in ("testimonies", "sources")]
    paths = [path for folder in folders for path in folder.glob("*.yaml")]
    texts = {path: path.read_text(encoding="utf-8") for path in paths}
    assert build_site(project, site).returncode == 0
    shutil.copytree(site, tmp_path / "first")
    first = os.stat(noted).st_ino
    editor.retitle_source()
    editor.reword_testimony()
    assert build_site(project, site).returncode == 0
    assert "words of edit" in "".join(path.read_text() for path in site.glob("testimonies/*.json"))
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    assert build_site(project, site).returncode == 0
    assert_same(site, tmp_path / "first")
    assert os.stat(noted).st_ino == first
    for path in (project / "data/sources").glob("S0[123]*.yaml"):
        path.write_text(path.read_text(encoding="utf-8") + "# more\n", encoding="utf-8")
    assert build_site(project, site).returncode == 0
    assert os.stat(noted).st_ino != first
    assert_same(site, tmp_path / "first")


def test_builds_of_one_project_at_the_same_time_do_not_disturb_each_other(
    project: Path, tmp_path: Path
) -> None:
    sites = [tmp_path / name for name in ("one", "two", "three")]
    editor = Editor(project, random.Random(SEED))
    assert build_site(project, sites[0]).returncode == 0
    editor.reword_testimony()
    with ThreadPoolExecutor() as threads:
        done = list(threads.map(partial(build_site, project), sites))
    assert [made.returncode for made in done] == [0] * 3, [made.stderr for made in done]
    assert_same(sites[1], sites[2])
    editor.retitle_source()
    assert build_site(project, sites[0]).returncode == 0
    shutil.rmtree(project / "build")
    assert build_site(project, tmp_path / "clean").returncode == 0
    assert_same(sites[0], tmp_path / "clean")


def test_of_the_site_before_the_old_one_what_is_the_same_stays(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    files = {f"sources/S000{n}{rest}" for n in (1, 2, 3) for rest in (".bib", "/index.html")}
    for path in files:
        (old / path).parent.mkdir(parents=True, exist_ok=True)
        (old / path).write_text(path)
    shutil.copytree(old, new, copy_function=os.link)
    (new / "sources/S0001.bib").unlink()
    shutil.rmtree(new / "sources/S0002")
    for path in ("sources/S0001.bib", "sources/S0003.ris", "sources/S0009/index.html", "sources/page/2/index.html",
                 "who/index.html", "index.html"):  # fmt: skip
        (new / path).parent.mkdir(parents=True, exist_ok=True)
        (new / path).write_text("another")
    assert set(take_over(old, new, {f"sources/S000{n}" for n in (1, 2, 3)})) == files
    there = {path.relative_to(new).as_posix() for path in new.rglob("*") if path.is_file()}
    assert there == files
    assert all((new / path).samefile(old / path) for path in files)
    assert not (new / "sources/page").exists()


def test_files_are_taken_over_where_the_system_has_no_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(old: str, new: str) -> None:
        os.stat(Path(new).parent)
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", no_links)
    old, new = tmp_path / "old", tmp_path / "new"
    for path in ("sources/S0001/index.html", "sources/S0001.bib", "sources/S0002.bib"):
        (old / path).parent.mkdir(parents=True, exist_ok=True)
        (old / path).write_text(path)
    renew_spare(tmp_path, old, {"sources/S0001"})
    assert not spare(tmp_path).exists()
    given = take_over(old, new, {"sources/S0001"})
    assert sorted(given) == ["sources/S0001.bib", "sources/S0001/index.html"]
    assert {(new / path).read_text() for path in given} == set(given)
    assert sorted(p.name for p in (new / "sources").iterdir()) == ["S0001", "S0001.bib"]
