"""Walks and transfer rules. The story's stops A, B, C lie on one meridian, 1,112 m apart."""

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gtfs.footpaths import combine
from gtfs.read import open_feed
from gtfs.timetable import build_timetable
from routing.layout import UNREACHED, Footpaths, Int32Array, first_of, frozen
from tests.gtfs.feeds import feed_of, timetable_of, write_feed

HEADER = "from_stop_id,to_stop_id,transfer_type,min_transfer_time\n"
A, B, C = range(3)
Walks = dict[tuple[int, int], int]
CHANGE = 60


def walk_tables(walks: Walks, n_stops: int) -> tuple[Int32Array, Int32Array, Int32Array]:
    rows = sorted((tail, seconds, head) for (tail, head), seconds in walks.items())
    return (
        first_of([row[0] for row in rows], n_stops),
        frozen([row[2] for row in rows]),
        frozen([row[1] for row in rows]),
    )


def as_walks(footpaths: Footpaths) -> Walks:
    first = footpaths.first_of_stop.tolist()
    walks = {}
    for stop in range(len(first) - 1):
        rows = slice(first[stop], first[stop + 1])
        assert np.all(np.diff(footpaths.duration[rows]) >= 0)
        for head, seconds in zip(footpaths.head[rows], footpaths.duration[rows], strict=True):
            assert (stop, int(head)) not in walks
            walks[stop, int(head)] = int(seconds)
    return walks


def combined(folder: Path, transfers: str, walks: Walks) -> Footpaths:
    timetable = timetable_of(folder, {"transfers.txt": HEADER + transfers})
    return combine(timetable, walk_tables(walks, 3), CHANGE)


def test_walks_of_roads_stay_where_no_rule_stands(tmp_path: Path) -> None:
    walks = {(A, B): 900, (A, C): 300, (B, A): 800}
    footpaths = combined(tmp_path, "", {**walks, (C, C): 0})
    assert as_walks(footpaths) == walks
    assert footpaths.head[:2].tolist() == [C, B]
    assert footpaths.change_time.tolist() == [CHANGE] * 3


def test_each_type_of_transfer(tmp_path: Path) -> None:
    rules = "A,B,2,120\nA,C,3,\nB,A,1,\nB,C,1,40\nC,A,0,\nC,B,0,5\n"
    walks = dict.fromkeys([(A, B), (A, C), (B, A), (B, C), (C, A)], 700)
    # C to B has no walk: 1,111.95 m x 1.3 / 1.25 m/s = 1,156.4 s
    assert as_walks(combined(tmp_path, rules, walks)) == {
        (A, B): 120,
        (B, A): 0,
        (B, C): 40,
        (C, A): 700,
        (C, B): 1157,
    }


def test_a_minimum_time_without_a_time_leaves_the_walk(tmp_path: Path) -> None:
    assert as_walks(combined(tmp_path, "A,B,2,\n", {(A, B): 700})) == {(A, B): 700}


def test_a_rule_for_a_stop_and_itself_sets_its_change_time(tmp_path: Path) -> None:
    footpaths = combined(tmp_path, "A,A,2,240\nB,B,3,\nC,C,1,\n", {})
    assert footpaths.change_time.tolist() == [240, UNREACHED, 0]
    assert as_walks(footpaths) == {}


STATIONS = """
    stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station
    A,a,43,141,0,
    S,s,43,141,1,
    S1,s1,43,141,0,S
    S2,s2,43,141,0,S
    B,b,43,141,0,
    C,c,43,141,0,
"""


def test_a_rule_for_a_station_holds_for_its_platforms_unless_one_is_named(tmp_path: Path) -> None:
    rules = HEADER + "S,S,2,100\nS1,S2,2,30\nA,S,2,500\nA,S2,3,\nS,A,2,400\n"
    timetable = timetable_of(tmp_path, {"stops.txt": STATIONS, "transfers.txt": rules})
    footpaths = combine(timetable, walk_tables({(0, 3): 9, (2, 3): 9}, 6), CHANGE)
    walks = {pair: s for pair, s in as_walks(footpaths).items() if 1 not in pair}
    assert walks == {(0, 2): 500, (2, 3): 30, (3, 2): 100, (2, 0): 400, (3, 0): 400}
    assert footpaths.change_time.tolist() == [CHANGE, 100, 100, 100, CHANGE, CHANGE]


def test_rules_for_lines_and_trips_are_not_taken_for_stops(tmp_path: Path) -> None:
    text = """
        from_stop_id,to_stop_id,transfer_type,min_transfer_time,from_route_id,from_trip_id
        A,B,2,120,L,
        A,C,2,150,,
        ,,4,,,t1
        A,X,2,10,,
    """
    feed = feed_of(tmp_path, {"transfers.txt": text})
    timetable = build_timetable([feed], "Asia/Tokyo")
    assert as_walks(combine(timetable, walk_tables({}, 3), CHANGE)) == {(A, C): 150}
    assert feed.notices.counts == {
        "in_seat_without_trips": 1,
        "unknown_stop": 1,
    }


STOP_IDS = ("S", "S1", "S2", "T", "T1", "Z")  # two stations with platforms, and a stop
STATION_OF = {"S1": "S", "S2": "S", "T1": "T"}
PLACES = """
    stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station
    S,s,43,141,1,
    S1,s1,43,141,0,S
    S2,s2,43,141,0,S
    T,t,43,141,1,
    T1,t1,43,141,0,T
    Z,z,43,141,0,
    A,a,43,141,0,
    B,b,43,141,0,
    C,c,43,141,0,
"""
rule_rows = st.tuples(
    st.sampled_from(STOP_IDS),
    st.sampled_from(STOP_IDS),
    st.sampled_from((0, 1, 2, 3)),
    st.sampled_from(("", "10", "20")),
)
pairs = st.tuples(st.integers(0, 5), st.integers(0, 5))


Rule = tuple[str, str, int, str]


def rule_for(rules: list[Rule], tail_id: str, head_id: str) -> Rule | None:
    """The most specific of the rules for a pair of stops and, of those, the last."""
    fitting = [
        row
        for row in rules
        if row[0] in {tail_id, STATION_OF.get(tail_id)}
        and row[1] in {head_id, STATION_OF.get(head_id)}
    ]
    return max(
        reversed(fitting), key=lambda row: (row[0] == tail_id) + (row[1] == head_id), default=None
    )


def ruled(rule: Rule | None, walk: int | None) -> int | None:
    """Seconds of a walk under a rule; None if there is none."""
    if rule is None:
        return walk
    _, _, kind, least = rule
    if kind == 3:
        return None
    if kind == 1:
        return int(least or 0)
    if kind == 2 and least:
        return int(least)
    return 0 if walk is None else walk  # all stops lie at one place


def slow(rules: list[Rule], walks: Walks) -> tuple[Walks, list[int]]:
    """Walks and change times by looking at every pair."""
    found, change = {}, []
    for tail, tail_id in enumerate(STOP_IDS):
        for head, head_id in enumerate(STOP_IDS):
            rule = rule_for(rules, tail_id, head_id)
            if tail == head:
                own = ruled(rule, CHANGE)
                change.append(UNREACHED if own is None else own)
            elif (walk := ruled(rule, walks.get((tail, head)))) is not None:
                found[tail, head] = walk
    return found, change


@given(
    rules=st.lists(rule_rows, max_size=8),
    walks=st.dictionaries(pairs, st.integers(1, 99), max_size=10),
)
def test_rules_equal_a_slow_reading(rules: list[tuple[str, str, int, str]], walks: Walks) -> None:
    text = HEADER + "".join(",".join(map(str, row)) + "\n" for row in rules)
    with tempfile.TemporaryDirectory() as folder:
        files = {"stops.txt": PLACES, "transfers.txt": text}
        path = write_feed(Path(folder) / "f.zip", files)
        timetable = build_timetable([open_feed(path, "f")], "Asia/Tokyo")
    footpaths = combine(timetable, walk_tables(walks, 9), CHANGE)
    expected, change = slow(rules, walks)
    assert as_walks(footpaths) == expected
    assert footpaths.change_time[:6].tolist() == change
