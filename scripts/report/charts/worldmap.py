"""The map of origins: layers of numbers + data/world.geojson -> one static SVG, no script in it."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from math import dist
from pathlib import Path
from textwrap import wrap

from report.charts.mapshapes import HEIGHT, MIDDLE, WIDTH, Shape, shapes_in, short

MAX_LAYERS = 3  # docs/assets/map.css has rules for so many layers
STEPS = 6  # and for so many colours in each
DOT = 3.6  # radius of that dot
TARGET = 17.5  # radius that can be clicked: 24 pixels across where the map is 690 pixels wide
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
    drawn = shapes_in(shapes.read_text(encoding="utf-8"))
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
    at = f'cx="{short(x)}" cy="{short(y)}"'
    target = short(max(DOT, min(TARGET, room)))
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
