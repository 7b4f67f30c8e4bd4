"""The best plan that can be made of rounds that a search has had."""

import numpy as np

from cargo.ortools_partition import Demand, KnownRounds, choose_rounds
from cargo.ortools_watch import WatchLimits
from cargo.pdp.layout import BEST_VALUE, DELIVERY_ONLY, KIND, SHAPE, Pool, Search, Tables
from routing.layout import BoolArray, Int64Array


def recombined(tables: Tables, search: Search, limits: WatchLimits) -> list[list[int]] | None:
    """Tasks of each vehicle in a plan cheaper than the best so far; None where none is found.

    Rounds that can be in no such plan are forgotten.
    """
    pool, kind = search.pool, tables.vehicle[:, KIND]
    slots = np.flatnonzero(pool.key)
    if not slots.size:
        return None
    is_usable = search.is_closed == 0
    vehicles = np.bincount(kind[is_usable], minlength=int(kind.max()) + 1)
    demand = Demand(tables.penalty, vehicles, float(search.value[BEST_VALUE]))
    rounds = _known(tables, pool, slots)
    chosen, useless = choose_rounds(rounds, demand, limits)
    pool.key[slots[useless]] = 0
    if chosen is None:
        return None
    free = {int(k): np.flatnonzero((kind == k) & is_usable).tolist() for k in np.unique(kind)}
    tasks: list[list[int]] = [[] for _ in kind]
    for at in chosen:
        row = free[int(rounds.kind[at])].pop()
        tasks[row] = pool.task[slots[at], : pool.size[slots[at]]].tolist()
    return tasks


def _known(tables: Tables, pool: Pool, slots: Int64Array) -> KnownRounds:
    """Rounds of the pool by the requests that they serve."""
    size, shape = pool.size[slots], tables.request[:, SHAPE]
    is_head: BoolArray = np.stack([shape != DELIVERY_ONLY, shape == DELIVERY_ONLY], 1).ravel()
    tasks = pool.task[slots, : size.max()]
    is_one = is_head[tasks] & (np.arange(tasks.shape[1]) < size[:, None])
    return KnownRounds(
        cost=pool.cost[slots],
        kind=tables.vehicle[pool.row[slots], KIND],
        first=np.concatenate([[0], np.cumsum(is_one.sum(axis=1))]),
        request=tasks[is_one] >> 1,
    )
