"""Steps of paths on drawn maps, and their sentences."""

from pathlib import Path

import numpy as np
import pytest

from routing.profiles import CAR, FOOT
from routing.road import RoadGraph
from routing.road_steps import Step
from routing.step_texts import LANGUAGES, sentence
from tests.routing.drawn_roads import Drawing

STREET = {"highway": "residential"}


def named(name: str, **tags: str) -> dict[str, str]:
    return STREET | {"name": name} | tags


def steps(map_: Drawing, road: RoadGraph, a: str, b: str, profile: str = "car") -> tuple[Step, ...]:
    """Steps from node to node; they add up to the path and lie on it."""
    path = road.path(map_.place(a), map_.place(b), profile)
    assert path is not None
    found = road.steps_of(path)
    assert sum(step.distance_m for step in found) == path.distance_m
    assert sum(step.duration for step in found) == path.duration
    assert (found[0].kind, found[-1].kind) == ("depart", "arrive")
    for step in found[1:-1]:
        off = np.hypot(path.lon - step.lon, path.lat - step.lat)
        assert off.min() < 1e-6
    return found


def told(found: tuple[Step, ...], language: str = "en") -> list[str]:
    return [sentence(step, language) for step in found]


CROSSING = Drawing(
    {"M": (0, 0), "N": (0, 500), "E": (400, 0), "S": (0, -300), "W": (-500, 0), "B": (400, 200)},
    [("SM", named("南通")), ("NM", named("北通")), ("WM", named("西通")), ("MEB", named("東通"))],
)


def test_turns_are_told_with_the_street_that_follows(tmp_path: Path) -> None:
    road = CROSSING.graph(tmp_path)
    right = steps(CROSSING, road, "S", "E")
    assert [(s.kind, s.modifier, s.name, s.distance_m) for s in right] == [
        ("depart", "north", "南通", 300),
        ("turn", "right", "東通", 400),
        ("arrive", "", "", 0),
    ]
    assert (right[1].lon, right[1].lat) == pytest.approx(CROSSING.place("M"))
    assert told(right) == [
        "Head north on 南通", "Turn right onto 東通", "Arrive at the destination",
    ]  # fmt: skip
    assert told(right, "ja") == ["南通を北へ進む", "右折して東通に入る", "目的地に到着"]
    assert told(steps(CROSSING, road, "S", "W"))[1] == "Turn left onto 西通"
    assert told(steps(CROSSING, road, "S", "N"), "ja")[1] == "そのまま北通へ進む"
    walk = steps(CROSSING, road, "W", "N", "foot")
    assert told(walk)[:2] == ["Head east on 西通", "Turn left onto 北通"]


def test_a_bend_without_a_choice_is_no_step(tmp_path: Path) -> None:
    road = CROSSING.graph(tmp_path)
    assert told(steps(CROSSING, road, "W", "B")) == [
        "Head east on 西通", "Continue onto 東通", "Arrive at the destination",
    ]  # fmt: skip


def test_exits_of_a_roundabout_are_counted(tmp_path: Path) -> None:
    """Driven counter-clockwise, as drawn: from S the exits are E, N, W."""
    circle = named("", junction="roundabout")
    nodes = {
        "a": (0, -20), "b": (20, 0), "c": (0, 20), "d": (-20, 0),
        "S": (0, -300), "E": (300, 0), "N": (0, 300), "W": (-300, 0),
    }  # fmt: skip
    arms = [
        (f"{arm}{at}", named(name))
        for arm, at, name in (
            ("S", "a", "南通"),
            ("E", "b", "東通"),
            ("N", "c", "北通"),
            ("W", "d", "西通"),
        )
    ]
    map_ = Drawing(nodes, [("abcda", circle), *arms])
    road = map_.graph(tmp_path)
    for goal, number, name in (("E", 1, "東通"), ("N", 2, "北通"), ("W", 3, "西通")):
        found = steps(map_, road, "S", goal)
        assert [(s.kind, s.exit, s.name) for s in found[1:-1]] == [("roundabout", number, name)]
    assert told(steps(map_, road, "S", "N"))[1] == "At the roundabout take the 2nd exit onto 北通"
    assert told(steps(map_, road, "S", "W"), "ja")[1] == "環状交差点で3番目の出口から西通に出る"


def test_a_fork_is_told_by_its_side(tmp_path: Path) -> None:
    map_ = Drawing(
        {"A": (0, 0), "B": (500, 0), "L": (900, 80), "R": (900, -80)},
        [("AB", STREET), ("BL", named("左通")), ("BR", named("右通"))],
    )
    road = map_.graph(tmp_path)
    assert told(steps(map_, road, "A", "L"))[1] == "Keep left at the fork onto 左通"
    assert told(steps(map_, road, "A", "R"), "ja")[1] == "分岐で右方向に進行して右通に入る"


def test_stairs_ferries_and_dead_ends_are_told(tmp_path: Path) -> None:
    nodes = {
        "A": (-3000, 0),
        "B": (100, 0),
        "C": (120, 0),
        "D": (300, 0),
        "E": (3000, 0),
        "F": (5000, 0),
    }
    ferry = {"route": "ferry", "name": "海峡線", "duration": "20"}
    map_ = Drawing(
        nodes,
        [
            ("AB", STREET),
            ("BC", {"highway": "steps"}),
            ("CD", STREET),
            ("DE", ferry),
            ("EF", STREET),
        ],
    )
    road = map_.graph(tmp_path, [CAR, FOOT])
    walk = told(steps(map_, road, "A", "D", "foot"))
    assert walk == ["Head east", "Take the stairs", "Arrive at the destination"]
    assert told(steps(map_, road, "D", "F"), "ja")[1] == "フェリー「海峡線」に乗る"


def test_a_walk_off_the_roads_departs_and_arrives(tmp_path: Path) -> None:
    map_ = Drawing(
        {"A": (0, 0), "B": (400, 0), "X": (0, 60), "Y": (2, 61)}, [("AB", named("浜通"))]
    )
    road = map_.graph(tmp_path)
    beside = steps(map_, road, "X", "B", "foot")
    assert beside[0].distance_m == 460
    line = road.path(map_.place("X"), map_.place("Y"), "foot")
    assert line is not None
    assert [step.kind for step in road.steps_of(line)] == ["depart", "arrive"]


def test_every_kind_of_step_has_its_sentences() -> None:
    from routing import step_texts

    assert step_texts._ENGLISH.keys() == step_texts._JAPANESE.keys()
    assert step_texts._TURNS_EN.keys() == step_texts._TURNS_JA.keys()
    for language in LANGUAGES:
        step = Step("roundabout", "", "", 0, 0, 0.0, 0.0)
        assert "{" not in sentence(step, language)


def test_steps_of_real_streets_add_up(outside_data: Path) -> None:
    road = RoadGraph.read(outside_data / "osm" / "portland-central-filtered.osm.pbf", [CAR, FOOT])
    points, rng = road._parts.points, np.random.default_rng(5)
    n_told = 0
    for profile in ("car", "foot"):
        rows = rng.integers(0, points.lon.size, (30, 2))
        for a, b in rows.tolist():
            ends = ((points.lon[a], points.lat[a]), (points.lon[b], points.lat[b]))
            path = road.path(*ends, profile)
            if path is None:
                continue
            found = road.steps_of(path)
            assert sum(step.distance_m for step in found) == path.distance_m
            assert sum(step.duration for step in found) == path.duration
            assert all(step.duration >= 0 and step.distance_m >= 0 for step in found)
            n_told += len([sentence(step, "ja") for step in found])
    assert n_told > 200
