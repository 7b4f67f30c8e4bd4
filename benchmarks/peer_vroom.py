"""VROOM on Li and Lim instances, through pyvroom; the only importer of vroom."""

from datetime import timedelta
from typing import Any

import numpy as np

from benchmarks.lilim import Instance, Rounds

SCALE = 100  # VROOM holds durations in 32 bits
VEHICLE_COST = 300_000
LEVEL = 5  # most thorough; VROOM stops by itself


def solve(instance: Instance, seconds: float, seed: int) -> Rounds:  # noqa: ARG001
    """Rounds after at most `seconds`; VROOM draws no random numbers and often ends sooner."""
    found = _input(instance).solve(
        exploration_level=LEVEL, nb_threads=1, timeout=timedelta(seconds=seconds)
    )
    rounds: dict[int, list[int]] = {}
    table = found.routes
    for vehicle, kind, node in zip(table["vehicle_id"], table["type"], table["id"], strict=True):
        if str(kind) in {"pickup", "delivery"}:
            rounds.setdefault(int(vehicle), []).append(int(node))
    return list(rounds.values())


def _input(instance: Instance) -> Any:
    import vroom

    problem = vroom.Input()
    problem.set_durations_matrix("car", np.rint(instance.distance * SCALE).astype(np.uint32))
    day = vroom.TimeWindow(0, int(instance.latest[0] * SCALE))
    for vehicle in range(instance.n_vehicles):
        problem.add_vehicle(
            vroom.Vehicle(
                vehicle,
                start=0,
                end=0,
                capacity=[instance.capacity],
                time_window=day,
                costs=vroom.VehicleCosts(fixed=VEHICLE_COST, per_hour=3600),
            )
        )
    for pickup, delivery in instance.pairs:
        steps = (_step(instance, pickup), _step(instance, delivery))
        problem.add_job(vroom.Shipment(*steps, amount=[instance.demand[pickup]]))
    return problem


def _step(instance: Instance, node: int) -> Any:
    import vroom

    return vroom.ShipmentStep(
        node,
        node,
        default_service=int(instance.service[node] * SCALE),
        time_windows=[
            vroom.TimeWindow(
                int(instance.earliest[node] * SCALE), int(instance.latest[node] * SCALE)
            )
        ],
    )
