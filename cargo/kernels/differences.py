"""Times of a round as difference constraints between its elements.

Service starts within windows, a way takes its time, a ride and the whole round last no longer than
they may. The least solution of such constraints is found by passes over the round, each as many as
there are constraints that point back at most [1]_; unlike the eight steps of [2]_ it misses none.

.. [1] Bellman: On a routing problem, Quarterly of Applied Mathematics 16 (1958).
.. [2] Cordeau, Laporte: A tabu search heuristic for the static multi-vehicle dial-a-ride problem,
   Transportation Research B 37 (2003).
"""

from numba import njit

from cargo.pdp.layout import Line
from routing.layout import NONE


@njit(cache=True, nogil=True)
def earliest(line: Line, n: int) -> bool:
    """Raise `line.time` to the least solution; false where there is none."""
    time = line.time
    for _ in range(n + 2):
        for k in range(n):
            start = max(time[k], line.opens[k])
            if k > 0:
                start = max(start, time[k - 1] + line.way[k - 1])
            if start > line.closes[k]:
                return False
            time[k] = start
        is_stable = True
        for k in range(n - 1, 0, -1):
            partner = line.partner[k]
            if partner != NONE and time[k] - line.limit[k] > time[partner]:
                time[partner] = time[k] - line.limit[k]
                is_stable = False
        if is_stable:
            return True
    return False


@njit(cache=True, nogil=True)
def latest(line: Line, n: int) -> None:
    """Lower `line.late` to the greatest solution; there must be one."""
    late = line.late
    for _ in range(n + 2):
        for k in range(n - 1, -1, -1):
            start = min(late[k], line.closes[k])
            if k < n - 1:
                start = min(start, late[k + 1] - line.way[k])
            late[k] = start
        is_stable = True
        for k in range(1, n):
            partner = line.partner[k]
            if partner != NONE and late[partner] + line.limit[k] < late[k]:
                late[k] = late[partner] + line.limit[k]
                is_stable = False
        if is_stable:
            return


@njit(cache=True, nogil=True)
def shortest(line: Line, n: int) -> int:
    """Times with the earliest end and the latest start for it; its span is the least one.

    `line.time` must hold the earliest times.
    """
    end = line.time[n - 1]
    line.late[:n] = line.closes[:n]
    line.late[n - 1] = end
    latest(line, n)
    line.time[0] = line.late[0]
    earliest(line, n)
    return int(end - line.time[0])
