"""The shortcuts: with all of them off the site is the same, byte for byte; what does not fit is said."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown import Markdown
from mkdocs.exceptions import BuildError

from conftest import ROOT, assert_same, build_site
from fast import convert
from fast.convert import Converter, put_back, set_aside

sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests" / "benchmarks")]

from synthetic import make_project

from fast.shell import Shell

EXTENSIONS = ["attr_list", "md_in_html", "tables", "toc"]
SETTINGS = {"toc": {"permalink": True, "toc_depth": 3}}
FRONT = '---\ntitle: "A &#39;title&#39;"\ndescription: "Words"\n---\n'


@pytest.mark.parametrize("repository", ["", "https://git.example/report"])
def test_the_site_is_the_same_without_the_shortcuts(tmp_path: Path, repository: str) -> None:
    for name, switch in (("fast", ""), ("plain", "1")):
        done = build_site(ROOT, tmp_path / name, REPORT_PLAIN=switch, REPO_URL=repository)
        assert done.returncode == 0, done.stdout + done.stderr
    assert_same(tmp_path / "fast", tmp_path / "plain")


def test_the_shortcuts_can_be_deleted(project: Path, tmp_path: Path) -> None:
    config = project / "mkdocs.yml"
    for name in ("with", "without"):
        done = build_site(project, tmp_path / name)
        assert done.returncode == 0, done.stdout + done.stderr
        shutil.rmtree(project / "scripts" / "fast", ignore_errors=True)
        hooks = re.sub(r"hooks: \[.*\]", "hooks: [scripts/hooks.py]", config.read_text("utf-8"))
        config.write_text(hooks, "utf-8")
    assert_same(tmp_path / "with", tmp_path / "without")


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


def whole(text: str) -> str:
    """What Python-Markdown makes of a text."""
    reader = Markdown(extensions=[*EXTENSIONS, "fenced_code"], extension_configs=SETTINGS)
    html: str = reader.convert(text)
    return html


def in_parts(text: str) -> str:
    """The same with large blocks set aside."""
    short, blocks = set_aside(text)
    assert len(short) <= len(text)
    return put_back(whole(short), blocks)


def test_chapters_are_the_same_with_large_blocks_set_aside(site_dir: Path) -> None:
    pages = ROOT / "build" / "pages"
    texts = [
        path.read_text(encoding="utf-8")
        for path in [*pages.glob("*.md"), *pages.glob("*/index.md")]
    ]
    bodies = [text.partition("\n---\n")[2] for text in texts]
    assert sum(bool(set_aside(body)[1]) for body in bodies) > 15
    for body in bodies:
        assert in_parts(body) == whole(body)
    chapter = max(bodies, key=len)
    assert len(set_aside(chapter)[0]) < len(chapter) / 4


ODD = st.sampled_from(
    [
        "<div>\n\n<p>a</p>\n\n</div>", "<div><p>a<div>b</p></div>", "<div><p><div></p></div>", "</div>",
        "<div class=\"a\nb\">x</div>", "<table title=\"a > b\"><tr><td>x<br>y</td></tr></table>",
        "<div><script>if (a) {}</script></div>", "<div><script>a < b</script></div>", "<p>R&D and &copy</p>",
        "<div>&#39;&amp;&#x27;&copy;</div>", "<p>a < b</p>", "<div markdown=\"1\">\n\n*x*\n\n</div>",
        "<div MARKDOWN>*x*</div>",
        "<a href=", "<a title=\"x>", "`<div>`", "<div>", "<p>", "<span>open", "<!--", "-->", "<!-- note -->", "<?php",
        "<![CDATA[", "]]>", "<script>", "</script>", "<pre>", "</pre>", "<textarea>", "<title>", "```", "~~~",
        "    code",
        "- item", "  more", "1. one", "> quote", "*x*", "[a](b)", "[a]: http://b", "| a |\n|---|\n| 1 |", "# Title",
        "Words\n<div>x</div>", "<div>x</div>\nWords", "<div>x</div>\n<div>y</div>", "<div>x</div> <b>y</b>", "<div/>",
        "<p>a\n \nb</p>", "<p>a\tb</p>", "<div>```\n</div>", "<ul><li>a<li>b</ul>", "<ul>\n<li>a</li>\n</ul>", "<hr>",
        "<figure><svg viewBox=\"0 0\"><linearGradient/><path d=\"M0\"/></svg></figure>", "Qzx", "<p>Qzx0q</p>",
        "<details><summary>a</summary>\n\n<p>b</p>\n</details>", "<http://a.b/?c=d&e=f>", "</", "<", "a <b", "<b>",
        "</b>",
        "<p>{: #id }</p>", "{: #id }", "[TOC]", "<nav aria-label=\"x\"><ol><li>x</li></ol></nav>", "<Div>x</Div>",
    ]
)  # fmt: skip


@given(st.lists(ODD, min_size=1, max_size=6), st.sampled_from(["\n\n", "\n", "\n\n\n", "\n \n"]))
@settings(max_examples=400)
def test_nothing_is_set_aside_that_the_text_around_it_touches(
    blocks: list[str], between: str
) -> None:
    text = between.join(blocks)
    with mock.patch.object(convert, "LARGE", 1):
        short, aside = set_aside(text)
    assert put_back(whole(short), aside) == whole(text)


@pytest.mark.parametrize("rendered", ["no mark at all", "<h1>Qzxcontent</h1> QZX Qzxelse"])
def test_a_shell_that_does_not_fit_is_refused(rendered: str) -> None:
    with pytest.raises(BuildError, match="REPORT_PLAIN=1"):
        Shell(rendered, {"content": "<h1>Qzxcontent</h1>", "title": "Qzxtitle"})


def test_two_processes_may_write_the_same_file(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    program = (
        "import sys; from pathlib import Path; from report.publish import write\n"
        "for n in range(400): write(Path(sys.argv[1]), sys.argv[2] * (n + 1))"
    )
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(path), sign],
            env={**os.environ, "PYTHONPATH": str(ROOT / "scripts")},
        )
        for sign in "ab"
    ]
    assert [writer.wait() for writer in writers] == [0, 0]
    assert path.read_text() in ("a" * 400, "b" * 400)
    assert os.listdir(tmp_path) == ["page.md"]
