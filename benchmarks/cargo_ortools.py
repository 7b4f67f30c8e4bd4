"""The OR-Tools engine of `cargo` on Li and Lim instances."""

import numpy as np

from benchmarks.lilim import Instance, Rounds

SCALE = 1000  # the engine reckons in integers
VEHICLE_COST = 10_000.0 * SCALE  # a vehicle less is worth more than any distance
UNSERVED = 10**10


def solve(instance: Instance, seconds: float, seed: int) -> Rounds:
    """Rounds after `seconds` of CPU time."""
    from cargo.ortools_rounds import Budget, RoundsProblem, solve_rounds

    n_jobs, n_rounds = len(instance.pairs), instance.n_vehicles
    length = np.rint(instance.distance * SCALE).astype(np.int64)
    service = np.rint(np.array(instance.service) * SCALE).astype(np.int64)
    earliest, latest = (
        (np.array(edges) * SCALE).astype(np.int64) for edges in (instance.earliest, instance.latest)
    )
    ends = np.array(instance.pairs, np.int64)
    pickup, delivery = ends.T
    amounts = np.zeros((n_jobs, 3), np.int64)
    amounts[:, 0] = np.array(instance.demand)[pickup]
    problem = RoundsProblem(
        duration=(length + service[:, None])[None],
        distance=length[None],
        ends=ends,
        windows=np.stack(
            [earliest[pickup], latest[pickup], earliest[delivery], latest[delivery]], axis=1
        ),
        amounts=amounts,
        penalty=np.full(n_jobs, UNSERVED, np.int64),
        may_serve=np.ones((n_jobs, n_rounds), np.int64),
        base=np.zeros(n_rounds, np.int64),
        shift=np.tile([earliest[0], latest[0]], (n_rounds, 1)),
        profile=np.zeros(n_rounds, np.int64),
        room=np.tile([instance.capacity, 0, 0], (n_rounds, 1)),
        rates=np.tile([1.0, 0.0, VEHICLE_COST], (n_rounds, 1)),
        first_task=np.zeros(n_rounds + 1, np.int64),
        task=np.zeros(0, np.int64),
    )
    tasks = solve_rounds(problem, Budget(seconds, 10**9, seed)) or []
    return [[instance.pairs[task >> 1][task & 1] for task in row] for row in tasks]
