"""Parties of passengers on the clock of their date."""

import math
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from cargo.errors import DocumentError
from cargo.moments import seconds_of
from cargo.network import Fleet, Room
from cargo.party import PassengerParty
from cargo.roads import Spot
from cargo.rules import BOARDING, RIDE_EXTRA, RIDE_FACTOR
from routing.layout import NONE

FIRST = 100  # rank of passengers: above every priority of shipments


@dataclass(frozen=True)
class TimedParty:
    """A party with its window in seconds."""

    document: PassengerParty
    ready: int  # not picked up before
    due: int  # there by

    @property
    def latest_pickup(self) -> int:
        """Latest start of boarding."""
        return self.ready + self.document.max_wait

    @property
    def room(self) -> Room:
        """Room for goods that it takes: none."""
        return Room(0, 0, 0)

    @property
    def most_cost(self) -> float:
        """What the ride may cost: whatever it takes."""
        return math.inf

    @property
    def rank(self) -> float:
        """Passengers come before all shipments."""
        return FIRST

    @property
    def spots(self) -> tuple[Spot, Spot]:
        """Where it gets in and out."""
        one, other = (
            Spot(place.lat, place.lon, place.name, BOARDING, NONE)
            for place in (self.document.origin, self.document.destination)
        )
        return one, other

    def most_ride(self, direct: int) -> int:
        """Longest ride, s, from leaving the pickup to being there; `direct` is the drive."""
        if self.document.max_ride is not None:
            return self.document.max_ride
        return round(RIDE_FACTOR * direct) + RIDE_EXTRA


def timed_party(
    party: PassengerParty, base_epoch: int, zone: ZoneInfo, end: int, source: str
) -> TimedParty:
    """Put a party on the clock of its date, which ends at `end` s.

    Raises
    ------
    DocumentError
        If the window is empty or lies outside the date.
    """
    ready = seconds_of(party.earliest, base_epoch, zone)
    due = end if party.latest is None else seconds_of(party.latest, base_epoch, zone)
    if ready < 0 or ready >= end:
        msg = (
            f"{source}: party '{party.id}': earliest {party.earliest} lies outside the date; "
            "name the date the party travels on"
        )
        raise DocumentError(msg)
    if ready >= due:
        msg = (
            f"{source}: party '{party.id}': latest {party.latest} is not after earliest "
            f"{party.earliest}; widen the window"
        )
        raise DocumentError(msg)
    return TimedParty(party, ready, min(due, end))


def seats(fleet: Fleet, party: TimedParty) -> bool:
    """Whether a vehicle has the places for a party."""
    document = party.document
    return document.people <= fleet.seats and document.wheelchairs <= fleet.wheelchairs
