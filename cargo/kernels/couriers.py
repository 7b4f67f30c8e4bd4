"""All rounds a courier of one stop can make: sets of customers, each in its cheapest order.

Sets grow by customers of higher number, orders by depth-first search that leaves an order as soon
as it is late or no cheaper than the best. No set is tried whose part breaks the capacity.
"""

import numpy as np
from numba import njit

from routing.layout import Float64Array, Int32Array, Int64Array

TOLERANCE = 1e-9


@njit(cache=True, nogil=True)
def courier_rounds(
    cost: Float64Array,
    minutes: Float64Array,
    window: Float64Array,
    demand: Int64Array,
    capacity: int,
    ready: float,
    longest: float,
    most: int,
) -> tuple[int, Float64Array, Int32Array]:
    """Rounds of one stop.

    Parameters
    ----------
    cost, minutes
        Ways between places, shape (n + 1, n + 1); place 0 is the stop, place i customer i - 1.
    window
        Earliest and latest minute of each customer, shape (n, 2).
    demand
        Shape (n,).
    ready
        Minute before which nobody leaves the stop.
    longest
        Minutes that a round may last, waiting included.
    most
        Rounds to keep.

    Returns
    -------
    n, facts, order
        How many rounds there are, and of those kept cost, earliest and latest departure, shape
        (most, 3), and customers in order, shape (most, width), -1 behind the last.
    """
    n = len(demand)
    smallest = capacity + 1
    for i in range(n):
        smallest = min(smallest, demand[i])
    width = max(1, min(n, capacity // max(smallest, 1)))
    facts = np.zeros((most, 3), np.float64)
    order = np.full((most, width), -1, np.int32)
    members = np.zeros(width, np.int32)
    best = np.zeros(width, np.int32)
    found, size, load, following = 0, 0, 0, 0
    while True:
        if following < n:
            if size < width and load + demand[following] <= capacity:
                members[size] = following
                load += demand[following]
                size += 1
                fact = _cheapest(cost, minutes, window, members[:size], ready, longest, best)
                if fact[0] < np.inf:
                    if found < most:
                        facts[found, 0], facts[found, 1], facts[found, 2] = fact
                        order[found, :size] = best[:size]
                    found += 1
            following += 1
        elif size == 0:
            return found, facts[: min(found, most)], order[: min(found, most)]
        else:
            size -= 1
            following = members[size] + 1
            load -= demand[members[size]]


@njit(cache=True, nogil=True)
def _cheapest(
    cost: Float64Array,
    minutes: Float64Array,
    window: Float64Array,
    members: Int32Array,
    ready: float,
    longest: float,
    best: Int32Array,
) -> tuple[float, float, float]:
    """Cost, earliest and latest departure of the cheapest order, which goes to `best`."""
    size = len(members)
    place = np.zeros(size + 1, np.int32)  # 0, then members as places
    tried = np.full(size + 1, -1, np.int32)  # at each depth, the member tried last
    is_in = np.zeros(size, np.bool_)
    paid, now = np.zeros(size + 1), np.zeros(size + 1)
    now[0] = ready
    least, soonest, latest = np.inf, 0.0, 0.0
    depth = 0
    while depth >= 0:
        if depth == size:
            total = paid[size] + cost[place[size], 0]
            if total < least - TOLERANCE:
                early, late = _departures(minutes, window, place, longest)
                early = max(early, ready)
                if early <= late + TOLERANCE:
                    least, soonest, latest = total, early, late
                    for i in range(size):
                        best[i] = place[i + 1] - 1
            depth -= 1
            is_in[tried[depth]] = False
            continue
        tried[depth] += 1
        at = tried[depth]
        if at == size:
            tried[depth] = -1
            depth -= 1
            if depth >= 0:
                is_in[tried[depth]] = False
            continue
        if is_in[at]:
            continue
        here, there = place[depth], members[at] + 1
        arrival = max(now[depth] + minutes[here, there], window[members[at], 0])
        spent = paid[depth] + cost[here, there]
        if arrival > window[members[at], 1] + TOLERANCE or spent >= least:
            continue
        is_in[at] = True
        depth += 1
        place[depth], now[depth], paid[depth] = there, arrival, spent
    return least, soonest, latest


@njit(cache=True, nogil=True)
def _departures(
    minutes: Float64Array, window: Float64Array, place: Int32Array, longest: float
) -> tuple[float, float]:
    """Earliest departure that keeps the round short enough, latest that is in time.

    A round that leaves at t ends at max(t + ways, e), e being its end when it waits everywhere.
    """
    size = len(place) - 1
    end, ways, late = -np.inf, 0.0, np.inf
    for i in range(1, size + 1):
        end = max(end + minutes[place[i - 1], place[i]], window[place[i] - 1, 0])
        ways += minutes[place[i - 1], place[i]]
        late = min(late, window[place[i] - 1, 1] - ways)
    ways += minutes[place[size], 0]
    if ways > longest:
        return np.inf, late
    return end + minutes[place[size], 0] - longest, late
