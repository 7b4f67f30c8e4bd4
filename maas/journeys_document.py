"""Itineraries as the document of `POST /v1/journeys`: plain dicts in a fixed order of fields."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from maas.emissions import of_passengers, of_vehicle
from maas.fares import money
from maas.itinerary import Asked, Itinerary, Leg, Spot
from maas.live_legs import live_facts, planned_calls
from maas.region_file import Booking, DemandZone, TaxiFleet
from maas.seats import seats_left
from maas.taxi import book_by
from routing.layout import NONE
from routing.polyline import encode

if TYPE_CHECKING:
    from gtfs.timetable import Timetable
    from maas.planner_reasons import Reason

Document = dict[str, Any]


def document_of(
    asked: Asked,
    itineraries: Sequence[Itinerary],
    reasons: "Sequence[Reason]",
    notices: "Sequence[Reason]",
    lang: str,
) -> Document:
    """Return the whole answer; names are in the language of the feeds, or in English."""
    writer = _Writer(asked, lang)
    return {
        "itineraries": [writer.itinerary(itinerary) for itinerary in itineraries],
        "reasons": [reason.document() for reason in reasons],
        "notices": [notice.document() for notice in notices],
        "region": {"name": asked.region.file.name, "version": asked.region.version},
    }


class _Writer:
    """Writes itineraries in one language."""

    def __init__(self, asked: Asked, lang: str) -> None:
        self._asked = asked
        self._timetable: Timetable = asked.day.timetable
        self._lang = lang
        self._currency = asked.region.file.currency

    def itinerary(self, itinerary: Itinerary) -> Document:
        """One itinerary."""
        time = self._asked.clock.text
        legs = [self._leg(leg) for leg in itinerary.legs]
        price = itinerary.price
        return {
            "departure": time(itinerary.departure),
            "arrival": time(itinerary.arrival),
            "duration_s": itinerary.duration,
            "transfers": itinerary.transfers,
            "walk_m": sum(leg["distance_m"] for leg in legs if leg["mode"] == "walk"),
            "price": None if price is None else money(price, self._currency),
            "co2_g": sum(leg["co2_g"] for leg in legs),
            "legs": legs,
            "fares": [
                {
                    "legs": list(numbers),
                    "fare_id": ticket.fare_id or None,
                    **money(ticket.amount * itinerary.party, self._currency),
                }
                for numbers, ticket in itinerary.tickets
            ],
        }

    def _leg(self, leg: Leg) -> Document:
        time = self._asked.clock.text
        assert leg.geometry is not None
        document = {
            "mode": leg.mode,
            "from": self._spot(leg.origin),
            "to": self._spot(leg.destination),
            "departure": time(leg.departure),
            "arrival": time(leg.arrival),
            "distance_m": leg.distance_m,
            "co2_g": self._co2_g(leg),
            "geometry": encode(*leg.geometry),
        }
        if leg.ridden is not None:
            document |= self._ride(leg)
        if leg.carrier is not None:
            document |= self._call(leg)
        return document

    def _co2_g(self, leg: Leg) -> int:
        if isinstance(leg.carrier, TaxiFleet):
            n_cars = -(-self._asked.party // leg.carrier.seats)
            return n_cars * of_vehicle(leg.carrier.co2_g_per_km, leg.distance_m)
        own = self._asked.region.file.co2_g_per_pkm
        return of_passengers(leg.mode, leg.distance_m, self._asked.party, own)

    def _spot(self, spot: Spot) -> Document:
        document: Document = {
            "name": self._text(spot.name, spot.name_en),
            "lat": round(spot.lat, 6),
            "lon": round(spot.lon, 6),
        }
        if spot.stop != NONE:
            document["stop_id"] = self._timetable.stops.id[spot.stop]
        return document

    def _text(self, name: str, name_en: str) -> str:
        return name_en or name if self._lang == "en" else name

    def _ride(self, leg: Leg) -> Document:
        """What only scheduled legs have."""
        assert leg.ridden is not None
        day, timetable = self._asked.day, self._timetable
        day_trip = leg.ridden.day_trip
        trip = int(day.trip[day_trip])
        line = int(timetable.trips.line[trip])
        lines, trips = timetable.lines, timetable.trips
        name = lines.short_name[line] or lines.long_name[line]
        return {
            "feed": timetable.feeds[int(lines.feed[line])].id,
            "line": self._text(name, lines.name_en[line]),
            "line_id": lines.id[line],
            "color": lines.color[line],
            "trip_id": trips.id[trip],
            "headsign": self._text(trips.headsign[trip], trips.headsign_en[trip]),
            "service_date": day.service_date(day_trip).isoformat(),
            "seats_left": seats_left(self._asked.region, day, leg.ridden, self._asked.ledger),
            **({"stay_seated": True} if leg.is_seated else {}),
            **live_facts(self._asked, leg.ridden),
            "stops": self._calls(leg),
        }

    def _calls(self, leg: Leg) -> list[Document]:
        """Stops from boarding to alighting with their times."""
        assert leg.ridden is not None
        day, ridden, stops = self._asked.day, leg.ridden, self._timetable.stops
        arrival, departure = day.times(ridden.day_trip)
        called = day.stops(ridden.day_trip)
        time = self._asked.clock.text
        planned = planned_calls(self._asked, ridden)
        return [
            {
                "name": self._text(stops.name[stop], stops.name_en[stop]),
                "stop_id": stops.id[stop],
                "lat": round(float(stops.lat[stop]), 6),
                "lon": round(float(stops.lon[stop]), 6),
                "arrival": time(int(arrival[position])),
                "departure": time(int(departure[position])),
                **planned[position - ridden.board],
            }
            for position, stop in enumerate(called.tolist())
            if ridden.board <= position <= ridden.alight
        ]

    def _call(self, leg: Leg) -> Document:
        """What only vehicles on call have."""
        assert leg.carrier is not None
        price = None if leg.price is None else money(leg.price, self._currency)
        document = {
            "operator": self._text(leg.carrier.name or leg.carrier.id, leg.carrier.name_en),
            "operator_id": leg.carrier.id,
            "call_by": self._asked.clock.text(leg.departure - leg.wait),
            "price": price,
        }
        if isinstance(leg.carrier, DemandZone) and leg.carrier.booking is not None:
            document |= self._booking(leg, leg.carrier.booking)
        if isinstance(leg.carrier, DemandZone) and leg.carrier.line:
            document |= {
                "feed": leg.carrier.line.split(":", 1)[0],
                "line_id": leg.carrier.line,
            }
        return document

    def _booking(self, leg: Leg, booking: Booking) -> Document:
        """How and until when a ride of a feed has to be booked."""
        clock = self._asked.clock
        by = book_by(booking, clock.moment(leg.departure))
        return {
            "call_by": clock.text(min(clock.seconds(by), leg.departure - leg.wait)),
            "booking": {
                "message": booking.message,
                "phone": booking.phone,
                "url": booking.url,
            },
        }
