"""Slow, obvious answers about rounds and plans; nothing here comes from the package's solvers."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from cargo.pdp.model import Pause, PdpProblem, Request, Stop, Vehicle

FAR = 10**6


def stop_of(request: Request, end: int) -> Stop | None:
    return request.delivery if end else request.pickup


def has_room(problem: PdpProblem, vehicle: Vehicle, tasks: Sequence[int]) -> bool:
    """Whether loads fit, and passengers are not on board where a parcel is handled."""
    requests = problem.requests
    load = [0] * problem.n_resources
    riders = 0
    for task in tasks:
        request = requests[task // 2]
        if request.pickup is None:
            load = [a + b for a, b in zip(load, request.amount, strict=True)]
            riders += request.is_passenger
    if any(a > b for a, b in zip(load, vehicle.capacity, strict=True)):
        return False
    if not keeps_apart(problem, tasks):
        return False
    for task in tasks:
        request, sign = requests[task // 2], -1 if task % 2 else 1
        if request.is_passenger:
            riders += sign
        elif problem.is_parted and riders:
            return False
        load = [a + sign * b for a, b in zip(load, request.amount, strict=True)]
        if any(a > b for a, b in zip(load, vehicle.capacity, strict=True)):
            return False
    return True


def keeps_apart(problem: PdpProblem, tasks: Sequence[int]) -> bool:
    """Whether goods that must be kept apart are never on board together."""
    asked = [problem.requests[task // 2] for task in tasks]
    aboard = [one.goods for one in asked if one.pickup is None]
    for request, task in zip(asked, tasks, strict=True):
        if clash(problem, aboard):
            return False
        if task % 2:
            aboard.remove(request.goods)
        else:
            aboard.append(request.goods)
    return True


def clash(problem: PdpProblem, aboard: Sequence[str]) -> bool:
    """Whether two goods that must be kept apart are in a list."""
    return any(frozenset(pair) in problem.apart for pair in itertools.combinations(aboard, 2))


def least_span(problem: PdpProblem, vehicle: Vehicle, tasks: Sequence[int]) -> int | None:
    """Least time from start to end, over every start and every choice of places for pauses."""
    best = None
    pauses = sorted(vehicle.pauses, key=lambda pause: pause.earliest)
    for before in range(len(pauses) + 1):
        for after in range(before, len(pauses) + 1):
            beside = [*pauses[:before], *pauses[after:]]
            if any(pause.is_on_duty for pause in beside):
                continue
            inside = replace(vehicle, pauses=tuple(pauses[before:after]))
            free = _over(pauses[:before], 0)
            gaps_of = itertools.combinations_with_replacement(range(len(tasks) + 1), after - before)
            for gaps, start in itertools.product(
                gaps_of, range(max(vehicle.opens, free), vehicle.closes + 1)
            ):
                end = _end(problem, inside, tasks, gaps, start)
                if end is None or _over(pauses[after:], end) >= FAR:
                    continue
                best = end - start if best is None else min(best, end - start)
    return best


def _over(pauses: Sequence[Pause], free: int) -> int:
    """When some pauses are over for a driver who is free from a time on; `FAR` for never."""
    for pause in pauses:
        start = max(free, pause.earliest)
        if start > pause.latest:
            return FAR
        free = start + pause.length
    return free


def _end(
    problem: PdpProblem, vehicle: Vehicle, tasks: Sequence[int], gaps: Sequence[int], start: int
) -> int | None:
    """Earliest end when leaving just at `start`, by raising times until nothing changes."""
    stops = [stop_of(problem.requests[task // 2], task % 2) for task in tasks]
    places = [vehicle.start, *(stop.place for stop in stops if stop), vehicle.end]
    stay = [0, *(stop.service for stop in stops if stop), 0]
    low = [start, *(stop.earliest for stop in stops if stop), vehicle.opens]
    high = [vehicle.closes, *(stop.latest for stop in stops if stop), vehicle.closes]
    pauses = sorted(vehicle.pauses, key=lambda pause: pause.earliest)
    way = [stay[k] + _way(problem, places[k], places[k + 1]) for k in range(len(places) - 1)]
    for gap in set(gaps):
        chain = [pause for at, pause in zip(gaps, pauses, strict=True) if at == gap]
        if _over(chain, 0) >= FAR:
            return None
    for at, (gap, pause) in enumerate(zip(gaps, pauses, strict=True)):
        before = sum(pauses[k].length for k in range(at) if gaps[k] == gap)
        high[gap] = min(high[gap], pause.latest - stay[gap] - before)
        low[gap + 1] = max(low[gap + 1], _held(pauses, gaps, gap))
        way[gap] += pause.length
    back = []  # (element, earlier element, most between their starts)
    for k, task in enumerate(tasks, start=1):
        ride = problem.requests[task // 2].max_ride
        if task % 2 and ride is not None and task - 1 in tasks:
            p = tasks.index(task - 1) + 1
            back.append((k, p, ride + stay[p]))
    if vehicle.max_duration is not None:
        back.append((len(way), 0, vehicle.max_duration))
    return _raised(low, high, way, back, start)


def _raised(
    low: list[int], high: list[int], way: list[int], back: list[tuple[int, int, int]], start: int
) -> int | None:
    times = list(low)
    for _ in range(200):
        before = list(times)
        for k in range(len(way)):
            times[k + 1] = max(times[k + 1], times[k] + way[k])
        for k, p, most in back:
            times[p] = max(times[p], times[k] - most)
        if any(time > most for time, most in zip(times, high, strict=True)):
            return None
        if times == before:
            return times[-1] if times[0] == start else None
    return None


def _way(problem: PdpProblem, tail: int | None, head: int | None) -> int:
    return 0 if tail is None or head is None else int(problem.duration[0][tail, head])


def _held(pauses: Sequence[Any], gaps: Sequence[int], k: int) -> int:
    """Earliest end of all pauses in a gap, for a driver who was free before."""
    ended = 0
    for gap, pause in zip(gaps, pauses, strict=True):
        if gap == k:
            ended = max(ended, pause.earliest) + pause.length
    return ended


def round_cost(problem: PdpProblem, vehicle: Vehicle, tasks: Sequence[int]) -> float | None:
    """Cost of a round, None where it breaks a rule."""
    if not tasks:
        return 0.0
    able = all(problem.requests[task // 2].skills <= vehicle.skills for task in tasks)
    full = vehicle.max_tasks is not None and len(tasks) > vehicle.max_tasks
    if not able or full or not has_room(problem, vehicle, tasks):
        return None
    span = least_span(problem, vehicle, tasks)
    if span is None:
        return None
    stops = [stop_of(problem.requests[task // 2], task % 2) for task in tasks]
    places = [vehicle.start, *(stop.place for stop in stops if stop), vehicle.end]
    metres = sum(
        int(problem.distance[0][a, b])
        for a, b in itertools.pairwise(places)
        if a is not None and b is not None
    )
    return vehicle.fixed + vehicle.per_m * metres + vehicle.per_s * span


def places_for(problem: PdpProblem, tasks: Sequence[int], r: int) -> Iterator[list[int]]:
    """The round with request `r` put in, everywhere."""
    request = problem.requests[r]
    ends = [2 * r + end for end in (0, 1) if stop_of(request, end) is not None]
    for i in range(len(tasks) + 1):
        if len(ends) == 1:
            yield [*tasks[:i], ends[0], *tasks[i:]]
            continue
        for j in range(i, len(tasks) + 1):
            yield [*tasks[:i], ends[0], *tasks[i:j], ends[1], *tasks[j:]]


def rounds_of(problem: PdpProblem, some: Sequence[int]) -> Iterator[list[int]]:
    """Every order of the tasks of some requests."""
    if not some:
        yield []
        return
    for shorter in rounds_of(problem, some[1:]):
        yield from places_for(problem, shorter, some[0])


def best_cost(problem: PdpProblem) -> float:
    """Least cost of any plan, penalties included, by trying all."""
    n = len(problem.requests)
    of_subset: list[dict[frozenset[int], float]] = []
    for vehicle in problem.vehicles:
        table = {}
        for size in range(n + 1):
            for some in itertools.combinations(range(n), size):
                costs = (round_cost(problem, vehicle, tasks) for tasks in rounds_of(problem, some))
                table[frozenset(some)] = min((c for c in costs if c is not None), default=FAR)
        of_subset.append(table)
    best = float(FAR)
    for owners in itertools.product(range(-1, len(problem.vehicles)), repeat=n):
        total = sum(problem.requests[r].penalty or 0.0 for r in range(n) if owners[r] < 0)
        for row, table in enumerate(of_subset):
            total += table[frozenset(r for r in range(n) if owners[r] == row)]
        best = min(best, total)
    return best
