"""RAPTOR rounds with a second criterion beside time: money, grams of CO2 or seconds on foot [1]_.

The cost of a ride depends on its pattern and on the zones where it is boarded and left. So a label
on board carries its boarding zone, and beats only labels of the same zone: the set that is found is
exact for costs that add up by leg. Labels of a stop form a list sorted by time, costs falling.

A search may be restricted [2]_ to journeys that are at most so much later, and ride so much more
often, than one of the Pareto set over arrival and rides. For that, RAPTOR runs backwards from the
destination (`mc_bounds`), and a label is dropped where no journey in bounds can go on from it.

.. [1] Delling, Pajor, Werneck: Round-Based Public Transit Routing, Transportation Science 2015,
   section 5 (McRAPTOR).
.. [2] Delling, Dibbelt, Pajor: Fast and Exact Public Transit Routing with Restricted Pareto Sets,
   ALENEX 2019.
"""

from numba import njit

from routing.kernels import raptor
from routing.kernels.bounds import LowerBounds, bound_ways
from routing.kernels.mc_labels import (
    ARRIVAL,
    BOARD,
    COST,
    EGRESS_ROW,
    ENTRY,
    EVENT,
    IS_FULL,
    LAST_ENTRY,
    N_FOUND,
    N_LABELS,
    N_LOG,
    NEXT,
    NO_LIMIT,
    PAID,
    PARENT,
    TIME,
    TRIP,
    ZONE,
    CostedStops,
    LegCosts,
    McScratch,
    arrive,
    enter,
    hang_egress,
    insert,
    is_beaten,
)
from routing.kernels.raptor_ends import NO_POSITION, NearStops, Scratch
from routing.kernels.raptor_journeys import (
    LOG_ALIGHT,
    LOG_BOARD,
    LOG_PARENT,
    LOG_TRIP,
    from_access,
    write_journey,
)
from routing.layout import NONE, DayTables, Int32Array, Int64Array

# Cells of the work counters.
ROUNDS, PATTERNS_SCANNED, LABELS_ADDED = range(3)


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
