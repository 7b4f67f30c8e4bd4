"""Journeys with less walking, as `routing.kernels.tidy` finds them."""

from typing import TYPE_CHECKING

import numpy as np

from routing.kernels.tidy import tidy
from routing.raptor import Journey, Ride

if TYPE_CHECKING:
    from maas.itinerary import Lane
    from routing.layout import DayTables


def tidied(
    bundle: "DayTables", lane: "Lane", journey: Journey, at: int, *, arrive_by: bool
) -> Journey:
    """Return the same trips with less walking; the journey itself where that cannot be had.

    Parameters
    ----------
    bundle
        Tables of the day as one argument (`routing.kernels.bundles`).
    lane
        Ways at both ends.
    at
        Soonest departure, s; with `arrive_by` the latest arrival.
    """
    access, egress = lane.access, lane.egress
    bounds = (journey.departure, at) if arrive_by else (at, journey.arrival)
    ends = np.array((*journey[:2], journey.access, journey.egress), np.int32)
    rides = np.array(journey.rides, np.int32)
    ways = *access.near, access.ways.ride, *egress.near, egress.ways.ride
    if not tidy(bundle, *ways, *bounds, ends, rides):
        return journey
    departure, arrival, *rows = ends.tolist()
    return Journey(departure, arrival, tuple(map(Ride._make, rides.tolist())), *rows)
