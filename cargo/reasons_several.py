"""Which conditions keep a shipment from travelling together, where no single one does."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from cargo.documents import Document
from cargo.problem import Problem, bays_of
from cargo.quote import SHIPMENT, Offer, Quotes
from cargo.reason import reason
from cargo.reasons_blocks import ALL_BLOCKS, BLOCKS, lifts
from cargo.reasons_room import lack_of, lacking, too_small
from cargo.reasons_terms import TERMS, more_trips, worth_taken
from cargo.reasons_window import MOST_SHIFT
from cargo.shipment import TEMPERATURE_BIT
from routing.layout import UNREACHED

# What may be given up, what is hardest to change last: condition → (name, Japanese name).
CONDITIONS = {
    "max_price": ("its limit of price", "費用の上限"),
    "max_hours": ("its hours on the way", "輸送時間の上限"),
    "max_trips": ("its number of trips", "乗り継ぎの上限"),
    "due": ("when it is due", "配達期限"),
    "ready": ("when it is ready", "集荷可能時刻"),
    "room": ("the room that is left", "空き容量"),
    "goods": ("its class of goods", "品目"),
    "unattended": ("that it is accompanied", "付き添い"),
    "box_size": ("the size of its box", "箱の大きさ"),
    "skills": ("the skills it asks for", "装備・資格"),
    "value": ("its worth", "申告価格"),
    "temperature": ("its temperature class", "温度帯"),
    "hours": ("hours, stops and licences of hubs and lines", "拠点・便の取扱条件"),
}


def if_several(problem: Problem, quotes: Quotes) -> Document | None:
    """The fewest conditions that would have to go together; none where all of them do not help.

    All are given up first and taken back one by one as long as something arrives; what is left is
    needed together.
    """
    asked: dict[frozenset[str], tuple[list[Offer], str]] = {}

    def offers_without(given_up: list[str]) -> list[Offer]:
        key = _apart_from_due(given_up)
        if key not in asked:
            asked[key] = _without(problem, quotes, key)
        later = MOST_SHIFT if "due" in given_up else 0
        return [offer for offer in asked[key][0] if offer.arrival <= due + later]

    due, needed = problem.shipments[SHIPMENT].due, list(_that_may_bind(problem, quotes))
    offers = offers_without(needed)
    if not offers:
        return None
    for condition in reversed(CONDITIONS):
        fewer = [one for one in needed if one != condition]
        if len(fewer) < len(needed) and (found := offers_without(fewer)):
            needed, offers = fewer, found
    lack = lack_of(problem, quotes.carriers)
    best = min(offers, key=lambda offer: (lack(offer), offer.arrival, offer.cost))
    remedies = _remedies(problem, quotes, best) | {
        "temperature": {"temperature": asked[_apart_from_due(needed)][1]}
    }
    remedy = {name: value for one in needed for name, value in remedies[one].items()}
    if needed == ["room"]:
        return too_small(remedy)
    names, names_ja = zip(*(CONDITIONS[one] for one in needed), strict=True)
    return reason(
        "several",
        f"{' and '.join(names)} keep it together; none of them alone does, all of these changes "
        "would admit it",
        f"{'・'.join(names_ja)}を合わせて変更すれば運べます。",
        remedy,
    )


def _apart_from_due(given_up: Sequence[str]) -> frozenset[str]:
    """Conditions that decide on offers; when they are due only says which of them are in time."""
    return frozenset(given_up) - {"due"}


def _that_may_bind(problem: Problem, quotes: Quotes) -> Iterator[str]:
    """Conditions that a shipment has, and that carriers set."""
    shipment, room = problem.shipments[SHIPMENT], quotes.carriers
    document = shipment.document
    is_ample = (
        (room.kg >= shipment.room.kg).all()
        and (room.litres >= shipment.room.litres).all()
        and (room.pieces >= shipment.room.pieces).all()
    )
    has = {
        "max_price": document.max_price is not None,
        "max_hours": shipment.most < UNREACHED,
        "max_trips": document.max_trips < more_trips(shipment),
        "due": True,
        "ready": shipment.ready > 0,
        "room": not is_ample,
        "temperature": any(
            document.temperature not in bay.temperatures for bay in bays_of(problem.network)
        ),
        "hours": True,
        **{code: shipment.changed(**change) != shipment for code, change in TERMS.items()},
    }
    return (condition for condition in CONDITIONS if has[condition])


def _without(problem: Problem, quotes: Quotes, given_up: frozenset[str]) -> tuple[list[Offer], str]:
    """Ways, late ones included, where some conditions do not count, and the temperature class."""
    shipment = problem.shipments[SHIPMENT]
    update = {name: value for one in given_up for name, value in TERMS.get(one, {}).items()}
    if "max_trips" in given_up:
        update["max_trips"] = more_trips(shipment)
    if "ready" in given_up:
        shipment = replace(shipment, ready=max(0, shipment.ready - MOST_SHIFT))
    carriers = problem.network.endless if "room" in given_up else quotes.carriers
    own = shipment.document.temperature
    others = [one for one in TEMPERATURE_BIT if one != own] if "temperature" in given_up else []
    offers: list[Offer] = []
    for one in [own, *others]:
        goods = shipment.changed(**update, temperature=one)
        changed = replace(problem, shipments=(goods,))
        offers = quotes.about(changed, carriers).offers(
            ignored=ALL_BLOCKS if "hours" in given_up else 0,
            most=UNREACHED - 1 if "max_hours" in given_up else None,
            at_any_price="max_price" in given_up,
        )
        if offers:
            return offers, one
    return offers, own


def _remedies(problem: Problem, quotes: Quotes, offer: Offer) -> dict[str, Document]:
    """What each condition would have to be for a way."""
    shipment, network = problem.shipments[SHIPMENT], problem.network
    rows = {code: lifts(network, block, offer.rides) for block, (code, *_) in BLOCKS.items()}
    return {
        "max_price": {"max_price": math.ceil(offer.cost / 1000)},
        "max_hours": {"max_hours": math.ceil(offer.on_the_way / 36) / 100},
        "max_trips": {"max_trips": len(offer.rides)},
        "due": {"due_later_s": offer.arrival - shipment.due},
        "ready": {"ready_earlier_s": shipment.ready - offer.departure},
        "room": {"room": lacking(problem, quotes.carriers, offer.rides)},
        **TERMS,
        "value": {"value": worth_taken(problem, offer)},
        "hours": {"lift": {code: at for code, at in rows.items() if at}},
    }
