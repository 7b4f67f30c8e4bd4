"""Makes rounds drivable again: others take over what can be, what is on board is late."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from cargo.online_changes import Difference, difference
from cargo.online_rest import Rest
from cargo.pdp.model import Request
from cargo.pdp.plan import PICKUP, Plan, VehicleRound, Visit, make_plan, task_number
from cargo.pdp.tables import make_tables
from routing.layout import UNREACHED


class Mender(Rest):
    """What is left to drive, and how it is mended where it cannot be driven any more."""

    now: int
    done: dict[str, list[Visit]]  # visits committed so far, by vehicle

    def _round_of(self, vehicle_id: str) -> VehicleRound:
        """The rest of one round on the clock."""
        tasks = self.rounds[vehicle_id]
        vehicle = self._vehicle(vehicle_id)
        names = dict.fromkeys(name for name, _ in tasks)
        alone = replace(
            self.problem,
            vehicles=(vehicle,),
            requests=tuple(self._by_id(name) for name in names),
        )
        number = {name: r for r, name in enumerate(names)}
        numbers = [task_number(number[name], kind) for name, kind in tasks]
        rounds = make_plan(alone, make_tables(alone, self._ways), [numbers]).rounds
        return rounds[0] if rounds else VehicleRound(vehicle_id, self.now, self.now, (), (), 0, 0.0)

    def _mend(self, vehicle_id: str) -> None:
        """Make a round drivable again: hand over what can be, be late with what is on board."""
        handed: list[Request] = []
        self._lay_out(checked=False)
        while not self._is_drivable(vehicle_id):
            waiting = [name for name, kind in self.rounds[vehicle_id] if kind == PICKUP]
            if not waiting:
                self._be_late(vehicle_id)
                break
            hindrance = self._hindrance(vehicle_id, waiting, lambda: self._is_drivable(vehicle_id))
            handed.append(self._by_id(hindrance))
            self._take_out(handed[-1].id)
            self._lay_out(checked=False)
        self._lay_out()
        self._place_again(handed)

    def _hindrance(
        self, vehicle_id: str, waiting: Sequence[str], is_better: Callable[[], bool]
    ) -> str:
        """A request whose absence from a round helps; if none alone does, the first."""
        whole = self.rounds[vehicle_id]
        for name in waiting:
            self.rounds[vehicle_id] = [task for task in whole if task[0] != name]
            self._lay_out(checked=False)
            is_fine = is_better()
            self.rounds[vehicle_id] = whole
            if is_fine:
                return name
        return waiting[0]

    def _be_late(self, vehicle_id: str) -> None:
        """Widen windows and the shift as far as what is on board needs, and no further."""
        vehicle = self._vehicle(vehicle_id)
        names = [name for name, _ in self.rounds[vehicle_id]]
        strict = {name: self._by_id(name) for name in names}
        for request in strict.values():
            assert request.delivery is not None
            wide = replace(request.delivery, latest=UNREACHED)
            self._replace_request(replace(request, delivery=wide))
        self._replace_vehicle(replace(vehicle, closes=UNREACHED, max_duration=None, pauses=()))
        row = self._round_of(vehicle_id)
        for visit in row.visits:
            delivery = strict[visit.request].delivery
            assert delivery is not None
            wide = replace(delivery, latest=max(delivery.latest, visit.start))
            self._replace_request(replace(strict[visit.request], delivery=wide))
        closes = max(vehicle.closes, row.end)
        self._replace_vehicle(replace(vehicle, closes=closes, max_duration=None, pauses=()))

    def _place_again(
        self, some: Iterable[Request], may_be_late: frozenset[str] = frozenset()
    ) -> None:
        """Put requests where they cost least, passengers first, late only where that is allowed."""
        for request in sorted(some, key=lambda one: not one.is_passenger):
            current = self._by_id(request.id)
            offer = self._best(current)
            if offer is None and request.id in may_be_late and current.delivery is not None:
                late = replace(current, delivery=replace(current.delivery, latest=UNREACHED))
                self._replace_request(late)
                offer = self._best(late)
            if offer is not None:
                self._put(offer)

    def _take_out(self, request_id: str) -> None:
        for tasks in self.rounds.values():
            tasks[:] = [task for task in tasks if task[0] != request_id]

    def _changed(self, before: Plan) -> Difference:
        return difference(before, self.plan(), self.agreed)
