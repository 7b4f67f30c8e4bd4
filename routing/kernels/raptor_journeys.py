"""The log of rides that rounds leave behind, and journeys read from it.

A log entry is a ride: trip, board position, alight position, and the entry of the ride before it,
or `from_access(row)` where the journey begins.
"""

import numpy as np
from numba import njit
from numba.extending import register_jitable

from routing.layout import NONE, Int32Array, Patterns

# Columns of the log of rides.
LOG_TRIP, LOG_BOARD, LOG_ALIGHT, LOG_PARENT = range(4)

# Columns of a found journey.
DEPARTURE, ARRIVAL, N_RIDES, ACCESS, EGRESS = range(5)


@njit(cache=True, nogil=True)
def from_access(row: int) -> int:
    """Parent of a label that a row of the access gives; its own inverse."""
    return NONE - 1 - row


@njit(cache=True, nogil=True)
def write_journey(
    entry: int,
    departure: int,
    arrival: int,
    egress_row: int,
    n_found: int,
    log: Int32Array,  # (n_log, 4)
    journeys: Int32Array,  # (n, 5) out: departure, arrival, n_rides, access row, egress row
    rides: Int32Array,  # (n, n_rounds, 3) out: trip, board position, alight position
) -> None:
    """Follow the log from the last ride to the access and write the journey at `n_found`."""
    n_rides = 0
    row = entry
    while row >= 0:
        n_rides += 1
        row = log[row, LOG_PARENT]
    journeys[n_found, DEPARTURE] = departure
    journeys[n_found, ARRIVAL] = arrival
    journeys[n_found, N_RIDES] = n_rides
    journeys[n_found, ACCESS] = from_access(row)
    journeys[n_found, EGRESS] = egress_row
    row = entry
    for i in range(n_rides - 1, -1, -1):
        rides[n_found, i, 0] = log[row, LOG_TRIP]
        rides[n_found, i, 1] = log[row, LOG_BOARD]
        rides[n_found, i, 2] = log[row, LOG_ALIGHT]
        row = log[row, LOG_PARENT]


@register_jitable
def room_for(n_journeys: int, n_rides: int) -> tuple[Int32Array, Int32Array]:
    """Room for the journeys of one search, as `write_journey` writes them."""
    return np.empty((n_journeys, 5), np.int32), np.empty((n_journeys, n_rides, 3), np.int32)


@njit(cache=True, nogil=True)
def pattern_of(patterns: Patterns, trip: int) -> int:
    """Pattern of a trip."""
    return int(np.searchsorted(patterns.first_trip_of_pattern, trip, "right")) - 1


@njit(cache=True, nogil=True)
def calls_of(patterns: Patterns, trip: int) -> tuple[int, int, int]:
    """First position and first event of a trip's calls, and their number."""
    pattern = pattern_of(patterns, trip)
    first = patterns.first_position_of_pattern[pattern]
    length = patterns.first_position_of_pattern[pattern + 1] - first
    nth = trip - patterns.first_trip_of_pattern[pattern]
    return first, patterns.first_event_of_pattern[pattern] + nth * length, length


@njit(cache=True, nogil=True)
def last_stop(patterns: Patterns, trip: int, position: int) -> int:
    """Stop at a position of a trip."""
    pattern = pattern_of(patterns, trip)
    return int(patterns.stop_of_position[patterns.first_position_of_pattern[pattern] + position])
