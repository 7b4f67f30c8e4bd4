"""Plans that are kept beside the present one: copied round by round."""

from numba import njit

from cargo.pdp.layout import Rounds
from routing.layout import UInt8Array


@njit(cache=True, nogil=True)
def _copy_round(source: Rounds, target: Rounds, row: int) -> None:
    """Copy everything about a round."""
    n = source.size[row]
    target.size[row] = n
    target.task[row, :n] = source.task[row, :n]
    target.step[row, : n + 2] = source.step[row, : n + 2]
    target.load[row, : n + 2] = source.load[row, : n + 2]
    target.peak[row, : n + 2] = source.peak[row, : n + 2]
    target.cost[row], target.span[row] = source.cost[row], source.span[row]
    target.waiting[row], target.is_exact[row] = source.waiting[row], source.is_exact[row]
    target.version[row] = source.version[row]


@njit(cache=True, nogil=True)
def copy_rounds(source: Rounds, target: Rounds, is_meant: UInt8Array) -> None:
    """Copy the rounds that are meant, and who is in which round."""
    target.row[:] = source.row
    for row in range(source.size.size):
        if is_meant[row] != 0:
            _copy_round(source, target, row)


@njit(cache=True, nogil=True)
def copy_changed(source: Rounds, target: Rounds) -> None:
    """Copy the rounds of another version, and who is in which round."""
    target.row[:] = source.row
    for row in range(source.size.size):
        if target.version[row] != source.version[row]:
            _copy_round(source, target, row)
