"""A build that has nothing to do does nothing, and anything that changes makes it do its work again."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from fast.given import renew_spare, spare
from fast.unchanged import Found, Left, is_unchanged, keep, look, records_in, records_left, remember

RECORD = "data/testimonies/T0001.yaml"
MARKDOWN = "build/pages/index.md"
DOCUMENT = "site/testimonies/T0001.json"
LEFT = "build/cache/records.pickle"
MORE: list[Callable[[Path], object]] = [
    lambda root: (root / "docs/index.css").write_text(""),
    lambda root: (root / "scripts/hooks.py").unlink(),
    lambda root: (root / "data/codebook.yaml").write_text(""),
    lambda root: (root / "mkdocs.yml").write_text("site_name: B"),
    lambda root: (root / DOCUMENT).write_text("other"),
    lambda root: os.utime(root / DOCUMENT, (0, 0)),
    lambda root: (root / "site/testimonies/T0002.ris").write_text(""),
    lambda root: (root / DOCUMENT).unlink(),
    lambda root: (root / MARKDOWN).unlink(),
    lambda root: (root / "build/cache/site.json").unlink(),
    lambda root: (root / "build/cache/site.json").write_text('["half'),
]


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, Path]:
    """A project and its site, remembered."""
    root, site = tmp_path / "project", tmp_path / "project" / "site"
    for name in (
        RECORD,
        "docs/index.md",
        "scripts/hooks.py",
        "site/index.html",
        DOCUMENT,
        MARKDOWN,
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    (root / "mkdocs.yml").write_text("site_name: A")
    remember(root, site, seen(root, site), keep(root, b"records"))
    assert is_unchanged(root, seen(root, site))
    return root, site


def seen(root: Path, site: Path, settings: str = "strict") -> Found:
    return look(root, site, settings)


def left_of(root: Path, site: Path) -> Left:
    return records_left(root, site, spare(root), seen(root, site))


AROUND: list[Callable[[Path], object]] = [
    lambda root: (root / "site/index.html").write_text("other"),
    lambda root: (root / "site/more.html").write_text(""),
    lambda root: (root / "site/index.html").unlink(),
]


def reword(root: Path) -> None:
    (root / RECORD).write_text("other words")


def rename_chapter(root: Path) -> None:
    (root / "docs/index.md").rename(root / "docs/other.md")


def commit(root: Path) -> None:
    for command in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "First"]):
        person = ["-c", "user.name=A", "-c", "user.email=a@site.example"]
        subprocess.run(["git", *person, *command], cwd=root, check=True)


@pytest.mark.parametrize(
    "change",
    [
        reword,
        lambda root: (root / "data/testimonies/T0002.yaml").write_text(""),
        rename_chapter,
        commit,
        *AROUND,
        *MORE,
    ],
)
def test_whatever_changes_is_noticed(
    made: tuple[Path, Path], change: Callable[[Path], object]
) -> None:
    change(made[0])
    assert not is_unchanged(made[0], seen(*made))


@pytest.mark.parametrize(
    "change",
    [
        reword,
        rename_chapter,
        lambda root: (root / "data/ids.csv").write_text(""),
        lambda root: (root / "data/facts.yaml").write_text(""),
        *AROUND,
    ],
)
def test_records_are_left_when_only_other_data_chapters_or_files_of_the_site_have_changed(
    made: tuple[Path, Path], change: Callable[[Path], object]
) -> None:
    change(made[0])
    assert left_of(*made).written == b"records"


@pytest.mark.parametrize("change", [*MORE, lambda root: (root / LEFT).write_bytes(b"others")])
def test_no_records_are_left_when_anything_else_has_changed(
    made: tuple[Path, Path], change: Callable[[Path], object]
) -> None:
    change(made[0])
    assert not left_of(*made).written


def test_records_are_left_after_a_commit_of_the_same_day(
    made: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, site = made
    day = 86_400 * 20_000
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(day))
    remember(root, site, seen(root, site), keep(root, b"records"))
    commit(root)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(day + 3_600))
    assert left_of(root, site).written == b"records"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(day + 86_400))
    assert not left_of(root, site).written


def test_of_which_records_nothing_is_left_is_noted(made: tuple[Path, Path]) -> None:
    outdated = ["testimonies/T0001", "sources/S0001"]
    left = keep(made[0], b"records")._replace(
        outdated=outdated, frame="digest", withdrawn=["T0003"]
    )
    remember(*made, seen(*made), left)
    assert left_of(*made) == left._replace(written=b"records", place=made[1])


@pytest.mark.parametrize("elsewhere", [False, True])
def test_records_are_left_in_the_spare_tree_where_the_site_is_gone(
    made: tuple[Path, Path], tmp_path: Path, elsewhere: bool
) -> None:
    root, site = made
    renew_spare(root, site, {"testimonies/T0001"})
    if elsewhere:
        site = tmp_path / "elsewhere"
    else:
        shutil.rmtree(site)
    left = left_of(root, site)
    assert (left.place, left.written) == (spare(root), b"records")
    (spare(root) / "testimonies/T0001.json").write_text("other")
    assert not left_of(root, site).written


def test_the_content_of_every_file_is_told(made: tuple[Path, Path]) -> None:
    contents = seen(*made).contents
    reword(made[0])
    assert {path for path, digest in seen(*made).contents.items() if contents[path] != digest} == {
        RECORD
    }
    assert records_in(contents) == {"testimonies/T0001"}


def test_what_a_link_leads_to_is_never_taken_for_unchanged(made: tuple[Path, Path]) -> None:
    root, site = made
    (root / "data" / "loop").symlink_to(root / "data")
    assert not any(seen(root, site)[:2])
    assert not is_unchanged(root, seen(root, site))


@pytest.mark.parametrize("name", ["SITE_URL", "REPO_URL", "SOURCE_DATE_EPOCH"])
def test_another_setting_is_noticed(
    made: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "1")
    assert not is_unchanged(made[0], seen(*made))


def test_another_command_is_noticed(made: tuple[Path, Path]) -> None:
    assert not is_unchanged(made[0], seen(*made, settings="lax"))


def test_another_site_is_noticed(made: tuple[Path, Path], tmp_path: Path) -> None:
    assert not is_unchanged(made[0], seen(made[0], tmp_path / "elsewhere"))


def test_a_build_that_has_nothing_to_do_says_so(project: Path, tmp_path: Path) -> None:
    command = ["mkdocs", "build", "--site-dir", str(tmp_path / "site")]
    said = [subprocess.run(command, cwd=project, capture_output=True, text=True) for _ in range(2)]
    assert [done.returncode for done in said] == [0, 0], said[0].stderr
    assert "Nothing has changed" not in said[0].stderr
    assert "Nothing has changed" in said[1].stderr
    assert (tmp_path / "site" / "index.html").is_file()
