"""The straight-line stand-in for roads."""

from datetime import date

import numpy as np
import pytest

from routing.beeline import Beeline
from routing.errors import InvalidTableError, UnknownProfileError
from routing.geo import distance_m
from routing.layout import UNREACHED
from routing.road import RoadNetwork
from tests.routing.drawn_roads import pin

MODEL = Beeline({"foot": 4.5, "car": 32.0}, detour=1.3)
ODORI, OTARU, ASAHIKAWA = (141.3545, 43.0606), (140.9939, 43.1977), (142.3650, 43.7626)
PLACES = [ODORI, OTARU, ASAHIKAWA, ODORI]


def test_it_is_a_road_network_and_says_that_it_estimates() -> None:
    network: RoadNetwork = MODEL
    assert network.is_beeline
    assert network.profiles == ("foot", "car")


def test_a_way_is_the_great_circle_times_the_detour_at_the_speed() -> None:
    path = MODEL.path(ODORI, OTARU, "car")
    metres = 1.3 * distance_m(ODORI[1], ODORI[0], OTARU[1], OTARU[0])
    assert path.distance_m == round(metres)
    assert path.duration == round(metres / 32 * 3.6)
    assert path.lon.tolist() == [ODORI[0], OTARU[0]]
    assert path.lat.tolist() == [ODORI[1], OTARU[1]]


def test_all_searches_agree() -> None:
    pins = pin(MODEL, "car", *PLACES)
    duration, distance = MODEL.many_to_many(pins, pins, "car")
    assert (np.diag(duration) == 0).all()
    assert duration[0, 3] == 0
    for row, origin in enumerate(PLACES):
        for reverse in (False, True):
            found = MODEL.one_to_many(*origin, pins, "car", 10**6, reverse=reverse)
            np.testing.assert_array_equal(found[0], duration[row])
            np.testing.assert_array_equal(found[1], distance[row])
        for column, destination in enumerate(PLACES):
            path = MODEL.path(origin, destination, "car")
            assert (path.duration, path.distance_m) == (
                duration[row, column],
                distance[row, column],
            )
            (drawing,) = MODEL.drawings([(*origin, *destination)], "car")
            assert drawing is not None
            assert drawing[:3] == (path.duration, path.distance_m, path.polyline)
            assert drawing.ends == (origin, destination)


def test_a_limit_includes_its_own_value() -> None:
    pins = MODEL.pin([OTARU[0]], [OTARU[1]], "car")
    time = MODEL.path(ODORI, OTARU, "car").duration
    assert MODEL.one_to_many(*ODORI, pins, "car", time)[0][0] == time
    assert MODEL.one_to_many(*ODORI, pins, "car", time - 1)[0][0] == UNREACHED
    assert MODEL.one_to_many(*ODORI, pins, "car", time - 1)[1][0] == UNREACHED


@pytest.mark.parametrize(
    ("lon", "lat", "wide", "high"),
    [
        (141, 43, 0.02, 0.02),
        (179.99, -17, 0.02, 0.02),
        (0, 89.99, 300, 0.0099),
        (10, 79, 0.2, 0.05),
    ],
    ids=["Hokkaido", "date line", "pole", "Svalbard"],
)
def test_footpaths_are_the_matrix_within_the_limit(
    lon: float, lat: float, wide: float, high: float
) -> None:
    rng = np.random.default_rng(5)
    lons = (lon + rng.random(60) * wide + 180) % 360 - 180
    stops = MODEL.pin(lons, lat + rng.random(60) * high, "foot")
    first, head, duration = MODEL.footpaths(stops, "foot", 900)
    matrix, _ = MODEL.many_to_many(stops, stops, "foot")
    for stop in range(60):
        rows = slice(first[stop], first[stop + 1])
        expected = sorted(
            (int(time), other)
            for other, time in enumerate(matrix[stop])
            if other != stop and time <= 900
        )
        assert list(zip(duration[rows].tolist(), head[rows].tolist(), strict=True)) == expected
    assert head.size


def test_no_stops_have_no_footpaths() -> None:
    first, head, duration = MODEL.footpaths(MODEL.pin([], [], "foot"), "foot", 900)
    assert first.tolist() == [0]
    assert head.size == duration.size == 0


def test_winter_slows_wheels_only() -> None:
    winter = MODEL.at(date(2027, 1, 1), winter_speed_factor=0.8)
    summer = MODEL.path(ODORI, OTARU, "car")
    assert winter.path(ODORI, OTARU, "car").duration == pytest.approx(summer.duration / 0.8, abs=1)
    walks = [model.path(ODORI, OTARU, "foot") for model in (winter, MODEL)]
    assert walks[0].duration == walks[1].duration
    assert walks[0].distance_m == walks[1].distance_m
    assert MODEL.at(date(2027, 7, 1)) is MODEL


def test_an_unknown_profile_and_a_bad_coordinate_are_refused() -> None:
    with pytest.raises(UnknownProfileError, match="'bike'; this region has: foot, car"):
        MODEL.pin([141], [43], "bike")
    with pytest.raises(InvalidTableError, match="no place on Earth"):
        MODEL.path((43, 141), ODORI, "car")
