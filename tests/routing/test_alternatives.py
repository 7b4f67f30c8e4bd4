"""Other ways: sensible ones only, checked arc by arc."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from routing.alternatives import Taste, other_ways
from routing.polyline import encode
from routing.profiles import CAR
from routing.road_layout import CM_MASK
from tests.routing.drawn_roads import Drawing, at
from tests.routing.random_roads import pins_on, search_over, town

ROAD = {"highway": "residential"}
# From W to E: 2,000 m straight, 2,236 m by N, 2,828 m by S; S is too far, a spur leads nowhere.
THREE = Drawing(
    {"V": (-500, 0), "W": (0, 0), "M": (1000, 0), "E": (2000, 0), "F": (2500, 0),
     "N": (1000, 500), "S": (1000, -1000), "X": (1000, 1500)},
    [("VW", ROAD), ("WME", ROAD), ("EF", ROAD), ("WNE", ROAD), ("WSE", ROAD), ("NX", ROAD)],
)  # fmt: skip


def test_a_parallel_road_is_named_and_a_long_one_is_not(tmp_path: Path) -> None:
    road = THREE.graph(tmp_path, [CAR])
    paths = road.routes(at(-400, 0), at(2400, 0), "car", 5)
    assert [path.distance_m for path in paths] == pytest.approx([2800, 800 + 2236], abs=2)
    best = road.route(at(-400, 0), at(2400, 0), "car")
    assert best is not None
    assert (paths[0].duration, paths[0].distance_m) == (best.duration, best.distance_m)
    np.testing.assert_array_equal(paths[0].lon, best.lon)
    assert len(road.routes(at(-400, 0), at(2400, 0), "car", 0)) == 1


def test_other_ways_name_their_streets_as_far_as_they_use_them(tmp_path: Path) -> None:
    names = {"VW": "west", "WME": "middle", "EF": "east", "WNE": "north"}
    streets = [(way, ROAD | {"name": names.get(way, "other")}) for way, _ in THREE.ways]
    paths = (
        replace(THREE, ways=streets)
        .graph(tmp_path, [CAR])
        .routes(at(-400, 0), at(2400, 0), "car", 5)
    )
    told = [[(street.name, street.distance_m) for street in path.streets] for path in paths]
    assert told == [
        [("west", 400), ("middle", 2000), ("east", 400)],
        [("west", 400), ("north", 2236), ("east", 400)],
    ]
    assert [path.polyline for path in paths] == [encode(path.lon, path.lat) for path in paths]


@pytest.mark.parametrize("seed", range(4))
def test_other_ways_of_a_town_are_connected_short_and_different(seed: int) -> None:
    rows = town(side=16, seed=seed)
    search = search_over(rows, 16 * 16)
    rng = np.random.default_rng(seed)
    taste = Taste()
    n_found = 0
    for _ in range(20):
        pins = pins_on(rows, [(int(street), 0) for street in rng.integers(0, len(rows), 2)])
        best = search.course(pins)
        if best is None:
            continue
        ways = [best, *other_ways(search, pins, best, 3, taste)]
        n_found += len(ways) - 1
        for way in ways:
            streets = [rows[arc] for arc in way.arcs]
            assert all(a.head == b.tail for a, b in pairwise(streets))
            assert len(set(way.arcs[1:-1].tolist())) == way.arcs.size - 2
            assert best.cost <= way.cost
            assert way.cost >> 32 <= taste.stretch * (best.cost >> 32) + 1
            ms = sum(row.ms for row in streets[:-1])  # pins lie at the start of their streets
            cm = sum(row.cm for row in streets[:-1])
            assert (way.cost >> 32, way.cost & CM_MASK) == (ms, cm)
        for one, other in ((a, b) for i, a in enumerate(ways) for b in ways[:i]):
            shared = sum(rows[arc].ms for arc in set(one.arcs.tolist()) & set(other.arcs.tolist()))
            assert shared <= taste.shared * sum(rows[arc].ms for arc in best.arcs)
    assert n_found > 5
