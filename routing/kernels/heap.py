"""Binary heap of int64 entries in an array that the caller owns; the least entry is on top.

Searches put ms * 2**32 + vertex into an entry and never decrease a key: an entry that is no longer
the best one of its vertex is dropped when it comes up.
"""

from numba import njit

from routing.layout import Int64Array


@njit(cache=True, nogil=True)
def push(heap: Int64Array, size: int, entry: int) -> int:
    """Add an entry in place; return the new size."""
    hole = size
    while hole > 0:
        parent = (hole - 1) >> 1
        if heap[parent] <= entry:
            break
        heap[hole] = heap[parent]
        hole = parent
    heap[hole] = entry
    return size + 1


@njit(cache=True, nogil=True)
def pop(heap: Int64Array, size: int) -> int:
    """Remove the top entry in place; return the new size."""
    size -= 1
    entry = heap[size]
    hole = 0
    child = 1
    while child < size:
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= entry:
            break
        heap[hole] = heap[child]
        hole = child
        child = 2 * hole + 1
    heap[hole] = entry
    return size
