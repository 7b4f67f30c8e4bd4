"""Seats that nobody is expected to need, as room for goods."""

from collections.abc import Sequence
from typing import NamedTuple

from cargo.network import Room
from maas.region_cargo import CargoRule, Forecast, FreeSeats
from maas.region_parts import clock_seconds


class Leg(NamedTuple):
    """From one stop of a trip to the next one."""

    stops: frozenset[str]  # names of the stop that it leaves: its own and its station's
    departure: int  # s


class Run(NamedTuple):
    """One run of a trip."""

    line_id: str
    trip_id: str
    day: str  # weekday, or `holiday`
    seats: int


def expected(forecasts: Sequence[Forecast], run: Run, leg: Leg) -> int | None:
    """Passengers that are expected on a leg, the most that a forecast says; None if none does."""
    numbers = [
        one.passengers
        for one in forecasts
        if run.line_id in one.lines
        and (not one.trips or run.trip_id in one.trips)
        and run.day in one.days
        and clock_seconds(one.departs[0]) <= leg.departure <= clock_seconds(one.departs[1])
        and (not one.stops or leg.stops & set(one.stops))
    ]
    return max(numbers, default=None)


def room_of_seats(
    rule: CargoRule, forecasts: Sequence[Forecast], run: Run, legs: Sequence[Leg]
) -> Room | None:
    """Room of the seats that are free on all of some legs; None where a rule counts no seats.

    Passengers come first: where no forecast speaks of a leg, every seat may be needed.
    """
    seats: FreeSeats | None = rule.free_seats
    if seats is None:
        return None
    most = max(run.seats if (n := expected(forecasts, run, leg)) is None else n for leg in legs)
    free = max(0, run.seats - most - seats.kept)
    return Room(free * seats.kg, free * seats.litres, free * seats.pieces)
