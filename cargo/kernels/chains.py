"""Label setting for one shipment over the calls of scheduled bays.

Calls are scanned once in the order of their departures, those alone that lead to a hub that is
meant (`cargo.outlook`), and no label is kept from which none of these is reached. A label is a way
to be at a hub, better than another if it is no later, no dearer, no dirtier and uses no more trips;
every hub and every bay keeps its Pareto set [1]_. Capacity is a filter on hops, so that the result
is exact for one shipment against given use. Goods that must not be on the way for long leave their
door as late as the first bay allows; when that is becomes one more criterion then.

.. [1] Martins: On a multicriteria shortest path problem, EJOR 16 (1984).
"""

from numba import njit

from cargo.layout import Aboard, Access, Ahead, Carriers, Labels
from routing.layout import NONE, UNREACHED, Int32Array, Int64Array, UInt8Array

OVERFLOW = -1
OPEN = UNREACHED  # of `Labels.since`, less the lead: it has not left its door


@njit(cache=True, nogil=True, inline="always")
def _is_as_fresh(labels: Labels, one: int, other: int) -> bool:
    """Whether one label has been on the way no longer than another, wherever both go on."""
    if labels.trips[one] == 0 and labels.trips[other] > 0:
        return bool(labels.time[other] - (OPEN - labels.since[one]) >= labels.since[other])
    return bool(labels.since[one] >= labels.since[other])


@njit(cache=True, nogil=True)
def _settle(labels: Labels, first: Int32Array, row: int, is_limited: bool) -> bool:
    """Put the label in `row` into its hub's Pareto set; false where another is as good."""
    hub = labels.hub[row]
    other = first[hub]
    while other != NONE:
        if (
            labels.time[other] <= labels.time[row]
            and labels.cost[other] <= labels.cost[row]
            and labels.co2[other] <= labels.co2[row]
            and labels.trips[other] <= labels.trips[row]
            and (not is_limited or _is_as_fresh(labels, other, row))
        ):
            return False
        other = labels.next[other]
    kept, other = NONE, first[hub]
    while other != NONE:
        after = labels.next[other]
        if (
            labels.time[row] <= labels.time[other]
            and labels.cost[row] <= labels.cost[other]
            and labels.co2[row] <= labels.co2[other]
            and labels.trips[row] <= labels.trips[other]
            and (not is_limited or _is_as_fresh(labels, row, other))
        ):
            labels.is_dead[other] = 1
            if kept == NONE:
                first[hub] = after
            else:
                labels.next[kept] = after
        else:
            kept = other
        other = after
    labels.is_dead[row] = 0
    labels.next[row] = first[hub]
    first[hub] = row
    return True


@njit(cache=True, nogil=True)
def _board(aboard: Aboard, first: Int32Array, bay: int, row: int) -> bool:
    """Put the way in `row` onto a bay; false where one aboard is as good."""
    other = first[bay]
    while other != NONE:
        if (
            aboard.cost[other] <= aboard.cost[row]
            and aboard.co2[other] <= aboard.co2[row]
            and aboard.trips[other] <= aboard.trips[row]
            and aboard.since[other] >= aboard.since[row]
        ):
            return False
        other = aboard.next[other]
    aboard.next[row] = first[bay]
    first[bay] = row
    return True


@njit(cache=True, nogil=True)
def search(
    carriers: Carriers,
    handling: Int32Array,  # (n_hubs,) s
    access: Access,
    toll: Int64Array,  # (n_calls,) extra cost of the hop after a call
    kg: int,
    litres: int,
    pieces: int,
    takes: UInt8Array,  # (n_kinds,) 1 where bays of the kind take it, room apart
    max_trips: int,
    most: int,  # s on the way; `UNREACHED` where that does not matter
    ignored: int,  # bits of blocks that do not count
    ahead: Ahead,
    labels: Labels,  # out
    aboard: Aboard,  # scratch
    first_label_of_hub: Int32Array,  # (n_hubs,) out
    first_aboard_of_bay: Int32Array,  # (n_bays,) scratch
) -> int:
    """Fill `labels`; return how many there are, or `OVERFLOW` where they do not fit."""
    first_label_of_hub[:] = NONE
    first_aboard_of_bay[:] = NONE
    n, n_aboard = 0, 0
    counted = 255 - ignored  # bits of blocks that count
    is_limited = most < UNREACHED
    for row in range(access.hub.size):
        if access.time[row] > ahead.latest[access.hub[row], max_trips]:
            continue
        if n >= labels.hub.size:
            return OVERFLOW
        labels.hub[n] = access.hub[row]
        labels.time[n] = access.time[row]
        labels.cost[n] = access.cost[row]
        labels.co2[n] = access.co2[row]
        labels.trips[n] = 0
        labels.since[n] = OPEN - access.lead[row] if is_limited else OPEN
        labels.parent[n] = NONE
        labels.load_call[n] = row
        labels.unload_call[n] = NONE
        if _settle(labels, first_label_of_hub, n, is_limited):
            n += 1
    for at in range(ahead.call.size if n > 0 else 0):
        call = ahead.call[at]
        bay, hub = carriers.bay_of_call[call], carriers.hub[call]
        if first_aboard_of_bay[bay] == NONE and first_label_of_hub[hub] == NONE:
            continue
        if carriers.kind[bay] != NONE and takes[carriers.kind[bay]] == 0:
            continue
        if (
            kg > carriers.kg[call]
            or litres > carriers.litres[call]
            or pieces > carriers.pieces[call]
        ):
            first_aboard_of_bay[bay] = NONE
            continue
        if carriers.load_block[call] & counted == 0:
            ready_by = carriers.load_by[call] - handling[hub]
            label = first_label_of_hub[hub]
            while label != NONE:
                left = max_trips - labels.trips[label]  # rides
                if labels.time[label] <= ready_by and ahead.rides[at] < left:
                    if n_aboard >= aboard.cost.size:
                        return OVERFLOW
                    aboard.cost[n_aboard] = (
                        labels.cost[label] + carriers.price_per_piece[bay] * pieces
                    )
                    aboard.co2[n_aboard] = labels.co2[label]
                    aboard.trips[n_aboard] = labels.trips[label] + 1
                    aboard.since[n_aboard] = NONE
                    if is_limited:
                        since = labels.since[label]
                        if labels.trips[label] == 0:
                            since = ready_by - (OPEN - since)
                        aboard.since[n_aboard] = since
                    aboard.parent[n_aboard] = label
                    aboard.load_call[n_aboard] = call
                    if _board(aboard, first_aboard_of_bay, bay, n_aboard):
                        n_aboard += 1
                label = labels.next[label]
        can_unload = carriers.unload_block[call + 1] & counted == 0
        next_hub, time = carriers.hub[call + 1], carriers.unloaded[call + 1]
        ride = first_aboard_of_bay[bay]
        while ride != NONE:
            aboard.cost[ride] += toll[call]
            aboard.co2[ride] += carriers.co2_per_kg[call] * kg
            if (
                can_unload
                and time <= ahead.latest[next_hub, max_trips - aboard.trips[ride]]
                and (not is_limited or time - aboard.since[ride] <= most)
            ):
                if n >= labels.hub.size:
                    return OVERFLOW
                labels.hub[n] = next_hub
                labels.time[n] = time
                labels.cost[n] = aboard.cost[ride]
                labels.co2[n] = aboard.co2[ride]
                labels.trips[n] = aboard.trips[ride]
                labels.since[n] = aboard.since[ride]
                labels.parent[n] = aboard.parent[ride]
                labels.load_call[n] = aboard.load_call[ride]
                labels.unload_call[n] = call + 1
                if _settle(labels, first_label_of_hub, n, is_limited):
                    n += 1
            ride = aboard.next[ride]
    return n
