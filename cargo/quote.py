"""One shipment, now: the Pareto set of chains by arrival, cost and CO2.

Road parts are dedicated rides of the nearest taxis and vans; line parts come from the label
search over the room that is left.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from cargo.chains import ChainSearch, HubPath, Ride, access_table
from cargo.dedicated import RoadRide, Window, rides
from cargo.layout import Access, Carriers
from cargo.nearby import Nearby
from cargo.network import Network
from cargo.problem import DAY_END, Problem, holding
from routing.layout import UNREACHED, BoolArray, Int64Array

SHIPMENT = 0  # a quote's problem has one shipment
MUCH_LATER = 2 * DAY_END  # s; that it comes late is told by the reasons
TOLL = 10**11  # thousandths of the currency; more than any way costs
CO2_STEP = 100_000  # mg; less is no reason to wait for hours


class HandIn(NamedTuple):
    """How a shipment gets into the hands of a hub, or out of them."""

    hub: int
    time: int  # s
    cost: int
    co2: int
    ride: RoadRide | None  # None where people carry it over


class Offer(NamedTuple):
    """One chain; a direct ride has neither rides on lines nor a last part."""

    departure: int
    arrival: int
    cost: int  # thousandths of the currency
    co2: int  # mg
    first: HandIn | RoadRide
    rides: tuple[Ride, ...]
    last: HandIn | None

    @property
    def on_the_way(self) -> int:
        """Seconds from leaving the door until it is handed over."""
        return self.arrival - self.departure

    @property
    def criteria(self) -> tuple[int, int, int]:
        """What offers are compared by, CO2 in steps of 100 g: less is better in each."""
        return self.arrival, self.cost, self.co2 // CO2_STEP


class Start(NamedTuple):
    """Road parts of a shipment from the moment on when it is ready."""

    direct: list[Offer]  # from door to door
    ins: list[HandIn]  # into the hands of hubs
    access: Access  # the same as a table


class RoadEnds:
    """Road parts of the one shipment of a problem by able fleets; its ready time alone matters."""

    def __init__(self, problem: Problem, able: BoolArray) -> None:
        self.near = Nearby(problem, SHIPMENT, able)
        self._starts: dict[int, Start] = {}
        self._outs: dict[tuple[int, int], list[HandIn]] = {}

    def start(self, problem: Problem) -> Start:
        """Direct rides, and ways into the hands of hubs."""
        ready = problem.shipments[SHIPMENT].ready
        if ready not in self._starts:
            ins = [
                hand_in
                for hub in self.near.hubs_of_pickup
                for hand_in in _hand_ins(problem, self.near, hub)
            ]
            rows = [(row.hub, row.time, row.cost, row.co2) for row in ins]
            leads = [0 if row.ride is None else row.time - row.ride.departure for row in ins]
            direct = list(_direct_offers(problem, self.near))
            self._starts[ready] = Start(direct, ins, access_table(rows, leads))
        return self._starts[ready]

    def outs(self, problem: Problem, path: HubPath) -> list[HandIn]:
        """Ways out of the hands of the hub where a way on lines ends."""
        key = path.hub, path.time
        if key not in self._outs:
            self._outs[key] = list(_hand_outs(problem, self.near, path))
        return self._outs[key]


class Doors:
    """What quotes between the same two doors share: the search, and road parts by able fleets."""

    def __init__(self, network: Network) -> None:
        self.search = ChainSearch(network, network.carriers)
        self._ends: dict[bytes, RoadEnds] = {}

    def ends(self, problem: Problem, able: BoolArray) -> RoadEnds:
        """Road parts by the fleets that are able to carry goods, shape (n_fleets,)."""
        key = able.tobytes()
        if key not in self._ends:
            self._ends[key] = RoadEnds(problem, able)
        return self._ends[key]


class Quotes:
    """Offers for the one shipment of a problem, under changed conditions where asked.

    What was asked once is remembered, as reasons come back to it.

    Parameters
    ----------
    problem
        Its one shipment is quoted.
    carriers
        Lines with the room that is left; that of the network if not given.
    doors
        Of other quotes of the same shipment.
    by_any_fleet
        Whether fleets drive it that do not take such goods.
    """

    def __init__(
        self,
        problem: Problem,
        carriers: Carriers | None = None,
        doors: Doors | None = None,
        *,
        by_any_fleet: bool = False,
    ) -> None:
        network = problem.network
        self.problem = problem
        self.carriers = carriers or network.carriers
        self._doors = doors or Doors(network)
        able = holding(network, problem.shipments[SHIPMENT])
        self._ends = self._doors.ends(problem, able | by_any_fleet)
        self._search = self._doors.search.on(self.carriers)
        self._found: dict[tuple[int, int, int, bool], list[Offer]] = {}
        self._others: dict[int, Quotes] = {}  # by the identity of their carriers, which they keep

    def on(self, carriers: Carriers) -> "Quotes":
        """The same doors and roads with other room."""
        if carriers is self.carriers:
            return self
        if id(carriers) not in self._others:
            self._others[id(carriers)] = self.about(self.problem, carriers)
        return self._others[id(carriers)]

    def about(self, problem: Problem, carriers: Carriers) -> "Quotes":
        """The same doors with other goods."""
        return Quotes(problem, carriers, self._doors)

    def freely(self, problem: Problem) -> "Quotes":
        """The same doors where all bays take the goods of a problem and have endless room."""
        return Quotes(problem, problem.network.boundless, self._doors, by_any_fleet=True)

    def offers(
        self,
        *,
        ignored: int = 0,
        ready: int | None = None,
        most: int | None = None,
        at_any_price: bool = False,
    ) -> list[Offer]:
        """Every way that the label search and the dedicated rides give, late ones included.

        They begin at another ready time, are on the way for longer and cost what they cost, where
        that is asked.
        """
        shipment = self.problem.shipments[SHIPMENT]
        ready, most = shipment.ready if ready is None else ready, most or shipment.most
        key = ignored, ready, most, at_any_price
        if key not in self._found:
            self._found[key] = self._offers(*key)
        return self._found[key]

    def by_toll(self, toll: Int64Array) -> list[Offer]:
        """Ways of which some pays least toll of all that arrive by then; the least toll first.

        Parameters
        ----------
        toll
            Shape (n_calls,), in units of its own for the hop after a call; below 10,000.
        """
        shipment = self.problem.shipments[SHIPMENT]
        found = self._offers(0, shipment.ready, shipment.most, at_any_price=True, toll=toll * TOLL)
        found.sort(key=lambda offer: offer.cost)
        plain = [offer._replace(cost=offer.cost % TOLL) for offer in found]
        return [offer for offer in plain if offer.cost <= 1000 * shipment.most_cost]

    def _offers(
        self,
        ignored: int,
        ready: int,
        most: int,
        at_any_price: bool,
        toll: Int64Array | None = None,
    ) -> list[Offer]:
        problem, shipment = self.problem, self.problem.shipments[SHIPMENT]
        if (ready, most) != (shipment.ready, shipment.most):
            shipment = replace(shipment, ready=ready, most=most)
            problem = replace(problem, shipments=(shipment,))
        lines = _line_offers(problem, self._ends, self._search, ignored, toll)
        found = [*self._ends.start(problem).direct, *lines]
        price = shipment.document.max_price
        if shipment.most < UNREACHED:
            found = [offer for offer in found if offer.on_the_way <= shipment.most]
        if price is not None and not at_any_price:
            found = [offer for offer in found if offer.cost <= 1000 * price]
        return found


def pareto(offers: Iterable[Offer]) -> list[Offer]:
    """Offers that none beats in arrival, cost and CO2; the earliest arrival first."""
    kept: list[Offer] = []
    for offer in sorted(offers, key=lambda offer: offer.criteria):
        if not any(_beats(other, offer) for other in kept):
            kept.append(offer)
    return kept


def _beats(one: Offer, other: Offer) -> bool:
    return all(a <= b for a, b in zip(one.criteria, other.criteria, strict=True))


def _direct_offers(problem: Problem, near: Nearby) -> Iterator[Offer]:
    """From door to door by road."""
    shipment = problem.shipments[SHIPMENT]
    ends = problem.pickup_spot[SHIPMENT], problem.delivery_spot[SHIPMENT]
    anytime = Window(shipment.ready, MUCH_LATER)
    for ride in rides(problem, near, ends, anytime, Window(0, MUCH_LATER)):
        yield Offer(ride.departure, ride.arrival, ride.cost, ride.co2, ride, (), None)


def _line_offers(
    problem: Problem,
    ends: RoadEnds,
    search: ChainSearch,
    ignored: int,
    toll: Int64Array | None,
) -> Iterator[Offer]:
    """From door to hub, on lines, from hub to door."""
    shipment, (_, ins, access) = problem.shipments[SHIPMENT], ends.start(problem)
    is_limited = shipment.most < UNREACHED
    paths = search.run(
        access, shipment.room, problem.takes(SHIPMENT), shipment.document.max_trips,
        most=shipment.most, toll=toll, ignored=ignored, hubs=ends.near.hubs_of_delivery,
    )  # fmt: skip
    for path in paths:
        for last in ends.outs(problem, path) if path.rides else ():
            first = ins[path.access]
            departure = shipment.ready if first.ride is None else first.ride.departure
            if is_limited:
                first = _put_off(problem, first, path)
                departure = first.time if first.ride is None else first.ride.departure
            cost, co2 = path.cost + last.cost, path.co2 + last.co2
            yield Offer(departure, last.time, cost, co2, first, path.rides, last)


def _hand_ins(problem: Problem, near: Nearby, hub_at: int) -> Iterator[HandIn]:
    """Ways to bring the shipment to a hub as early as possible."""
    shipment, hub = problem.shipments[SHIPMENT], problem.network.hubs[hub_at]
    door, latest = problem.pickup_spot[SHIPMENT], hub.closes - hub.handling
    if problem.is_at_hub(door, hub_at):
        time = max(shipment.ready, hub.opens)
        if time <= latest:
            yield HandIn(hub_at, time, 0, 0, None)
        return
    ends = door, problem.hub_spot[hub_at]
    pick, drop = Window(shipment.ready, latest), Window(hub.opens, latest)
    for ride in rides(problem, near, ends, pick, drop):
        yield HandIn(hub_at, ride.arrival, ride.cost, ride.co2, ride)


def _put_off(problem: Problem, first: HandIn, path: HubPath) -> HandIn:
    """The same way into a hub's hands as late as the first trip and the vehicle's shift allow."""
    carriers, hub = problem.network.carriers, problem.network.hubs[first.hub]
    later = int(carriers.load_by[path.rides[0].load_call]) - hub.handling - first.time
    if first.ride is None:
        return first._replace(time=first.time + later)
    ride, fleet = first.ride, problem.network.fleets[first.ride.fleet]
    back, _ = problem.roads.drive(fleet.profile, ride.head, problem.end_spot[ride.fleet])
    end = ride.arrival + problem.roads.spots[ride.head].service + back
    later = min(later, next(closes for _, closes in fleet.spans if end <= closes) - end)
    moved = ride._replace(
        start=ride.start + later,
        departure=ride.departure + later,
        arrival=ride.arrival + later,
    )
    return first._replace(time=first.time + later, ride=moved)


def _hand_outs(problem: Problem, near: Nearby, path: HubPath) -> Iterator[HandIn]:
    """Ways to bring the shipment from a hub to its door, however late."""
    hub = problem.network.hubs[path.hub]
    door, latest = problem.delivery_spot[SHIPMENT], hub.closes - hub.handling
    if problem.is_at_hub(door, path.hub):
        yield HandIn(path.hub, path.time, 0, 0, None)
        return
    ends = problem.hub_spot[path.hub], door
    pick, drop = Window(path.time, latest), Window(0, MUCH_LATER)
    for ride in rides(problem, near, ends, pick, drop):
        yield HandIn(path.hub, ride.arrival, ride.cost, ride.co2, ride)


def in_time(problem: Problem, offers: Iterable[Offer]) -> list[Offer]:
    """Offers that arrive by the due time."""
    due = problem.shipments[SHIPMENT].due
    return [offer for offer in offers if offer.arrival <= due]


def rules_used(problem: Problem, offers: Iterable[Offer]) -> set[str]:
    """Cargo rules whose trips the offers ride on."""
    trips = problem.network.trips
    return {trips[ride.bay].rule_id for offer in offers for ride in offer.rides}
