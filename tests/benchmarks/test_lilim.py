"""The check that judges all engines alike finds every planted fault."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.lilim import TEN, Instance, best_known, check, folder_in, read

# Nodes on a line, 10 apart: depot 0, pickups 1 and 2, deliveries 3 (of 1) and 4 (of 2).
PLACE = np.array([0.0, 10.0, 20.0, 30.0, 40.0])
LINE = Instance(
    name="line",
    path=Path("line.txt"),
    n_vehicles=2,
    capacity=10,
    demand=(0, 6, 4, -6, -4),
    earliest=(0.0, 0.0, 0.0, 0.0, 0.0),
    latest=(200.0, 200.0, 200.0, 200.0, 200.0),
    service=(0.0, 5.0, 5.0, 5.0, 5.0),
    distance=np.abs(PLACE[:, None] - PLACE[None, :]),
    pairs=((1, 3), (2, 4)),
)


def test_a_fine_plan_has_no_faults_and_its_true_length() -> None:
    verdict = check(LINE, [[1, 2, 3, 4], []])
    assert verdict.is_feasible
    assert (verdict.vehicles, verdict.distance) == (1, 80.0)


def test_a_vehicle_waits_for_a_window_to_open() -> None:
    # 50 at node 1, service 5, 20 to node 3 (75), service 5, 30 home: 110.
    patient = replace(LINE, earliest=(0.0, 50.0, 0.0, 0.0, 0.0))
    assert (
        check(replace(patient, latest=(110.0, 200.0, 200.0, 200.0, 200.0)), [[1, 3]]).faults == ()
    )
    assert check(replace(patient, latest=(109.0, 200.0, 200.0, 200.0, 200.0)), [[1, 3]]).faults


@pytest.mark.parametrize(
    ("instance", "rounds", "fault"),
    [
        (LINE, [[1, 2, 4]], "pickup 1 and delivery 3 are in two rounds"),
        (LINE, [[1, 2], [3, 4]], "are in two rounds"),
        (LINE, [[3, 1], [2, 4]], "delivery 3 comes before its pickup 1"),
        (LINE, [[1, 2, 3, 4], [1, 3]], "node 1 is visited twice"),
        (replace(LINE, capacity=9), [[1, 2, 3, 4]], "load 10 after node 2 is over 9"),
        (replace(LINE, latest=(200.0, 9.0, 200.0, 200.0, 200.0)), [[1, 3]], "node 1 is reached at"),
        (replace(LINE, latest=(90.0,) * 5), [[1, 2, 3, 4]], "node 0 is reached at"),
        (replace(LINE, n_vehicles=1), [[1, 3], [2, 4]], "2 vehicles are used, 1 are there"),
    ],
)
def test_each_planted_fault_is_found(
    instance: Instance, rounds: list[list[int]], fault: str
) -> None:
    verdict = check(instance, rounds)
    assert any(fault in found for found in verdict.faults)
    assert not verdict.is_feasible


def test_what_is_left_behind_is_counted() -> None:
    verdict = check(LINE, [[1, 3]])
    assert (verdict.unserved, verdict.faults, verdict.is_feasible) == (1, (), False)


def test_published_instances_and_their_best_values_are_read(outside_data: Path) -> None:
    folder = folder_in(outside_data)
    best = best_known(folder)
    assert best["lc101"] == (10, 828.9369)
    assert best["lr1_2_10"] == (11, 3664.0794)
    for name in TEN:
        instance = read(folder / "instances" / f"{name}.txt")
        assert len(instance.pairs) * 2 + 1 == instance.n_nodes
        assert all(instance.demand[a] == -instance.demand[b] > 0 for a, b in instance.pairs)
        assert best[name][0] <= instance.n_vehicles
