"""Rounds that couriers can make."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cargo.errors import CargoError
from cargo.kernels.couriers import courier_rounds
from cargo.relay.model import MINUTES, Relay
from routing.layout import Float64Array

MOST_ROUNDS = 200_000  # of one stop


class TooLargeRelayError(CargoError, ValueError):
    """An instance has more courier rounds or lines than can be compared."""


@dataclass(frozen=True)
class CourierOption:
    """A round that a courier can make."""

    stop: int
    customers: tuple[int, ...]  # in order
    cost: float
    earliest: float  # min, of the departure
    latest: float


def lines_at(relay: Relay) -> dict[int, int]:
    """Bits of the lines that take parcels from in-stops of trucks to each out-stop."""
    reach: dict[int, int] = {}
    for at, line in enumerate(relay.lines):
        if set(line.in_stops) & set(relay.in_stops):
            for stop in line.out_stops:
                reach[stop] = reach.get(stop, 0) | 1 << at
    return reach


def courier_options(relay: Relay, go_on: Callable[[], None] = lambda: None) -> list[CourierOption]:
    """All rounds: of every set of customers at every stop the cheapest order that can be in time.

    `go_on` is asked before each stop, and raises where the work is over.

    Raises
    ------
    TooLargeRelayError
        If a stop has more than `MOST_ROUNDS`.
    """
    options: list[CourierOption] = []
    for stop, soonest in sorted(_soonest(relay).items()):
        go_on()
        served = [at for at, one in enumerate(relay.customers) if stop in one.stops]
        if not served:
            continue
        here = relay.stops[stop]
        people = [relay.customers[at] for at in served]
        places = [here.at, *(one.at for one in people)]
        cost = np.array([[relay.way(a, b) for b in places] for a in places], np.float64)
        n, facts, order = courier_rounds(
            cost * relay.courier_cost, _minutes(places),
            np.array([(one.earliest, one.latest) for one in people], np.float64),
            np.array([one.demand for one in people], np.int64),
            relay.courier_capacity, soonest + here.handling, relay.longest_round, MOST_ROUNDS,
        )  # fmt: skip
        if n > MOST_ROUNDS:
            raise TooLargeRelayError(
                f"{n} courier rounds at stop {here.name}, at most {MOST_ROUNDS} are compared: "
                "lower the capacity of couriers, or allow fewer stops for each customer"
            )
        for (price, early, late), row in zip(facts.tolist(), order.tolist(), strict=True):
            customers = tuple(served[at] for at in row if at >= 0)
            options.append(CourierOption(stop, customers, price, early, late))
    return options


def compile_kernel() -> None:
    """Compile the listing, or read it, before time counts."""
    one = np.zeros((1, 1))
    courier_rounds(one, one, np.zeros((0, 2)), np.zeros(0, np.int64), 0, 0.0, 0.0, 1)


def _minutes(places: list[tuple[float, float]]) -> Float64Array:
    at = np.array(places)
    away: Float64Array = np.hypot(at[:, None, 0] - at[None, :, 0], at[:, None, 1] - at[None, :, 1])
    return MINUTES * away


def _soonest(relay: Relay) -> dict[int, float]:
    """First minute at which a parcel can be at each out-stop."""
    found: dict[int, float] = {}
    for line in relay.lines:
        calls = relay.calls(line)
        for origin in set(line.in_stops) & set(relay.in_stops):
            there = MINUTES * float(np.hypot(*np.subtract(relay.depot, relay.stops[origin].at)))
            late = there + relay.stops[origin].handling - calls[origin]
            run = max(0, int(np.ceil(late / line.headway - 1e-9))) if late > 0 else 0
            if run < line.n_runs:
                for stop in line.out_stops:
                    arrival = calls[stop] + run * line.headway
                    found[stop] = min(found.get(stop, np.inf), arrival)
    return found
