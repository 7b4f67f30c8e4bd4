"""What the relaxation of the choice of lines says: bound, gap, and the worth of room."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from cargo.documents import Document, Style, point_of_call, trip_names
from cargo.line_plan import LinePlan
from cargo.problem import Problem

MOST_SCARCE = 40  # segments that the report lists, the dearest ones
WORTH_SAYING = 1.0  # of the smallest unit of the currency


def mean_box(problem: Problem) -> tuple[float, float]:
    """Kg and litres a piece, over the batch."""
    rooms = [shipment.room for shipment in problem.shipments]
    pieces = max(1, sum(room.pieces for room in rooms))
    return sum(room.kg for room in rooms) / pieces, sum(room.litres for room in rooms) / pieces


def box_worths(problem: Problem, lines: LinePlan | None) -> dict[int, float]:
    """What room for one more mean box on a hop would save, in the currency; only what counts."""
    if lines is None:
        return {}
    box = np.array([*mean_box(problem), 1.0])
    worths = lines.relaxation.toll @ box / 1000
    return {int(hop): float(worths[hop]) for hop in np.flatnonzero(worths >= WORTH_SAYING)}


def line_report(
    problem: Problem, style: Style, lines: LinePlan | None, worths: Mapping[int, float]
) -> Document | None:
    """The choice of lines beside its bound and beside first come, first served."""
    if lines is None:
        return None
    kg, litres = mean_box(problem)
    bound = lines.relaxation.bound
    dearest = sorted(worths, key=lambda hop: (-worths[hop], hop))[:MOST_SCARCE]
    return {
        "method": "column generation (GLOP), ways by SCIP and ruin and recreate",
        "cost": style.money(lines.cost / 1000),
        "bound": style.money(bound / 1000),
        "gap_percent": _gap_percent(lines.cost, bound),
        "first_come_first_served": style.money(lines.first_come / 1000),
        "box": {"kg": round(kg, 2), "litres": round(litres, 2)},
        "scarce": [_scarce(problem, style, hop, worths[hop]) for hop in dearest],
    }


def _gap_percent(cost: float, bound: float) -> float:
    """Share of the bound that a cost is above it; 0 where the last digits put it below."""
    return max(0.0, round(100 * (cost - bound) / bound, 3)) if bound > 0 else 0.0


def _scarce(problem: Problem, style: Style, hop: int, worth: float) -> Document:
    network = problem.network
    (trip, load), (_, unload) = network.call(hop), network.call(hop + 1)
    clock = style.time(load.departure)[11:16]
    money: dict[str, Any] = style.money(worth)
    amount = f"{money['amount']} {money['currency']}"
    return {
        **trip_names(trip),
        "from": point_of_call(network.hubs[load.hub], load),
        "to": point_of_call(network.hubs[unload.hub], unload),
        "departure": style.time(load.departure),
        "one_more_box": money,
        "message": (
            f"one more box on the {clock} of {trip.line_name} from {load.stop_name} to "
            f"{unload.stop_name} is worth {amount}"
        ),
        "message_ja": (
            f"{trip.line_name} {clock}発 {load.stop_name}→{unload.stop_name} にあと1個積めれば "
            f"{amount} の節約になります。"
        ),
    }
