"""When trucks call, which run each parcel takes and when couriers leave, by CP-SAT.

Tours and courier rounds are given; which truck brings which parcel may still change. Times are
whole thousandths of a minute.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from cargo.ortools_relay_choice import Choice
from cargo.ortools_watch import WatchLimits, watched
from cargo.relay.model import MINUTES, CourierRound, Relay, RelayPlan, Ride, Tour
from cargo.relay.rounds import TourOption

STEPS = 1000  # of a minute


@dataclass
class _Model:
    """Variables of the program."""

    program: Any
    calls: list[dict[int, Any]] = field(default_factory=list)  # of each truck at its in-stops
    rides: list[list[tuple[Ride, Any]]] = field(default_factory=list)  # of each customer
    boarded: dict[tuple[int, int, int, int], list[Any]] = field(default_factory=dict)
    arrivals: list[Any] = field(default_factory=list)  # of each parcel at its out-stop
    departures: list[Any] = field(default_factory=list)  # of each round


def timed(
    relay: Relay, trucks: Sequence[TourOption], choice: Choice, limits: WatchLimits
) -> RelayPlan | None:
    """A plan with times; None where none was found."""
    from ortools.sat.python import cp_model

    model = _Model(cp_model.CpModel())
    last = max(max(relay.calls(line).values()) + line.headway * line.n_runs for line in relay.lines)
    horizon = _steps(max(last, *(one.latest for one in relay.customers))) + STEPS
    for truck in trucks:
        model.calls.append(_truck_calls(relay, model, truck, horizon))
    for round_ in choice.rounds:
        departure = model.program.new_int_var(
            max(0, math.ceil(round_.earliest * STEPS)), math.floor(round_.latest * STEPS), ""
        )
        model.departures.append(departure)
    model.arrivals = [model.program.new_int_var(0, horizon, "") for _ in relay.customers]
    if not _rides(relay, model, choice):
        return None
    _room(relay, model, trucks)
    _storage(relay, model, choice)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    status = watched(solver, model.program, limits)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return None
    return RelayPlan(
        [
            Tour(truck.stops, tuple(solver.value(calls[stop]) / STEPS for stop in truck.stops))
            for truck, calls in zip(trucks, model.calls, strict=True)
        ],
        [next(ride for ride, taken in some if solver.value(taken)) for some in model.rides],
        [
            CourierRound(one.stop, one.customers, solver.value(departure) / STEPS)
            for one, departure in zip(choice.rounds, model.departures, strict=True)
        ],
    )


def _steps(minutes: float) -> int:
    return round(minutes * STEPS)


def _truck_calls(relay: Relay, model: _Model, truck: TourOption, horizon: int) -> dict[int, Any]:
    """Minute of each call, no sooner than the truck can be there."""
    calls = {stop: model.program.new_int_var(0, horizon, "") for stop in truck.stops}
    places = [relay.stops[stop].at for stop in truck.stops]
    model.program.add(calls[truck.stops[0]] >= _way(relay.depot, places[0]))
    for (stop, here), (after, there) in pairwise(zip(truck.stops, places, strict=True)):
        model.program.add(calls[after] >= calls[stop] + _way(here, there))
    return calls


def _way(a: tuple[float, float], b: tuple[float, float]) -> int:
    return math.ceil(MINUTES * math.dist(a, b) * STEPS - 1e-6)


def _rides(relay: Relay, model: _Model, choice: Choice) -> bool:
    """One ride for each parcel, early enough for its round; False where there is none."""
    program = model.program
    model.rides = [[] for _ in relay.customers]
    first_calls = [relay.calls(line) for line in relay.lines]
    for round_, departure in zip(choice.rounds, model.departures, strict=True):
        stop = relay.stops[round_.stop]
        for customer in round_.customers:
            arrival = model.arrivals[customer]
            program.add(departure >= arrival + _steps(stop.handling))
            program.add(departure <= arrival + _steps(stop.longest_wait))
            for ride in _possible(relay, model, round_.stop, round_.latest):
                line = relay.lines[ride.line]
                boards, alights = (
                    _steps(first_calls[ride.line][at] + ride.run * line.headway)
                    for at in (ride.in_stop, ride.out_stop)
                )
                taken = program.new_bool_var("")
                call = model.calls[ride.truck][ride.in_stop]
                origin = relay.stops[ride.in_stop]
                program.add(call + _steps(origin.handling) <= boards).only_enforce_if(taken)
                program.add(call + _steps(origin.longest_wait) >= boards).only_enforce_if(taken)
                program.add(arrival == alights).only_enforce_if(taken)
                model.rides[customer].append((ride, taken))
                key = (ride.truck, ride.in_stop, ride.line, ride.run)
                demand = relay.customers[customer].demand
                model.boarded.setdefault(key, []).append(demand * taken)
            if not model.rides[customer]:
                return False
            program.add_exactly_one([taken for _, taken in model.rides[customer]])
    return True


def _possible(relay: Relay, model: _Model, out_stop: int, latest: float) -> list[Ride]:
    """Rides to a stop that arrive in time, on whichever truck."""
    found = []
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


def _room(relay: Relay, model: _Model, trucks: Sequence[TourOption]) -> None:
    """Room of trucks and of runs; all in-stops of a line come before its out-stops."""
    on_run: dict[tuple[int, int], list[Any]] = {}
    on_truck: list[list[Any]] = [[] for _ in trucks]
    for (truck, _, line, run), loads in model.boarded.items():
        on_run.setdefault((line, run), []).extend(loads)
        on_truck[truck] += loads
    for (line, _), loads in on_run.items():
        model.program.add(sum(loads) <= relay.lines[line].capacity)
    for cargo in on_truck:
        model.program.add(sum(cargo) <= relay.truck_capacity)


def _storage(relay: Relay, model: _Model, choice: Choice) -> None:
    """What waits at a stop, from when it comes until it leaves."""
    program = model.program
    waiting: dict[int, list[tuple[Any, Any]]] = {}
    first_calls = [relay.calls(line) for line in relay.lines]
    for (truck, stop, line, run), loads in model.boarded.items():
        boards = _steps(first_calls[line][stop] + run * relay.lines[line].headway)
        used = program.new_bool_var("")
        load = program.new_int_var(0, min(relay.truck_capacity, relay.lines[line].capacity), "")
        program.add(load == sum(loads)).only_enforce_if(used)
        program.add(sum(loads) == 0).only_enforce_if(used.negated())
        call = model.calls[truck][stop]
        length = program.new_int_var(0, _steps(relay.stops[stop].longest_wait), "")
        interval = program.new_optional_interval_var(call, length, boards, used, "")
        waiting.setdefault(stop, []).append((interval, load))
    for round_, departure in zip(choice.rounds, model.departures, strict=True):
        wait = _steps(relay.stops[round_.stop].longest_wait)
        for customer in round_.customers:
            length = program.new_int_var(0, wait, "")
            interval = program.new_interval_var(model.arrivals[customer], length, departure, "")
            demand = relay.customers[customer].demand
            waiting.setdefault(round_.stop, []).append((interval, demand))
    for stop, some in waiting.items():
        intervals, sizes = zip(*some, strict=True)
        program.add_cumulative(intervals, sizes, relay.stops[stop].capacity)
