import time

import pytest

from cargo import ortools_process
from cargo.errors import SolverFailedError
from cargo.ortools_process import solve_in_process
from cargo.ortools_rounds import Budget, solve_rounds
from cargo.pdp.layout import Tables
from cargo.pdp.model import PdpProblem, Request, Stop, Vehicle
from cargo.pdp.tables import make_tables
from routing.layout import frozen

SHORT = Budget(0.2, 100, 1)


def line_of(n: int) -> Tables:
    """Places on a line, a request from each to the next, two vehicles."""
    way = frozen([[10 * abs(a - b) for b in range(n + 1)] for a in range(n + 1)])
    return make_tables(
        PdpProblem(
            requests=tuple(Request(f"r{at}", Stop(at), Stop(at + 1), (1,)) for at in range(n)),
            vehicles=tuple(Vehicle(f"v{at}", 0, 0, capacity=(2,), fixed=50.0) for at in range(2)),
            duration=(way,),
            distance=(way,),
        )
    )


def test_a_process_of_its_own_gives_the_same_rounds() -> None:
    tables = line_of(3)
    found = solve_rounds(tables, (), SHORT)
    assert found is not None
    assert sorted(map(len, found)) == [0, 6]
    assert solve_in_process([(tables, (), SHORT)] * 2) == [found] * 2


def test_nothing_to_do_is_no_problem() -> None:
    tables = line_of(2)
    assert solve_rounds(tables._replace(request=tables.request[:0]), (), SHORT) == [[], []]


def test_cancelling_kills_the_process_soon() -> None:
    answers = iter([False, False])
    begun = time.monotonic()
    jobs = [(line_of(12), (), Budget(600.0, 0, 1))]
    assert solve_in_process(jobs, lambda: next(answers, True)) == [None]
    assert time.monotonic() - begun < 60


def test_a_process_that_dies_is_reported() -> None:
    broken = line_of(2)
    broken = broken._replace(task=frozen(broken.task + 99))
    with pytest.raises(SolverFailedError, match="ended with code"):
        solve_in_process([(broken, (), SHORT)])


def test_a_process_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ortools_process, "START_UP", -1e9)
    monkeypatch.setattr(ortools_process, "LOOK", 1e-3)  # sooner than any process starts
    with pytest.raises(SolverFailedError, match="no answer within"):
        solve_in_process([(line_of(2), (), Budget(600.0, 10**9, 1))])
