"""Random days for property tests, and a dumb builder of day tables."""

from collections import defaultdict
from typing import NamedTuple, TypeAlias

import numpy as np
from hypothesis import strategies as st

from routing.layout import DayTables, Footpaths, Patterns, first_of, frozen


class Call(NamedTuple):
    """One stop event of a trip."""

    stop: int
    arrival: int
    departure: int
    can_board: bool = True
    can_alight: bool = True


Trip: TypeAlias = tuple[Call, ...]
Walk: TypeAlias = tuple[int, int, int]  # from stop, to stop, s


class Day(NamedTuple):
    """A day as plain lists, for oracles."""

    n_stops: int
    trips: list[Trip]
    walks: list[Walk]
    change_time: list[int]


def _never_overtakes(earlier: Trip, later: Trip) -> bool:
    return all(
        a.arrival <= b.arrival and a.departure <= b.departure
        for a, b in zip(earlier, later, strict=True)
    )


def grouped(trips: list[Trip]) -> list[list[Trip]]:
    """Split trips into patterns: same stops, same rules, no overtaking."""
    by_stops: dict[tuple[tuple[int, bool, bool], ...], list[list[Trip]]] = defaultdict(list)
    for trip in sorted(trips, key=lambda trip: [call.departure for call in trip]):
        groups = by_stops[tuple((c.stop, c.can_board, c.can_alight) for c in trip)]
        for group in groups:
            if _never_overtakes(group[-1], trip):
                group.append(trip)
                break
        else:
            groups.append([trip])
    return [group for groups in by_stops.values() for group in groups]


def day_tables(day: Day) -> tuple[DayTables, list[Trip]]:
    """Make the tables of a day, and the list of its trips in the order of the tables."""
    groups = grouped(day.trips)
    positions = [
        (pattern, position, call)
        for pattern, group in enumerate(groups)
        for position, call in enumerate(group[0])
    ]
    visits = sorted(
        (call.stop, pattern, position)
        for pattern, position, call in positions
        if call.can_board and position < len(groups[pattern][0]) - 1
    )
    calls = [call for group in groups for trip in group for call in trip]
    by_position = [
        call.departure for group in groups for row in zip(*group, strict=True) for call in row
    ]
    n_patterns = len(groups)
    n_calls = [len(group) * len(group[0]) for group in groups]
    patterns = Patterns(
        first_position_of_pattern=first_of([p for p, _, _ in positions], n_patterns),
        first_trip_of_pattern=frozen(np.cumsum([0, *(len(group) for group in groups)])),
        first_event_of_pattern=frozen(np.cumsum([0, *n_calls])),
        stop_of_position=frozen([call.stop for _, _, call in positions]),
        can_board=frozen([call.can_board for _, _, call in positions], np.uint8),
        can_alight=frozen([call.can_alight for _, _, call in positions], np.uint8),
        arrival=frozen([call.arrival for call in calls]),
        departure=frozen([call.departure for call in calls]),
        departure_by_position=frozen(by_position),
        first_visit_of_stop=first_of([stop for stop, _, _ in visits], day.n_stops),
        pattern_of_visit=frozen([pattern for _, pattern, _ in visits]),
        position_of_visit=frozen([position for _, _, position in visits]),
    )
    walks = sorted(day.walks, key=lambda walk: (walk[0], walk[2]))
    footpaths = Footpaths(
        first_of_stop=first_of([walk[0] for walk in walks], day.n_stops),
        head=frozen([walk[1] for walk in walks]),
        duration=frozen([walk[2] for walk in walks]),
        change_time=frozen(day.change_time),
    )
    return DayTables(patterns, footpaths), [trip for group in groups for trip in group]


N_STOPS = 7
STOPS = st.integers(0, N_STOPS - 1)
MINUTES = st.integers(0, 12)


@st.composite
def _lines(draw: st.DrawFn) -> list[Trip]:
    """Trips of one line: the same stops, several runs, which may overtake each other."""
    stops = draw(st.lists(STOPS, min_size=2, max_size=5))
    rules = [draw(st.sampled_from([(1, 1), (1, 1), (1, 0), (0, 1), (0, 0)])) for _ in stops]
    trips = []
    for _ in range(draw(st.integers(1, 4))):
        time = draw(st.integers(-5, 40))
        calls = []
        for stop, (can_board, can_alight) in zip(stops, rules, strict=True):
            departure = time + draw(st.integers(0, 2))
            calls.append(Call(stop, time, departure, bool(can_board), bool(can_alight)))
            time = departure + draw(st.integers(0, 9))
        trips.append(tuple(calls))
    return trips


@st.composite
def days(draw: st.DrawFn) -> Day:
    """A small day: up to six lines, some footpaths that are neither closed nor symmetric."""
    lines = draw(st.lists(_lines(), max_size=6))
    walks = draw(st.dictionaries(st.tuples(STOPS, STOPS), MINUTES, max_size=8))
    change_time = draw(st.lists(st.integers(0, 4), min_size=N_STOPS, max_size=N_STOPS))
    return Day(
        N_STOPS,
        [trip for line in lines for trip in line],
        [(a, b, duration) for (a, b), duration in walks.items() if a != b],
        change_time,
    )


def near() -> st.SearchStrategy[list[tuple[int, int]]]:
    """Access or egress: stops with durations, some stops twice."""
    return st.lists(st.tuples(STOPS, MINUTES), min_size=1, max_size=4)
