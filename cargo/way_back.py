"""What is agreed on goods that nobody takes at their door: where they go, and by when."""

import difflib
from collections.abc import Iterable, Sequence

from cargo.documents import Document, Style, point_of_hub
from cargo.errors import DocumentError
from cargo.moments import seconds_of
from cargo.network import Network
from cargo.shipment import Shipment


def check_hubs(network: Network, shipments: Iterable[Shipment], source: str) -> None:
    """Refuse shipments that would go back to a hub which is not there.

    Raises
    ------
    DocumentError
        With a line for each, and the nearest hub that exists.
    """
    known = sorted(hub.id for hub in network.hubs)
    faults = []
    for shipment in shipments:
        asked = shipment.if_undelivered
        if asked is None or asked.hub is None or asked.hub in known:
            continue
        near = difflib.get_close_matches(asked.hub, known, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"hubs are {', '.join(known) or 'none'}"
        faults.append(
            f"{source}: shipment '{shipment.id}': if_undelivered.hub: no hub '{asked.hub}'; {hint}"
        )
    if faults:
        raise DocumentError("\n".join(faults))


def way_back(network: Network, style: Style, shipment: Shipment) -> Document | None:
    """Where a shipment goes if nobody takes it; None where nothing is agreed."""
    asked = shipment.if_undelivered
    if asked is None:
        return None
    if asked.hub is not None:
        to = point_of_hub(next(hub for hub in network.hubs if hub.id == asked.hub))
    else:
        to = (asked.to or shipment.pickup).model_dump()
    found: Document = {"to": to}
    if asked.by is not None:
        found["by"] = style.time(seconds_of(asked.by, style.base_epoch, style.zone))
    return found


def told_beside(
    chain: Sequence[Document], network: Network, style: Style, shipment: Shipment
) -> Document:
    """The same as a field of a planned shipment, with who has it at the end of its chain."""
    agreed = way_back(network, style, shipment)
    if agreed is None:
        return {}
    last = chain[-1]
    held_by = last["hub"] if last["kind"] == "hold" else last["vehicle"]
    return {"if_undelivered": {**agreed, "held_by": held_by}}
