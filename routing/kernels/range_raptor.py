"""Range RAPTOR [1]_: all departures of a window, latest first, labels kept per round.

A departure can only be improved on by an earlier one that arrives earlier or rides less, so what
earlier-handled departures left in the labels prunes it (self-pruning). A fresh improvement never
hangs on a label of another departure, or that departure would have found it; so the log of rides
starts anew with each departure. For the same reason only access stops where a trip leaves at
exactly that time are seeded, and only the patterns of such trips are scanned in the first round:
the trips that can be caught of other patterns are those that a later departure caught.

The first search of all leaves at the end of the window: its journeys are not kept, but no journey
is kept that waits for what leaves after the window, or that such a later one beats.

.. [1] Delling, Pajor, Werneck: Round-Based Public Transit Routing, Transportation Science 2015,
   section 4.2.
"""

import numpy as np
from numba import njit

from routing.kernels import raptor
from routing.kernels.bounds import LowerBounds, bound_ways
from routing.kernels.raptor_ends import (
    NearStops,
    Scratch,
    seed,
    seed_column,
    set_egress,
    unset_egress,
)
from routing.kernels.raptor_journeys import from_access
from routing.layout import UNREACHED, DayTables, Int32Array, Int64Array, Patterns


@njit(cache=True, nogil=True)
def departures(
    patterns: Patterns,
    access: NearStops,
    window: tuple[int, int],
    times: Int32Array,
    rows: Int32Array,
    visits: Int32Array,
) -> int:
    """Times of leaving in the half-open window, rows of the access and visits; return how many.

    Nothing is written where `times` is empty, so that a first call can count.
    """
    n_found = 0
    for row in range(access.stop.size):
        stop, duration = access.stop[row], access.duration[row]
        first = patterns.first_visit_of_stop[stop]
        for visit in range(first, patterns.first_visit_of_stop[stop + 1]):
            pattern = patterns.pattern_of_visit[visit]
            position = patterns.position_of_visit[visit]
            first_trip = patterns.first_trip_of_pattern[pattern]
            n_trips = patterns.first_trip_of_pattern[pattern + 1] - first_trip
            column = patterns.first_event_of_pattern[pattern] + position * n_trips
            trip = raptor.earliest_trip(
                patterns.departure_by_position, column, n_trips, window[0] + duration
            )
            while trip < n_trips:
                time = patterns.departure_by_position[column + trip] - duration
                if time >= window[1]:
                    break
                if times.size > 0:
                    times[n_found] = time
                    rows[n_found] = row
                    visits[n_found] = visit
                n_found += 1
                trip += 1
    return n_found


@njit(cache=True, nogil=True)
def earliest_in_range(
    tables: DayTables,
    lower_bounds: LowerBounds,
    access: NearStops,
    egress: NearStops,
    events: tuple[Int32Array, Int32Array, Int32Array],
    end: int,
    direct: int,
    outputs: tuple[Int32Array, Int32Array],
    scratch: Scratch,
    counters: Int64Array,  # (5,) work, added to
) -> int:
    """Pareto set over departure, arrival and rides; entry kernel.

    Parameters
    ----------
    access
        Stops and durations.
    egress
        Stops and durations from the stop to the destination, at least one.
    events
        Times of leaving, latest first, rows of the access, and visits from which trips leave.
    end
        End of the window, after all times of leaving.
    direct
        Duration without any ride; a journey must be quicker than that.
    outputs
        Journeys, shape (n, 5), and rides, shape (n, n_rounds, 3), with n at least the number of
        distinct times of leaving times n_rounds.

    Returns
    -------
    n_found
        Journeys written, latest departure first.
    """
    counters[:] = 0
    n_rounds = outputs[1].shape[1]
    n_columns = n_rounds + 1
    n_labels = scratch.ready_parent.size * n_columns
    scratch.ready[:n_labels] = UNREACHED
    scratch.arrived[:n_labels] = UNREACHED
    least_egress = set_egress(egress, scratch)
    bound_ways(lower_bounds, egress, scratch.nearest, scratch.to_end)
    bounds = np.full(n_rounds + 1, UNREACHED, np.int32)
    pattern_of_visit = tables.patterns.pattern_of_visit
    position_of_visit = tables.patterns.position_of_visit
    access_stop, access_duration = access.stop, access.duration
    ready, ready_parent = scratch.ready, scratch.ready_parent
    marked, is_marked, queue = scratch.marked, scratch.is_marked, scratch.queue
    first_position, last_position = scratch.first_position, scratch.last_position
    times, rows, visits = events
    n_found = 0
    i = -1  # the end of the window, then events
    while i < times.size:
        departure = end if i < 0 else times[i]
        bounds[0] = departure + direct
        n_marked, n_queued = 0, 0
        if i < 0:
            n_marked = seed(access, end, n_columns, scratch)
            i = 0
        else:
            while i < times.size and times[i] == departure:
                row = rows[i]
                n_marked = seed_column(
                    access_stop[row], departure + access_duration[row], from_access(row), 0,
                    n_columns, n_marked, ready, ready_parent, marked, is_marked,
                )  # fmt: skip
                pattern, position = pattern_of_visit[visits[i]], position_of_visit[visits[i]]
                n_queued = raptor.enqueue(
                    pattern, position, n_queued, queue, first_position, last_position
                )
                i += 1
            for nth in range(n_marked):
                is_marked[marked[nth]] = 0
            n_marked = 0
        n_found = raptor.run_rounds(
            tables,
            (n_columns, n_rounds),
            departure,
            bounds,
            least_egress,
            (n_marked, n_queued, n_found),
            outputs,
            scratch,
            counters,
        )
        if departure == end:
            n_found = 0
    unset_egress(egress, scratch)
    return n_found
