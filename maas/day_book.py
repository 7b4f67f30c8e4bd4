"""What itineraries say again and again of one day: scheduled legs, tickets, lines on the map.

Everything here follows from the day alone, so it is made once and shared between threads. A book
that has grown too large forgets all of it and begins anew.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, TypeVar

from gtfs.fares import Ride as PricedRide
from gtfs.timetable import MODES
from maas.fares import USUAL, Wish
from maas.itinerary import Leg, Ridden, Spot
from maas.ride_texts import RideTexts
from routing.layout import NONE
from routing.polyline import encode

if TYPE_CHECKING:
    from gtfs.day import Day
    from maas.fares import Bill, LineFares
    from maas.leg_shapes import LegShapes, TripLine
    from maas.local_clock import LocalClock
    from routing.layout import Footpaths

_KEPT = 30_000  # entries of each kind
_KEPT_LANGUAGES = 8
_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class DayBook:
    """Scheduled legs of a day, and all that hangs on them."""

    def __init__(
        self,
        day: "Day",
        clock: "LocalClock",
        fares: "LineFares",
        shapes: "LegShapes",
    ) -> None:
        self.day = day
        self.clock = clock
        self._timetable = day.timetable
        self._fares = fares
        self._shapes = shapes
        self._spots: dict[int, Spot] = {}
        self._legs: dict[Ridden, Leg] = {}
        self._drawn: dict[Ridden, Leg] = {}
        self._rides: dict[Ridden, PricedRide] = {}
        self._bills: dict[tuple[tuple[Ridden, ...], Wish], Bill] = {}
        self._offers: dict[tuple[Ridden, ...], tuple[tuple[Wish, Bill], ...]] = {}
        self._walks: dict[tuple[int, int], int] = {}
        self._texts: OrderedDict[str, RideTexts] = OrderedDict()

    def spot(self, stop: int) -> Spot:
        """Return the spot of a stop."""
        return kept(self._spots, stop, self._spot)

    def leg(self, ridden: Ridden) -> Leg:
        """Return a scheduled leg, not drawn."""
        return kept(self._legs, ridden, self._leg)

    def drawn(self, ridden: Ridden) -> Leg:
        """Return a scheduled leg with its distance and its line on the map."""
        return kept(self._drawn, ridden, self._draw)

    def bill(self, rides: tuple[Ridden, ...], wish: Wish = USUAL) -> "Bill":
        """Return the tickets of one person for rides in order."""
        return kept(self._bills, (rides, wish), self._bill)

    def offers(self, rides: tuple[Ridden, ...]) -> "tuple[tuple[Wish, Bill], ...]":
        """Return what each kind of rider pays for rides by each medium, where that is known."""
        return kept(self._offers, rides, self._offer)

    def names(self, wish: Wish, lang: str) -> tuple[str | None, str | None]:
        """Return the names of a rider and a medium in a language, where feeds tell them."""
        return self._fares.names(wish, lang)

    def texts(self, lang: str) -> RideTexts:
        """Return what documents say of the day in a language; the last few are kept."""
        texts = self._texts.get(lang) or RideTexts(self.day, self.clock, lang)
        self._texts[lang] = texts
        while len(self._texts) > _KEPT_LANGUAGES:
            self._texts.popitem(last=False)
        return texts

    def walk(self, stop: int, there: int) -> int:
        """Seconds of the footpath between two stops."""
        return kept(self._walks, (stop, there), self._walk)

    def line(self, day_trip: int) -> "TripLine":
        """Return the line on the map that a day trip follows."""
        shape = int(self._timetable.trips.shape[self.day.trip[day_trip]])
        return self._shapes.line(shape, self.day.stops(day_trip))

    def distance_m(self, ridden: Ridden) -> int:
        """Distance of a ride along its line."""
        return self.line(ridden.day_trip).distance_m(ridden.board, ridden.alight)

    def row(self, day_trip: int) -> int:
        """Row of the timetable's trips that a day trip is."""
        return int(self.day.trip[day_trip])

    def _spot(self, stop: int) -> Spot:
        stops = self._timetable.stops
        lat, lon = float(stops.lat[stop]), float(stops.lon[stop])
        return Spot(stops.name[stop], stops.name_en[stop], lat, lon, stop)

    def _leg(self, ridden: Ridden) -> Leg:
        stops = self.day.stops(ridden.day_trip)
        arrival, departure = self.day.times(ridden.day_trip)
        lines = self._timetable.lines
        line = int(self._timetable.trips.line[self.row(ridden.day_trip)])
        return Leg(
            MODES[int(lines.mode[line])],
            self.spot(int(stops[ridden.board])),
            self.spot(int(stops[ridden.alight])),
            int(departure[ridden.board]),
            int(arrival[ridden.alight]),
            ridden=ridden,
        )

    def _draw(self, ridden: Ridden) -> Leg:
        line = self.line(ridden.day_trip)
        return self.leg(ridden)._replace(
            distance_m=line.distance_m(ridden.board, ridden.alight),
            polyline=encode(*line.cut(ridden.board, ridden.alight)),
        )

    def _bill(self, asked: tuple[tuple[Ridden, ...], Wish]) -> "Bill":
        rides, wish = asked
        priced = [kept(self._rides, ridden, self._priced) for ridden in rides]
        return self._fares.bill(
            priced, lambda ride: self.distance_m(rides[ride]), self.day.base_epoch, wish
        )

    def _offer(self, rides: tuple[Ridden, ...]) -> "tuple[tuple[Wish, Bill], ...]":
        priced = [kept(self._rides, ridden, self._priced) for ridden in rides]
        bills = ((wish, self.bill(rides, wish)) for wish in self._fares.wishes(priced))
        return tuple((wish, bill) for wish, bill in bills if bill.is_whole)

    def _priced(self, ridden: Ridden) -> PricedRide:
        leg = self.leg(ridden)
        line = int(self._timetable.trips.line[self.row(ridden.day_trip)])
        between = self.day.stops(ridden.day_trip)[ridden.board + 1 : ridden.alight].tolist()
        return PricedRide(
            line,
            leg.origin.stop,
            leg.destination.stop,
            leg.departure,
            tuple(between),
            leg.arrival,
        )

    def _walk(self, ends: tuple[int, int]) -> int:
        return walk_between(self.day.tables.footpaths, *ends)


def walk_between(walks: "Footpaths", stop: int, there: int) -> int:
    """Seconds of the quickest footpath between two stops; NONE where there is none."""
    rows = slice(*walks.first_of_stop[stop : stop + 2].tolist())
    durations = walks.duration[rows][walks.head[rows] == there]
    return int(durations.min()) if durations.size else NONE


def kept(known: dict[_Key, _Value], key: _Key, make: Callable[[_Key], _Value]) -> _Value:
    """Return what is known of a key; make it where it is not."""
    value = known.get(key)
    if value is None:
        if len(known) >= _KEPT:
            known.clear()
        value = known[key] = make(key)
    return value
