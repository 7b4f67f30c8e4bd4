"""Dominance among rows of integers."""

from numba import njit

from routing.layout import BoolArray, Int64Array


@njit(cache=True, nogil=True)
def covers(better: Int64Array, worse: Int64Array) -> bool:
    """Whether a row is nowhere greater than another."""
    for i in range(better.size):
        if better[i] > worse[i]:
            return False
    return True


@njit(cache=True, nogil=True)
def thin(
    costs: Int64Array,  # (n, n_criteria)
    order: Int64Array,  # (n,) rows sorted by all criteria, stable
    stays: BoolArray,  # (n,) all true; in place: false where another row dominates or equals
) -> None:
    """Strike out rows; a sorted row can only be covered by one before it. Entry kernel."""
    for i in range(order.size):
        for j in range(i):
            if stays[order[j]] and covers(costs[order[j]], costs[order[i]]):
                stays[order[i]] = False
                break
