"""Tables of the event graph: parcels on the timetable of one day.

Nodes are moments: goods wait at a hub, have arrived with a bay at a call, or leave with it. They
are numbered so that every arc goes up. Money is in thousandths of the currency; times are seconds
after the base instant. `NONE` is no index.
"""

from typing import NamedTuple

from routing.layout import Float64Array, Int32Array, Int64Array, UInt8Array

MOST_RIDES = 4  # of one consignment, one after another
UNITS = 3  # kg, litres, pieces


class EventGraph(NamedTuple):
    """Arcs wait, board, ride, stay aboard and unload; those out of a node are consecutive."""

    first_arc_of_node: Int32Array  # (n_nodes + 1,) arc
    first_arc_into_node: Int32Array  # (n_nodes + 1,) row of `arc_into`
    arc_into: Int32Array  # (n_arcs,) arc
    tail: Int32Array  # (n_arcs,) node
    head: Int32Array  # (n_arcs,) node, above the tail
    hop: Int32Array  # (n_arcs,) call whose hop is ridden; NONE
    price: Float64Array  # (n_arcs,) a piece, where a bay is boarded; else 0
    kind: Int32Array  # (n_arcs,) kind of bay that is boarded; NONE elsewhere
    time: Int32Array  # (n_nodes,) s
    call: Int32Array  # (n_nodes,) call that goods have arrived at or leave from; NONE when waiting
    unload_hub: Int32Array  # (n_nodes,) hub in whose hands goods can end; NONE
    unloaded: Int32Array  # (n_nodes,) s; when they lie there
    first_wait_of_hub: Int32Array  # (n_hubs + 1,) wait
    wait_time: Int32Array  # (n_waits,) s, rising within a hub
    wait_node: Int32Array  # (n_waits,) node


class Consignments(NamedTuple):
    """What wants to ride: how much, from which hubs at what cost, to which hubs by when."""

    amount: Int32Array  # (n, 3) kg, litres, pieces
    takes: UInt8Array  # (n, n_kinds) 1 where bays of the kind take it, room apart
    max_rides: Int32Array  # (n,) at most `MOST_RIDES`
    refusal: Float64Array  # (n,) cost of not riding
    goods: Int32Array  # (n,) class of goods kept apart from others; NONE
    apart: UInt8Array  # (n_classes, n_classes) 1 where not on a hop together
    most: Int32Array  # (n,) s from door to door; `UNREACHED` where that does not matter
    first_start: Int32Array  # (n + 1,) row of `start_*`
    start_hub: Int32Array
    start_time: Int32Array  # s; goods may board when their bay loads at this time or later
    start_cost: Float64Array
    start_lead: Int32Array  # s on the way before; counts where `most` does
    first_goal: Int32Array  # (n + 1,) row of `goal_*`
    goal_hub: Int32Array
    goal_time: Int32Array  # s; goods must lie unloaded by then
    goal_cost: Float64Array
    goal_lead: Int32Array  # s on the way behind


class Corridors(NamedTuple):
    """Arcs that a way can use which costs less than the refusal; no search looks at others."""

    first_arc: Int64Array  # (n + 1,) row of `arc`
    arc: Int32Array  # arcs of each consignment, by their tails


class Paths(NamedTuple):
    """Chosen ways, one row for each consignment. Arrays are writable."""

    n_rides: Int32Array  # (n,) 0 = does not ride
    ride: Int32Array  # (n, MOST_RIDES, 2) load call, unload call
    start: Int32Array  # (n,) row of `Consignments.start_*`; NONE
    goal: Int32Array  # (n,) row of `Consignments.goal_*`; NONE
    cost: Float64Array  # (n,) with the ends; the refusal where it does not ride


class Found(NamedTuple):
    """Ways of one consignment, one row each. Arrays are writable."""

    n_rides: Int32Array  # (most,)
    ride: Int32Array  # (most, MOST_RIDES, 2) load call, unload call
    start: Int32Array  # (most,) row of `Consignments.start_*`
    goal: Int32Array  # (most,) row of `Consignments.goal_*`
    node: Int32Array  # (n_nodes,) scratch: the way back from a goal
    cursor: Int32Array  # (n_nodes,) scratch: arcs into each node of it that were tried
    rest: Float64Array  # (n_nodes,) scratch: cost from each node of it to the goal


class Search(NamedTuple):
    """Scratch of a path search. Arrays are writable."""

    cost: Float64Array  # (n_nodes, MOST_RIDES + 1) by rides boarded; one column where unlimited
    arc: Int32Array  # (n_nodes, MOST_RIDES + 1) arc that led there; -2 - row of start
    goal_of_hub: Int32Array  # (n_hubs,) row of `goal_*`; NONE
    found: Int32Array  # (2 + 2 * MOST_RIDES,) start, goal and calls of the path found
    kept: Int32Array  # (2 + 2 * MOST_RIDES,) the best of several that were found


class Shake(NamedTuple):
    """Scratch of ruin and recreate over paths. Arrays are writable."""

    ideal: Paths  # best ways on an empty timetable
    kept: Paths  # ways to fall back to
    best: Paths  # best ways found
    removed: Int32Array  # (n,) consignments
    key: Float64Array  # (n,)
    value: Float64Array  # (2,) of the present ways and of the best ones
    stream: Int64Array  # (2,) state of the random numbers
