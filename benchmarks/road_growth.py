"""How searches grow: copies of a real map side by side, joined at their borders."""

import resource
import time

import numpy as np
import numpy.typing as npt

from benchmarks.harness import OURS, Fact, Report, Row
from routing.contraction import build_hierarchy
from routing.customizable import build_shape, customize, positions
from routing.layout import Float64Array, Int64Array, first_of, frozen
from routing.road_hierarchy import HierarchySearch
from routing.road_layout import FAR, MS, Ends, Links, Pairs, Pins, ProfileRoads, Table
from routing.road_parts import tails, turned_round
from routing.road_search import ProfileSearch

_SIDES = (1, 2, 3)  # tiles along a side: x1, x4, x9
_JOINTS = 40  # links each way across a border
_JOINT_MS = 20_000
_JITTER = 0.1  # of the costs of a tile, so that no two ways are equal by copying
_N_PLACES = 1000
_SEED = 9


def add_growth(report: Report, search: ProfileSearch) -> None:
    """Contraction, shape, costs and matrix for one, four and nine tiles."""
    roads = search.roads
    at = positions(search.points, roads.segments, roads.arcs, roads.links, roads.arc_of_link)
    for side in _SIDES:
        links, where = _tiled(roads.links, at, side)
        case = f"tiles x{side * side}"
        sizes: dict[str, Fact] = {"vertices": where.shape[0], "links": links.head.size}
        started = time.process_time()
        hierarchy = build_hierarchy(links)
        contracted = time.process_time() - started
        started = time.process_time()
        shape = build_shape(links, where)
        shaped = time.process_time() - started
        customised = customize(shape, links.cost)
        started = time.process_time()
        customised = customize(shape, links.cost)
        costs = time.process_time() - started
        report.rows += [
            Row(f"{case}: contract", OURS, (contracted,), sizes),
            Row(f"{case}: shape for any costs", OURS, (shaped,), {"rows": shape.above.size}),
            Row(f"{case}: put costs onto it", OURS, (costs,), {"rows": customised.via.size}),
        ]
        for name, found in (("contracted", hierarchy), ("customised", customised)):
            if found is not None:
                seconds = _matrix_s(links, HierarchySearch(_bare(roads, links), found))
                facts: dict[str, Fact] = {"peak MB": _peak_mb()}
                report.rows.append(Row(f"{case}: matrix 1000 x 1000, {name}", OURS, seconds, facts))
    report.notes.append(
        "tiles: copies of the map side by side, costs jittered, joined by links across borders"
    )


def _peak_mb() -> int:
    """Most memory that this process has held so far, MB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _tiled(links: Links, at: Float64Array, side: int) -> tuple[Links, Float64Array]:
    """Links and positions of side x side copies of a map."""
    rng = np.random.default_rng(_SEED)
    n = at.shape[0]
    span = at.max(axis=0) - at.min(axis=0)
    tail, head, cost, where = [], [], [], []
    for tile in range(side * side):
        row, column = divmod(tile, side)
        factor = 1 + _JITTER * rng.random(links.head.size)
        ms = np.round((links.cost >> 32) * factor).astype(np.int64)
        jittered = ms * MS + (links.cost & (MS - 1))
        tail.append(tails(links) + tile * n)
        head.append(links.head.astype(np.int64) + tile * n)
        cost.append(np.where(links.cost < FAR, jittered, FAR))
        where.append(at + span * (column, row))
        for other, axis in ((tile + 1, 0), (tile + side, 1)):
            if (axis == 0 and column + 1 < side) or (axis == 1 and row + 1 < side):
                here, there = _border(at, axis, is_far=True), _border(at, axis, is_far=False)
                one, another = here + tile * n, there + other * n
                tail += [one, another]
                head += [another, one]
                cost += [np.full(one.size, _JOINT_MS * MS + 20_000)] * 2
    columns = (np.concatenate(tail), np.concatenate(head), np.concatenate(cost))
    return _sorted_links(*columns, n * side * side), np.concatenate(where)


def _border(at: Float64Array, axis: int, *, is_far: bool) -> Int64Array:
    """Vertices nearest to a border of the tile."""
    order = np.argsort(at[:, axis], kind="stable")
    found: Int64Array = order[-_JOINTS:] if is_far else order[:_JOINTS]
    return found


def _sorted_links(
    tail: npt.NDArray[np.int64], head: npt.NDArray[np.int64], cost: Int64Array, n: int
) -> Links:
    order = np.lexsort((head, tail))
    return Links(first_of(tail[order], n), frozen(head[order]), frozen(cost[order], np.int64))


def _bare(roads: ProfileRoads, links: Links) -> ProfileRoads:
    """Roads whose arcs are the links: places are vertices."""
    n = links.head.size
    tail = frozen(tails(links))
    arcs = roads.arcs._replace(
        segment=frozen(np.zeros(n)), cost=links.cost, first_exit=frozen(np.arange(n)),
        end_exit=frozen(np.arange(1, n + 1)), entry=tail, last_entry=tail,
    )  # fmt: skip
    return roads._replace(arcs=arcs, links=links, back_links=turned_round(links))


def _matrix_s(links: Links, search: HierarchySearch) -> tuple[float, ...]:
    """CPU times of matrices between the starts of random links."""
    rng = np.random.default_rng(_SEED)
    seconds = []
    for _ in range(4):
        pins: list[Pins] = []
        ends: list[Ends] = []
        for _ in range(2):
            arc = np.full(2 * _N_PLACES, -1, np.int32)
            arc[::2] = rng.choice(np.flatnonzero(links.cost < FAR), _N_PLACES)
            zeros = np.zeros(2 * _N_PLACES, np.int64)
            ends.append(Ends(frozen(arc), frozen(zeros, np.int64), frozen(zeros[::2], np.int64)))
            nowhere = frozen(np.zeros(_N_PLACES), np.float64)
            own = frozen(np.arange(_N_PLACES) + len(pins) * _N_PLACES)
            pins.append(Pins(nowhere, nowhere, own, own, own))
        shape = (_N_PLACES, _N_PLACES)
        table = Table(
            np.empty(shape, np.int32), np.empty(shape, np.int32), np.empty(_N_PLACES, np.int64)
        )
        pairs = Pairs(pins[0], ends[0], pins[1], ends[1], 0.0, FAR)
        started = time.process_time()
        search.fill(pairs, search.buckets(ends[1], are_sources=False), table, is_back=False)
        seconds.append(time.process_time() - started)
    return tuple(seconds[1:])
