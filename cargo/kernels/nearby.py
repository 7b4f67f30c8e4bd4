"""Which fleets drive goods from spot to spot at least cost, and how far hubs are from a door."""

from numba import njit

from routing.layout import UNREACHED, Float64Array, Int32Array, Int64Array, UInt8Array


@njit(cache=True, nogil=True)
def cheapest(
    fleets: Int64Array,  # rows of fleets of one profile that hold the goods
    begin: Int64Array,  # (n_fleets,) spot
    end: Int64Array,  # (n_fleets,) spot
    rates: Float64Array,  # (n_fleets, 3) a metre, a second, when used
    reach: UInt8Array,  # (2, n_fleets, n_spots) may pick up, may deliver
    duration: Int32Array,  # (n, n) s, of their profile
    distance: Int32Array,  # (n, n) m
    tail: int,
    head: int,
    found: Int64Array,  # (n_most,) out: rows, the cheapest first; of equals the first
    price: Float64Array,  # (n_most,) scratch
) -> int:
    """Fill `found` with fleets whose ways begin → tail → head → end cost least; count them."""
    n = 0
    for fleet in fleets:
        if reach[0, fleet, tail] == 0 or reach[1, fleet, head] == 0:
            continue
        first, last = begin[fleet], end[fleet]
        seconds = int(duration[first, tail]) + duration[tail, head] + duration[head, last]
        if seconds >= UNREACHED:
            continue
        metres = int(distance[first, tail]) + distance[tail, head] + distance[head, last]
        asked = rates[fleet, 0] * metres + rates[fleet, 1] * seconds + rates[fleet, 2]
        place = n
        while place > 0 and asked < price[place - 1]:
            place -= 1
        if place == found.size:
            continue
        n = min(n + 1, found.size)
        for row in range(n - 1, place, -1):
            found[row], price[row] = found[row - 1], price[row - 1]
        found[place], price[place] = fleet, asked
    return n


@njit(cache=True, nogil=True)
def drives(
    fleets: Int64Array,  # rows of fleets of one profile that hold the goods
    reach: UInt8Array,  # (2, n_fleets, n_spots) may pick up, may deliver
    duration: Int32Array,  # (n, n) s, of their profile
    hub_spot: Int64Array,  # (n_hubs,)
    door: int,
    is_pickup: bool,
    best: Int64Array,  # (n_hubs,) in and out: s of the quickest drive
) -> None:
    """Lower `best` to the drives between a door and each hub, where a fleet may stop at both."""
    for hub in range(hub_spot.size):
        spot = hub_spot[hub]
        tail, head = (door, spot) if is_pickup else (spot, door)
        drive = duration[tail, head]
        if drive >= best[hub]:
            continue
        for fleet in fleets:
            if reach[0, fleet, tail] != 0 and reach[1, fleet, head] != 0:
                best[hub] = drive
                break
