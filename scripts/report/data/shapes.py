"""The shapes of countries that the map is drawn from: what must hold for data/world.geojson."""

import json
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import BaseModel, Field, ValidationError

from report.problem import Problem

Position = tuple[Annotated[float, Field(ge=-180, le=180)], Annotated[float, Field(ge=-90, le=90)]]
Outline = Annotated[list[Position], Field(min_length=4)]
Area = Annotated[list[Outline], Field(min_length=1)]


class _Polygon(BaseModel):
    type: Literal["Polygon"]
    coordinates: Area


class _Polygons(BaseModel):
    type: Literal["MultiPolygon"]
    coordinates: Annotated[list[Area], Field(min_length=1)]


class _Properties(BaseModel):
    name: str


class _Country(BaseModel):
    id: str | None = None
    properties: _Properties
    geometry: _Polygon | _Polygons = Field(discriminator="type")


class _World(BaseModel):
    type: Literal["FeatureCollection"]
    features: Annotated[list[_Country], Field(min_length=1)]


@lru_cache(maxsize=1)  # the one file of the project that is large and hardly ever changes
def shape_problems(text: str, path: str) -> list[Problem]:
    """What is wrong with a file of shapes; the first thing is enough, for it is not edited by hand."""
    try:
        _World.model_validate(json.loads(text))
    except json.JSONDecodeError as error:
        message = f"is no GeoJSON: {error.msg}"
        return [Problem(path, error.lineno, error.colno, "wrong-type", message)]
    except (RecursionError, ValueError) as error:
        message = _first(error) if isinstance(error, ValidationError) else "nested too deeply"
        return [Problem(path, 1, 1, "wrong-type", f"is no GeoJSON of countries: {message}")]
    return []


def _first(error: ValidationError) -> str:
    item = error.errors()[0]
    return f"{'.'.join(map(str, item['loc'])) or 'the whole'}: {item['msg']}"
