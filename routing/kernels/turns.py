"""Links from arcs to arcs: which turns a motor vehicle may take, and what they cost."""

from typing import NamedTuple

import numpy as np
from numba import njit

from routing.layout import Float64Array, Int32Array, Int64Array, UInt8Array
from routing.road_layout import MS


class Turning(NamedTuple):
    """Arcs, sorted by tail, and what decides about the turns between them."""

    first_arc_of_node: Int32Array  # (n_nodes + 1,) arc
    degree: Int32Array  # (n_nodes,) ends of segments at the node
    wait: Int32Array  # (n_nodes,) ms at traffic lights
    head: Int32Array  # (n_arcs,) node
    segment: Int32Array  # (n_arcs,) segment
    way: Int32Array  # (n_arcs,) way, the same one for all pieces of an OSM way
    cost: Int64Array  # (n_arcs,) cost
    bearing_in: Float64Array  # (n_arcs,) radians, at the start of the arc
    bearing_out: Float64Array  # (n_arcs,) radians, at its end
    is_restricted: UInt8Array  # (n_arcs,) 1 where trips may only start or end
    is_trap: UInt8Array  # (n_arcs,) 1 where no way leads back
    last_entry: Int32Array  # (n_arcs,) vertex of the arc as part of a trip's restricted end
    first_rule_of_node: Int32Array  # (n_nodes + 1,) rule
    rule_from: Int32Array  # (n_rules,) way
    rule_to: Int32Array  # (n_rules,) way
    rule_is_only: UInt8Array  # (n_rules,)


@njit(cache=True, nogil=True)
def _is_allowed(turning: Turning, arc: int, following: int) -> bool:
    """Whether the turn restrictions of the node let one arc follow another."""
    node = turning.head[arc]
    came, goes = turning.way[arc], turning.way[following]
    is_back = turning.segment[arc] == turning.segment[following]
    has_only, is_the_only = False, False
    for rule in range(turning.first_rule_of_node[node], turning.first_rule_of_node[node + 1]):
        if turning.rule_from[rule] != came:
            continue
        to_way = turning.rule_to[rule]
        if turning.rule_is_only[rule]:
            if to_way != came:
                has_only = True
                is_the_only = is_the_only or to_way == goes
        elif to_way == goes and (to_way != came or is_back):
            return False
    return is_the_only or not has_only


@njit(cache=True, nogil=True)
def _turn_ms(turning: Turning, arc: int, following: int, turn_s: float, u_turn_s: float) -> int:
    """Cost of a turn by its angle; a u-turn only counts where a street ends."""
    if turning.segment[arc] == turning.segment[following]:
        return int(u_turn_s * 1000)
    if turning.degree[turning.head[arc]] < 3:
        return 0
    angle = abs(turning.bearing_in[following] - turning.bearing_out[arc])
    if angle > np.pi:
        angle = 2 * np.pi - angle
    return int(1000 * turn_s / (1 + np.exp(6.5 - 13 * angle / np.pi)))


@njit(cache=True, nogil=True)
def _is_dead_end(turning: Turning, arc: int) -> bool:
    """Whether turning back is the only way on."""
    node = turning.head[arc]
    for following in range(turning.first_arc_of_node[node], turning.first_arc_of_node[node + 1]):
        if (
            turning.segment[arc] != turning.segment[following]
            and not turning.is_trap[following]
            and (turning.is_restricted[arc] or not turning.is_restricted[following])
            and _is_allowed(turning, arc, following)
        ):
            return False
    return True


@njit(cache=True, nogil=True)
def turn_links(
    turning: Turning,
    turn_s: float,
    u_turn_s: float,
    tail: Int32Array,
    head: Int32Array,
    cost: Int64Array,
    is_counting: bool,
) -> int:
    """Fill `tail`, `head` and `cost` of all links, or only count them.

    An arc is its own vertex. A restricted arc has a second one, its last entry: it is reached from
    open roads and leads to restricted ones only, while the first one is left to open roads and
    never reached from them. So restricted roads are used at the ends of a trip only.
    """
    n_links = 0
    for arc in range(turning.head.size):
        node = turning.head[arc]
        first, end = turning.first_arc_of_node[node], turning.first_arc_of_node[node + 1]
        is_dead_end = _is_dead_end(turning, arc)
        for following in range(first, end):
            if turning.segment[arc] == turning.segment[following] and not is_dead_end:
                continue
            if not _is_allowed(turning, arc, following):
                continue
            turn_ms = _turn_ms(turning, arc, following, turn_s, u_turn_s)
            turn_ms += int(turning.wait[node])
            is_end = turning.is_restricted[following] and not turning.is_restricted[arc]
            if not is_counting:
                tail[n_links] = arc
                head[n_links] = turning.last_entry[following] if is_end else following
                cost[n_links] = turning.cost[arc] + turn_ms * MS
            n_links += 1
            if turning.is_restricted[arc] and turning.is_restricted[following]:
                if not is_counting:
                    tail[n_links] = turning.last_entry[arc]
                    head[n_links] = turning.last_entry[following]
                    cost[n_links] = turning.cost[arc] + turn_ms * MS
                n_links += 1
    return n_links
