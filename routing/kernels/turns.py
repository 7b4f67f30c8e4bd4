"""Links from arcs to arcs: which turns a motor vehicle may take, and what they cost."""

from typing import NamedTuple

import numpy as np
from numba import njit

from routing.layout import Float64Array, Int32Array, UInt8Array
from routing.road_layout import LAST_STRETCH, OPEN_ROADS, TO_THE_END


class Turning(NamedTuple):
    """Arcs, sorted by tail, and what decides about the turns between them."""

    first_arc_of_node: Int32Array  # (n_nodes + 1,) arc
    degree: Int32Array  # (n_nodes,) ends of segments at the node
    wait: Int32Array  # (n_nodes,) ms at traffic lights
    head: Int32Array  # (n_arcs,) node
    segment: Int32Array  # (n_arcs,) segment
    way: Int32Array  # (n_arcs,) way, the same one for all pieces of an OSM way
    bearing_in: Float64Array  # (n_arcs,) radians, at the start of the arc
    bearing_out: Float64Array  # (n_arcs,) radians, at its end
    is_open: UInt8Array  # (n_arcs,) 1 where trips may pass through, at times or always
    is_restricted: UInt8Array  # (n_arcs,) 1 where they may only start or end, at times or always
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
            and (turning.is_restricted[arc] or turning.is_open[following])
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
    arc: Int32Array,
    turn: Int32Array,
    kind: UInt8Array,
    is_counting: bool,
) -> int:
    """Fill tail, head, arcs driven (came, goes), turn ms and kind of all links, or only count them.

    An arc is its own vertex. A restricted arc has a second one, its last entry: it is reached from
    open roads and leads to restricted ones only, while the first one is left to open roads and
    never reached from them. So restricted roads are used at the ends of a trip only. An arc that
    is both, by the hour, has the links of both.
    """
    n_links = 0
    for came in range(turning.head.size):
        node = turning.head[came]
        first, end = turning.first_arc_of_node[node], turning.first_arc_of_node[node + 1]
        is_dead_end = _is_dead_end(turning, came)
        for goes in range(first, end):
            if turning.segment[came] == turning.segment[goes] and not is_dead_end:
                continue
            if not _is_allowed(turning, came, goes):
                continue
            turn_ms = _turn_ms(turning, came, goes, turn_s, u_turn_s) + int(turning.wait[node])
            for which in range(3):
                if which == OPEN_ROADS:
                    is_there = turning.is_open[goes] or turning.is_restricted[came]
                elif which == LAST_STRETCH:
                    is_there = turning.is_restricted[goes] and turning.is_open[came]
                else:
                    is_there = turning.is_restricted[goes] and turning.is_restricted[came]
                if not is_there:
                    continue
                if not is_counting:
                    tail[n_links] = turning.last_entry[came] if which == TO_THE_END else came
                    head[n_links] = goes if which == OPEN_ROADS else turning.last_entry[goes]
                    arc[n_links, 0], arc[n_links, 1] = came, goes
                    turn[n_links], kind[n_links] = turn_ms, which
                n_links += 1
    return n_links
