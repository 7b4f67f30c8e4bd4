"""Streets on the grids: classes, names, one-ways, closed blocks, footpaths, a roundabout, turns."""

import itertools
import math
import random
from collections.abc import Iterator
from typing import NamedTuple

from maas.synthetic.geometry import between, offset, rotated
from maas.synthetic.grid import ARTERIAL, FARM, Cross, Grid, rank
from maas.synthetic.names import Name
from maas.synthetic.roadmap import RoadMap, Tags, Way

SOURCE = {"source": "synthetic"}
_CITIES = {"sapporo", "asahikawa"}  # one-ways, turn restrictions
_ONEWAY_REACH = 10  # crossings around the centre
ROTARY: tuple[str, Cross] = ("asahikawa", (0, 8))  # Tokiwa Rotary in name only
_ROTARY_RADIUS_M = 28.0
_MALLS = {
    ("sapporo", 1, -2): ("狸小路", "Tanukikoji"),
    ("asahikawa", 0, 2): ("買物公園", "Kaimono Park"),
}
_BARRIER_SHARE = 0.03
_ROTARY_TAGS = {
    "highway": "primary",
    "junction": "roundabout",
    "oneway": "yes",
    "name": "常磐ロータリー",
    "name:en": "Tokiwa Rotary",
    "maxspeed": "40",
}
_CONCOURSE_TAGS = {
    "highway": "footway",
    "tunnel": "yes",
    "layer": "-1",
    "name": "地下歩行空間",
    "name:en": "Underground Concourse",
}
_STEPS = {"otaru", "muroran", "hakodate"}  # towns on slopes
_AVENUES = {
    "sapporo": (("西", "東", "丁目通", "-chome Avenue"), ("北", "南", "条通", "-jo Street")),
    "asahikawa": (("西", "東", "丁目通", "-chome Avenue"), ("北", "南", "条通", "-jo Street")),
    "obihiro": (("西", "東", "条通", "-jo Avenue"), ("北", "南", "丁目通", "-chome Street")),
}
_ENGLISH = {"北": "Kita", "南": "Minami", "西": "Nishi", "東": "Higashi"}
_SIDES = (("西", "東"), ("北", "南"))


def street_name(grid: Grid, axis: int, line: int) -> Name | None:
    """Name of an arterial; local streets have none."""
    town = grid.towns[0].name
    if line == 0:
        tail = (
            ("駅前通", "えきまえどおり", "Ekimae Avenue")
            if axis == 0
            else ("中央通", "ちゅうおうどおり", "Chuo Street")
        )
        return town.joined(Name(*tail))
    if rank(line) == 0:
        return None
    west, east, tail_ja, tail_en = _AVENUES.get(
        grid.id, ((*_SIDES[axis], "号通", "-go Street"),) * 2
    )[axis]
    number = abs(line)
    side = west if (line < 0) == (axis == 0) else east
    if grid.id not in _AVENUES:
        return Name(
            f"{town.ja}{side}{number}{tail_ja}", "", f"{town.en} {_ENGLISH[side]} {number}{tail_en}"
        )
    return Name(f"{side}{number}{tail_ja}", "", f"{_ENGLISH[side]} {number}{tail_en}")


def _is_oneway(grid: Grid, axis: int, line: int, one: Cross, other: Cross) -> bool:
    inside = max(map(abs, (*one, *other))) <= _ONEWAY_REACH
    return grid.id in _CITIES and inside and axis == 0 and line % ARTERIAL == 2


def _class_tags(grid: Grid, axis: int, line: int, built_up: bool) -> Tags:
    if not built_up:
        surface = "asphalt" if line % (2 * FARM) == 0 else "gravel"
        return {"highway": "unclassified", "surface": surface}
    if rank(line) == 0:
        return {"highway": "residential", "surface": "asphalt", "lit": "yes"}
    kind = "primary" if line == 0 else "secondary" if line % FARM == 0 else "tertiary"
    speed = {"primary": "50", "secondary": "50", "tertiary": "40"}[kind]
    tags = {
        "highway": kind,
        "surface": "asphalt",
        "lit": "yes",
        "maxspeed": speed,
        "sidewalk": "both",
    }
    if name := street_name(grid, axis, line):
        tags |= {"name": name.ja, "name:en": name.en}
    return tags


def _tags(grid: Grid, axis: int, line: int, one: Cross, other: Cross) -> Tags:
    mall = _MALLS.get((grid.id, axis, line))
    if mall and max(map(abs, (*one, *other))) <= 8:
        return {
            "highway": "pedestrian",
            "name": mall[0],
            "name:en": mall[1],
            "lit": "yes",
            **SOURCE,
        }
    gap = abs(other[0] - one[0]) + abs(other[1] - one[1])
    tags = _class_tags(grid, axis, line, built_up=gap < FARM)
    if _is_oneway(grid, axis, line, one, other):
        tags["oneway"] = "yes" if line % FARM == 2 else "-1"
    return tags | SOURCE


def _bend(grid: Grid, ring: dict[Cross, int], one: Cross, other: Cross) -> tuple[int, int]:
    """Node ids of a hop; the rotary's crossing is replaced by the ring node on that side."""
    centre = ROTARY[1]
    first = ring[other] if ring and one == centre else grid.node_of[one]
    last = ring[one] if ring and other == centre else grid.node_of[other]
    return first, last


def _turns_at(grid: Grid) -> set[Cross]:
    """Crossings in the middle of the cities where a turn is forbidden; ways end there."""
    if grid.id not in _CITIES:
        return set()
    steps = (-2 * FARM, -FARM, FARM, 2 * FARM)
    found = {(ARTERIAL * column, row) for column in (-3, -1, 1, 3) for row in steps}
    return {cross for cross in found if cross in grid.node_of and cross != ROTARY[1]}


def _add_ring(road_map: RoadMap, grid: Grid) -> dict[Cross, int]:
    """Ring of the rotary, clockwise as one drives on the left; nodes by neighbouring crossing."""
    column, row = ROTARY[1]
    turn = grid.towns[0].turn or 0.0
    sides = ((0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1))
    nodes = []
    for east, north in sides:
        size = _ROTARY_RADIUS_M / math.hypot(east, north)
        spoke = rotated(east * size, north * size, turn)
        nodes.append(road_map.add_node(offset(grid.place((column, row)), *spoke)))
    road_map.add_way([*nodes, nodes[0]], _ROTARY_TAGS | SOURCE)
    return {
        (column + east * grid.step, row + north * grid.step): node
        for (east, north), node in zip(sides, nodes, strict=True)
        if 0 in {east, north}
    }


class _Run(NamedTuple):
    """Hops of one street line that make one way."""

    line: tuple[int, int]  # axis, index of the line
    tags: Tags
    crosses: list[Cross]
    nodes: list[int]


def _runs(grid: Grid, ring: dict[Cross, int], turns: set[Cross]) -> Iterator[_Run]:
    """Cut street lines where tags change, a turn is restricted or the rotary lies."""
    run: _Run | None = None
    for axis, line, one, other in grid.streets:
        tags = _tags(grid, axis, line, one, other)
        first, last = _bend(grid, ring, one, other)
        joins = (
            run is not None
            and run.line == (axis, line)
            and run.nodes[-1] == first
            and run.tags == tags
            and one not in turns
        )
        if run is None or not joins:
            if run is not None:
                yield run
            run = _Run((axis, line), tags, [one], [first])
        run.crosses.append(other)
        run.nodes.append(last)
    if run is not None:
        yield run


def add_streets(road_map: RoadMap, grid: Grid, seed: int) -> None:
    """Add all streets of a grid."""
    draw = random.Random(f"{seed}-{grid.id}-streets")
    ring = _add_ring(road_map, grid) if grid.id == ROTARY[0] else {}
    turns = _turns_at(grid)
    legs: dict[Cross, list[tuple[int, Way]]] = {}
    for run in _runs(grid, ring, turns):
        nodes = list(run.nodes)
        if run.tags["highway"] == "residential" and draw.random() < _BARRIER_SHARE:
            at = draw.randrange(len(nodes) - 1)
            nodes.insert(at + 1, _barrier(road_map, nodes[at], nodes[at + 1], draw))
        way = road_map.add_way(nodes, run.tags)
        for cross in {run.crosses[0], run.crosses[-1]} & turns:
            legs.setdefault(cross, []).append((run.line[0], way))
    _add_turns(road_map, grid, legs)
    if ring:
        _take_out(grid, ROTARY[1])
    _add_signals(road_map, grid)
    _add_paths(road_map, grid, draw)


def _take_out(grid: Grid, cross: Cross) -> None:
    """Forget a crossing, for the ring around it has taken its streets."""
    del grid.node_of[cross]
    grid.streets = [hop for hop in grid.streets if cross not in {hop.one, hop.other}]


def _barrier(road_map: RoadMap, first: int, last: int, draw: random.Random) -> int:
    node = road_map.add_node(between(road_map.nodes[first], road_map.nodes[last], 0.5))
    kind = draw.choice(("bollard", "gate", "cycle_barrier"))
    passes = {"access": "no", "foot": "yes", "bicycle": "yes"} if kind == "gate" else {}
    road_map.node_tags[node] = {"barrier": kind, **passes}
    return node


def _add_turns(road_map: RoadMap, grid: Grid, legs: dict[Cross, list[tuple[int, Way]]]) -> None:
    """One restriction a crossing, of every kind in turn."""
    kinds = itertools.cycle(("no_right_turn", "no_left_turn", "only_straight_on", "no_u_turn"))
    for cross in sorted(legs):
        column = [way for axis, way in legs[cross] if axis == 0]
        row = [way for axis, way in legs[cross] if axis == 1]
        if len(column) == 2 and len(row) == 2:
            kind = next(kinds)
            into = {
                "no_right_turn": row[1],
                "no_left_turn": row[0],
                "only_straight_on": column[1],
                "no_u_turn": column[0],
            }[kind]
            road_map.add_restriction(kind, column[0], grid.node_of[cross], into)


def _add_signals(road_map: RoadMap, grid: Grid) -> None:
    for (column, row), node in grid.node_of.items():
        if column % FARM == 0 and row % FARM == 0 and max(abs(column), abs(row)) <= 40:
            road_map.node_tags[node] = {"highway": "traffic_signals"}


def _add_paths(road_map: RoadMap, grid: Grid, draw: random.Random) -> None:
    """Footways across a few blocks; steps where the town climbs; a concourse under Sapporo."""
    node_of = grid.node_of
    step = grid.step
    blocks = [(c, r) for c, r in sorted(node_of) if (c + step, r + step) in node_of]
    for column, row in draw.sample(blocks, max(1, len(blocks) // 30)):
        one, other = node_of[column, row], node_of[column + step, row + step]
        middle = road_map.add_node(between(road_map.nodes[one], road_map.nodes[other], 0.5))
        tags = {"highway": "footway", "surface": "paving_stones", **SOURCE}
        road_map.add_way((one, middle, other), tags)
    if grid.id in _STEPS:
        column, row = min(blocks, key=lambda block: (abs(block[0]) + abs(block[1]), block))
        ends = (node_of[column, row], node_of[column + step, row + step])
        road_map.add_way(ends, {"highway": "steps", "handrail": "yes", **SOURCE})
    if grid.id == "sapporo":
        road_map.add_way([node_of[0, row] for row in range(0, 9, step)], _CONCOURSE_TAGS | SOURCE)
