"""What itineraries say again and again of one day: scheduled legs, tickets, lines on the map.

Everything here follows from the day alone, so it is made once and shared between threads. A book
that has grown too large forgets all of it and begins anew.
"""

from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

from gtfs.fares import Ride as PricedRide
from gtfs.modes import MODES
from maas.fares import Wish
from maas.itinerary import Leg, Ridden, Spot
from maas.kept import Kept
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
    """Scheduled legs of a day, and all that hangs on them.

    Attributes
    ----------
    spots
        Spots of stops.
    runs
        Day trips with their stops and times.
    legs
        Scheduled legs, not drawn.
    drawn
        The same with their distance and their line on the map.
    bills
        Tickets of one person by rides in order and who pays how.
    offers
        What each kind of rider pays for rides by each medium, where that is known.
    walks
        Seconds of the footpath between two stops.
    """

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
        self.spots = Kept(self, DayBook._spot)
        self.runs = Kept(self, DayBook._run)
        self.legs = Kept(self, DayBook._leg)
        self.drawn = Kept(self, DayBook._draw)
        self.bills = Kept(self, DayBook._bill)
        self.offers = Kept(self, DayBook._offer)
        self.walks = Kept(self, DayBook._walk)
        self._alone = Kept(self, DayBook._price)
        self._stops = Kept(self, DayBook._stops_in_order)  # of a pattern
        self._lines = Kept(self, DayBook._line)
        self._metres = Kept(self, DayBook._distance_m)
        self._drawings = Kept(self, DayBook._drawing)
        self._texts: OrderedDict[str, RideTexts] = OrderedDict()

    def names(self, wish: Wish, lang: str) -> tuple[str | None, str | None]:
        """Return the names of a rider and a medium in a language, where feeds tell them."""
        return self._fares.names(wish, lang)

    def texts(self, lang: str) -> RideTexts:
        """Return what documents say of the day in a language; the last few are kept."""
        texts = self._texts.pop(lang, None) or RideTexts(self.day, self.clock, lang, self.runs)
        self._texts[lang] = texts
        while len(self._texts) > _KEPT_LANGUAGES:
            self._texts.popitem(last=False)
        return texts

    def distance_m(self, ridden: Ridden) -> int:
        """Distance of a ride along its line."""
        return self._metres[self._part(ridden)]

    def _run(self, day_trip: int) -> Run:
        day, trips, trip = self.day, self._timetable.trips, self.day.trip.item(day_trip)
        pattern = day.pattern_of(day_trip)
        course, stops = (pattern, trips.shape.item(trip)), self._stops[pattern]
        return Run(trip, trips.line.item(trip), course, stops, *day.times(day_trip))

    def _stops_in_order(self, pattern: int) -> tuple[int, ...]:
        return tuple(self.day.stops_of_pattern(pattern).tolist())

    def _line(self, course: tuple[int, int]) -> "TripLine":
        pattern, shape = course
        return self._shapes.line(shape, self.day.stops_of_pattern(pattern))

    def _spot(self, stop: int) -> Spot:
        stops = self._timetable.stops
        lat, lon = float(stops.lat[stop]), float(stops.lon[stop])
        return Spot(stops.name[stop], stops.name_en[stop], lat, lon, stop)

    def _leg(self, ridden: Ridden) -> Leg:
        run = self.runs[ridden.day_trip]
        board, alight = ridden.board, ridden.alight
        return Leg(
            MODES[self._timetable.lines.mode.item(run.line)],
            self.spots[run.stops[board]],
            self.spots[run.stops[alight]],
            run.departure.item(board),
            run.arrival.item(alight),
            ridden=ridden,
        )

    def _draw(self, ridden: Ridden) -> Leg:
        polyline = self._drawings[self._part(ridden)]
        return self.legs[ridden].drawn(self.distance_m(ridden), polyline)

    def _part(self, ridden: Ridden) -> _Part:
        """Course of a ride, and between which positions of it."""
        return self.runs[ridden.day_trip].course, ridden.board, ridden.alight

    def _distance_m(self, part: _Part) -> int:
        course, board, alight = part
        return self._lines[course].distance_m(board, alight)

    def _drawing(self, part: _Part) -> str:
        course, board, alight = part
        return self._lines[course].drawn(board, alight)

    def _bill(self, asked: tuple[tuple[Ridden, ...], Wish]) -> "Bill":
        rides, wish = asked
        alone: list[Alone] = []
        departures: list[int] = []
        for ridden in rides:
            run = self.runs[ridden.day_trip]
            key = (run.course, ridden.board, ridden.alight), run.line, wish
            alone.append(self._alone[key])
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
        return self._fares.alone(ride, lambda _: self._metres[part], wish)

    def _offer(self, rides: tuple[Ridden, ...]) -> "tuple[tuple[Wish, Bill], ...]":
        lines = [self.runs[ridden.day_trip].line for ridden in rides]
        bills = ((wish, self.bills[rides, wish]) for wish in self._fares.wishes(lines))
        return tuple((wish, bill) for wish, bill in bills if bill.is_whole)

    def _priced(self, ridden: Ridden) -> PricedRide:
        run, leg = self.runs[ridden.day_trip], self.legs[ridden]
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
