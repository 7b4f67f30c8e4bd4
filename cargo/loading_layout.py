"""Tables of loading: whole chains over lines and rounds. A demand is a shipment or a party.

A chain is rides on lines between two road jobs, which are requests of the road tables. The road
tables hold the jobs of all options; a plan does those of the options taken.
"""

from typing import NamedTuple

from cargo.pdp.layout import Rounds, Search, Tables
from routing.layout import Float64Array, Int32Array, UInt8Array

# `Ruin.value`: of the plan kept and of the best one, penalties included.
KEPT, BEST = range(2)


class Options(NamedTuple):
    """Chains that demands can choose from; those of a demand are consecutive."""

    first_of_demand: Int32Array  # (n_demands + 1,) option
    first_job: Int32Array  # (n_options,) request before the lines, or the direct ride; NONE = none
    last_job: Int32Array  # (n_options,) request after the lines; NONE = none
    line_cost: Float64Array  # (n_options,) what the lines are paid
    first_hop: Int32Array  # (n_options + 1,) hop
    hop: Int32Array  # (n_hops,) call whose hop is used


class World(NamedTuple):
    """All tables that a plan is made from."""

    road: Tables
    options: Options
    demand: Int32Array  # (n_requests,) whose job a request is
    amount: Int32Array  # (n_demands, 3) kg, litres, pieces
    penalty: Float64Array  # (n_demands,) cost of leaving it behind
    bay_of_call: Int32Array  # (n_calls,)
    room: Int32Array  # (n_calls, 3) kg, litres, pieces on the hop after a call
    goods: Int32Array  # (n_demands,) class of goods that are kept apart from some, or NONE
    apart: UInt8Array  # (n_classes, n_classes) 1 where not on one hop together
    booked: Int32Array  # (n_calls, n_classes) 1 where goods of a class ride anyway


class Choice(NamedTuple):
    """A plan: which chain each demand takes, the room in use, the rounds. Arrays are writable."""

    option: Int32Array  # (n_demands,) NONE where it is left behind
    used: Int32Array  # (n_calls, 3) kg, litres, pieces on the hop after a call
    aboard: Int32Array  # (n_calls, n_classes) goods of each class on the hop, booked ones too
    rounds: Rounds


class Ruin(NamedTuple):
    """Scratch of ruin and recreate. Arrays are writable but for the first three."""

    neighbour: Int32Array  # (n_demands, most) other demands, the nearest first
    slack: Float64Array  # (n_demands,) s that the window leaves beside the direct drive
    reach: Float64Array  # (n_demands,) s of the direct drive
    waiting: Int32Array  # (n_demands,)
    key: Float64Array  # (n_demands,)
    value: Float64Array  # (2,) KEPT, BEST
    learned: Float64Array  # (n_options,) what an option cost when it was last looked at
    banned: UInt8Array  # (n_options,) 1 where an option must not be taken
    road: Search  # of the core: random numbers, remembered insertions, which rounds are touched
