"""Ruin: what one iteration takes out of the rounds.

Strings of tasks that follow each other are taken out of rounds that lie near each other [1]_, some
with a piece in their middle that stays; or whole rounds are cleared.

.. [1] Christiaens, Vanden Berghe: Slack Induction by String Removals for Vehicle Routing Problems,
   Transportation Science 54 (2020), section 5.
"""

from numba import njit

from cargo.kernels.stream import below, random
from cargo.pdp.layout import LONGEST_STRING, MEAN_REMOVED, Rounds, Search
from routing.layout import NONE

SPLIT_SHARE = 0.5  # of the strings keep a piece
SPLIT_DEPTH = 0.01  # chance that such a piece does not grow by one more


@njit(cache=True, nogil=True)
def take_out(rounds: Rounds, search: Search, r: int) -> None:
    """Take a request out of its round; its tasks go when the round is renewed."""
    search.touched[rounds.row[r]] = 1
    rounds.row[r] = NONE


@njit(cache=True, nogil=True)
def _string(rounds: Rounds, search: Search, row: int, at: int, longest: float) -> None:
    """Take out a string that covers task number `at` of a round."""
    size, stream = rounds.size[row], search.stream
    length = min(size, int(random(stream) * min(float(size), longest)) + 1)
    kept = 0
    if 1 < length < size and random(stream) < SPLIT_SHARE:
        kept = 1
        while length + kept < size and random(stream) > SPLIT_DEPTH:
            kept += 1
    span = length + kept
    lowest, highest = max(0, at - span + 1), min(at, size - span)
    first = lowest + below(stream, highest - lowest + 1)
    gap = first + 1 + below(stream, length - 1) if kept > 0 else first + span
    for k in range(first, first + span):
        if gap <= k < gap + kept:
            continue
        r = rounds.task[row, k] >> 1
        if rounds.row[r] == row:
            take_out(rounds, search, r)


@njit(cache=True, nogil=True)
def remove_strings(rounds: Rounds, search: Search) -> None:
    """Take out strings around a random task, one of each round at most."""
    used, n_tasks = 0, 0
    for row in range(rounds.size.size):
        search.ruined[row] = 0
        if rounds.size[row] > 0:
            used, n_tasks = used + 1, n_tasks + rounds.size[row]
    if used == 0:
        return
    longest = min(search.setting[LONGEST_STRING], n_tasks / used)
    most = 4.0 * search.setting[MEAN_REMOVED] / (1.0 + longest) - 1.0
    left = int(random(search.stream) * most) + 1
    seed = below(search.stream, search.neighbour.shape[0])
    for entry in range(search.neighbour.shape[1]):
        task = search.neighbour[seed, entry]
        row = rounds.row[task >> 1]
        if row == NONE or search.ruined[row] != 0:
            continue
        for at in range(rounds.size[row]):
            if rounds.task[row, at] == task:
                _string(rounds, search, row, at, longest)
                search.ruined[row] = 1
                left -= 1
                break
        if left == 0:
            return


@njit(cache=True, nogil=True)
def remove_round(rounds: Rounds, search: Search) -> None:
    """Clear a random round in use."""
    n = rounds.size.size
    row = below(search.stream, n)
    for _ in range(n):
        if rounds.size[row] > 0:
            break
        row = (row + 1) % n
    for k in range(rounds.size[row]):
        r = rounds.task[row, k] >> 1
        if rounds.row[r] == row:
            take_out(rounds, search, r)
