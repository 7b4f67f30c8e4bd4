"""The most important vertices of a hierarchy, with a table of the costs between all of them [1]_.

Climbs end where they reach the core: the last and widest part of a search on a hierarchy is then
one look into the table for each pair of vertices at which the two climbs enter it.

.. [1] Sanders, Schultes: Engineering Highway Hierarchies, ESA 2006.
"""

from numba import njit

from routing.layout import NONE, Int32Array, Int64Array
from routing.road_layout import DOWN, FAR, UP, Hierarchy

OTHER, COST = 0, 1  # columns of `Hierarchy.row`


@njit(cache=True, nogil=True)
def fill(hierarchy: Hierarchy, core: Int64Array, turned: Int64Array) -> None:
    """Fill `core`, (n_core, n_core), with the costs from the vertex of a row to that of a column.

    Vertices join from the top one on. A way from a new vertex to those above it begins with a row
    up, and a way to it ends with a row down. `turned` gets the table turned round.
    """
    for vertex in range(core.shape[0]):
        for side, table in ((UP, core), (DOWN, turned)):
            table[vertex, :vertex] = FAR
            own = 2 * vertex + side
            for row in range(hierarchy.first_of_side[own], hierarchy.first_of_side[own + 1]):
                over, cost = hierarchy.row[row, OTHER], hierarchy.row[row, COST]
                for other in range(vertex):
                    table[vertex, other] = min(table[vertex, other], cost + table[over, other])
        core[vertex, vertex] = turned[vertex, vertex] = 0
        for other in range(vertex):
            core[other, vertex] = turned[vertex, other]
            turned[other, vertex] = core[vertex, other]


@njit(cache=True, nogil=True)
def gather(touched: Int32Array, n_touched: int, n_core: int) -> int:
    """Move the vertices of the core to the front of `touched`; return how many they are."""
    n = 0
    for row in range(n_touched):
        vertex = touched[row]
        if vertex < n_core:
            touched[row], touched[n] = touched[n], vertex
            n += 1
    return n


@njit(cache=True, nogil=True)
def cross(
    hierarchy: Hierarchy, core: Int64Array, start: int, goal: int, rows: Int32Array, n_rows: int
) -> tuple[int, int]:
    """Append the rows of the best way between two vertices of the core to `rows`.

    First those up from the start, in driving order, then those down to the goal, the last one
    first. Returns where the latter begin and end.
    """
    vertex = start
    while vertex != goal:
        row = _row_up(hierarchy, core, vertex, goal)
        if row == NONE:
            break  # nothing is left to climb
        rows[n_rows] = row
        n_rows += 1
        vertex = hierarchy.row[row, OTHER]
    n_up = n_rows
    while vertex != goal:
        row = _row_down(hierarchy, core, vertex, goal)
        rows[n_rows] = row
        n_rows += 1
        goal = hierarchy.row[row, OTHER]
    return n_up, n_rows


@njit(cache=True, nogil=True)
def _row_up(hierarchy: Hierarchy, core: Int64Array, start: int, goal: int) -> int:
    """Row up from the start with which a best way begins, or NONE."""
    own = 2 * start + UP
    for row in range(hierarchy.first_of_side[own], hierarchy.first_of_side[own + 1]):
        rest = core[hierarchy.row[row, OTHER], goal]
        if hierarchy.row[row, COST] + rest == core[start, goal]:
            return row
    return NONE


@njit(cache=True, nogil=True)
def _row_down(hierarchy: Hierarchy, core: Int64Array, start: int, goal: int) -> int:
    """Row down to the goal with which a best way ends, or NONE."""
    own = 2 * goal + DOWN
    for row in range(hierarchy.first_of_side[own], hierarchy.first_of_side[own + 1]):
        before = core[start, hierarchy.row[row, OTHER]]
        if before + hierarchy.row[row, COST] == core[start, goal]:
            return row
    return NONE
