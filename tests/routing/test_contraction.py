"""Contraction hierarchies and Dijkstra on random graphs, against networkx."""

from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import contraction as hierarchies
from routing import road_search
from routing.contraction import build_hierarchy
from routing.customizable import build_shape
from routing.kernels import contraction, dijkstra, many_to_many, route, sheets
from routing.kernels.core import OTHER
from routing.layout import UNREACHED, Int32Array, frozen
from routing.road_layout import CM_MASK, FAR, MS, Pins
from routing.road_search import ProfileSearch, split
from routing.way_search import WaySearch
from tests.routing.random_roads import N_NODES, Street, pins_on, search_over, streets, town

PLACES = st.lists(st.tuples(st.integers(0, 99), st.integers(0, 3)), min_size=1, max_size=6)


def expected(rows: list[Street], sources: Pins, targets: Pins) -> list[list[int]]:
    """Costs between places on streets, by networkx over whole streets and by hand at the ends."""
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    graph.add_nodes_from(range(N_NODES))
    graph.add_edges_from((s.tail, s.head, {"cost": s.ms * MS + s.cm}) for s in rows)
    far = dict(nx.all_pairs_dijkstra_path_length(graph, weight="cost"))

    def passed(street: int, along: int) -> int:
        s = rows[street]
        return (s.ms * along // s.cm if s.cm else 0) * MS + along

    def cost(a: int, a_along: int, b: int, b_along: int) -> int:
        whole = rows[a].ms * MS + rows[a].cm
        over = far[rows[a].head].get(rows[b].tail)
        ways = []
        if over is not None:
            ways.append(whole - passed(a, a_along) + int(over) + passed(b, b_along))
        if a == b and b_along >= a_along:
            ways.append(passed(b, b_along) - passed(a, a_along))
        return min(ways, default=FAR)

    starts, goals = (
        list(zip(pins.segment.tolist(), pins.along_cm.tolist(), strict=True))
        for pins in (sources, targets)
    )
    return [[cost(*start, *goal) for goal in goals] for start in starts]


def in_seconds(costs: list[list[int]]) -> tuple[Int32Array, Int32Array]:
    """Round costs as the searches do; streets are short, so ms and cm stand for s and m."""
    table = np.array(costs, np.int64)
    is_far = table >= FAR
    return (
        np.where(is_far, UNREACHED, ((table >> 32) + 500) // 1000).astype(np.int32),
        np.where(is_far, UNREACHED, ((table & CM_MASK) + 50) // 100).astype(np.int32),
    )


def scaled(rows: list[Street]) -> list[Street]:
    """Sort by tail, and make every ms a second and every cm a metre, so that none is lost."""
    return [Street(s.tail, s.head, s.ms * 1000, s.cm * 100) for s in sorted(rows)]


def pair(sources: Pins, source: int, targets: Pins, target: int) -> Pins:
    nowhere = frozen(np.zeros(2), np.float64)
    segment = [sources.segment[source], targets.segment[target]]
    along = [sources.along_cm[source], targets.along_cm[target]]
    return Pins(nowhere, nowhere, frozen(segment), frozen(along), frozen([0, 0]))


def check(search: ProfileSearch, rows: list[Street], sources: Pins, targets: Pins) -> None:
    right = expected(rows, sources, targets)
    duration, distance = search.table(sources, targets)
    right_duration, right_distance = in_seconds(right)
    np.testing.assert_array_equal(duration, right_duration)
    np.testing.assert_array_equal(distance, right_distance)
    for a in range(sources.segment.size):
        for b in range(targets.segment.size):
            course = search.course(pair(sources, a, targets, b))
            assert (FAR if course is None else course.cost) == right[a][b]
            if course is not None:
                assert course.arcs[0] == sources.segment[a]
                assert course.arcs[-1] == targets.segment[b]
                for arc, following in zip(course.arcs, course.arcs[1:], strict=False):
                    assert rows[arc].head == rows[following].tail


@given(streets(), PLACES, PLACES)
def test_dijkstra_equals_networkx(
    rows: list[Street], a: list[tuple[int, int]], b: list[tuple[int, int]]
) -> None:
    rows = scaled(rows)
    check(search_over(rows), rows, pins_on(rows, a), pins_on(rows, b))


@given(streets(), PLACES, PLACES)
def test_a_hierarchy_equals_networkx(
    rows: list[Street], a: list[tuple[int, int]], b: list[tuple[int, int]]
) -> None:
    rows = scaled(rows)
    search = search_over(rows)
    search.contract()
    for known in (search._lookup(pins_on(rows, b), is_back=back) for back in (False, True)):
        assert known.buckets is None
    sources, targets = pins_on(rows, a), pins_on(rows, b)
    for pins, is_back in ((sources, True), (targets, False)):
        search._lookup(pins, is_back=is_back).n_labelled = 10**9  # so that buckets are made
    check(search, rows, sources, targets)
    is_back = targets.segment.size < sources.segment.size
    there = sources if is_back else targets
    assert search._lookup(there, is_back=is_back).buckets is not None


def reached(rows: list[Street], pins: Pins) -> list[int]:
    """Milliseconds from the nearest of the pins to the start of each street, by networkx."""
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    graph.add_nodes_from(range(N_NODES))
    graph.add_edges_from((s.tail, s.head, {"ms": s.ms}) for s in rows)
    far = dict(nx.all_pairs_dijkstra_path_length(graph, weight="ms"))
    starts = [
        (rows[street].head, rows[street].ms - (rows[street].ms * cm // (rows[street].cm or 1)))
        for street, cm in zip(pins.segment.tolist(), pins.along_cm.tolist(), strict=True)
    ]
    return [
        min(
            (int(ms + far[head][s.tail]) for head, ms in starts if s.tail in far[head]), default=FAR
        )
        for s in rows
    ]


@given(streets(), PLACES)
def test_all_streets_are_reached_as_by_networkx(
    rows: list[Street], places: list[tuple[int, int]]
) -> None:
    rows = scaled(rows)
    search, pins = search_over(rows), pins_on(rows, places)
    contracted, customised = search_over(rows), search_over(rows)
    contracted.contract()
    customised._shape = build_shape(search.roads.links, np.zeros((N_NODES, 2)))
    customised.customize()
    for one in (search.by_dijkstra(), contracted, customised):
        assert one.reach(one.ends(pins), 10**6).at_start.tolist() == reached(rows, pins)


@given(streets(), PLACES, PLACES, st.integers(0, N_NODES))
def test_ways_through_a_core_of_any_size_equal_networkx(
    rows: list[Street], a: list[tuple[int, int]], b: list[tuple[int, int]], n_core: int
) -> None:
    rows = scaled(rows)
    search = search_over(rows)
    ways = WaySearch(search.points, search.roads, 0.0, search.contract(), n_core)
    sources, targets = pins_on(rows, a), pins_on(rows, b)
    right = expected(rows, sources, targets)
    for one in range(sources.segment.size):
        for other in range(targets.segment.size):
            course = ways.course(pair(sources, one, targets, other))
            assert course.cost == right[one][other]
            if course.cost < FAR:
                driven = sum(rows[arc].ms * MS + rows[arc].cm for arc in course.arcs[:-1])
                last = search.ends(targets).passed[2 * other]
                skipped = search.ends(sources).passed[2 * one]
                assert course.cost == driven + last - skipped


@given(streets())
def test_links_of_a_hierarchy_lead_up_and_are_sorted(rows: list[Street]) -> None:
    hierarchy = build_hierarchy(search_over(scaled(rows)).roads.links)
    assert hierarchy is not None
    assert sorted(hierarchy.place.tolist()) == list(range(N_NODES))
    assert hierarchy.first_of_side[-1] == hierarchy.via.size
    for side in range(2 * N_NODES):
        first, end = hierarchy.first_of_side[side : side + 2]
        others = hierarchy.row[first:end, OTHER]
        assert (others < side // 2).all()  # 0 is the top
        assert (np.diff(others) > 0).all()


@pytest.mark.parametrize("seed", range(3))
def test_a_hierarchy_of_a_town_equals_dijkstra(seed: int) -> None:
    rows = town(side=24, seed=seed)
    search = search_over(rows, 24 * 24)
    by_dijkstra = search.by_dijkstra()
    search.contract()
    rng = np.random.default_rng(seed)
    sources, targets = (
        pins_on(rows, list(zip(*rng.integers(0, 10**6, (2, 60)).tolist(), strict=True)))
        for _ in range(2)
    )
    search._lookup(targets, is_back=False).n_labelled = 10**9
    duration, distance = by_dijkstra.table(sources, targets)
    found = search.table(sources, targets)
    assert search._lookup(targets, is_back=False).buckets is not None
    np.testing.assert_array_equal(found[0], duration)
    np.testing.assert_array_equal(found[1], distance)
    for a in range(60):
        for b in range(0, 60, 7):
            course = search.course(pair(sources, a, targets, b))
            if course is None:
                assert duration[a, b] == UNREACHED
            else:
                assert split(course.cost) == (duration[a, b], distance[a, b])


def test_a_closed_link_is_absent_from_the_hierarchy() -> None:
    rows = [Street(0, 1, 1000, 100), Street(1, 2, 1000, 100)]
    search = search_over(rows)
    cost = search.roads.links.cost.copy()
    cost[1] = FAR
    closed = build_hierarchy(search.roads.links._replace(cost=frozen(cost, np.int64)))
    assert closed is not None
    assert closed.via.size == 1


def test_a_graph_too_dense_for_the_first_arrays_is_contracted_in_larger_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    links = search_over(town(side=12, seed=1), 12 * 12).roads.links
    roomy = build_hierarchy(links)
    monkeypatch.setattr(hierarchies, "_LEAST_ROOM", 1)
    monkeypatch.setattr(hierarchies, "_ROOM_PER_LINK", 1)
    tight = build_hierarchy(links)
    assert roomy is not None
    assert tight is not None
    for one, other in zip(roomy, tight, strict=True):
        np.testing.assert_array_equal(one, other)


def test_roads_that_resist_contraction_get_a_customised_hierarchy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = scaled([Street(a, b, 1 + (a * b) % 3, 1) for a in range(9) for b in range(9)])
    search = search_over(rows)
    assert build_hierarchy(search.roads.links, scans_per_link=0) is None
    monkeypatch.setattr(road_search, "build_hierarchy", lambda _: None)
    assert search.contract() is search.customize()
    pins = pins_on(rows, [(street, 0) for street in range(81)])
    check(search, rows, pins, pins)


@pytest.mark.skipif(
    not hasattr(dijkstra.rows_forward, "signatures"), reason="NUMBA_DISABLE_JIT is set"
)
def test_entry_kernels_are_compiled_for_one_signature() -> None:
    rows = scaled([Street(0, 1, 1, 1), Street(1, 0, 1, 1)])
    search = search_over(rows)
    pins = pins_on(rows, [(0, 0), (1, 1)])
    entries: tuple[Any, ...] = (
        dijkstra.rows_forward,
        dijkstra.rows_backward,
        contraction.contract,
        contraction.join,
        many_to_many.collect,
        many_to_many.rows,
        route.climb,
        route.climb_between,
        route.spread,
        route.draw,
        sheets.climb_all,
        sheets.spread_all,
    )
    before = [len(kernel.signatures) for kernel in entries]  # by kernels that call them, too
    search.table(pins, pins)
    search.contract()
    search.table(pins, pins)
    search.course(pins)
    for kernel, n_before in zip(entries, before, strict=True):
        assert len(kernel.signatures) <= n_before + 1, kernel
