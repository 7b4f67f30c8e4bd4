"""Rounds of a load plan by OR-Tools: the road jobs of the chains that were chosen before.

What OR-Tools is asked for is every job of the ways taken, and the direct road for what has none.
Which lines goods ride is not its matter: a way that loses one of its ends is given up, and what
waits is put in by the caller.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from cargo.kernels.steps import refresh
from cargo.loading import Assignment
from cargo.loading_layout import World
from cargo.options import Catalogue
from cargo.ortools_process import solve_in_process
from cargo.ortools_rounds import Budget
from cargo.pdp.model import PdpProblem
from cargo.pdp.state import empty_line, empty_rounds
from cargo.pdp.tables import Ways, make_tables
from routing.layout import NONE

NOTICE = (
    "OR-Tools planned the rounds of lines that had been chosen and filled before: it does not "
    "choose lines and rounds together, knows neither storage of hubs nor limits of price (which "
    "were kept afterwards), and the same seed may give other plans.",
    "OR-Tools は先に選ばれた便に合わせて車両の経路だけを計画しました。便と経路を同時には選ばず、"
    "拠点の保管量と費用の上限は後から守っています。同じシードでも結果が変わることがあります。",
)
MOST_SOLUTIONS = 10**9
Tasks = Sequence[Sequence[int]]


def rounds_by_ortools(
    road: PdpProblem,
    ways: Ways,
    world: World,
    catalogue: Catalogue,
    plan: Assignment,
    budget: Budget,
    is_cancelled: Callable[[], bool],
) -> Assignment:
    """A plan with the rounds that OR-Tools finds from its own; itself where there are none.

    Parameters
    ----------
    road
        The jobs of all options of `catalogue` and the rounds, laid out in `world.road`.
    ways
        Matrices of `road`.
    """
    option = [_asked(catalogue, world, demand, at) for demand, at in enumerate(plan.option)]
    jobs = [job for at in option for job in _jobs(catalogue, at)]
    requests = [
        replace(road.requests[job], penalty=float(world.penalty[world.demand[job]])) for job in jobs
    ]
    some = replace(road, requests=tuple(requests))
    number = {job: at for at, job in enumerate(jobs)}
    start = [[2 * number[task >> 1] + (task & 1) for task in row] for row in plan.tasks]
    tables = make_tables(some, ways, most_requests=max(1, len(jobs)))
    found = solve_in_process([(tables, start, budget)], is_cancelled)[0]
    if found is None:
        return plan
    tasks = [[2 * jobs[task >> 1] + (task & 1) for task in row] for row in found]
    return _whole(catalogue, option, _drivable(world, tasks))


def _asked(catalogue: Catalogue, world: World, demand: int, taken: int) -> int:
    """The option whose jobs are asked for: the one taken, or the direct road; NONE without both."""
    first = world.options.first_of_demand
    direct = (at for at in range(*first[demand : demand + 2]) if not catalogue.options[at].rides)
    return taken if taken != NONE else next(direct, NONE)


def _jobs(catalogue: Catalogue, option: int) -> list[int]:
    if option == NONE:
        return []
    found = catalogue.options[option]
    return [job for job in (found.first_job, found.last_job) if job != NONE]


def _drivable(world: World, tasks: Tasks) -> Tasks:
    """The rounds that hold by our own timing; others are emptied."""
    rounds, line = empty_rounds(world.road), empty_line(world.road)
    kept = []
    for row, some in enumerate(tasks):
        rounds.size[row], rounds.task[row, : len(some)] = len(some), some
        kept.append(some if refresh(world.road, rounds, line, row) else [])
    return kept


def _whole(catalogue: Catalogue, option: Sequence[int], tasks: Tasks) -> Assignment:
    """What has all of its jobs in rounds; the others leave theirs."""
    driven = {task >> 1 for row in tasks for task in row}
    chosen = [at if driven.issuperset(_jobs(catalogue, at)) else NONE for at in option]
    wanted = {job for at in chosen for job in _jobs(catalogue, at)}
    return Assignment(
        tuple(chosen), tuple(tuple(task for task in row if task >> 1 in wanted) for row in tasks)
    )
