"""Random tables for rounds: places on a line, jobs with windows, vehicles with shifts."""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from cargo.layout import Goods, Jobs, Rounds, Travel, Vehicles
from cargo.loading import empty_rounds
from routing.layout import frozen

N_PLACES = 6


@dataclass(frozen=True)
class RoundsWorld:
    """Tables of a small problem with two rounds."""

    travel: Travel
    vehicles: Vehicles
    jobs: Jobs
    goods: Goods

    def empty(self) -> Rounds:
        return empty_rounds(self.jobs.shipment.size, self.vehicles.fleet.size, 12)


@st.composite
def rounds_worlds(draw: st.DrawFn, n_jobs: int = 3) -> RoundsWorld:
    spots = [draw(st.integers(0, 60)) for _ in range(N_PLACES)]
    service = [0, *(draw(st.integers(0, 5)) for _ in range(N_PLACES - 1))]  # spot 0 is the base
    metres = np.abs(np.subtract.outer(spots, spots)) * 1000
    seconds = metres // 1000 + np.array(service)[:, None] * (1 - np.eye(N_PLACES, dtype=int))
    windows = []
    for _ in range(n_jobs):
        first = draw(st.integers(0, 200))
        second = draw(st.integers(0, 300))
        windows.append(
            (first, first + draw(st.integers(0, 150)), second, second + draw(st.integers(0, 150)))
        )
    ends = [
        (draw(st.integers(1, N_PLACES - 1)), draw(st.integers(1, N_PLACES - 1)))
        for _ in range(n_jobs)
    ]
    columns = np.array(windows).T
    return RoundsWorld(
        Travel(frozen(seconds[None]), frozen(metres[None])),
        Vehicles(
            kind=frozen([0, 1]), fleet=frozen([0, 0]), profile=frozen([0, 0]),
            base=frozen([0, 0]), opens=frozen([0, 50]), closes=frozen([400, 350]),
            kg=frozen([10, 6]), litres=frozen([99, 99]), pieces=frozen([3, 2]),
            per_m=frozen([0.5, 1.0], np.float64),
            per_s=frozen([draw(st.sampled_from((0.0, 600.0))), 300.0], np.float64),
            fixed=frozen([draw(st.sampled_from((0.0, 9000.0))), 0.0], np.float64),
            serves=frozen(np.ones((1, N_PLACES)), np.uint8),
        ),
        Jobs(
            frozen(range(n_jobs)), frozen([one for one, _ in ends]),
            frozen([other for _, other in ends]), *(frozen(column) for column in columns),
        ),
        Goods(
            frozen([draw(st.integers(1, 6)) for _ in range(n_jobs)]), frozen([1] * n_jobs),
            frozen([draw(st.integers(1, 2)) for _ in range(n_jobs)]),
            frozen([[1]] * n_jobs, np.uint8), frozen([1e9] * n_jobs, np.float64),
        ),
    )  # fmt: skip
