"""What the tests share: the project, its corpus, the built site, a server and a browser."""

import contextlib
import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from hostile import make_hostile
from report.data.corpus import Corpus
from report.pages.site import Site
from report.project import checked_corpus, good_corpus

ROOT = Path(__file__).parent.parent
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip


Figure = Callable[[str, int], None]
FIGURES: Counter[str] = Counter()


@pytest.fixture(scope="session")
def figure() -> Figure:
    """Adds to a figure that the log names after the last test."""

    def add(name: str, number: int) -> None:
        FIGURES[name] += number

    return add


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the tests counted."""
    for name, number in sorted(FIGURES.items()):
        terminalreporter.write_line(f"{name}: {number:,}")


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """The real dataset."""
    return good_corpus(ROOT)


@pytest.fixture(scope="session")
def site(corpus: Corpus) -> Site:
    """What templates see of the real dataset."""
    return Site(ROOT, corpus)


def build_site(
    root: Path, out: Path, *before: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run `mkdocs build --strict` for the project at `root`, as an editor would.

    The words `before` stand in front of the command.
    """
    command = [
        *before,
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--strict",
        "--quiet",
        "--site-dir",
        str(out),
    ]
    return subprocess.run(
        command,
        cwd=root,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )


def assert_same(first: Path, second: Path) -> None:
    """Two folders hold the same files with the same bytes."""
    one = {p.relative_to(first): p.read_bytes() for p in first.rglob("*") if p.is_file()}
    two = {p.relative_to(second): p.read_bytes() for p in second.rglob("*") if p.is_file()}
    assert one.keys() == two.keys()
    assert not [name for name, content in one.items() if two[name] != content]


@pytest.fixture(scope="session")
def site_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site of the real dataset."""
    out = tmp_path_factory.mktemp("built") / "site"
    done = build_site(ROOT, out)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project that a test may damage."""
    return copy_of_project(tmp_path / "project")


def copy_of_project(copy: Path) -> Path:
    """Everything that a build needs, in a new folder."""
    copy.mkdir()
    for name in ("data", "docs", "scripts"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("mkdocs.yml", "pyproject.toml", "CITATION.cff", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    return copy


def git(root: Path, *arguments: str) -> None:
    """Run git in a folder, as nobody in particular."""
    named = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "tag.gpgSign=false"]
    subprocess.run(["git", "-C", str(root), *named, *arguments], check=True, capture_output=True)


def commit(root: Path, tag: str) -> None:
    """Commit everything in a folder, and tag it."""
    git(root, "add", "-A")
    git(root, "commit", "--quiet", "--no-gpg-sign", "-m", "A message with a name in it")
    git(root, "tag", tag)


@pytest.fixture(scope="session")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a project whose data became hostile after its first version."""
    root = copy_of_project(tmp_path_factory.mktemp("hostile") / "project")
    git(root, "init", "--quiet")
    commit(root, "v0.9.0")
    make_hostile(root)
    problems = checked_corpus(root)[1]
    assert not problems, problems[:5]
    done = build_site(root, root / "site")
    assert done.returncode == 0, done.stdout + done.stderr
    return root / "site"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files without a line of log for each."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer with the site's own page where nothing is found, as static hosts do."""
        page = Path(self.directory, "404.html")
        if code != 404 or not page.is_file():
            super().send_error(code, message, explain)
            return
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(page.read_bytes())


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Address of a local server of a folder, without a slash at the end."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


@pytest.fixture(scope="session")
def server(site_dir: Path) -> Iterator[str]:
    """Address of a local server of the built site, without a slash at the end."""
    with serving(site_dir) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium; without one browser tests are skipped locally and fail in CI."""
    path = (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    if path is None:
        reason = "no Chromium on this machine: install it to run the browser tests"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A desktop page in a context of its own."""
    context = browser.new_context(accept_downloads=True, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()
