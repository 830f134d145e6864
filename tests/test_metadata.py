"""Metadata of pages: valid JSON-LD, tags for reference managers, and nothing that data can break."""

import json
from dataclasses import replace
from typing import Any

import pytest
from lxml import html

from report.pages.metadata import chapter_tags, head_tags
from report.takeaway.citation import Citations
from takeaway import ROOT, citations, corpus

EVIL = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>&"


def head(uri: str, found: Citations | None = None) -> Any:
    return html.fromstring(f"<html><head>{head_tags(found or citations(), uri)}</head></html>")


def linked_data(tree: Any) -> dict[str, Any]:
    [text] = tree.xpath("//script[@type='application/ld+json']/text()")
    found: dict[str, Any] = json.loads(text)
    return found


def meta(tree: Any, name: str) -> list[str]:
    found: list[str] = tree.xpath(f"//meta[@name='{name}' or @property='{name}']/@content")
    return found


@pytest.mark.parametrize(
    ("uri", "kind"),
    [
        ("index.md", "Dataset"),
        ("data/index.md", "Dataset"),
        ("testimonies/index.md", "ItemList"),
        ("sources/index.md", "ItemList"),
        ("estimates/index.md", "ItemList"),
        ("figures/index.md", "ItemList"),
        ("testimonies/T0001.md", "Article"),
        ("sources/S0001.md", "Article"),
        ("estimates/S0501.md", "Dataset"),
    ],
)
def test_each_kind_of_page_says_what_it_is(uri: str, kind: str) -> None:
    found = linked_data(head(uri))
    assert (found["@context"], found["@type"]) == ("https://schema.org", kind)
    assert found["url"].startswith("https://example.org/report/")
    assert found["name"]
    assert found["description"]


def test_every_page_of_a_record_has_metadata() -> None:
    for key in citations():
        if not key.startswith("data/"):
            tree = head(f"{key}.md")
            assert linked_data(tree)["@id"].endswith(f"{key}/")
            assert len(meta(tree, "citation_title")) == 1
            work = citations()[key][-1]
            for role in ("author", "editor"):
                assert len(meta(tree, f"citation_{role}")) == len(work.get(role, []))
            assert len(meta(tree, "og:title")) == 1


@pytest.mark.parametrize("uri", ["index.md", "data/index.md", "about.md"])
def test_pages_of_the_whole_can_be_cited_as_the_whole(uri: str) -> None:
    [title] = meta(head(uri), "citation_title")
    assert title == citations().edition.title
    assert meta(head(uri), "citation_publication_date")


def test_every_chapter_has_what_previews_of_links_need() -> None:
    chapters = {
        path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md")
    }
    for uri, source in chapters.items():
        tags = chapter_tags(citations(), uri, source)
        tree = html.fromstring(f"<html><head>{tags}</head></html>")
        for name in ("type", "site_name", "title", "description", "url"):
            [text] = meta(tree, f"og:{name}")
            assert text
    tags = chapter_tags(citations(), "methods.md", chapters["methods.md"])
    tree = html.fromstring(f"<html><head>{tags}</head></html>")
    assert meta(tree, "og:title") == ["Methods"]
    assert meta(tree, "og:url") == ["https://example.org/report/methods/"]
    assert meta(tree, "og:description")[0].startswith("How testimonies, sources")


def test_the_list_counts_all_and_names_addresses() -> None:
    found = linked_data(head("testimonies/index.md"))
    assert found["numberOfItems"] == len(corpus().testimonies)
    assert found["itemListElement"][0]["url"].endswith("/testimonies/T0001/")


def test_other_pages_have_none() -> None:
    assert head_tags(citations(), "rules.md") == ""
    assert head_tags(citations(), "testimonies/T9999.md") == ""


def test_data_can_end_neither_script_nor_tag() -> None:
    source = corpus().sources["S0001"].model_copy(update={"title": EVIL, "publisher": EVIL})
    evil = replace(corpus(), sources=corpus().sources | {"S0001": source})
    made = Citations(evil, {}, citations().edition, ROOT / "build" / "cache" / "tests")
    for uri in ("sources/S0001.md", "testimonies/T0001.md"):
        tree = head(uri, made)
        assert len(tree.xpath("//script")) == 1
        assert not tree.xpath("//img")
    assert meta(head("sources/S0001.md", made), "citation_title") == [EVIL]


def test_withheld_addresses_stand_in_no_head() -> None:
    hidden = {id_: s.url for id_, s in corpus().sources.items() if s.url and not s.link}
    for id_, url in hidden.items():
        assert str(url) not in head_tags(citations(), f"sources/{id_}.md")
