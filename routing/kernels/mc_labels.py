"""Labels of RAPTOR with costs: at stops, on board, and of the journeys found (`mc_raptor`)."""

from typing import NamedTuple

from numba import njit

from routing.layout import NONE, Int32Array, Int64Array

# Columns of a label, of a passenger on board, and of what was found at the destination.
TIME, COST, NEXT, ENTRY = range(4)
EVENT, TRIP, ZONE, PAID, BOARD, PARENT = range(6)
ARRIVAL, TOTAL, RIDES, LAST_ENTRY, EGRESS_ROW = range(5)

# Cells of `size`.
N_LABELS, N_LOG, N_FOUND, IS_FULL = range(4)

NO_LIMIT = 2**31 - 1


class LegCosts(NamedTuple):
    """What a ride costs: one block of (boarding zone, alighting zone) per class of patterns."""

    first_cost_of_pattern: Int32Array  # (n_patterns,) where the pattern's block begins
    n_zones_of_pattern: Int32Array  # (n_patterns,) side of the block
    zone_of_position: Int32Array  # (n_positions,) zone within the block
    cost: Int32Array  # (n_costs,) not negative
    walk_cost: Int32Array  # (1,) of a second on foot between two rides


class CostedStops(NamedTuple):
    """Stops near one end of a journey; a stop may stand there several times."""

    stop: Int32Array  # (n,)
    duration: Int32Array  # (n,) s
    cost: Int32Array  # (n,)


class McScratch(NamedTuple):
    """Writable memory of one query object."""

    label: Int32Array  # (n, 4) time, cost, next label of the stop, log entry before
    first_ready: Int32Array  # (n_stops,) label
    first_arrived: Int32Array  # (n_stops,) label
    on_board: Int32Array  # (n, 6)
    found: Int32Array  # (n, 5)
    log: Int32Array  # (n, 4) as in `routing.kernels.raptor_journeys`
    first_egress: Int32Array  # (n_stops,) row of the egress; NONE between queries
    to_end: Int32Array  # (n_stops,) s from the stop to the destination, at least
    size: Int64Array  # (4,)


@njit(cache=True, nogil=True)
def insert(
    label: Int32Array,
    first: Int32Array,
    size: Int64Array,
    stop: int,
    time: int,
    cost: int,
    entry: int,
) -> bool:
    """Add a label to the list of a stop unless one there is as good; drop what it beats."""
    before, at = NONE, first[stop]
    while at != NONE:
        other, other_cost = label[at, TIME], label[at, COST]
        if other > time or (other == time and other_cost > cost):
            break
        if other_cost <= cost:
            return False
        before, at = at, label[at, NEXT]
    while at != NONE and label[at, COST] >= cost:
        at = label[at, NEXT]
    new = size[N_LABELS]
    if new == label.shape[0]:
        size[IS_FULL] = 1
        return False
    size[N_LABELS] = new + 1
    label[new, TIME] = time
    label[new, COST] = cost
    label[new, NEXT] = at
    label[new, ENTRY] = entry
    if before == NONE:
        first[stop] = new
    else:
        label[before, NEXT] = new
    return True


@njit(cache=True, nogil=True)
def is_beaten(found: Int32Array, n_found: int, time: int, cost: int) -> bool:
    """Whether a journey that was found arrives no later and costs no more."""
    for i in range(n_found):
        if found[i, ARRIVAL] <= time and found[i, TOTAL] <= cost:
            return True
    return False


@njit(cache=True, nogil=True)
def arrive(
    stop: int,
    time: int,
    cost: int,
    round_: int,
    entry: int,
    limit: int,
    ends: tuple[CostedStops, Int32Array],  # egress, and the next of its rows at the same stop
    scratch: McScratch,
) -> None:
    """Enter journeys that end near a stop; those of as many rides that they beat go."""
    (egress, next_egress), found, size = ends, scratch.found, scratch.size
    row = scratch.first_egress[stop]
    while row != NONE:
        arrival, total = time + egress.duration[row], cost + egress.cost[row]
        if arrival < limit and not is_beaten(found, size[N_FOUND], arrival, total):
            i = 0
            while i < size[N_FOUND]:
                if (
                    found[i, RIDES] == round_
                    and found[i, ARRIVAL] >= arrival
                    and found[i, TOTAL] >= total
                ):
                    size[N_FOUND] -= 1
                    found[i] = found[size[N_FOUND]]
                else:
                    i += 1
            if size[N_FOUND] == found.shape[0]:
                size[IS_FULL] = 1
                return
            new = size[N_FOUND]
            size[N_FOUND] = new + 1
            found[new, ARRIVAL], found[new, TOTAL], found[new, RIDES] = arrival, total, round_
            found[new, LAST_ENTRY], found[new, EGRESS_ROW] = entry, row
        row = next_egress[row]


@njit(cache=True, nogil=True)
def enter(
    trip: int,
    event: int,
    zone: int,
    paid: int,
    position: int,
    parent: int,
    n_on_board: int,
    on_board: Int32Array,
    size: Int64Array,
) -> int:
    """Put a passenger on a trip unless one of the same zone is on as early for no more."""
    i = 0
    while i < n_on_board:
        if on_board[i, ZONE] == zone:
            if on_board[i, TRIP] <= trip and on_board[i, PAID] <= paid:
                return n_on_board
            if on_board[i, TRIP] >= trip and on_board[i, PAID] >= paid:
                n_on_board -= 1
                on_board[i] = on_board[n_on_board]
                continue
        i += 1
    if n_on_board == on_board.shape[0]:
        size[IS_FULL] = 1
        return n_on_board
    on_board[n_on_board, EVENT], on_board[n_on_board, TRIP] = event, trip
    on_board[n_on_board, ZONE], on_board[n_on_board, PAID] = zone, paid
    on_board[n_on_board, BOARD], on_board[n_on_board, PARENT] = position, parent
    return n_on_board + 1


@njit(cache=True, nogil=True)
def hang_egress(
    egress: CostedStops, next_egress: Int32Array, scratch: McScratch
) -> tuple[int, int]:
    """Hang the rows of the egress on their stops; return the least duration and the least cost."""
    least, least_cost = NO_LIMIT, NO_LIMIT
    for row in range(egress.stop.size):
        next_egress[row] = scratch.first_egress[egress.stop[row]]
        scratch.first_egress[egress.stop[row]] = row
        least = min(least, egress.duration[row])
        least_cost = min(least_cost, egress.cost[row])
    return least, least_cost
