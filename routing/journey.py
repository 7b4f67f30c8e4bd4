"""What every timetable search is given and gives back: ends of a journey, rides, journeys."""

from typing import NamedTuple

import numpy.typing as npt

from routing.errors import UnknownStopError
from routing.kernels.raptor_ends import NearStops, row_of_unknown
from routing.layout import NONE, Int32Array, frozen


def near_stops(stop: npt.ArrayLike, duration: npt.ArrayLike) -> NearStops:
    """Make an access or egress list from stops and durations in seconds."""
    return NearStops(frozen(stop), frozen(duration))


def check_ends(n_stops: int, *ends: NearStops) -> None:
    """Refuse stops that the tables do not have.

    Raises
    ------
    UnknownStopError
        With the first of them.
    """
    for near in ends:
        if (row := row_of_unknown(near.stop, n_stops)) != NONE:
            raise UnknownStopError(int(near.stop[row]), n_stops)


class Ride(NamedTuple):
    """One trip from where it is boarded to where it is left."""

    trip: int  # day trip
    board: int  # position within the trip's pattern
    alight: int  # position, > board


class Journey(NamedTuple):
    """Rides in order; between two of them is a change at a stop, or one footpath."""

    departure: int  # s, when the access is begun
    arrival: int  # s, when the egress is done
    rides: tuple[Ride, ...]
    access: int  # row of the access
    egress: int  # row of the egress


def read_journeys(journeys: Int32Array, rides: Int32Array) -> tuple[Journey, ...]:
    """Read what a kernel wrote: the rows of `journeys`, and the rides of each.

    They are made as the tuples that they are: a named constructor is a call of Python each.
    """
    new, found = tuple.__new__, []
    rows = zip(journeys.tolist(), rides[: journeys.shape[0]].tolist(), strict=True)
    for (departure, arrival, n_rides, access, egress), ridden in rows:
        its_rides = tuple([new(Ride, ride) for ride in ridden[:n_rides]])
        found.append(new(Journey, (departure, arrival, its_rides, access, egress)))
    return tuple(found)
