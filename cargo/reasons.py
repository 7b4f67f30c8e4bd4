"""Why a shipment cannot travel, and the smallest change that would let it.

Conditions are relaxed one at a time; the first one whose absence gives a chain in time is the one
that binds. Windows come last, with the smallest shift found by bisection.
"""

import math
from dataclasses import replace

from cargo.company import Company, without_hops
from cargo.documents import Document
from cargo.network import Network
from cargo.possible import impossible_text
from cargo.problem import Problem, TimedShipment, admits, bays_of, holds
from cargo.quote import SHIPMENT, Quotes, in_time
from cargo.reason import reason
from cargo.reasons_blocks import ALL_BLOCKS, if_unblocked
from cargo.reasons_company import if_apart
from cargo.reasons_fleets import vehicles_busy
from cargo.reasons_room import if_fewer_passengers, if_room, most_that_fits
from cargo.reasons_several import if_several
from cargo.reasons_terms import binding_term, if_other_terms, more_trips
from cargo.reasons_window import if_all_day, if_shifted
from cargo.shipment import TEMPERATURE_BIT
from cargo.transit import seconds_allowed
from routing.layout import UNREACHED


def only(problem: Problem, shipment: int) -> Problem:
    """The problem of one shipment alone."""
    return replace(
        problem,
        shipments=(problem.shipments[shipment],),
        parties=(),
        pickup_spot=(problem.pickup_spot[shipment],),
        delivery_spot=(problem.delivery_spot[shipment],),
        back_spot=(problem.back_spot[shipment],),
    )


def why_rejected(quotes: Quotes, company: Company | None = None) -> Document:
    """Say what keeps the shipment of some quotes from travelling in its window.

    Parameters
    ----------
    quotes
        Its quotes on carriers with the room that is left.
    company
        Goods on board that it must not meet; none if not given.
    """
    problem = quotes.problem
    shipment = problem.shipments[SHIPMENT]
    if not any(holds(carrier, shipment) for carrier in bays_of(problem.network)):
        return _impossible(problem.network, shipment)
    alone = quotes.on(without_hops(quotes.carriers, company or {}))
    if offers := in_time(problem, alone.offers()):
        return vehicles_busy(problem, offers)
    return (
        if_apart(problem, quotes, company or {})
        or _if_lifted(problem, quotes)
        or if_shifted(problem, quotes, quotes.offers())
        or if_all_day(problem, quotes)
        or if_several(problem, quotes)
        or _out_of_reach()
    )


def _if_lifted(problem: Problem, quotes: Quotes) -> Document | None:
    """Which one condition apart from the window binds; none, where all of them together do not."""
    if not _goes_without_conditions(problem, quotes):
        return None
    return (
        _if_dearer(problem, quotes)
        or _if_longer_on_the_way(problem, quotes)
        or _if_more_trips(problem, quotes)
        or if_room(problem, quotes)
        or if_fewer_passengers(problem, quotes)
        or _if_smaller(problem, quotes)
        or _if_other_class(problem, quotes)
        or if_other_terms(problem, quotes)
        or if_unblocked(problem, quotes)
    )


def _goes_without_conditions(problem: Problem, quotes: Quotes) -> bool:
    """Whether anything arrives in time with endless room everywhere, at all hours."""
    shipment = problem.shipments[SHIPMENT]
    changed = replace(problem, shipments=(shipment.changed(max_trips=more_trips(shipment)),))
    offers = quotes.freely(changed).offers(ignored=ALL_BLOCKS, most=UNREACHED, at_any_price=True)
    return bool(in_time(changed, offers))


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


def _if_more_trips(problem: Problem, quotes: Quotes) -> Document | None:
    """Whether more trips one after another would do, and how many."""
    shipment = problem.shipments[SHIPMENT]
    for trips in range(shipment.document.max_trips + 1, more_trips(shipment) + 1):
        changed = replace(problem, shipments=(shipment.changed(max_trips=trips),))
        if in_time(changed, quotes.about(changed, quotes.carriers).offers()):
            return reason(
                "max_trips",
                f"every way in its window needs more than {shipment.document.max_trips} trips one "
                f"after another, its limit; {trips} would admit one",
                f"乗り継ぐ便の数が上限({shipment.document.max_trips})を超えます。"
                f"{trips}便まで認めれば運べます。",
                {"max_trips": trips},
            )
    return None


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


def _if_smaller(problem: Problem, quotes: Quotes) -> Document | None:
    """Whether a part of the shipment could go where the whole cannot."""
    kg, litres, pieces = most_that_fits(problem, quotes, quotes.carriers)
    if not kg:
        return None
    return reason(
        "too_large",
        "it is too large for everything that serves both of its doors in its window; up to "
        f"{kg} kg and {litres} litres in {pieces} pieces would go",
        f"経路上の車両や便には大きすぎます。{kg} kg・{litres} L・{pieces}個までなら運べます。",
        {"kg": kg, "litres": litres, "pieces": pieces},
    )


def _if_other_class(problem: Problem, quotes: Quotes) -> Document | None:
    """Whether only the temperature class stands in the way."""
    shipment = problem.shipments[SHIPMENT]
    name = shipment.document.temperature
    for other in TEMPERATURE_BIT:
        changed = replace(problem, shipments=(shipment.changed(temperature=other),))
        if other != name and in_time(changed, quotes.about(changed, quotes.carriers).offers()):
            return reason(
                "temperature",
                f"nothing that serves both of its doors in its window carries {name} goods; "
                f"{other} goods could go",
                f"経路上の車両や便は「{name}」の荷物を運べません。「{other}」なら運べます。",
                {"temperature": other},
            )
    return None


def _out_of_reach() -> Document:
    return reason(
        "out_of_reach",
        "no taxi, van or hub serves both of its doors on this day; a fleet or a hub nearer to "
        "them would",
        "この日に集荷先と配達先の両方に行けるタクシー・バン・拠点がありません。",
        {"fleet": "nearer"},
    )
