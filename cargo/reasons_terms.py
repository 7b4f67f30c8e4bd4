"""Whether the kind of goods keeps a shipment from travelling: class, box, company.

The temperature class stands apart, as there is another one to name (`cargo.reasons`).
"""

import math
from dataclasses import replace

from cargo.documents import Document
from cargo.network import Fleet, LineTrip, Network
from cargo.problem import Problem, TimedShipment, admits, bays_of
from cargo.quote import SHIPMENT, Offer, Quotes, in_time
from cargo.reason import reason
from cargo.reasons_fleets import road_parts
from cargo.shipment import MAX_TRIPS

LEAST_TRIPS = 3  # are asked about, whatever a shipment allows

# code → what a shipment would have to be without
TERMS: dict[str, Document] = {
    "goods": {"goods": ""},
    "unattended": {"accompanied": False},
    "box_size": {"box_cm": None},
    "skills": {"skills": ()},
    "value": {"value": 0.0},
}
TERM_TEXTS = {
    "goods": (
        "what serves its doors in its window refuses this class of goods; one that takes it would "
        "admit it",
        "経路上の車両や便はこの種類の荷物を受け付けていません。受け付ければ運べます。",
    ),
    "unattended": (
        "nobody watches over goods on what serves its doors in its window; it could ride alone",
        "経路上の便では荷物に付き添う人がいません。付き添いなしでよければ運べます。",
    ),
    "skills": (
        "no vehicle that serves its doors in its window has all the skills it asks for; one that "
        "has them would admit it",
        "必要な装備・資格を備えた車両が経路上にありません。備えた車両があれば運べます。",
    ),
    "value": (
        "it is worth more than what serves its doors in its window takes, {most:.12g}; goods worth "
        "that much, or a `max_value` of {value:.12g} there would admit it",
        "申告価格が経路上の車両や便の上限({most:.12g})を超えます。{most:.12g}以下にするか、"
        "上限 `max_value` を{value:.12g}にすれば運べます。",
    ),
    "box_size": (
        "its box does not go into what serves its doors in its window; a smaller one would",
        "箱が経路上の荷室に入りません。小さい箱なら運べます。",
    ),
}


def more_trips(shipment: TimedShipment) -> int:
    """As many trips one after another as are worth asking about: mostly one more."""
    return min(MAX_TRIPS, max(LEAST_TRIPS, shipment.document.max_trips + 1))


def binding_term(network: Network, shipment: TimedShipment) -> str:
    """The first of its terms that no bay takes; `too_large` where some bay takes all of them."""
    bays = [bay for bay in bays_of(network) if shipment.document.temperature in bay.temperatures]
    if not bays:
        return "temperature"
    for code, change in TERMS.items():
        if any(admits(bay, shipment) for bay in bays):
            break
        shipment = shipment.changed(**change)
        if any(admits(bay, shipment) for bay in bays):
            return code
    return "too_large"


def if_other_terms(problem: Problem, quotes: Quotes) -> Document | None:
    """Whether goods of no class, a box of no size or goods without company would go."""
    shipment = problem.shipments[SHIPMENT]
    for code, change in TERMS.items():
        other = shipment.changed(**change)
        changed = replace(problem, shipments=(other,))
        if other == shipment or not in_time(
            changed, quotes.about(changed, quotes.carriers).offers()
        ):
            continue
        message, message_ja = TERM_TEXTS[code]
        remedy = _largest_that_goes(problem, quotes) if code == "box_size" else change
        if code == "value":
            worth = {"most": _most_worth(problem, quotes), "value": shipment.document.value}
            message, message_ja = message.format(**worth), message_ja.format(**worth)
            remedy = {"value": worth["most"], "max_value": worth["value"]}
        if code == "goods":
            remedy = {"take_goods": shipment.document.goods}
        elif code == "skills":
            remedy = {"fleet_skills": sorted(shipment.document.skills)}
        return reason(code, message, message_ja, remedy)
    return None


def _most_worth(problem: Problem, quotes: Quotes) -> float:
    """What a shipment may be worth at most to go in time; some limit of a bay."""
    shipment = problem.shipments[SHIPMENT]
    limits = {bay.max_value for bay in bays_of(problem.network) if bay.max_value is not None}
    for most in sorted(limits, reverse=True):
        changed = replace(problem, shipments=(shipment.changed(value=most),))
        if most < shipment.document.value and in_time(
            changed, quotes.about(changed, quotes.carriers).offers()
        ):
            return most
    return 0.0


def worth_taken(problem: Problem, offer: Offer) -> float:
    """What goods may be worth at most on all that carries an offer."""
    network = problem.network
    carriers: list[Fleet | LineTrip] = [network.trips[ride.bay] for ride in offer.rides]
    carriers += [network.fleets[ride.fleet] for ride in road_parts(offer)]
    return min((one.max_value for one in carriers if one.max_value is not None), default=math.inf)


def _largest_that_goes(problem: Problem, quotes: Quotes) -> Document:
    """The largest box of some bay that would go in time."""
    shipment = problem.shipments[SHIPMENT]
    boxes = {bay.largest_box for bay in bays_of(problem.network) if bay.largest_box is not None}
    for box in sorted(boxes, key=math.prod, reverse=True):
        smaller = replace(problem, shipments=(shipment.changed(box_cm=box),))
        if in_time(smaller, quotes.about(smaller, quotes.carriers).offers()):
            return {"box_cm": list(box)}
    return {"box_cm": "smaller"}
