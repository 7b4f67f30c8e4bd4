"""Meters, hours and zones."""

from datetime import date

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from maas.region_file import DemandZone
from maas.region_fleets import Meter, TaxiFleet
from maas.region_parts import Area, Point
from maas.taxi import (
    Bases,
    covers,
    inside,
    is_night,
    is_within_hours,
    meter_fare,
    runs_on,
)
from routing.geo import distance_m

METER = Meter(base_fare=690, base_distance_m=1400, step_fare=90, step_distance_m=284)
NOON, MIDNIGHT = 12 * 3600, 24 * 3600


@pytest.mark.parametrize(
    ("driven_m", "fare"),
    [(0, 690), (1400, 690), (1401, 780), (1684, 780), (1685, 870), (10_000, 690 + 31 * 90)],
)
def test_each_begun_step_beyond_the_base_distance_counts(driven_m: int, fare: int) -> None:
    # 10,000 − 1,400 = 8,600 m: 30 whole steps of 284 m and one begun
    assert meter_fare(METER, driven_m, NOON) == fare


def test_at_night_the_distances_are_shorter() -> None:
    # 5,000 m × 1.2 = 6,000 m: 4,600 m beyond the base, 17 begun steps; by day 13
    assert meter_fare(METER, 5000, NOON) == 690 + 13 * 90
    assert meter_fare(METER, 5000, MIDNIGHT) == 690 + 17 * 90


@given(st.integers(0, 100_000), st.integers(0, 100_000), st.integers(0, 2 * MIDNIGHT))
def test_a_longer_ride_never_costs_less(one_m: int, other_m: int, boarding: int) -> None:
    shorter, longer = sorted((one_m, other_m))
    assert meter_fare(METER, shorter, boarding) <= meter_fare(METER, longer, boarding)


@pytest.mark.parametrize(
    ("clock", "night"),
    [(21 * 3600, False), (22 * 3600, True), (MIDNIGHT, True), (29 * 3600, False), (4 * 3600, True)],
)
def test_night_passes_midnight(clock: int, night: bool) -> None:
    assert is_night(METER, clock) is night


@pytest.mark.parametrize(
    ("hours", "clock", "within"),
    [
        (("06:00", "24:00"), 6 * 3600, True),
        (("06:00", "24:00"), 6 * 3600 - 1, False),
        (("06:00", "24:00"), MIDNIGHT, False),
        (("18:00", "26:00"), 3600, True),
        (("18:00", "26:00"), 2 * 3600, False),
        (("00:00", "30:00"), 3 * 3600, True),
    ],
)
def test_hours_may_pass_midnight(hours: tuple[str, str], clock: int, within: bool) -> None:
    assert is_within_hours(hours, clock) is within


ZONE = DemandZone(
    id="z",
    polygon=((43.0, 141.0), (43.0, 141.2), (43.2, 141.2), (43.1, 141.1), (43.2, 141.0)),
    fare=1,
)


@pytest.mark.parametrize(
    ("lat", "lon", "inside"),
    [(43.05, 141.1, True), (43.15, 141.1, False), (43.15, 141.02, True), (42.9, 141.1, False)],
)
def test_a_zone_may_have_a_notch(lat: float, lon: float, inside: bool) -> None:
    # an M: the notch comes down to 43.1 in the middle
    assert covers(ZONE.picks_up, lat, lon) is inside


def test_a_holiday_is_no_weekday() -> None:
    friday = date(2026, 10, 9)
    assert runs_on(ZONE, friday, [])
    assert not runs_on(ZONE, friday, [friday])
    assert not runs_on(ZONE, date(2026, 10, 11), [])


CORNERS = st.tuples(st.integers(-4, 4), st.integers(-4, 4)).map(
    lambda at: (43.0 + at[0] / 1000, 141.0 + at[1] / 1000)
)


@given(
    st.lists(st.lists(CORNERS, min_size=3, max_size=6).map(tuple), max_size=2).map(tuple),
    st.lists(CORNERS, max_size=3).map(tuple),
    CORNERS,
)
def test_one_place_is_told_as_many_are(
    rings: tuple[tuple[tuple[float, float], ...], ...],
    points: tuple[tuple[float, float], ...],
    at: tuple[float, float],
) -> None:
    area = Area(rings=rings, points=points)
    assert covers(area, *at) == inside(area, np.array(at[:1]), np.array(at[1:]))[0]


@given(CORNERS, st.integers(1, 900), st.integers(0, 300))
def test_a_fleet_is_near_within_its_radius(
    at: tuple[float, float], radius_m: int, beyond_m: int
) -> None:
    base = Point(lat=43.0, lon=141.0)
    fleet = TaxiFleet(id="t", base=base, meter=METER, radius_m=radius_m)
    metres = distance_m(base.lat, base.lon, *at)
    assume(abs(metres - radius_m - beyond_m) > 1e-6)
    far = TaxiFleet(id="far", base=Point(lat=-43.0, lon=141.0), meter=METER, radius_m=radius_m)
    bases = Bases.of((far, fleet))
    assert bases.near(*at, beyond_m) == ([1] if metres <= radius_m + beyond_m else [])
    covered = bases.cover(*np.array(at)[:, None])
    assert covered.tolist() == [[False], [metres <= radius_m]]
