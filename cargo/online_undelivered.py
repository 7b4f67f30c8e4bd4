"""Goods that nobody takes at their door: they stay on board and are brought where was agreed."""

from dataclasses import replace
from itertools import combinations, zip_longest

from cargo.errors import BadProblemError
from cargo.online_changes import Difference
from cargo.online_commit import last_visit
from cargo.online_mend import Mender
from cargo.pdp.model import Request, Stop
from cargo.pdp.plan import DELIVERY, PICKUP, Visit
from routing.layout import UNREACHED


class WaysBack(Mender):
    """Vehicles on the road that bring back what they could not hand over."""

    def undelivered(self, request_id: str, to: Stop | None = None) -> Difference:
        """Nobody takes goods at their delivery: the vehicle keeps them and brings them back.

        They go where the request agreed (`if_undelivered`), or to another stop, by exact best
        insertion into the round of that vehicle. Windows of others are kept before theirs; if the
        way back fits in nowhere even late, others fetch who waits for the vehicle.

        Raises
        ------
        BadProblemError
            If nothing was to be handed over by now, nothing is agreed, or the stop is none.
        """
        vehicle_id = self._at_the_door(request_id)
        agreed = self.agreed[request_id]
        back = agreed.if_undelivered if to is None else to
        if back is None:
            raise BadProblemError(
                f"nothing is agreed on where '{request_id}' goes when nobody takes it; give `to` "
                "in the event, or `if_undelivered` in the request"
            )
        agreed = replace(agreed, delivery=back, max_ride=None, if_undelivered=None)
        self._refuse_faults(agreed)
        if not self._had_room(vehicle_id, request_id):
            raise BadProblemError(_no_room(request_id, back, vehicle_id))
        rest = replace(agreed, pickup=None, vehicles=frozenset({vehicle_id}))
        before, kept = self.plan(), (self.problem, self.rounds, dict(self.agreed))
        self.rounds = {vehicle: list(tasks) for vehicle, tasks in self.rounds.items()}
        self.agreed[request_id] = agreed
        self.problem = replace(self.problem, requests=(*self.problem.requests, rest))
        self._allow_one_stop_more(vehicle_id)
        try:
            self._lay_out()
            self._bring_back(vehicle_id, rest)
        except ValueError as error:
            self.problem, self.rounds, self.agreed = kept
            self._lay_out()
            raise BadProblemError(_no_room(request_id, back, vehicle_id)) from error
        return self._changed(before)

    def carrier(self, request_id: str) -> str | None:
        """The vehicle that has a request in its round; None where none has."""
        rounds = self.rounds.items()
        return next((name for name, tasks in rounds if (request_id, DELIVERY) in tasks), None)

    def _at_the_door(self, request_id: str) -> str:
        """The vehicle that stands, or stood, at the delivery of a request with it on board.

        Raises
        ------
        BadProblemError
            If none did, or it is not on the road any more.
        """
        agreed = self.agreed.get(request_id)
        if agreed is None:
            raise BadProblemError(f"request '{request_id}' is unknown; name one that was accepted")
        if agreed.is_passenger:
            raise BadProblemError(
                f"request '{request_id}' is passengers, who get out; only goods come back"
            )
        left = next((one for one in self.problem.requests if one.id == request_id), None)
        vehicle_id, visit = last_visit(self.done, request_id, DELIVERY) or ("", None)
        if left is not None:
            raise BadProblemError(f"request '{request_id}' {_not_yet(left, visit)}")
        if visit is None:
            raise BadProblemError(
                f"request '{request_id}' was called off, or stays on board to the end; nobody was "
                "to take it"
            )
        if self.now < visit.start:
            raise BadProblemError(
                f"request '{request_id}' is handed over at {visit.start} at the earliest, now it "
                f"is {self.now}; let time pass by `advance` first"
            )
        if vehicle_id not in self.rounds:
            raise BadProblemError(
                f"vehicle '{vehicle_id}' that carries '{request_id}' has broken down; ask for a "
                "new request from where it stands"
            )
        return vehicle_id

    def _had_room(self, vehicle_id: str, request_id: str) -> bool:
        """Whether goods had room beside all that was on board since nobody took them."""
        found = last_visit(self.done, request_id, DELIVERY)
        assert found is not None  # somebody stands at the door
        tasks, visits = self.rounds[vehicle_id], self.done[vehicle_id]
        brought = {visit.request for visit in visits if visit.kind == DELIVERY}
        aboard = {
            name
            for name, one in self.agreed.items()
            if one.pickup is None and (name in brought or (name, DELIVERY) in tasks)
        }
        is_back = False
        for visit in visits:
            aboard = aboard | {visit.request} if visit.kind == PICKUP else aboard - {visit.request}
            is_back |= visit is found[1]
            if is_back and not self._fit_together(vehicle_id, aboard | {request_id}):
                return False
        return True

    def _fit_together(self, vehicle_id: str, names: set[str]) -> bool:
        """Whether a vehicle has room for some requests at once, none kept apart from another."""
        some = [self.agreed[name] for name in names if self.agreed[name].delivery is not None]
        capacity = self._vehicle(vehicle_id).capacity
        load = (sum(column) for column in zip_longest(*(one.amount for one in some), fillvalue=0))
        pairs = (frozenset({one.goods, other.goods}) for one, other in combinations(some, 2))
        has_room = all(has <= room for has, room in zip_longest(load, capacity, fillvalue=0))
        return has_room and not any(pair in self.problem.apart for pair in pairs)

    def _allow_one_stop_more(self, vehicle_id: str) -> None:
        """Nobody counted on the stop where goods go back."""
        vehicle = self._vehicle(vehicle_id)
        if vehicle.max_tasks is not None:
            self._replace_vehicle(replace(vehicle, max_tasks=vehicle.max_tasks + 1))

    def _bring_back(self, vehicle_id: str, rest: Request) -> None:
        """Put the way back where it costs least: in time, else late, else instead of pickups."""
        assert rest.delivery is not None
        late = replace(rest, delivery=replace(rest.delivery, latest=UNREACHED))
        handed: list[Request] = []
        offer = self._best(rest) or self._best(late)
        while offer is None and (waiting := self._waiting_for(vehicle_id)):
            in_the_way = self._hindrance(vehicle_id, waiting, lambda: self._best(late) is not None)
            handed.append(self._by_id(in_the_way))
            self._take_out(in_the_way)
            self._lay_out(checked=False)
            offer = self._best(rest) or self._best(late)
        if offer is not None:
            self._replace_request(offer.request)
            self._put(offer)
        else:
            self.rounds[vehicle_id].append((rest.id, DELIVERY))
        self._keep_as_late_as_is(vehicle_id, rest, is_drivable=offer is not None)
        self._place_again(handed)

    def _waiting_for(self, vehicle_id: str) -> list[str]:
        """Requests that a vehicle has still to pick up, goods first."""
        names = [name for name, kind in self.rounds[vehicle_id] if kind == PICKUP]
        return sorted(names, key=lambda name: self._by_id(name).is_passenger)

    def _keep_as_late_as_is(self, vehicle_id: str, rest: Request, *, is_drivable: bool) -> None:
        """Let the way back be no later than it is now, where it is late."""
        assert rest.delivery is not None
        self._lay_out(checked=False)
        if not is_drivable:
            self._be_late(vehicle_id)
        else:
            starts = {visit.request: visit.start for visit in self._round_of(vehicle_id).visits}
            latest = max(rest.delivery.latest, starts[rest.id])
            self._replace_request(replace(rest, delivery=replace(rest.delivery, latest=latest)))
        self._lay_out()


def _no_room(request_id: str, back: Stop, vehicle_id: str) -> str:
    return (
        f"'{request_id}' cannot be brought to place {back.place}: no way leads there, or it has no "
        f"place beside what '{vehicle_id}' has picked up since; name another place, or report it "
        "`undelivered` before those pickups are committed"
    )


def _not_yet(left: Request, visit: Visit | None) -> str:
    """Why something that is not done cannot be undelivered."""
    if left.pickup is not None:
        return "is not picked up yet; call it off by `cancel` where nobody wants it"
    if visit is not None:
        return "is on its way back already; bring it elsewhere by a `change` of its delivery"
    return (
        "is on board, but its vehicle has not set out for its delivery; let time pass by "
        "`advance` first, or bring it elsewhere by a `change` of its delivery"
    )
