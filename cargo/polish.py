"""Hands the road part of a plan to OR-Tools, area by area, and takes back what is better.

Chains stay as they are, so the departures that they use impose the windows of the road jobs.
Shipments that were left behind are offered as direct rides.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cargo.layout import World
from cargo.loading import Assignment, may_serve
from cargo.options import Catalogue
from cargo.ortools_process import solve_in_process
from cargo.ortools_rounds import Budget
from cargo.pdp.layout import PAIR, Tables
from routing.layout import NONE, UNREACHED, BoolArray, frozen

MOST_JOBS = 120  # in one problem of OR-Tools
SPARE_ROUNDS = 2  # empty rounds of a kind that an area may open
SOLUTIONS_PER_JOB = 400  # limit of accepted solutions, so that an idle machine ends equally


@dataclass(frozen=True)
class Area:
    """Rounds that are planned together, and the jobs that they may take."""

    rounds: tuple[int, ...]
    jobs: tuple[int, ...]


def polish(
    world: World,
    catalogue: Catalogue,
    plan: Assignment,
    budget: Budget,
    is_cancelled: Callable[[], bool],
) -> Assignment:
    """Return the plan with rounds by OR-Tools, which may serve other shipments than before."""
    direct = dict(_direct_of_left_behind(catalogue, plan))
    areas = list(_areas(world, catalogue, plan, direct))
    n_jobs = sum(len(area.jobs) for area in areas)
    problems = [
        (
            *_problem(world, plan, area),
            Budget(
                budget.seconds * len(area.jobs) / n_jobs,
                SOLUTIONS_PER_JOB * len(area.jobs),
                budget.seed,
            ),
        )
        for area in areas
    ]
    if not problems:
        return plan
    answers = solve_in_process(problems, is_cancelled)
    tasks = [list(row) for row in plan.tasks]
    for area, answer in zip(areas, answers, strict=True):
        for row, found in zip(area.rounds, answer or (), strict=False):
            tasks[row] = [2 * area.jobs[task // 2] + task % 2 for task in found]
    return _settled(catalogue, plan, tasks, direct)


def _direct_of_left_behind(catalogue: Catalogue, plan: Assignment) -> Iterator[tuple[int, int]]:
    """(shipment, option) of direct rides that could be added."""
    for shipment, taken in enumerate(plan.option):
        first, end = catalogue.first_option[shipment : shipment + 2]
        for option in range(first, end):
            if taken == NONE and not catalogue.options[option].rides:
                yield shipment, option


def _areas(
    world: World, catalogue: Catalogue, plan: Assignment, direct: dict[int, int]
) -> Iterator[Area]:
    """Group rounds of neighbouring bases until an area has enough jobs."""
    jobs_of_round = [sorted({task // 2 for task in row}) for row in plan.tasks]
    extra = [catalogue.options[option].first_job for option in direct.values()]
    nearest = _nearest_fleet(world, extra)
    used = [row for row, jobs in enumerate(jobs_of_round) if jobs]
    fleets = {int(world.vehicles.fleet[row]) for row in used} | set(nearest.values())
    group: list[int] = []
    for fleet in [*_tour(world, sorted(fleets)), NONE]:
        rows = _rounds_of(world, plan, fleet)
        size = sum(len(jobs_of_round[row]) for row in (*group, *rows))
        if group and (fleet == NONE or size > MOST_JOBS):
            near = {int(world.vehicles.fleet[row]) for row in group}
            jobs = [job for row in group for job in jobs_of_round[row]]
            jobs += [job for job in extra if nearest.get(job) in near]
            if jobs:
                yield Area(tuple(group), tuple(jobs))
            group = []
        group += rows


def _rounds_of(world: World, plan: Assignment, fleet: int) -> list[int]:
    """Rounds of a fleet: those in use, and some empty ones of each kind."""
    spare: dict[int, int] = {}
    rows = []
    for row in np.flatnonzero(world.vehicles.fleet == fleet).tolist():
        kind = int(world.vehicles.kind[row])
        if not plan.tasks[row]:
            spare[kind] = spare.get(kind, 0) + 1
        if plan.tasks[row] or spare[kind] <= SPARE_ROUNDS:
            rows.append(row)
    return rows


def _nearest_fleet(world: World, jobs: Sequence[int]) -> dict[int, int]:
    """Fleet nearest to the pickup of each job, among those that may take it."""
    found: dict[int, int] = {}
    every = range(world.vehicles.fleet.size)
    for job in jobs:
        rows = np.flatnonzero(_able(world, [job], every)[0])
        if rows.size:
            vehicles, spot = world.vehicles, world.jobs.pickup[job]
            away = world.travel.duration[vehicles.profile[rows], vehicles.base[rows], spot]
            found[job] = int(vehicles.fleet[rows[np.argmin(away)]])
    return found


def _able(world: World, jobs: Sequence[int], rounds: Sequence[int]) -> BoolArray:
    return may_serve(world.vehicles, world.jobs, world.goods, jobs, rounds)


def _base(world: World, row: int) -> int:
    return int(world.vehicles.base[row])


def _tour(world: World, fleets: list[int]) -> list[int]:
    """Order fleets so that neighbours follow each other: nearest first."""
    base = {int(fleet): _base(world, row) for row, fleet in enumerate(world.vehicles.fleet)}
    order = fleets[:1]
    rest = set(fleets[1:])
    while rest:
        here = base[order[-1]]
        following = min(
            rest, key=lambda fleet: (world.travel.duration[1, here, base[fleet]], fleet)
        )
        order.append(following)
        rest.remove(following)
    return order


def _problem(world: World, plan: Assignment, area: Area) -> tuple[Tables, Sequence[Sequence[int]]]:
    """Tables of one area, with spots and jobs renumbered, and its rounds at present."""
    jobs, vehicles, goods = world.jobs, world.vehicles, world.goods
    job_rows, rows = np.array(area.jobs), np.array(area.rounds)
    ends = np.stack([jobs.pickup[job_rows], jobs.delivery[job_rows]], axis=1).reshape(-1)
    spots, places = np.unique(np.concatenate([ends, vehicles.base[rows]]), return_inverse=True)
    shipment = jobs.shipment[job_rows]
    n_jobs, n_rounds = len(job_rows), len(rows)
    opens = np.stack([jobs.pickup_from[job_rows], jobs.delivery_from[job_rows]], axis=1)
    closes = np.stack([jobs.pickup_until[job_rows], jobs.delivery_until[job_rows]], axis=1)
    none = np.zeros(2 * n_jobs, np.int32)  # service is part of the ways
    base = places[2 * n_jobs :]
    unlimited = np.full(n_rounds, UNREACHED)
    columns = (vehicles.kind, vehicles.profile, base, base, vehicles.opens, vehicles.closes)
    within = (slice(None), spots[:, None], spots[None, :])
    tables = Tables(
        duration=frozen(world.travel.duration[within]),
        distance=frozen(world.travel.distance[within]),
        slack=frozen([UNREACHED] * len(world.travel.duration)),
        task=frozen(
            np.stack([places[: 2 * n_jobs], opens.reshape(-1), closes.reshape(-1), none], axis=1)
        ),
        request=frozen(np.tile([PAIR, 0, UNREACHED], (n_jobs, 1))),
        amount=frozen(
            np.stack([goods.kg[shipment], goods.litres[shipment], goods.pieces[shipment]], axis=1)
        ),
        penalty=frozen(np.minimum(goods.penalty[shipment], 1e15), np.float64),
        vehicle=frozen(
            np.stack(
                [*(one if one is base else one[rows] for one in columns), unlimited, unlimited],
                axis=1,
            )
        ),
        capacity=frozen(
            np.stack([vehicles.kg[rows], vehicles.litres[rows], vehicles.pieces[rows]], axis=1)
        ),
        rate=frozen(
            np.stack([vehicles.per_m[rows], vehicles.per_s[rows], vehicles.fixed[rows]], axis=1),
            np.float64,
        ),
        serves=frozen(_able(world, area.jobs, area.rounds), np.uint8),
        first_pause=frozen(np.zeros(n_rounds + 1)),
        pause=frozen(np.zeros((0, 3))),
        goods=frozen(np.full(n_jobs, NONE)),
        apart=frozen(np.zeros((0, 0)), np.uint8),
        is_parted=0,
    )
    number = {job: at for at, job in enumerate(area.jobs)}
    tasks = [[2 * number[task // 2] + task % 2 for task in plan.tasks[row]] for row in area.rounds]
    return tables, tasks


def _settled(
    catalogue: Catalogue, plan: Assignment, tasks: list[list[int]], direct: dict[int, int]
) -> Assignment:
    """Keep chains whole: a shipment with a dropped job is left behind altogether."""
    placed = {task // 2 for row in tasks for task in row}
    taken = [direct.get(at, NONE) if old == NONE else old for at, old in enumerate(plan.option)]
    for shipment, option in enumerate(taken):
        if option != NONE:
            chain = catalogue.options[option]
            if not {chain.first_job, chain.last_job} - {NONE} <= placed:
                taken[shipment] = NONE
    kept = tuple(
        tuple(task for task in row if taken[catalogue.jobs[task // 2].shipment] != NONE)
        for row in tasks
    )
    return Assignment(tuple(taken), kept)
