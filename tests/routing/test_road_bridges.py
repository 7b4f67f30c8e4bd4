"""Road graphs to networkx and back: the same roads, and networkx as the oracle of durations."""

import tempfile
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.errors import RoadFileError
from routing.layout import NONE, UNREACHED
from routing.profiles import PROFILES
from routing.road import Pins, RoadGraph
from tests.routing.drawn_roads import Drawing, at
from tests.routing.random_roads import drawings

STREET = {"highway": "residential", "name": "Long Street", "maxspeed": "40"}


def own(name: str) -> list[object]:
    return [profile for profile in PROFILES if profile.name == name]


@settings(max_examples=20)
@given(drawings(), st.sampled_from(["foot", "bike"]))
def test_networkx_finds_the_same_durations_and_the_way_back_the_same_roads(
    drawing: Drawing, name: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            road = drawing.graph(Path(folder), own(name))  # type: ignore[arg-type]
        except RoadFileError:
            return
    graph = road.to_networkx(name)
    if not graph.number_of_edges():
        return
    lon, lat = middles(graph)
    back = RoadGraph.from_networkx(graph, own(name))  # type: ignore[arg-type]
    found, right = (
        one.many_to_many(pins, pins, name)
        for one, pins in ((road, road.pin(lon, lat, name)), (back, back.pin(lon, lat, name)))
    )
    np.testing.assert_array_equal(found[0], right[0])
    np.testing.assert_array_equal(found[1], right[1])
    nodes = list(graph)
    lon, lat = (np.array([graph.nodes[node][axis] for node in nodes]) for axis in "xy")
    pins = road.pin(lon, lat, name)
    duration, _ = road.many_to_many(pins, pins, name)
    _check_against_networkx(graph, nodes, duration, _is_on_a_street(road, pins))


def middles(graph: "nx.MultiDiGraph[int]") -> tuple[np.ndarray, np.ndarray]:
    """Places on the first piece of each edge, where no other edge is as near."""
    pieces = []
    for start, end, edge in graph.edges(data=True):
        ends = [(graph.nodes[node]["x"], graph.nodes[node]["y"]) for node in (start, end)]
        pieces.append(list(edge["geometry"].coords)[:2] if "geometry" in edge else ends)
    lon, lat = np.array(pieces).mean(axis=1).T
    return lon, lat


def _is_on_a_street(road: RoadGraph, pins: Pins) -> np.ndarray:
    """Whether a node is pinned to a street of both directions; the end of a one-way is not it."""
    (search,) = road._searches.values()
    segments = search.roads.segments
    is_two_way = (segments.forward_arc != NONE) & (segments.backward_arc != NONE)
    is_near = (pins.segment != NONE) & (pins.off_road_cm == 0)
    found: np.ndarray = is_near & is_two_way[pins.segment]
    return found


def _check_against_networkx(
    graph: "nx.MultiDiGraph[int]", nodes: list[int], duration: np.ndarray, is_on: np.ndarray
) -> None:
    """Where no two nodes share a place, as the two sides of a barrier do, durations are equal."""
    places = [tuple(graph.nodes[node].values()) for node in nodes]
    rows = [row for row in np.flatnonzero(is_on) if places.count(places[row]) == 1]
    for source in rows:
        right = nx.single_source_dijkstra_path_length(graph, nodes[source], weight="travel_time")
        for target in rows:
            seconds = right.get(nodes[target])
            if seconds is None:
                assert duration[source, target] == UNREACHED
            else:
                assert duration[source, target] == pytest.approx(seconds, abs=1)


def test_a_car_finds_the_same_ways_after_a_round_trip(tmp_path: Path) -> None:
    """One-ways, bends, a ferry and a blocked bridge survive; turns cost what they cost."""
    map_ = Drawing(
        {"A": (0, 0), "B": (500, 0), "C": (500, 500), "D": (0, 500), "E": (250, 700),
         "F": (1500, 0), "G": (2000, 0)},
        [("AB", STREET | {"oneway": "yes"}), ("CB", STREET | {"oneway": "-1"}), ("CED", STREET),
         ("DA", STREET), ("BF", {"route": "ferry", "duration": "00:20", "motor_vehicle": "yes"}),
         ("FG", STREET)],
    )  # fmt: skip
    road = map_.graph(tmp_path)
    back = RoadGraph.from_networkx(road.to_networkx("car"), own("car"))  # type: ignore[arg-type]
    places = [map_.between(*pair) for pair in ("AB", "BC", "CE", "DA", "FG")]
    for found, right in zip(
        back.matrix(places, places, "car"), road.matrix(places, places, "car"), strict=True
    ):
        assert (right > 0).sum() == 20
        assert (right < UNREACHED).all()
        np.testing.assert_array_equal(found, right)
    path = back.route(places[0], places[2], "car")
    assert path is not None
    assert {street.name for street in path.streets} == {"Long Street"}


def test_a_graph_as_osmnx_makes_it_is_read(tmp_path: Path) -> None:
    """Simplified by osmnx: merged tags are lists, bends are shapes, two edges are one street."""
    import osmnx

    map_ = Drawing(
        {"A": (0, 0), "B": (300, 0), "C": (300, 400), "D": (0, 400), "E": (-200, 0)},
        [("AB", STREET), ("BC", STREET | {"name": "Side Street", "maxspeed": "30"}),
         ("CD", STREET | {"oneway": "yes"}), ("DA", STREET), ("AE", STREET)],
    )  # fmt: skip
    (tmp_path / "town.osm").write_text(map_.xml(), encoding="utf-8")
    graph = osmnx.graph_from_xml(tmp_path / "town.osm", retain_all=True)
    road = RoadGraph.from_networkx(graph, own("bike"))  # type: ignore[arg-type]
    right = map_.graph(tmp_path, own("bike"))  # type: ignore[arg-type]
    places = [map_.between(*pair) for pair in ("AB", "BC", "CD", "DA", "AE")]
    found, expected = (one.matrix(places, places, "bike") for one in (road, right))
    np.testing.assert_array_equal(found.duration, expected.duration)
    np.testing.assert_array_equal(found.distance, expected.distance)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ("undirected", "not directed"),
        ("projected", r"node 2: x, y = 500000.0, 4750000.0 is no place in degrees"),
        ("placeless", r"node 2: x, y = None"),
        ("untagged", "no edge with `highway`"),
    ],
)
def test_a_graph_that_is_no_road_map_is_refused(change: str, part: str) -> None:
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    for node in (1, 2):
        lon, lat = at(100 * node, 0)
        graph.add_node(node, x=lon, y=lat)
    graph.add_edge(1, 2, **({} if change == "untagged" else {"highway": "residential"}))
    if change == "projected":
        graph.nodes[2].update(x=500_000.0, y=4_750_000.0)
    if change == "placeless":
        del graph.nodes[2]["x"]
    wrong = graph.to_undirected() if change == "undirected" else graph
    with pytest.raises(RoadFileError, match=part):
        RoadGraph.from_networkx(wrong)  # type: ignore[arg-type]
