"""Chains that each shipment of a batch can choose from, as tables.

For every departure that a shipment can reach at a hub near its pickup, the label search gives the
Pareto set of ways onward; a chain fixes which hops it uses and within which windows the road
rides before and after have to happen. The direct road is always among the options.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from cargo.chains import ChainSearch, HubPath, Ride, access_table
from cargo.company import booked_company, kept_from, without_hops
from cargo.loading_layout import Options
from cargo.nearby import Nearby, nearest
from cargo.passengers import seats
from cargo.problem import Problem
from cargo.transit import door_limits
from routing.layout import NONE, UNREACHED, Int32Array, frozen

HUBS_NEAR_A_DOOR = 4
MOST_DEPARTURES = 40  # that a search is started from, for each shipment
MOST_OPTIONS = 24  # for each shipment, the direct road not counted
ROAD_SHARE = 0.5  # of a dedicated loop: what a ride costs when rounds are shared, roughly

GoOn = Callable[[], None]  # raises where the work is cancelled


def _always() -> None:
    """Go on to the end."""


class Job(NamedTuple):
    """A road ride and when service at its ends may start."""

    demand: int
    pickup: int  # spot
    delivery: int  # spot
    pickup_from: int
    pickup_until: int
    delivery_from: int
    delivery_until: int

    @property
    def is_possible(self) -> bool:
        """Whether no window is empty."""
        opens, closes = self.pickup_from, self.pickup_until
        return opens <= closes and self.delivery_from <= self.delivery_until


@dataclass(frozen=True)
class Option:
    """One chain of one demand; without rides it is the direct road."""

    demand: int
    rides: tuple[Ride, ...]
    first_job: int  # NONE where people hand it in
    last_job: int  # NONE where people fetch it, and for the direct road
    line_cost: int  # thousandths of the currency
    line_co2: int  # mg
    estimate: float  # rough cost in all; the likely ones are tried first


@dataclass
class Catalogue:
    """Options of all demands and the jobs they need; options of a demand may share a job."""

    options: list[Option] = field(default_factory=list)
    first_option: list[int] = field(default_factory=lambda: [0])
    jobs: list[Job] = field(default_factory=list)
    _number: dict[Job, int] = field(default_factory=dict)

    def job(self, job: Job) -> int:
        """Number of a job; the same one is asked for once."""
        if job not in self._number:
            self._number[job] = len(self.jobs)
            self.jobs.append(job)
        return self._number[job]

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


def direct_only(problem: Problem, go_on: GoOn = _always) -> Catalogue:
    """Options of separate operation: every shipment from door to door."""
    catalogue = Catalogue()
    for shipment in range(len(problem.shipments)):
        go_on()
        add_direct(problem, catalogue, shipment)
        catalogue.first_option.append(len(catalogue.options))
    _add_parties(problem, catalogue)
    return catalogue


Found = dict[tuple[Ride, ...], tuple[float, HubPath]]  # rides → estimate, way


def all_options(problem: Problem) -> Catalogue:
    """Options of mixed operation: lines by label search, and the direct road."""
    return catalogue_of(problem, LineOptions(problem))


def catalogue_of(problem: Problem, lines: "LineOptions", go_on: GoOn = _always) -> Catalogue:
    """Options of all shipments: the direct road, and the lines found so far."""
    catalogue = Catalogue()
    for shipment in range(len(problem.shipments)):
        go_on()
        first = len(catalogue.options)
        add_direct(problem, catalogue, shipment)
        for estimate, path in lines.of(shipment):
            add_way(problem, catalogue, shipment, path, estimate)
        catalogue.options[first:] = sorted(
            catalogue.options[first:], key=lambda option: option.estimate
        )
        catalogue.first_option.append(len(catalogue.options))
    _add_parties(problem, catalogue)
    return catalogue


def _add_parties(problem: Problem, catalogue: Catalogue) -> None:
    """Add the ride of each party, where some taxi has the places."""
    fleets, n = problem.network.fleets, len(problem.shipments)
    for at, party in enumerate(problem.parties, start=n):
        if any(seats(fleet, party) for fleet in fleets):
            add_ride(problem, catalogue, at)
        catalogue.first_option.append(len(catalogue.options))


def add_ride(problem: Problem, catalogue: Catalogue, demand: int) -> None:
    """Add the ride of a party, by the number of its demand."""
    ends = problem.pickup_spot[demand], problem.delivery_spot[demand]
    party = problem.parties[demand - len(problem.shipments)]
    job = Job(demand, *ends, party.ready, party.latest_pickup, 0, party.due)
    catalogue.options.append(Option(demand, (), catalogue.job(job), NONE, 0, 0, 0.0))


def add_direct(problem: Problem, catalogue: Catalogue, shipment: int) -> None:
    """Add the direct road where some fleet may drive it."""
    ends = problem.pickup_spot[shipment], problem.delivery_spot[shipment]
    goods = problem.shipments[shipment]
    seconds = UNREACHED if goods.is_held else Nearby(problem, shipment).quickest(*ends)
    if seconds >= UNREACHED:
        return
    job = Job(shipment, *ends, goods.ready, goods.due, 0, goods.due)
    estimate = road_estimate(problem, seconds)
    catalogue.options.append(Option(shipment, (), catalogue.job(job), NONE, 0, 0, estimate))


def road_estimate(problem: Problem, seconds: int) -> float:
    """Rough cost of so many seconds of driving in shared rounds."""
    fleets = problem.network.fleets
    rate = min((fleet.per_hour / 3.6 + fleet.per_km * 10 for fleet in fleets), default=0.0)
    return 2 * ROAD_SHARE * seconds * rate


class LineOptions:
    """Ways by lines that each shipment of a problem can choose from; others can be added."""

    def __init__(self, problem: Problem, go_on: GoOn = _always) -> None:
        self._problem, self._go_on = problem, go_on
        network = problem.network
        self._carriers = network.carriers
        self._searches: dict[frozenset[str], ChainSearch] = {}  # by the classes kept apart
        usable = np.flatnonzero(self._carriers.load_block == 0)
        self._loads_at_hub: list[Int32Array] = [
            usable[self._carriers.hub[usable] == hub] for hub in range(len(network.hubs))
        ]
        self._known: dict[int, tuple[dict[int, int], dict[int, int]]] = {}
        self._found: list[Found] = [
            {} if goods.is_held or not network.trips else self._likely(shipment)
            for shipment, goods in enumerate(problem.shipments)
        ]

    def of(self, shipment: int) -> Iterator[tuple[float, HubPath]]:
        """Estimate and way of each option."""
        yield from self._found[shipment].values()

    def add(self, shipment: int, path: HubPath) -> bool:
        """Add a way of a shipment; false where it is known, or its ends are too far."""
        return self._note(shipment, path, self._found[shipment])

    def _likely(self, shipment: int) -> Found:
        """The most promising ways of a shipment."""
        self._go_on()
        found: Found = {}
        for path in self._paths(shipment):
            self._note(shipment, path, found)
        ranked = sorted(found.items(), key=lambda item: (item[1][0], item[1][1].time))
        return dict(ranked[:MOST_OPTIONS])

    def _drives(self, shipment: int) -> tuple[dict[int, int], dict[int, int]]:
        """Seconds between each door and the hubs near it."""
        if shipment not in self._known:
            near = Nearby(self._problem, shipment)
            self._known[shipment] = (
                dict(nearest(near.hubs(is_pickup=True), HUBS_NEAR_A_DOOR)),
                dict(nearest(near.hubs(is_pickup=False), HUBS_NEAR_A_DOOR)),
            )
        return self._known[shipment]

    def _note(self, shipment: int, path: HubPath, found: Found) -> bool:
        """Keep a way that arrives in time, the first with its rides."""
        near_pickup, near_delivery = self._drives(shipment)
        most = self._problem.shipments[shipment].most
        drive = near_delivery.get(path.hub)
        is_late = drive is None or path.time + drive > self._problem.shipments[shipment].due
        if drive is None or is_late or not path.rides or path.rides in found:
            return False
        load = path.rides[0].load_call
        first = near_pickup.get(int(self._carriers.hub[load]))
        if first is None or path.time + drive - self._leaves(shipment, load, first) > most:
            return False
        estimate = path.cost + road_estimate(self._problem, first + drive)
        found[path.rides] = estimate, path
        return True

    def _leaves(self, shipment: int, load: int, first: int) -> int:
        """Latest departure from the door for a call to load at, after a drive and its service."""
        hub = self._carriers.hub[load]
        ready_by = int(self._carriers.load_by[load] - self._problem.network.handling[hub])
        return ready_by - self._problem.lead(shipment, first)

    def _search_for(self, goods: str) -> ChainSearch:
        """Search of a class of goods, which rides nowhere beside others that it must not meet."""
        network = self._problem.network
        kept = kept_from(goods, network.apart)
        if kept not in self._searches:
            carriers = without_hops(network.carriers, booked_company(network, goods))
            self._searches[kept] = ChainSearch(network, carriers)
        return self._searches[kept]

    def _paths(self, shipment: int) -> Iterator[HubPath]:
        """Search from every departure that can be reached."""
        goods = self._problem.shipments[shipment]
        starts: set[tuple[int, int]] = set()
        before, behind = self._drives(shipment)
        for hub, seconds in before.items():
            place = self._problem.network.hubs[hub]
            earliest = max(goods.ready + seconds, place.opens)
            calls = self._loads_at_hub[hub]
            ready_by = self._carriers.load_by[calls] - place.handling
            can = (ready_by >= earliest) & (self._carriers.departure[calls] < goods.due)
            starts.update((int(time), hub) for time in ready_by[can])
        takes, search = self._problem.takes(shipment), self._search_for(goods.document.goods)
        for time, hub in _spread(sorted(starts), MOST_DEPARTURES):
            lead = self._problem.lead(shipment, before[hub])
            yield from search.run(
                access_table([(hub, time, 0, 0)], [lead]),
                goods.room,
                takes,
                goods.document.max_trips,
                most=goods.most,
                hubs=list(behind),
            )


def way_along(problem: Problem, shipment: int, rides: tuple[Ride, ...]) -> HubPath:
    """The way of a shipment along some rides, as the label search would give it."""
    carriers, room = problem.network.carriers, problem.shipments[shipment].room
    last = rides[-1].unload_call
    price = sum(int(carriers.price_per_piece[ride.bay]) for ride in rides) * room.pieces
    co2 = sum(int(carriers.co2_per_kg[hop]) for ride in rides for hop in hops_of(ride)) * room.kg
    return HubPath(int(carriers.hub[last]), int(carriers.unloaded[last]), price, co2, NONE, rides)


def add_way(
    problem: Problem, catalogue: Catalogue, shipment: int, path: HubPath, estimate: float
) -> None:
    """Add a way as an option, with the jobs at its ends, where their windows are not empty."""
    ends = road_ends(problem, shipment, path)
    if all(job is None or job.is_possible for job in ends):
        before, after = (NONE if job is None else catalogue.job(job) for job in ends)
        catalogue.options.append(
            Option(shipment, path.rides, before, after, path.cost, path.co2, estimate)
        )


def road_ends(problem: Problem, shipment: int, path: HubPath) -> tuple[Job | None, Job | None]:
    """Drives to the first hub of a way with rides and from its last; None where people walk."""
    network = problem.network
    first_hub = network.call(path.rides[0].load_call)[1].hub
    goods = problem.shipments[shipment]
    pickup, delivery = problem.pickup_spot[shipment], problem.delivery_spot[shipment]
    hub_in, hub_out = network.hubs[first_hub], network.hubs[path.hub]
    first = last = None
    load_by = int(network.carriers.load_by[path.rides[0].load_call])
    by = min(load_by, hub_in.closes) - hub_in.handling
    spots = problem.hub_spot[first_hub], problem.hub_spot[path.hub]
    is_fetched = not problem.is_at_hub(pickup, first_hub)
    is_brought = not problem.is_at_hub(delivery, path.hub)
    ways = problem.quickest(pickup, spots[0]), problem.quickest(spots[1], delivery)
    leaves = by - (ways[0] if is_fetched else 0)
    comes = path.time + (hub_out.handling + ways[1] if is_brought else 0)
    earliest, latest = door_limits(
        goods.most, leaves, comes, is_fetched=is_fetched, is_brought=is_brought
    )
    if is_fetched:
        begin = max(goods.ready, earliest - int(problem.service_spot[pickup]))
        first = Job(shipment, pickup, spots[0], begin, by, hub_in.opens, by)
    if is_brought:
        due = min(goods.due, latest)
        last = job_from_hub(problem, shipment, path.hub, path.time, due)
    return first, last


def job_from_hub(problem: Problem, shipment: int, hub: int, time: int, due: int) -> Job:
    """The drive from a hub, where goods lie from a time on, to their door."""
    place = problem.network.hubs[hub]
    ends = problem.hub_spot[hub], problem.delivery_spot[shipment]
    return Job(shipment, *ends, time, place.closes - place.handling, 0, due)


def _spread(rows: list[tuple[int, int]], most: int) -> list[tuple[int, int]]:
    """At most `most` of the rows, evenly taken."""
    if len(rows) <= most:
        return rows
    return [rows[at * (len(rows) - 1) // (most - 1)] for at in range(most)]
