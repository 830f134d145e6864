"""Spoken: what a screen reader gets of charts and map, from the accessibility tree of the browser."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from conftest import ROOT, Figure

CHAPTERS = sorted(
    "" if path.stem == "index" else f"{path.stem}/"
    for path in (ROOT / "docs").glob("*.md")
    if re.search(r"(?m)^\[\[figure: (?!map\])", path.read_text("utf-8"))
)
Node = dict[str, Any]


class Tree:
    """The accessibility tree of a page."""

    def __init__(self, page: Page) -> None:
        nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
        self.nodes: dict[str, Node] = {node["nodeId"]: node for node in nodes}

    def of_role(self, role: str) -> list[Node]:
        """Every node of a role that is not hidden."""
        return [node for node in self.nodes.values() if said(node, "role") == role]

    def below(self, node: Node) -> Iterator[Node]:
        """Everything inside a node."""
        for id_ in node.get("childIds", []):
            if id_ in self.nodes:
                yield self.nodes[id_]
                yield from self.below(self.nodes[id_])

    def links(self, node: Node) -> list[str]:
        """The names of the links inside a node."""
        return [said(inner, "name") for inner in self.below(node) if said(inner, "role") == "link"]


def said(node: Node, key: str) -> str:
    """Role, name or description of a node; nothing where it is hidden."""
    return "" if node["ignored"] else str(node.get(key, {}).get("value", ""))


@pytest.mark.browser
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_chart_of_a_chapter_is_named_and_described(
    page: Page, server: str, chapter: str, figure: Figure
) -> None:
    page.goto(f"{server}/{chapter}")
    tree = Tree(page)
    charts = tree.of_role("figure")
    assert len(charts) == page.locator("figure.chart").count() > 0
    for chart in charts:
        pictures = [node for node in tree.below(chart) if said(node, "role") == "group"]
        assert pictures, f"the chart {said(chart, 'name')!r} is not there for a screen reader"
        assert said(chart, "name") == said(pictures[-1], "name") != ""
        assert len(said(pictures[-1], "description")) > 40
        names = tree.links(pictures[-1])
        assert not [name for name in names if not re.search(r"[^\W\d_]{3}", name)]
        assert "Table, data and citation" in tree.links(chart)
        figure("charts as a screen reader gets them", 1)
        figure("links in charts, each with a name in words", len(names))


@pytest.mark.browser
def test_the_table_of_a_chart_is_reached_by_its_link(page: Page, server: str) -> None:
    page.goto(f"{server}/leaving/")
    page.get_by_role("link", name="Table, data and citation").first.click()
    page.wait_for_url("**/figures/*/")
    table = page.get_by_role("region", name="Table: ").get_by_role("table")
    assert table.get_by_role("columnheader").count() >= 2
    assert table.get_by_role("row").count() > 10


@pytest.mark.browser
def test_the_map_is_named_and_described(page: Page, server: str, figure: Figure) -> None:
    page.goto(f"{server}/countries/")
    tree = Tree(page)
    (drawn,) = [n for n in tree.of_role("group") if said(n, "name") == "Countries of origin"]
    assert "Boundaries" in said(drawn, "description")
    names = tree.links(drawn)
    assert len(names) > 60
    assert not [name for name in names if not re.match(r"[^\W\d_].*: (.*\d|no figures)", name)]
    assert tree.of_role("table")
    figure("links in the map, each with a name and numbers", len(names))
