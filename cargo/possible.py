"""Shipments that nothing in a region could ever carry, and what to say of them."""

import math

from cargo.errors import ImpossibleShipmentError
from cargo.network import Network
from cargo.problem import TimedShipment, bays_of, fits_through, holds


def check_possible(network: Network, shipment: TimedShipment) -> None:
    """Refuse a shipment that nothing in the region could ever carry.

    Raises
    ------
    ImpossibleShipmentError
        With what the largest bays hold.
    """
    if any(holds(carrier, shipment) for carrier in bays_of(network)):
        return
    raise ImpossibleShipmentError(impossible_text(network, shipment))


def impossible_text(network: Network, shipment: TimedShipment) -> str:
    """Say what a shipment asks for and what the largest bays hold."""
    document = shipment.document
    carriers = [
        carrier for carrier in bays_of(network) if document.temperature in carrier.temperatures
    ]
    if not carriers:
        return (
            f"shipment '{document.id}': nothing in this region carries '{document.temperature}' "
            "goods; change `temperature`, or give a fleet or a cargo rule that class"
        )
    carriers = [carrier for carrier in carriers if document.goods not in carrier.refuses]
    if not carriers:
        return (
            f"shipment '{document.id}': fleets and cargo rules all refuse '{document.goods}'; take "
            "it out of `refuses` of one of them"
        )
    attended = [carrier for carrier in carriers if carrier.is_attended or not document.accompanied]
    if not attended:
        return (
            f"shipment '{document.id}': nobody watches over goods on anything that carries it; set "
            "`attended` of a cargo rule, or `accompanied: false`"
        )
    fitting = [one for one in attended if fits_through(document.box_cm, one.largest_box)]
    if not fitting:
        boxes = sorted({one.largest_box or () for one in attended}, key=lambda box: -math.prod(box))
        size, most = (
            " x ".join(f"{edge:g}" for edge in box) for box in (document.box_cm or (), boxes[0])
        )
        return (
            f"shipment '{document.id}': its box of {size} cm goes into no bay; the largest takes "
            f"{most} cm: pack it smaller"
        )
    insured = [one for one in fitting if one.max_value is None or document.value <= one.max_value]
    if not insured:
        worth = max(one.max_value for one in fitting if one.max_value is not None)
        return (
            f"shipment '{document.id}' is worth {document.value:.12g}, and all bays that it goes "
            f"into take {worth:.12g} at most; raise `max_value` of one of them, or split it"
        )
    carriers = insured
    largest = [max(sizes) for sizes in zip(*(carrier.bay for carrier in carriers), strict=True)]
    return (
        f"shipment '{document.id}' ({document.kg:g} kg, {document.litres:g} litres, "
        f"{document.pieces} pieces) fits into no bay of this region; the largest hold "
        f"{largest[0]} kg, {largest[1]} litres and {largest[2]} pieces: split the shipment"
    )
