"""The map of origins: layers of numbers + data/world.geojson -> one static SVG, no script in it."""

import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from html import escape
from itertools import pairwise
from math import asin, cos, dist, radians, sin, sqrt
from pathlib import Path
from textwrap import wrap

MAX_LAYERS = 3  # docs/assets/map.css has rules for so many layers
STEPS = 6  # and for so many colours in each
WIDTH = 1000.0  # of the drawing, in the units of its view box
SMALL = 7.0  # a country whose largest part is no wider and no higher than this gets a dot
DOT = 3.6  # radius of that dot
TARGET = 17.5  # radius that can be clicked: 24 pixels across where the map is 690 pixels wide
SPECK = 2.5  # parts no wider and no higher than this are left out, except a country's largest
LINE, LETTERS = 22, 96  # height and length of a line of text in the drawing
HINT = (
    "Tap or click a country to read more about it. Point at it, or move to it with the Tab key, to "
    "see its numbers below the map."
)
NOTE = (
    "Boundaries are those of Natural Earth, simplified; they follow control on the ground and "
    "express no opinion on the status of any territory. Disputed areas that stand apart in those "
    "data are left neutral and lead nowhere. Antarctica is left out. Equal Earth projection: areas "
    "are true to one another. A dot marks a country that is too small to be seen."
)

Point = tuple[float, float]
Ring = list[Point]


@dataclass(frozen=True)
class MapValue:
    """A country's value: `number` picks the colour, `text` is what is printed ("500-600")."""

    number: float
    text: str


@dataclass(frozen=True)
class MapLayer:
    """One way of colouring the map.

    `values` goes by ISO alpha-2 code. `unit` follows each printed number that does not end with it
    already; `unit_one`, if given, follows a printed "1" instead. `classes` are the bounds between
    colours, ascending, at most five: a value that equals a bound lies above it.
    """

    id: str
    label: str
    unit: str
    values: Mapping[str, MapValue]
    classes: tuple[float, ...]
    unit_one: str = ""


@dataclass(frozen=True)
class Shape:
    """A country on the map, in units of the view box: `rings[0]` is its largest part."""

    code: str
    name: str
    rings: tuple[Ring, ...]

    @cached_property
    def path(self) -> str:
        """Its outline as an SVG path."""
        return _path(self.rings)

    @property
    def small(self) -> bool:
        """Whether it needs a dot to be seen."""
        return _size(self.rings[0]) <= SMALL

    @property
    def centre(self) -> Point:
        """Middle of the box around the largest part."""
        xs, ys = zip(*self.rings[0], strict=True)
        return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def equal_earth(lon: float, lat: float) -> Point:
    """Project degrees to the unit sphere's plane, x to the east and y to the north.

    B. Savric, T. Patterson and B. Jenny, "The Equal Earth map projection", International Journal
    of Geographical Information Science 33 (2019, online 2018), doi:10.1080/13658816.2018.1504949.
    """
    a1, a2, a3, a4, m = 1.340264, -0.081106, 0.000893, 0.003796, sqrt(3) / 2
    t = asin(m * sin(radians(lat)))
    t2, t6 = t**2, t**6
    x = radians(lon) * cos(t) / (m * (a1 + 3 * a2 * t2 + t6 * (7 * a3 + 9 * a4 * t2)))
    return x, t * (a1 + a2 * t2 + t6 * (a3 + a4 * t2))


SCALE = WIDTH / 2 / equal_earth(180, 0)[0]
TOP = equal_earth(0, 84)[1]
HEIGHT = round(SCALE * (TOP - equal_earth(0, -57)[1]))
MIDDLE = round(0.5 + SCALE * equal_earth(42, 34)[0] / WIDTH, 3)
"""Where Syria and Iraq lie, as a part of the width: a map wider than its frame opens there."""


def draw_map(
    layers: Sequence[MapLayer],
    shapes: Path,
    country_names: Mapping[str, str],
    href: Callable[[str], str | None],
) -> str:
    """Return the map as a block of HTML for Markdown; docs/assets/map.css gives it its colours.

    `shapes` is GeoJSON in degrees whose features have an ISO alpha-2 `id`, or none where disputed;
    `href` gives the address of a country's page, or None. Countries with a value that have no shape
    are listed below the map. Raises ValueError where layers cannot be drawn, OSError or KeyError
    where the shapes cannot be read.
    """
    _check(layers)
    drawn = _shapes(shapes.read_text(encoding="utf-8"))
    known = {shape.code for shape in drawn}
    valued = {code for layer in layers for code in layer.values}
    names = {s.code: s.name for s in drawn} | dict(country_names)
    facts = {c: _facts(layers, c) for c in known | valued if c and (c in valued or href(c))}
    active = [shape for shape in drawn if shape.code in facts]
    lines = 1 + max((len(wrap(text, LETTERS)) for text in facts.values()), default=1)
    parts = [
        '<div class="map" data-search-exclude="">',
        '<a class="map-skip" href="#map-end">Skip the map</a>',
        *_switch(layers),
        f'<p class="map-hint">{HINT}</p>',
        f'<div class="map-scroll" data-middle="{MIDDLE}" tabindex="0" role="region" '
        'aria-label="World map of origins">',
        f'<svg viewBox="0 0 {WIDTH:.0f} {HEIGHT + lines * LINE + 12}" role="group" '
        'aria-label="Countries of origin" aria-describedby="map-end">',
        *(_neutral(shape, names) for shape in drawn if shape.code not in facts),
    ]
    for shape in sorted(active, key=lambda s: (s.small, s.code)):
        code, picture = shape.code, f'<path d="{shape.path}"/>' + _dot(shape, active)
        parts.append(_link(names[code], facts[code], href(code), _classes(layers, code), picture))
    parts += ["</svg>", "</div>", *(_legend(i, layer) for i, layer in enumerate(layers))]
    for code in sorted(valued - known):
        text = _esc(f"{names.get(code, code)}: {facts[code]}")
        place = f'<a href="{_esc(address)}">{text}</a>' if (address := href(code)) else text
        parts.append(f'<p class="map-note">Not drawn on the map: {place}</p>')
    parts += [f'<p class="map-note" id="map-end">{_esc(NOTE)}</p>', "</div>"]
    return "\n".join(parts) + "\n"


def _check(layers: Sequence[MapLayer]) -> None:
    if not 1 <= len(layers) <= MAX_LAYERS or len({layer.id for layer in layers}) < len(layers):
        raise ValueError(f"a map has one to {MAX_LAYERS} layers, each with its own id")
    for layer in layers:
        ascending = all(low < high for low, high in pairwise(layer.classes))
        if not (1 <= len(layer.classes) < STEPS and ascending):
            raise ValueError(f"layer {layer.id}: one to {STEPS - 1} ascending bounds are needed")


def _esc(text: str) -> str:
    return escape(" ".join(text.split()))


@cache
def _shapes(text: str) -> Sequence[Shape]:
    """Every shape of GeoJSON but Antarctica, by code; disputed areas first, with an empty code."""
    shapes = []
    for feature in json.loads(text)["features"]:
        code, geometry = feature.get("id") or "", feature["geometry"]
        polygons = geometry["coordinates"]
        if geometry["type"] == "Polygon":
            polygons = [polygons]
        rings = [_project(ring) for polygon in polygons for ring in polygon]
        rings.sort(key=_size, reverse=True)
        kept = (rings[0], *(ring for ring in rings[1:] if _size(ring) > SPECK))
        shapes.append(Shape(code, feature["properties"]["name"], kept))
    return sorted((s for s in shapes if s.code != "AQ"), key=lambda s: (s.code, s.name))


def _project(ring: Sequence[Sequence[float]]) -> Ring:
    """A ring in halves of a unit, as finer steps are seen by nobody and make pages heavier.

    What crosses the antimeridian goes on beyond it, to the east.
    """
    east = 360 if any(abs(a[0] - b[0]) > 180 for a, b in pairwise(ring)) else 0
    points: Ring = []
    for lon, lat in ring:
        x, y = equal_earth(lon + east if lon < 0 else lon, lat)
        point = _half(WIDTH / 2 + SCALE * x), _half(SCALE * (TOP - y))
        if point not in points[-1:]:
            points.append(point)
    return points


def _half(value: float) -> float:
    return round(2 * value) / 2


def _size(ring: Ring) -> float:
    xs, ys = zip(*ring, strict=True)
    return float(max(max(xs) - min(xs), max(ys) - min(ys)))


def _number(value: float) -> str:
    return f"{round(value, 1):g}"


def _path(rings: Iterable[Ring]) -> str:
    """SVG path of closed rings: each begins absolute and goes on in relative steps."""
    pieces = []
    for ring in rings:
        pieces.append(f"M{_number(ring[0][0])} {_number(ring[0][1])}")
        closed = ring[0] == ring[-1]
        steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(ring[:-1] if closed else ring)]
        numbers = " ".join(_number(n) for step in steps for n in step).replace(" -", "-")
        pieces.append(f"l{numbers}z" if numbers else "z")
    return "".join(pieces)


def _facts(layers: Sequence[MapLayer], code: str) -> str:
    texts = []
    for layer in layers:
        if value := layer.values.get(code):
            unit = layer.unit_one if value.text == "1" and layer.unit_one else layer.unit
            texts.append(value.text if value.text.endswith(unit) else f"{value.text} {unit}")
    return "; ".join(texts) or "no figures on this map"


def _step(layer: MapLayer, position: int) -> int:
    """Colour of a class; where classes are few they are spread over all colours."""
    return position * (STEPS - 1) // len(layer.classes)


def _classes(layers: Sequence[MapLayer], code: str) -> str:
    return "".join(
        f" m{i}-{_step(layer, bisect_right(layer.classes, layer.values[code].number))}"
        for i, layer in enumerate(layers)
        if code in layer.values
    )


def _neutral(shape: Shape, names: Mapping[str, str]) -> str:
    if not shape.code:
        return f'<path class="map-disputed" d="{shape.path}"/>'
    title = _esc(f"{names[shape.code]}: no figures on this map")
    return f'<path class="map-land" d="{shape.path}"><title>{title}</title></path>'


def _dot(shape: Shape, others: Iterable[Shape]) -> str:
    """A dot for a small country, in a target as large as its neighbours leave room for."""
    if not shape.small:
        return ""
    x, y = shape.centre
    room = min((dist((x, y), o.centre) / 2 for o in others if o is not shape), default=TARGET)
    at = f'cx="{_number(x)}" cy="{_number(y)}"'
    target = _number(max(DOT, min(TARGET, room)))
    return f'<circle class="map-dot" {at} r="{DOT}"/><circle class="map-hit" {at} r="{target}"/>'


def _link(name: str, facts: str, address: str | None, classes: str, picture: str) -> str:
    label = _esc(f"{name}: {facts}")
    tag, target = ("a", f'href="{_esc(address)}"') if address else ("g", 'tabindex="0" role="img"')
    rows = "".join(
        f'<tspan x="4" y="{HEIGHT + LINE * row}">{_esc(text)}</tspan>'
        for row, text in enumerate([name, *wrap(facts, LETTERS)], 1)
    )
    return (
        f'<{tag} class="mc{classes}" {target} aria-label="{label}"><title>{label}</title>{picture}'
        f'<text class="map-tip" aria-hidden="true">{rows}</text></{tag}>'
    )


def _switch(layers: Sequence[MapLayer]) -> list[str]:
    choices = [
        f'<label><input type="radio" name="map-layer" id="map-{_esc(layer.id)}" '
        f'class="map-pick-{i}"{" checked" * (i == 0)}> {_esc(layer.label)}</label>'
        for i, layer in enumerate(layers)
    ]
    return ['<fieldset class="map-layers">', "<legend>Show</legend>", *choices, "</fieldset>"]


def _class_texts(layer: MapLayer) -> list[str]:
    """Each class in words: "2–3" where numbers are whole, else "2 to under 4"."""
    numbers = [value.number for value in layer.values.values()]
    bounds = [f"{bound:,.10g}" for bound in layer.classes]
    last = f"{bounds[-1]} or more"
    if not all(float(number).is_integer() for number in (*numbers, *layer.classes)):
        middle = [f"{low} to under {high}" for low, high in pairwise(bounds)]
        return [f"under {bounds[0]}", *middle, last]
    whole = [int(min([1, *numbers])), *map(int, layer.classes)]
    texts = [
        f"{low:,}" if low + 1 == high else f"{low:,}–{high - 1:,}" for low, high in pairwise(whole)
    ]
    return [*texts, last]


def _legend(index: int, layer: MapLayer) -> str:
    texts = _class_texts(layer)
    keys = [(f"k{_step(layer, i)}", text) for i, text in enumerate(texts)] + [("none", "no figure")]
    items = "".join(
        f'<li><span class="map-key map-{key}"></span>{_esc(text)}</li>' for key, text in keys
    )
    known = layer.unit.casefold() in layer.label.casefold()
    title = _esc(layer.label if known else f"{layer.label}: {layer.unit}")
    return f'<div class="map-legend map-legend-{index}"><p>{title}</p><ul>{items}</ul></div>'
