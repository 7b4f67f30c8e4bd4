"""Dial-a-ride instances of Cordeau [1]_: reading, optimal costs, and a check in floating point.

The check shares nothing with any solver: it raises the times of a round until every rule holds or
a window breaks.

.. [1] Ropke, Cordeau, Laporte: Models and branch-and-cut algorithms for pickup and delivery
   problems with time windows, Networks 49 (2007).
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.lilim import TOLERANCE, Rounds, Verdict
from routing.layout import Float64Array


@dataclass(frozen=True)
class Ride:
    """One instance; node 0 is the depot, node `r + n` the delivery of pickup `r`."""

    name: str
    path: Path
    n_vehicles: int
    capacity: int
    longest_round: float
    longest_ride: float
    table: Float64Array  # (n_nodes, 7) node, x, y, service, load, earliest, latest
    distance: Float64Array  # (n_nodes, n_nodes)

    @property
    def n_requests(self) -> int:
        """Passengers' requests."""
        return (len(self.table) - 1) // 2


def folder_in(data: Path) -> Path:
    """Where the instances lie in the folder of outside data."""
    return data / "vrp" / "darp_cordeau"


def read(path: Path) -> Ride:
    """Read one instance file."""
    rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    table = np.array([[float(word) for word in row] for row in rows[1:]])
    table = table[: 1 + 2 * ((len(table) - 1) // 2)]
    offset = table[:, None, 1:3] - table[None, :, 1:3]
    vehicles, _, longest, capacity, ride = (float(word) for word in rows[0][:5])
    return Ride(
        path.stem, path, int(vehicles), int(capacity), longest, ride, table,
        np.sqrt((offset**2).sum(axis=-1)),
    )  # fmt: skip


def best_known(folder: Path) -> dict[str, float]:
    """Optimal cost by instance, transcribed from the literature."""
    with (folder / "best_known.csv").open(encoding="utf-8") as stream:
        return {row["instance"]: float(row["cost"]) for row in csv.DictReader(stream)}


def check(instance: Ride, rounds: Rounds) -> Verdict:
    """Drive all rounds and list what is broken."""
    used = [list(nodes) for nodes in rounds if len(nodes)]
    visited = [node for nodes in used for node in nodes]
    faults = [f"node {node} is visited twice" for node in set(visited) if visited.count(node) > 1]
    if len(used) > instance.n_vehicles:
        faults.append(f"{len(used)} vehicles are used, {instance.n_vehicles} are there")
    for nodes in used:
        faults += _faults(instance, nodes)
    total = sum(
        float(instance.distance[a, b])
        for nodes in used
        for a, b in zip([0, *nodes], [*nodes, 0], strict=True)
    )
    pickups = set(range(1, instance.n_requests + 1))
    return Verdict(len(used), total, len(pickups - set(visited)), tuple(faults))


def _faults(instance: Ride, nodes: Sequence[int]) -> list[str]:
    n, load, faults = instance.n_requests, 0.0, []
    for at, node in enumerate(nodes):
        load += instance.table[node, 4]
        if load > instance.capacity:
            faults.append(f"load {load:g} after node {node} is over {instance.capacity}")
        other = node + n if node <= n else node - n
        if other not in nodes:
            faults.append(f"nodes {node} and {other} are in two rounds")
        elif node > n and nodes.index(other) > at:
            faults.append(f"delivery {node} comes before its pickup")
    return faults if faults or _has_times(instance, nodes) else ["a round has no schedule"]


def _has_times(instance: Ride, nodes: Sequence[int]) -> bool:
    """Whether a round can be driven: least times that keep every rule, raised step by step."""
    row = [0, *nodes, 0]
    service, earliest, latest = instance.table[:, 3], instance.table[:, 5], instance.table[:, 6]
    times = [float(earliest[node]) for node in row]
    back = [(len(row) - 1, 0, instance.longest_round)]
    for k, node in enumerate(row):
        if node > instance.n_requests:
            pickup = node - instance.n_requests
            back.append((k, row.index(pickup), instance.longest_ride + float(service[pickup])))
    for _ in range(10 * len(row) + 10):
        before = list(times)
        for k in range(1, len(row)):
            way = float(service[row[k - 1]] + instance.distance[row[k - 1], row[k]])
            times[k] = max(times[k], times[k - 1] + way)
        for k, earlier, most in back:
            times[earlier] = max(times[earlier], times[k] - most - TOLERANCE)
        if any(time > latest[node] + TOLERANCE for time, node in zip(times, row, strict=True)):
            return False
        if times == before:
            return True
    return False
