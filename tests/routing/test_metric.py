"""Stories of roads at a moment, for a vehicle, around areas; each map is drawn in metres."""

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from routing.errors import ProfileError, UnknownProfileError
from routing.layout import UNREACHED
from routing.metric import metric, search_under
from routing.profiles import CAR, PROFILES, TRUCK, Vehicle, with_overrides
from routing.road import RoadGraph
from tests.routing.drawn_roads import Drawing, Tags, pin, seconds

STREET = {"highway": "residential"}
MORNING, NOON, NIGHT, SUNDAY = (
    datetime.fromisoformat(f"2026-11-{text}")  # a Wednesday, and the Sunday after it
    for text in ("25T08:00", "25T12:00", "25T23:00", "29T08:00")
)
SHORT, LONG = 300, 2200


def detour(tags: dict[str, str], **extra: Any) -> Drawing:
    """Draw a street W-X-Y-Z whose middle X-Y has the tags; X-U-V-Y goes around it in 2 km."""
    nodes = {
        "W": (0, 0), "X": (100, 0), "M": (150, 0), "Y": (200, 0), "Z": (300, 0),
        "U": (100, 950), "V": (200, 950),
    }  # fmt: skip
    return Drawing(
        nodes, [("WX", STREET), ("XMY", STREET | tags), ("YZ", STREET), ("XUVY", STREET)], **extra
    )


def at(road: RoadGraph, profile: str, *args: Any, **options: Any) -> RoadGraph:
    """Return one profile of a graph under a metric."""
    state = metric(road._parts, profile, *args, **options)
    search = next(s for s in road._parts.searches if s.traits.name == profile)
    return RoadGraph(road._parts._replace(searches=[search_under(search, state)]))


def metres(map_: Drawing, road: RoadGraph, profile: str, a: str = "W", b: str = "Z") -> int | None:
    """Length of the way between two nodes, which all searches must agree on."""
    path = road.path(map_.place(a), map_.place(b), profile)
    sources, targets = pin(road, profile, map_.place(a)), pin(road, profile, map_.place(b))
    duration, distance = road.many_to_many(sources, targets, profile)
    if path is None:
        assert duration[0, 0] == UNREACHED
        return None
    assert (path.duration, path.distance_m) == (duration[0, 0], distance[0, 0])
    search = next(s for s in road._parts.searches if s.traits.name == profile)
    search.customize()  # the same on a hierarchy
    again = road.many_to_many(pin(road, profile, map_.place(a)), targets, profile)
    assert (again[0], again[1]) == (duration, distance)
    return path.distance_m


@pytest.mark.parametrize(
    ("tags", "profile", "morning", "noon", "sunday", "usual"),
    [
        ({"motor_vehicle:conditional": "no @ (Mo-Fr 07:00-09:00)"}, "car", 0, 1, 1, 1),
        ({"motor_vehicle:conditional": "no @ (Mo-Fr 07:00-09:00)"}, "bike", 1, 1, 1, 1),
        ({"access:conditional": "no @ (07:00-09:00; Su off)"}, "foot", 0, 1, 1, 1),
        ({"motor_vehicle": "no", "motor_vehicle:conditional": "yes @ (We)"}, "car", 1, 1, 0, 0),
        ({"access": "no", "access:conditional": "yes @ (10:00-18:00)"}, "foot", 0, 1, 0, 0),
        ({"hgv:conditional": "no @ (22:00-09:00)"}, "truck", 0, 1, 0, 1),
        ({"hgv:conditional": "no @ (22:00-09:00)"}, "car", 1, 1, 1, 1),
        ({"hgv:conditional": "no @ (07:00-09:00 AND weight>7.5)"}, "truck", 0, 1, 0, 1),
        ({"hgv:conditional": "no @ (weight>30)"}, "truck", 1, 1, 1, 1),
        ({"access:conditional": "no @ (snow)"}, "car", 1, 1, 1, 1),
        ({"motor_vehicle:conditional": "no @ (07:00-13:00); yes @ (Su)"}, "car", 0, 0, 1, 1),
        ({"maxheight:conditional": "2.2 @ (07:00-09:00)"}, "van", 0, 1, 0, 1),
        ({"access:conditional": "no @ (2026 Nov 20-2026 Nov 26)"}, "car", 0, 0, 1, 1),
    ],
)
def test_a_conditional_street_is_open_at_some_moments(
    tmp_path: Path,
    tags: dict[str, str],
    profile: str,
    morning: int,
    noon: int,
    sunday: int,
    usual: int,
) -> None:
    map_ = detour(tags)
    road = map_.graph(tmp_path)
    found = [metres(map_, at(road, profile, m), profile) for m in (MORNING, NOON, SUNDAY, None)]
    assert found == [SHORT if is_open else LONG for is_open in (morning, noon, sunday, usual)]


@pytest.mark.parametrize(
    ("value", "forward", "backward"),
    [
        ("yes @ (07:00-09:00)", SHORT, LONG),
        ("-1 @ (07:00-09:00)", LONG, SHORT),
        ("yes @ (16:00-18:00)", SHORT, SHORT),
    ],
)
def test_a_street_is_oneway_at_some_moments(
    tmp_path: Path, value: str, forward: int, backward: int
) -> None:
    map_ = detour({"oneway:conditional": value})
    road = at(map_.graph(tmp_path), "car", MORNING)
    assert metres(map_, road, "car") == forward
    assert metres(map_, road, "car", "Z", "W") == backward


def test_a_limit_holds_at_some_moments(tmp_path: Path) -> None:
    map_ = Drawing(
        {"A": (0, 0), "B": (3000, 0)},
        [("AB", STREET | {"maxspeed": "60", "maxspeed:conditional": "30 @ (Mo-Fr 07:00-17:00)"})],
    )
    road = map_.graph(tmp_path)
    for moment, kmh in ((MORNING, 24), (SUNDAY, 48), (None, 48), (MORNING.date(), 48)):
        path = at(road, "car", moment).path(map_.place("A"), map_.place("B"), "car")
        assert path is not None
        assert path.duration == round(seconds(3000, kmh))


def test_a_street_without_through_traffic_at_some_moments(tmp_path: Path) -> None:
    """X-M-Y is for its own residents in the morning: M is still reached, and left."""
    map_ = detour({"motor_vehicle:conditional": "destination @ (07:00-09:00)"})
    road = map_.graph(tmp_path)
    morning = at(road, "car", MORNING)
    assert metres(map_, morning, "car") == LONG
    assert metres(map_, morning, "car", "W", "M") == 150
    assert metres(map_, morning, "car", "M", "Z") == 150
    assert metres(map_, at(road, "car", NOON), "car") == SHORT
    assert metres(map_, at(road, "car", NOON), "car", "W", "M") == 150


def test_a_street_for_residents_is_open_to_all_at_some_moments(tmp_path: Path) -> None:
    """The opposite: private but for the lunch hour, next to a street that is always private."""
    nodes = {
        "W": (0, 0), "X": (100, 0), "P": (200, 0), "Q": (300, 0), "Z": (400, 0), "V": (200, 1500),
        "K": (200, -1500),
    }  # fmt: skip
    at_lunch = {"motor_vehicle": "private", "motor_vehicle:conditional": "yes @ (11:00-14:00)"}
    map_ = Drawing(
        nodes,
        [
            ("WX", STREET), ("XP", STREET | at_lunch), ("PQ", STREET | {"access": "private"}),
            ("QZ", STREET), ("XKQ", STREET), ("PVQ", STREET),
        ],
    )  # fmt: skip
    road, slant = map_.graph(tmp_path), np.hypot(100, 1500)
    noon = at(road, "car", NOON)
    for state in (road, noon):  # P-Q stays private
        assert metres(map_, state, "car") == round(100 + 2 * slant + 100)
    assert metres(map_, noon, "car", "W", "V") == 100 + 100 + 1500
    assert metres(map_, road, "car", "W", "V") == round(100 + 3 * slant)


def crossing(value: Tags, via: Any = "M") -> Drawing:
    """Draw a crossing M with arms N E S W of 500 m, N and E joined by a long loop over L."""
    nodes = {
        "M": (0, 0), "N": (0, 500), "E": (500, 0), "S": (0, -500), "W": (-500, 0),
        "L": (2000, 2000),
    }  # fmt: skip
    ways = [(arm + "M", STREET) for arm in "NESW"] + [("NLE", STREET)]
    return Drawing(nodes, ways, turns=[(2, via, 1, value)])


@pytest.mark.parametrize(
    ("tags", "morning", "noon"),
    [
        ({"restriction:conditional": "no_right_turn @ (Mo-Fr 07:00-09:00)"}, False, True),
        ({"restriction:conditional": "only_straight_on @ (07:00-09:00)"}, True, True),
        ({"restriction:hgv:conditional": "no_right_turn @ (07:00-09:00)"}, True, True),
        ({"restriction:conditional": "no_right_turn @ (We)", "except": "motorcar"}, True, True),
        ({"restriction": "no_right_turn"}, False, False),
        ({"restriction": "no_right_turn", "except": "psv;motorcar"}, True, True),
        ({"restriction:hgv": "no_right_turn"}, True, True),
    ],
)  # fmt: skip
def test_a_turn_is_banned_at_some_moments(
    tmp_path: Path, tags: Tags, morning: bool, noon: bool
) -> None:
    """From S to E is a right turn of 1 km, else over N and L."""
    map_ = crossing(tags)
    road = map_.graph(tmp_path)
    for moment, is_allowed in ((MORNING, morning), (NOON, noon)):
        length = metres(map_, at(road, "car", moment), "car", "S", "E")
        assert length is not None
        assert (length == 1000) == is_allowed


def test_trucks_heed_the_turns_that_name_them(tmp_path: Path) -> None:
    map_ = crossing({"restriction:hgv": "no_right_turn"})
    road = map_.graph(tmp_path)
    length = metres(map_, road, "truck", "S", "E")
    assert length is not None
    assert length > 1000
    assert metres(map_, road, "van", "S", "E") == 1000


def test_the_only_turn_at_some_moments(tmp_path: Path) -> None:
    map_ = crossing({"restriction:conditional": "only_right_turn @ (Mo-Fr 07:00-09:00)"})
    road = map_.graph(tmp_path)
    assert metres(map_, at(road, "car", NOON), "car", "S", "N") == 1000
    straight = metres(map_, at(road, "car", MORNING), "car", "S", "N")
    assert straight is not None
    assert straight > 1000
    assert metres(map_, at(road, "car", MORNING), "car", "S", "E") == 1000


def dual(rule: Tags | None, via: tuple[int, ...] = (1,)) -> Drawing:
    r"""Draw two carriageways A-B-C (east) and D-E-F (west) joined by B-E, and a far loop C-L-D.

    F---E---D
        |    \
    A---B---C-L
    """
    nodes = {
        "A": (-500, 0), "B": (0, 0), "C": (500, 0), "D": (500, 20), "E": (0, 20), "F": (-500, 20),
        "L": (3000, 10), "X": (0, -3000),
    }  # fmt: skip
    one = STREET | {"oneway": "yes"}
    ways = [("AB", one), ("BE", STREET), ("EF", one), ("BC", one), ("DE", one), ("CLD", one)]
    ways += [("FA", STREET), ("AXC", STREET)]
    return Drawing(nodes, ways, turns=[(0, via, 2, rule)] if rule else ())


def test_a_u_turn_over_a_link_road_may_be_banned(tmp_path: Path) -> None:
    """From A-B over B-E to E-F; the way around is C-L-D. A trip that starts on B-E is free."""
    free = dual(None)
    start, end = free.between("A", "B", 0.2), free.between("E", "F", 0.8)
    middle = free.between("B", "E")
    (tmp_path / "free").mkdir()
    path = free.graph(tmp_path / "free", [CAR]).path(start, end, "car")
    assert path is not None
    assert path.distance_m == 400 + 20 + 400
    banned = dual({"restriction": "no_u_turn"})
    road = banned.graph(tmp_path, [CAR])
    around = road.path(start, end, "car")
    assert around is not None
    assert around.distance_m > 5000
    for origin, goal, length in ((start, middle, 410), (middle, end, 410)):
        part = road.path(origin, goal, "car")
        assert part is not None
        assert part.distance_m == length
    sources, targets = pin(road, "car", start, middle), pin(road, "car", middle, end)
    assert road.many_to_many(sources, targets, "car")[1].tolist() == [
        [410, around.distance_m], [0, 410],
    ]  # fmt: skip
    one = road.one_to_many(*start, targets, "car", 10**6)
    assert one[1].tolist() == [410, around.distance_m]
    back = road.one_to_many(*end, sources, "car", 10**6, reverse=True)
    assert back[1].tolist() == [around.distance_m, 410]


@pytest.mark.parametrize(
    ("tags", "profile", "is_free"),
    [
        ({"restriction": "no_u_turn", "except": "psv"}, "taxi", True),
        ({"restriction": "no_u_turn", "except": "psv"}, "car", False),
        ({"restriction": "no_u_turn", "except": "bicycle;motorcar"}, "car", True),
        ({"restriction": "no_u_turn", "except": "bicycle;motorcar"}, "truck", False),
        ({"restriction:hgv": "no_u_turn"}, "truck", False),
        ({"restriction:hgv": "no_u_turn"}, "van", True),
    ],
)
def test_a_restriction_over_a_link_road_spares_those_it_excepts(
    tmp_path: Path, tags: Tags, profile: str, is_free: bool
) -> None:
    """From A-B over B-E to E-F, 820 m, else over the far loop."""
    map_ = dual(tags)
    road = map_.graph(tmp_path)
    path = road.path(map_.between("A", "B", 0.2), map_.between("E", "F", 0.8), profile)
    assert path is not None
    assert (path.distance_m == 820) == is_free


def test_those_who_come_another_way_may_use_the_link_road(tmp_path: Path) -> None:
    """From D-E over E-B to B-C the restriction on A-B says nothing."""
    map_ = dual({"restriction": "no_u_turn"})
    road = map_.graph(tmp_path, [CAR])
    path = road.path(map_.between("D", "E", 0.2), map_.between("B", "C", 0.8), "car")
    assert path is not None
    assert path.distance_m == 400 + 20 + 400


def test_the_only_way_on_over_a_link_road(tmp_path: Path) -> None:
    """Who comes from A-B must take B-E to E-F, so B-C is reached from D-E only."""
    map_ = dual({"restriction": "only_left_turn"})
    road = map_.graph(tmp_path, [CAR])
    start = map_.between("A", "B", 0.2)
    turned = road.path(start, map_.between("E", "F", 0.8), "car")
    assert turned is not None
    assert turned.distance_m == 820
    straight = road.path(start, map_.between("B", "C"), "car")
    assert straight is not None
    assert straight.distance_m > 9000


def test_a_vehicle_that_is_excepted_need_not_take_the_only_way_over_a_link_road(
    tmp_path: Path,
) -> None:
    map_ = dual({"restriction": "only_left_turn", "except": "hgv;psv"})
    road = map_.graph(tmp_path)
    start, goal = map_.between("A", "B", 0.2), map_.between("B", "C")
    found = {name: road.path(start, goal, name) for name in ("car", "taxi", "truck")}
    length = {name: path.distance_m for name, path in found.items() if path is not None}
    assert length["taxi"] == length["truck"] == 650
    assert length["car"] > 9000


def test_a_restriction_over_several_ways(tmp_path: Path) -> None:
    """P-Q-R-S-T in a row, from P-Q over Q-R and R-S into S-T; the detour is R-V-S."""
    nodes = {
        "P": (0, 0), "Q": (100, 0), "R": (200, 0), "S": (300, 0), "T": (400, 0),
        "V": (250, 800), "U": (100, 2000), "N": (150, 0),
    }  # fmt: skip
    ways = [
        ("PQ", STREET), ("QNR", STREET), ("RS", STREET), ("ST", STREET), ("RVS", STREET),
        ("UQ", STREET),
    ]  # fmt: skip
    map_ = Drawing(nodes, ways, turns=[(0, (1, 2), 3, {"restriction": "no_straight_on"})])
    road = map_.graph(tmp_path, [CAR])
    around = metres(map_, road, "car", "P", "T")
    assert around is not None
    assert around > 1500
    assert metres(map_, road, "car", "P", "S") == 300
    assert metres(map_, road, "car", "U", "T") == 2300
    assert metres(map_, road, "car", "N", "T") == 250


def test_a_turn_over_a_link_road_is_banned_at_some_moments(tmp_path: Path) -> None:
    map_ = dual({"restriction:conditional": "no_u_turn @ (Mo-Fr 07:00-09:00)"})
    road = map_.graph(tmp_path, [CAR])
    for moment, is_free in ((MORNING, False), (NOON, True), (SUNDAY, True), (None, True)):
        path = at(road, "car", moment).path(
            map_.between("A", "B", 0.2), map_.between("E", "F", 0.8), "car"
        )
        assert path is not None
        assert (path.distance_m == 820) == is_free


@pytest.mark.parametrize(
    ("tags", "vehicle", "is_open"),
    [
        ({"maxheight": "3.5"}, Vehicle(), False),
        ({"maxheight": "3.5"}, Vehicle(height_m=3.4), True),
        ({"maxheight": "12'6\""}, Vehicle(height_m=3.8), True),
        ({"maxheight": "12'6\""}, Vehicle(height_m=3.9), False),
        ({"maxwidth": "2.3"}, Vehicle(width_m=2.2), True),
        ({"maxlength": "10"}, Vehicle(length_m=11.0), False),
        ({"maxweight": "7.5"}, Vehicle(weight_t=7.5), True),
        ({"maxweight": "7500 kg"}, Vehicle(weight_t=7.6), False),
        ({"maxweight:hgv": "7.5"}, Vehicle(weight_t=7.6), False),
        ({"maxaxleload": "8"}, Vehicle(axle_load_t=8.5), False),
        ({"maxaxleload": "10"}, Vehicle(), True),
        ({"hazmat": "no"}, Vehicle(hazmat=True), False),
        ({"hazmat": "no"}, Vehicle(), True),
        ({"maxheight": "default"}, Vehicle(), True),
        ({"hgv:conditional": "no @ (length>10)"}, Vehicle(length_m=9.0), True),
        ({"hgv:conditional": "no @ (length>10)"}, Vehicle(length_m=10.5), False),
    ],
)
def test_a_truck_passes_where_its_sizes_let_it(
    tmp_path: Path, tags: dict[str, str], vehicle: Vehicle, is_open: bool
) -> None:
    map_ = detour(tags)
    road = at(map_.graph(tmp_path, [TRUCK]), "truck", vehicle=vehicle)
    assert metres(map_, road, "truck") == (SHORT if is_open else LONG)


def test_a_gate_is_shut_at_night_and_to_high_vehicles(tmp_path: Path) -> None:
    """One may drive up to a shut gate from either side."""
    for tags, options in (
        ({"barrier": "gate", "access:conditional": "no @ (22:00-09:00)"}, {"moment": MORNING}),
        ({"barrier": "height_restrictor", "maxheight": "2.2"}, {"vehicle": Vehicle(height_m=2.5)}),
    ):
        map_ = detour({}, node_tags={"M": tags})
        road = map_.graph(tmp_path, [CAR])
        assert metres(map_, road, "car") == SHORT
        shut = at(road, "car", **options)
        assert metres(map_, shut, "car") == LONG
        up_to = shut.path(map_.place("W"), map_.between("X", "M", 0.9), "car")
        behind = shut.path(map_.between("M", "Y", 0.1), map_.place("Z"), "car")
        assert up_to is not None
        assert behind is not None
        assert (up_to.distance_m, behind.distance_m) == (145, 145)


def test_areas_are_avoided(tmp_path: Path) -> None:
    map_ = detour({})
    road = map_.graph(tmp_path)
    corner = np.array([map_.between("W", "Z", share) for share in (0.45, 0.5, 0.55)])
    corner[1, 1] -= 0.0005
    corner[::2, 1] += 0.0005  # a triangle across the street, with no node inside
    for profile in ("foot", "car"):
        assert metres(map_, at(road, profile, avoid=[corner]), profile) == LONG
        beside = corner + np.array([0.0, 0.002])
        assert metres(map_, at(road, profile, avoid=[beside]), profile) == SHORT


def test_hours_of_traffic_slow_the_roads_they_name(tmp_path: Path) -> None:
    rush = [{"when": "Mo-Fr 07:00-09:00", "factor": 0.5, "roads": ["primary"]}]
    (car,) = (p for p in with_overrides({"car": {"traffic": rush}}) if p.name == "car")
    map_ = Drawing(
        {"A": (0, 0), "B": (6500, 0), "C": (9000, 0)},
        [("AB", {"highway": "primary"}), ("BC", STREET)],
    )
    road = map_.graph(tmp_path, [car])
    for moment, expected in (
        (MORNING, seconds(6500, 65) * 2 + seconds(2500, 25)),
        (NOON, seconds(6500, 65) + seconds(2500, 25)),
    ):
        path = at(road, "car", moment).path(map_.place("A"), map_.place("C"), "car")
        assert path is not None
        assert path.duration == pytest.approx(expected, abs=1)


def test_a_season_slows_by_name_or_by_factor(tmp_path: Path) -> None:
    map_ = Drawing({"A": (0, 0), "B": (1000, 0)}, [("AB", STREET)])
    road = map_.graph(tmp_path)
    usual = metric(road._parts, "bike").arc
    winter = metric(road._parts, "bike", season="winter").arc
    assert winter == pytest.approx(usual / 0.7, abs=1)
    assert np.array_equal(metric(road._parts, "bike", season=0.5).arc, usual)
    cars = metric(road._parts, "car").arc
    assert metric(road._parts, "car", season=0.5).arc == pytest.approx(cars * 2, abs=1)
    with pytest.raises(ProfileError, match="'car' has no season 'monsoon'; it has: winter"):
        metric(road._parts, "car", season="monsoon")
    with pytest.raises(ProfileError, match="must be above 0"):
        metric(road._parts, "car", season=0.0)
    with pytest.raises(UnknownProfileError, match="unknown road profile 'tram'"):
        metric(road._parts, "tram")


def test_a_ferry_sails_in_its_hours_and_half_the_interval_is_waited(tmp_path: Path) -> None:
    nodes = {"A": (0, 0), "B": (5000, 0), "C": (8000, 0), "D": (13000, 0)}
    ferry = {
        "route": "ferry", "duration": "PT20M", "interval": "00:30", "opening_hours": "07:30-20:00",
    }  # fmt: skip
    map_ = Drawing(nodes, [("AB", STREET), ("BC", ferry), ("CD", STREET)])
    road = map_.graph(tmp_path, [CAR])
    path = at(road, "car", NOON).path(map_.place("A"), map_.place("D"), "car")
    assert path is not None
    assert path.duration == pytest.approx(seconds(10_000, 25) + 1200 + 900, abs=1)
    night = at(road, "car", NIGHT)
    assert night.path(map_.place("A"), map_.place("D"), "car") is None
    on_the_date = at(road, "car", NIGHT.date())
    assert on_the_date.path(map_.place("A"), map_.place("D"), "car") is not None


def test_the_usual_state_is_the_metric_without_anything(tmp_path: Path) -> None:
    """Saved and opened, a graph gives the same metrics."""
    map_ = detour({"access": "no", "access:conditional": "yes @ (10:00-18:00)"})
    road = map_.graph(tmp_path)
    road.save(tmp_path / "saved")
    again = RoadGraph.open(tmp_path / "saved")
    for profile in (row.name for row in PROFILES):
        for moment in (None, MORNING, NOON):
            a, b = metric(road._parts, profile, moment), metric(again._parts, profile, moment)
            assert np.array_equal(a.arc, b.arc)
            assert np.array_equal(a.is_open_link, b.is_open_link)
        assert metres(map_, again, profile) == LONG
