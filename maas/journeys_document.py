"""Itineraries as the document of `POST /v1/journeys`: plain dicts in a fixed order of fields."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from maas.assembly import parted
from maas.emissions import SOURCE, of_passengers, of_vehicle
from maas.fares import Bill, Wish, in_units, money
from maas.feeders import Rental
from maas.itinerary import Asked, Itinerary, Leg, Ridden
from maas.live_legs import live_facts, planned_calls
from maas.planner_next import TIGHT, changes
from maas.region_file import Booking
from maas.region_fleets import TaxiFleet
from maas.seats import seats_left
from maas.taxi import book_by

if TYPE_CHECKING:
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
        self._time = asked.clock.text
        self._texts = asked.book.texts(lang)
        self._lang = lang
        self._currency = asked.region.file.currency
        self._co2_g_per_pkm = asked.region.file.co2_g_per_pkm

    def itinerary(self, itinerary: Itinerary) -> Document:
        """One itinerary."""
        time, bill = self._time, itinerary.bill
        legs: list[Document] = []
        rides: list[int] = []
        walk_m = co2_g = 0
        for number, leg in enumerate(itinerary.legs):
            legs.append(document := self._leg(leg))
            co2_g += document["co2_g"]
            if leg.ridden is not None:
                rides.append(number)
            elif leg.mode == "walk":
                walk_m += leg.distance_m
        for change in changes(itinerary, self._asked.day.tables.footpaths.change_time):
            legs[change.leg]["change"] = {
                "available_s": change.available,
                "needed_s": change.needed,
                "is_tight": change.spare < TIGHT,
            }
        price, tickets = itinerary.price, self._tickets(itinerary, rides, bill, "fare_id")
        if is_by_leg := bill.is_by_leg:
            for ticket in tickets:
                legs[ticket["legs"][0]]["price"] = {
                    "amount": ticket["amount"],
                    "currency": ticket["currency"],
                }
        return {
            "departure": time(itinerary.departure),
            "arrival": time(itinerary.arrival),
            "duration_s": itinerary.duration,
            "transfers": itinerary.transfers,
            "walk_m": walk_m,
            "price": None if price is None else money(price, self._currency),
            "co2_g": co2_g,
            "tags": list(itinerary.tags),
            "legs": legs,
            "fares": tickets,
            "price_basis": "by_leg" if is_by_leg else "whole",
            "prices": [self._offer(itinerary, rides, *offer) for offer in itinerary.offers]
            if itinerary.is_road_known
            else [],
        }

    def _offer(self, itinerary: Itinerary, rides: list[int], wish: Wish, bill: Bill) -> Document:
        """What a rider pays by a medium for the whole itinerary, for the party."""
        rider_name, medium_name = self._asked.book.names(wish, self._lang)
        return {
            "rider": wish.rider,
            "rider_name": rider_name,
            "medium": wish.medium,
            "medium_name": medium_name,
            **money(itinerary.cost_by(bill), self._currency),
            "products": self._tickets(itinerary, rides, bill, "product_id"),
            "vehicles": money(itinerary.on_road, self._currency),
        }

    def _tickets(
        self, itinerary: Itinerary, rides: list[int], bill: Bill, id_name: str
    ) -> list[Document]:
        """Tickets of a bill with the legs that each is for; `rides` are the scheduled legs."""
        lang, party, currency = self._lang, itinerary.party, self._currency
        return [
            {
                "legs": [rides[ride] for ride in ticket.rides],
                id_name: ticket.fare_id or None,
                "name": ticket.name_in(lang) or None,
                "amount": in_units(ticket.amount * party, currency),
                "currency": currency,
            }
            for ticket in bill.tickets
        ]

    def _leg(self, leg: Leg) -> Document:
        time, spots, asked = self._time, self._texts.spots, self._asked
        ridden = leg.ridden
        assert leg.polyline is not None
        document: Document = {
            "mode": leg.mode,
            "from": spots[leg.origin].copy(),
            "to": spots[leg.destination].copy(),
            "departure": time(leg.departure),
            "arrival": time(leg.arrival),
            "distance_m": leg.distance_m,
            "co2_g": self._co2_g(leg),
            "geometry": leg.polyline,
        }
        if ridden is not None:
            document |= self._texts.rides[ridden]
            document["seats_left"] = seats_left(asked.region, asked.day, ridden, asked.ledger)
            document |= live_facts(asked, leg, ridden)
            if planned := planned_calls(asked, ridden):
                stops = zip(document["stops"], planned, strict=True)
                document["stops"] = [{**stop, **facts} for stop, facts in stops]
            return document
        if leg.carrier is not None:
            document |= self._call(leg)
        if leg.rental is not None:
            document |= self._rented(leg, leg.rental)
        if leg.streets:
            document["steps"] = [
                {"street": name, "distance_m": metres} for name, metres in leg.streets
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
        time = self._time
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
                "legs": [self._brief(part) for leg in onward.legs for part in parted(leg)],
            }

    def _other(self, ridden: Ridden) -> Document:
        """Another departure of a ride."""
        return self._brief(self._asked.book.legs[ridden])

    def _brief(self, leg: Leg) -> Document:
        """A leg in a few words."""
        time = self._time
        document = {
            "mode": leg.mode,
            "from": self._texts.spot_name(leg.origin),
            "to": self._texts.spot_name(leg.destination),
            "departure": time(leg.departure),
            "arrival": time(leg.arrival),
        }
        if leg.ridden is not None:
            document |= self._texts.trip(leg.ridden.day_trip)
        return document

    def _co2_g(self, leg: Leg) -> int:
        if leg.carrier is not None and isinstance(leg.carrier, TaxiFleet):
            n_cars = -(-self._asked.party // leg.carrier.seats)
            return n_cars * of_vehicle(leg.carrier.co2_g_per_km, leg.distance_m)
        return of_passengers(leg.mode, leg.distance_m, self._asked.party, self._co2_g_per_pkm)

    def _rented(self, leg: Leg, rental: Rental) -> Document:
        """What only shared bikes and parked cars have."""
        facts = {
            "bikes_available": rental.bikes,
            "docks_available": rental.docks,
            "range_m": rental.range_m,
            "spaces": rental.spaces,
        }
        return {
            "operator": self._texts.text(rental.operator or rental.operator_id, rental.operator_en),
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
            "operator": self._texts.text(leg.carrier.name or leg.carrier.id, leg.carrier.name_en),
            "operator_id": leg.carrier.id,
            "call_by": self._time(leg.departure - leg.wait),
            "price": price,
        }
        if isinstance(leg.carrier, TaxiFleet):
            return document
        if leg.carrier.booking is not None:
            document |= self._booking(leg, leg.carrier.booking)
        if leg.carrier.line:
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
