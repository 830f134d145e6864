"""Countries as they are drawn on the map: projected to its plane, without specks, as paths of SVG."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt

WIDTH = 1000.0  # of the drawing, in the units of its view box
SMALL = 7.0  # a country whose largest part is no wider and no higher than this gets a dot
SPECK = 2.5  # parts no wider and no higher than this are left out, except a country's largest

Point = tuple[float, float]
Ring = list[Point]


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


@cache
def shapes_in(text: str) -> Sequence[Shape]:
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


def short(value: float) -> str:
    """A coordinate as it is written into the drawing, with one decimal at most."""
    return f"{round(value, 1):g}"


def _path(rings: Iterable[Ring]) -> str:
    """SVG path of closed rings: each begins absolute and goes on in relative steps."""
    pieces = []
    for ring in rings:
        pieces.append(f"M{short(ring[0][0])} {short(ring[0][1])}")
        closed = ring[0] == ring[-1]
        steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(ring[:-1] if closed else ring)]
        numbers = " ".join(short(n) for step in steps for n in step).replace(" -", "-")
        pieces.append(f"l{numbers}z" if numbers else "z")
    return "".join(pieces)
