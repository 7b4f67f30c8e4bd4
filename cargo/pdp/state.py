"""Empty rounds and scratch for kernels."""

import numpy as np

from cargo.kernels.stream import new_stream
from cargo.pdp.layout import (
    CLOSES,
    DELIVERY_ONLY,
    N_STEP,
    OPENS,
    PICKUP_ONLY,
    PLACE,
    SHAPE,
    START,
    Line,
    Memo,
    Pool,
    Rounds,
    Search,
    Tables,
)
from routing.layout import NONE, Float64Array, Int32Array, first_of, frozen

NEIGHBOURS = 300  # tasks
LEAST_ROOM, MOST_ROOM = 200, 2000  # tasks in a round
MOST_POOLED = 2**16  # rounds that are kept to be combined anew ...
POOL_ROOM = 2**24  # ... and tasks that they have room for together, 64 MB
MARK = 2**48  # marks are below it, so that those of a whole round add up in 64 bits
MOST_REMEMBERED = 2**20  # insertions of each layer; about 50 MB each


def most_tasks(tables: Tables) -> int:
    """Tasks that a round has room for: all of them where there are few, else many times a share."""
    n_tasks, n_rows = len(tables.task), max(1, len(tables.vehicle))
    return max(2, min(n_tasks, MOST_ROOM, max(LEAST_ROOM, 8 * n_tasks // n_rows)))


def empty_rounds(tables: Tables) -> Rounds:
    """Rounds without a task; `refresh` must fill them."""
    n, n_resources = tables.capacity.shape
    most = most_tasks(tables)
    return Rounds(
        size=np.zeros(n, np.int32),
        task=np.zeros((n, most), np.int32),
        row=np.full(tables.request.shape[0], NONE, np.int32),
        step=np.zeros((n, most + 2, N_STEP), np.int32),
        load=np.zeros((n, most + 2, n_resources), np.int32),
        peak=np.zeros((n, most + 2, 2 * n_resources), np.int32),
        cost=np.zeros(n),
        span=np.zeros(n, np.int32),
        waiting=np.zeros(n, np.int32),
        is_exact=np.zeros(n, np.uint8),
        version=np.zeros(n, np.int64),
    )


def empty_line(tables: Tables) -> Line:
    """Scratch for one round with a request more."""
    n = most_tasks(tables) + 4
    n_pauses = int(np.diff(tables.first_pause).max(initial=0)) + 1
    opens, closes, stay, way, partner, limit, time, late = np.zeros((8, n), np.int32)
    return Line(
        opens, closes, stay, way, partner, limit, time, late,
        base=np.zeros((5, n), np.int32),
        rest=np.zeros(n_pauses, np.int32),
        held=np.zeros(n_pauses, np.int32),
    )  # fmt: skip


def empty_search(
    tables: Tables, seed: int, *, is_bare: bool = False, is_open: bool = False
) -> Search:
    """Scratch of a search.

    Parameters
    ----------
    is_bare
        For insertions only: without the core's ruin, orders and pool of rounds.
    is_open
        Who may carry what may change, so that no vehicles are listed; one request is asked about
        at a time, so no more is remembered than its costs.
    """
    n_requests, n_rows = tables.serves.shape
    request, row = np.nonzero(tables.serves[:0] if is_open else tables.serves)
    return Search(
        neighbour=frozen(np.zeros((0, 0))) if is_bare else _neighbours(tables),
        order=frozen(np.zeros((0, n_requests)), np.float64) if is_bare else _orders(tables),
        first_able=frozen([]) if is_open else first_of(request, n_requests),
        able=frozen(row),
        is_closed=np.zeros(n_rows, np.uint8),
        weight=np.zeros(n_requests),
        absences=np.zeros(n_requests),
        touched=np.zeros(n_rows, np.uint8),
        ruined=np.zeros(n_rows, np.uint8),
        waiting=np.zeros(n_requests, np.int32),
        key=np.zeros(n_requests),
        unknown=np.zeros(n_rows, np.int32),
        detour=np.zeros((most_tasks(tables) + 2, 2)),
        value=np.zeros(2),
        tally=np.zeros(6, np.int64),
        setting=np.zeros(6),
        stream=new_stream(seed),
        line=empty_line(tables),
        memo=_empty_memo(n_rows if is_open else n_requests * n_rows),
        pool=_empty_pool(tables, 1 if is_bare else MOST_POOLED),
    )


def _empty_memo(pairs: int) -> Memo:
    size = max(1, min(pairs, MOST_REMEMBERED))
    return Memo(
        key=np.full((2, size), NONE, np.int64),
        version=np.zeros((2, size), np.int64),
        cost=np.zeros((2, size)),
        floor=np.zeros((2, size)),
        i=np.zeros((2, size), np.int32),
        j=np.zeros((2, size), np.int32),
    )


def _empty_pool(tables: Tables, most: int) -> Pool:
    most = min(most, POOL_ROOM // most_tasks(tables))
    marks = np.random.default_rng(len(tables.task)).integers(
        1, MARK, len(tables.request) + len(tables.vehicle)
    )
    return Pool(
        mark=marks,
        key=np.zeros(most, np.int64),
        cost=np.zeros(most),
        row=np.zeros(most, np.int32),
        size=np.zeros(most, np.int32),
        task=np.zeros((most, most_tasks(tables)), np.int32),
    )


def real_tasks(tables: Tables) -> Int32Array:
    """1 where a task is really driven to, shape (n_tasks,)."""
    shape = np.repeat(tables.request[:, SHAPE], 2)
    is_delivery = np.arange(shape.size) % 2 == 1
    hidden = np.where(is_delivery, PICKUP_ONLY, DELIVERY_ONLY)
    real: Int32Array = (shape != hidden).astype(np.int32)
    return real


def _neighbours(tables: Tables) -> Int32Array:
    """Tasks by how near they lie to each, itself first."""
    n = tables.task.shape[0]
    most = min(n, NEIGHBOURS)
    table = np.zeros((n, most), np.int32)
    place, is_real = tables.task[:, PLACE], real_tasks(tables)
    for task in range(n):
        away = tables.distance[0, place[task], place].astype(np.int64)
        away[task] = -1
        away[is_real == 0] = 2**40
        near = np.argpartition(away, most - 1)[:most] if most < n else np.arange(n)
        table[task] = near[np.argsort(away[near], kind="stable")]
    return frozen(table)


def _orders(tables: Tables) -> Float64Array:
    """Keys to sort waiting requests by, each as many times as it should be drawn."""
    n = tables.request.shape[0]
    first, last = tables.task[0::2], tables.task[1::2]
    depot = int(tables.vehicle[0, START]) if len(tables.vehicle) else 0
    away = tables.distance[0, depot]
    far = np.maximum(away[first[:, PLACE]], away[last[:, PLACE]]).astype(np.float64)
    amount = -tables.amount.astype(np.float64).sum(axis=1)
    narrow = np.minimum(
        *(end[:, CLOSES].astype(np.float64) - end[:, OPENS] for end in (first, last))
    )
    early, late = first[:, CLOSES].astype(np.float64), -last[:, OPENS].astype(np.float64)
    dear = -tables.penalty / max(1.0, float(tables.penalty.max(initial=1.0)))
    keys = [amount] * 4 + [-far] * 2 + [far] + [narrow] * 2 + [early] * 2 + [late] * 2
    is_graded = np.unique(dear).size > 1
    keys += [dear] * 12 if is_graded else []
    return frozen(np.reshape(np.array(keys), (len(keys), n)), np.float64)
