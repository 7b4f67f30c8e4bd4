"""Pickup and delivery instances of Li and Lim [1]_: reading, best known values, and a check.

The check shares nothing with any solver: it drives each round in floating point.

.. [1] Li, Lim: A metaheuristic for the pickup and delivery problem with time windows, 2001.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from routing.layout import Float64Array

TOLERANCE = 0.02  # units of time; solvers round to integers
TEN = "lc101 lr101 lrc101 lr201 lrc201 lr109 lr1_2_1 lrc1_2_1 lr1_2_10 lr2_2_1".split()

Rounds = Sequence[Sequence[int]]  # nodes of each vehicle, without the depot 0


@dataclass(frozen=True)
class Instance:
    """One instance; node 0 is the depot, travel time is Euclidean distance."""

    name: str
    path: Path
    n_vehicles: int
    capacity: int
    demand: tuple[int, ...]
    earliest: tuple[float, ...]
    latest: tuple[float, ...]
    service: tuple[float, ...]
    distance: Float64Array  # (n_nodes, n_nodes)
    pairs: tuple[tuple[int, int], ...]  # pickup node, delivery node

    @property
    def n_nodes(self) -> int:
        """Nodes with the depot."""
        return len(self.demand)


@dataclass(frozen=True)
class Verdict:
    """What the check of a set of rounds found."""

    vehicles: int
    distance: float
    unserved: int
    faults: tuple[str, ...]

    @property
    def is_feasible(self) -> bool:
        """Whether everything is served and nothing is broken."""
        return not self.faults and not self.unserved


def folder_in(data: Path) -> Path:
    """Where the instances lie in the folder of outside data."""
    return data / "vrp" / "pdptw_lilim"


def read(path: Path) -> Instance:
    """Read one instance file."""
    rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    table = np.array([[float(word) for word in row[:9]] for row in rows[1:]])
    offset = table[:, None, 1:3] - table[None, :, 1:3]
    return Instance(
        name=path.stem,
        path=path,
        n_vehicles=int(rows[0][0]),
        capacity=int(rows[0][1]),
        demand=tuple(int(value) for value in table[:, 3]),
        earliest=tuple(table[:, 4].tolist()),
        latest=tuple(table[:, 5].tolist()),
        service=tuple(table[:, 6].tolist()),
        distance=np.sqrt((offset**2).sum(axis=-1)),
        pairs=tuple((node, int(row[8])) for node, row in enumerate(table) if row[8] > 0),
    )


def best_known(folder: Path) -> dict[str, tuple[int, float]]:
    """Fewest vehicles, then least distance, by instance."""
    best: dict[str, tuple[int, float]] = {}
    with (folder / "bks_tables_LiLim_and_GH.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            if row["benchmark"] == "LiLim":
                value = (int(row["routes"]), float(row["distance"]))
                name = row["instance"].lower()
                best[name] = min(value, best.get(name, value))
    return best


def check(instance: Instance, rounds: Rounds) -> Verdict:
    """Drive all rounds and list what is broken."""
    used = [list(nodes) for nodes in rounds if len(nodes)]
    faults: list[str] = []
    visited = [node for nodes in used for node in nodes]
    faults += [f"node {node} is visited twice" for node in set(visited) if visited.count(node) > 1]
    if len(used) > instance.n_vehicles:
        faults.append(f"{len(used)} vehicles are used, {instance.n_vehicles} are there")
    total = sum(_drive(instance, nodes, faults) for nodes in used)
    unserved = sum(pickup not in set(visited) for pickup, _ in instance.pairs)
    return Verdict(len(used), total, unserved, tuple(faults))


def _drive(instance: Instance, nodes: Sequence[int], faults: list[str]) -> float:
    """Length of one round; adds to `faults`."""
    clock, load, here, driven = instance.earliest[0], 0, 0, 0.0
    for node in (*nodes, 0):
        step = float(instance.distance[here, node])
        driven += step
        clock = max(instance.earliest[node], clock + instance.service[here] + step)
        load += instance.demand[node]
        if clock > instance.latest[node] + TOLERANCE:
            faults.append(f"node {node} is reached at {clock:.2f}, after {instance.latest[node]}")
        if load > instance.capacity:
            faults.append(f"load {load} after node {node} is over {instance.capacity}")
        here = node
    place = {node: position for position, node in enumerate(nodes)}
    for pickup, delivery in instance.pairs:
        if (pickup in place) != (delivery in place):
            faults.append(f"pickup {pickup} and delivery {delivery} are in two rounds")
        elif pickup in place and place[pickup] > place[delivery]:
            faults.append(f"delivery {delivery} comes before its pickup {pickup}")
    return driven
