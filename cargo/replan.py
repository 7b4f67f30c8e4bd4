"""Chains planned anew when scheduled trips are late or cancelled while a plan is carried out.

What has been done stays done. Goods on a trip or on their way to a hub stay there until they are
unloaded, those at a hub wait there, those at their door are free. From where it is each one gets
the cheapest of the ways that a quote finds in the room that the others leave, its drives put where
they cost least into the rounds as they run. Chains that ride no changed trip are kept.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cargo.chains import Ride
from cargo.company import Company, without_hops
from cargo.documents import Document, carriers_beside
from cargo.layout import Carriers
from cargo.loading import Assignment
from cargo.online import Dispatcher
from cargo.online_commit import gone_home
from cargo.options import Catalogue, Job, Option, hops_of, job_from_hub, road_ends, way_along
from cargo.pdp.model import Request, Vehicle
from cargo.pdp.plan import Plan, VehicleRound, Visit
from cargo.pdp.search import Limits
from cargo.plan_reading import PlannedDay
from cargo.problem import Problem, TimedShipment
from cargo.quote import SHIPMENT, Offer, Quotes, in_time
from cargo.reason import not_delivered
from cargo.reasons import only, why_rejected
from cargo.reasons_company import company_of
from cargo.replan_start import Start, Starts, deliver_by, lost_reason
from cargo.returns import delivered_at, leaders
from cargo.road_jobs import request_of
from cargo.schedule import Operation, schedule
from cargo.storage import overfull
from routing.layout import NONE

MOST_TRIED = 12  # ways of a shipment whose drives are weighed, the likely cheap ones first


@dataclass(frozen=True)
class Replanned:
    """The day as it goes on, and why some shipments do not."""

    operation: Operation
    affected: frozenset[int]
    reasons: Mapping[int, Document]  # by shipment


@dataclass(frozen=True)
class _Way:
    """One way on, with the drives that it still needs."""

    option: Option
    jobs: tuple[Job, ...]  # numbered on from those of the day, the first one first
    line_cost: int


class Replanner:
    """Plans the chains of one day anew; `problem` has the changed trips, and windows as asked."""

    def __init__(self, old: PlannedDay, problem: Problem, now: int) -> None:
        self._old, self._now, self._planned = old, now, old.driven()
        self._problem = replace(problem, shipments=old.problem.shipments)
        self._asked, self._rounds = problem.shipments, old.rounds
        self._jobs = list(old.catalogue.jobs)
        self._road = old.road
        self._day = Dispatcher(self._road)
        self._day.resume(
            {
                vehicle.id: [(str(job), kind) for job, kind in tasks]
                for vehicle, tasks in zip(self._road.vehicles, old.tasks, strict=True)
            },
            self._road.requests, {}, {},
        )  # fmt: skip
        self._day.advance(now)
        self._keep_home()
        self._starts = Starts(old, old.operation(self._planned), self._problem.network, now)
        self._option: list[Option | None] = [self._kept(at) for at in range(len(old.option))]
        self._stuck = set(old.stuck)
        self._in_vain: set[str] = set()  # drives that were begun for goods that do not come
        self._reasons: dict[int, Document] = {}

    def run(self, improve: float = 0.0) -> Replanned:
        """Plan all that rides changed trips anew, what follows it too.

        All rounds are improved for so many CPU seconds after, which moves drives of others, too.
        """
        leader = leaders(self._problem)
        hit = {at for at in self._starts.affected if at not in self._stuck}
        hit |= {at for at, first in leader.items() if first in hit and self._is_planned(at)}
        order = sorted(hit, key=lambda at: (at in leader, -self._asked[at].rank, at))
        starts = {at: self._starts.of(at, self._day) for at in order}
        self._take_out(order)
        for at in order:
            self._option[at] = None
        for at in order:
            self._plan(at, starts[at], leader.get(at))
        if improve:
            self._day.improve(Limits(improve))
        for at, why in list(overfull(self._operation(), hit - self._stuck)):
            followers = [one for one, first in leader.items() if first == at and one in hit]
            self._take_out([at, *followers])
            self._stop(at, starts[at], why)
            for after in followers:
                self._stop(after, starts[after], not_delivered(self._asked[at].document.id))
        return Replanned(self._operation(), frozenset(hit), self._reasons)

    def _keep_home(self) -> None:
        """Vehicles that are through with their round do not go out in it again."""
        service = self._problem.service_spot.tolist()
        self._day.stand_down(
            gone_home(self._planned.rounds, self._day.rounds, self._now, service).keys()
        )

    def _is_planned(self, at: int) -> bool:
        return self._old.option[at] != NONE and at not in self._stuck

    def _kept(self, at: int) -> Option | None:
        """The chain of a demand on the changed trips; None where it has none, or not any more."""
        number = self._old.option[at]
        if number == NONE:
            return None
        option = self._old.catalogue.options[number]
        rides = [self._starts.moved(ride) for ride in option.rides]
        known = tuple(ride for ride in rides if ride is not None)
        return replace(option, rides=known) if len(known) == len(rides) else None

    def _waiting(self) -> dict[str, Request]:
        """Requests of which something is left to do, by job."""
        return {request.id: request for request in self._day.problem.requests}

    def _take_out(self, some: Collection[int]) -> None:
        """Give back drives of shipments that nobody has set out for, or of who turns back."""
        waiting, options = self._waiting(), self._old.catalogue.options
        last = {options[self._old.option[at]].last_job for at in some}
        names: list[str] = []
        for number, job in enumerate(self._jobs):
            name, request = str(number), waiting.get(str(number))
            if job.demand not in some or request is None:
                continue
            is_vain = request.pickup is None and number in last and not self._day.is_on_board(name)
            if request.pickup is not None or is_vain:
                names.append(name)
            if is_vain:
                self._in_vain.add(name)
        self._day.cancel(*names)

    # --- one shipment -----------------------------------------------------------------------------

    def _plan(self, at: int, starts: Sequence[Start], first: int | None) -> None:
        """Give a shipment the cheapest way on, or the reason why there is none."""
        goods = self._asked[at]
        why = None if first is None else self._not_before(first)
        if first is not None and why is None:
            goods = replace(goods, ready=max(goods.ready, self._delivered(first) or 0))
        if why is None and not starts:
            why = lost_reason(self._old, at, self._now)
        if why is None and starts[0].hub == NONE:
            goods = replace(goods, ready=max(goods.ready, self._now))
            shipments = list(self._problem.shipments)
            shipments[at] = goods  # people bring it to a hub from then on
            self._problem = replace(self._problem, shipments=tuple(shipments))
        if why is None:
            why = self._not_placed(at, goods, starts)
        if why is not None:
            self._stop(at, starts, why)

    def _not_before(self, first: int) -> Document | None:
        """Why nothing follows a shipment: it is not delivered."""
        if first in self._stuck or self._option[first] is None:
            return not_delivered(self._asked[first].document.id)
        return None

    def _not_placed(
        self, at: int, goods: TimedShipment, starts: Sequence[Start]
    ) -> Document | None:
        """Take the cheapest way on; why there is none, else."""
        found = [
            (cost, nth, way)
            for nth, way in enumerate(self._ways(at, goods, starts))
            if (cost := self._cost(way)) is not None
        ]
        if goods.document.max_price is not None:
            found = [row for row in found if row[0] <= 1000 * goods.document.max_price]
        if any(self._take(at, way) for _, _, way in sorted(found, key=lambda row: row[:2])):
            return None
        quotes = Quotes(self._alone(at, goods, starts[0]), self._left())
        return why_rejected(quotes, self._company(at))

    def _ways(self, at: int, goods: TimedShipment, starts: Sequence[Start]) -> Iterator[_Way]:
        """Ways on in the room that is left, those likely to be cheap first."""
        left = without_hops(self._left(), self._company(at))
        rows: list[tuple[Offer, Start, Problem]] = []
        for start in starts:
            if not self._fits(at, start, left):
                continue
            problem = self._alone(at, goods, start)
            offers = in_time(problem, Quotes(problem, left).offers(at_any_price=True))
            rows += [(offer, start, problem) for offer in offers if start.admits(offer)]
        seen: set[tuple[Ride, ...]] = set()
        for offer, start, problem in sorted(rows, key=lambda row: row[0].cost):
            rides = (*start.rides, *offer.rides)
            if rides in seen:
                continue
            seen.add(rides)
            way = self._way(at, problem, start, offer)
            if all(job.is_possible for job in way.jobs):
                yield way
            if len(seen) == MOST_TRIED:
                return

    def _alone(self, at: int, goods: TimedShipment, start: Start) -> Problem:
        """The problem of one shipment from where it is."""
        problem = only(self._problem, at)
        goods = start.onward(problem.network, goods, self._now)
        spot = problem.pickup_spot[SHIPMENT] if start.hub == NONE else problem.hub_spot[start.hub]
        return replace(problem, shipments=(goods,), pickup_spot=(spot,))

    def _way(self, at: int, problem: Problem, start: Start, offer: Offer) -> _Way:
        """A way on; its new drives are numbered after all that there are."""
        goods, rides = problem.shipments[SHIPMENT], (*start.rides, *offer.rides)
        first: Job | None
        last: Job | None
        if not rides:
            ends = problem.pickup_spot[SHIPMENT], problem.delivery_spot[SHIPMENT]
            first = last = None
            if start.hub == NONE:
                first = Job(at, *ends, goods.ready, goods.due, 0, goods.due)
            else:
                last = job_from_hub(problem, SHIPMENT, start.hub, start.time, goods.due)
            cost = co2 = 0
        else:
            way = way_along(problem, SHIPMENT, rides)
            first, last = road_ends(problem, SHIPMENT, way)
            first, cost, co2 = first if start.hub == NONE else None, way.cost, way.co2
        jobs = tuple(job._replace(demand=at) for job in (first, last) if job is not None)
        n = len(self._jobs)
        before = start.first_job if first is None else n
        after = NONE if last is None else n + len(jobs) - 1
        line_cost = way_along(problem, SHIPMENT, offer.rides).cost if offer.rides else 0
        return _Way(Option(at, rides, before, after, cost, co2, 0.0), jobs, line_cost)

    def _cost(self, way: _Way) -> float | None:
        """What a way costs more, each drive alone in the rounds as they are; None if one cannot."""
        offers = [self._day.offer(request) for request in self._requests(way)]
        known = [offer.cost for offer in offers if offer is not None]
        return way.line_cost + sum(known) if len(known) == len(offers) else None

    def _requests(self, way: _Way) -> Iterator[Request]:
        for nth, job in enumerate(way.jobs):
            yield request_of(self._problem, len(self._jobs) + nth, job, self._rounds)

    def _take(self, at: int, way: _Way) -> bool:
        """Decide for a way, where its drives have places together."""
        put: list[str] = []
        for request in self._requests(way):
            offer = self._day.offer(request)
            if offer is None:
                for name in put:
                    self._day.cancel(name)
                    del self._day.agreed[name]
                return False
            self._day.accept(offer)
            put.append(request.id)
        self._jobs += way.jobs
        self._option[at] = way.option
        return True

    def _stop(self, at: int, starts: Sequence[Start], why: Document) -> None:
        """Leave a shipment where it is, and say why."""
        self._reasons[at] = why
        rides, first_job = self._starts.done(at, starts)
        if not rides and first_job == NONE:
            self._option[at] = None
            return
        way = way_along(self._problem, at, rides) if rides else None
        cost, co2 = (0, 0) if way is None else (way.cost, way.co2)
        self._option[at] = Option(at, rides, first_job, NONE, cost, co2, 0.0)
        self._stuck.add(at)

    # --- room -------------------------------------------------------------------------------------

    def _left(self) -> Carriers:
        """Carriers with the room that all chains leave."""
        return carriers_beside(self._problem, self._chosen())

    def _company(self, at: int) -> Company:
        """Goods on all chains, and booked ones, that a shipment must not meet."""
        return company_of(self._problem, self._chosen(), at)

    def _chosen(self) -> list[tuple[int, Option]]:
        """(shipment, option) of the shipments that have a chain now."""
        rows = enumerate(self._option[: len(self._asked)])
        return [(at, option) for at, option in rows if option is not None]

    def _fits(self, at: int, start: Start, left: Carriers) -> bool:
        """Whether goods that stay on board may stay there so long."""
        if not start.rides:
            return True
        hops, room = hops_of(start.rides[-1]), self._asked[at].room
        tables = (left.kg, left.litres, left.pieces)
        return all(
            bool((table[hops.start : hops.stop] >= amount).all())
            for table, amount in zip(tables, room, strict=True)
        )

    # --- the whole day ----------------------------------------------------------------------------

    def _delivered(self, at: int) -> int | None:
        """When a shipment is handed over, from now on no later; None where it is left behind."""
        option = self._option[at]
        if option is None:
            return None
        came = delivered_at(self._operation(), at)
        job = option.first_job if option.last_job == NONE else option.last_job
        if came is not None and (option.last_job != NONE or not option.rides):
            deliver_by(self._day, str(job), came)
        return came

    def _operation(self) -> Operation:
        """The day on the clock, what is done and what is to come."""
        catalogue, chosen = Catalogue(jobs=list(self._jobs)), list[int]()
        for option in self._option:
            chosen.append(NONE if option is None else len(catalogue.options))
            catalogue.options += [] if option is None else [option]
            catalogue.first_option.append(len(catalogue.options))
        plan = Plan(tuple(self._whole_rounds()), ())
        found = schedule(
            self._problem, catalogue, self._rounds, Assignment(tuple(chosen), ()), plan
        )
        return replace(found, stuck=frozenset(self._stuck))

    def _whole_rounds(self) -> Iterator[VehicleRound]:
        """Rounds from their begin to their end; those with nothing changed as they were planned."""
        rest = {row.vehicle: row for row in self._day.plan().rounds}
        planned = {row.vehicle: row for row in self._planned.rounds}
        for vehicle in self._road.vehicles:
            old, left = planned.get(vehicle.id), rest.get(vehicle.id)
            done = [one for one in self._day.done[vehicle.id] if one.request not in self._in_vain]
            visits = (*done, *(() if left is None else left.visits))
            if old is not None and _tasks(visits) == _tasks(old.visits):
                yield old
            elif visits:
                yield self._joined(vehicle, done, left, old)

    def _joined(
        self, vehicle: Vehicle, done: Sequence[Visit], left: VehicleRound | None,
        old: VehicleRound | None,
    ) -> VehicleRound:  # fmt: skip
        """A round of what is done and what is left."""
        road, visits = self._road, (*done, *(() if left is None else left.visits))
        assert vehicle.start is not None  # rounds have both ends
        assert vehicle.end is not None
        places = np.array([vehicle.start, *(visit.place for visit in visits), vehicle.end])
        way, length = road.duration[vehicle.profile], road.distance[vehicle.profile]
        back = int(way[visits[-1].place, vehicle.end])
        end = visits[-1].departure + back if left is None else left.end
        start = self._day.began.get(vehicle.id, visits[0].start if left is None else left.start)
        held = tuple(
            rest for rest in (() if old is None else old.rests)
            if done and rest.end <= done[-1].start
        )  # fmt: skip
        metres = int(length[places[:-1], places[1:]].sum())
        cost = vehicle.fixed + vehicle.per_m * metres + vehicle.per_s * (end - start)
        rests = held + (() if left is None else left.rests)
        return VehicleRound(vehicle.id, start, end, visits, rests, metres, cost)


def _tasks(visits: Sequence[Visit]) -> list[tuple[str, str]]:
    return [(visit.request, visit.kind) for visit in visits]
