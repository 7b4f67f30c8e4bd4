"""Walks inside stations along pathways.

           street
             |  60 s, lift 90 s for wheelchairs
    entrance E (of station S) - gate - hall H - stairs 20 s - platform P1
                                         |  40 s
                                        boarding area of platform P2

Stop X stands on the street, 100 s from E; roads believe P1 to be 30 s from X, through the wall.
"""

import math
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtfs.footpaths import combine
from gtfs.station_walks import station_ways, with_stations
from gtfs.timetable import Timetable, build_timetable
from tests.gtfs.feeds import feed_of
from tests.gtfs.test_footpaths import Walks, as_walks, walk_tables

STOPS = """
    stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station,wheelchair_boarding,level_id,platform_code
    A,a,43.1,141,0,,,,
    B,b,43.2,141,0,,2,,
    C,c,43.3,141,0,,,,
    S,s,43,141,1,,1,,
    P1,p1,43,141,0,S,,deep,1
    P2,p2,43,141,0,S,2,deep,2
    P2a,,,,4,P2,,,
    H,,,,3,S,,hall,
    E,east door,43,141,2,S,,street,
    X,x,43,141,0,,,,
"""
LEVELS = """
    level_id,level_index,level_name
    street,0,street
    hall,-1,hall
    deep,-2.5,platforms
"""
HEADER = (
    "pathway_id,from_stop_id,to_stop_id,pathway_mode,is_bidirectional,traversal_time,length,"
    "stair_count,max_slope,min_width\n"
)
PATHS = "1,E,H,6,1,60,,,,\n2,H,P1,2,1,20,,,,\n3,H,P1,5,1,90,,,,\n4,H,P2a,1,1,40,,,,\n"
NAMES = ("A", "B", "C", "S", "P1", "P2", "P2a", "H", "E", "X")
PLACE = {name: number for number, name in enumerate(NAMES)}


def station(folder: Path, paths: str) -> Timetable:
    files = {"stops.txt": STOPS, "levels.txt": LEVELS, "pathways.txt": HEADER + paths}
    feed = feed_of(folder, files)
    timetable = build_timetable([feed], "Asia/Tokyo")
    assert not feed.notices.counts
    return timetable


def named(walks: Walks) -> dict[tuple[str, str], int]:
    return {(NAMES[tail], NAMES[head]): seconds for (tail, head), seconds in walks.items()}


def walked(
    timetable: Timetable, roads: dict[tuple[str, str], int], *, wheelchair: bool = False
) -> dict[tuple[str, str], int]:
    given = {(PLACE[tail], PLACE[head]): seconds for (tail, head), seconds in roads.items()}
    ways = station_ways(timetable, wheelchair=wheelchair)
    walks = with_stations(timetable, walk_tables(given, len(NAMES)), ways, limit=400)
    return named(as_walks(combine(timetable, walks, 60)))


ROADS = {("P1", "P2"): 5, ("P2", "P1"): 5, ("X", "P1"): 30, ("X", "E"): 100, ("E", "X"): 100}


def test_walks_take_the_quickest_pathways(tmp_path: Path) -> None:
    walks = walked(station(tmp_path, PATHS), ROADS)
    assert walks["P1", "P2"] == walks["P2", "P1"] == 20 + 40
    assert walks["P1", "E"] == 20 + 60
    assert walks["X", "P1"] == 100 + 60 + 20  # not 30 through the wall
    assert walks["P2", "X"] == 40 + 60 + 100
    assert walks["X", "E"] == 100
    assert ("P1", "A") not in walks


def test_wheelchairs_take_the_lift(tmp_path: Path) -> None:
    walks = walked(station(tmp_path, PATHS), ROADS, wheelchair=True)
    assert walks["P1", "P2"] == 90 + 40
    assert walks["X", "P1"] == 100 + 60 + 90


def test_one_way_pathways_are_one_way(tmp_path: Path) -> None:
    walks = walked(station(tmp_path, "1,E,P1,7,0,60,,,,\n"), ROADS)
    assert walks["X", "P1"] == 160
    assert walks["P1", "P2"] == 5  # no pathway connects them: the walk of the roads stays
    assert ("P1", "E") not in walks


def test_a_way_that_is_too_long_is_left_out(tmp_path: Path) -> None:
    walks = walked(station(tmp_path, "1,E,P1,1,1,350,,,,\n"), ROADS)
    assert ("X", "P1") not in walks
    assert walks["E", "P1"] == 350


@pytest.mark.parametrize(
    ("row", "seconds", "wheelchair"),
    [
        ("1,E,P1,1,0,77,,,,", 77, 1),
        ("1,E,P1,1,0,,125,,,", 100, 1),  # at 1.25 m/s
        ("1,E,P1,2,0,,,-50,,", 30, 0),  # 0.6 s a step
        ("1,E,P1,5,0,,,,,", 70, 1),  # 45 s of waiting, 2.5 floors
        ("1,E,P1,4,0,,60,,,", 100, 0),  # at 0.6 m/s
        ("1,E,H,6,0,,,,,", 25, 1),  # 5 s for the gate, 20 s for the floor
        ("1,E,P1,1,0,77,,,0.1,", 77, 0),
        ("1,E,P1,1,0,77,,,,0.5", 77, 0),
        ("1,E,P1,1,0,77,,3,,", 77, 0),
    ],
)
def test_pathways_without_a_time_get_an_estimate(
    row: str, seconds: int, wheelchair: int, tmp_path: Path
) -> None:
    pathways = station(tmp_path, row + "\n").pathways
    assert pathways.duration.tolist() == [seconds]
    assert pathways.wheelchair.tolist() == [wheelchair]


def test_stops_know_their_floor_and_whether_wheelchairs_can_board(tmp_path: Path) -> None:
    timetable = station(tmp_path, PATHS)
    stops = timetable.stops
    assert [int(stops.wheelchair[PLACE[name]]) for name in ("A", "B", "P1", "P2", "P2a")] == [
        0,
        2,
        1,
        2,
        2,
    ]
    levels = [int(stops.level[PLACE[name]]) for name in ("A", "E", "H", "P1")]
    assert levels == [-1, 0, 1, 2]
    assert timetable.levels.number.tolist() == [0, -1, -2.5]
    assert timetable.levels.name[:] == ["street", "hall", "platforms"]


def test_a_broken_pathway_costs_itself_only(tmp_path: Path) -> None:
    files = {"stops.txt": STOPS, "levels.txt": LEVELS}
    feed = feed_of(
        tmp_path, {**files, "pathways.txt": HEADER + "1,E,Q,1,1,5,,,,\n2,E,P1,9,x,soon,,,,"}
    )
    pathways = build_timetable([feed], "Asia/Tokyo").pathways
    assert pathways.id[:] == ["f:2"]
    assert feed.notices.counts == {
        "unknown_stop": 1,
        "unknown_pathway_mode": 1,
        "unknown_direction": 1,
        "unreadable_number": 1,
    }


@st.composite
def pathways(draw: st.DrawFn) -> list[tuple[object, ...]]:
    """Pathways between nodes of the station, with all that tells how long and how passable."""
    nodes = st.sampled_from(("P1", "P2", "P2a", "H", "E"))
    blank = st.just("")
    rows = []
    for k in range(draw(st.integers(1, 8))):
        ends = draw(st.lists(nodes, min_size=2, max_size=2, unique=True))
        rows.append(
            (
                k, *ends, draw(st.integers(1, 7)), draw(st.integers(0, 1)),
                draw(st.sampled_from(("", "5", "30"))), draw(st.sampled_from(("", "10", "40"))),
                draw(st.sampled_from(("", "0", "12", "-8"))),
                draw(st.sampled_from(("0.05", "-0.2")) | blank),
                draw(st.sampled_from(("0.5", "1.5")) | blank),
            )
        )  # fmt: skip
    return rows


LEVEL_OF = {"P1": -2.5, "P2": -2.5, "H": -1.0, "E": 0.0}
SPEED = {2: 0.7, 3: 1.7, 4: 0.6}  # m/s; 1.25 on foot
SECONDS_A_FLOOR = {5: 10.0}  # in a lift; 20 on stairs and all else


def slow_seconds(row: tuple[object, ...]) -> int:
    """What the page on timetables says that a pathway takes."""
    _, tail, head, mode, _, time, length, stairs, *_ = (str(cell) for cell in row)
    kind = int(mode)
    wait = {5: 45.0, 6: 5.0, 7: 3.0}.get(kind, 0.0)  # for the lift, at a gate
    if time:
        return math.ceil(float(time))
    if length:
        return math.ceil(float(length) / SPEED.get(kind, 1.25) + wait)
    if stairs:
        return math.ceil(abs(float(stairs)) * 0.6 + wait)
    if tail in LEVEL_OF and head in LEVEL_OF and LEVEL_OF[tail] != LEVEL_OF[head]:
        floors = abs(LEVEL_OF[tail] - LEVEL_OF[head])
        return math.ceil(floors * SECONDS_A_FLOOR.get(kind, 20.0) + wait)
    return math.ceil(wait)  # all lie at one point, or their place is unknown


def is_passable(row: tuple[object, ...]) -> bool:
    kind, stairs, slope, width = int(str(row[3])), *(str(cell) for cell in row[7:])
    too_steep = bool(slope) and abs(float(slope)) > 0.083
    too_narrow = bool(width) and float(width) < 0.9
    return kind not in {2, 4} and not int(stairs or 0) and not too_steep and not too_narrow


@given(pathways(), st.booleans())
def test_ways_are_the_quickest_of_all_orders_of_pathways(
    rows: list[tuple[object, ...]], wheelchair: bool
) -> None:
    lines = "".join(",".join(map(str, row)) + "\n" for row in rows)
    with tempfile.TemporaryDirectory() as folder:
        timetable = station(Path(folder), lines)
    best = {(node, node): 0 for node in NAMES}
    best |= {("P2", "P2a"): 0, ("P2a", "P2"): 0}  # a platform and its boarding area
    for row in rows:
        if is_passable(row) or not wheelchair:
            one, other = str(row[1]), str(row[2])
            for way in ((one, other), (other, one)) if row[4] == 1 else ((one, other),):
                best[way] = min(best.get(way, 10**9), slow_seconds(row))
    for via in NAMES:  # Floyd's algorithm
        for tail in NAMES:
            for head in NAMES:
                around = best.get((tail, via), 10**9) + best.get((via, head), 10**9)
                if around < 10**9:
                    best[tail, head] = min(best.get((tail, head), 10**9), around)
    ends = ("P1", "P2", "E")
    expected = {
        (tail, head): seconds
        for (tail, head), seconds in best.items()
        if tail in ends and head in ends and tail != head
    }
    ways = station_ways(timetable, wheelchair=wheelchair)
    found = zip(*(column.tolist() for column in ways), strict=True)
    assert {(NAMES[tail], NAMES[head]): seconds for tail, head, seconds in found} == expected
