"""Time of the exact best insertion into running vehicles.

`python -m benchmarks.insertions`: random towns, ride times, seeds fixed; CPU time of one offer.
"""

import statistics
import sys
import time

import numpy as np

from cargo.online import Dispatcher
from cargo.pdp.model import PdpProblem, Request, Stop, Vehicle
from cargo.pdp.plan import Plan
from routing.layout import frozen

SIZES = ((10, 20), (40, 20), (100, 20))  # vehicles, stops of each
N_PLACES, SIDE_S = 400, 1800
N_OFFERS = 200


def town(rng: np.random.Generator, n_vehicles: int) -> PdpProblem:
    """A square of `SIDE_S` seconds, vehicles with four seats on random places."""
    at = rng.integers(0, SIDE_S, (N_PLACES, 2))
    way = frozen(np.rint(np.sqrt(((at[:, None] - at[None, :]) ** 2).sum(axis=-1))))
    base = rng.integers(0, N_PLACES, n_vehicles).tolist()
    vehicles = [Vehicle(f"v{k}", p, p, 0, 36_000, (4,)) for k, p in enumerate(base)]
    return PdpProblem((), tuple(vehicles), (way,), (way,))


def ride(rng: np.random.Generator, problem: PdpProblem, name: str, begin: int) -> Request:
    """A passenger with half an hour to be picked up and a detour of 60 % and 10 minutes."""
    a, b = rng.choice(N_PLACES, 2, replace=False).tolist()
    direct = int(problem.duration[0][a, b])
    most = int(1.6 * direct) + 600
    return Request(
        name, Stop(a, begin, begin + 1800, 30), Stop(b, begin, begin + 1800 + 30 + most, 30), (1,),
        max_ride=most, is_passenger=True,
    )  # fmt: skip


def filled(rng: np.random.Generator, n_vehicles: int, n_stops: int) -> tuple[Dispatcher, int]:
    """Vehicles with as many stops each as asked for, each filled by offers to it alone."""
    problem = town(rng, n_vehicles)
    rounds, requests, end = [], [], 0
    for vehicle in problem.vehicles:
        alone = PdpProblem((), (vehicle,), problem.duration, problem.distance)
        day, begin = Dispatcher(alone), 0
        while 2 * len(day.problem.requests) < n_stops:
            offer = day.offer(ride(rng, problem, f"{vehicle.id}-{begin}", begin))
            begin += 300
            if offer is not None:
                day.accept(offer)
        rounds += list(day.plan().rounds)
        requests += list(day.problem.requests)
        end = max(end, begin)
    whole = PdpProblem(tuple(requests), problem.vehicles, problem.duration, problem.distance)
    return Dispatcher(whole, Plan(tuple(rounds), ())), end


def main() -> int:
    """Print one row for each size."""
    for n_vehicles, n_stops in SIZES:
        rng = np.random.default_rng(1)
        day, end = filled(rng, n_vehicles, n_stops)
        day.offer(ride(rng, day.problem, "warm", 0))
        times, found, taken = [], 0, []
        for k in range(N_OFFERS):
            request = ride(rng, day.problem, f"n{k}", int(rng.integers(0, end)))
            begun = time.thread_time()
            offer = day.offer(request)
            times.append(1e3 * (time.thread_time() - begun))
            found += offer is not None
        for k in range(5):
            offer = day.offer(ride(rng, day.problem, f"m{k}", int(rng.integers(0, end))))
            if offer is not None:
                begun = time.thread_time()
                day.accept(offer)
                taken.append(1e3 * (time.thread_time() - begun))
        print(
            f"{n_vehicles:4d} vehicles x {n_stops} stops: offer {statistics.median(times):.3f} ms "
            f"median, {np.quantile(times, 0.95):.3f} ms p95, {found} of {N_OFFERS} found a place; "
            f"taking one up {statistics.median(taken):.1f} ms"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
