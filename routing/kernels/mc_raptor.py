"""RAPTOR rounds with a second criterion beside time: money, grams of CO2 or seconds on foot [1]_.

The cost of a ride depends on its pattern and on the zones where it is boarded and left. So a label
on board carries its boarding zone, and beats only labels of the same zone: the set that is found is
exact for costs that add up by leg. Labels of a stop form a list sorted by time, costs falling.

A search may be restricted [2]_ to journeys that are at most so much later, and ride so much more
often, than one of the Pareto set over arrival and rides. For that, RAPTOR runs backwards from the
destination, and a label is dropped where no journey in bounds can go on from it.

.. [1] Delling, Pajor, Werneck: Round-Based Public Transit Routing, Transportation Science 2015,
   section 5 (McRAPTOR).
.. [2] Delling, Dibbelt, Pajor: Fast and Exact Public Transit Routing with Restricted Pareto Sets,
   ALENEX 2019.
"""

from typing import NamedTuple

from numba import njit

from routing.kernels import raptor
from routing.kernels.bounds import LowerBounds, bound_ways
from routing.kernels.raptor_ends import NO_POSITION, NearStops, Scratch, seed_column
from routing.kernels.raptor_journeys import (
    LOG_ALIGHT,
    LOG_BOARD,
    LOG_PARENT,
    LOG_TRIP,
    from_access,
    write_journey,
)
from routing.layout import NONE, DayTables, Int32Array, Int64Array

# Columns of a label, of a passenger on board, and of what was found at the destination.
TIME, COST, NEXT, ENTRY = range(4)
EVENT, TRIP, ZONE, PAID, BOARD, PARENT = range(6)
ARRIVAL, TOTAL, RIDES, LAST_ENTRY, EGRESS_ROW = range(5)

# Cells of `size`.
N_LABELS, N_LOG, N_FOUND, IS_FULL = range(4)

# Cells of the work counters.
ROUNDS, PATTERNS_SCANNED, LABELS_ADDED = range(3)

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
def scan(
    tables: DayTables,
    costs: LegCosts,
    n_queued: int,
    state: tuple[int, int],  # round, first label that is new
    limits: tuple[int, int, int, int],  # arrival, least egress and its cost, columns of bounds
    ends: tuple[CostedStops, Int32Array],
    rounds: Scratch,
    scratch: McScratch,
) -> int:
    """Ride the queued patterns from their first marked positions; return the touched stops.

    All in one loop: handing tables to a function for each position took half of the time.
    """
    patterns, label, on_board = tables.patterns, scratch.label, scratch.on_board
    found, size, log = scratch.found, scratch.size, scratch.log
    arrival, departure_by_position = patterns.arrival, patterns.departure_by_position
    can_board, can_alight = patterns.can_board, patterns.can_alight
    stop_of_position, zone_of_position = patterns.stop_of_position, costs.zone_of_position
    first_ready, first_arrived = scratch.first_ready, scratch.first_arrived
    first_egress, is_touched, latest = scratch.first_egress, rounds.is_touched, rounds.ready
    to_end = scratch.to_end
    (round_, first_new), (limit, least_egress, least_cost, n_columns) = state, limits
    column = n_columns - 1 - round_
    n_touched = 0
    for i in range(n_queued):
        pattern = rounds.queue[i]
        start = rounds.first_position[pattern]
        rounds.first_position[pattern] = NO_POSITION
        base = patterns.first_position_of_pattern[pattern]
        length = patterns.first_position_of_pattern[pattern + 1] - base
        first_trip = patterns.first_trip_of_pattern[pattern]
        n_trips = patterns.first_trip_of_pattern[pattern + 1] - first_trip
        first_event = patterns.first_event_of_pattern[pattern]
        block, n_zones = costs.first_cost_of_pattern[pattern], costs.n_zones_of_pattern[pattern]
        n_on_board = 0
        for position in range(start, length):
            stop, zone = stop_of_position[base + position], zone_of_position[base + position]
            for j in range(n_on_board if can_alight[base + position] != 0 else 0):
                time = arrival[on_board[j, EVENT] + position]
                paid = on_board[j, PAID] + costs.cost[block + on_board[j, ZONE] * n_zones + zone]
                if time + least_egress >= limit or (
                    n_columns > 0 and time > -latest[stop * n_columns + column]
                ):
                    continue
                end = time + to_end[stop]
                if end >= limit or is_beaten(found, size[N_FOUND], end, paid + least_cost):
                    continue
                entry = size[N_LOG]
                if entry == log.shape[0]:
                    size[IS_FULL] = 1
                    continue
                if not insert(label, first_arrived, size, stop, time, paid, entry):
                    continue
                size[N_LOG] = entry + 1
                log[entry, LOG_TRIP] = first_trip + on_board[j, TRIP]
                log[entry, LOG_BOARD] = on_board[j, BOARD]
                log[entry, LOG_ALIGHT] = position
                log[entry, LOG_PARENT] = on_board[j, PARENT]
                if is_touched[stop] == 0:
                    is_touched[stop] = 1
                    rounds.touched[n_touched] = stop
                    n_touched += 1
                if first_egress[stop] != NONE:
                    arrive(stop, time, paid, round_, entry, limit, ends, scratch)
            at = first_ready[stop]
            if at == NONE or position == length - 1 or can_board[base + position] == 0:
                continue
            column_of_times = first_event + position * n_trips
            while at != NONE:
                if at >= first_new:
                    trip = raptor.earliest_trip(
                        departure_by_position, column_of_times, n_trips, label[at, TIME]
                    )
                    if trip < n_trips:
                        n_on_board = enter(
                            trip,
                            first_event + trip * length,
                            zone,
                            label[at, COST],
                            position,
                            label[at, ENTRY],
                            n_on_board,
                            on_board,
                            size,
                        )
                at = label[at, NEXT]
    return n_touched


@njit(cache=True, nogil=True)
def change(
    tables: DayTables,
    costs: LegCosts,
    state: tuple[int, int],  # round, first label that is new
    limits: tuple[int, int, int, int],  # arrival, least egress and its cost, columns of bounds
    n_touched: int,
    rounds: Scratch,
    scratch: McScratch,
) -> int:
    """Make touched stops and those one footpath away ready; return the number of marked stops."""
    walks, label, size = tables.footpaths, scratch.label, scratch.size
    heads, durations, change_time = walks.head, walks.duration, walks.change_time
    first_of_stop, walk_cost = walks.first_of_stop, costs.walk_cost[0]
    first_ready, first_arrived, found = scratch.first_ready, scratch.first_arrived, scratch.found
    is_marked, latest, to_end = rounds.is_marked, rounds.arrived, scratch.to_end
    (round_, first_new), (limit, least_egress, least_cost, n_columns) = state, limits
    column = n_columns - 1 - round_
    n_marked = 0
    for i in range(n_touched):
        stop = rounds.touched[i]
        rounds.is_touched[stop] = 0
        first, end = first_of_stop[stop], first_of_stop[stop + 1]
        arrived = first_arrived[stop]
        while arrived != NONE:
            arrival, paid = label[arrived, TIME], label[arrived, COST]
            entry, is_new = label[arrived, ENTRY], arrived >= first_new
            arrived = label[arrived, NEXT]
            for row in range(first - 1, end if is_new else first - 1):
                head = stop if row < first else heads[row]
                duration = change_time[stop] if row < first else durations[row]
                time = arrival + duration
                cost = paid if row < first else paid + duration * walk_cost
                if time + least_egress >= limit or is_beaten(
                    found, size[N_FOUND], time + least_egress, cost + least_cost
                ):
                    if row < first:
                        continue
                    break  # walks come by duration: the rest is later and costs more
                if n_columns > 0 and time > -latest[head * n_columns + column]:
                    continue
                arrives = time + to_end[head]
                if arrives >= limit or is_beaten(found, size[N_FOUND], arrives, cost + least_cost):
                    continue
                if insert(label, first_ready, size, head, time, cost, entry):
                    if is_marked[head] == 0:
                        is_marked[head] = 1
                        rounds.marked[n_marked] = head
                        n_marked += 1
    return n_marked


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


@njit(cache=True, nogil=True)
def pareto(
    tables: DayTables,
    lower_bounds: LowerBounds,
    costs: LegCosts,
    access: CostedStops,
    egress: CostedStops,
    departure: int,
    limit_of_round: Int32Array,  # (n_rounds + 1,) s, not rising: arrive before it by so many rides
    is_restricted: bool,
    next_egress: Int32Array,  # (n_egress,) scratch
    outputs: tuple[Int32Array, Int32Array],
    rounds: Scratch,
    scratch: McScratch,
    counters: Int64Array,  # (3,) work
) -> int:
    """Pareto set over arrival, rides and cost for one departure; entry kernel.

    Returns the number of journeys found: they stand in `scratch.found`, and as many of them as fit
    in the outputs are written. `scratch.size` says whether memory was too small.
    """
    size = scratch.size
    size[:] = 0
    counters[:] = 0
    scratch.first_ready[:] = NONE
    scratch.first_arrived[:] = NONE
    least, least_cost = hang_egress(egress, next_egress, scratch)
    bound_ways(
        lower_bounds, NearStops(egress.stop, egress.duration), rounds.nearest, scratch.to_end
    )
    n_marked, n_rounds = 0, outputs[1].shape[1]
    n_columns = n_rounds + 1 if is_restricted else 0
    for row in range(access.stop.size):
        stop, time = access.stop[row], departure + access.duration[row]
        if is_restricted and time > -rounds.arrived[stop * n_columns + n_rounds]:
            continue
        if insert(
            scratch.label,
            scratch.first_ready,
            size,
            stop,
            time,
            access.cost[row],
            from_access(row),
        ):
            if rounds.is_marked[stop] == 0:
                rounds.is_marked[stop] = 1
                rounds.marked[n_marked] = stop
                n_marked += 1
    first_ready = 0
    for round_ in range(1, n_rounds + 1):
        if n_marked == 0 or size[IS_FULL] != 0:
            break
        limits = (limit_of_round[round_], least, least_cost, n_columns)
        n_queued = raptor.collect(tables.patterns, 1, 0, NO_LIMIT + 1, n_marked, rounds)
        first_arrived = size[N_LABELS]
        ends = (egress, next_egress)
        state = (round_, first_ready)
        n_touched = scan(tables, costs, n_queued, state, limits, ends, rounds, scratch)
        first_ready = size[N_LABELS]
        n_marked = change(
            tables, costs, (round_, first_arrived), limits, n_touched, rounds, scratch
        )
        counters[ROUNDS] += 1
        counters[PATTERNS_SCANNED] += n_queued
    for i in range(n_marked):
        rounds.is_marked[rounds.marked[i]] = 0
    counters[LABELS_ADDED] = size[N_LABELS]
    for row in range(egress.stop.size):
        scratch.first_egress[egress.stop[row]] = NONE
    journeys, rides = outputs
    for i in range(min(size[N_FOUND], journeys.shape[0])):
        write_journey(
            scratch.found[i, LAST_ENTRY],
            departure,
            scratch.found[i, ARRIVAL],
            scratch.found[i, EGRESS_ROW],
            i,
            scratch.log,
            journeys,
            rides,
        )
    return int(size[N_FOUND])


@njit(cache=True, nogil=True)
def latest_in_bounds(
    backwards: DayTables,
    egress: CostedStops,
    last_arrivals: Int32Array,  # (n_rounds + 1,) s, by rides in all; not rising
    earliest: int,
    rounds: Scratch,
    counters: Int64Array,
) -> None:
    """Latest times at each stop, by rides so far, from which a journey in bounds goes on.

    They are left in `rounds`, negated: those of arrivals by trip in `ready`, those of being ready
    to board in `arrived`, at `stop * (n_rounds + 1) + n_rounds - rides`.

    RAPTOR on the mirrored tables, one column of labels per ride, in which each round is seeded anew
    with the arrivals that are allowed for so many rides in all; entry kernel. Nothing is looked for
    before `earliest`.
    """
    n_stops, n_rounds = backwards.footpaths.change_time.size, last_arrivals.size - 1
    n_columns = n_rounds + 1
    rounds.ready[: n_stops * n_columns] = NO_LIMIT
    rounds.arrived[: n_stops * n_columns] = NO_LIMIT
    bound = 1 - earliest
    n_marked, n_log = 0, 0
    for column in range(n_columns):
        end = last_arrivals[n_rounds - column]
        for row in range(egress.stop.size):
            time = egress.duration[row] - end
            n_marked = seed_column(
                egress.stop[row], time, from_access(row), column, n_columns, n_marked, rounds
            )
        if column == n_rounds:
            break
        n_queued = raptor.collect(backwards.patterns, n_columns, column, bound, n_marked, rounds)
        n_touched, n_log, _, _ = raptor.scan(
            backwards.patterns,
            n_columns,
            column,
            column + 1,
            (bound, bound, 0),
            (n_queued, n_log),
            rounds,
            counters,
        )
        n_marked = raptor.change(backwards, n_columns, column + 1, (bound, 0), n_touched, rounds)
    for i in range(n_marked):
        rounds.is_marked[rounds.marked[i]] = 0
