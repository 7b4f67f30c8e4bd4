"""The road jobs of a day as one pickup-and-delivery problem of the core.

The ways that demands ride fix which drives are needed and within which windows. A vehicle stands at
a place for a time that does not depend on how much it loads there, so that times at places are part
of the ways between them. Vehicles are told apart by what they may carry: each set of fleets that
some job admits is a skill.
"""

from collections.abc import Sequence
from dataclasses import replace

from cargo.fleet_rounds import FleetRound
from cargo.options import Catalogue, Job
from cargo.passengers import TimedParty, seats
from cargo.pdp.model import PdpProblem, Request, Stop, Vehicle
from cargo.problem import Problem, holds
from cargo.roads import PASSENGERS
from routing.layout import NONE, UNREACHED

Fleets = frozenset[int]


def road_problem(
    problem: Problem, catalogue: Catalogue, rounds: Sequence[FleetRound], *, is_mixed: bool
) -> PdpProblem:
    """Jobs of all options as requests; where it is not mixed, goods go by vans and trucks alone.

    Costs are thousandths of the currency.
    """
    able = _Able(problem, is_mixed=is_mixed)
    fleets = [able.of(job) for job in catalogue.jobs]
    distinct = sorted(set(fleets), key=sorted)
    skills = {some: f"fleets {number}" for number, some in enumerate(distinct)}
    skills_of = {
        fleet: frozenset(name for some, name in skills.items() if fleet in some)
        for fleet in {row.fleet for row in rounds}
    }
    duration, distance = problem.roads.with_service(), problem.roads.distance
    return PdpProblem(
        requests=tuple(
            _request(problem, at, job, frozenset({skills[some]}))
            for at, (job, some) in enumerate(zip(catalogue.jobs, fleets, strict=True))
        ),
        vehicles=tuple(_vehicle(problem, row, skills_of[row.fleet]) for row in rounds),
        duration=tuple(duration),
        distance=tuple(distance),
        is_parted=bool(problem.parties),
        apart=problem.network.apart,
        name="loads",
    )


def request_of(problem: Problem, at: int, job: Job, rounds: Sequence[FleetRound]) -> Request:
    """One more job as a request, for the rounds of the fleets that may do it."""
    able = _Able(problem, is_mixed=True).of(job)
    vehicles = frozenset(row.id for row in rounds if row.fleet in able)
    return replace(_request(problem, at, job, frozenset()), vehicles=vehicles)


class _Able:
    """Which fleets may do a job."""

    def __init__(self, problem: Problem, *, is_mixed: bool) -> None:
        self._problem, self._is_mixed = problem, is_mixed
        self._of_demand: dict[int, Fleets] = {}

    def of(self, job: Job) -> Fleets:
        """Fleets that hold the demand and whose area has both places."""
        some = self._carriers(job.demand)
        return frozenset(at for at in some if self._problem.may(at, job.pickup, job.delivery))

    def _carriers(self, at: int) -> Fleets:
        if at not in self._of_demand:
            fleets, demand = self._problem.network.fleets, self._problem.demands[at]
            self._of_demand[at] = frozenset(
                number
                for number, fleet in enumerate(fleets)
                if (
                    seats(fleet, demand)
                    if isinstance(demand, TimedParty)
                    else holds(fleet, demand) and (self._is_mixed or fleet.is_for_goods)
                )
            )
        return self._of_demand[at]


def _request(problem: Problem, at: int, job: Job, skills: frozenset[str]) -> Request:
    demand = problem.demands[job.demand]
    amount: tuple[int, ...] = tuple(demand.room)
    service, most = int(problem.service_spot[job.pickup]), UNREACHED
    if isinstance(demand, TimedParty):
        most = demand.most_ride(problem.roads.drive(PASSENGERS, job.pickup, job.delivery)[0])
        amount += (demand.document.people, demand.document.wheelchairs)
    elif (job.pickup, job.delivery) == _ends(problem, job.demand):
        most = demand.most
    return Request(
        id=str(at),
        pickup=Stop(job.pickup, job.pickup_from, job.pickup_until),
        delivery=Stop(job.delivery, job.delivery_from, job.delivery_until),
        amount=amount,
        max_ride=None if most >= UNREACHED else most + service,  # the core counts from its start
        is_passenger=isinstance(demand, TimedParty),
        skills=skills,
        goods="" if isinstance(demand, TimedParty) else demand.document.goods,
        if_undelivered=_way_back(problem, job),
    )


def _way_back(problem: Problem, job: Job) -> Stop | None:
    """Where goods go that nobody takes at the end of a job; None where that is no such door."""
    demand = problem.demands[job.demand]
    if isinstance(demand, TimedParty) or job.delivery != problem.delivery_spot[job.demand]:
        return None
    spot = problem.back_spot[job.demand]
    return None if spot == NONE else Stop(spot, 0, demand.back_by)


def _ends(problem: Problem, demand: int) -> tuple[int, int]:
    """Doors of a demand."""
    return problem.pickup_spot[demand], problem.delivery_spot[demand]


def _vehicle(problem: Problem, row: FleetRound, skills: frozenset[str]) -> Vehicle:
    fleet = problem.network.fleets[row.fleet]
    places = (fleet.seats, fleet.wheelchairs) if problem.parties else ()
    return Vehicle(
        id=row.id,
        start=problem.start_spot[row.fleet],
        end=problem.end_spot[row.fleet],
        opens=row.opens,
        closes=row.closes,
        capacity=(*fleet.bay, *places),
        profile=problem.roads.profiles.index(fleet.profile),
        per_m=fleet.per_km,
        per_s=fleet.per_hour / 3.6,
        fixed=fleet.fixed * 1000,
        skills=skills,
        pauses=row.pauses,
    )
