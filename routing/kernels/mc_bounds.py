"""How late a journey with costs may be where: RAPTOR backwards from what restricts it [1]_.

.. [1] Delling, Dibbelt, Pajor: Fast and Exact Public Transit Routing with Restricted Pareto Sets,
   ALENEX 2019.
"""

from numba import njit

from routing.kernels import raptor
from routing.kernels.mc_labels import NO_LIMIT, CostedStops
from routing.kernels.raptor_ends import Scratch, seed_column
from routing.kernels.raptor_journeys import from_access
from routing.layout import DayTables, Int32Array, Int64Array


@njit(cache=True, nogil=True)
def latest_in_bounds(
    backwards: DayTables,
    egress: CostedStops,
    last_arrivals: Int32Array,  # (n_rounds + 1,) s, by rides in all; not rising
    earliest: int,
    rounds: Scratch,
    counters: Int64Array,
) -> None:
    """Latest times at each stop, by rides so far, from which a journey in bounds goes on.

    They are left in `rounds`, negated: those of arrivals by trip in `ready`, those of being ready
    to board in `arrived`, at `stop * (n_rounds + 1) + n_rounds - rides`.

    RAPTOR on the mirrored tables, one column of labels per ride, in which each round is seeded anew
    with the arrivals that are allowed for so many rides in all; entry kernel. Nothing is looked for
    before `earliest`.
    """
    n_stops, n_rounds = backwards.footpaths.change_time.size, last_arrivals.size - 1
    n_columns = n_rounds + 1
    rounds.ready[: n_stops * n_columns] = NO_LIMIT
    rounds.arrived[: n_stops * n_columns] = NO_LIMIT
    bound = 1 - earliest
    n_marked, n_log = 0, 0
    for column in range(n_columns):
        end = last_arrivals[n_rounds - column]
        for row in range(egress.stop.size):
            time = egress.duration[row] - end
            n_marked = seed_column(
                egress.stop[row], time, from_access(row), column, n_columns, n_marked,
                rounds.ready, rounds.ready_parent, rounds.marked, rounds.is_marked,
            )  # fmt: skip
        if column == n_rounds:
            break
        n_queued = raptor.collect(backwards.patterns, n_columns, column, bound, n_marked, rounds)
        n_touched, n_log, _, _ = raptor.scan(
            backwards.patterns,
            n_columns,
            column,
            column + 1,
            (bound, bound, 0),
            (n_queued, n_log),
            rounds,
            counters,
        )
        n_marked = raptor.change(backwards, n_columns, column + 1, (bound, 0), n_touched, rounds)
    for i in range(n_marked):
        rounds.is_marked[rounds.marked[i]] = 0
