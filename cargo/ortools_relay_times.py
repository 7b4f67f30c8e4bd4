"""When trucks call, which run each parcel takes and when couriers leave, by CP-SAT.

Tours are given. Courier rounds may be chosen along; where those given are just enough, only times
are looked for. Times are whole thousandths of a minute. A truck that calls later needs no more
room and its parcels wait no longer, so that it calls when the first run that takes a parcel of it
leaves, or just in time for its next call. So calls have few minutes to choose from, and what a
call hands over to each run is a number of its own, of which storage is linear.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

from cargo.ortools_relay_choice import SCALE, quick_solver
from cargo.ortools_watch import WatchLimits, watched
from cargo.relay.model import MINUTES, CourierRound, Point, Relay, RelayPlan, Ride, Tour
from cargo.relay.rounds import CourierOption
from cargo.relay.tours import TourOption

STEPS = 1000  # of a minute


class Timed(NamedTuple):
    """A plan or none, its cost, and whether none is cheaper on the same trucks and rounds."""

    plan: RelayPlan | None
    cost: float
    is_settled: bool


@dataclass
class _Model:
    """Variables of the program."""

    relay: Relay
    program: Any
    horizon: int
    calls: list[dict[int, dict[int, Any]]] = field(default_factory=list)  # truck, in-stop, minute
    picks: list[Any] = field(default_factory=list)  # of each round
    rides: dict[tuple[int, int], list[tuple[Ride, Any]]] = field(default_factory=dict)
    boarded: dict[tuple[int, int, int, int], list[Any]] = field(default_factory=dict)
    stays: dict[int, list[tuple[Any, Any]]] = field(default_factory=dict)  # at each stop

    def minute(self, ride: Ride, stop: int) -> int:
        """When the run of a ride calls."""
        line = self.relay.lines[ride.line]
        return _steps(self.relay.calls(line)[stop] + ride.run * line.headway)

    def number(self, most: int) -> Any:
        """A number from 0."""
        return self.program.new_int_var(0, most, "")


def timed(
    relay: Relay,
    trucks: Sequence[TourOption],
    rounds: Sequence[CourierOption],
    below: float,
    limits: WatchLimits,
) -> Timed:
    """The cheapest plan on these trucks among these rounds.

    Parameters
    ----------
    below
        Only what costs less is looked for.
    """
    from ortools.sat.python import cp_model

    last = max(max(relay.calls(line).values()) + line.headway * line.n_runs for line in relay.lines)
    horizon = _steps(max(last, *(one.latest for one in relay.customers))) + STEPS
    model = _Model(relay, cp_model.CpModel(), horizon)
    model.calls = [_truck_calls(model, truck) for truck in trucks]
    for (one, calls), (other, after) in pairwise(zip(trucks, model.calls, strict=True)):
        if one == other:  # trucks alike go in order
            first, later = calls[one.stops[0]], after[one.stops[0]]
            model.program.add(_minute(first) <= _minute(later))
    _rounds(model, rounds)
    _rides(model, rounds)
    _room(model)
    _storage(model)
    fixed = sum(truck.cost for truck in trucks)
    weights = [round(one.cost * SCALE) for one in rounds]
    cost = cp_model.LinearExpr.weighted_sum(model.picks, weights)
    if below < math.inf:
        model.program.add(cost < round((below - fixed) * SCALE))
    model.program.minimize(cost)
    solver = quick_solver()
    status = watched(partial(solver.solve, model.program), solver.stop_search, limits)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return Timed(None, math.inf, status == cp_model.INFEASIBLE)
    chosen = [one for one, pick in zip(rounds, model.picks, strict=True) if solver.value(pick)]
    rides = {
        customer: ride
        for (customer, _), some in model.rides.items()
        for ride, taken in some
        if solver.value(taken)
    }
    plan = RelayPlan(
        [
            Tour(
                truck.stops,
                tuple(solver.value(_minute(calls[stop])) / STEPS for stop in truck.stops),
            )
            for truck, calls in zip(trucks, model.calls, strict=True)
        ],
        [rides[at] for at in range(len(relay.customers))],
        [CourierRound(one.stop, one.customers, _departure(model, one, rides)) for one in chosen],
    )
    total = fixed + sum(one.cost for one in chosen)
    return Timed(plan, total, status == cp_model.OPTIMAL)


def _departure(model: _Model, one: CourierOption, rides: dict[int, Ride]) -> float:
    """When a round leaves: with its last parcel."""
    handling = _steps(model.relay.stops[one.stop].handling)
    arrivals = [model.minute(rides[at], one.stop) for at in one.customers]
    return max(one.earliest, (max(arrivals) + handling) / STEPS)


def _minute(call: dict[int, Any]) -> Any:
    """Minute that is chosen."""
    return sum(minute * chosen for minute, chosen in call.items())


def _steps(minutes: float) -> int:
    return round(minutes * STEPS)


def _truck_calls(model: _Model, truck: TourOption) -> dict[int, dict[int, Any]]:
    """At each stop the minutes that a truck can choose, of which it takes one."""
    relay, program = model.relay, model.program
    places = [relay.depot, *(relay.stops[stop].at for stop in truck.stops)]
    ways = [_way(a, b) for a, b in pairwise(places)]
    soonest = list(accumulate(ways))
    minutes = {model.horizon}
    calls: list[dict[int, Any]] = []
    for at in reversed(range(len(truck.stops))):
        stop = truck.stops[at]
        minutes |= set(_departures(model, stop))
        chosen = {
            minute: program.new_bool_var("") for minute in sorted(minutes) if minute >= soonest[at]
        }
        program.add_exactly_one(chosen.values())
        for minute, call in chosen.items() if calls else ():
            later = [one for after, one in calls[-1].items() if after >= minute + ways[at + 1]]
            program.add_bool_or([*later, call.negated()])
        calls.append(chosen)
        minutes = {minute - ways[at] for minute in chosen}
    return dict(zip(truck.stops, reversed(calls), strict=True))


def _departures(model: _Model, stop: int) -> Iterator[int]:
    """Last minutes at which what leaves a stop by each run can come there."""
    relay = model.relay
    for at, line in enumerate(relay.lines):
        if stop in line.in_stops:
            for run in range(line.n_runs):
                boards = model.minute(Ride(0, stop, at, run, stop), stop)
                yield boards - _steps(relay.stops[stop].handling)


def _way(a: Point, b: Point) -> int:
    return math.floor(MINUTES * math.dist(a, b) * STEPS + 1e-6)


def _rounds(model: _Model, rounds: Sequence[CourierOption]) -> None:
    """One round for each customer, couriers enough for the rounds of a stop."""
    relay, program = model.relay, model.program
    model.picks = [program.new_bool_var("") for _ in rounds]
    serving: list[list[Any]] = [[] for _ in relay.customers]
    leaving: dict[int, list[Any]] = {}
    for one, pick in zip(rounds, model.picks, strict=True):
        leaving.setdefault(one.stop, []).append(pick)
        for customer in one.customers:
            serving[customer].append(pick)
    for some in serving:
        program.add_exactly_one(some)
    for some in leaving.values():
        program.add(sum(some) <= relay.n_couriers)


def _rides(model: _Model, rounds: Sequence[CourierOption]) -> None:
    """One ride for each parcel, to the stop of its round and early enough for it."""
    program = model.program
    served: dict[tuple[int, int], list[tuple[CourierOption, Any]]] = {}
    for one, pick in zip(rounds, model.picks, strict=True):
        for customer in one.customers:
            served.setdefault((customer, one.stop), []).append((one, pick))
    leaving: dict[tuple[int, int], Any] = {}  # when each parcel that may leave with others does
    for (customer, at), some in served.items():
        demand = model.relay.customers[customer].demand
        rides = model.rides[customer, at] = []
        for ride in _possible(model, at, max(one.latest for one, _ in some)):
            taken = program.new_bool_var("")
            fitting = [call for _, call in _fitting(model, ride)]
            program.add_bool_or([*fitting, taken.negated()])
            key = (ride.truck, ride.in_stop, ride.line, ride.run)
            model.boarded.setdefault(key, []).append(demand * taken)
            rides.append((ride, taken))
        is_here = sum(pick for _, pick in some)
        program.add(sum(taken for _, taken in rides) == is_here)
        if max(len(one.customers) for one, _ in some) > 1:
            leaving[customer, at] = _leave_together(model, customer, at, is_here)
        else:
            _leave_alone(model, customer, at, some[0][0].earliest)
    for one, pick in zip(rounds, model.picks, strict=True):
        first, *others = (leaving.get((customer, one.stop)) for customer in one.customers)
        if first is not None:
            span = math.floor(one.earliest * STEPS), math.ceil(one.latest * STEPS)
            program.add_linear_constraint(first, *span).only_enforce_if(pick)
        for other in others:
            program.add(other == first).only_enforce_if(pick)


def _leave_alone(model: _Model, customer: int, at: int, earliest: float) -> None:
    """A parcel that is alone in its round leaves as soon as it can."""
    stop, demand = model.relay.stops[at], model.relay.customers[customer].demand
    for ride, taken in model.rides[customer, at]:
        arrival = model.minute(ride, at)
        wait = max(_steps(stop.handling), math.floor(earliest * STEPS) - arrival)
        if wait > _steps(stop.longest_wait):
            model.program.add(taken == 0)
        elif wait > 0:
            stay = model.program.new_optional_fixed_size_interval_var(arrival, wait, taken, "")
            model.stays.setdefault(at, []).append((stay, demand))


def _leave_together(model: _Model, customer: int, at: int, is_here: Any) -> Any:
    """Minute at which a parcel leaves that may be one of several in a round."""
    stop, program = model.relay.stops[at], model.program
    arrival, departure = model.number(model.horizon), model.number(model.horizon)
    arrivals = [model.minute(ride, at) * taken for ride, taken in model.rides[customer, at]]
    program.add(arrival == sum(arrivals))
    program.add(departure >= arrival + _steps(stop.handling))
    stays = program.new_bool_var("")
    program.add(stays == is_here)
    stay = program.new_optional_interval_var(
        arrival, model.number(_steps(stop.longest_wait)), departure, stays, ""
    )
    model.stays.setdefault(at, []).append((stay, model.relay.customers[customer].demand))
    return departure


def _possible(model: _Model, out_stop: int, latest: float) -> list[Ride]:
    """Rides to a stop that arrive in time, on whichever truck."""
    relay, found = model.relay, []
    for at, line in enumerate(relay.lines):
        if out_stop not in line.out_stops:
            continue
        arrival = relay.calls(line)[out_stop] + relay.stops[out_stop].handling
        n_runs = min(line.n_runs, math.floor((latest - arrival) / line.headway + 1e-9) + 1)
        for truck, calls in enumerate(model.calls):
            for in_stop in calls:
                if in_stop in line.in_stops:
                    found += [Ride(truck, in_stop, at, run, out_stop) for run in range(n_runs)]
    return found


def _room(model: _Model) -> None:
    """Room of trucks and of runs; all in-stops of a line come before its out-stops."""
    relay = model.relay
    on_run: dict[tuple[int, int], list[Any]] = {}
    on_truck: dict[int, list[Any]] = {}
    for (truck, _, line, run), loads in model.boarded.items():
        on_run.setdefault((line, run), []).extend(loads)
        on_truck.setdefault(truck, []).extend(loads)
    for (line, _), loads in on_run.items():
        model.program.add(sum(loads) <= relay.lines[line].capacity)
    for loads in on_truck.values():
        model.program.add(sum(loads) <= relay.truck_capacity)


def _fitting(model: _Model, ride: Ride) -> list[tuple[int, Any]]:
    """Calls of a truck from which a parcel can take a run, by minute."""
    stop = model.relay.stops[ride.in_stop]
    boards = model.minute(ride, ride.in_stop)
    return [
        (minute, call)
        for minute, call in model.calls[ride.truck][ride.in_stop].items()
        if _steps(stop.handling) <= boards - minute <= _steps(stop.longest_wait)
    ]


def _storage(model: _Model) -> None:
    """What waits at a stop, from when it comes until it leaves."""
    relay, program = model.relay, model.program
    handed: dict[int, list[tuple[int, int, Any]]] = {}  # at each in-stop: from, until, how much
    for (truck, at, line, run), loads in model.boarded.items():
        ride = Ride(truck, at, line, run, at)
        most = min(relay.truck_capacity, relay.lines[line].capacity)
        parts = []
        for minute, call in _fitting(model, ride):
            part = model.number(most)
            program.add(part <= most * call)
            parts.append(part)
            handed.setdefault(at, []).append((minute, model.minute(ride, at), part))
        program.add(sum(loads) == sum(parts))
    for at, some in handed.items():
        for moment in sorted({begin for begin, _, _ in some}):
            held = [part for begin, end, part in some if begin <= moment < end]
            program.add(sum(held) <= relay.stops[at].capacity)
    for at, stays in model.stays.items():  # what waits to board counts where parcels alight too
        waiting = [
            (program.new_fixed_size_interval_var(begin, end - begin, ""), part)
            for begin, end, part in handed.get(at, ())
        ]
        intervals, sizes = zip(*stays, *waiting, strict=True)
        program.add_cumulative(intervals, sizes, relay.stops[at].capacity)
