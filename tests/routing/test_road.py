"""Stories of roads: each map is drawn in metres, north up."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from routing.errors import InvalidTableError, RoadFileError, UnknownProfileError
from routing.layout import NONE, UNREACHED
from routing.polyline import encode
from routing.profiles import BIKE, CAR, FOOT, FOOT_KMH, TAXI, walking_at
from routing.road import RoadGraph, RoadNetwork
from tests.routing.drawn_roads import Drawing, Place, pin, seconds

STREET = {"highway": "residential", "name": "一条通"}
KMH = CAR.speed_kmh["residential"]
NO_TURN = 0  # s, straight on


def drive(road: RoadNetwork, origin: Place, destination: Place, profile: str = "car") -> int:
    """Duration between two places, after checking that all searches agree on it."""
    sources, targets = pin(road, profile, origin), pin(road, profile, destination)
    duration, distance = road.many_to_many(sources, targets, profile)
    there = road.one_to_many(*origin, targets, profile, 10**6)
    back = road.one_to_many(*destination, sources, profile, 10**6, reverse=True)
    path = road.path(origin, destination, profile)
    assert there[0][0] == back[0][0] == duration[0, 0]
    assert there[1][0] == back[1][0] == distance[0, 0]
    if path is None:
        assert duration[0, 0] == distance[0, 0] == UNREACHED
    else:
        assert (path.duration, path.distance_m) == (duration[0, 0], distance[0, 0])
    return int(duration[0, 0])


def square(*ways: tuple[str, dict[str, str]], **extra: object) -> Drawing:
    """Draw a block with corners A B C D, 500 m wide and 300 m high, and legs P-A and C-Q.

    P-A---B
      |   |
      D---C-Q
    """
    nodes = {
        "P": (-200, 300), "A": (0, 300), "B": (500, 300), "C": (500, 0), "D": (0, 0), "Q": (700, 0),
    }  # fmt: skip
    return Drawing(nodes, ways, **extra)  # type: ignore[arg-type]


BLOCK = (
    ("PA", STREET),
    ("AB", STREET),
    ("BC", STREET),
    ("CD", STREET),
    ("DA", STREET),
    ("CQ", STREET),
)


def test_a_straight_street_takes_its_length_at_its_speed(tmp_path: Path) -> None:
    street = Drawing({"A": (0, 0), "B": (1000, 0)}, [("AB", STREET)])
    road = street.graph(tmp_path)
    assert drive(road, street.place("A"), street.place("B")) == round(seconds(1000, KMH))
    assert drive(road, street.place("A"), street.place("B"), "foot") == seconds(1000, FOOT_KMH)


def test_people_walk_at_the_speed_of_the_region(tmp_path: Path) -> None:
    street = Drawing({"A": (0, 0), "B": (1000, 0), "H": (500, 100)}, [("AB", STREET)])
    road = street.graph(tmp_path, walking_at(3.0))
    assert drive(road, street.place("A"), street.place("B"), "foot") == 1200
    assert drive(road, street.place("H"), street.place("B"), "foot") == 720
    assert drive(road, street.place("A"), street.place("B")) == round(seconds(1000, KMH))


def test_a_path_has_the_shape_of_the_road(tmp_path: Path) -> None:
    block = square(*BLOCK)
    path = block.graph(tmp_path).path(block.place("P"), block.place("Q"), "foot")
    assert path is not None
    assert path.distance_m == 200 + 500 + 300 + 200
    by_b = [block.place(node) for node in "PABCQ"]
    by_d = [block.place(node) for node in "PADCQ"]
    drawn = np.column_stack([path.lon, path.lat])
    assert any(np.allclose(drawn, expected, atol=2e-7) for expected in (by_b, by_d))
    assert path.polyline == encode(path.lon, path.lat)


def test_a_path_names_its_streets(tmp_path: Path) -> None:
    """From a third of A-B over B and C to the middle of C-D."""
    nodes = {"A": (0, 0), "B": (900, 0), "C": (900, 400), "D": (1300, 400), "E": (900, -300)}
    streets = [
        ("AB", STREET | {"name": "大通"}),
        ("BC", STREET),
        ("CD", {"highway": "residential", "ref": "230"}),
        ("BE", STREET),
    ]
    map_ = Drawing(nodes, [(way, tags) for way, tags in streets])
    path = map_.graph(tmp_path).path(
        map_.between("A", "B", 1 / 3), map_.between("C", "D", 0.5), "car"
    )
    assert path is not None
    assert path.streets == (("大通", 600), ("一条通", 400), ("230", 200))
    back = map_.graph(tmp_path).path(
        map_.between("C", "D", 0.5), map_.between("A", "B", 1 / 3), "foot"
    )
    assert back is not None
    assert back.streets == path.streets[::-1]
    on_one = map_.graph(tmp_path).path(
        map_.between("A", "B", 2 / 3), map_.between("A", "B", 1 / 3), "car"
    )
    assert on_one is not None
    assert on_one.streets == (("大通", 300),)


def test_a_street_with_crossings_is_named_once_with_its_whole_length(tmp_path: Path) -> None:
    nodes = {"A": (0, 0), "M": (300, 0), "N": (700, 0), "B": (1000, 0), "S": (300, -300)}
    nodes |= {"T": (700, -300), "C": (1000, 400)}
    side = STREET | {"name": "横丁"}
    map_ = Drawing(nodes, [("AMNB", STREET), ("MS", side), ("NT", side), ("BC", side)])
    for profile in ("car", "foot"):
        path = map_.graph(tmp_path).path(
            map_.between("A", "M", 1 / 3), map_.between("B", "C", 0.5), profile
        )
        assert path is not None
        assert path.streets == (("一条通", 900), ("横丁", 200))
        assert sum(street.distance_m for street in path.streets) == path.distance_m


def test_the_same_place_is_no_time_away(tmp_path: Path) -> None:
    block = square(*BLOCK)
    road = block.graph(tmp_path)
    for profile in road.profiles:
        assert drive(road, block.between("A", "B"), block.between("A", "B"), profile) == 0
        far_off = block.between("A", "B")[0], block.place("P")[1] + 0.0015
        assert drive(road, far_off, far_off, profile) == 0


def test_a_oneway_street_is_driven_round_the_block_but_walked_straight(tmp_path: Path) -> None:
    """B-A is against the one-way: the car goes B-C-D-A, with three right-angled turns or less."""
    ways = [BLOCK[0], ("AB", STREET | {"oneway": "yes"}), *BLOCK[2:]]
    block = square(*ways)
    road = block.graph(tmp_path)
    near_b, near_a = block.between("A", "B", 0.9), block.between("A", "B", 0.1)
    assert drive(road, near_a, near_b) == round(seconds(400, KMH))
    around = seconds(50 + 300 + 500 + 300 + 50, KMH)
    assert around <= drive(road, near_b, near_a) <= around + 3 * CAR.turn_s
    assert drive(road, near_b, near_a, "foot") == seconds(400, FOOT_KMH)


@pytest.mark.parametrize(
    ("tags", "profile", "is_free"),
    [
        ({"oneway": "-1"}, "car", True),
        ({"oneway": "yes"}, "bike", False),
        ({"oneway": "yes", "oneway:bicycle": "no"}, "bike", True),
        ({"oneway": "yes", "cycleway:left": "opposite_lane"}, "bike", True),
        ({"oneway": "yes", "oneway:psv": "no"}, "taxi", True),
        ({"oneway": "yes", "oneway:psv": "no"}, "car", False),
        ({"junction": "roundabout"}, "car", False),
        ({"junction": "roundabout", "oneway": "no"}, "car", True),
    ],
)
def test_oneway_tags_say_who_may_go_from_b_to_a(
    tmp_path: Path, tags: dict[str, str], profile: str, is_free: bool
) -> None:
    block = square(BLOCK[0], ("AB", STREET | tags), *BLOCK[2:])
    road = block.graph(tmp_path)
    path = road.path(block.between("A", "B", 0.9), block.between("A", "B", 0.1), profile)
    assert path is not None
    assert (path.distance_m == 400) == is_free


@pytest.mark.parametrize(
    ("tags", "profiles"),
    [
        ({}, "foot wheelchair bike car taxi van truck"),
        ({"access": "no"}, ""),
        ({"access": "no", "foot": "yes"}, "foot wheelchair"),
        ({"motor_vehicle": "no"}, "foot wheelchair bike"),
        ({"motor_vehicle": "no", "motorcar": "yes"}, "foot wheelchair bike car taxi van"),
        ({"access": "no", "psv": "yes"}, "taxi"),
        ({"access": "no", "bus": "designated"}, "taxi"),
        ({"motor_vehicle": "no", "taxi": "yes"}, "foot wheelchair bike taxi"),
        ({"access": "no", "goods": "yes"}, "van"),
        ({"vehicle": "no"}, "foot wheelchair"),
        ({"bicycle": "no"}, "foot wheelchair car taxi van truck"),
        ({"hgv": "no"}, "foot wheelchair bike car taxi van"),
        ({"access": "no", "hgv": "designated"}, "truck"),
        ({"wheelchair": "no"}, "foot bike car taxi van truck"),
        ({"maxheight": "2.5"}, "foot wheelchair bike car taxi"),
        ({"maxweight": "3500 kg"}, "foot wheelchair bike car taxi van"),
        ({"motorroad": "yes"}, "car taxi van truck"),
    ],
)
def test_access_tags_say_who_may_pass_the_bridge(
    tmp_path: Path, tags: dict[str, str], profiles: str
) -> None:
    """A street W-X-Y-Z with the tagged bridge X-Y and, for all, a detour of 10 km over V."""
    nodes = {"W": (0, 0), "X": (500, 0), "Y": (600, 0), "Z": (1100, 0), "V": (550, 5000)}
    street = Drawing(
        nodes, [("WX", STREET), ("XY", STREET | tags), ("YZ", STREET), ("XVY", STREET)]
    )
    road = street.graph(tmp_path)
    paths = {p: road.path(street.place("W"), street.place("Z"), p) for p in road.profiles}
    passing = [p for p, path in paths.items() if path is not None and path.distance_m == 1100]
    assert sorted(passing) == sorted(profiles.split())


def test_a_private_road_is_no_short_cut_but_leads_to_its_house(tmp_path: Path) -> None:
    """X-H-Y is private, 200 m; the public way X-V-Y is 2 km."""
    nodes = {
        "W": (0, 0),
        "X": (500, 0),
        "H": (600, 0),
        "Y": (700, 0),
        "Z": (1200, 0),
        "V": (600, 1000),
    }
    street = Drawing(
        nodes,
        [("WX", STREET), ("XHY", STREET | {"access": "private"}), ("YZ", STREET), ("XVY", STREET)],
    )
    road = street.graph(tmp_path)
    through = road.path(street.place("W"), street.place("Z"), "car")
    assert through is not None
    assert through.distance_m > 3000
    for origin, destination in (("W", "H"), ("H", "W"), ("H", "Z"), ("Z", "H")):
        assert drive(road, street.place(origin), street.place(destination)) <= seconds(600, KMH) + 8
    assert drive(road, street.between("X", "H"), street.between("H", "Y")) == round(
        seconds(100, KMH)
    )


def test_private_roads_are_driven_within_from_one_to_the_next(tmp_path: Path) -> None:
    """The private roads G-F-J join two public streets; from G-F to F-J there is no public way."""
    nodes = {"C": (0, 0), "G": (2000, 0), "F": (2000, 1000), "J": (2000, 2000), "K": (0, 2000)}
    private = STREET | {"access": "private"}
    map_ = Drawing(nodes, [("CG", STREET), ("GF", private), ("FJ", private), ("JK", STREET)])
    road = map_.graph(tmp_path)
    assert drive(road, map_.between("G", "F"), map_.between("F", "J")) == round(seconds(1000, KMH))


def test_a_bollard_stops_cars_and_lets_others_through(tmp_path: Path) -> None:
    """X-B-Y with a bollard at B; the detour over V is 2 km."""
    nodes = {"X": (0, 0), "B": (100, 0), "Y": (200, 0), "V": (100, 1000)}
    street = Drawing(
        nodes, [("XBY", STREET), ("XVY", STREET)], node_tags={"B": {"barrier": "bollard"}}
    )
    road = street.graph(tmp_path)
    short = {
        p: (path := road.path(street.place("X"), street.place("Y"), p)) and path.distance_m == 200
        for p in road.profiles
    }
    assert {profile for profile, is_short in short.items() if is_short} == {
        "foot", "wheelchair", "bike",
    }  # fmt: skip


def test_a_gate_that_is_open_to_residents_stops_nobody(tmp_path: Path) -> None:
    street = Drawing(
        {"X": (0, 0), "B": (100, 0), "Y": (200, 0)},
        [("XBY", STREET)],
        node_tags={"B": {"barrier": "bollard", "motor_vehicle": "yes"}},
    )
    assert drive(street.graph(tmp_path), street.place("X"), street.place("Y")) == round(
        seconds(200, KMH)
    )


def crossing(*turns: tuple[int, str, int, dict[str, str]]) -> Drawing:
    """Draw a crossing M with arms N E S W of 500 m, N and E joined by a long loop over L."""
    nodes = {
        "M": (0, 0), "N": (0, 500), "E": (500, 0), "S": (0, -500), "W": (-500, 0),
        "L": (2000, 2000),
    }  # fmt: skip
    ways = [(arm + "M", STREET) for arm in "NESW"] + [("NLE", STREET)]
    return Drawing(nodes, ways, turns=turns)


def shortest_m(drawing: Drawing, road: RoadGraph, a: str, b: str, profile: str = "car") -> int:
    path = road.path(drawing.place(a), drawing.place(b), profile)
    assert path is not None
    return path.distance_m


def test_a_turn_restriction_sends_cars_round_and_walkers_straight(tmp_path: Path) -> None:
    """From S right into E is forbidden; cars turn round at W, the nearest dead end."""
    map_ = crossing((2, "M", 1, {"restriction": "no_right_turn"}))
    road = map_.graph(tmp_path)
    assert shortest_m(map_, road, "S", "E", "foot") == 1000
    assert shortest_m(map_, road, "S", "E", "bike") == 1000
    assert shortest_m(map_, road, "S", "E") == 2000
    assert shortest_m(map_, road, "E", "S") == 1000
    assert shortest_m(map_, road, "W", "E") == 1000


def test_an_only_restriction_forbids_all_other_turns(tmp_path: Path) -> None:
    map_ = crossing((2, "M", 0, {"restriction": "only_straight_on"}))
    road = map_.graph(tmp_path)
    assert shortest_m(map_, road, "S", "N") == 1000
    assert shortest_m(map_, road, "S", "E") > 4000
    assert shortest_m(map_, road, "S", "W") > 4000
    assert shortest_m(map_, road, "N", "E") == 1000


def test_a_restriction_with_an_exception_frees_the_taxi(tmp_path: Path) -> None:
    map_ = crossing((2, "M", 1, {"restriction": "no_right_turn", "except": "psv;bicycle"}))
    road = map_.graph(tmp_path)
    assert shortest_m(map_, road, "S", "E", "taxi") == 1000
    assert shortest_m(map_, road, "S", "E") == 2000


def test_a_restriction_for_lorries_does_not_bind_cars(tmp_path: Path) -> None:
    map_ = crossing((2, "M", 1, {"restriction:hgv": "no_right_turn"}))
    assert shortest_m(map_, map_.graph(tmp_path), "S", "E") == 1000


def test_a_forbidden_u_turn_leaves_straight_on_along_the_same_way(tmp_path: Path) -> None:
    """The restriction names the way X-M-Y twice; only turning back at M is meant."""
    nodes = {"X": (0, 0), "M": (500, 0), "Y": (1000, 0), "Z": (500, 500)}
    street = Drawing(
        nodes,
        [("XMY", STREET), ("MZ", STREET)],
        turns=[(0, "M", 0, {"restriction": "no_u_turn"})],
    )
    assert drive(street.graph(tmp_path), street.place("X"), street.place("Y")) == round(
        seconds(1000, KMH)
    )


def test_a_car_turns_round_at_a_dead_end_only(tmp_path: Path) -> None:
    """On the one side of a dual carriageway, D is the dead end behind the destination."""
    nodes = {"A": (0, 0), "B": (400, 0), "D": (500, 0)}
    street = Drawing(nodes, [("AB", STREET), ("BD", STREET)])
    road = street.graph(tmp_path)
    assert drive(road, street.between("B", "D"), street.place("A")) == round(seconds(450, KMH))


def test_a_right_angle_costs_less_than_the_sharpest_turn_and_more_than_none(tmp_path: Path) -> None:
    map_ = crossing()
    road = map_.graph(tmp_path)
    straight = drive(road, map_.place("S"), map_.place("N"))
    right = drive(road, map_.place("S"), map_.place("E"))
    assert straight == round(seconds(1000, KMH) + CAR.turn_s / (1 + np.exp(6.5)))
    assert right == round(seconds(1000, KMH) + CAR.turn_s / 2)


def ferry(tags: dict[str, str]) -> Drawing:
    nodes = {"A": (0, 0), "B": (6000, 0), "C": (16000, 0), "D": (22000, 0)}
    water = {"route": "ferry", **tags}
    return Drawing(nodes, [("AB", STREET), ("BC", water), ("CD", STREET)])


def test_a_ferry_takes_its_stated_duration_and_carries_no_walkers(tmp_path: Path) -> None:
    map_ = ferry({"duration": "00:35", "motor_vehicle": "yes"})
    road = map_.graph(tmp_path)
    expected = 35 * 60 + seconds(12_000, KMH)
    assert drive(road, map_.place("A"), map_.place("D")) == pytest.approx(expected, abs=1)
    assert drive(road, map_.place("A"), map_.place("D"), "foot") == UNREACHED
    assert drive(road, map_.place("C"), map_.place("D"), "foot") == seconds(6000, FOOT_KMH)


def test_a_ferry_for_people_on_foot_carries_no_cars(tmp_path: Path) -> None:
    map_ = ferry({"duration": "35", "foot": "yes"})
    assert drive(map_.graph(tmp_path), map_.place("A"), map_.place("D")) == UNREACHED


def test_a_place_on_the_water_is_pinned_to_the_shore(tmp_path: Path) -> None:
    map_ = ferry({"duration": "35", "motor_vehicle": "yes"})
    road = map_.graph(tmp_path)
    assert pin(road, "car", map_.between("B", "C")).segment[0] == NONE
    near = pin(road, "car", map_.between("B", "C", 0.01))
    assert near.off_road_cm[0] == pytest.approx(10_000, abs=5)


PASS = {"highway": "secondary", "name": "峠"}


def mountain(tags: dict[str, str]) -> Drawing:
    """Draw a pass A-B of 10 km and a way round over V of 40 km."""
    nodes = {"A": (0, 0), "B": (10_000, 0), "V": (5000, 19_365)}
    return Drawing(nodes, [("AB", PASS | tags), ("AV", PASS), ("VB", PASS)])


@pytest.mark.parametrize(
    ("tags", "open_on", "closed_on"),
    [
        ({"access:conditional": "no @ (Dec 1-Mar 31)"}, ["04-01", "11-30"], ["12-01", "02-29"]),
        ({"motor_vehicle:conditional": "no @ (Nov-Apr)"}, ["05-01"], ["11-01", "04-30"]),
        ({"motorcar:conditional": "no @ winter"}, ["07-01"], ["01-15"]),
        ({"motor_vehicle": "no", "motor_vehicle:conditional": "yes @ (Jun 10-Sep 20)"},
         ["06-10", "09-20"], ["06-09", "09-21", "01-01"]),
        ({"winter_road": "yes"}, ["01-10"], ["07-10"]),
        ({"ice_road": "yes"}, ["01-10"], ["07-10"]),
        ({"seasonal": "winter"}, ["01-10"], ["07-10"]),
        ({"seasonal": "summer"}, ["07-10"], ["01-10"]),
        ({"access:conditional": "no @ (22:00-06:00)"}, ["01-10", "07-10"], []),
        ({"access:conditional": "no @ (Dec 20-Jan 10); delivery @ (09:00-11:00)"},
         ["12-19", "01-11"], ["12-20", "01-10"]),
    ],
)  # fmt: skip
def test_a_pass_is_closed_on_the_days_its_tags_name(
    tmp_path: Path, tags: dict[str, str], open_on: Sequence[str], closed_on: Sequence[str]
) -> None:
    map_ = mountain(tags)
    road = map_.graph(tmp_path, [CAR, TAXI])
    for day in (*open_on, *closed_on):
        on_day = road.at(date.fromisoformat(f"2028-{day}"))
        length = drive_m(on_day, map_)
        assert (length < 11_000) == (day in open_on), day
        on_day.prepare()
        assert drive_m(on_day, map_) == length


def drive_m(road: RoadGraph, map_: Drawing) -> int:
    assert drive(road, map_.place("A"), map_.place("B")) < UNREACHED
    path = road.path(map_.place("A"), map_.place("B"), "car")
    assert path is not None
    return path.distance_m


def test_a_day_without_closures_gives_the_same_graph(tmp_path: Path) -> None:
    map_ = mountain({"access:conditional": "no @ (Dec 1-Mar 31)"})
    road = map_.graph(tmp_path)
    assert road.at(date(2027, 7, 1)) is road
    assert road.at(date(2027, 1, 1)) is not road
    assert road.at(date(2027, 1, 1)) is road.at(date(2028, 2, 29))
    assert road.at(date(2027, 7, 1), winter_speed_factor=0.8) is not road


def test_winter_slows_wheels_but_neither_feet_nor_ferries(tmp_path: Path) -> None:
    map_ = ferry({"duration": "00:35", "motor_vehicle": "yes"})
    winter = map_.graph(tmp_path).at(date(2027, 1, 10), winter_speed_factor=0.8)
    expected = 35 * 60 + seconds(12_000, KMH * 0.8)
    assert drive(winter, map_.place("A"), map_.place("D")) == pytest.approx(expected, abs=1)
    assert drive(winter, map_.place("A"), map_.place("B"), "foot") == seconds(6000, FOOT_KMH)


def test_pins_made_before_a_closure_still_count_after_it(tmp_path: Path) -> None:
    map_ = mountain({"access:conditional": "no @ (Dec 1-Mar 31)"})
    road = map_.graph(tmp_path)
    pins = pin(road, "car", map_.between("A", "V"), map_.between("A", "B"))
    winter = road.at(date(2027, 1, 10))
    duration, distance = winter.many_to_many(pins, pins, "car")
    assert duration[0, 0] == 0
    assert duration[0, 1] == distance[0, 1] == duration[1, 0] == UNREACHED


def test_no_place_is_pinned_to_an_island(tmp_path: Path) -> None:
    """X-Y is a yard of 100 m without a way out; the town A-B lies 300 m south of it."""
    nodes = {"A": (0, 0), "B": (3000, 0), "X": (1000, 300), "Y": (1100, 300)}
    map_ = Drawing(nodes, [("AB", STREET), ("XY", STREET)])
    road = map_.graph(tmp_path)
    yard = pin(road, "car", map_.between("X", "Y"))
    assert yard.off_road_cm[0] == pytest.approx(30_000, abs=50)
    assert drive(road, map_.between("X", "Y"), map_.place("A")) == round(seconds(1050, KMH))


def test_a_large_island_is_a_place_of_its_own(tmp_path: Path) -> None:
    nodes = {"A": (0, 0), "B": (30_000, 0), "X": (0, 9000), "Y": (6000, 9000)}
    map_ = Drawing(nodes, [("AB", STREET), ("XY", STREET)])
    road = map_.graph(tmp_path)
    assert drive(road, map_.place("X"), map_.place("Y")) == pytest.approx(
        seconds(6000, KMH), abs=1
    )  # the island lies north of where the drawing's metres are true
    assert drive(road, map_.place("A"), map_.place("X")) == UNREACHED


def test_a_car_turns_round_where_only_a_private_road_goes_on(tmp_path: Path) -> None:
    nodes = {"A": (0, 0), "B": (1000, 0), "H": (1000, 400)}
    map_ = Drawing(nodes, [("AB", STREET), ("BH", STREET | {"access": "private"})])
    road = map_.graph(tmp_path)
    assert pin(road, "car", map_.place("B")).off_road_cm[0] == 0
    assert drive(road, map_.place("H"), map_.place("A")) < UNREACHED
    assert drive(road, map_.place("A"), map_.place("H")) < UNREACHED


def test_nothing_is_pinned_to_a_street_that_cannot_be_left(tmp_path: Path) -> None:
    """B-T is a one-way into nowhere."""
    nodes = {"A": (0, 0), "B": (1000, 0), "T": (1000, 400)}
    map_ = Drawing(nodes, [("AB", STREET), ("BT", STREET | {"oneway": "yes"})])
    road = map_.graph(tmp_path)
    assert pin(road, "car", map_.place("T")).off_road_cm[0] == pytest.approx(40_000, abs=50)
    assert pin(road, "foot", map_.place("T")).off_road_cm[0] == 0


def test_a_walk_counts_the_way_to_the_road_and_a_drive_does_not(tmp_path: Path) -> None:
    """The house H stands 100 m north of the street."""
    map_ = Drawing({"A": (0, 0), "B": (1000, 0), "H": (500, 100)}, [("AB", STREET)])
    road = map_.graph(tmp_path)
    path = road.path(map_.place("H"), map_.place("B"), "foot")
    assert path is not None
    assert path.distance_m == 600
    assert path.duration == 480
    assert np.allclose([path.lon[0], path.lat[0]], map_.place("H"))
    assert drive(road, map_.place("H"), map_.place("B")) == round(seconds(500, KMH))


def test_neighbours_far_from_the_road_walk_straight_to_each_other(tmp_path: Path) -> None:
    """G and H are 50 m apart and 100 m off the road."""
    nodes = {"A": (0, 0), "B": (1000, 0), "G": (500, 100), "H": (550, 100)}
    map_ = Drawing(nodes, [("AB", STREET)])
    road = map_.graph(tmp_path)
    assert drive(road, map_.place("G"), map_.place("H"), "foot") == seconds(50, FOOT_KMH)
    stops = pin(road, "foot", map_.place("G"), map_.place("H"))
    assert road.footpaths(stops, "foot", 600)[2].tolist() == [40, 40]


def test_a_place_far_from_all_roads_is_reached_from_nowhere(tmp_path: Path) -> None:
    map_ = Drawing({"A": (0, 0), "B": (1000, 0), "H": (500, 5000)}, [("AB", STREET)])
    road = map_.graph(tmp_path)
    assert drive(road, map_.place("H"), map_.place("B")) == UNREACHED
    assert drive(road, map_.place("B"), map_.place("H"), "foot") == UNREACHED
    assert drive(road, map_.place("H"), map_.place("H"), "foot") == UNREACHED


def test_a_limit_bounds_a_search_and_includes_its_own_value(tmp_path: Path) -> None:
    map_ = Drawing({"A": (0, 0), "B": (1000, 0)}, [("AB", STREET)])
    road = map_.graph(tmp_path)
    targets = pin(road, "foot", map_.place("B"))
    time = int(seconds(1000, FOOT_KMH))
    for reverse in (False, True):
        found = road.one_to_many(*map_.place("A"), targets, "foot", time, reverse=reverse)
        assert (found[0][0], found[1][0]) == (time, 1000)
        found = road.one_to_many(*map_.place("A"), targets, "foot", time - 1, reverse=reverse)
        assert (found[0][0], found[1][0]) == (UNREACHED, UNREACHED)


def test_footpaths_are_the_matrix_within_the_limit(tmp_path: Path) -> None:
    block = square(*BLOCK)
    road = block.graph(tmp_path)
    places = [block.place(node) for node in "PABCDQ"] + [block.between("A", "B", 0.3)]
    stops = pin(road, "foot", *places)
    first, head, duration = road.footpaths(stops, "foot", 600)
    matrix, _ = road.many_to_many(stops, stops, "foot")
    for stop in range(len(places)):
        rows = slice(first[stop], first[stop + 1])
        expected = sorted(
            (int(matrix[stop, other]), other)
            for other in range(len(places))
            if other != stop and matrix[stop, other] <= 600
        )
        assert list(zip(duration[rows].tolist(), head[rows].tolist(), strict=True)) == expected


def test_a_saved_graph_opens_with_the_same_answers(tmp_path: Path) -> None:
    map_ = mountain({"access:conditional": "no @ (Dec 1-Mar 31)"})
    road = map_.graph(tmp_path)
    road.save(tmp_path / "roads")
    opened = RoadGraph.open(tmp_path / "roads")
    assert opened.profiles == road.profiles
    assert opened.counts() == road.counts()
    for day in (date(2027, 1, 1), date(2027, 7, 1)):
        assert drive_m(opened.at(day), map_) == drive_m(road.at(day), map_)


def test_an_unknown_profile_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    map_ = Drawing({"A": (0, 0), "B": (1000, 0)}, [("AB", STREET)])
    with pytest.raises(UnknownProfileError, match="'horse'; this region has: foot, bike"):
        map_.graph(tmp_path, [FOOT, BIKE]).pin([141], [43], "horse")


def test_a_coordinate_off_the_earth_is_refused(tmp_path: Path) -> None:
    map_ = Drawing({"A": (0, 0), "B": (1000, 0)}, [("AB", STREET)])
    road = map_.graph(tmp_path)
    with pytest.raises(InvalidTableError, match=r"row 1: lat 143.0, lon 43.0 is no place on Earth"):
        road.pin([141, 43], [43, 143], "foot")
    with pytest.raises(InvalidTableError, match="no place on Earth"):
        road.pin([float("nan")], [43], "foot")


def test_a_folder_without_a_graph_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RoadFileError, match="no road graph; build the region again"):
        RoadGraph.open(tmp_path)
