"""PyVRP on Li and Lim instances; the only importer of pyvrp."""

import time
from typing import Any

import numpy as np

from benchmarks.lilim import Instance, Rounds

SCALE = 1000  # PyVRP reckons in integers
VEHICLE_COST = 10_000 * SCALE  # a vehicle less is worth more than any distance


def solve(instance: Instance, seconds: float, seed: int) -> Rounds:
    """Rounds after `seconds` of CPU time."""
    started = time.process_time()
    model = _model(instance)
    found = model.solve(
        stop=lambda *_: time.process_time() - started > seconds, seed=seed, display=False
    )
    return [
        [instance.pairs[task.idx][0 if task.is_pickup() else 1] for task in trip if _is_task(task)]
        for trip in found.best.routes()
    ]


def _is_task(task: Any) -> bool:
    return bool(task.is_pickup() or task.is_delivery())


def _model(instance: Instance) -> Any:
    from pyvrp import Model

    model = Model()
    places = [model.add_location(0, 0) for _ in range(instance.n_nodes)]
    end = int(instance.latest[0] * SCALE)
    depot = model.add_depot(places[0], tw_early=0, tw_late=end)
    model.add_vehicle_type(
        instance.n_vehicles,
        capacity=instance.capacity,
        start_depot=depot,
        end_depot=depot,
        fixed_cost=VEHICLE_COST,
        tw_early=0,
        tw_late=end,
    )
    for pickup, delivery in instance.pairs:
        model.add_shipment(
            places[pickup],
            places[delivery],
            *_window(instance, pickup),
            *_window(instance, delivery),
            amount=instance.demand[pickup],
        )
    length = np.rint(instance.distance * SCALE).astype(np.int64).tolist()
    for i, start in enumerate(places):
        for j, end_place in enumerate(places):
            if i != j:
                model.add_edge(start, end_place, distance=length[i][j], duration=length[i][j])
    return model


def _window(instance: Instance, node: int) -> tuple[int, int, int]:
    """Earliest and latest start of the service at a node, and how long it takes."""
    times = (instance.earliest[node], instance.latest[node], instance.service[node])
    return tuple(int(value * SCALE) for value in times)  # type: ignore[return-value]
