"""The land of a map, without borders, and where on it a country is marked."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from itertools import accumulate

import pycountry
from shapely import LineString, MultiPolygon, Polygon

from .assets import ATLAS, LIBRARIES

Point = tuple[float, float]  # degrees of longitude and latitude
Ring = list[Point]
DETAIL = 0.15  # degrees: half a pixel of a map 1000 pixels wide
LEAST = 0.1  # square degrees, of islands that are drawn; smaller ones are no pixel
SOUTH = -60  # degrees of latitude; south of it nothing is drawn


@cache
def atlas() -> dict:
    """The atlas, a TopoJSON document with the objects `land` and `countries`."""
    return json.loads((LIBRARIES / ATLAS).read_text(encoding="utf-8"))


@cache
def arcs() -> list[Ring]:
    """The lines of the atlas. Each stands there as the steps from one point to the next, in whole units of its grid."""
    (wide, high), (left, low) = (atlas()["transform"][key] for key in ("scale", "translate"))
    return [[(x * wide + left, y * high + low) for x, y in accumulate(steps, lambda at, step: (at[0] + step[0], at[1] + step[1]))]
            for steps in atlas()["arcs"]]


def ring(numbers: Iterable[int]) -> Ring:
    """A closed line of several arcs; a negative number is one to be walked backwards."""
    points: Ring = []
    for number in numbers:
        line = arcs()[number] if number >= 0 else arcs()[~number][::-1]
        points += line[1:] if points else line
    return points


def polygons(geometry: dict) -> list[list[Ring]]:
    """The polygons of an object of the atlas: each its outline and its holes."""
    found = {"Polygon": [geometry.get("arcs", [])], "MultiPolygon": geometry.get("arcs", [])}.get(geometry["type"], [])
    return [[ring(numbers) for numbers in polygon] for polygon in found]


@cache
def land() -> dict:
    """The land as GeoJSON, as fine as a page can show, one shape without borders."""
    [whole] = atlas()["objects"]["land"]["geometries"]
    drawn = [[simple(line) for line in polygon if is_drawn(line)] for polygon in polygons(whole)]
    shape = {"type": "MultiPolygon", "coordinates": [polygon for polygon in drawn if polygon]}
    return {"type": "Feature", "properties": {}, "geometry": shape}


def is_drawn(line: Ring) -> bool:
    return max(y for _, y in line) > SOUTH and Polygon(line).area >= LEAST


def simple(line: Ring) -> Ring:
    """A closed line with fewer points, which runs the same way."""
    return [(round(x, 2), round(y, 2)) for x, y in LineString(line).simplify(DETAIL).coords]


@cache
def marks() -> dict[str, Point]:
    """The numeric code of ISO 3166 of a country of the atlas, and its name there → where it is marked."""
    return {key: middle(geometry) for geometry in atlas()["objects"]["countries"]["geometries"]
            for key in (geometry["properties"]["name"], geometry.get("id")) if key}


def middle(geometry: dict) -> Point:
    """The middle of the largest part of a country, or a point within where that lies outside of it."""
    largest = max(MultiPolygon([(outline, holes) for outline, *holes in polygons(geometry)]).geoms, key=lambda part: part.area)
    point = largest.centroid if largest.is_valid and largest.contains(largest.centroid) else largest.representative_point()
    return round(point.x, 2), round(point.y, 2)


def place(code: str, name: str) -> Point | None:
    """Where the country with this code and name is marked; None where the atlas does not have it."""
    known = pycountry.countries.get(alpha_3=code)
    return marks().get(known.numeric if known else name)
