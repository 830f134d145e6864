"""Key numbers, taken from the raw files by another way than the package's, held against built pages."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import html

from conftest import ROOT

Records = list[dict[str, Any]]


def raw(folder: str) -> Records:
    """The files of a folder as plain text values: no model, no resolver, no code of the package."""
    return [
        yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
        for path in sorted((ROOT / "data" / folder).glob("*.yaml"))
    ]


def counts(records: Records) -> dict[str, int]:
    """Name of a computed value -> what it must be."""
    found = {
        "count.testimonies": len(records),
        "count.women": sum(r["gender"] == "female" for r in records),
        "count.men": sum(r["gender"] == "male" for r in records),
        "count.disputed": sum("disputes" in r for r in records),
        "count.unknown.reasons_joining": sum("reasons_joining" not in r for r in records),
        "count.unknown.reasons_leaving": sum("reasons_leaving" not in r for r in records),
        "count.several.reasons_leaving": sum(
            len(r.get("reasons_leaving", [])) > 1 for r in records
        ),
    }
    codes: Counter[str] = Counter()
    for r in records:
        codes.update(f"count.{key}.{r[key]}" for key in ("setting", "origin", "medium") if key in r)
        codes.update(f"count.role.{role}" for role in r["role"])
        codes.update(
            [f"count.grade.{r['grade']['level']}", f"count.icsr.{r['icsr_2015']['status']}"]
        )
        for key in ("reasons_joining", "reasons_leaving"):
            for reason in r.get(key, []):
                codes[f"count.{key}.{reason['code']}"] += 1
                if r["grade"]["level"] != "weak":
                    codes[f"well.{key}.{reason['code']}"] += 1
    return {**found, **codes}


@pytest.fixture(scope="module")
def expected() -> dict[str, int]:
    return counts(raw("testimonies"))


def test_numbers_of_the_chapters(site_dir: Path, expected: dict[str, int]) -> None:
    compared = 0
    for path in (*sorted(site_dir.glob("*/index.html")), site_dir / "index.html"):
        for link in html.document_fromstring(path.read_bytes()).xpath("//a[@class='bound']"):
            name, shown = link.get("href").partition("#")[2], link.text_content()
            if name in expected and shown.isdigit():
                assert int(shown) == expected[name], (path, name)
                compared += 1
    assert compared > 60


def test_numbers_of_the_reason_pages_and_the_charts(
    site_dir: Path, expected: dict[str, int]
) -> None:
    table = (site_dir / "figures" / "reasons-leaving.csv").read_text(encoding="utf-8")
    labels = {
        c["code"]: c["label"]
        for c in yaml.safe_load((ROOT / "data" / "codebook.yaml").read_text())["reason_leaving"]
    }
    for code, label in labels.items():
        page = html.document_fromstring((site_dir / "reasons" / code / "index.html").read_bytes())
        shown = page.xpath("//h2[contains(., 'leaving')]/following::table[1]//tr[last()]/td")[0]
        assert shown.text_content().split()[0] == str(
            expected.get(f"count.reasons_leaving.{code}", 0)
        )
        cells = [line.split(",") for line in table.splitlines() if line.startswith(f"{label},")]
        assert sum(int(row[2]) for row in cells) == expected.get(f"count.reasons_leaving.{code}", 0)


def test_numbers_of_the_country_pages(site_dir: Path, expected: dict[str, int]) -> None:
    rows = [(s, o) for s in raw("estimates") for o in s["observations"]]
    for folder in sorted((site_dir / "countries").iterdir()):
        if not folder.is_dir():
            continue
        page = html.document_fromstring((folder / "index.html").read_bytes())
        people = page.xpath("//table[contains(@class,'people')]/tbody/tr")
        assert len(people) == expected.get(f"count.origin.{folder.name}", 0), folder.name
        figures = {row.get("id") for row in page.xpath("//table[@class='estimates']/tbody/tr")}
        assert figures == {o["id"] for _, o in rows if o["area"] == folder.name}, folder.name


def test_ranges_are_printed_as_they_stand_in_the_files(site_dir: Path) -> None:
    for series in raw("estimates"):
        page = html.document_fromstring(
            (site_dir / "estimates" / series["source"] / "index.html").read_bytes()
        )
        for row in series["observations"]:
            shown = page.xpath(f"//tr[@id='{row['id']}']//td[contains(@class,'num')]/b")[
                0
            ].text_content()
            ends = [row[key] for key in ("low", "point", "high") if key in row] or [
                row["per_million"]
            ]
            plain = shown.replace(",", "").replace("%", "")
            assert all(end.removesuffix(".0") in plain for end in ends), (row["id"], shown, ends)
