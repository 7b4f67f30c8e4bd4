"""Strong parts of graphs, against networkx."""

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from routing.kernels.components import flood
from routing.layout import first_of, frozen
from routing.road_parts import strong_components

N = 10
EDGES = st.lists(st.tuples(st.integers(0, N - 1), st.integers(0, N - 1)), max_size=25)


def as_links(edges: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    ordered = sorted(edges)
    return first_of([tail for tail, _ in ordered], N), frozen([head for _, head in ordered])


@given(EDGES)
def test_components_equal_those_of_networkx(edges: list[tuple[int, int]]) -> None:
    graph: nx.DiGraph[int] = nx.DiGraph(edges)
    graph.add_nodes_from(range(N))
    component = strong_components(*as_links(edges))
    expected = {frozenset(part) for part in nx.strongly_connected_components(graph)}
    found = {frozenset(np.flatnonzero(component == c).tolist()) for c in np.unique(component)}
    assert found == expected
    assert sorted(set(component.tolist())) == list(range(len(expected)))


@given(EDGES, st.sets(st.integers(0, N - 1)))
def test_a_flood_reaches_what_networkx_reaches(
    edges: list[tuple[int, int]], starts: set[int]
) -> None:
    graph: nx.DiGraph[int] = nx.DiGraph(edges)
    graph.add_nodes_from(range(N))
    expected = set(starts).union(*(nx.descendants(graph, start) for start in starts))
    reached = np.zeros(N, np.uint8)
    reached[list(starts)] = 1
    flood(*as_links(edges), reached, np.empty(N, np.int32))
    assert set(np.flatnonzero(reached).tolist()) == expected
