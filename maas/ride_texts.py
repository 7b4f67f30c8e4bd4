"""What journey documents say of stops, lines and scheduled legs of a day in one language.

All of it is the same for everybody and in every answer, so it is written once and kept.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from gtfs.language_tags import is_japanese
from gtfs.names import Names
from maas.kept import Kept
from maas.ride_conditions import ends_of, may_be_special, ride_conditions
from routing.layout import NONE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gtfs.day import Day
    from maas.day_book import Run
    from maas.itinerary import Ridden, Spot
    from maas.local_clock import LocalClock

Document = dict[str, Any]

_KEPT = 4_000  # entries of each kind; a ride takes 4 to 5 kB


class RideTexts:
    """Writes parts of documents and keeps them; who changes one takes a copy.

    Parameters
    ----------
    runs
        Day trips with their stops and times.

    Attributes
    ----------
    rides
        What only scheduled legs have, but for news, free seats and the price.
    spots
        Name and place of an end of a leg.
    """

    def __init__(
        self, day: "Day", clock: "LocalClock", lang: str, runs: "Mapping[int, Run]"
    ) -> None:
        self._names = Names(day.timetable, lang)
        self._is_japanese = is_japanese(lang)
        self._may_be_special = may_be_special(day.timetable)
        self._day = day
        self._clock = clock
        self._dates = {days: (day.date + timedelta(days=days)).isoformat() for days in (-1, 0, 1)}
        self._runs = runs
        self.rides = Kept(self, RideTexts._ride, _KEPT)
        self.spots = Kept(self, RideTexts._spot, _KEPT)
        self._lines = Kept(self, RideTexts._line, _KEPT)
        self._trips = Kept(self, RideTexts._trip, _KEPT)
        self._stops = Kept(self, RideTexts._stop, _KEPT)
        self._rows = Kept(self, RideTexts._row, _KEPT)

    def spot_name(self, spot: "Spot") -> str:
        """Name of an end of a leg."""
        if spot.stop == NONE:
            return self.text(spot.name, spot.name_en)
        return self._names.stop(spot.stop)

    def text(self, name: str, name_en: str) -> str:
        """Text that is told in two languages only."""
        return name if self._is_japanese else name_en or name

    def trip(self, day_trip: int) -> Document:
        """Name of the line of a day trip, and which trip it is."""
        trips, trip = self._day.timetable.trips, int(self._day.trip[day_trip])
        return {
            "line": self._names.line(int(trips.line[trip])),
            "trip_id": trips.id[trip],
            "service_date": self._service_date(day_trip),
        }

    def _service_date(self, day_trip: int) -> str:
        return self._dates[self._day.service_day.item(day_trip)]

    def _spot(self, spot: "Spot") -> Document:
        document: Document = {
            "name": self.spot_name(spot),
            "lat": round(spot.lat, 6),
            "lon": round(spot.lon, 6),
        }
        if spot.stop != NONE:
            stops = self._day.timetable.stops
            document["stop_id"] = stops.id[spot.stop]
            if platform := stops.platform[spot.stop]:
                document["platform"] = platform
        return document

    def _ride(self, ridden: "Ridden") -> Document:
        run = self._runs[ridden.day_trip]
        document = self._trips[ridden.day_trip].copy()
        if ridden.is_seated:
            document["stay_seated"] = True
        if self._may_be_special:
            ends = ends_of(self._day, ridden)
            if ends.up is not None and ends.up.headsign != NONE:
                document["headsign"] = self._names.headsign(run.trip, ends.up.headsign)
            document |= ride_conditions(self._day, self._clock, ridden, ends)
        document["stops"] = self._calls(ridden, run)
        return document

    def _trip(self, day_trip: int) -> Document:
        """What all rides of a day trip have."""
        run = self._runs[day_trip]
        return {
            **self._lines[run.line],
            "trip_id": self._day.timetable.trips.id[run.trip],
            "headsign": self._names.headsign(run.trip),
            "service_date": self._service_date(day_trip),
            "seats_left": 0,  # set for each answer
            "price": None,  # set for each answer
        }

    def _line(self, line: int) -> Document:
        """What all trips of a line have."""
        timetable, lines = self._day.timetable, self._day.timetable.lines
        feed = timetable.feeds[int(lines.feed[line])]
        return {
            "feed": feed.id,
            "attribution": feed.attribution,
            "agency": self._names.agency(line),
            "line": self._names.line(line),
            "line_id": lines.id[line],
            "color": lines.color[line],
        }

    def _calls(self, ridden: "Ridden", run: "Run") -> list[Document]:
        """Stops from boarding to alighting with the times of the day."""
        positions, texts = slice(ridden.board, ridden.alight + 1), self._clock.texts
        calls = [stop.copy() for stop in self._rows[run.course[0]][positions]]
        comes = texts(run.arrival[positions].tolist())
        leaves = texts(run.departure[positions].tolist())
        for call, arrival, departure in zip(calls, comes, leaves, strict=True):
            call["arrival"] = arrival
            call["departure"] = departure
        return calls

    def _row(self, pattern: int) -> list[Document]:
        """Stops of a pattern in order."""
        return [self._stops[stop] for stop in self._day.stops_of_pattern(pattern).tolist()]

    def _stop(self, stop: int) -> Document:
        """Name and place of a stop, and room for the times of a call."""
        stops = self._day.timetable.stops
        return {
            "name": self._names.stop(stop),
            "stop_id": stops.id[stop],
            "lat": round(float(stops.lat[stop]), 6),
            "lon": round(float(stops.lon[stop]), 6),
            "arrival": None,
            "departure": None,
        }
