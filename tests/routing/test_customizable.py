"""Customisable hierarchies on random graphs, against networkx and Dijkstra, at changing costs."""

from itertools import pairwise, product

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.customizable import build_shape, customize
from routing.layout import NONE, Float64Array, frozen
from routing.road_layout import FAR, MS, Links, Shape
from routing.road_parts import tails, turned_round
from routing.road_search import ProfileSearch
from tests.routing.random_roads import N_NODES, Street, pins_on, search_over, streets, town
from tests.routing.test_contraction import PLACES, check, scaled

SPOTS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=N_NODES, max_size=N_NODES
)


def spots(search: ProfileSearch, seed: int) -> Float64Array:
    n = search.roads.links.first_of_vertex.size - 1
    return np.random.default_rng(seed).random((n, 2))


def check_shape(shape: Shape, links: Links) -> None:
    """Rows rise, every link has a row, and the vertices above one are all joined (chordal)."""
    n = shape.place.size
    assert sorted(shape.place.tolist()) == list(range(n))
    above = [
        shape.above[first:end].tolist() for first, end in pairwise(shape.first_of_vertex.tolist())
    ]
    for low, row in enumerate(above):
        assert all(high < low for high in row)
        assert sorted(set(row)) == row
        for higher, lower in pairwise(row):
            assert higher in above[lower]
    for tail, head, cell in zip(tails(links), links.head, shape.cell_of_link, strict=True):
        ends = sorted((int(shape.place[tail]), int(shape.place[head])))
        if ends[0] == ends[1]:
            assert cell == NONE
        else:
            assert shape.above[cell >> 1] == ends[0]
            assert shape.first_of_vertex[ends[1]] <= cell >> 1 < shape.first_of_vertex[ends[1] + 1]
            assert (cell & 1) == (shape.place[head] == ends[1])


@given(streets(), SPOTS)
def test_the_shape_is_chordal_and_holds_every_link(
    rows: list[Street], at: list[tuple[int, int]]
) -> None:
    links = search_over(scaled(rows)).roads.links
    check_shape(build_shape(links, np.array(at, np.float64)), links)


@given(streets(), SPOTS, PLACES, PLACES)
def test_a_customised_hierarchy_equals_networkx(
    rows: list[Street],
    at: list[tuple[int, int]],
    a: list[tuple[int, int]],
    b: list[tuple[int, int]],
) -> None:
    rows = scaled(rows)
    plain = search_over(rows)
    shape = build_shape(plain.roads.links, np.array(at, np.float64))
    hierarchy = customize(shape, plain.roads.links.cost)
    search = ProfileSearch(plain.points, plain.roads, plain.traits, hierarchy)
    sources, targets = pins_on(rows, a), pins_on(rows, b)
    for pins, is_back in ((sources, True), (targets, False)):
        search._lookup(pins, is_back=is_back).n_labelled = 10**9  # so that buckets are made
    check(search, rows, sources, targets)


@given(streets(), SPOTS, st.lists(st.integers(0, 5), min_size=28, max_size=28))
def test_one_shape_serves_changing_costs(
    rows: list[Street], at: list[tuple[int, int]], minutes: list[int]
) -> None:
    """All pairs of vertices by networkx after costs changed; 0 closes a street."""
    rows = scaled(rows)
    links = search_over(rows).roads.links
    shape = build_shape(links, np.array(at, np.float64))
    customize(shape, links.cost)
    cost = np.array([m * 60_000 * MS if m else FAR for m in minutes[: len(rows)]], np.int64)
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    graph.add_nodes_from(range(N_NODES))
    graph.add_edges_from(
        (s.tail, s.head, {"cost": int(c)}) for s, c in zip(rows, cost, strict=True) if c < FAR
    )
    hierarchy = customize(shape, cost)
    expected = dict(nx.all_pairs_dijkstra_path_length(graph, weight="cost"))
    for source in range(N_NODES):
        label = climbed_and_swept(hierarchy.place[source], hierarchy)
        for target in range(N_NODES):
            assert label[hierarchy.place[target]] == expected[source].get(target, FAR)


def climbed_and_swept(source: int, hierarchy: object) -> list[int]:
    """A sweep in plain Python: up from the source in order of importance, then down."""
    first, row = hierarchy.first_of_side, hierarchy.row  # type: ignore[attr-defined]
    n = (first.size - 1) // 2
    label = [FAR] * n
    label[source] = 0
    for vertex in range(source, -1, -1):
        for other, cost in row[first[2 * vertex] : first[2 * vertex + 1]].tolist():
            label[other] = min(label[other], label[vertex] + cost)
    for vertex in range(n):
        for other, cost in row[first[2 * vertex + 1] : first[2 * vertex + 2]].tolist():
            label[vertex] = min(label[vertex], label[other] + cost)
    return [min(value, FAR) for value in label]


@pytest.mark.parametrize("seed", range(3))
def test_a_town_at_new_costs_equals_dijkstra(seed: int) -> None:
    """Matrices and sweeps over a town whose streets got slower and partly closed."""
    rows = town(side=20, seed=seed)
    base = search_over(rows, 20 * 20)
    base._shape = build_shape(base.roads.links, spots(base, seed))
    rng = np.random.default_rng(seed)
    factor = rng.integers(1, 5, len(rows))
    slowed = base.roads.links.cost * factor
    cost = frozen(np.where(rng.random(len(rows)) < 0.05, FAR, slowed), np.int64)
    links = base.roads.links._replace(cost=cost)
    roads = base.roads._replace(
        arcs=base.roads.arcs._replace(cost=cost), links=links, back_links=turned_round(links)
    )
    search = base.over(roads)
    plain = search.by_dijkstra()
    search.customize()
    sources, targets = (
        pins_on(rows, list(zip(*rng.integers(0, 10**6, (2, 60)).tolist(), strict=True)))
        for _ in range(2)
    )
    search._lookup(targets, is_back=False).n_labelled = 10**9
    for cells, right_cells in zip(
        search.table(sources, targets), plain.table(sources, targets), strict=True
    ):
        np.testing.assert_array_equal(cells, right_cells)
    ends = plain.ends(sources)
    for is_back, limit in product((False, True), (1200, 10**6)):
        by_dijkstra = plain.reach(ends, limit, is_back=is_back)
        by_sweep = search.reach(ends, limit, is_back=is_back)
        for expected, found in zip(by_dijkstra, by_sweep, strict=True):
            within = expected < limit * 1000
            assert within.mean() > 0.5
            np.testing.assert_array_equal(found[within], expected[within])
