"""Running vehicles: new requests are put in at once, and the plan is mended when things go wrong.

The state is always a problem of its own: what is left to do, by vehicles that stand where their
last committed visit ends. A visit is committed once its vehicle has set out for it, or will within
the commit horizon; then nothing changes it. What is on board stays on board: it has only a
delivery left, and only by its vehicle. So every rule of the core holds for the rest of the day.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from cargo.errors import BadProblemError
from cargo.online_changes import Difference
from cargo.online_commit import (
    last_visit,
    not_before,
    request_after,
    vehicle_after,
    with_less_room,
)
from cargo.online_desk import Offer
from cargo.online_rest import Task
from cargo.online_undelivered import WaysBack
from cargo.pdp.layout import INFINITE
from cargo.pdp.model import PdpProblem, Request, Stop
from cargo.pdp.plan import DELIVERY, PICKUP, Plan, VehicleRound, Visit
from cargo.pdp.search import Limits, Searcher
from cargo.pdp.tables import make_tables
from routing.layout import frozen


class Dispatcher(WaysBack):
    """The vehicles of a day while they run. Not for use by two threads at once."""

    def __init__(
        self, problem: PdpProblem, plan: Plan | None = None, *, now: int = 0, horizon: int = 0,
        seed: int = 0,
    ) -> None:  # fmt: skip
        """Begin a day; without a plan all requests of the problem wait for `improve`.

        Raises
        ------
        BadProblemError
            If the problem contradicts itself.
        """
        self.now, self.horizon, self._seed = now, horizon, seed
        self.done: dict[str, list[Visit]] = {vehicle.id: [] for vehicle in problem.vehicles}
        self.began: dict[str, int] = {}
        vehicles = tuple(not_before(vehicle, now) for vehicle in problem.vehicles)
        super().__init__(replace(problem, vehicles=vehicles), plan)

    def resume(
        self, rounds: Mapping[str, Sequence[Task]], agreed: Iterable[Request],
        done: Mapping[str, Sequence[Visit]], began: Mapping[str, int],
    ) -> None:  # fmt: skip
        """Go on where another dispatcher was: what is left to drive, and what was before.

        Raises
        ------
        BadProblemError
            If a round cannot be driven.
        """
        self.rounds |= {vehicle: list(tasks) for vehicle, tasks in rounds.items()}
        accepted = {request.id: request for request in agreed}
        others = {name: one for name, one in self.agreed.items() if name not in accepted}
        self.agreed = accepted | others  # in the order of acceptance
        self.done |= {vehicle: list(visits) for vehicle, visits in done.items()}
        self.began = dict(began)
        self._lay_out()

    # --- asking ---------------------------------------------------------------------------------

    def offer(self, request: Request) -> Offer | None:
        """Exact best insertion of a request over all vehicles and places; None if there is none.

        Raises
        ------
        BadProblemError
            If the request contradicts itself or its id is taken.
        """
        if request.id in self.agreed:
            raise BadProblemError(f"request '{request.id}' is there already; give it a new id")
        self._refuse_faults(request)
        return self._best(request)

    # --- events ---------------------------------------------------------------------------------

    def accept(self, offer: Offer) -> Difference:
        """Take up an offer.

        Raises
        ------
        BadProblemError
            If something has happened since it was made.
        """
        if offer.version != self._version:
            raise BadProblemError(f"the offer for '{offer.request.id}' is old; ask again")
        before = self.plan()
        self.agreed[offer.request.id] = offer.request
        self.problem = replace(self.problem, requests=(*self.problem.requests, offer.request))
        self._put(offer)
        return self._changed(before)

    def advance(self, now: int) -> list[tuple[str, Visit]]:
        """Let time pass; returns the visits committed by it as (vehicle, visit).

        Raises
        ------
        BadProblemError
            If time would run backwards.
        """
        if now < self.now:
            raise BadProblemError(f"it is {self.now} already; {now} is past")
        self.now = now
        committed = [
            (row.vehicle, visit)
            for row in self.plan().rounds
            for visit in self._commit(row.vehicle, row)
        ]
        vehicles = tuple(not_before(vehicle, now) for vehicle in self.problem.vehicles)
        self.problem = replace(self.problem, vehicles=vehicles)
        self._lay_out()
        return committed

    def improve(self, limits: Limits) -> Difference:
        """Look for a better plan of what is not committed, those who wait without one first."""
        before = self.plan()
        tables, n = make_tables(self.problem, self._ways), len(self.problem.requests)
        is_first = [n + 1.0 if request.is_passenger else 1.0 for request in self.problem.requests]
        penalty = frozen(np.minimum(tables.penalty * is_first, INFINITE / 1e3), np.float64)
        searcher = Searcher(tables._replace(penalty=penalty), seed=self._seed)
        searcher.start(self._numbers(self.rounds))
        found = searcher.run(limits)
        self.rounds = {
            vehicle.id: [self._task(number) for number in numbers]
            for vehicle, numbers in zip(self.problem.vehicles, found, strict=True)
        }
        self._lay_out()
        return self._changed(before)

    def is_on_board(self, request_id: str) -> bool:
        """Whether a vehicle has left with it: its pickup is over, or it was loaded at the start.

        Raises
        ------
        BadProblemError
            If it is unknown, or done already.
        """
        if self._by_id(request_id).pickup is not None:
            return False
        if self.agreed[request_id].pickup is not None:
            taken = last_visit(self.done, request_id, PICKUP)
            return taken is None or taken[1].departure < self.now
        return any(
            began < self.now and (request_id, DELIVERY) in self.rounds.get(vehicle, ())
            for vehicle, began in self.began.items()
        )

    def delay(self, vehicle_id: str, until: int) -> Difference:
        """A vehicle goes on from where it is, or was going, only at `until`.

        What it cannot keep any more goes to other vehicles; who is on board stays and is late by
        no more than needed.

        Raises
        ------
        BadProblemError
            If no such vehicle is on the road, or that time is over.
        """
        if until < self.now:
            raise BadProblemError(
                f"vehicle '{vehicle_id}' cannot be held up until {until}: it is {self.now} "
                "already; give the time at which it goes on"
            )
        before = self.plan()
        self._replace_vehicle(not_before(self._vehicle(vehicle_id), until))
        self._mend(vehicle_id)
        return self._changed(before)

    def break_down(self, vehicle_id: str) -> Difference:
        """A vehicle stops for the day; others fetch what is on board from where it stands."""
        before = self.plan()
        vehicle = self._vehicle(vehicle_id)
        stranded = [
            self._by_id(name) for name in dict.fromkeys(name for name, _ in self.rounds[vehicle_id])
        ]
        self.problem = replace(
            self.problem, vehicles=tuple(v for v in self.problem.vehicles if v.id != vehicle_id)
        )
        del self.rounds[vehicle_id]
        on_board = frozenset(request.id for request in stranded if request.pickup is None)
        here = Stop(vehicle.start or 0, max(self.now, vehicle.opens))
        for name in on_board:
            self._replace_request(replace(self.agreed[name], pickup=here, max_ride=None))
        self._lay_out()
        self._place_again(stranded, on_board)
        return self._changed(before)

    def cancel(self, *request_ids: str) -> Difference:
        """Requests are called off, or nobody shows up at a pickup that was committed.

        Raises
        ------
        BadProblemError
            If one is unknown, done, or on board: a vehicle has left with it and must bring it.
        """
        for name in request_ids:
            if self.is_on_board(name):
                raise BadProblemError(
                    f"request '{name}' is on board and cannot be called off; let it ride, or "
                    "bring it elsewhere by a `change` of its delivery"
                )
        before = self.plan()
        for name in request_ids:
            self._take_out(name)
            self._forget(name)
        self._lay_out()
        return self._changed(before)

    def stand_down(self, vehicle_ids: Collection[str]) -> None:
        """Vehicles with nothing left to do take up nothing more."""
        vehicles = [
            replace(one, closes=one.opens) if one.id in vehicle_ids else one
            for one in self.problem.vehicles
        ]
        self.problem = replace(self.problem, vehicles=tuple(vehicles))
        self._lay_out()

    def change(self, request: Request) -> Difference:
        """A request gets other stops or windows, as if its trip is cancelled.

        Once a vehicle has set out to pick it up only its delivery can change, and it stays with
        that vehicle.

        Raises
        ------
        BadProblemError
            If it contradicts itself, or changes more than that, or than its vehicle can keep.
        """
        self._refuse_faults(request)
        is_picked_up = self._by_id(request.id).pickup is None
        if is_picked_up and self.agreed[request.id].pickup is not None:
            return self._bring_elsewhere(request)
        before = self.plan()
        self._take_out(request.id)
        self.agreed[request.id] = request
        self._replace_request(request)
        self._lay_out()
        self._place_again([request])
        return self._changed(before)

    def _bring_elsewhere(self, request: Request) -> Difference:
        """Change the delivery of a request whose pickup is committed or over."""
        agreed = self.agreed[request.id]
        if request.delivery is None or replace(request, delivery=agreed.delivery) not in (
            agreed,
            replace(agreed, pickup=None),
        ):
            raise BadProblemError(
                f"request '{request.id}' is on board, or its vehicle has set out for it: only its "
                "delivery can change; leave everything else as it was agreed"
            )
        before, problem, rounds = self.plan(), self.problem, self.rounds
        current, taken = self._by_id(request.id), last_visit(self.done, request.id, PICKUP)
        rest = replace(current, delivery=request.delivery)
        if taken is not None and agreed.max_ride is not None:
            latest = min(request.delivery.latest, taken[1].departure + agreed.max_ride)
            rest = replace(rest, delivery=replace(request.delivery, latest=latest))
        self.rounds = {vehicle: list(tasks) for vehicle, tasks in rounds.items()}
        self._take_out(request.id)
        self._replace_request(rest)
        self._lay_out(checked=False)
        offer = self._best(rest)
        if offer is None:
            self.problem, self.rounds = problem, rounds
            self._lay_out()
            raise BadProblemError(
                f"request '{request.id}' cannot be brought to place {request.delivery.place} "
                "within its window and ride by the vehicle that carries it; widen the window"
            )
        self.agreed[request.id] = replace(agreed, delivery=request.delivery)
        self._put(offer)
        return self._changed(before)

    # --- committing -----------------------------------------------------------------------------

    def _commit(self, vehicle_id: str, row: VehicleRound) -> list[Visit]:
        """Fix the visits of a round that its vehicle sets out for within the horizon."""
        committed: list[Visit] = []
        while row.visits and row.start <= self.now + self.horizon:
            began = self.began.setdefault(vehicle_id, row.start)
            self._replace_vehicle(vehicle_after(self._vehicle(vehicle_id), row, began))
            visit = row.visits[0]
            self.rounds[vehicle_id].pop(0)
            self._leave_behind(vehicle_id, visit)
            committed.append(visit)
            self.done[vehicle_id].append(visit)
            row = self._round_of(vehicle_id)
        return committed

    def _leave_behind(self, vehicle_id: str, visit: Visit) -> None:
        """A request after one of its visits: on board now, or done."""
        request = self._by_id(visit.request)
        rest = request_after(request, visit, vehicle_id)
        if rest is not None:
            self._replace_request(rest)
            return
        if request.delivery is None:
            vehicle = self._vehicle(vehicle_id)
            self._replace_vehicle(with_less_room(vehicle, request.amount))
        self._forget(visit.request)
