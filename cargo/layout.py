"""Tables that the kernels of `cargo` read: NamedTuples of read-only arrays, made by `frozen()`.

Times are int32 seconds after the base instant of the service date. Money is int64 thousandths of
the currency, CO2 int64 milligrams. Room is in whole kg, litres and pieces. `NONE` is no index.
"""

from typing import NamedTuple

from routing.layout import Int32Array, Int64Array, UInt8Array

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


class Ahead(NamedTuple):
    """Hops of a day from which some hub that is meant can still be reached, whatever room."""

    call: Int32Array  # (n,) call that the hop leaves, by departure
    rides: UInt8Array  # (n,) more rides to such a hub, after this one
    latest: Int32Array  # (n_hubs, n_rides + 1) s; ready by then, so many rides at most lead there
    is_meant: UInt8Array  # (n_hubs,)
