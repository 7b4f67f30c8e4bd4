"""Questions that make no sense are refused by one message that says what would."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from routing.errors import InvalidTableError, OffRoadError, ProfileError, RoadQuestionError
from routing.profiles import CAR, Vehicle
from routing.road import RoadGraph
from tests.routing.drawn_roads import Drawing, at

ROAD = {"highway": "residential"}
ON_EQUATOR = {"A": (0, 0), "M": (500, 0), "B": (1000, 0), "N": (500, 900)}
START, GOAL = at(0, 0), at(1000, 0)
AROUND_M = [at(450, -50), at(550, -50), at(550, 50), at(450, 50)]
NAN, INF = math.nan, math.inf


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> RoadGraph:
    town = Drawing(ON_EQUATOR, [("AMB", ROAD), ("ANB", ROAD)])
    return town.graph(tmp_path_factory.mktemp("town"), [CAR])


@pytest.mark.parametrize(
    ("place", "part"),
    [
        ((NAN, 43.0), "lon nan"),
        ((141.0, INF), "lat inf"),
        ((141.0, -INF), "lat -inf"),
        (START[::-1], "latitude within ±90"),
        ((*START, 3.0), "is no place; give a pair"),
        ((141.0,), "is no place; give a pair"),
        (None, "None is no place"),
        (("east", "north"), "'east'"),
    ],
)
def test_what_is_no_place_is_refused(town: RoadGraph, place: Any, part: str) -> None:
    for ask in (
        lambda: town.route(place, GOAL, "car"),
        lambda: town.route(START, place, "car"),
        lambda: town.path(place, GOAL, "car"),
        lambda: town.nearest(place, "car"),
        lambda: town.isochrone(place, [60], "car"),
    ):
        with pytest.raises((InvalidTableError, RoadQuestionError)) as error:
            ask()
        assert part in str(error.value)


def test_swapped_coordinates_that_may_be_a_place_are_named(tmp_path: Path) -> None:
    """Where both numbers are below 90, only the map tells."""
    nodes = {node: (x, y) for node, (x, y) in ON_EQUATOR.items()}
    far_west = Drawing(nodes, [("AMB", ROAD)]).xml().replace('lon="141.', 'lon="41.')
    assert far_west.count('lon="41.') == len(nodes)
    (tmp_path / "west.osm").write_text(far_west, encoding="utf-8")
    west = RoadGraph.read(tmp_path / "west.osm", [CAR])
    lon, lat = START[0] - 100, START[1]
    assert west.route((lon, lat), (lon, lat), "car") is not None
    with pytest.raises(OffRoadError, match="seem to be swapped"):
        west.route((lat, lon), (lon, lat), "car")
    with pytest.raises(OffRoadError, match="name a place inside"):
        west.route((lon + 9, lat), (lon, lat), "car")


@pytest.mark.parametrize(
    ("sources", "part"),
    [
        ([(*START, 3.0), (*GOAL, 3.0)], r"sources: an array of shape \(2, 3\)"),
        (START, r"sources: an array of shape \(2,\)"),
        ([START, (141.0,)], "sources: .* are not numbers"),
        ([("a", "b")], "sources: .* are not numbers"),
        ([START, (NAN, 43.0)], "row 1: lat 43.0, lon nan"),
    ],
)
def test_a_matrix_wants_pairs(town: RoadGraph, sources: Any, part: str) -> None:
    with pytest.raises((InvalidTableError, RoadQuestionError), match=part):
        town.matrix(sources, [GOAL], "car")
    assert town.matrix([START], [GOAL], "car").distance.tolist() == [[1000]]


@pytest.mark.parametrize(
    ("avoid", "part"),
    [
        ([np.empty((0, 2))], "polygon 0 of shape"),
        ([AROUND_M, AROUND_M[:2]], "polygon 1 of shape"),
        (np.array(AROUND_M), "polygon 0 of shape"),
        ([[("a", 1), ("b", 2), ("c", 3)]], "are not numbers"),
        ([np.full((4, 2), NAN)], "polygon 0: lon nan"),
        ([[corner[::-1] for corner in AROUND_M]], "longitude first"),
    ],
)
def test_what_is_no_area_is_refused(town: RoadGraph, avoid: Any, part: str) -> None:
    with pytest.raises(RoadQuestionError, match=part):
        town.route(START, GOAL, "car", avoid=avoid)


def test_an_area_that_crosses_itself_closes_what_it_touches(town: RoadGraph) -> None:
    west, south, east, north = AROUND_M
    for area in (AROUND_M, [west, east, south, north, west]):
        around = town.route(START, GOAL, "car", avoid=[np.array(area)])
        assert around is not None
        assert around.distance_m > 2000


@pytest.mark.parametrize(
    ("when", "part"),
    [
        ({"vehicle": Vehicle(height_m=-1.0)}, "height_m -1.0 is no size"),
        ({"vehicle": Vehicle(weight_t=0.0)}, "weight_t 0.0 is no size"),
        ({"vehicle": Vehicle(width_m=NAN)}, "width_m nan is no size"),
        ({"vehicle": Vehicle(length_m=INF)}, "length_m inf is no size"),
        ({"vehicle": Vehicle(axle_load_t="3")}, "axle_load_t '3' is no size"),  # type: ignore[arg-type]
        ({"at": "2026-01-01"}, "give a datetime.date or datetime.datetime"),
        ({"season": NAN}, "season: nan"),
        ({"when": 3}, "'when' is no circumstance; there are at, vehicle, avoid, season"),
    ],
)
def test_circumstances_that_cannot_be_are_refused(
    town: RoadGraph, when: dict[str, Any], part: str
) -> None:
    with pytest.raises(RoadQuestionError, match=part):
        town.route(START, GOAL, "car", **when)
    with pytest.raises(RoadQuestionError, match=part):
        town.matrix([START], [GOAL], "car", **when)


def test_a_season_that_no_profile_has_is_refused(town: RoadGraph) -> None:
    with pytest.raises(ProfileError, match="monsoon"):
        town.route(START, GOAL, "car", season="monsoon")


@pytest.mark.parametrize(
    ("seconds", "part"),
    [([], "at least one"), ([-5], "-5.0 s is not between"), ([NAN], "nan s"), ([10**10], "is not"),
     (["x"], "are not numbers")],
)  # fmt: skip
def test_limits_of_isochrones_are_times(town: RoadGraph, seconds: Any, part: str) -> None:
    with pytest.raises(RoadQuestionError, match=part):
        town.isochrone(START, seconds, "car")


def test_every_stop_has_one_time_left(town: RoadGraph) -> None:
    with pytest.raises(RoadQuestionError, match="2 of them, and 1 are needed"):
        town.isochrone_from([START[0]], [START[1]], [60, 60], "car")
    with pytest.raises(RoadQuestionError, match="nan s"):
        town.isochrone_from([START[0]], [START[1]], [NAN], "car")  # type: ignore[list-item]
