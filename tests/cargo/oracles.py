"""Slow, obvious answers to compare the package with; nothing here comes from it."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from cargo.network import Call, Hub, LineTrip, Network

Label = tuple[int, int, int, int, int]  # hub, time, cost, CO2, trips
FRESH = 10**9  # s on the way that are no limit


def chains(
    network: Network, start: Sequence[tuple[int, int, int, int]], amount: tuple[int, int, int],
    temperature: str, max_trips: int,
) -> set[Label]:  # fmt: skip
    """Pareto sets of ways to be at each hub, by enumerating every chain of rides."""
    found = [label for label, _ in fresh_chains(network, start, amount, temperature, max_trips)]
    return {
        one
        for one in found
        if not any(
            other[0] == one[0] and other != one
            and all(a <= b for a, b in zip(other[1:], one[1:], strict=True))
            for other in found
        )
    }  # fmt: skip


def fresh_chains(
    network: Network, start: Sequence[tuple[int, int, int, int]], amount: tuple[int, int, int],
    temperature: str, max_trips: int, leads: Sequence[int] = (), most: int = FRESH,
) -> list[tuple[Label, int]]:  # fmt: skip
    """Every way to be at each hub within `most` of leaving the door, and when it is left.

    The door is left `leads` before the first trip has to be reached; FRESH where no trip is.
    """
    found: list[tuple[Label, int]] = []
    todo: list[tuple[Label, int, int]] = [
        ((*row, 0), FRESH, lead) for row, lead in zip(start, leads or [0] * len(start), strict=True)
    ]
    while todo:
        label, since, lead = todo.pop()
        found.append((label, since))
        hub, time, cost, co2, trips = label
        if trips == max_trips:
            continue
        for trip in network.trips:
            if temperature not in trip.temperatures:
                continue
            load_at = [call.departure for call in trip.calls]
            for i, load in enumerate(trip.calls[:-1]):
                if load.hub != hub or not _can_load(trip, load, time, network.hubs[hub]):
                    continue
                added = 0
                begins = load.departure - trip.handling - network.hubs[hub].handling - lead
                left = min(since, begins)
                for j in range(i, len(trip.room)):
                    if any(a > b for a, b in zip(amount, trip.room[j], strict=True)):
                        break
                    factor = {"rail": 20, "ferry": 40}.get(trip.mode, 70)
                    added += round(factor * trip.hop_m[j] / 1000) * amount[0]
                    ready = max(trip.calls[j + 1].arrival + trip.handling, load_at[j] + 1)
                    if _can_unload(trip, trip.calls[j + 1], network) and ready - left <= most:
                        price = round(1000 * trip.price_per_piece) * amount[2]
                        label = (trip.calls[j + 1].hub, ready, cost + price, co2 + added, trips + 1)
                        todo.append((label, left, 0))
    return found


def task_orders(n_jobs: int) -> Iterator[tuple[int, ...]]:
    """All orders of 2 * job (pickup) and 2 * job + 1 (delivery) with pickups first."""
    for order in itertools.permutations(range(2 * n_jobs)):
        if all(order.index(2 * job) < order.index(2 * job + 1) for job in range(n_jobs)):
            yield order


def splits(jobs: Sequence[int], n_rounds: int) -> Iterator[list[list[int]]]:
    """All ways to give jobs to rounds."""
    for owners in itertools.product(range(n_rounds), repeat=len(jobs)):
        yield [[job for job, owner in zip(jobs, owners, strict=True) if owner == row]
               for row in range(n_rounds)]  # fmt: skip


def packing(
    amounts: Sequence[int], options: Sequence[Sequence[tuple[Sequence[int], int]]],
    room: Sequence[int], penalty: int,
) -> int:  # fmt: skip
    """Least cost of giving each shipment one of its (hops, cost) options, by CP-SAT."""
    from ortools.sat.python import cp_model

    model: Any = cp_model.CpModel()
    load: dict[int, list[Any]] = {}
    terms = []
    for amount, choices in zip(amounts, options, strict=True):
        left = model.new_bool_var("")
        picks = [left]
        terms.append(penalty * left)
        for hops, cost in choices:
            pick = model.new_bool_var("")
            picks.append(pick)
            terms.append(cost * pick)
            for hop in hops:
                load.setdefault(hop, []).append(amount * pick)
        model.add_exactly_one(picks)
    for hop, parts in load.items():
        model.add(sum(parts) <= room[hop])
    model.minimize(sum(terms))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    assert solver.solve(model) == cp_model.OPTIMAL
    return round(solver.objective_value)


Way = tuple[tuple[int, ...], int]  # hops (row of the call they leave), cost


def ways(
    network: Network, start: Sequence[tuple[int, int, int]], goal: Sequence[tuple[int, int, int]],
    amount: tuple[int, int, int], temperature: str, max_trips: int,
    leads: tuple[Sequence[int], Sequence[int]] = ((), ()), most: int = FRESH,
) -> list[Way]:  # fmt: skip
    """Every way by trips from a (hub, time, cost) to a (hub, latest, cost), by enumeration.

    `leads` are the drives before starts and behind goals, `most` the time from door to door.
    """
    befores, behinds = leads[0] or [0] * len(start), leads[1] or [0] * len(goal)
    goals = [(*end, behind) for end, behind in zip(goal, behinds, strict=True)]
    first_call = list(itertools.accumulate((len(trip.calls) for trip in network.trips), initial=0))
    found: list[Way] = []
    todo: list[tuple[int, int, int, tuple[int, ...], int, int]]
    todo = [
        (hub, time, cost, (), 0, -before)
        for (hub, time, cost), before in zip(start, befores, strict=True)
    ]
    while todo:
        hub, time, cost, hops, trips, since = todo.pop()
        if trips:
            found += [
                (hops, cost + more)
                for at, by, more, behind in goals
                if at == hub and time <= by and time + behind - since <= most
            ]
        if trips == max_trips:
            continue
        for row, trip in enumerate(network.trips):
            if temperature not in trip.temperatures:
                continue
            for i, load in enumerate(trip.calls[:-1]):
                if load.hub == hub and _can_load(trip, load, time, network.hubs[hub]):
                    price = round(1000 * trip.price_per_piece) * amount[2]
                    begins = load.departure - trip.handling - network.hubs[hub].handling
                    left = since if trips else begins + since
                    todo += [
                        (to, ready, cost + price, (*hops, *used), trips + 1, left)
                        for to, ready, used in _unloads(network, trip, first_call[row], i, amount)
                    ]
    return found


def _unloads(
    network: Network, trip: LineTrip, first_call: int, i: int, amount: tuple[int, int, int]
) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """(hub, time in its hands, hops) of every call where goods loaded at call i can be unloaded."""
    came, left = _moments(trip)
    for j in range(i, len(trip.room)):
        if any(a > b for a, b in zip(amount, trip.room[j], strict=True)):
            return
        to = trip.calls[j + 1]
        if _can_unload(trip, to, network):
            ready = max(to.arrival + trip.handling, left[j] + 1, came[j + 1])
            yield to.hub, ready, tuple(range(first_call + i, first_call + j + 1))


def _can_load(trip: LineTrip, load: Call, time: int, place: Hub) -> bool:
    """Whether goods that lie at a hub from a time on can be put on a trip at a call."""
    begins = load.departure - trip.handling
    return (
        time + place.handling <= begins
        and place.opens + place.handling <= begins
        and load.departure <= place.closes
        and (load.is_end or load.departure - load.arrival >= trip.handling)
        and trip.departs[0] <= load.departure <= trip.departs[1]
    )


def _can_unload(trip: LineTrip, to: Call, network: Network) -> bool:
    """Whether the trip stands long enough, at a hub that is open."""
    hours = network.hubs[to.hub]
    dwells = to.is_end or to.departure - to.arrival >= trip.handling
    return dwells and hours.opens <= to.arrival <= hours.closes - trip.handling


def _moments(trip: LineTrip) -> tuple[list[int], list[int]]:
    """When goods have come to each call and when they leave: a hop takes a second at least."""
    came: list[int] = []
    left: list[int] = []
    for at, call in enumerate(trip.calls):
        came.append(call.arrival if at == 0 else max(call.arrival, left[-1] + 1))
        left.append(max(call.departure, came[-1]))
    return came, left


def best_choice(
    amounts: Sequence[tuple[int, int, int]], refusals: Sequence[int],
    options: Sequence[Sequence[Way]], room: Sequence[tuple[int, int, int]],
    goods: Sequence[int | None], apart: Sequence[Sequence[int]],
) -> int:  # fmt: skip
    """Least cost of giving each consignment one of its ways or its refusal, by trying all."""

    def meets(kind: int | None, on_hop: Sequence[int | None]) -> bool:
        return kind is not None and any(
            other is not None and apart[kind][other] for other in on_hop
        )

    def best(
        at: int, left: dict[int, tuple[int, ...]], aboard: dict[int, tuple[int | None, ...]]
    ) -> int:
        if at == len(amounts):
            return 0
        found = refusals[at] + best(at + 1, left, aboard)
        for hops, cost in options[at]:
            if any(meets(goods[at], aboard.get(hop, ())) for hop in hops):
                continue
            riding = aboard | {hop: (*aboard.get(hop, ()), goods[at]) for hop in hops}
            after = dict(left)
            for hop in hops:
                has = after.get(hop, room[hop])
                after[hop] = tuple(a - b for a, b in zip(has, amounts[at], strict=True))
            if all(min(after[hop]) >= 0 for hop in hops) and cost < refusals[at]:
                found = min(found, cost + best(at + 1, after, riding))
        return found

    return best(0, {}, {})
