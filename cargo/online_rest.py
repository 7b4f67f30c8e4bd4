"""What is left to drive on a running day: rounds on the clock, and laid out for kernels.

Every change makes a new version; offers that were made on another one are old.
"""

from dataclasses import replace

from cargo.errors import BadProblemError
from cargo.online_desk import Desk, Offer
from cargo.pdp.faults import request_faults
from cargo.pdp.model import PdpProblem, Request, Vehicle
from cargo.pdp.plan import DELIVERY, PICKUP, Plan, kind_of, make_plan, task_number
from cargo.pdp.tables import make_ways

Task = tuple[str, str]  # request, PICKUP or DELIVERY


class Rest:
    """Requests that are not done, vehicles where they stand, and who serves whom."""

    def __init__(self, problem: PdpProblem, plan: Plan | None) -> None:
        """Lay out what is left to drive; without a plan nothing."""
        self.problem = replace(problem, fewest_vehicles=False)
        self.agreed = {request.id: request for request in problem.requests}
        self._ways = make_ways(problem)
        self._version = 0
        self._plan: Plan | None = None
        self.rounds: dict[str, list[Task]] = {vehicle.id: [] for vehicle in problem.vehicles}
        for row in plan.rounds if plan is not None else ():
            self.rounds[row.vehicle] = [(visit.request, visit.kind) for visit in row.visits]
        self._lay_out()

    def plan(self) -> Plan:
        """What is left to drive, on the clock; requests that wait without a vehicle."""
        if self._plan is None:
            tables = self._desk.tables
            self._plan = make_plan(self.problem, tables, self._numbers(self.rounds))
        return self._plan

    def _put(self, offer: Offer) -> None:
        """Write an offer into its round."""
        request, tasks = offer.request, self.rounds[offer.vehicle]
        if request.delivery is not None:
            tasks.insert(offer.j, (request.id, DELIVERY))
        if request.pickup is not None:
            tasks.insert(offer.i, (request.id, PICKUP))
        self._lay_out()

    def _best(self, request: Request) -> Offer | None:
        found = self._desk.best(request)
        if found is None:
            return None
        cost, row, i, j = found
        return Offer(request, self.problem.vehicles[row].id, cost, self._version, i, j)

    def _lay_out(self, *, checked: bool = True) -> None:
        """Lay the state out for kernels.

        Raises
        ------
        BadProblemError
            If a round cannot be driven, where that is asked.
        """
        self._version += 1
        self._plan = None
        self._desk = Desk(self.problem, self._ways, self._numbers(self.rounds))
        if checked and not all(self._desk.is_drivable):
            at = self._desk.is_drivable.index(False)
            raise BadProblemError(
                f"the round of vehicle '{self.problem.vehicles[at].id}' cannot be driven as given: "
                "loads, windows, rides or its shift forbid it; take a request out of it and let "
                "`improve` find it a place"
            )

    def _numbers(self, rounds: dict[str, list[Task]]) -> list[list[int]]:
        number = {request.id: r for r, request in enumerate(self.problem.requests)}
        return [
            [task_number(number[name], kind) for name, kind in rounds[vehicle.id]]
            for vehicle in self.problem.vehicles
        ]

    def _task(self, number: int) -> Task:
        return self.problem.requests[number >> 1].id, kind_of(number)

    def _is_drivable(self, vehicle_id: str) -> bool:
        ids = [vehicle.id for vehicle in self.problem.vehicles]
        return self._desk.is_drivable[ids.index(vehicle_id)]

    def _vehicle(self, vehicle_id: str) -> Vehicle:
        for vehicle in self.problem.vehicles:
            if vehicle.id == vehicle_id:
                return vehicle
        raise BadProblemError(f"no vehicle '{vehicle_id}' is on the road")

    def _by_id(self, request_id: str) -> Request:
        for request in self.problem.requests:
            if request.id == request_id:
                return request
        raise BadProblemError(f"request '{request_id}' is unknown, or done already")

    def _refuse_faults(self, request: Request) -> None:
        for fault in request_faults(request, self.problem, self.problem.n_resources):
            raise BadProblemError(fault)

    def _forget(self, request_id: str) -> None:
        rows = tuple(row for row in self.problem.requests if row.id != request_id)
        self.problem = replace(self.problem, requests=rows)

    def _replace_vehicle(self, vehicle: Vehicle) -> None:
        rows = tuple(vehicle if row.id == vehicle.id else row for row in self.problem.vehicles)
        self.problem = replace(self.problem, vehicles=rows)

    def _replace_request(self, request: Request) -> None:
        rows = tuple(request if row.id == request.id else row for row in self.problem.requests)
        self.problem = replace(self.problem, requests=rows)
