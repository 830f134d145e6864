"""The computed values, recomputed from the raw files another way."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from report.data.corpus import load_corpus
from report.pages.values import Value, Values
from report.problem import BadData

ROOT = Path(__file__).parent.parent
Raw = dict[str, Any]


def folder(name: str) -> list[Raw]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    texts = (path.read_text("utf-8") for path in sorted((ROOT / "data" / name).glob("*.yaml")))
    return [yaml.load(text, Loader=loader) for text in texts]


def reasons(person: Raw, which: str) -> list[str]:
    return [reason["code"] for reason in person.get(f"reasons_{which}") or []]


@pytest.fixture(scope="module")
def found() -> Mapping[str, Value]:
    return Values(load_corpus(ROOT)[0])


@pytest.fixture(scope="module")
def people() -> list[Raw]:
    return [person for person in folder("testimonies") if person["status"] == "published"]


def test_counts_of_people(found: Mapping[str, Value], people: list[Raw]) -> None:
    weak = [person for person in people if person["grade"]["level"] == "weak"]
    women = [person for person in people if person["gender"] == "female"]
    late = [person for person in people if str(person.get("left", ""))[:4] >= "2017"]
    expected = {
        "count.testimonies": len(people),
        "count.women": len(women),
        "count.men": len(people) - len(women),
        "count.well": len(people) - len(weak),
        "count.grade.weak": len(weak),
        "count.setting.custody": sum("custody" in person["setting"] for person in people),
        "women.setting.custody": sum("custody" in person["setting"] for person in women),
        "late.setting.custody": sum("custody" in person["setting"] for person in late),
        "count.left.late": len(late),
        "count.role.fighter": sum("fighter" in person["role"] for person in people),
        "count.origin.SY": sum(person.get("origin") == "SY" for person in people),
        "count.origins": len({person["origin"] for person in people if "origin" in person}),
        "count.icsr.confirmed": sum(
            person["icsr_2015"]["status"] == "confirmed" for person in people
        ),
        "count.year.2015": sum(
            str(person.get("first_public", "")).startswith("2015") for person in people
        ),
        "count.disputed": sum("disputes" in person for person in people),
        "count.withheld.origin": sum("origin" in person.get("withheld", []) for person in people),
        "count.suicide_mission": sum(person.get("suicide_mission", False) for person in people),
    }
    assert {name: found[name].number for name in expected} == expected


def test_counts_of_reasons(found: Mapping[str, Value], people: list[Raw]) -> None:
    def having(*codes: str, among: list[Raw] = people) -> int:
        return sum(bool(set(codes) & set(reasons(person, "leaving"))) for person in among)

    strong = [person for person in people if person["grade"]["level"] != "weak"]
    third = ("unislamic_conduct", "corruption_mistreatment", "racism_inequality")
    expected = {
        "count.reasons_leaving.infighting": having("infighting"),
        "well.reasons_leaving.unislamic_conduct": having("unislamic_conduct", among=strong),
        "count.brutality": having("brutality_general", "brutality_sunnis"),
        "count.narrative.3": having(*third),
        "count.several.reasons_leaving": sum(len(reasons(p, "leaving")) > 1 for p in people),
        "count.unknown.reasons_leaving": sum(not reasons(p, "leaving") for p in people),
        "count.unknown.reasons_joining": sum(not reasons(p, "joining") for p in people),
    }
    assert {name: found[name].number for name in expected} == expected


def test_counts_of_the_corpus(found: Mapping[str, Value]) -> None:
    rows = [row for series in folder("estimates") for row in series["observations"]]
    facts = yaml.safe_load((ROOT / "data/facts.yaml").read_text("utf-8"))
    excerpts = [source for source in folder("sources") if source["seen"] == "excerpt"]
    assert found["count.observations"].number == len(rows)
    assert found["count.observations.held"].number == sum("hold" in row for row in rows)
    assert found["count.facts"].number == len(facts)
    assert found["count.sources.seen.excerpt"].records == tuple(s["id"] for s in excerpts)


def test_sums_of_estimates(found: Mapping[str, Value]) -> None:
    rows = {row["id"]: row for series in folder("estimates") for row in series["observations"]}
    table = [rows[f"E{number:04}"] for number in range(82, 132)]
    assert found["count.entries.icsr_2015"].number == len(table)
    for end in ("low", "high"):
        total = sum(row.get(end, row.get("point")) for row in table)
        assert found[f"sum.icsr_2015.{end}"].number == total
    assert found["percent.E0394.E0393"].text == "11.5 per cent"


def test_shares_are_parts_of_all_testimonies(found: Mapping[str, Value]) -> None:
    women = found["share.women"]
    assert women.number == pytest.approx(
        100 * found["count.women"].number / found["count.testimonies"].number
    )
    assert women.text == f"{round(women.number)} per cent"
    assert women.records == found["count.women"].records


def test_codes_without_records_have_a_value(found: Mapping[str, Value]) -> None:
    book = yaml.safe_load((ROOT / "data/codebook.yaml").read_text("utf-8"))
    assert {f"women.role.{entry['code']}" for entry in book["role"]} <= found.keys()


def test_a_value_leads_to_records_that_are_published(found: Mapping[str, Value]) -> None:
    corpus, _ = load_corpus(ROOT)
    for value in found.values():
        assert value.name == value.name.strip()
        assert value.description
        if value.name.startswith(("count.", "well.")) and value.records:
            assert not set(value.records) & corpus.tombstones.keys()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("count.left.late", "People who left in 2017 or later"),
        ("count.age.number", "Accounts that give the age in years"),
        ("count.origin.DE", "People by country of origin: Germany"),
        (
            "men.reasons_joining.family_ties",
            "People who give the reason for joining “Family ties”, among testimonies of men",
        ),
        ("share.role.fighter", "People with the role “Fighter”, in per cent of all testimonies"),
        ("count.unknown.first_public", "Accounts in which this is unknown: First public"),
        ("count.sources.seen.full", "Sources of which so much was seen: Full"),
    ],
)
def test_a_value_says_in_words_what_it_counts(
    found: Mapping[str, Value], name: str, words: str
) -> None:
    assert found[name].description == words


def test_no_value_speaks_in_codes(found: Mapping[str, Value]) -> None:
    texts = {value.name: value.description for value in found.values()}
    assert not [name for name, text in texts.items() if "_" in text or text[0].islower()]


def test_every_name_that_is_listed_has_a_value(found: Mapping[str, Value]) -> None:
    names = list(found)
    assert len(set(names)) == len(names) == len(found)
    assert [found[name].name for name in names] == names


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            "count",
            "count.",
            "women.sources",
            "count.role.",
            "count.role.nobody",
            "role.fighter",
        ),
        *("share.origins", "nothing.women", "count.not_applicable.nothing", "minimum", "T0001"),
    ],
)
def test_no_other_name_has_one(found: Mapping[str, Value], name: str) -> None:
    assert name not in found
    assert name not in list(found)


def test_a_name_is_counted_without_counting_all(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[str] = []
    original = Values._counted

    def noted(self: Values, part: str) -> dict[str, list[str]]:
        counted.append(part)
        return original(self, part)

    monkeypatch.setattr(Values, "_counted", noted)
    some = Values(load_corpus(ROOT)[0])
    assert some["women.role.spouse"].number > 0
    assert some["women.role.spouse"] is some["women.role.spouse"]
    assert counted == ["role"]


@pytest.mark.parametrize("update", [{"hold": "outlier"}, {"no_sum": True}])
def test_what_must_not_be_added_is_not_added(update: dict[str, Any]) -> None:
    corpus = load_corpus(ROOT)[0]
    series, row = corpus.observations["E0206"]
    rows = [row.model_copy(update=update) if o is row else o for o in series.observations]
    now = series.model_copy(update={"observations": rows})
    with pytest.raises(BadData, match=f"sum: E0206 of {series.series}"):
        Values(replace(corpus, series=corpus.series | {series.id: now}))["sum.soufan_2015.four"]
