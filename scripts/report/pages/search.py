"""Search: the index of the whole site, made by Pagefind from the built pages.

What is indexed is the article of each page, with its kind as a filter; the published pages carry no
marks for it. In the browser Pagefind needs 'wasm-unsafe-eval' (script-src) and worker-src 'self'.
"""

import gzip
import hashlib
import json
import logging
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from pagefind.service import get_executable

log = logging.getLogger("mkdocs.hooks.report")

KINDS = {
    "testimonies": "Testimonies",
    "sources": "Sources",
    "estimates": "Estimates",
    "countries": "Countries",
    "reasons": "Reasons",
    "figures": "Figures",
    "": "Chapters",
}
"""First part of an address -> the group that its pages stand in; the last holds all others."""
_LEFT_OUT = (
    ".tip, .cite, .headerlink, .notes, .related, .record-foot, .pager, .edit"
    ", nav, img, script, noscript"
)
"""What stands in an article and is no text of it."""
_NO_RESULTS = re.compile(
    r"404\.html|search/index\.html|(testimonies|sources|estimates)/(page/\d+/)?index\.html"
)
_ARTICLE = re.compile(r'<article class="md-content__inner md-typeset">(.*?)</article>', re.S)
_FILTERS = re.compile(rb"(?:\x82[\x60-\x77][a-z]+\x6aen_[0-9a-f]{7})+")  # CBOR: name, file
_SERVED = re.compile(r"pagefind(-worker)?\.js|pagefind-entry\.json|wasm\..*|.*\.pf_\w+")


def write_index(site: Path) -> None:
    """Index the built site and put the index into its folder `pagefind`."""
    with tempfile.TemporaryDirectory() as folder:
        _make(site, Path(folder))
        _put(Path(folder, "made"), site / "pagefind")


class Follower:
    """Keeps the index of a site that is being served up to date, without holding an edit up."""

    def __init__(self) -> None:
        self._kept = tempfile.TemporaryDirectory()
        self._builds = 0
        self._indexing = threading.Lock()
        self._copying = threading.Lock()

    def follow(self, site: Path) -> None:
        """Put the last index back, which the build has wiped, and make a new one meanwhile."""
        with self._copying:
            self._builds += 1
            _put(Path(self._kept.name), site / "pagefind")
        threading.Thread(target=self._catch_up, args=(site, self._builds), daemon=True).start()

    def _catch_up(self, site: Path, build: int) -> None:
        with self._indexing, tempfile.TemporaryDirectory() as folder:
            if build != self._builds:
                return  # a later build is waiting
            try:
                _make(site, Path(folder))
                with self._copying:
                    _put(Path(folder, "made"), Path(self._kept.name))
                    _put(Path(self._kept.name), site / "pagefind")
            except (OSError, RuntimeError) as error:  # the next build swept the site meanwhile
                log.debug("The search index was not made: %s", error)


def articles(site: Path) -> Iterator[tuple[str, str]]:
    """The page of every result, cut down to its article and marked for the index, in order."""
    for path in sorted(site.rglob("*.html")):
        uri = path.relative_to(site).as_posix()
        if _NO_RESULTS.fullmatch(uri):
            continue
        if found := _ARTICLE.search(path.read_text(encoding="utf-8")):
            kind = uri.partition("/")[0]
            yield uri, marked(found[1], kind if kind in KINDS else "")


def marked(article: str, kind: str) -> str:
    """An article as Pagefind reads it."""
    return (
        '<html lang="en"><body>'
        f'<article data-pagefind-body data-pagefind-filter="{KINDS[kind].lower()}:yes">{article}</article>'
        "</body></html>"
    )


def _make(site: Path, folder: Path) -> None:
    """Index the articles of the site: `folder`/pages becomes `folder`/made."""
    pages, made = folder / "pages", folder / "made"
    for old in (pages, made):
        shutil.rmtree(old, ignore_errors=True)
    for uri, html in articles(site):
        path = pages / uri
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(html, encoding="utf-8")
    options = [
        "--site",
        str(pages),
        "--output-path",
        str(made),
        "--force-language",
        "en",
        "--quiet",
    ]
    options += ["--exclude-selectors", _LEFT_OUT]
    done = subprocess.run([str(get_executable()), *options], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"pagefind failed: {done.stdout}{done.stderr}")
    _settle(made)


def _settle(made: Path) -> None:
    """Bring the filters into a fixed order: Pagefind lists them in a random one (as of 1.5.2)."""
    entry = made / "pagefind-entry.json"
    content = json.loads(entry.read_text(encoding="utf-8"))
    (language,) = content["languages"].values()
    old = made / f"pagefind.{language['hash']}.pf_meta"
    meta = _FILTERS.sub(
        lambda run: b"".join(sorted(re.findall(rb"\x82[^\x82]+", run[0]))),
        gzip.decompress(old.read_bytes()),
    )
    language["hash"] = f"en_{hashlib.sha256(meta).hexdigest()[:10]}"
    old.unlink()
    (made / f"pagefind.{language['hash']}.pf_meta").write_bytes(gzip.compress(meta, mtime=0))
    entry.write_text(json.dumps(content, separators=(",", ":")), encoding="utf-8")


def _put(made: Path, target: Path) -> None:
    """Put the files that a browser asks for in place; Pagefind's own widgets are left out."""
    shutil.rmtree(target, ignore_errors=True)
    for path in sorted(made.rglob("*")):
        if path.is_file() and _SERVED.fullmatch(path.name):
            place = target / path.relative_to(made)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
