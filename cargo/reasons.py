"""Why a shipment cannot travel, and the smallest change that would let it.

Conditions are relaxed one at a time; the first one whose absence gives a chain in time is the one
that binds. Windows come last, with the smallest shift found by bisection.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from cargo.documents import Document
from cargo.layout import DEPARTURE_HOURS, DWELL, HUB_HOURS, LICENCE, STAFF_HOURS, Carriers
from cargo.network import Call, Fleet, Hub, LineTrip, Network, Room
from cargo.possible import impossible_text
from cargo.problem import Problem, TimedShipment, admits, bays_of, holds
from cargo.quote import SHIPMENT, HandIn, Offer, Quotes, in_time
from cargo.reason import reason
from cargo.reasons_terms import binding_term, if_other_terms
from cargo.shipment import TEMPERATURE_BIT
from cargo.transit import seconds_allowed
from routing.layout import NONE, UNREACHED, frozen

MOST_SHIFT = 12 * 3600  # s; windows are not moved further
SHIFT_STEP = 300  # s
LONG_STEP = 3600  # s, where both ends have to move
ENDLESS = Room(2**30, 2**30, 2**30)
ALL_BLOCKS = HUB_HOURS | STAFF_HOURS | DEPARTURE_HOURS | DWELL | LICENCE

# block → (code, message, Japanese message)
BLOCKS = {
    HUB_HOURS: (
        "hub_hours",
        "the hubs are closed when the trips in question call; longer hub hours would admit it",
        "該当する便の時刻に拠点が閉まっています。拠点の営業時間を延ばせば運べます。",
    ),
    STAFF_HOURS: (
        "staff_hours",
        "nobody is at the hubs to load and unload when the trips in question call; longer hours of "
        "staff would admit it",
        "該当する便の時刻に拠点に係員がいません。係員の勤務時間を延ばせば運べます。",
    ),
    DEPARTURE_HOURS: (
        "departure_hours",
        "the cargo rule takes no parcels at the hours of the trips in question",
        "該当する便の時間帯は貨物の取扱時間外です。",
    ),
    LICENCE: (
        "licence_area",
        "the trips in question may carry no goods at these stops; a licence there would admit it",
        "該当する便は事業区域外の停留所では荷物を扱えません。区域を広げれば運べます。",
    ),
    DWELL: (
        "dwell_too_short",
        "the trips in question stop too briefly to load; a longer stop would admit it",
        "該当する便の停車時間が積み込みに足りません。停車時間を延ばせば運べます。",
    ),
}


def only(problem: Problem, shipment: int) -> Problem:
    """The problem of one shipment alone."""
    return replace(
        problem,
        shipments=(problem.shipments[shipment],),
        parties=(),
        pickup_spot=(problem.pickup_spot[shipment],),
        delivery_spot=(problem.delivery_spot[shipment],),
    )


def why_rejected(problem: Problem, carriers: Carriers) -> Document:
    """Say what keeps the one shipment of a problem from travelling in its window.

    Parameters
    ----------
    problem
        A problem of one shipment.
    carriers
        Carriers with the room that is left.
    """
    shipment = problem.shipments[SHIPMENT]
    if not any(holds(carrier, shipment) for carrier in bays_of(problem.network)):
        return _impossible(problem.network, shipment)
    quotes = Quotes(problem, carriers)
    offers = quotes.offers()
    if in_time(problem, offers):
        return reason(
            "vehicles_busy",
            "every taxi and van that could carry it is busy in its window, or costs more than "
            "leaving it; one more vehicle would admit it",
            "時間帯に運べるタクシーやバンがすべて使われています。車両を1台増やせば運べます。",
            {"vehicles": 1},
        )
    return (
        _if_lifted(problem, quotes, carriers)
        or _if_shifted(problem, quotes, offers)
        or _if_all_day(problem, quotes)
        or _out_of_reach()
    )


def _if_lifted(problem: Problem, quotes: Quotes, carriers: Carriers) -> Document | None:
    """Which one condition apart from the window binds; none, where all of them together do not."""
    if not _goes_without_conditions(problem, quotes):
        return None
    return (
        _if_dearer(problem, quotes)
        or _if_longer_on_the_way(problem, quotes)
        or _if_room(problem, quotes, carriers)
        or _if_fewer_passengers(problem, quotes, carriers)
        or _if_smaller(problem, quotes)
        or _if_other_class(problem, quotes)
        or if_other_terms(problem, quotes)
        or _if_unblocked(problem, quotes)
    )


def _goes_without_conditions(problem: Problem, quotes: Quotes) -> bool:
    """Whether anything arrives in time with endless room everywhere, at all hours."""
    shipment, fleets = problem.shipments[SHIPMENT], problem.network.fleets
    endless = boundless(problem.network.carriers)
    if not all(holds(fleet, shipment) for fleet in fleets):
        able = tuple(_without_terms(one, shipment) for one in fleets)
        problem = replace(problem, network=problem.network.with_fleets(able))
        quotes = Quotes(problem, endless)
    offers = quotes.on(endless).offers(ignored=ALL_BLOCKS, most=UNREACHED, at_any_price=True)
    return bool(in_time(problem, offers))


def _without_terms(fleet: Fleet, shipment: TimedShipment) -> Fleet:
    """A fleet that takes everything, and has the skills that a shipment asks for."""
    return replace(
        fleet,
        bay=ENDLESS,
        temperatures=tuple(TEMPERATURE_BIT),
        refuses=(),
        largest_box=None,
        skills=frozenset(shipment.document.skills),
    )


def _if_dearer(problem: Problem, quotes: Quotes) -> Document | None:
    """Whether the shipment would go if it might cost more, and how much."""
    most = problem.shipments[SHIPMENT].document.max_price
    offers = [] if most is None else in_time(problem, quotes.offers(at_any_price=True))
    if not offers:
        return None
    least = math.ceil(min(offer.cost for offer in offers) / 1000)
    return reason(
        "price",
        f"every way in its window costs more than {most:g}, its limit; {least} would admit one",
        f"費用が上限({most:g})を超えます。{least}まで認めれば運べます。",
        {"max_price": least},
    )


def _if_longer_on_the_way(problem: Problem, quotes: Quotes) -> Document | None:
    """Whether goods that could be on the way for longer would go, and for how much longer."""
    shipment = problem.shipments[SHIPMENT]
    if shipment.most >= UNREACHED:
        return None
    offers = in_time(problem, quotes.offers(most=UNREACHED - 1))
    if not offers:
        return None
    least = min(offer.on_the_way for offer in offers)
    hours = math.ceil(least / 36) / 100
    remedy: Document = {}
    if seconds_allowed(shipment.document.max_hours) < least:
        remedy["max_hours"] = hours
    if shipment.class_most < least:
        remedy["temperature_hours"] = {shipment.document.temperature: hours}
    return reason(
        "transit_hours",
        f"every way in its window takes longer than the {shipment.most / 3600:.2f} hours that it "
        f"may be on the way; {hours:.2f} hours would admit one",
        f"輸送時間の上限({shipment.most / 3600:.2f}時間)を超えます。{hours:.2f}時間まで認めれば"
        "運べます。",
        remedy,
    )


def _impossible(network: Network, shipment: TimedShipment) -> Document:
    code = binding_term(network, shipment)
    return reason(
        code,
        impossible_text(network, shipment),
        "この荷物を積める車両も便もありません。荷物を分けるか、温度帯を変えてください。",
        {"split_into": _parts(network, shipment)} if code == "too_large" else None,
    )


def _parts(network: Network, shipment: TimedShipment) -> int | None:
    """Into how many equal parts a shipment must be split to fit somewhere."""
    bays = [bay.bay for bay in bays_of(network) if admits(bay, shipment) and all(bay.bay)]
    counts = (
        max(-(-asked // has) for asked, has in zip(shipment.room, bay, strict=True)) for bay in bays
    )
    return min(counts, default=None)


def _if_room(problem: Problem, quotes: Quotes, carriers: Carriers) -> Document | None:
    """Whether empty bays would do."""
    empty = problem.network.emptied
    if empty is carriers or not in_time(problem, quotes.on(empty).offers()):
        return None
    return _too_little_room(
        _most_that_fits(problem, quotes, carriers),
        "full",
        "the trips in its window have too little room left",
        "時間帯の便に空きがありません。",
        {"room": "more"},
    )


def _if_fewer_passengers(problem: Problem, quotes: Quotes, carriers: Carriers) -> Document | None:
    """Whether it would do if no passengers were expected on the seats."""
    full = problem.network.without_passengers
    if full is problem.network.emptied or not in_time(problem, quotes.on(full).offers()):
        return None
    return _too_little_room(
        _most_that_fits(problem, quotes, carriers),
        "passengers_expected",
        "the seats that it would need are kept for passengers who are expected",
        "旅客が見込まれるため、座席を荷室に使えません。",
        {"seats": "more"},
    )


def _too_little_room(
    most: Room, code: str, text: str, text_ja: str, otherwise: Document
) -> Document:
    """A reason with the part of the goods that still fits, or another remedy where none does."""
    kg, litres, pieces = most
    if not kg:
        return reason(code, text, text_ja, otherwise)
    return reason(
        code,
        f"{text}; up to {kg} kg in {pieces} pieces would still fit",
        f"{text_ja}{kg} kg・{pieces}個までなら積めます。",
        {"kg": kg, "litres": litres, "pieces": pieces},
    )


def _if_smaller(problem: Problem, quotes: Quotes) -> Document | None:
    """Whether a part of the shipment could go where the whole cannot."""
    kg, litres, pieces = _most_that_fits(problem, quotes, problem.network.emptied)
    if not kg:
        return None
    return reason(
        "too_large",
        "it is too large for everything that serves both of its doors in its window; up to "
        f"{kg} kg and {litres} litres in {pieces} pieces would go",
        f"経路上の車両や便には大きすぎます。{kg} kg・{litres} L・{pieces}個までなら運べます。",
        {"kg": kg, "litres": litres, "pieces": pieces},
    )


def _most_that_fits(problem: Problem, quotes: Quotes, carriers: Carriers) -> Room:
    """Largest share of the shipment, in sixteenths, that finds a chain in time."""
    shipment, best = problem.shipments[SHIPMENT], Room(0, 0, 0)
    low, high = 0, 16  # what fits at `low` and does not at `high`
    while high - low > 1:
        share = (low + high) // 2
        room = Room(*(-(-value * share // 16) for value in shipment.room))
        smaller = replace(problem, shipments=(replace(shipment, room=room),))
        if room != shipment.room and in_time(smaller, quotes.about(smaller, carriers).offers()):
            low, best = share, room
        else:
            high = share
    return best


def _if_other_class(problem: Problem, quotes: Quotes) -> Document | None:
    """Whether only the temperature class stands in the way."""
    shipment = problem.shipments[SHIPMENT]
    name = shipment.document.temperature
    for other in TEMPERATURE_BIT:
        document = shipment.document.model_copy(update={"temperature": other})
        changed = replace(problem, shipments=(replace(shipment, document=document),))
        if other != name and in_time(
            changed, quotes.about(changed, problem.network.carriers).offers()
        ):
            return reason(
                "temperature",
                f"nothing that serves both of its doors in its window carries {name} goods; "
                f"{other} goods could go",
                f"経路上の車両や便は「{name}」の荷物を運べません。「{other}」なら運べます。",
                {"temperature": other},
            )
    return None


def _if_unblocked(problem: Problem, quotes: Quotes) -> Document | None:
    """Whether lifting one kind of block would do, and for which way the least of it."""
    for block, (code, message, message_ja) in BLOCKS.items():
        offers = in_time(problem, quotes.offers(ignored=block))
        if offers:
            least = min((lifts(problem.network, block, offer) for offer in offers), key=_size)
            return reason(code, message, message_ja, {"lift": code, "at": least})
    return None


def _size(rows: Sequence[Document]) -> tuple[int, int]:
    return sum(row.get("by_s", 0) for row in rows), len(rows)


def lifts(network: Network, block: int, offer: Offer) -> list[Document]:
    """What has to give way for a chain: each place, what is needed there, by how many seconds."""
    calls = [
        (network.call(call), is_loading)
        for ride in offer.rides
        for call, is_loading in ((ride.load_call, True), (ride.unload_call, False))
    ]
    rows = [
        row
        for (trip, call), is_loading in calls
        for row in LIFTS[block](network.hubs[call.hub], trip, call, is_loading)
    ]
    return [row for row in rows if row.get("by_s", 1) > 0]


def _hub_lifts(hub: Hub, trip: LineTrip, call: Call, is_loading: bool) -> Iterator[Document]:
    """Longer hours of a hub."""
    begin = call.departure - trip.handling - hub.handling if is_loading else call.arrival
    end = call.departure if is_loading else call.arrival + trip.handling
    if begin < hub.opens:
        yield {"hub": hub.id, "opens": clock_text(begin), "by_s": hub.opens - begin}
    if end > hub.closes:
        yield {"hub": hub.id, "closes": clock_text(end), "by_s": end - hub.closes}


def _hour_lifts(hub: Hub, trip: LineTrip, call: Call, is_loading: bool) -> Iterator[Document]:  # noqa: ARG001
    """Longer hours of a cargo rule."""
    first, last = trip.departs
    by = max(first - call.departure, call.departure - last) if is_loading else 0
    yield {"rule": trip.rule_id, "departs": clock_text(call.departure), "by_s": by}


def _dwell_lifts(hub: Hub, trip: LineTrip, call: Call, is_loading: bool) -> Iterator[Document]:  # noqa: ARG001
    """A longer stop."""
    by = 0 if call.is_end else trip.handling - (call.departure - call.arrival)
    yield {"trip_id": trip.trip_id, "stop_id": call.stop_id, "dwell_s": trip.handling, "by_s": by}


def _staff_lifts(hub: Hub, trip: LineTrip, call: Call, is_loading: bool) -> Iterator[Document]:
    """Longer hours of staff."""
    begin = call.departure - trip.handling - hub.handling if is_loading else call.arrival
    end = call.departure if is_loading else call.arrival + trip.handling
    first, last = hub.staff or (begin, end)
    if begin < first:
        yield {"hub": hub.id, "staff_from": clock_text(begin), "by_s": first - begin}
    if end > last:
        yield {"hub": hub.id, "staff_until": clock_text(end), "by_s": end - last}


def _licence_lifts(hub: Hub, trip: LineTrip, call: Call, is_loading: bool) -> Iterator[Document]:  # noqa: ARG001
    """A licence that covers a stop."""
    if not call.is_licensed:
        yield {"rule": trip.rule_id, "stop_id": call.stop_id}


LIFTS = {
    HUB_HOURS: _hub_lifts,
    STAFF_HOURS: _staff_lifts,
    DEPARTURE_HOURS: _hour_lifts,
    DWELL: _dwell_lifts,
    LICENCE: _licence_lifts,
}


def clock_text(seconds: int) -> str:
    """HH:MM:SS on the service date's clock; hours go on beyond 24."""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _if_shifted(problem: Problem, quotes: Quotes, offers: Sequence[Offer]) -> Document | None:
    """Smallest widening of the window that would do, at either end."""
    shipment = problem.shipments[SHIPMENT]
    later = min((offer.arrival for offer in offers), default=None)
    late = None if later is None else later - shipment.due
    early = _earlier(problem, quotes)
    if early is not None and (late is None or early <= late):
        return reason(
            "window",
            f"no chain arrives in time; it fits if it is ready {_minutes(early)} minutes earlier",
            f"期限に間に合いません。集荷を{_minutes(early)}分早めれば運べます。",
            {"ready_earlier_s": early},
        )
    if late is not None and late <= MOST_SHIFT:
        return reason(
            "window",
            f"no chain arrives in time; it fits if it is due {_minutes(late)} minutes later",
            f"期限に間に合いません。期限を{_minutes(late)}分延ばせば運べます。",
            {"due_later_s": late},
        )
    return None


def _earlier(problem: Problem, quotes: Quotes) -> int | None:
    """Smallest advance of the ready time that gives a chain in time, in steps."""
    shipment = problem.shipments[SHIPMENT]

    def found(steps: int) -> list[Offer]:
        return in_time(problem, quotes.offers(ready=shipment.ready - steps * SHIFT_STEP))

    low, high = 0, min(MOST_SHIFT, shipment.ready) // SHIFT_STEP  # what fails, and what does not
    offers = found(high) if high else []
    if not offers:
        return None
    while high - low > 1:
        needed = high - max(_spare(problem, offer) for offer in offers) // SHIFT_STEP
        guess = (low + high) // 2 if needed <= low else min(high - 1, max(low + 1, needed - 1))
        guess = needed if guess == low and needed < high else guess
        tried = found(guess)
        low, high, offers = (low, guess, tried) if tried else (guess, high, offers)
    return high * SHIFT_STEP


def _spare(problem: Problem, offer: Offer) -> int:
    """Seconds by which a chain in time could begin later, as far as its first part goes."""
    if not offer.rides:
        return problem.shipments[SHIPMENT].due - offer.arrival
    trip, call = problem.network.call(offer.rides[0].load_call)
    assert isinstance(offer.first, HandIn)
    handling = problem.network.hubs[call.hub].handling
    return call.departure - trip.handling - handling - offer.first.time


def _if_all_day(problem: Problem, quotes: Quotes) -> Document | None:
    """Least sum of shifts at both ends that would do, in steps of the ready time."""
    shipment = problem.shipments[SHIPMENT]
    found = []
    shifts = range(0, min(MOST_SHIFT, shipment.ready) + 1, LONG_STEP)
    for early in reversed(shifts):  # what goes nowhere at the earliest goes nowhere later either
        offers = quotes.offers(ready=shipment.ready - early)
        if not offers:
            break
        late = max(0, min(offer.arrival for offer in offers) - shipment.due)
        found.append((early + late, early, late))
    if not found:
        return None
    _, early, late = min(found)
    return reason(
        "window",
        f"no chain arrives in time; it fits if it is ready {_minutes(early)} minutes earlier and "
        f"due {_minutes(late)} minutes later",
        f"期限に間に合いません。集荷を{_minutes(early)}分早め、期限を{_minutes(late)}分延ばせば"
        "運べます。",
        {"ready_earlier_s": early, "due_later_s": late},
    )


def _out_of_reach() -> Document:
    return reason(
        "out_of_reach",
        "no taxi, van or hub serves both of its doors on this day; a fleet or a hub nearer to "
        "them would",
        "この日に集荷先と配達先の両方に行けるタクシー・バン・拠点がありません。",
        {"fleet": "nearer"},
    )


def _minutes(seconds: int) -> int:
    return -(-seconds // 60)


def boundless(carriers: Carriers) -> Carriers:
    """Carriers with room for everything."""
    endless = frozen(np.full(carriers.kg.size, ENDLESS.kg))
    everything = frozen(np.full(carriers.kind.size, NONE))
    return carriers._replace(kg=endless, litres=endless, pieces=endless, kind=everything)
