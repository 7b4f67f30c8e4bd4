"""How far a table of durations is from keeping the triangle inequality."""

from numba import njit

from routing.layout import Int32Array


@njit(cache=True, nogil=True)
def most_gained(duration: Int32Array) -> int:
    """Most that going by a third place is quicker than the direct way, 0 if it never is."""
    n, most = duration.shape[0], 0
    for a in range(n):
        for x in range(n):
            first = duration[a, x]
            for b in range(n):
                most = max(most, duration[a, b] - first - duration[x, b])
    return most
