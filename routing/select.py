"""Some trips of a day only: for searches that leave modes or lines out."""

import numpy as np

from routing.layout import BoolArray, DayTables, Int32Array, Patterns, first_of, frozen
from routing.mirror import by_position


def select_trips(tables: DayTables, keep: BoolArray) -> tuple[DayTables, Int32Array]:
    """Return tables of the kept trips, and which trip of `tables` each of them is.

    Patterns, positions and stops keep their numbers; a pattern may be left without trips.

    Parameters
    ----------
    keep
        Shape (n_trips,).
    """
    old = tables.patterns
    n_patterns = tables.n_patterns
    length = np.diff(old.first_position_of_pattern)
    pattern_of_trip = np.repeat(np.arange(n_patterns), np.diff(old.first_trip_of_pattern))
    kept = np.flatnonzero(keep)
    first_trip = first_of(pattern_of_trip[kept], n_patterns)
    events = np.repeat(keep, length[pattern_of_trip])
    n_events = length * np.diff(first_trip)
    first_event = frozen(np.concatenate([[0], np.cumsum(n_events)]))
    departure = frozen(old.departure[events])
    stop_of_visit = np.repeat(np.arange(tables.n_stops), np.diff(old.first_visit_of_stop))
    served = n_events[old.pattern_of_visit] > 0
    patterns = Patterns(
        first_position_of_pattern=old.first_position_of_pattern,
        first_trip_of_pattern=first_trip,
        first_event_of_pattern=first_event,
        stop_of_position=old.stop_of_position,
        can_board=old.can_board,
        can_alight=old.can_alight,
        arrival=frozen(old.arrival[events]),
        departure=departure,
        departure_by_position=by_position(departure, first_event, length),
        first_visit_of_stop=first_of(stop_of_visit[served], tables.n_stops),
        pattern_of_visit=frozen(old.pattern_of_visit[served]),
        position_of_visit=frozen(old.position_of_visit[served]),
    )
    return DayTables(patterns, tables.footpaths), frozen(kept)
