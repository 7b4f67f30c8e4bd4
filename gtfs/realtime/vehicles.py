"""Which vehicle runs a trip, and how full it is."""

from collections import defaultdict
from collections.abc import Iterable

from gtfs.realtime.alerts import Ridden
from gtfs.realtime.messages import VehiclePosition

_EARLY, _LATE = 3_600, 7_200  # s before and after its trip that a vehicle may report it


class Vehicles:
    """The vehicles of one feed by their trips."""

    def __init__(self, vehicles: Iterable[VehiclePosition]) -> None:
        self._by_trip: defaultdict[tuple[str, str], list[VehiclePosition]] = defaultdict(list)
        for vehicle in vehicles:
            trip = vehicle.trip
            key = ("trip", trip.trip_id) if trip.trip_id else ("line", trip.line_id)
            self._by_trip[key].append(vehicle)

    def on(self, ride: Ridden, since: int, until: int) -> VehiclePosition | None:
        """Return the vehicle that was seen last on a trip.

        Parameters
        ----------
        ride
            The trip.
        since, until
            Unix times of its first departure and last arrival; a vehicle that names no service
            date must have been seen near them.
        """
        found = [
            vehicle
            for key in (("trip", ride.trip_id), ("line", ride.line_id))
            for vehicle in self._by_trip.get(key, ())
            if _runs(vehicle, ride, since, until)
        ]
        return max(found, key=lambda vehicle: vehicle.timestamp, default=None)


def _runs(vehicle: VehiclePosition, ride: Ridden, since: int, until: int) -> bool:
    trip = vehicle.trip
    if not trip.trip_id and trip.start_time is None:
        return False
    if trip.start_time not in {None, ride.start_time}:
        return False
    if trip.start_date is not None:
        return f"{trip.start_date:%Y%m%d}" == ride.service_date
    return since - _EARLY <= vehicle.timestamp <= until + _LATE
