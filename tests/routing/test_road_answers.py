"""Routes, matrices and places under circumstances, on drawn maps."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from routing.errors import MatrixRoomError, OffRoadError, UnknownProfileError
from routing.layout import UNREACHED
from routing.profiles import CAR, PROFILES, Vehicle
from routing.road import RoadGraph
from routing.road_answers import check_room
from tests.routing.drawn_roads import Drawing, at, pin

ROAD = {"highway": "residential", "name": "Short Street"}
DETOUR = {"highway": "residential", "name": "Long Way"}
# A short way from W to E by M, and a long one by N.
TOWN = Drawing(
    {"V": (-500, 0), "W": (0, 0), "M": (500, 0), "E": (1000, 0), "F": (1500, 0), "N": (500, 900)},
    [("VW", ROAD), ("WME", ROAD | {"maxheight": "3.0", "access:conditional": "no @ (07:00-09:00)"}),
     ("EF", ROAD), ("WNE", DETOUR)],
)  # fmt: skip
START, GOAL = at(-400, 0), at(1400, 0)
AROUND_M = np.array([at(450, -50), at(550, -50), at(550, 50), at(450, 50)])


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> RoadGraph:
    return TOWN.graph(tmp_path_factory.mktemp("town"), [p for p in PROFILES if p.name != "foot"])


@pytest.mark.parametrize(
    ("when", "is_short"),
    [
        ({}, True),
        ({"avoid": [AROUND_M]}, False),
        ({"at": datetime(2026, 10, 7, 8)}, False),  # noqa: DTZ001  (the region's own time)
        ({"at": datetime(2026, 10, 7, 10)}, True),  # noqa: DTZ001
        ({"vehicle": Vehicle(height_m=3.5)}, False),
        ({"vehicle": Vehicle(height_m=2.5)}, True),
    ],
)
def test_a_route_heeds_circumstances_and_equals_its_matrix_cell(
    town: RoadGraph, when: dict[str, object], is_short: bool
) -> None:
    path = town.route(START, GOAL, "van", **when)  # type: ignore[arg-type]
    assert path is not None
    assert path.distance_m == pytest.approx(1800 if is_short else 800 + 2 * 1029.6, abs=2)
    assert any(street.name == "Long Way" for street in path.streets) is not is_short
    matrix = town.matrix([START, GOAL], [GOAL, START], "van", **when)  # type: ignore[arg-type]
    assert (matrix.duration[0, 0], matrix.distance[0, 0]) == (path.duration, path.distance_m)
    assert matrix.duration[0, 1] == 0


def test_equal_circumstances_share_one_search(town: RoadGraph) -> None:
    search = town._searches["car"]
    by_metric = town._under_metrics
    first = by_metric.under(search, {"avoid": [AROUND_M]})
    assert first is not search
    assert by_metric.under(search, {"avoid": [AROUND_M.copy()]}) is first
    at_ten = datetime(2026, 10, 7, 10)  # noqa: DTZ001
    assert by_metric.under(search, {"at": at_ten}) is search
    assert by_metric.under(search, {}) is search


def test_what_is_closed_off_is_unreached_never_zero(town: RoadGraph) -> None:
    wall = np.array([at(700, -900), at(800, -900), at(800, 1900), at(700, 1900)])
    matrix = town.matrix([START], [GOAL, START], "car", avoid=[wall])
    assert matrix.duration.tolist() == [[UNREACHED, 0]]
    assert matrix.distance.tolist() == [[UNREACHED, 0]]
    assert town.route(START, GOAL, "car", avoid=[wall]) is None


def test_places_off_the_map_are_refused_by_routes_and_null_in_matrices(town: RoadGraph) -> None:
    sea = at(0, -5000)
    with pytest.raises(OffRoadError, match="within 1000 m"):
        town.route(START, sea, "car")
    with pytest.raises(OffRoadError):
        town.nearest(sea, "car")
    assert town.matrix([START, sea], [sea], "car").duration.tolist() == [[UNREACHED]] * 2
    with pytest.raises(UnknownProfileError, match="rocket"):
        town.matrix([START], [GOAL], "rocket")


def test_nearest_is_the_place_on_an_open_road(town: RoadGraph) -> None:
    beside = at(500, -30)
    near = town.nearest(beside, "car")
    assert near.street == "Short Street"
    assert near.off_road_m == pytest.approx(30, abs=0.1)
    assert (near.lon, near.lat) == pytest.approx(at(500, 0), abs=1e-6)
    far = town.nearest(beside, "car", avoid=[AROUND_M])
    assert far.street in {"Short Street", "Long Way"}
    assert far.off_road_m > 400


def test_a_matrix_without_room_says_how_many_bytes_and_the_way_out() -> None:
    with pytest.raises(MatrixRoomError) as error:
        check_room(10_000, 10_000, room=500_000_000)
    assert "1,600,000,000 bytes" in str(error.value)
    assert "500,000,000 are free" in str(error.value)
    assert "at most 3,125 sources" in str(error.value)
    check_room(3125, 10_000, room=500_000_000)


def test_a_matrix_larger_than_the_memory_of_this_machine_is_refused(town: RoadGraph) -> None:
    many = [START] * 20_000
    with pytest.raises(MatrixRoomError):
        check_room(10**7, 10**7)
    assert town.matrix(many[:2], many[:3], "car").duration.shape == (2, 3)


def test_an_empty_matrix_has_its_shape(town: RoadGraph) -> None:
    assert town.matrix([], [GOAL], "car").duration.shape == (0, 1)


def test_pins_that_are_expected_are_searched_by_buckets(tmp_path: Path) -> None:
    road = TOWN.graph(tmp_path, [CAR])
    places = [START, GOAL, at(500, 400)]
    pins = pin(road, "car", *places)
    plain = [road.one_to_many(*START, pins, "car", 10**6, reverse=back) for back in (False, True)]
    road.expect(pins, "car")
    for back in (False, True):
        assert road._searches["car"]._lookup(pins, is_back=back).buckets is not None
        found = road.one_to_many(*START, pins, "car", 10**6, reverse=back)
        np.testing.assert_array_equal(found[0], plain[back][0])
        np.testing.assert_array_equal(found[1], plain[back][1])
