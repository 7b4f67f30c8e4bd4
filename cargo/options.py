"""Chains that each shipment of a batch can choose from, as tables.

For every departure that a shipment can reach at a hub near its pickup, the label search gives the
Pareto set of ways onward; a chain fixes which hops it uses and within which windows the road
rides before and after have to happen. The direct road is always among the options.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from cargo.chains import ChainSearch, HubPath, Ride, access_table
from cargo.layout import Jobs, Options
from cargo.nearby import Nearby, nearest
from cargo.problem import Problem
from routing.layout import NONE, UNREACHED, Int32Array, frozen

HUBS_NEAR_A_DOOR = 4
MOST_DEPARTURES = 40  # that a search is started from, for each shipment
MOST_OPTIONS = 24  # for each shipment, the direct road not counted
ROAD_SHARE = 0.5  # of a dedicated loop: what a ride costs when rounds are shared, roughly


class Job(NamedTuple):
    """A road ride and when service at its ends may start."""

    shipment: int
    pickup: int  # spot
    delivery: int  # spot
    pickup_from: int
    pickup_until: int
    delivery_from: int
    delivery_until: int


@dataclass(frozen=True)
class Option:
    """One chain of one shipment; without rides it is the direct road."""

    shipment: int
    rides: tuple[Ride, ...]
    first_job: int  # NONE where people hand it in
    last_job: int  # NONE where people fetch it, and for the direct road
    line_cost: int  # thousandths of the currency
    line_co2: int  # mg
    estimate: float  # rough cost in all; the likely ones are tried first


@dataclass
class Catalogue:
    """Options of all shipments and the jobs they need."""

    options: list[Option] = field(default_factory=list)
    first_option: list[int] = field(default_factory=lambda: [0])
    jobs: list[Job] = field(default_factory=list)

    def job_table(self) -> Jobs:
        """Jobs for the kernels."""
        columns = np.array(self.jobs, np.int64).reshape(-1, len(Job._fields)).T
        return Jobs(*(frozen(column) for column in columns))

    def option_table(self) -> Options:
        """Options for the kernels."""
        hops = [[hop for ride in option.rides for hop in hops_of(ride)] for option in self.options]
        return Options(
            frozen(self.first_option),
            frozen([option.first_job for option in self.options]),
            frozen([option.last_job for option in self.options]),
            frozen([option.line_cost for option in self.options], np.float64),
            frozen(np.cumsum([0, *map(len, hops)])),
            frozen([hop for row in hops for hop in row]),
        )


def hops_of(ride: Ride) -> range:
    """Calls whose hop a ride uses."""
    return range(ride.load_call, ride.unload_call)


def direct_only(problem: Problem) -> Catalogue:
    """Options of separate operation: every shipment from door to door."""
    catalogue = Catalogue()
    for shipment in range(len(problem.shipments)):
        _add_direct(problem, catalogue, shipment)
        catalogue.first_option.append(len(catalogue.options))
    return catalogue


def all_options(problem: Problem) -> Catalogue:
    """Options of mixed operation: lines, and the direct road."""
    catalogue, finder = Catalogue(), OptionFinder(problem)
    for shipment in range(len(problem.shipments)):
        first = len(catalogue.options)
        _add_direct(problem, catalogue, shipment)
        finder.add(catalogue, shipment)
        catalogue.options[first:] = sorted(
            catalogue.options[first:], key=lambda option: option.estimate
        )
        catalogue.first_option.append(len(catalogue.options))
    return catalogue


def _add_direct(problem: Problem, catalogue: Catalogue, shipment: int) -> None:
    """Add the direct road where some fleet may drive it."""
    ends = problem.pickup_spot[shipment], problem.delivery_spot[shipment]
    seconds = Nearby(problem, shipment).quickest(*ends)
    if seconds >= UNREACHED:
        return
    goods = problem.shipments[shipment]
    job = Job(shipment, *ends, goods.ready, goods.due, 0, goods.due)
    estimate = road_estimate(problem, seconds)
    catalogue.options.append(Option(shipment, (), len(catalogue.jobs), NONE, 0, 0, estimate))
    catalogue.jobs.append(job)


def road_estimate(problem: Problem, seconds: int) -> float:
    """Rough cost of so many seconds of driving in shared rounds."""
    fleets = problem.network.fleets
    rate = min((fleet.per_hour / 3.6 + fleet.per_km * 10 for fleet in fleets), default=0.0)
    return 2 * ROAD_SHARE * seconds * rate


class OptionFinder:
    """Finds the line options of one shipment after the other."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        network = problem.network
        self._carriers = network.carriers
        self._search = ChainSearch(network.carriers, network.handling)
        usable = np.flatnonzero(self._carriers.load_block == 0)
        self._loads_at_hub: list[Int32Array] = [
            usable[self._carriers.hub[usable] == hub] for hub in range(len(network.hubs))
        ]

    def add(self, catalogue: Catalogue, shipment: int) -> None:
        """Add the line options of a shipment, the most promising ones."""
        if not self._problem.network.trips:
            return
        near = Nearby(self._problem, shipment)
        found: dict[tuple[Ride, ...], tuple[float, HubPath]] = {}
        near_pickup = nearest(near.hubs(is_pickup=True), HUBS_NEAR_A_DOOR)
        near_delivery = dict(nearest(near.hubs(is_pickup=False), HUBS_NEAR_A_DOOR))
        due = self._problem.shipments[shipment].due
        for path in self._paths(shipment, near_pickup):
            drive = near_delivery.get(path.hub)
            if drive is None or not path.rides or path.time + drive > due:
                continue
            roads = dict(near_pickup)[self._first_hub(path)] + drive
            found.setdefault(path.rides, (path.cost + road_estimate(self._problem, roads), path))
        ranked = sorted(found.values(), key=lambda pair: (pair[0], pair[1].time))
        for estimate, path in ranked[:MOST_OPTIONS]:
            self._append(catalogue, shipment, path, estimate)

    def _paths(self, shipment: int, near: list[tuple[int, int]]) -> Iterator[HubPath]:
        """Search from every departure that can be reached."""
        goods = self._problem.shipments[shipment]
        starts: set[tuple[int, int]] = set()
        for hub, seconds in near:
            place = self._problem.network.hubs[hub]
            earliest = max(goods.ready + seconds, place.opens)
            calls = self._loads_at_hub[hub]
            ready_by = self._carriers.load_by[calls] - place.handling
            can = (ready_by >= earliest) & (self._carriers.departure[calls] < goods.due)
            starts.update((int(time), hub) for time in ready_by[can])
        for time, hub in _spread(sorted(starts), MOST_DEPARTURES):
            yield from self._search.run(
                access_table([(hub, time, 0, 0)]),
                goods.room,
                goods.temperature,
                goods.document.max_trips,
            )

    def _first_hub(self, path: HubPath) -> int:
        return int(self._carriers.hub[path.rides[0].load_call])

    def _append(self, catalogue: Catalogue, shipment: int, path: HubPath, estimate: float) -> None:
        problem, network = self._problem, self._problem.network
        goods, first_hub = problem.shipments[shipment], self._first_hub(path)
        pickup, delivery = problem.pickup_spot[shipment], problem.delivery_spot[shipment]
        hub_in, hub_out = network.hubs[first_hub], network.hubs[path.hub]
        first = last = NONE
        if not problem.is_at_hub(pickup, first_hub):
            load_by = int(self._carriers.load_by[path.rides[0].load_call])
            until = min(load_by, hub_in.closes) - hub_in.handling
            spot = problem.hub_spot[first_hub]
            first = len(catalogue.jobs)
            window = (goods.ready, until, hub_in.opens, until)
            catalogue.jobs.append(Job(shipment, pickup, spot, *window))
        if not problem.is_at_hub(delivery, path.hub):
            spot = problem.hub_spot[path.hub]
            last = len(catalogue.jobs)
            until = hub_out.closes - hub_out.handling
            catalogue.jobs.append(Job(shipment, spot, delivery, path.time, until, 0, goods.due))
        catalogue.options.append(
            Option(shipment, path.rides, first, last, path.cost, path.co2, estimate)
        )


def _spread(rows: list[tuple[int, int]], most: int) -> list[tuple[int, int]]:
    """At most `most` of the rows, evenly taken."""
    if len(rows) <= most:
        return rows
    return [rows[at * (len(rows) - 1) // (most - 1)] for at in range(most)]
