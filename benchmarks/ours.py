"""Our engines on instance files, through the same reading and solving as `maas cargo solve`."""

from pathlib import Path

from benchmarks.lilim import Rounds


def own(path: Path, seconds: float, seed: int) -> Rounds:
    """Rounds of nodes by ruin and recreate, after `seconds` of CPU time."""
    return _solve(path, seconds, seed, "own")


def or_tools(path: Path, seconds: float, seed: int) -> Rounds:
    """Rounds of nodes by OR-Tools under our model, in this process."""
    return _solve(path, seconds, seed, "ortools")


def _solve(path: Path, seconds: float, seed: int, engine: str) -> Rounds:
    from cargo.formats.files import read_instance
    from cargo.formats.planar import Planar
    from cargo.pdp.plan import DELIVERY
    from cargo.pdp.search import Limits
    from cargo.pdp.solve import Effort, solve

    instance = read_instance(path)
    assert isinstance(instance.source, Planar)
    nodes = {str(ends[0]): ends for ends in instance.source.requests()}
    plan = solve(instance.problem, Effort(Limits(seconds), seed, engine, is_own_process=False))
    return [
        [nodes[visit.request][-1 if visit.kind == DELIVERY else 0] for visit in row.visits]
        for row in plan.rounds
    ]
