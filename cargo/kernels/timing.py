"""Exact times of one round, with a request put in or as it is."""

from numba import njit

from cargo.kernels.differences import earliest, shortest
from cargo.kernels.pauses import hold_pauses
from cargo.pdp.layout import (
    CLOSES,
    LONGEST,
    MAX_RIDE,
    OPENS,
    PARTNER,
    PLACE,
    PROFILE,
    RIDE,
    SERVICE,
    Line,
    Rounds,
    Tables,
)
from routing.layout import NONE, UNREACHED, Int32Array


@njit(cache=True, nogil=True)
def _element(
    line: Line, z: int, task: Int32Array, row: int, partner: int, limit: int
) -> None:  # `task` has the columns of `Tables.task`
    """Write element `z` from a row of a table."""
    line.opens[z], line.closes[z] = task[row, OPENS], task[row, CLOSES]
    line.stay[z] = task[row, SERVICE]
    line.partner[z], line.limit[z] = partner, limit
    line.time[z] = task[row, OPENS]


@njit(cache=True, nogil=True)
def assemble(
    tables: Tables, rounds: Rounds, line: Line, row: int, first: int, i: int, second: int, j: int
) -> int:
    """Lay out a round with task `first` after element `i` and `second` after `j`; either is NONE.

    Returns the number of elements.
    """
    step, size = rounds.step[row], rounds.size[row]
    way = tables.duration[tables.vehicle[row, PROFILE]]
    z, before, pickup = 0, NONE, 0
    for k in range(size + 2):
        partner = step[k, PARTNER]
        if partner != NONE:
            partner += (1 if first != NONE and partner > i else 0) + (
                1 if second != NONE and partner > j else 0
            )
        for part in range(3):
            if part == 0:
                place = step[k, PLACE]
                _element(line, z, step, k, partner, step[k, RIDE])
            elif part == 1:
                if first == NONE or k != i:
                    continue
                place, pickup = tables.task[first, PLACE], z
                _element(line, z, tables.task, first, NONE, UNREACHED)
            else:
                if second == NONE or k != j:
                    continue
                place = tables.task[second, PLACE]
                most = tables.request[second >> 1, MAX_RIDE]
                limit = most + tables.task[first, SERVICE]
                _element(line, z, tables.task, second, pickup if most < UNREACHED else NONE, limit)
            if z > 0:
                line.way[z - 1] = line.stay[z - 1] + way[before, place]
            before = place
            z += 1
    if tables.vehicle[row, LONGEST] < UNREACHED:
        line.partner[z - 1], line.limit[z - 1] = 0, tables.vehicle[row, LONGEST]
    return z


@njit(cache=True, nogil=True)
def drive(
    tables: Tables, rounds: Rounds, line: Line, row: int, first: int, i: int, second: int, j: int,
    is_span_wanted: bool,
) -> int:  # fmt: skip
    """Least span of a round with a request put in, 0 if it is not wanted; NONE if impossible."""
    n = assemble(tables, rounds, line, row, first, i, second, j)
    if tables.first_pause[row + 1] > tables.first_pause[row]:
        return hold_pauses(tables, line, n, row, is_span_wanted)
    if not earliest(line, n):
        return NONE
    return shortest(line, n) if is_span_wanted else 0
