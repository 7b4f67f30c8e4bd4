"""Rounds that the vehicles of a day may drive.

A van is paid all day and drives one round. A taxi earns elsewhere between rounds, so its shift is
cut into blocks with a round each; cuts are staggered in a few patterns over the taxis of a fleet,
so that a ride across the cut of one lies within a block of another. Rounds of one vehicle never
overlap. Rounds with the same fleet and block can stand in for each other and lie side by side.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cargo.layout import Vehicles
from cargo.network import Fleet
from cargo.roads import PROFILE_OF_KIND
from routing.layout import Float64Array, UInt8Array, frozen

BLOCK = 5 * 3600  # s; about a taxi's round
LEAST_BLOCK = 2 * 3600  # s
PATTERNS = 3  # of staggered cuts


@dataclass(frozen=True)
class FleetRound:
    """One possible round of one vehicle."""

    fleet: int
    vehicle: int  # number within the fleet, from 1
    round: int  # number within the day, from 1
    opens: int  # s
    closes: int  # s


def fleet_rounds(fleets: Sequence[Fleet], at_most: int) -> list[FleetRound]:
    """List the rounds of all fleets, `at_most` vehicles of each."""
    rounds = [
        FleetRound(at, vehicle + 1, number + 1, opens, closes)
        for at, fleet in enumerate(fleets)
        for vehicle in range(min(fleet.vehicles, at_most))
        for number, (opens, closes) in enumerate(_blocks(fleet, vehicle))
    ]
    return sorted(rounds, key=lambda row: (*_kind(row), row.vehicle))


def vehicle_table(
    fleets: Sequence[Fleet],
    rounds: Sequence[FleetRound],
    base_spot: Sequence[int],
    serves: UInt8Array,
) -> Vehicles:
    """Tables of rounds for the kernels."""
    rows = [(row, fleets[row.fleet]) for row in rounds]
    kinds = {key: at for at, key in enumerate(dict.fromkeys(map(_kind, rounds)))}
    return Vehicles(
        kind=frozen([kinds[_kind(row)] for row in rounds]),
        fleet=frozen([row.fleet for row in rounds]),
        profile=frozen([PROFILE_OF_KIND[fleet.kind] for _, fleet in rows]),
        base=frozen([base_spot[row.fleet] for row in rounds]),
        opens=frozen([row.opens for row in rounds]),
        closes=frozen([row.closes for row in rounds]),
        kg=frozen([fleet.bay.kg for _, fleet in rows]),
        litres=frozen([fleet.bay.litres for _, fleet in rows]),
        pieces=frozen([fleet.bay.pieces for _, fleet in rows]),
        per_m=_floats([fleet.per_km for _, fleet in rows]),
        per_s=_floats([fleet.per_hour / 3.6 for _, fleet in rows]),
        fixed=_floats([fleet.fixed * 1000 for _, fleet in rows]),
        serves=serves,
    )


def _blocks(fleet: Fleet, vehicle: int) -> Iterator[tuple[int, int]]:
    """Cut the shift of one vehicle."""
    if fleet.kind == "van":
        yield fleet.opens, fleet.closes
        return
    patterns = max(1, min(PATTERNS, fleet.vehicles))
    first = fleet.opens + BLOCK * (vehicle % patterns) // patterns
    cuts = [cut for cut in range(first, fleet.closes, BLOCK) if cut - fleet.opens >= LEAST_BLOCK]
    if cuts and fleet.closes - cuts[-1] < LEAST_BLOCK:
        cuts.pop()
    edges = [fleet.opens, *cuts, fleet.closes]
    yield from itertools.pairwise(edges)


def _kind(row: FleetRound) -> tuple[int, int, int]:
    """Rounds with the same key can stand in for each other."""
    return row.fleet, row.opens, row.closes


def _floats(values: Sequence[float]) -> Float64Array:
    table: Float64Array = frozen(values, "f8")
    return table
