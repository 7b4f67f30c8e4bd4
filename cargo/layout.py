"""Tables that the kernels of `cargo` read: NamedTuples of read-only arrays, made by `frozen()`.

Times are int32 seconds after the base instant of the service date. Money is int64 thousandths of
the currency, CO2 int64 milligrams. Room is in whole kg, litres and pieces. `NONE` is no index.
"""

from typing import NamedTuple

from routing.layout import Float64Array, Int32Array, Int64Array, UInt8Array

# Why a call cannot load or unload; a search may ignore some of them to find out what binds.
HUB_HOURS = 1
DWELL = 2
DEPARTURE_HOURS = 4
STAFF_HOURS = 8
LICENCE = 16


class Carriers(NamedTuple):
    """Bays of scheduled trips and their calls at hubs; calls of bay `b` lie in travel order."""

    first_call_of_bay: Int32Array  # (n_bays + 1,) call
    bay_of_call: Int32Array  # (n_calls,) bay
    hub: Int32Array  # (n_calls,) hub
    arrival: Int32Array  # (n_calls,) s
    departure: Int32Array  # (n_calls,) s
    load_by: Int32Array  # (n_calls,) s; goods must lie ready, loading starts
    unloaded: Int32Array  # (n_calls,) s; goods lie in the hub; > departure of the call before
    load_block: UInt8Array  # (n_calls,) bits of reasons why nothing is loaded here; 0 = allowed
    unload_block: UInt8Array  # (n_calls,)
    kg: Int32Array  # (n_calls,) room on the hop to the next call; 0 at the last call
    litres: Int32Array  # (n_calls,)
    pieces: Int32Array  # (n_calls,)
    co2_per_kg: Int64Array  # (n_calls,) mg a kg on the hop to the next call
    kind: Int32Array  # (n_bays,) number of what it takes, room apart; NONE: it takes everything
    price_per_piece: Int64Array  # (n_bays,) what the line is paid for each ride
    order: Int32Array  # (n_calls - n_bays,) calls that have a hop, by departure


class Access(NamedTuple):
    """Where and when a shipment can be handed to hubs."""

    hub: Int32Array  # (n,) hub
    time: Int32Array  # (n,) s; the hub takes it over and needs its handling time before loading
    cost: Int64Array  # (n,)
    co2: Int64Array  # (n,)
    lead: Int32Array  # (n,) s that it is on the way before


class Labels(NamedTuple):
    """Scratch and result of a chain search: ways to be at a hub. Arrays are writable."""

    hub: Int32Array
    time: Int32Array  # s; in the hub's hands
    cost: Int64Array
    co2: Int64Array
    trips: Int32Array  # scheduled trips used
    since: Int32Array  # s; leaves the door, NONE where that does not matter; access: `OPEN` - lead
    parent: Int32Array  # label boarded from; NONE for access
    load_call: Int32Array  # call of the last ride; the access row for access labels
    unload_call: Int32Array  # NONE for access
    next: Int32Array  # next label of the same hub; NONE at the end
    is_dead: UInt8Array  # dominated later


class Aboard(NamedTuple):
    """Scratch of a chain search: ways to be on a bay. Arrays are writable."""

    cost: Int64Array
    co2: Int64Array
    trips: Int32Array
    since: Int32Array  # s; as `Labels.since`
    parent: Int32Array  # label boarded from
    load_call: Int32Array
    next: Int32Array


class Goods(NamedTuple):
    """What shipments take of a bay."""

    kg: Int32Array  # (n_shipments,)
    litres: Int32Array  # (n_shipments,)
    pieces: Int32Array  # (n_shipments,)
    fleets: UInt8Array  # (n_shipments, n_fleets) 1 where the fleet may carry it, room apart
    penalty: Float64Array  # (n_shipments,) cost of leaving it behind


class Travel(NamedTuple):
    """Driving between places; profiles are rows of the first axis."""

    duration: Int32Array  # (n_profiles, n, n) s; with the service time at the place left
    distance: Int32Array  # (n_profiles, n, n) m


class Vehicles(NamedTuple):
    """Rounds that vehicles may drive, one row each; a row is used once, from base to base."""

    kind: Int32Array  # (n,) rows of one kind are interchangeable
    fleet: Int32Array  # (n,)
    profile: Int32Array  # (n,)
    base: Int32Array  # (n,) place
    opens: Int32Array  # (n,) s
    closes: Int32Array  # (n,) s
    kg: Int32Array  # (n,)
    litres: Int32Array  # (n,)
    pieces: Int32Array  # (n,)
    per_m: Float64Array  # (n,) thousandths of the currency a metre
    per_s: Float64Array  # (n,) thousandths of the currency a second
    fixed: Float64Array  # (n,) thousandths of the currency, when used
    serves: UInt8Array  # (n_fleets, n_places) 1 where the fleet may stop


class Jobs(NamedTuple):
    """Road rides of shipments: each is picked up at one place and delivered at another."""

    shipment: Int32Array  # (n_jobs,)
    pickup: Int32Array  # (n_jobs,) place
    delivery: Int32Array  # (n_jobs,) place
    pickup_from: Int32Array  # (n_jobs,) s; service starts within the window
    pickup_until: Int32Array  # (n_jobs,) s
    delivery_from: Int32Array  # (n_jobs,) s
    delivery_until: Int32Array  # (n_jobs,) s


class Options(NamedTuple):
    """Chains that shipments can choose from; those of a shipment are consecutive."""

    first_option_of_shipment: Int32Array  # (n_shipments + 1,) option
    first_job: Int32Array  # (n_options,) job before the lines, or the direct ride; NONE = none
    last_job: Int32Array  # (n_options,) job after the lines; NONE = none
    line_cost: Float64Array  # (n_options,) what the lines are paid
    first_hop_of_option: Int32Array  # (n_options + 1,) hop
    hop: Int32Array  # (n_hops,) call whose hop is used


class Rounds(NamedTuple):
    """Rounds being planned, one row for each of `Vehicles`. Arrays are writable."""

    size: Int32Array  # (n,) tasks
    task: Int32Array  # (n, most tasks) 2 * job = pickup, 2 * job + 1 = delivery
    row_of_job: Int32Array  # (n_jobs,) NONE where not planned
    ahead: Int32Array  # (n, most + 1, 3) duration, earliest, latest start: base and k tasks
    behind: Int32Array  # (n, most + 1, 3) the same: tasks from k on, and the base
    metres: Int32Array  # (n, most + 1) driven until task k
    load: Int32Array  # (n, most + 1, 3) kg, litres, pieces after k tasks
    spot: Int32Array  # (n, most) where each task is done
    window: Int32Array  # (n, most, 2) s, when its service may start
    total_metres: Int32Array  # (n,)
    waiting: Int32Array  # (n,) s of the shortest duration that is neither drive nor service
    cost: Float64Array  # (n,) thousandths of the currency
    detour: Float64Array  # (most + 1, 2) scratch: least detour to a delivery from place j on
    version: Int32Array  # (n,) names the content of a round; never used for another one


class Choice(NamedTuple):
    """Which chain each shipment takes, and the room in use. Arrays are writable."""

    option: Int32Array  # (n_shipments,) NONE where it is left behind
    used: Int32Array  # (n_calls, 3) kg, litres, pieces on the hop after a call
    banned: UInt8Array  # (n_options,) 1 where an option must not be taken


class World(NamedTuple):
    """All tables that a plan is made from."""

    travel: Travel
    vehicles: Vehicles
    jobs: Jobs
    goods: Goods
    options: Options
    first_round_of_job: Int32Array  # (n_jobs + 1,) row of `round_of_job`
    round_of_job: Int32Array  # rounds whose vehicle may carry the job, in their order
    bay_of_call: Int32Array  # (n_calls,)
    room: Int32Array  # (n_calls, 3) kg, litres, pieces on the hop after a call


class Memo(NamedTuple):
    """Remembered insertions, direct-mapped by job and round. Arrays are writable."""

    key: Int64Array  # (size,) job * n_rounds + round
    version: Int32Array  # (size,) of the round
    cost: Float64Array  # (size,) extra cost of the best places, or infinite
    floor: Float64Array  # (size,) where infinite: there is none below this
    i: Int32Array  # (size,) the places
    j: Int32Array  # (size,)


class Ruin(NamedTuple):
    """Scratch of ruin and recreate. Arrays are writable but for the first three."""

    neighbour: Int32Array  # (n_shipments, most) other shipments, the nearest first
    slack: Float64Array  # (n_shipments,) s between ready and due
    reach: Float64Array  # (n_shipments,) s of the direct drive
    is_touched: UInt8Array  # (n_rounds,)
    is_ruined: UInt8Array  # (n_rounds,)
    waiting: Int32Array  # (n_shipments,)
    key: Float64Array  # (n_shipments,)
    value: Float64Array  # (2,) of the plan and of the best one, penalties included
    blink: Float64Array  # (1,) chance that a round is overlooked
    learned: Float64Array  # (n_options,) what an option cost when it was last looked at
    closed: Int32Array  # (1,) round that takes nothing in this iteration, or NONE
    stream: Int64Array  # (2,) state of the random numbers
    version: Int32Array  # (1,) last one given to a round
    unknown: Int32Array  # (n_rounds,) scratch: rounds whose insertion has to be worked out
    memo: Memo
