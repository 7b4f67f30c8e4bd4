"""Rounds that the vehicles of a day may drive.

A van, truck or bus is paid all day and drives one round, and so does what ends elsewhere than it
begins. Any other taxi earns elsewhere between rounds, so its shift is cut into blocks with a round
each; cuts are staggered in a few patterns over the taxis of a fleet, so that a ride across the cut
of one lies within a block of another. Rounds of one vehicle never overlap. A break is held in the
round of the block that has most of its window, or beside that round; where its window leaves no
choice the shift is cut there instead. Rounds with the same fleet and block can stand in for each
other and lie side by side.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cargo.network import Fleet, TimeOff
from cargo.pdp.model import Pause

BLOCK = 5 * 3600  # s; about a taxi's round
LEAST_BLOCK = 2 * 3600  # s
PATTERNS = 3  # of staggered cuts

Block = tuple[int, int]  # begin and end, s


@dataclass(frozen=True)
class FleetRound:
    """One possible round of one vehicle."""

    fleet: int
    vehicle: int  # number within the fleet, from 1
    round: int  # number within the day, from 1
    opens: int  # s
    closes: int  # s
    pauses: tuple[Pause, ...] = ()  # in the round or beside it, before it closes

    @property
    def id(self) -> str:
        """Name of the round within its day."""
        return f"{self.fleet}/{self.vehicle}/{self.round}"


def fleet_rounds(fleets: Sequence[Fleet], at_most: int, service: int = 0) -> list[FleetRound]:
    """List the rounds of all fleets, `at_most` vehicles of each.

    `service` is the longest time that a vehicle stands anywhere, s; no break begins within it.
    """
    rounds = [
        FleetRound(
            at, vehicle + 1, number + 1, *block, tuple(_pauses(fleet, blocks, block, service))
        )
        for at, fleet in enumerate(fleets)
        for vehicle in range(min(fleet.vehicles, at_most))
        for blocks in (list(_around_breaks(fleet, vehicle, service)),)
        for number, block in enumerate(blocks)
    ]
    return sorted(rounds, key=lambda row: (*_kind(row), row.vehicle))


def _is_fixed(off: TimeOff, service: int) -> bool:
    """Whether the window of a break leaves no choice."""
    return off.closes - off.opens < off.length + service


def _pauses(fleet: Fleet, blocks: Sequence[Block], block: Block, service: int) -> Iterator[Pause]:
    """Breaks that belong to the round of a block."""
    for off in fleet.breaks:
        if not _is_fixed(off, service):
            most = max(blocks, key=lambda one: _length(_overlap(off, one)))
            if block == most:
                opens, closes = _overlap(off, block)
                yield Pause(opens, closes - off.length - service, off.length, is_on_duty=False)


def _overlap(off: TimeOff, block: Block) -> Block:
    """The part of the window of a break that lies in a block."""
    return max(off.opens, block[0]), min(off.closes, block[1])


def _length(block: Block) -> int:
    return block[1] - block[0]


def _around_breaks(fleet: Fleet, vehicle: int, service: int) -> Iterator[Block]:
    """Blocks of a shift without fixed breaks, none of them parting the window of another break."""
    for opens, closes in _blocks(fleet, vehicle, service):
        begin = opens
        for off in fleet.breaks:
            if _is_fixed(off, service) and begin < off.closes and off.opens < closes:
                if begin < off.opens:
                    yield begin, off.opens
                begin = off.closes
        if begin < closes:
            yield begin, closes


def _blocks(fleet: Fleet, vehicle: int, service: int) -> Iterator[Block]:
    """Cut the shift of one vehicle; no cut leaves a break too short a part of its window."""
    if fleet.kind != "taxi" or fleet.ends_at != fleet.begins_at:
        yield fleet.opens, fleet.closes
        return
    first = fleet.opens + BLOCK * (vehicle % PATTERNS) // PATTERNS
    cuts = [cut for cut in range(first, fleet.closes, BLOCK) if cut - fleet.opens >= LEAST_BLOCK]
    if cuts and fleet.closes - cuts[-1] < LEAST_BLOCK:
        cuts.pop()
    edges = [fleet.opens, *(_beside_breaks(fleet, cut, service) for cut in cuts), fleet.closes]
    yield from itertools.pairwise(edges)


def _beside_breaks(fleet: Fleet, cut: int, service: int) -> int:
    """A cut, moved to the begin of a window of which neither side would be long enough."""
    for off in fleet.breaks:
        if off.opens < cut < off.closes and (
            max(cut - off.opens, off.closes - cut) < off.length + service
        ):
            return off.opens
    return cut


def _kind(row: FleetRound) -> tuple[int, int, int]:
    """Rounds with the same key can stand in for each other."""
    return row.fleet, row.opens, row.closes
