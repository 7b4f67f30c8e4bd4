"""Courses over arcs → what to do at which junction, for those who drive, ride or walk.

A step is announced where there is a choice and the way bends, forks or changes its name; where a
roundabout, a ferry, stairs or a lift begins; and at both ends.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from routing.layout import NONE, Float64Array, Int32Array, Int64Array
from routing.osm_tags import Tags, is_circle
from routing.road_layout import CM_MASK, Pins
from routing.road_parts import tails
from routing.road_rules import Rulebook
from routing.road_search import ProfileSearch
from routing.road_shape import StreetNames
from routing.road_turns import bearing
from routing.way_search import Course

_STRAIGHT, _BENT, _SHARP, _BACK = 20.0, 35.0, 120.0, 170.0  # degrees
_COMPASS = (
    "north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest",
)  # fmt: skip
NO_NAME = 0  # the first of the names is empty
_BY_CLASS = {"steps": "stairs", "elevator": "elevator"}


class Step(NamedTuple):
    """What to do, and the way on from there to the next step."""

    kind: str  # depart, turn, fork, continue, roundabout, ferry, stairs, elevator, arrive
    modifier: str  # a direction; of the compass at departure; empty where there is none
    name: str  # of the street that follows; empty where the map has none
    distance_m: int
    duration: int  # s, with the turns on the way
    lon: float  # degrees
    lat: float
    exit: int = 0  # of a roundabout, from 1


class _Piece(NamedTuple):
    """A step in the making: from which arc of the course on it leads."""

    arc: int  # index into the course
    kind: str
    modifier: str
    exit: int = 0


class StepMaker:
    """Makes the steps of paths of one profile."""

    def __init__(self, search: ProfileSearch, book: Rulebook, names: StreetNames) -> None:
        self.search, self._book, self._names = search, book, names
        self._arc_of_vertex = _arcs_of_vertices(search)

    def steps(self, pins: Pins, course: Course) -> tuple[Step, ...]:
        """Return the steps of a course from pin 0 to pin 1."""
        if course.arcs.size == 0:
            return _straight(pins, course)
        off_road = int(self.search.ends(pins).off_road[0])
        trip = _Trip(
            self.search, self._book, self._arc_of_vertex, self._names.of_way, course, off_road
        )
        pieces = list(trip.pieces())
        at = np.array([0, *(piece.arc for piece in pieces[1:]), course.arcs.size])
        cm, ms = trip.cm[at], trip.ms[at]
        cm[0] = ms[0] = 0
        cm[-1], ms[-1] = course.cost & CM_MASK, course.cost >> 32
        metres, seconds = np.diff((cm + 50) // 100), np.diff((ms + 500) // 1000)
        rows = zip(pieces, metres.tolist(), seconds.tolist(), strict=True)
        steps = [self._step(trip, pins, *row) for row in rows]
        return (*steps, Step("arrive", "", "", 0, 0, float(pins.lon[1]), float(pins.lat[1])))

    def _step(self, trip: "_Trip", pins: Pins, piece: _Piece, metres: int, seconds: int) -> Step:
        point = int(trip.start[piece.arc])
        points = self.search.points
        lon, lat = float(points.lon[point]), float(points.lat[point])
        if piece.kind == "depart":
            lon, lat = float(pins.lon[0]), float(pins.lat[0])
        name = self._names[int(self._names.of_way[trip.way[trip.named(piece)]])]
        return Step(piece.kind, piece.modifier, name, metres, seconds, lon, lat, piece.exit)


def _straight(pins: Pins, course: Course) -> tuple[Step, ...]:
    """Two steps where no road is used."""
    lon, lat = pins.lon.tolist(), pins.lat.tolist()
    east = (lon[1] - lon[0]) * np.cos(np.radians(lat[0]))
    modifier = _compass(float(np.arctan2(east, lat[1] - lat[0])))
    metres, seconds = ((course.cost & CM_MASK) + 50) // 100, ((course.cost >> 32) + 500) // 1000
    return (
        Step("depart", modifier, "", metres, seconds, lon[0], lat[0]),
        Step("arrive", "", "", 0, 0, lon[1], lat[1]),
    )


def _arcs_of_vertices(search: ProfileSearch) -> Int32Array:
    """Arc that is entered from each vertex of a motor profile; NONE where trips end only."""
    roads = search.roads
    found = np.full(roads.links.first_of_vertex.size - 1, NONE, np.int32)
    drives = roads.arc_of_link != NONE
    found[tails(roads.links)[drives]] = roads.arc_of_link[drives]
    found[roads.arcs.last_entry] = np.arange(roads.arcs.segment.size)
    found[roads.arcs.entry] = np.arange(roads.arcs.segment.size)
    return found


def _compass(radians: float) -> str:
    return _COMPASS[round(np.degrees(radians) / 45) % 8]


def _direction(degrees: float) -> str:
    """Name of a turn by its angle, positive to the right."""
    size = abs(degrees)
    if size < _STRAIGHT:
        return "straight"
    if size >= _BACK:
        return "uturn"
    side = "right" if degrees > 0 else "left"
    if size < 2 * _STRAIGHT:
        return f"slight {side}"
    return f"sharp {side}" if size >= _SHARP else side


class _Trip:
    """The arcs of a course, and what lies at the junctions between them."""

    def __init__(
        self,
        search: ProfileSearch,
        book: Rulebook,
        arc_of_vertex: Int32Array,
        name_of_way: Int32Array,
        course: Course,
        off_road: int,
    ) -> None:
        """Take a course and the cost from its start to the road."""
        self._search, self._book, self._arc_of_vertex = search, book, arc_of_vertex
        self.arcs = course.arcs.astype(np.int64)
        self.way, self.start, self._comes, self._goes = self._lie(self.arcs)
        self._name = name_of_way[self.way]
        cost = search.roads.arcs.cost[self.arcs]
        length, ms = cost & CM_MASK, cost >> 32
        driven = length.copy()
        driven[-1] = course.ahead_cm
        driven[0] -= course.skipped_cm
        turns = np.array([self._turn_ms(row) for row in range(self.arcs.size - 1)], np.int64)
        spent = np.round(ms * (driven / np.maximum(length, 1))).astype(np.int64)
        self.cm = np.concatenate([[0], np.cumsum(driven)]) + (off_road & CM_MASK)
        self.ms = np.concatenate([[0], np.cumsum(spent + np.append(turns, 0))]) + (off_road >> 32)

    def _lie(self, arcs: Int64Array) -> tuple[Int32Array, Int64Array, Float64Array, Float64Array]:
        """Way, first point, and bearings at the end and the start of arcs."""
        segments, points = self._search.roads.segments, self._search.points
        segment = self._search.roads.arcs.segment[arcs]
        is_backward = segments.backward_arc[segment] == arcs
        first = segments.first_point[segment].astype(np.int64)
        last = segments.last_point[segment].astype(np.int64)
        start, end = np.where(is_backward, last, first), np.where(is_backward, first, last)
        step = np.where(is_backward, -1, 1)
        return (
            points.way[first], start, bearing(points, end - step, end),
            bearing(points, start, start + step),
        )  # fmt: skip

    def _next(self, arc: int) -> tuple[Int64Array, Int32Array]:
        """Arcs that may follow, and the links that lead to them."""
        roads = self._search.roads
        first, end = int(roads.arcs.first_exit[arc]), int(roads.arcs.end_exit[arc])
        if self._search.traits.is_motor:
            links = np.arange(first, end)
            arcs = self._arc_of_vertex[roads.links.head[links]]
        else:
            node = int(roads.links.head[first])
            links = np.arange(
                roads.links.first_of_vertex[node], roads.links.first_of_vertex[node + 1]
            )
            arcs = roads.arc_of_link[links]
        return arcs.astype(np.int64), links.astype(np.int32)

    def _turn_ms(self, row: int) -> int:
        if not self._search.traits.is_motor:
            return 0
        arcs, links = self._next(int(self.arcs[row]))
        found = links[arcs == self.arcs[row + 1]]
        return int(self._search.roads.turn[found[0]]) if found.size else 0

    def _tags(self, row: int) -> Tags:
        return self._book.tag_sets[int(self._book.tags_of_way[self.way[row]])]

    def _angle(self, row: int) -> float:
        """Turn between an arc and the next one, degrees, positive to the right."""
        turn = np.degrees(self._goes[row + 1] - self._comes[row])
        return float((turn + 180) % 360 - 180)

    def _others(self, row: int) -> Int64Array:
        """Arcs that might be taken instead of the next one, without turning back."""
        arcs, _ = self._next(int(self.arcs[row]))
        segment = self._search.roads.arcs.segment
        at, on = segment[self.arcs[row]], segment[self.arcs[row + 1]]
        others = np.unique(arcs[(arcs != NONE)])
        kept: Int64Array = others[(segment[others] != at) & (segment[others] != on)]
        return kept

    def named(self, piece: _Piece) -> int:
        """Arc of the course whose street a step names: behind a roundabout, the road after it."""
        row = piece.arc
        while (
            piece.kind == "roundabout" and row + 1 < self.arcs.size and is_circle(self._tags(row))
        ):
            row += 1
        return row

    def pieces(self) -> Iterator[_Piece]:
        """Yield the steps in order."""
        yield _Piece(0, "depart", _compass(float(self._goes[0])))
        row = 0
        while row + 1 < self.arcs.size:
            if not is_circle(self._tags(row)) and is_circle(self._tags(row + 1)):
                circle, row = self._around(row)
                yield circle
                continue
            if (piece := self._at_junction(row)) is not None:
                yield piece
            row += 1

    def _around(self, row: int) -> tuple[_Piece, int]:
        """Step over a roundabout that starts after an arc, and the arc after it."""
        end, n_exits = row + 1, 0
        while end + 1 < self.arcs.size and is_circle(self._tags(end + 1)):
            n_exits += any(not self._is_circle_arc(int(arc)) for arc in self._others(end))
            end += 1
        if end + 1 < self.arcs.size:
            turn = np.degrees(self._goes[end + 1] - self._comes[row])
            modifier = _direction(float((turn + 180) % 360 - 180))
            return _Piece(row + 1, "roundabout", modifier, n_exits + 1), end + 1
        return _Piece(row + 1, "roundabout", "", 0), end

    def _is_circle_arc(self, arc: int) -> bool:
        way = self._lie(np.array([arc]))[0][0]
        return is_circle(self._book.tag_sets[int(self._book.tags_of_way[way])])

    def _at_junction(self, row: int) -> _Piece | None:
        """Step at the end of an arc, or None where nothing need be said."""
        before, after = self._tags(row), self._tags(row + 1)
        segment = self._search.roads.arcs.segment
        if segment[self.arcs[row]] == segment[self.arcs[row + 1]]:
            return _Piece(row + 1, "turn", "uturn")
        special = "ferry" if "highway" not in after else _BY_CLASS.get(after["highway"], "")
        if special:
            was = "ferry" if "highway" not in before else _BY_CLASS.get(before["highway"], "")
            return None if was == special else _Piece(row + 1, special, "")
        angle, others = self._angle(row), self._others(row)
        if abs(angle) >= _BENT:
            return _Piece(row + 1, "turn", _direction(angle)) if others.size else None
        return self._fork(row, angle, others) or self._renamed(row, angle)

    def _fork(self, row: int, angle: float, others: Int64Array) -> _Piece | None:
        """Step where another road of the same class leads on almost as straight."""
        way, _, _, goes = self._lie(others)
        turns = (np.degrees(goes - self._comes[row]) + 180) % 360 - 180
        for other, turn in zip(way.tolist(), turns.tolist(), strict=True):
            tags = self._book.tag_sets[int(self._book.tags_of_way[other])]
            is_same = tags.get("highway") == self._tags(row + 1).get("highway")
            if is_same and abs(turn) < _BENT and abs(angle) + 10 >= abs(turn):
                return _Piece(row + 1, "fork", "slight left" if angle < turn else "slight right")
        return None

    def _renamed(self, row: int, angle: float) -> _Piece | None:
        """Step where a street with a name leads on as one with another name."""
        before, after = self._name[row], self._name[row + 1]
        if before == after or NO_NAME in {int(before), int(after)}:
            return None
        return _Piece(row + 1, "continue", _direction(angle))
