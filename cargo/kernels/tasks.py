"""Tasks of rounds as rows of a table: `2 * r` is the pickup, `2 * r + 1` the delivery of `r`."""

from numba import njit

from routing.layout import Int32Array


@njit(cache=True, nogil=True)
def put_pair(size: Int32Array, task: Int32Array, row: int, r: int, i: int, j: int) -> None:
    """Put the pickup before task `i` and the delivery before task `j` of a round, `i <= j`."""
    n = size[row]
    for k in range(n - 1, j - 1, -1):
        task[row, k + 2] = task[row, k]
    task[row, j + 1] = 2 * r + 1
    for k in range(j - 1, i - 1, -1):
        task[row, k + 1] = task[row, k]
    task[row, i] = 2 * r
    size[row] = n + 2


@njit(cache=True, nogil=True)
def drop_unplaced(size: Int32Array, task: Int32Array, row_of: Int32Array, row: int) -> None:
    """Take out the tasks of a round whose `row_of` is another one, or none."""
    kept = 0
    for k in range(size[row]):
        if row_of[task[row, k] >> 1] == row:
            task[row, kept] = task[row, k]
            kept += 1
    size[row] = kept
