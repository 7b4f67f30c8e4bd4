"""Tables of passengers who may go in one of several ways: what `cargo.kernels.ways` works on."""

from typing import NamedTuple

from routing.layout import Float64Array, Int32Array, Int64Array, UInt8Array

# `WaySearch.value`.
KEPT, BEST = range(2)

# `WaySearch.tally`: iterations, last version given.
DONE, VERSION = range(2)


class Ways(NamedTuple):
    """Ways that each passenger may go; all arrays are read-only."""

    first_of_passenger: Int32Array  # (n_passengers + 1,) way
    ride: Int32Array  # (n_ways, 2) requests of `Tables`, in order, or NONE
    cost: Float64Array  # (n_ways,) of all that is no ride with a vehicle
    refusal: Float64Array  # (n_passengers,) cost of taking none
    related: Int32Array  # (n_passengers, n_passengers) the closest first, itself among them
    price: float  # of a metre on board, where driving one costs 1


class WaySearch(NamedTuple):
    """State and scratch of the search. Arrays are writable."""

    way: Int32Array  # (n_passengers,) of the present plan, or NONE
    kept: Int32Array  # (n_passengers,) of the plan to fall back to
    best: Int32Array  # (n_passengers,) of the best plan
    touched: UInt8Array  # (n_vehicles,) 1 where the round differs from the kept one
    waiting: Int32Array  # (n_passengers,)
    guess: Float64Array  # (most ways of a passenger,)
    version: Int64Array  # (n_requests, n_vehicles) of the round that the next three are of
    cost: Float64Array  # (n_requests, n_vehicles) what the ride in this round adds
    i: Int32Array  # (n_requests, n_vehicles) elements after which its ends go
    j: Int32Array  # (n_requests, n_vehicles)
    value: Float64Array  # (2,) KEPT, BEST
    tally: Int64Array  # (2,) DONE, VERSION
    stream: Int64Array  # (2,) random numbers
