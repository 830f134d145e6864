"""The shortcuts: with all of them off the site is the same, byte for byte; what does not fit is said."""

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown
from mkdocs.exceptions import BuildError

from conftest import ROOT, assert_same, build_site
from report.pages.convert import Converter

sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests" / "benchmarks")]

from synthetic import make_project

from fast import Shell

EXTENSIONS = ["attr_list", "md_in_html", "tables", "toc"]
SETTINGS = {"toc": {"permalink": True, "toc_depth": 3}}
FRONT = '---\ntitle: "A &#39;title&#39;"\ndescription: "Words"\n---\n'


@pytest.mark.parametrize("repository", ["", "https://git.example/report"])
def test_the_site_is_the_same_without_the_shortcuts(tmp_path: Path, repository: str) -> None:
    for name, switch in (("fast", ""), ("plain", "1")):
        done = build_site(ROOT, tmp_path / name, REPORT_PLAIN=switch, REPO_URL=repository)
        assert done.returncode == 0, done.stdout + done.stderr
    assert_same(tmp_path / "fast", tmp_path / "plain")


def test_a_synthetic_site_is_the_same_without_the_shortcuts(tmp_path: Path) -> None:
    project = make_project(ROOT, tmp_path / "project", 250)
    for name, switch in (("fast", ""), ("plain", "1")):
        done = build_site(project, tmp_path / name, REPORT_PLAIN=switch)
        assert done.returncode == 0, done.stdout + done.stderr
    assert_same(tmp_path / "fast", tmp_path / "plain")


def test_nearly_all_generated_pages_take_the_short_way(site_dir: Path) -> None:
    converter = Converter(EXTENSIONS, SETTINGS)
    pages = [
        path
        for name in ("testimonies", "sources", "countries", "reasons", "estimates", "figures")
        for path in (ROOT / "build" / "pages" / name).rglob("*.md")
    ]
    slow = [
        path.name for path in pages if converter.draft(path.read_text(encoding="utf-8")) is None
    ]
    assert len(pages) > 700
    assert len(slow) < len(pages) / 100, slow


BLOCK = st.sampled_from(
    [
        "# Title", "# A &#39;title&#39; of <bdi>Zoë</bdi>", '# <bdi lang="ar">أبو, 2015!</bdi>',
        "## Sources", "## Sources", "### Deeper", "## A_b c", "## *x*", "## a & b", "## x  y", "##  z", "## ž", "## Ω",
        "## 1. [a](b)", "Words of prose.", "- a list", "<p>one</p>", "<p>one</p>\n<p>two</p>",
        "<div>\n\n<p>in</p>\n\n</div>", "<ol>\n<li>x</li>\n</ol>", "<p>tail</p> words", "<p>open",
        "<b>inline</b>", "<div markdown>\n*x*\n</div>", "<table><tr><td>1</td></tr></table>",
        "<nav aria-label=\"a > b\"><ol><li>x</li></ol></nav>", "<p>a<br>b</p>", "<svg></svg>",
        "<!-- note -->", "<script>if (a < b) {}</script>", "<p>&lt;p&gt; &amp; &copy;</p>",
        "<hr>", "    code", "<div><div>x</div></div>", "<DIV>x</DIV>",
        "| a | b |\n|---|---|\n| 1 | 2 |", "<dl>\n<dt>a</dt>\n<dd>b</dd>\n</dl>", "&nbsp;",
        "<p>x</p>\n\n\n",
    ]
)  # fmt: skip


@given(st.lists(BLOCK, min_size=1, max_size=7), st.sampled_from(["\n\n", "\n", "\n\n\n"]))
def test_what_is_converted_is_what_python_markdown_makes(blocks: list[str], between: str) -> None:
    text = between.join(["# First", *blocks])
    draft = Converter(EXTENSIONS, SETTINGS).draft(FRONT + text)
    if draft is None:
        return
    reader = Markdown(extensions=EXTENSIONS, extension_configs=SETTINGS)
    assert draft.content == reader.convert(text)
    tokens = reader.toc_tokens
    assert [h for h in draft.headings if h[0] == 1] == [
        (t["level"], t["id"], t["name"]) for t in tokens if t["level"] == 1
    ]


@pytest.mark.parametrize("rendered", ["no mark at all", "<h1>Qzxcontent</h1> QZX Qzxelse"])
def test_a_shell_that_does_not_fit_is_refused(rendered: str) -> None:
    with pytest.raises(BuildError, match="REPORT_PLAIN=1"):
        Shell(rendered, {"content": "<h1>Qzxcontent</h1>", "title": "Qzxtitle"})
