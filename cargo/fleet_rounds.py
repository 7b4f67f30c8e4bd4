"""Rounds that the vehicles of a day may drive.

A van is paid all day and drives one round. A taxi earns elsewhere between rounds, so its shift is
cut into blocks with a round each; cuts are staggered in a few patterns over the taxis of a fleet,
so that a ride across the cut of one lies within a block of another. Rounds of one vehicle never
overlap. Rounds with the same fleet and block can stand in for each other and lie side by side.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cargo.network import Fleet

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

    @property
    def id(self) -> str:
        """Name of the round within its day."""
        return f"{self.fleet}/{self.vehicle}/{self.round}"


def fleet_rounds(fleets: Sequence[Fleet], at_most: int) -> list[FleetRound]:
    """List the rounds of all fleets, `at_most` vehicles of each."""
    rounds = [
        FleetRound(at, vehicle + 1, number + 1, opens, closes)
        for at, fleet in enumerate(fleets)
        for vehicle in range(min(fleet.vehicles, at_most))
        for number, (opens, closes) in enumerate(_blocks(fleet, vehicle))
    ]
    return sorted(rounds, key=lambda row: (*_kind(row), row.vehicle))


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
