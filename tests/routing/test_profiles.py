"""Profiles as data."""

from pathlib import Path
from typing import Any

import pytest

from routing.errors import ProfileError
from routing.osm_tags import is_blocked, passage
from routing.profiles import (
    BIKE,
    CAR,
    PROFILES,
    TRUCK,
    VAN,
    WHEELCHAIR,
    profile_of,
    with_overrides,
)
from tests.routing.drawn_roads import Drawing


def by_name(overrides: dict[str, Any]) -> dict[str, Any]:
    return {profile.name: profile for profile in with_overrides(overrides)}


def test_a_profile_survives_the_way_through_plain_data() -> None:
    for profile in PROFILES:
        assert profile_of(profile.name, profile.as_data()) == profile


def test_without_changes_the_profiles_are_those_shipped() -> None:
    assert with_overrides({}) == PROFILES


def test_a_change_reaches_the_profiles_that_are_like_it() -> None:
    found = by_name({"car": {"speed_kmh": {"residential": 15}, "limit_factor": 1.0}})
    assert found["car"].speed_kmh["residential"] == 15
    assert found["car"].speed_kmh["primary"] == CAR.speed_kmh["primary"]
    assert found["taxi"].speed_kmh["residential"] == 15
    assert found["truck"].speed_kmh["residential"] == TRUCK.speed_kmh["residential"]
    assert found["van"].limit_factor == 1.0
    assert found["bike"] == BIKE


def test_a_region_may_add_and_leave_out_profiles() -> None:
    found = by_name({"moped": {"like": "car", "max_kmh": 45}, "wheelchair": False})
    assert found["moped"].max_kmh == 45
    assert found["moped"].access == CAR.access
    assert "wheelchair" not in found
    kei = {"like": "van", "vehicle": {"weight_t": 1.5}}
    assert by_name({"kei": kei})["kei"].vehicle == VAN.vehicle._replace(weight_t=1.5)


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"car": {"speed_khm": {}}}, r"profiles.car: unknown key 'speed_khm'; did you mean 'speed"),
        (
            {"cra": {"max_kmh": 3}},
            r"profiles.cra: unknown profile; did you mean 'car'\?; a new",
        ),
        ({"moped": {"like": "cars"}}, r"profiles.moped.like: unknown profile 'cars'; did you mean"),
        (
            {"truck": {"vehicle": {"heigth_m": 3}}},
            r"truck.vehicle: unknown key 'heigth_m'; did you",
        ),
        ({"car": {"max_kmh": "fast"}}, r"profiles.car.max_kmh: 'fast' must be a number of 0 or"),
        ({"car": {"max_kmh": True}}, r"True must be a number"),
        ({"car": {"max_kmh": -1}}, r"-1 must be a number of 0 or more"),
        ({"car": {"is_motor": "yes"}}, r"profiles.car.is_motor: 'yes' must be true or false"),
        ({"car": {"access": "motorcar"}}, r"profiles.car.access: 'motorcar' must be a list of"),
        ({"car": {"oneway": [True]}}, r"profiles.car.oneway: True must be a text \(quote it\)"),
        ({"car": {"speed_kmh": 30}}, r"profiles.car.speed_kmh: 30 must be a table of numbers"),
        ({"car": {"cap_kmh": {"surface": 3}}}, r"profiles.car.cap_kmh.surface: 3 must be a table"),
        ({"car": {"uphill_kmh": [3]}}, r"\[3\] must be a list of pairs \[percent, km/h\]"),
        (
            {"car": {"traffic": [{"when": "always", "factor": 1}]}},
            r"traffic\[0\].when: 'always' is",
        ),
        ({"car": {"traffic": [{"when": "Mo", "factor": 0}]}}, r"factor: 0.0 must be more than 0"),
        ({"car": {"traffic": [{"when": "Mo"}]}}, r"must have `when` and `factor`"),
        ({"sled": {"access": ["sled"]}}, r"profiles.sled: 'speed_kmh' is missing; give it, or"),
        ({"car": "fast"}, r"profiles.car: 'fast' must be a table of keys"),
    ],
)
def test_a_fault_in_a_profile_is_told_with_its_place(
    overrides: dict[str, Any], message: str
) -> None:
    with pytest.raises(ProfileError, match=message):
        with_overrides(overrides)


@pytest.mark.parametrize(
    ("tags", "forward", "backward"),
    [
        ({"highway": "footway"}, 4.0, 4.0),
        ({"highway": "steps"}, 0, 0),
        ({"highway": "steps", "foot": "yes"}, 0, 0),
        ({"highway": "steps", "ramp:wheelchair": "yes"}, 0.5, 0.5),
        ({"highway": "footway", "wheelchair": "no"}, 0, 0),
        ({"highway": "footway", "wheelchair": "limited"}, 2.5, 2.5),
        ({"highway": "footway", "surface": "sand"}, 0, 0),
        ({"highway": "footway", "surface": "sand", "wheelchair": "yes"}, 4.0, 4.0),
        ({"highway": "footway", "surface": "asphalt;gravel"}, 1.5, 1.5),
        ({"highway": "footway", "smoothness": "bad"}, 2.0, 2.0),
        ({"highway": "footway", "smoothness": "horrible"}, 0, 0),
        ({"highway": "footway", "incline": "4%"}, 3.0, 4.0),
        ({"highway": "footway", "incline": "-7 %"}, 2.5, 2.0),
        ({"highway": "footway", "incline": "12%"}, 0, 0),
        ({"highway": "footway", "incline": "1:20"}, 3.0, 4.0),
        ({"highway": "footway", "incline": "6°"}, 0, 0),
        ({"highway": "footway", "incline": "up"}, 4.0, 4.0),
        ({"highway": "footway", "width": "0.7"}, 0, 0),
        ({"highway": "footway", "width": "1.2 m"}, 4.0, 4.0),
        ({"highway": "footway", "foot": "private"}, 0, 0),
    ],
)
def test_what_a_wheelchair_passes(tags: dict[str, str], forward: float, backward: float) -> None:
    found = passage(tags, WHEELCHAIR)
    assert (found.forward_kmh, found.backward_kmh) == (forward, backward)


@pytest.mark.parametrize(
    ("tags", "stops"),
    [
        ({"kerb": "raised"}, True),
        ({"barrier": "kerb", "kerb": "lowered"}, False),
        ({"kerb": "flush", "highway": "crossing"}, False),
        ({"kerb": "rolled", "wheelchair": "yes"}, False),
        ({"barrier": "kerb", "kerb:height": "0.02"}, False),
        ({"barrier": "kerb", "kerb:height": "12 cm"}, True),
        ({"barrier": "turnstile"}, True),
        ({"barrier": "bollard"}, False),
        ({"barrier": "gate", "wheelchair": "no"}, True),
    ],
)
def test_kerbs_and_barriers_stop_a_wheelchair(tags: dict[str, str], stops: bool) -> None:
    assert is_blocked(tags, WHEELCHAIR) == stops
    if "barrier" not in tags:
        assert not is_blocked(tags, BIKE)


def test_a_wheelchair_goes_around_the_steps(tmp_path: Path) -> None:
    """A-B-C with steps at the middle; the ramp over D is longer."""
    street = {"highway": "footway"}
    map_ = Drawing(
        {"A": (0, 0), "B": (100, 0), "C": (120, 0), "E": (200, 0), "D": (110, 100)},
        [("AB", street), ("BC", {"highway": "steps"}), ("CE", street), ("BDC", street)],
    )
    road = map_.graph(tmp_path)
    walk = road.path(map_.place("A"), map_.place("E"), "foot")
    roll = road.path(map_.place("A"), map_.place("E"), "wheelchair")
    assert walk is not None
    assert roll is not None
    assert walk.distance_m == 200
    assert roll.distance_m == 381  # 100 + 2 * hypot(10, 100) + 80
