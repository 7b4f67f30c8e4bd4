"""Which segments of which trips have too little room for a shipment, and how much more would do.

Of all ways in time the one is told that lacks least: the sum over its segments of the shares of the
goods for which there is no room. A search finds it whose toll on each hop is that share.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter

import numpy as np

from cargo.chains import Ride
from cargo.documents import Document, trip_names
from cargo.layout import Carriers
from cargo.moments import clock_text
from cargo.network import LineTrip, Network, Room
from cargo.problem import Problem
from cargo.quote import SHIPMENT, Offer, Quotes, in_time
from cargo.reason import reason
from routing.layout import Int64Array, frozen

SHARE = 1000  # parts of the goods that tolls count
SIXTEENTHS = 16  # parts of the goods that are asked about
UNITS_JA = {"kg": "kg", "litres": "L", "pieces": "個", "seats": "席"}


def if_room(problem: Problem, quotes: Quotes) -> Document | None:
    """Whether empty bays would do, and where the least room has to be made."""
    empty = problem.network.emptied
    if empty is quotes.carriers or not in_time(problem, quotes.on(empty).offers()):
        return None
    offer = least_lacking(problem, quotes, empty)
    rows = lacking(problem, quotes.carriers, offer.rides)
    text, text_ja = said(rows)
    message = f"the trips in its window have too little room left; {text} would admit it"
    message_ja = f"時間帯の便に空きがありません。{text_ja}あれば運べます。"
    offers = [offer, *in_time(problem, quotes.on(empty).offers())]
    kg, litres, pieces = most_that_fits(
        problem, quotes, quotes.carriers, _narrowest(problem, quotes.carriers, offers)
    )
    remedy: Document = {"room": rows}
    if kg:
        message += f"; up to {kg} kg in {pieces} pieces would still fit"
        message_ja += f"{kg} kg・{pieces}個までなら積めます。"
        remedy |= {"kg": kg, "litres": litres, "pieces": pieces}
    return reason("full", message, message_ja, remedy)


def if_fewer_passengers(problem: Problem, quotes: Quotes) -> Document | None:
    """Whether it would do if fewer passengers were expected on the seats, and how many fewer."""
    network = problem.network
    if network.without_passengers is network.emptied:
        return None
    roomy = _beside_what_is_booked(network, quotes.carriers)
    if not in_time(problem, quotes.on(roomy).offers()):
        return None
    offer = least_lacking(problem, quotes, roomy)
    rows = lacking(problem, quotes.carriers, offer.rides, in_seats=True)
    text, text_ja = said(rows)
    return reason(
        "passengers_expected",
        "the seats that it would need are kept for passengers who are expected; "
        f"{text} would admit it",
        f"旅客が見込まれるため、座席を荷室に使えません。{text_ja}空けば運べます。",
        {"seats": rows},
    )


def _beside_what_is_booked(network: Network, carriers: Carriers) -> Carriers:
    """Carriers with all that their bays hold beside the goods that are on them."""
    whole, offered = network.without_passengers, network.emptied
    return carriers._replace(
        kg=frozen(np.maximum(0, whole.kg - (offered.kg - carriers.kg))),
        litres=frozen(np.maximum(0, whole.litres - (offered.litres - carriers.litres))),
        pieces=frozen(np.maximum(0, whole.pieces - (offered.pieces - carriers.pieces))),
    )


def too_small(remedy: Document) -> Document:
    """A reason for goods that not even empty bays have room for."""
    text, text_ja = said(remedy["room"])
    return reason(
        "full",
        f"the trips in its window have too little room, even empty; {text} would admit it",
        f"時間帯の便は空でも荷室が足りません。{text_ja}あれば運べます。",
        remedy,
    )


def least_lacking(problem: Problem, quotes: Quotes, roomy: Carriers) -> Offer:
    """The way in time on roomy carriers for which the present ones lack least; there is one."""
    others = quotes.on(roomy)
    ways = others.by_toll(_toll(problem, quotes.carriers))
    return in_time(problem, [*ways, *others.offers()])[0]


def lack_of(problem: Problem, carriers: Carriers) -> Callable[[Offer], int]:
    """What a way lacks: the sum over its segments of the shares that have no room there."""
    toll = _toll(problem, carriers)
    return lambda offer: sum(
        int(toll[ride.load_call : ride.unload_call].sum()) for ride in offer.rides
    )


def _toll(problem: Problem, carriers: Carriers) -> Int64Array:
    """Share of a shipment that has no room on the hop after each call, in thousandths."""
    asked = np.maximum(1, problem.shipments[SHIPMENT].room)
    toll: Int64Array = (-(-SHARE * _lack(problem, carriers) // asked)).sum(axis=1)
    return toll


def _lack(problem: Problem, carriers: Carriers, calls: slice = slice(None)) -> Int64Array:
    """Room that a shipment lacks on the hop after each of some calls, shape (n, 3)."""
    left = np.stack([carriers.kg[calls], carriers.litres[calls], carriers.pieces[calls]], axis=1)
    lack: Int64Array = np.maximum(0, np.array(problem.shipments[SHIPMENT].room, np.int64) - left)
    return lack


def lacking(
    problem: Problem, carriers: Carriers, rides: Sequence[Ride], *, in_seats: bool = False
) -> list[Document]:
    """One row for each stretch of a trip that lacks room: where, and how much more of what."""
    network, rows = problem.network, []
    for ride in rides:
        hops = range(ride.load_call, ride.unload_call)
        lack = _lack(problem, carriers, slice(ride.load_call, ride.unload_call)).tolist()
        for amounts, stretch in groupby(zip(hops, lack, strict=True), itemgetter(1)):
            more = Room(*amounts)
            if any(more):
                rows.append(
                    segment_row(network, [hop for hop, _ in stretch])
                    | {"more": _more(network.trips[ride.bay], more, in_seats=in_seats)}
                )
    return rows


def segment_row(network: Network, hops: Sequence[int]) -> Document:
    """The part of a trip that some hops one after another are."""
    trip, first = network.call(hops[0])
    last = network.call(hops[-1] + 1)[1]
    return {
        **trip_names(trip),
        "departure": clock_text(first.departure),
        "from": {"stop_id": first.stop_id, "name": first.stop_name},
        "to": {"stop_id": last.stop_id, "name": last.stop_name},
    }


def _more(trip: LineTrip, lack: Room, *, in_seats: bool) -> Document:
    """What a stretch lacks, in seats where these give all of it."""
    amounts = {name: by for name, by in lack._asdict().items() if by}
    seat = trip.per_seat
    if not in_seats or seat is None or not all(getattr(seat, name) for name in amounts):
        return amounts
    return {"seats": max(-(-by // getattr(seat, name)) for name, by in amounts.items())}


def segment_words(row: Document) -> tuple[str, str]:
    """Where a row is, in words."""
    line, departs = row["line_name"], row["departure"][:5]
    start, end = row["from"]["name"], row["to"]["name"]
    return (
        f"on {line} at {departs} from {start} to {end}",
        f"{line}（{start} {departs}発、{end}まで）",
    )


def said(rows: Sequence[Document]) -> tuple[str, str]:
    """What rows ask for, in words."""
    texts, texts_ja = [], []
    for row in rows:
        where, where_ja = segment_words(row)
        more = row["more"].items()
        texts.append(f"{' and '.join(f'{by} {name}' for name, by in more)} more {where}")
        amounts_ja = "・".join(f"{by}{UNITS_JA[name]}" for name, by in more)
        texts_ja.append(f"{where_ja}にあと{amounts_ja}")
    return " and ".join(texts), "、".join(texts_ja)


def most_that_fits(problem: Problem, quotes: Quotes, carriers: Carriers, known: int = 0) -> Room:
    """Largest share of the shipment, in sixteenths, that finds a chain in time.

    `known` sixteenths do; what is next to them is asked first, as mostly nothing more does.
    """
    shipment = problem.shipments[SHIPMENT]

    def part(share: int) -> Room:
        return Room(*(-(-value * share // SIXTEENTHS) for value in shipment.room))

    low, high = known, SIXTEENTHS  # what fits at `low` and does not at `high`
    share = low + 1
    while high - low > 1:
        smaller = replace(problem, shipments=(replace(shipment, room=part(share)),))
        if part(share) != shipment.room and in_time(
            smaller, quotes.about(smaller, carriers).offers()
        ):
            low = share
        else:
            high = share
        share = (low + high) // 2
    return part(low)


def _narrowest(problem: Problem, carriers: Carriers, offers: Sequence[Offer]) -> int:
    """Sixteenths of a shipment that fit on some of the ways, each as wide as its narrowest hop."""
    left = np.stack([carriers.kg, carriers.litres, carriers.pieces], axis=1).astype(np.int64)
    asked = np.maximum(1, problem.shipments[SHIPMENT].room)
    share = np.clip(SIXTEENTHS * left // asked, 0, SIXTEENTHS - 1).min(axis=1)
    return max(
        min(int(share[ride.load_call : ride.unload_call].min()) for ride in offer.rides)
        for offer in offers
        if offer.rides
    )
