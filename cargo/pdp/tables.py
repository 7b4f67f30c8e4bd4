"""The tables of a pickup-and-delivery problem, which is checked once."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from cargo.errors import BadProblemError
from cargo.kernels.metric import most_gained
from cargo.pdp.faults import MOST_REQUESTS, faults
from cargo.pdp.layout import (
    CLOSES,
    DELIVERY_ONLY,
    INFINITE,
    OPENS,
    PAIR,
    PICKUP_ONLY,
    Tables,
)
from cargo.pdp.model import PdpProblem, Request, Vehicle
from routing.layout import NONE, UNREACHED, Int32Array, UInt8Array, frozen

MOST_CHECKED = 1000  # places up to which detours are compared with direct ways
NO_WAY_M = 10**8  # where there is no way; sums of some still fit in int32


class Ways(NamedTuple):
    """What a problem's matrices become; to be shared by problems over the same places."""

    duration: Int32Array  # as in `Tables`
    distance: Int32Array
    slack: Int32Array


def make_ways(problem: PdpProblem) -> Ways:
    """Lay out the matrices, with a last place that is no way from anywhere."""
    return Ways(
        frozen(np.stack([_with_nowhere(table) for table in problem.duration])),
        frozen(np.stack([_with_nowhere(table) for table in problem.distance])),
        frozen([_slack(table) for table in problem.duration]),
    )


def make_tables(
    problem: PdpProblem, ways: Ways | None = None, most_requests: int = MOST_REQUESTS
) -> Tables:
    """Check a problem and lay it out for kernels.

    With `ways`, made from the same matrices before, only requests and vehicles are laid out.

    Raises
    ------
    BadProblemError
        If a number is negative, a window empty, a place unknown, or there is too much of it.
    """
    for fault in faults(problem, most_requests):
        raise BadProblemError(f"{problem.name}: {fault}")
    requests, vehicles = problem.requests, problem.vehicles
    ways, n = make_ways(problem) if ways is None else ways, problem.n_resources
    slack = int(ways.slack.max())
    tasks = [row for request in requests for row in task_rows(request, problem, slack)]
    pauses = [
        (pause.earliest, pause.latest, pause.length, int(pause.is_on_duty))
        for vehicle in vehicles
        for pause in sorted(vehicle.pauses, key=lambda pause: pause.earliest)
    ]
    apart = problem.kept_apart
    n_pauses = np.cumsum([0, *(len(vehicle.pauses) for vehicle in vehicles)])
    return Tables(
        duration=ways.duration,
        distance=ways.distance,
        slack=ways.slack,
        task=_table(tasks, 4),
        request=_table([request_row(request) for request in requests], 3),
        amount=_table([amount_row(row, n, apart) for row in requests], n + len(apart)),
        penalty=frozen(penalties(problem), np.float64),
        vehicle=_table(list(_vehicle_rows(problem)), 8),
        capacity=_table(
            [(*padded(row.capacity, n), *[UNREACHED] * len(apart)) for row in vehicles],
            n + len(apart),
        ),
        rate=frozen(
            np.reshape([(row.per_m, row.per_s, row.fixed) for row in vehicles], (-1, 3)), np.float64
        ),
        serves=_serves(problem, _table(tasks, 4)),
        first_pause=frozen(n_pauses),
        pause=_table(pauses, 4),
        is_parted=int(problem.is_parted),
        goods=frozen([goods_column(row, n, apart) for row in requests]),
        apart=_apart(problem),
    )


def amount_row(request: Request, n: int, apart: Sequence[str]) -> tuple[int, ...]:
    """Row of `Tables.amount`, where vehicles have `n` capacities and some goods are kept apart."""
    return (*padded(request.amount, n), *(int(request.goods == name) for name in apart))


def goods_column(request: Request, n: int, apart: Sequence[str]) -> int:
    """Column of `Tables.amount` that counts the request's class of goods, or NONE."""
    return n + apart.index(request.goods) if request.goods in apart else NONE


def _apart(problem: PdpProblem) -> UInt8Array:
    """Which columns of `Tables.amount` exclude each other on board."""
    names = problem.kept_apart
    n = problem.n_resources + len(names) if names else 0
    table = np.zeros((n, n), np.uint8)
    for pair in problem.apart:
        columns = [problem.n_resources + names.index(name) for name in pair]
        table[columns[0], columns[-1]] = table[columns[-1], columns[0]] = 1
    found: UInt8Array = frozen(table, np.uint8)
    return found


def task_rows(
    request: Request, problem: PdpProblem, slack: int
) -> Iterator[tuple[int, int, int, int]]:
    """Rows of `Tables.task`; the windows of a pair are cut to what the other end leaves of them."""
    pickup, delivery = request.pickup, request.delivery
    windows = [
        (0, UNREACHED) if one is None else (one.earliest, one.latest) for one in (pickup, delivery)
    ]
    if pickup is not None and delivery is not None:
        ways = [int(table[pickup.place, delivery.place]) for table in problem.duration]
        least = pickup.service + max(0, min(ways) - slack)
        most = pickup.service + (UNREACHED if request.max_ride is None else request.max_ride)
        (opens_p, closes_p), (opens_d, closes_d) = windows
        opens_p, closes_p = max(opens_p, opens_d - most), min(closes_p, closes_d - least)
        windows = [
            (opens_p, closes_p),
            (max(opens_d, opens_p + least), min(closes_d, closes_p + most)),
        ]
    for stop, (opens, closes) in zip((pickup, delivery), windows, strict=True):
        place, service = (problem.n_places, 0) if stop is None else (stop.place, stop.service)
        yield place, min(opens, UNREACHED), min(closes, UNREACHED), service


def penalties(problem: PdpProblem) -> list[float]:
    """Cost of leaving each request behind; where none is given, more than any plan costs."""
    longest = max((_longest(table) for table in problem.distance), default=0.0)
    slowest = max((_longest(table) for table in problem.duration), default=0.0)
    dearest = max(
        (row.fixed + 4 * (row.per_m * longest + row.per_s * slowest) for row in problem.vehicles),
        default=1.0,
    )
    given = max((row.penalty for row in problem.requests if row.penalty is not None), default=0.0)
    most = min(INFINITE / 1e6, (dearest + given + 1.0) * (len(problem.requests) + 1))
    return [most if row.penalty is None else row.penalty for row in problem.requests]


def _longest(table: Int32Array) -> float:
    usable = table[table < NO_WAY_M]
    return float(usable.max()) if usable.size else 0.0


def _table(rows: Sequence[Sequence[int]], n: int) -> Int32Array:
    """Rows of `n` as a table, which has its width even where it is empty."""
    return frozen(np.reshape(np.array(rows, np.int64), (len(rows), n)))


def padded(amounts: Sequence[int], n: int) -> list[int]:
    """Amounts of all resources."""
    return [*amounts, *[0] * (n - len(amounts))]


def request_row(request: Request) -> tuple[int, int, int]:
    """Row of `Tables.request`."""
    shape = PAIR
    if request.pickup is None:
        shape = DELIVERY_ONLY
    elif request.delivery is None:
        shape = PICKUP_ONLY
    ride = UNREACHED if request.max_ride is None else min(request.max_ride, UNREACHED)
    return shape, int(request.is_passenger), ride


def _vehicle_rows(problem: PdpProblem) -> Iterator[tuple[int, ...]]:
    """Rows of `Tables.vehicle`; vehicles that differ in nothing but their name are of one kind."""
    kinds: dict[object, int] = {}
    nowhere = problem.n_places
    named = {name for row in problem.requests for name in row.vehicles or ()}
    for row in problem.vehicles:
        same = {**row.__dict__, "id": row.id if row.id in named else ""}
        kind = kinds.setdefault(tuple(same.values()), len(kinds))
        yield (
            kind,
            row.profile,
            nowhere if row.start is None else row.start,
            nowhere if row.end is None else row.end,
            row.opens,
            min(row.closes, UNREACHED),
            UNREACHED if row.max_duration is None else min(row.max_duration, UNREACHED),
            UNREACHED if row.max_tasks is None else row.max_tasks,
        )


def _serves(problem: PdpProblem, tasks: Int32Array) -> UInt8Array:
    """Who may carry what; nobody, where the windows of a pair exclude each other."""
    able = np.ones((len(problem.requests), len(problem.vehicles)), np.uint8)
    known: dict[object, list[bool]] = {}
    for r, request in enumerate(problem.requests):
        if request.skills or request.vehicles is not None:
            asked = request.skills, request.vehicles
            if asked not in known:
                known[asked] = [may_carry(request, vehicle) for vehicle in problem.vehicles]
            able[r] = known[asked]
    able[np.any(np.reshape(tasks[:, OPENS] > tasks[:, CLOSES], (-1, 2)), axis=1)] = 0
    table: UInt8Array = frozen(able, np.uint8)
    return table


def may_carry(request: Request, vehicle: Vehicle) -> bool:
    """Whether skills and the request's own list admit a vehicle."""
    is_listed = request.vehicles is None or vehicle.id in request.vehicles
    return is_listed and request.skills <= vehicle.skills


def _with_nowhere(table: Int32Array) -> Int32Array:
    """Add a last place that is no way from anywhere."""
    n = len(table)
    wide = np.zeros((n + 1, n + 1), np.int32)
    wide[:n, :n] = table
    return wide


def _slack(table: Int32Array) -> int:
    """Most that a detour is quicker than the direct way; not looked at for many places."""
    if len(table) > MOST_CHECKED:
        return UNREACHED
    return int(most_gained(np.ascontiguousarray(table, np.int32)))
