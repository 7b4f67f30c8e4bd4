"""When trucks call, which run each parcel takes and when couriers leave, by CP-SAT.

Tours are given. Courier rounds may be chosen along; where those given are just enough, only times
are looked for. Times are whole thousandths of a minute.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from cargo.ortools_relay_choice import SCALE
from cargo.ortools_watch import WatchLimits, watched
from cargo.relay.model import MINUTES, CourierRound, Point, Relay, RelayPlan, Ride, Tour
from cargo.relay.rounds import CourierOption
from cargo.relay.tours import TourOption

STEPS = 1000  # of a minute


class TimedPlan(NamedTuple):
    """A plan and its cost."""

    plan: RelayPlan
    cost: float


@dataclass
class _Model:
    """Variables of the program."""

    relay: Relay
    program: Any
    horizon: int
    calls: list[dict[int, Any]] = field(default_factory=list)  # of each truck at its in-stops
    picks: list[Any] = field(default_factory=list)  # of each round
    rides: dict[tuple[int, int], list[tuple[Ride, Any]]] = field(default_factory=dict)
    boarded: dict[tuple[int, int, int, int], list[Any]] = field(default_factory=dict)
    stays: dict[int, list[tuple[Any, Any]]] = field(default_factory=dict)  # at each stop
    departures: list[Any] = field(default_factory=list)  # of each parcel from its out-stop

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
) -> TimedPlan | None:
    """The cheapest plan on these trucks among these rounds; None where none was found.

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
            model.program.add(calls[one.stops[0]] <= after[one.stops[0]])
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
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.interleave_search = True
    if watched(solver, model.program, limits) not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return None
    chosen = [one for one, pick in zip(rounds, model.picks, strict=True) if solver.value(pick)]
    rides = {
        customer: ride
        for (customer, _), some in model.rides.items()
        for ride, taken in some
        if solver.value(taken)
    }
    plan = RelayPlan(
        [
            Tour(truck.stops, tuple(solver.value(calls[stop]) / STEPS for stop in truck.stops))
            for truck, calls in zip(trucks, model.calls, strict=True)
        ],
        [rides[at] for at in range(len(relay.customers))],
        [
            CourierRound(
                one.stop, one.customers, solver.value(model.departures[one.customers[0]]) / STEPS
            )
            for one in chosen
        ],
    )
    return TimedPlan(plan, fixed + sum(one.cost for one in chosen))


def _steps(minutes: float) -> int:
    return round(minutes * STEPS)


def _truck_calls(model: _Model, truck: TourOption) -> dict[int, Any]:
    """Minute of each call, no sooner than the truck can be there."""
    calls = {stop: model.number(model.horizon) for stop in truck.stops}
    places = [model.relay.stops[stop].at for stop in truck.stops]
    model.program.add(calls[truck.stops[0]] >= _way(model.relay.depot, places[0]))
    for (stop, here), (after, there) in pairwise(zip(truck.stops, places, strict=True)):
        model.program.add(calls[after] >= calls[stop] + _way(here, there))
    return calls


def _way(a: Point, b: Point) -> int:
    return math.ceil(MINUTES * math.dist(a, b) * STEPS - 1e-6)


def _rounds(model: _Model, rounds: Sequence[CourierOption]) -> None:
    """One round for each customer, which leaves with all its parcels when it can."""
    relay, program = model.relay, model.program
    model.picks = [program.new_bool_var("") for _ in rounds]
    model.departures = [model.number(model.horizon) for _ in relay.customers]
    serving: list[list[Any]] = [[] for _ in relay.customers]
    leaving: dict[int, list[Any]] = {}
    for one, pick in zip(rounds, model.picks, strict=True):
        leaving.setdefault(one.stop, []).append(pick)
        departure = model.departures[one.customers[0]]
        earliest = max(0, math.ceil(one.earliest * STEPS))
        program.add_linear_constraint(
            departure, earliest, max(earliest, math.floor(one.latest * STEPS))
        ).only_enforce_if(pick)
        for customer in one.customers:
            serving[customer].append(pick)
            program.add(model.departures[customer] == departure).only_enforce_if(pick)
    for some in serving:
        program.add_exactly_one(some)
    for some in leaving.values():
        program.add(sum(some) <= relay.n_couriers)


def _rides(model: _Model, rounds: Sequence[CourierOption]) -> None:
    """One ride for each parcel, to the stop of its round and early enough for it."""
    relay, program = model.relay, model.program
    served: dict[tuple[int, int], list[tuple[float, Any]]] = {}
    for one, pick in zip(rounds, model.picks, strict=True):
        for customer in one.customers:
            served.setdefault((customer, one.stop), []).append((one.latest, pick))
    for (customer, at), some in served.items():
        demand, stop = relay.customers[customer].demand, relay.stops[at]
        departure, arrival = model.departures[customer], model.number(model.horizon)
        is_here = program.new_bool_var("")
        program.add(sum(pick for _, pick in some) == is_here)
        program.add(departure >= arrival + _steps(stop.handling)).only_enforce_if(is_here)
        model.rides[customer, at] = []
        for ride in _possible(model, at, max(latest for latest, _ in some)):
            taken = program.new_bool_var("")
            call, origin = model.calls[ride.truck][ride.in_stop], relay.stops[ride.in_stop]
            boards = model.minute(ride, ride.in_stop)
            program.add(call <= boards - _steps(origin.handling)).only_enforce_if(taken)
            program.add(call >= boards - _steps(origin.longest_wait)).only_enforce_if(taken)
            program.add(arrival == model.minute(ride, at)).only_enforce_if(taken)
            model.rides[customer, at].append((ride, taken))
            key = (ride.truck, ride.in_stop, ride.line, ride.run)
            model.boarded.setdefault(key, []).append(demand * taken)
        program.add(sum(taken for _, taken in model.rides[customer, at]) == is_here)
        stay = program.new_optional_interval_var(
            arrival, model.number(_steps(stop.longest_wait)), departure, is_here, ""
        )
        model.stays.setdefault(at, []).append((stay, demand))


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


def _storage(model: _Model) -> None:
    """What waits at a stop, from when it comes until it leaves."""
    relay, program = model.relay, model.program
    for (truck, at, line, run), loads in model.boarded.items():
        boards = model.minute(Ride(truck, at, line, run, at), at)
        used = program.new_bool_var("")
        load = model.number(min(relay.truck_capacity, relay.lines[line].capacity))
        program.add(load == sum(loads)).only_enforce_if(used)
        program.add(sum(loads) == 0).only_enforce_if(used.negated())
        stay = program.new_optional_interval_var(
            model.calls[truck][at],
            model.number(_steps(relay.stops[at].longest_wait)),
            boards,
            used,
            "",
        )
        model.stays.setdefault(at, []).append((stay, load))
    for at, some in model.stays.items():
        intervals, sizes = zip(*some, strict=True)
        program.add_cumulative(intervals, sizes, relay.stops[at].capacity)
