"""Questions to the roads of a region: a route, a matrix, an isochrone; and their documents."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from maas.errors import QueryError
from maas.place_input import NAMED_BY, AnyPlace, place_of
from maas.places import Place
from maas.region import Region
from maas.strict_types import Flag, Moment, Number, Whole
from maas.yaml_file import explain
from routing.layout import UNREACHED, Float64Array, Int32Array
from routing.polyline import encode
from routing.profiles import Vehicle
from routing.road import RoadGraph, RoadPath
from routing.road_answers import Circumstances, Matrix

LONGEST_ISOCHRONE_S = 4 * 3600


class VehicleSizes(BaseModel):
    """What a vehicle measures; what is left out is as the profile has it."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    height_m: Number | None = Field(None, gt=0)
    width_m: Number | None = Field(None, gt=0)
    length_m: Number | None = Field(None, gt=0)
    weight_t: Number | None = Field(None, gt=0)
    axle_load_t: Number | None = Field(None, gt=0)
    hazmat: Flag | None = None


class _Question(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    profile: str = Field("car", description="means of travel; `maas info DIR` lists them")
    at: Moment | None = Field(
        None, description="moment for conditional access, seasons and traffic; default: none"
    )
    vehicle: VehicleSizes | None = None
    avoid: dict[str, Any] | None = Field(
        None, description="GeoJSON whose polygons may not be touched"
    )


class RouteQuestion(_Question):
    """The quickest way between two places."""

    origin: AnyPlace = Field(alias="from", description=NAMED_BY)
    destination: AnyPlace = Field(alias="to", description=NAMED_BY)
    alternatives: Whole = Field(0, ge=0, le=5, description="other sensible ways, at most")


class MatrixQuestion(_Question):
    """Ways between all sources and all targets."""

    sources: list[AnyPlace] = Field(min_length=1, description=f"each: {NAMED_BY}")
    targets: list[AnyPlace] | None = Field(None, min_length=1, description="default: the sources")


class IsochroneQuestion(_Question):
    """What is reached within times, as polygons."""

    origin: AnyPlace = Field(alias="from", description=NAMED_BY)
    limits_s: list[Whole] = Field([600], min_length=1, max_length=8)
    direction: Literal["from", "to"] = Field("from", description="ways from the place or to it")


_Asked = TypeVar("_Asked", bound=_Question)


def read_question(kind: type[_Asked], document: Any, source: str) -> _Asked:
    """Check a document and make a question of it.

    Raises
    ------
    QueryError
        Naming every field that is wrong, its value and what would be right.
    """
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        raise QueryError(explain(error, kind, source)) from error


def roads_of(region: Region) -> RoadGraph:
    """Return the roads of a region.

    Raises
    ------
    QueryError
        If the region has none.
    """
    if not isinstance(region.roads, RoadGraph):
        msg = (
            f"region '{region.file.name}' has no road map, only straight lines; "
            "name an OSM file under `roads:` in its region file and build it again"
        )
        raise QueryError(msg)
    return region.roads


def circumstances(region: Region, question: _Question) -> Circumstances:
    """Return what the state of the roads depends on, in the region's own time."""
    found: Circumstances = {}
    if question.at is not None:
        zone = ZoneInfo(region.file.timezone)
        at = question.at
        found["at"] = at if at.tzinfo is None else at.astimezone(zone).replace(tzinfo=None)
    if question.vehicle is not None:
        found["vehicle"] = Vehicle(**question.vehicle.model_dump())
    if question.avoid is not None:
        found["avoid"] = list(_rings(question.avoid))
    return found


def _rings(geojson: dict[str, Any]) -> Iterator[Float64Array]:
    """Outer rings of all polygons."""
    kind = geojson.get("type")
    if kind == "FeatureCollection":
        for feature in geojson.get("features") or ():
            yield from _rings(feature)
    elif kind == "Feature":
        yield from _rings(geojson.get("geometry") or {})
    elif kind == "MultiPolygon":
        for polygon in geojson.get("coordinates") or ():
            yield _ring(polygon)
    elif kind == "Polygon":
        yield _ring(geojson.get("coordinates"))
    else:
        msg = f"avoid: '{kind}' is no area; give GeoJSON of Polygon or MultiPolygon"
        raise QueryError(msg)


def _ring(polygon: Any) -> Float64Array:
    try:
        ring = np.array([corner[:2] for corner in polygon[0]], np.float64)
    except (TypeError, ValueError, LookupError):
        ring = np.empty((0, 2))
    if ring.ndim != 2 or ring.shape[0] < 3 or not (np.abs(ring) <= (180, 90)).all():
        msg = "avoid: a polygon needs at least three corners [lon, lat] in degrees, longitude first"
        raise QueryError(msg)
    return ring


def answer_route(region: Region, question: RouteQuestion) -> dict[str, Any]:
    """Return the document of `POST /v1/route`; `routes` is empty where there is no way."""
    ends = [
        place_of(region, given, f"route: {name}")
        for name, given in (("from", question.origin), ("to", question.destination))
    ]
    roads, when = roads_of(region), circumstances(region, question)
    start, goal = _lonlat(ends)
    found = roads.routes(start, goal, question.profile, question.alternatives, **when)
    return {
        "profile": question.profile,
        "from": _place(ends[0]),
        "to": _place(ends[1]),
        "routes": [_route(path) for path in found],
    }


def _lonlat(places: Sequence[Place]) -> list[tuple[float, float]]:
    return [(place.lon, place.lat) for place in places]


def _place(place: Place) -> dict[str, Any]:
    return {"name": place.name, "lat": place.lat, "lon": place.lon}


def _route(path: RoadPath) -> dict[str, Any]:
    return {
        "duration_s": path.duration,
        "distance_m": path.distance_m,
        "geometry": encode(path.lon, path.lat),
        "streets": [
            {"name": street.name, "distance_m": street.distance_m} for street in path.streets
        ],
    }


def answer_matrix(region: Region, question: MatrixQuestion) -> dict[str, Any]:
    """Return the document of `POST /v1/matrix`; a cell without a way is null."""
    sources = _places(region, question.sources, "sources")
    wanted = question.targets
    targets = sources if wanted is None else _places(region, wanted, "targets")
    matrix = matrix_between(region, question, _lonlat(sources), _lonlat(targets))
    return {
        "profile": question.profile,
        "sources": [_place(place) for place in sources],
        "targets": [_place(place) for place in targets],
        "durations_s": with_nulls(matrix.duration),
        "distances_m": with_nulls(matrix.distance),
    }


def _places(region: Region, given: Sequence[AnyPlace], field: str) -> list[Place]:
    return [place_of(region, one, f"matrix: {field}.{row}") for row, one in enumerate(given)]


def matrix_between(
    region: Region,
    question: _Question,
    sources: Sequence[tuple[float, float]],
    targets: Sequence[tuple[float, float]],
) -> Matrix:
    """Return the matrix between coordinates, lon and lat."""
    when = circumstances(region, question)
    return roads_of(region).matrix(sources, targets, question.profile, **when)


def with_nulls(cells: Int32Array) -> list[list[int | None]]:
    """Return rows of numbers; what is not reached is None."""
    rows = cells.astype(object)
    rows[cells == UNREACHED] = None
    found: list[list[int | None]] = rows.tolist()
    return found


def answer_isochrone(region: Region, question: IsochroneQuestion) -> dict[str, Any]:
    """Return the GeoJSON of `POST /v1/isochrone`.

    Raises
    ------
    QueryError
        If a limit is not above 0 or further than searches should go.
    """
    for limit in question.limits_s:
        if not 0 < limit <= LONGEST_ISOCHRONE_S:
            msg = f"limits_s: {limit} is not between 1 and {LONGEST_ISOCHRONE_S} seconds"
            raise QueryError(msg)
    place = place_of(region, question.origin, "isochrone: from")
    return roads_of(region).isochrone(
        (place.lon, place.lat),
        question.limits_s,
        question.profile,
        reverse=question.direction == "to",
        **circumstances(region, question),
    )
