"""Rounds that plans had, kept by who is served: the cheapest order of each set of requests."""

from numba import njit

from cargo.pdp.layout import KIND, Pool, Rounds, Tables

PROBES = 8  # slots that a round may lie in


@njit(cache=True, nogil=True)
def note(tables: Tables, rounds: Rounds, pool: Pool, row: int) -> None:
    """Keep a round, unless a cheaper one with the same requests and kind of vehicle is known.

    Where all its slots are taken, another round is forgotten.
    """
    n, cost = rounds.size[row], rounds.cost[row]
    key = pool.mark[tables.request.shape[0] + tables.vehicle[row, KIND]]
    for k in range(n):
        key += pool.mark[rounds.task[row, k] >> 1]
    n_slots = pool.key.size
    slot = key % n_slots
    for probe in range(PROBES):
        at = (key + probe) % n_slots
        if pool.key[at] == key:
            if pool.cost[at] <= cost:
                return
            slot = at
            break
        if pool.key[at] == 0:
            slot = at
            break
    pool.key[slot], pool.cost[slot], pool.row[slot], pool.size[slot] = key, cost, row, n
    pool.task[slot, :n] = rounds.task[row, :n]
