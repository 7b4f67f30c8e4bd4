"""Which goods overflow a hub's storage, and which hub keeps goods from travelling."""

from collections.abc import Collection, Iterator, Sequence

from cargo.documents import Document
from cargo.network import Hub, Network
from cargo.quote import HandIn, Offer
from cargo.reason import reason
from cargo.schedule import Operation, occupancy
from routing.layout import NONE


def surplus_of(operation: Operation) -> Iterator[int]:
    """Shipments to take out of each hub so that what is left never exceeds its storage."""
    out: set[int] = set()
    for at, hub in enumerate(operation.problem.network.hubs):
        stays = [stay for stay in occupancy(operation, at) if stay[3] not in out]
        priority = operation.problem.shipments
        stays.sort(key=lambda stay: (-priority[stay[3]].document.priority, stay[2], stay[0]))
        kept: list[tuple[int, int, int, int]] = []
        for stay in stays:
            if most_pieces([*kept, stay]) <= hub.storage_pieces:
                kept.append(stay)
            elif stay[3] not in out:
                out.add(stay[3])
                yield stay[3]


def most_pieces(stays: list[tuple[int, int, int, int]]) -> int:
    """Most pieces that are there at once; a stay covers its first moment, not its last."""
    events = sorted(
        [(came, pieces) for came, _, pieces, _ in stays]
        + [(left, -pieces) for _, left, pieces, _ in stays]
    )
    now = most = 0
    for _, change in events:
        now += change
        most = max(most, now)
    return most


def if_stored(operation: Operation, shipment: int, offers: Sequence[Offer]) -> Document | None:
    """Which hub has no storage left for a shipment; none where some offer needs no more of it.

    `offers` are the ways in time that the shipment has beside the operation.
    """
    pieces = operation.problem.shipments[shipment].room.pieces
    least: tuple[int, int, int] | None = None  # pieces too many, hub, pieces that it would need
    for offer in offers:
        over = list(_overfull(operation, offer, pieces))
        if not over:
            return None
        least = max(over) if least is None else min(least, max(over))
    if least is None:
        return None
    _, at, needed = least
    return _no_storage(operation.problem.network.hubs[at], needed)


def _no_storage(hub: Hub, needed: int) -> Document:
    return reason(
        "storage",
        f"{hub.name} has no storage left while it would lie there; room for {needed} pieces "
        "would admit it",
        f"{hub.name}の保管場所に空きがありません。{needed}個分あれば運べます。",
        {"hub": hub.id, "storage_pieces": needed},
    )


def overfull(operation: Operation, changed: Collection[int]) -> Iterator[tuple[int, Document]]:
    """Which of some shipments hubs have no storage for, the least urgent ones first, and why."""
    out: set[int] = set()
    for at, hub in enumerate(operation.problem.network.hubs):
        stays = [stay for stay in occupancy(operation, at) if stay[3] not in out]
        goods = operation.problem.shipments
        for stay in sorted(stays, key=lambda one: (goods[one[3]].document.priority, -one[2])):
            needed = most_pieces(stays)
            if needed <= hub.storage_pieces:
                break
            if stay[3] in changed and stay[3] not in out:
                out.add(stay[3])
                stays = [other for other in stays if other[3] != stay[3]]
                yield stay[3], _no_storage(hub, needed)


def _overfull(operation: Operation, offer: Offer, pieces: int) -> Iterator[tuple[int, int, int]]:
    """Pieces too many, hub and pieces there at once, of hubs that an offer overfills."""
    network = operation.problem.network
    for at, came, left in _stays(network, offer):
        needed = most_pieces([*occupancy(operation, at), (came, left, pieces, NONE)])
        if needed > network.hubs[at].storage_pieces:
            yield needed - network.hubs[at].storage_pieces, at, needed


def _stays(network: Network, offer: Offer) -> Iterator[tuple[int, int, int]]:
    """Hub, from and until of the stays of an offer."""
    if not offer.rides or offer.last is None:
        return
    assert isinstance(offer.first, HandIn)
    came = offer.first.time
    for ride in offer.rides:
        loaded = network.call(ride.load_call)[1]
        yield loaded.hub, came, loaded.departure
        came = network.call(ride.unload_call)[1].arrival
    trip, call = network.call(offer.rides[-1].unload_call)
    ride_on = offer.last.ride
    yield call.hub, came, came + trip.handling if ride_on is None else ride_on.departure
