"""Of many ways between a door and stops: for each pattern, the stop that is reached soonest."""

from numba import njit

from routing.layout import UNREACHED, Int32Array, Patterns, UInt8Array


@njit(cache=True, nogil=True)
def mark_soonest(
    patterns: Patterns,
    rule: UInt8Array,  # (n_positions,) `can_board` or `can_alight`
    stop: Int32Array,  # (n_ways,) stop
    duration: Int32Array,  # (n_ways,) s
    soonest: Int32Array,  # (n_stops,) scratch
    chosen: UInt8Array,  # (n_stops,) out, all zero before
) -> None:
    """Mark the stops that are the soonest ones of a pattern; all of those that are equal."""
    soonest[:] = UNREACHED
    for row in range(stop.size):
        soonest[stop[row]] = min(soonest[stop[row]], duration[row])
    for pattern in range(patterns.first_position_of_pattern.size - 1):
        first = patterns.first_position_of_pattern[pattern]
        end = patterns.first_position_of_pattern[pattern + 1]
        least = UNREACHED
        for position in range(first, end):
            if rule[position] != 0:
                least = min(least, soonest[patterns.stop_of_position[position]])
        if least == UNREACHED:
            continue
        for position in range(first, end):
            at = patterns.stop_of_position[position]
            if rule[position] != 0 and soonest[at] == least:
                chosen[at] = 1
