"""The map of origins: its size, its links, its projection, and what hostile text can do to it."""

import gzip
import json
import re
from dataclasses import replace
from math import isclose, radians, sin
from pathlib import Path

import pytest
from lxml import html

from report.charts.mapdata import SERIES, map_layers
from report.charts.mapshapes import equal_earth
from report.charts.worldmap import MAX_LAYERS, STEPS, MapLayer, MapValue, draw_map
from report.data.corpus import Corpus
from report.problem import BadData

ROOT = Path(__file__).parent.parent
SHAPES = ROOT / "data" / "world.geojson"
FEATURES = json.loads(SHAPES.read_text(encoding="utf-8"))["features"]
IDS = sorted(f["id"] for f in FEATURES if f.get("id") and f["id"] != "AQ")
VALUED = [*IDS[::4], "BH", "DE", "FJ", "RU", "XK"]
NAMES = {code: f"Name of {code}" for code in IDS}


def layer(name: str, unit: str = "testimonies") -> MapLayer:
    values = {code: MapValue(n, str(n)) for n, code in enumerate(VALUED)}
    return MapLayer(name, f"By {name}", unit, values, (2, 5, 10, 20, 50), "testimony")


LAYERS = [
    layer("testimonies"),
    layer("estimate", "travelled (ICSR, January 2015)"),
    layer("rate", "per million"),
]


def address(code: str) -> str | None:
    return f"../countries/{code}/" if code in VALUED else None


def draw(layers: list[MapLayer] = LAYERS, names: dict[str, str] = NAMES) -> str:
    return draw_map(layers, SHAPES, names, address)


def links(text: str) -> list[html.HtmlElement]:
    return [a for a in html.fromstring(text).iter("a") if "mc" in a.get("class", "").split()]


def path_points(path: str) -> list[tuple[float, float]]:
    points = []
    for ring in re.findall(r"M([^M]+)z", path):
        start, _, steps = ring.partition("l")
        x, y = map(float, start.split())
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", steps)]
        points.append((x, y))
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            points.append((x, y))
    return points


def test_equal_earth_has_the_published_extent() -> None:
    assert isclose(equal_earth(0, 90)[1], 1.3173627591574133, abs_tol=1e-12)
    assert isclose(equal_earth(180, 0)[0], 2.7066299836960748, abs_tol=1e-12)
    assert equal_earth(0, 0) == (0, 0)


@pytest.mark.parametrize(("lon", "lat"), [(10, 20), (179, 85), (60, 45)])
def test_equal_earth_is_symmetric(lon: float, lat: float) -> None:
    x, y = equal_earth(lon, lat)
    assert equal_earth(-lon, -lat) == pytest.approx((-x, -y))
    assert equal_earth(-lon, lat) == pytest.approx((-x, y))


@pytest.mark.parametrize("lat", [-80, -30, 0, 15, 52, 75])
def test_equal_earth_keeps_areas(lat: float) -> None:
    d = 0.01
    width = equal_earth(d, lat)[0]
    height = equal_earth(0, lat + d / 2)[1] - equal_earth(0, lat - d / 2)[1]
    on_the_sphere = radians(d) * (sin(radians(lat + d / 2)) - sin(radians(lat - d / 2)))
    assert width * height == pytest.approx(on_the_sphere, rel=1e-5)


def test_map_is_small_and_always_the_same() -> None:
    text = draw()
    assert text == draw()
    assert len(gzip.compress(text.encode(), mtime=0)) <= 60_000


def test_map_can_stand_in_markdown_under_a_strict_policy() -> None:
    text = draw()
    assert text.startswith("<div ")
    assert not re.search(r"^\s*$|^\s{4}", text.rstrip("\n"), re.MULTILINE)
    assert "style=" not in text
    assert "<script" not in text


def test_each_country_with_a_page_is_linked_once_in_order() -> None:
    found = [a.get("href") or "" for a in links(draw())]
    assert sorted(found) == sorted({f"../countries/{code}/" for code in VALUED})
    big = [a.get("href") or "" for a in links(draw()) if not a.findall("circle")]
    assert big == sorted(big)


def test_every_country_is_drawn_and_antarctica_is_not() -> None:
    tree = html.fromstring(draw())
    titles = [title.text_content().partition(":")[0] for title in tree.iter("title")]
    assert sorted(titles) == sorted(NAMES.values())


def test_link_says_its_numbers_in_label_title_and_tip() -> None:
    values = {"DE": MapValue(550, "500–600")}
    layers = [
        MapLayer("a", "A", "testimonies", {"DE": MapValue(1, "1")}, (2,), "testimony"),
        MapLayer("b", "B", "travelled", values, (10, 100, 1000)),
        MapLayer("c", "C", "per million", {"DE": MapValue(6.9, "6.9 per million")}, (5, 20)),
    ]
    link = next(a for a in links(draw(layers)) if a.get("href") == "../countries/DE/")
    expected = "Name of DE: 1 testimony; 500–600 travelled; 6.9 per million"
    assert link.get("aria-label") == link.findtext("title") == expected
    assert [row.text for row in link.iter("tspan")] == expected.split(": ")
    assert link.get("class") == "mc m0-0 m1-3 m2-2"


def test_classes_of_whole_numbers_name_their_ends_and_others_their_bounds() -> None:
    def legend(*numbers: float) -> list[str]:
        values = {code: MapValue(n, str(n)) for code, n in zip(IDS, numbers, strict=False)}
        tree = html.fromstring(draw([MapLayer("a", "A", "u", values, (2, 4, 1500))]))
        return [item.text_content() for item in tree.find_class("map-legend")[0].iter("li")]

    assert legend(1, 7) == ["1", "2–3", "4–1,499", "1,500 or more", "no figure"]
    assert legend(0, 7)[0] == "0–1"
    assert legend(0.5)[:2] == ["under 2", "2 to under 4"]


def test_a_value_on_a_bound_lies_above_it() -> None:
    two = MapLayer("a", "A", "u", {"DE": MapValue(2, "2"), "FR": MapValue(1.9, "1.9")}, (2,))
    classes = {a.get("aria-label"): a.get("class") for a in links(draw([two]))}
    assert classes["Name of DE: 2 u"] == "mc m0-5"
    assert 'aria-label="Name of FR: 1.9 u"' in draw([two])


def test_disputed_areas_and_countries_without_data_are_no_links() -> None:
    tree = html.fromstring(draw())
    disputed = tree.find_class("map-disputed")
    assert len(disputed) == sum(not feature.get("id") for feature in FEATURES) == 4
    for shape in [*disputed, *tree.find_class("map-land")]:
        assert all(parent.tag not in ("a", "g") for parent in shape.iterancestors())
        assert shape.get("tabindex") is None


def test_small_states_get_a_dot_and_large_ones_do_not() -> None:
    dots = {a.get("href"): a.findall("circle") for a in links(draw())}
    for code in ("BH", "XK"):
        dot, target = dots[f"../countries/{code}/"]
        assert float(target.get("r") or 0) >= float(dot.get("r") or 0)
    assert not dots["../countries/DE/"]
    assert not dots["../countries/RU/"]


def test_nothing_is_torn_at_the_antimeridian_or_leaves_the_map() -> None:
    tree = html.fromstring(draw())
    for path in tree.iter("path"):
        points = path_points(path.get("d") or "")
        assert all(-1 <= x <= 1001 and -1 <= y <= 440 for x, y in points)
    russia = next(a for a in links(draw()) if a.get("href") == "../countries/RU/")
    drawn = [point for path in russia.iter("path") for point in path_points(path.get("d") or "")]
    assert min(x for x, _ in drawn) > 500


def test_hostile_names_and_texts_are_escaped() -> None:
    evil = '"><script>alert(1)</script>\n\n    <b> & '
    value = {"DE": MapValue(1, evil), "ZZ": MapValue(1, evil)}
    hostile = MapLayer(evil, evil, evil, value, (2,), evil)
    text = draw_map([hostile], SHAPES, dict.fromkeys([*IDS, "ZZ"], evil), lambda _: evil)
    assert "<script" not in text
    assert "<b>" not in text
    assert not re.search(r"^\s*$|^\s{4}", text.rstrip("\n"), re.MULTILINE)
    assert len(links(text)) == len(IDS)


def test_a_country_with_a_value_but_no_page_can_be_focused() -> None:
    text = draw_map(LAYERS, SHAPES, NAMES, lambda _: None)
    assert not links(text)
    assert text.count('tabindex="0" role="img"') == len(set(VALUED))


def test_a_country_that_has_no_shape_is_named_below_the_map() -> None:
    layers = [replace(LAYERS[0], values={"TV": MapValue(1, "1")})]
    text = draw_map(layers, SHAPES, {"TV": "Tuvalu"}, {"TV": "../TV/"}.get)
    assert 'Not drawn on the map: <a href="../TV/">Tuvalu: 1 testimony</a>' in text


@pytest.mark.parametrize(
    "layers",
    [
        [],
        [LAYERS[0], LAYERS[0]],
        [replace(LAYERS[0], id=str(n)) for n in range(MAX_LAYERS + 1)],
        [replace(LAYERS[0], classes=())],
        [replace(LAYERS[0], classes=(5, 2))],
        [replace(LAYERS[0], classes=tuple(range(STEPS)))],
    ],
)
def test_layers_that_cannot_be_drawn_are_refused(layers: list[MapLayer]) -> None:
    with pytest.raises(ValueError, match="layer"):
        draw(layers)


def test_stylesheet_has_a_rule_for_every_class() -> None:
    css = (ROOT / "docs" / "assets" / "map.css").read_text(encoding="utf-8")
    for step in range(STEPS):
        assert f".map-key.map-k{step} " in css
        for i in range(MAX_LAYERS):
            assert f".map:has(.map-pick-{i}:checked) .m{i}-{step}" in css
    for i in range(MAX_LAYERS):
        assert f".map:has(.map-pick-{i}:checked) .map-legend-{i}" in css


def test_countries_that_are_counted_otherwise_share_no_scale(corpus: Corpus) -> None:
    series = corpus.series[SERIES]
    rows = [
        row.model_copy(update={"counting": "worded_present"}) if row.area == "JO" else row
        for row in series.observations
    ]
    now = series.model_copy(update={"observations": rows})
    with pytest.raises(BadData, match=r"comparability: .* need equal codes"):
        map_layers(replace(corpus, series=corpus.series | {SERIES: now}))
