"""Random small road networks: as tables for searches, and as drawn maps."""

from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st

from routing.layout import first_of, frozen
from routing.road_layout import (
    MS,
    Arcs,
    Bans,
    Links,
    Phases,
    Pins,
    Points,
    ProfileRoads,
    Segments,
)
from routing.road_parts import turned_round
from routing.road_search import ProfileSearch, Traits
from tests.routing.drawn_roads import Drawing

N_NODES = 9


class Street(NamedTuple):
    """A one-way street of a random graph."""

    tail: int
    head: int
    ms: int
    cm: int


def streets(most: int = 28) -> st.SearchStrategy[list[Street]]:
    """Graphs with loops, parallel streets, equal durations and unreachable parts."""
    node = st.integers(0, N_NODES - 1)
    return st.lists(
        st.builds(Street, node, node, st.integers(1, 4), st.integers(0, 3)),
        min_size=1,
        max_size=most,
    )


def town(side: int, seed: int) -> list[Street]:
    """Streets of a square town, most of them both ways, with a few fast ones across."""
    rng = np.random.default_rng(seed)
    rows = []
    for a in range(side * side):
        for b in (a + 1, a + side):
            if b < side * side and (b == a + side or b % side):
                is_fast = (a // side) % 5 == 0
                for tail, head in ((a, b), (b, a)):
                    if rng.random() < 0.9:
                        ms = int(rng.integers(1, 20) if is_fast else rng.integers(20, 60))
                        rows.append(Street(tail, head, 1000 * ms, 100 * int(rng.integers(1, 9))))
    return sorted(rows)


def search_over(rows: list[Street], n_nodes: int = N_NODES) -> ProfileSearch:
    """Make a search whose arc and segment `i` is the `i`-th street by tail."""
    n = len(rows)
    tail, head, ms, cm = (np.array(column) for column in zip(*rows, strict=True))
    number = frozen(np.arange(n))
    none = frozen(np.full(n, -1))
    cost = frozen(ms * MS + cm, np.int64)
    arcs = Arcs(number, cost, number, frozen(np.arange(1, n + 1)), frozen(tail), frozen(tail))
    links = Links(first_of(tail, n_nodes), frozen(head), cost)
    ones, zeros = frozen(np.ones(n), np.uint8), frozen(np.zeros(n), np.uint8)
    segments = Segments(number, number, number, none, ones, ones, zeros, number)
    nowhere = frozen(np.zeros(n), np.float64)
    points = Points(nowhere, nowhere, number, number)
    empty = frozen([])
    roads = ProfileRoads(
        segments,
        arcs,
        links,
        turned_round(links),
        number,
        frozen(np.zeros(n)),
        Bans(empty, empty),
        Phases(empty, empty, empty, frozen([], np.uint8)),
    )
    return ProfileSearch(points, roads, Traits("car", True, 0.0, 1000.0))


def pins_on(rows: list[Street], places: list[tuple[int, int]]) -> Pins:
    """Pin places (street, cm along it), both taken modulo what there is."""
    segment = [street % len(rows) for street, _ in places]
    along = [cm % (rows[s].cm + 1) for s, (_, cm) in zip(segment, places, strict=True)]
    nowhere = frozen(np.zeros(len(places)), np.float64)
    return Pins(nowhere, nowhere, frozen(segment), frozen(along), frozen(np.zeros(len(places))))


_WAY_TAGS = st.sampled_from(
    [
        {},
        {},
        {},
        {"oneway": "yes"},
        {"oneway": "-1"},
        {"access": "private"},
        {"access": "destination", "oneway": "yes"},
        {"motor_vehicle": "no"},
        {"maxspeed": "60"},
        {"highway": "footway"},
        {"highway": "primary", "maxspeed:backward": "30"},
        {"route": "ferry", "highway": "", "duration": "3", "motor_vehicle": "yes"},
    ]
)
_NODE_TAGS = st.sampled_from(
    [{}, {}, {}, {}, {"barrier": "bollard"}, {"highway": "traffic_signals"}, {"barrier": "gate"}]
)
_TURN_TAGS = st.sampled_from(
    [
        {"restriction": "no_left_turn"},
        {"restriction": "only_straight_on"},
        {"restriction": "no_u_turn"},
        {"restriction": "no_entry", "except": "psv"},
        {"restriction:motorcar": "no_right_turn"},
    ]
)


@st.composite
def drawings(draw: st.DrawFn) -> Drawing:
    """Towns on a bent grid of 3 × 4 corners, 2 km apart, every street with a bend of its own."""
    corners = [(x, y) for y in range(3) for x in range(4)]
    letters = "ABCDEFGHIJKL"
    shift = st.integers(-400, 400)
    nodes = {
        letter: (2000.0 * x + draw(shift), 2000.0 * y + draw(shift))
        for letter, (x, y) in zip(letters, corners, strict=True)
    }
    pairs = [
        (letters[a], letters[b])
        for a, (ax, ay) in enumerate(corners)
        for b, (bx, by) in enumerate(corners)
        if a < b and abs(ax - bx) + abs(ay - by) == 1
    ]
    ways, bends = [], {}
    for number, (a, b) in enumerate(pairs):
        if draw(st.integers(0, 5)) == 0:
            continue
        bend = chr(ord("a") + number)
        bends[bend] = (
            (nodes[a][0] + nodes[b][0]) / 2 + draw(shift),
            (nodes[a][1] + nodes[b][1]) / 2 + draw(shift),
        )
        tags = {"highway": "residential", **draw(_WAY_TAGS)}
        ways.append((a + bend + b, {key: value for key, value in tags.items() if value}))
    turns = []
    for _ in range(draw(st.integers(0, 6)) if ways else 0):
        came, goes = draw(st.integers(0, len(ways) - 1)), draw(st.integers(0, len(ways) - 1))
        if shared := {ways[came][0][0], ways[came][0][2]} & {ways[goes][0][0], ways[goes][0][2]}:
            turns.append((came, draw(st.sampled_from(sorted(shared))), goes, draw(_TURN_TAGS)))
    node_tags = {letter: draw(_NODE_TAGS) for letter in letters}
    return Drawing(nodes | bends, ways, node_tags, turns)
