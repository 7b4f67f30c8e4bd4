"""What itineraries say again and again of one day: scheduled legs, tickets, lines on the map.

Everything here follows from the day alone, so it is made once and shared between threads. A book
that has grown too large forgets all of it and begins anew.
"""

from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gtfs.fares import Ride as PricedRide
from gtfs.modes import MODES
from maas.fares import USUAL, Wish
from maas.itinerary import Leg, Ridden, Spot
from maas.kept import kept
from maas.ride_texts import RideTexts
from routing.layout import NONE, Int32Array

if TYPE_CHECKING:
    from gtfs.day import Day
    from maas.fares import Alone, Bill, LineFares
    from maas.leg_shapes import LegShapes, TripLine
    from maas.local_clock import LocalClock
    from routing.layout import Footpaths

_KEPT_LANGUAGES = 8
_Part = tuple[tuple[int, int], int, int]  # a course and two positions on it


class Run(NamedTuple):
    """A day trip, as far as all that rides it shares."""

    trip: int  # row of the timetable's trips
    line: int
    course: tuple[int, int]  # pattern and shape: trips with the same ones follow one line
    stops: tuple[int, ...]  # in order
    arrival: Int32Array  # (n_stops,) s
    departure: Int32Array


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
        self._alone: dict[tuple[_Part, int, Wish], Alone] = {}
        self._bills: dict[tuple[tuple[Ridden, ...], Wish], Bill] = {}
        self._offers: dict[tuple[Ridden, ...], tuple[tuple[Wish, Bill], ...]] = {}
        self._walks: dict[tuple[int, int], int] = {}
        self._runs: dict[int, Run] = {}
        self._stops: dict[int, tuple[int, ...]] = {}
        self._lines: dict[tuple[int, int], TripLine] = {}
        self._metres: dict[_Part, int] = {}
        self._drawings: dict[_Part, str] = {}
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
        texts = self._texts.pop(lang, None) or RideTexts(self.day, self.clock, lang)
        self._texts[lang] = texts
        while len(self._texts) > _KEPT_LANGUAGES:
            self._texts.popitem(last=False)
        return texts

    def walk(self, stop: int, there: int) -> int:
        """Seconds of the footpath between two stops."""
        return kept(self._walks, (stop, there), self._walk)

    def run(self, day_trip: int) -> Run:
        """Return a day trip with its stops and times."""
        return kept(self._runs, day_trip, self._run)

    def line(self, day_trip: int) -> "TripLine":
        """Return the line on the map that a day trip follows."""
        return kept(self._lines, self.run(day_trip).course, self._line)

    def distance_m(self, ridden: Ridden) -> int:
        """Distance of a ride along its line."""
        return kept(self._metres, self._part(ridden), self._distance_m)

    def row(self, day_trip: int) -> int:
        """Row of the timetable's trips that a day trip is."""
        return self.run(day_trip).trip

    def _run(self, day_trip: int) -> Run:
        day, trips, trip = self.day, self._timetable.trips, self.day.trip.item(day_trip)
        pattern = day.pattern_of(day_trip)
        stops = self._stops.get(pattern)
        if stops is None:
            stops = self._stops[pattern] = tuple(day.stops(day_trip).tolist())
        course = pattern, trips.shape.item(trip)
        return Run(trip, trips.line.item(trip), course, stops, *day.times(day_trip))

    def _line(self, course: tuple[int, int]) -> "TripLine":
        pattern, shape = course
        return self._shapes.line(shape, np.array(self._stops[pattern], np.int32))

    def _spot(self, stop: int) -> Spot:
        stops = self._timetable.stops
        lat, lon = float(stops.lat[stop]), float(stops.lon[stop])
        return Spot(stops.name[stop], stops.name_en[stop], lat, lon, stop)

    def _leg(self, ridden: Ridden) -> Leg:
        run = self.run(ridden.day_trip)
        board, alight = ridden.board, ridden.alight
        return Leg(
            MODES[self._timetable.lines.mode.item(run.line)],
            self.spot(run.stops[board]),
            self.spot(run.stops[alight]),
            run.departure.item(board),
            run.arrival.item(alight),
            ridden=ridden,
        )

    def _draw(self, ridden: Ridden) -> Leg:
        polyline = kept(self._drawings, self._part(ridden), self._drawing)
        return self.leg(ridden).drawn(self.distance_m(ridden), polyline)

    def _part(self, ridden: Ridden) -> _Part:
        """Course of a ride, and between which positions of it."""
        return self.run(ridden.day_trip).course, ridden.board, ridden.alight

    def _distance_m(self, part: _Part) -> int:
        course, board, alight = part
        return kept(self._lines, course, self._line).distance_m(board, alight)

    def _drawing(self, part: _Part) -> str:
        course, board, alight = part
        return kept(self._lines, course, self._line).drawn(board, alight)

    def _bill(self, asked: tuple[tuple[Ridden, ...], Wish]) -> "Bill":
        rides, wish = asked
        alone: list[Alone] = []
        departures: list[int] = []
        for ridden in rides:
            run = self.run(ridden.day_trip)
            key = (run.course, ridden.board, ridden.alight), run.line, wish
            alone.append(kept(self._alone, key, self._price))
            departures.append(run.departure.item(ridden.board))
        bill = self._fares.joined(alone, departures)
        if bill is not None:
            return bill
        priced = [self._priced(ridden) for ridden in rides]
        return self._fares.bill(
            priced, lambda ride: self.distance_m(rides[ride]), self.day.base_epoch, wish
        )

    def _price(self, key: "tuple[_Part, int, Wish]") -> "Alone":
        """What every ride on a part of a course of a line costs by itself."""
        part, line, wish = key
        (pattern, _), board, alight = part
        stops = self._stops[pattern]
        ride = PricedRide(line, stops[board], stops[alight], 0, stops[board + 1 : alight])
        return self._fares.alone(ride, lambda _: kept(self._metres, part, self._distance_m), wish)

    def _offer(self, rides: tuple[Ridden, ...]) -> "tuple[tuple[Wish, Bill], ...]":
        lines = [self.run(ridden.day_trip).line for ridden in rides]
        bills = ((wish, self.bill(rides, wish)) for wish in self._fares.wishes(lines))
        return tuple((wish, bill) for wish, bill in bills if bill.is_whole)

    def _priced(self, ridden: Ridden) -> PricedRide:
        run, leg = self.run(ridden.day_trip), self.leg(ridden)
        passed = run.stops[ridden.board + 1 : ridden.alight]
        ends = leg.origin.stop, leg.destination.stop
        return PricedRide(run.line, *ends, leg.departure, passed, leg.arrival)

    def _walk(self, ends: tuple[int, int]) -> int:
        return walk_between(self.day.tables.footpaths, *ends)


def walk_between(walks: "Footpaths", stop: int, there: int) -> int:
    """Seconds of the quickest footpath between two stops; NONE where there is none."""
    rows = slice(*walks.first_of_stop[stop : stop + 2].tolist())
    durations = walks.duration[rows][walks.head[rows] == there]
    return int(durations.min()) if durations.size else NONE
