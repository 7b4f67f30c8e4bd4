"""Itineraries as the document of `POST /v1/journeys`: plain dicts in a fixed order of fields."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from gtfs.language_tags import is_japanese
from gtfs.names import Names
from maas.assembly import parted
from maas.day_book import DayBook, kept
from maas.emissions import SOURCE, of_passengers, of_vehicle
from maas.fares import Bill, Wish, money
from maas.feeders import Rental
from maas.itinerary import Asked, Itinerary, Leg, Ridden, Spot
from maas.live_legs import live_facts, planned_calls
from maas.planner_next import TIGHT, changes
from maas.region_file import Booking, DemandZone
from maas.region_fleets import TaxiFleet
from maas.ride_conditions import ride_conditions, sign_of
from maas.seats import seats_left
from maas.taxi import book_by
from routing.layout import NONE

if TYPE_CHECKING:
    from gtfs.timetable import Timetable
    from maas.planner_next import Outlook
    from maas.planner_reasons import Reason

Document = dict[str, Any]


def document_of(
    asked: Asked,
    itineraries: Sequence[Itinerary],
    reasons: "Sequence[Reason]",
    notices: "Sequence[Reason]",
    lang: str,
    outlooks: "Sequence[Outlook]" = (),
) -> Document:
    """Return the whole answer; names are in the language that is asked for (`gtfs.names`).

    `outlooks` are those of the itineraries, or none.
    """
    writer = _Writer(asked, lang)
    written = [writer.itinerary(itinerary) for itinerary in itineraries]
    for document, outlook in zip(written, outlooks, strict=bool(outlooks)):
        writer.add_outlook(document, outlook)
    return {
        "itineraries": written,
        "reasons": [reason.document() for reason in reasons],
        "notices": [notice.document() for notice in notices],
        "region": {"name": asked.region.file.name, "version": asked.region.version},
        "co2_source": asked.region.file.co2_source or SOURCE,
    }


class _Writer:
    """Writes itineraries in one language."""

    def __init__(self, asked: Asked, lang: str) -> None:
        self._asked = asked
        self._timetable: Timetable = asked.day.timetable
        self._lang = lang
        self._names = Names(asked.day.timetable, lang)
        self._currency = asked.region.file.currency

    def itinerary(self, itinerary: Itinerary) -> Document:
        """One itinerary."""
        time = self._asked.clock.text
        legs = [self._leg(leg) for leg in itinerary.legs]
        for change in changes(itinerary, self._asked.day.tables.footpaths.change_time):
            legs[change.leg]["change"] = {
                "available_s": change.available,
                "needed_s": change.needed,
                "is_tight": change.spare < TIGHT,
            }
        price, tickets = itinerary.price, self._tickets(itinerary, itinerary.bill, "fare_id")
        if itinerary.bill.is_by_leg:
            for ticket in tickets:
                own = {name: ticket[name] for name in ("amount", "currency")}
                legs[ticket["legs"][0]]["price"] = own
        return {
            "departure": time(itinerary.departure),
            "arrival": time(itinerary.arrival),
            "duration_s": itinerary.duration,
            "transfers": itinerary.transfers,
            "walk_m": sum(leg["distance_m"] for leg in legs if leg["mode"] == "walk"),
            "price": None if price is None else money(price, self._currency),
            "co2_g": sum(leg["co2_g"] for leg in legs),
            "tags": list(itinerary.tags),
            "legs": legs,
            "fares": tickets,
            "price_basis": "by_leg" if itinerary.bill.is_by_leg else "whole",
            "prices": [self._offer(itinerary, *offer) for offer in itinerary.offers]
            if itinerary.is_road_known
            else [],
        }

    def _offer(self, itinerary: Itinerary, wish: Wish, bill: Bill) -> Document:
        """What a rider pays by a medium for the whole itinerary, for the party."""
        rider_name, medium_name = self._asked.book.names(wish, self._lang)
        return {
            "rider": wish.rider,
            "rider_name": rider_name,
            "medium": wish.medium,
            "medium_name": medium_name,
            **money(itinerary.cost_by(bill), self._currency),
            "products": self._tickets(itinerary, bill, "product_id"),
            "vehicles": money(itinerary.on_road, self._currency),
        }

    def _tickets(self, itinerary: Itinerary, bill: Bill, id_name: str) -> list[Document]:
        """Tickets of a bill with the legs that each is for."""
        return [
            {
                "legs": list(numbers),
                id_name: ticket.fare_id or None,
                "name": ticket.name_in(self._lang) or None,
                **money(ticket.amount * itinerary.party, self._currency),
            }
            for numbers, ticket in itinerary.tickets_of(bill)
        ]

    def _leg(self, leg: Leg) -> Document:
        time = self._asked.clock.text
        assert leg.polyline is not None
        document: Document = {
            "mode": leg.mode,
            "from": self._spot(leg.origin),
            "to": self._spot(leg.destination),
            "departure": time(leg.departure),
            "arrival": time(leg.arrival),
            "distance_m": leg.distance_m,
            "co2_g": self._co2_g(leg),
            "geometry": leg.polyline,
        }
        if leg.ridden is not None:
            has_news = self._asked.live.news is not None
            key = leg.ridden, self._lang, has_news
            ride: Document = kept(self._asked.book.texts, key, self._ride)
            document |= ride
            document["seats_left"] = seats_left(
                self._asked.region, self._asked.day, leg.ridden, self._asked.ledger
            )
            if has_news:  # other facts in each generation
                document |= live_facts(self._asked, leg.ridden)
            if planned := planned_calls(self._asked, leg.ridden):
                stops = zip(document["stops"], planned, strict=True)
                document["stops"] = [{**stop, **facts} for stop, facts in stops]
        if leg.carrier is not None:
            document |= self._call(leg)
        if leg.rental is not None:
            document |= self._rented(leg, leg.rental)
        if leg.streets:
            document["steps"] = [
                {"street": street.name, "distance_m": street.distance_m} for street in leg.streets
            ]
        return document

    def add_outlook(self, document: Document, outlook: "Outlook") -> None:
        """Write other departures and ways on after a missed change into a written itinerary."""
        legs = document["legs"]
        for number, (earlier, later) in outlook.others.items():
            legs[number]["other_departures"] = {
                "earlier": [self._other(ridden) for ridden in earlier],
                "later": [self._other(ridden) for ridden in later],
            }
        time, book = self._asked.clock.text, self._asked.book
        end = datetime.fromisoformat(document["arrival"])
        for number, onward in outlook.missed.items():
            if onward is None:
                legs[number]["if_missed"] = None
                continue
            arrival = time(onward.arrival)
            late = datetime.fromisoformat(arrival) - end
            legs[number]["if_missed"] = {
                "arrival": arrival,
                "later_s": int(late.total_seconds()),
                "legs": [self._brief(book, part) for leg in onward.legs for part in parted(leg)],
            }

    def _other(self, ridden: Ridden) -> Document:
        """Another departure of a ride."""
        leg = self._asked.book.leg(ridden)
        return self._brief(self._asked.book, leg)

    def _brief(self, book: DayBook, leg: Leg) -> Document:
        """A leg in a few words."""
        time = book.clock.text
        document = {
            "mode": leg.mode,
            "from": self._spot_name(leg.origin),
            "to": self._spot_name(leg.destination),
            "departure": time(leg.departure),
            "arrival": time(leg.arrival),
        }
        if leg.ridden is not None:
            row = book.row(leg.ridden.day_trip)
            document |= {"line": self._line(row), "trip_id": self._timetable.trips.id[row]}
            document["service_date"] = book.day.service_date(leg.ridden.day_trip).isoformat()
        return document

    def _line(self, trip: int) -> str:
        """Name of the line of a trip."""
        return self._names.line(int(self._timetable.trips.line[trip]))

    def _co2_g(self, leg: Leg) -> int:
        if isinstance(leg.carrier, TaxiFleet):
            n_cars = -(-self._asked.party // leg.carrier.seats)
            return n_cars * of_vehicle(leg.carrier.co2_g_per_km, leg.distance_m)
        own = self._asked.region.file.co2_g_per_pkm
        return of_passengers(leg.mode, leg.distance_m, self._asked.party, own)

    def _spot(self, spot: Spot) -> Document:
        text: Document = kept(self._asked.book.spot_texts, (spot, self._lang), self._place)
        return text.copy()

    def _place(self, key: tuple[Spot, str]) -> Document:
        """Name and place of an end of a leg."""
        spot = key[0]
        document: Document = {
            "name": self._spot_name(spot),
            "lat": round(spot.lat, 6),
            "lon": round(spot.lon, 6),
        }
        if spot.stop != NONE:
            document["stop_id"] = self._timetable.stops.id[spot.stop]
            if platform := self._timetable.stops.platform[spot.stop]:
                document["platform"] = platform
        return document

    def _spot_name(self, spot: Spot) -> str:
        if spot.stop == NONE:
            return self._text(spot.name, spot.name_en)
        return self._names.stop(spot.stop)

    def _text(self, name: str, name_en: str) -> str:
        """Text that is told in two languages only."""
        return name if is_japanese(self._lang) else name_en or name

    def _ride(self, key: tuple[Ridden, str, bool]) -> Document:
        """What only scheduled legs have, but for news; the same for everybody."""
        day, timetable = self._asked.day, self._timetable
        ridden, _, has_news = key
        day_trip = ridden.day_trip
        trip = int(day.trip[day_trip])
        line = int(timetable.trips.line[trip])
        facts: Document = kept(self._asked.book.line_texts, (line, self._lang), self._line_facts)
        return {
            **facts,
            "trip_id": timetable.trips.id[trip],
            "headsign": self._names.headsign(trip, sign_of(day, ridden)),
            "service_date": day.service_date(day_trip).isoformat(),
            "seats_left": 0,  # set for each answer
            "price": None,  # set for each answer
            **({"stay_seated": True} if ridden.is_seated else {}),
            **ride_conditions(day, self._asked.clock, ridden),
            "stops": self._calls(ridden),
            **({} if has_news else live_facts(self._asked, ridden)),
        }

    def _line_facts(self, key: tuple[int, str]) -> Document:
        """What all trips of a line have."""
        line, lines = key[0], self._timetable.lines
        feed = self._timetable.feeds[int(lines.feed[line])]
        return {
            "feed": feed.id,
            "attribution": feed.attribution,
            "agency": self._names.agency(line),
            "line": self._names.line(line),
            "line_id": lines.id[line],
            "color": lines.color[line],
        }

    def _calls(self, ridden: Ridden) -> list[Document]:
        """Stops from boarding to alighting with the times of the day."""
        day = self._asked.day
        positions = slice(ridden.board, ridden.alight + 1)
        stops = day.stops(ridden.day_trip)[positions].tolist()
        arrival, departure = (times[positions].tolist() for times in day.times(ridden.day_trip))
        time = self._asked.clock.text
        comes = [time(arrives) for arrives in arrival]
        return [
            {
                **self._stop_text(stop),
                "arrival": text,
                "departure": text if departs == arrives else time(departs),
            }
            for stop, text, arrives, departs in zip(stops, comes, arrival, departure, strict=True)
        ]

    def _stop_text(self, stop: int) -> Document:
        return kept(self._asked.book.stop_texts, (stop, self._lang), self._stop)

    def _stop(self, key: tuple[int, str]) -> Document:
        """Name and place of a stop."""
        stop, stops = key[0], self._timetable.stops
        return {
            "name": self._names.stop(stop),
            "stop_id": stops.id[stop],
            "lat": round(float(stops.lat[stop]), 6),
            "lon": round(float(stops.lon[stop]), 6),
        }

    def _rented(self, leg: Leg, rental: Rental) -> Document:
        """What only shared bikes and parked cars have."""
        facts = {
            "bikes_available": rental.bikes,
            "docks_available": rental.docks,
            "range_m": rental.range_m,
            "spaces": rental.spaces,
        }
        return {
            "operator": self._text(rental.operator or rental.operator_id, rental.operator_en),
            "operator_id": rental.operator_id,
            "rental_id": rental.id,
            "price": None if leg.price is None else money(leg.price, self._currency),
            **{name: value for name, value in facts.items() if value is not None},
        }

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
