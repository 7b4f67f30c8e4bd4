"""Which fleets drive goods from spot to spot at least cost, and how far hubs are from a door."""

from numba import njit

from routing.layout import UNREACHED, Float64Array, Int32Array, Int64Array, UInt8Array


@njit(cache=True, nogil=True)
def cheapest(
    fleets: Int64Array,  # rows of fleets of one kind that hold the goods
    base: Int64Array,  # (n_fleets,) spot
    rates: Float64Array,  # (n_fleets, 3) a metre, a second, when used
    reach: UInt8Array,  # (n_fleets, n_spots)
    duration: Int32Array,  # (n, n) s, of the kind's profile
    distance: Int32Array,  # (n, n) m
    tail: int,
    head: int,
    found: Int64Array,  # (n_most,) out: rows, the cheapest first; of equals the first
    price: Float64Array,  # (n_most,) scratch
) -> int:
    """Fill `found` with fleets whose loops base → tail → head → base cost least; count them."""
    n = 0
    for fleet in fleets:
        if reach[fleet, tail] == 0 or reach[fleet, head] == 0:
            continue
        at = base[fleet]
        seconds = int(duration[at, tail]) + duration[tail, head] + duration[head, at]
        if seconds >= UNREACHED:
            continue
        metres = int(distance[at, tail]) + distance[tail, head] + distance[head, at]
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
    fleets: Int64Array,  # rows of fleets of one kind that hold the goods
    reach: UInt8Array,  # (n_fleets, n_spots)
    duration: Int32Array,  # (n, n) s, of the kind's profile
    hub_spot: Int64Array,  # (n_hubs,)
    door: int,
    is_pickup: bool,
    best: Int64Array,  # (n_hubs,) in and out: s of the quickest drive
) -> None:
    """Lower `best` to the drives between a door and each hub, where a fleet may stop at both."""
    for hub in range(hub_spot.size):
        spot = hub_spot[hub]
        drive = duration[door, spot] if is_pickup else duration[spot, door]
        if drive >= best[hub]:
            continue
        for fleet in fleets:
            if reach[fleet, door] != 0 and reach[fleet, spot] != 0:
                best[hub] = drive
                break
