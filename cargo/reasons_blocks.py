"""Which hours, stops or licences keep a shipment from travelling, and by how much they would give.

A block is what a line or a hub does not do at some time or place (`cargo.layout`).
"""

from collections.abc import Iterator, Sequence

from cargo.chains import Ride
from cargo.documents import Document
from cargo.layout import DEPARTURE_HOURS, DWELL, HUB_HOURS, LICENCE, STAFF_HOURS
from cargo.moments import clock_text
from cargo.network import Call, Hub, LineTrip, Network
from cargo.problem import Problem
from cargo.quote import Quotes, in_time
from cargo.reason import reason

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


def if_unblocked(problem: Problem, quotes: Quotes) -> Document | None:
    """Whether lifting one kind of block would do, and for which way the least of it."""
    for block, (code, message, message_ja) in BLOCKS.items():
        offers = in_time(problem, quotes.offers(ignored=block))
        if offers:
            ways = dict.fromkeys(offer.rides for offer in offers)
            least = min((lifts(problem.network, block, rides) for rides in ways), key=size_of)
            return reason(code, message, message_ja, {"lift": code, "at": least})
    return None


def size_of(rows: Sequence[Document]) -> tuple[int, int]:
    """How much has to give way: seconds, then places."""
    return sum(row.get("by_s", 0) for row in rows), len(rows)


def lifts(network: Network, block: int, rides: Sequence[Ride]) -> list[Document]:
    """What has to give way for rides: each place, what is needed there, by how many seconds."""
    calls = [
        (network.call(call), is_loading)
        for ride in rides
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
