"""Where goods are while a plan is carried out, and from when on they can go another way."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cargo.chains import Ride
from cargo.documents import Document
from cargo.network import Network
from cargo.online import Dispatcher
from cargo.options import Option
from cargo.plan_reading import PlannedDay, calls_of, key_of
from cargo.problem import TimedShipment
from cargo.quote import HandIn, Offer
from cargo.reason import reason
from cargo.schedule import Operation
from cargo.shipment import Place
from routing.layout import NONE, UNREACHED


@dataclass(frozen=True)
class Start:
    """A place from which goods go on: their door, or a hub and when they lie there."""

    rides: tuple[Ride, ...] = ()  # taken before, or being taken
    first_job: int = NONE  # drive that has brought, or brings, them to their first hub
    hub: int = NONE  # NONE: their door
    time: int = 0
    left: int = 0  # when they left the door

    def admits(self, offer: Offer) -> bool:
        """Whether an offer begins in the hands of the hub, or by road to the door."""
        if self.hub == NONE or not isinstance(offer.first, HandIn):
            return True
        return offer.first.ride is None and offer.first.hub == self.hub

    def onward(self, network: Network, goods: TimedShipment, now: int) -> TimedShipment:
        """The shipment from here on; goods on the way have what is left of their hours."""
        if self.hub == NONE:
            return replace(goods, ready=max(goods.ready, now))
        hub, due = network.hubs[self.hub], goods.due
        if goods.most < UNREACHED:
            due = min(due, self.left + goods.most)
        trips = goods.document.max_trips - len(self.rides)
        here = Place(lat=hub.lat, lon=hub.lon, name=hub.name)
        changed = goods.changed(pickup=here, max_trips=trips)
        return replace(changed, ready=self.time, due=due, most=UNREACHED)


class Starts:
    """Starts of the shipments of a planned day at a time; calls are those of the changed trips."""

    def __init__(self, old: PlannedDay, before: Operation, network: Network, now: int) -> None:
        self._old, self._before, self._network, self._now = old, before, network, now
        self._calls = calls_of(network)
        self.affected = [at for at, option in before.chosen() if self._is_hit(option)]

    def moved(self, ride: Ride) -> Ride | None:
        """A ride of the plan on the changed trips; None where its trip does not go so far."""
        load, unload = self._call(ride.load_call), self._call(ride.unload_call)
        if load is None or unload is None:
            return None
        return Ride(int(self._network.carriers.bay_of_call[load]), load, unload)

    def of(self, at: int, day: Dispatcher) -> list[Start]:
        """Where a shipment can go another way; nowhere if it is on a trip that unloads no more."""
        option = self._option(at)
        network = self._old.problem.network
        begun = [r for r in option.rides if network.call(r.load_call)[1].departure < self._now]
        if begun:
            return self._from_lines(at, option, begun)
        if not option.rides and option.last_job == NONE:
            return [Start()]  # a delivery from door to door that waits for another one
        load = option.rides[0].load_call if option.rides else NONE
        if option.first_job != NONE:
            return [self._from_road(option, day)]
        handed = self._old.problem.handed_in(at, load)
        hub = int(network.carriers.hub[load])
        return [Start(hub=hub, time=handed, left=handed)] if handed < self._now else [Start()]

    def done(self, at: int, starts: Sequence[Start]) -> tuple[tuple[Ride, ...], int]:
        """Rides and first drive of a shipment that goes no further."""
        option = self._option(at)
        if starts:
            planned = next((one for one in starts if self._is_planned(option, one)), starts[0])
            return planned.rides, planned.first_job
        rides = [self.moved(ride) for ride in option.rides]
        until = rides.index(None) if None in rides else len(rides) - 1
        return tuple(ride for ride in rides[:until] if ride is not None), option.first_job

    def _option(self, at: int) -> Option:
        return self._old.catalogue.options[self._old.option[at]]

    def _call(self, call: int) -> int | None:
        return self._calls.get(key_of(self._old.problem.network, call))

    def _is_hit(self, option: Option) -> bool:
        """Whether some ride is not as it was planned."""
        network = self._old.problem.network
        for ride in option.rides:
            now = self.moved(ride)
            if now is None:
                return True
            planned = network.call(ride.load_call)[1], network.call(ride.unload_call)[1]
            found = self._network.call(now.load_call)[1], self._network.call(now.unload_call)[1]
            if planned[0].departure != found[0].departure or planned[1].arrival != found[1].arrival:
                return True
        return False

    def _is_planned(self, option: Option, start: Start) -> bool:
        """Whether a start is where the plan changes too."""
        if not start.rides:
            return True
        return self.moved(option.rides[len(start.rides) - 1]) == start.rides[-1]

    def _from_lines(self, at: int, option: Option, begun: Sequence[Ride]) -> list[Start]:
        """Where the trip that goods are on, or were on last, may unload them."""
        before = [self.moved(ride) for ride in begun[:-1]]
        taken = tuple(ride for ride in before if ride is not None)
        last, network = begun[-1], self._old.problem.network
        carriers, load = self._network.carriers, self._call(last.load_call)
        if load is None:
            return []
        bay = int(carriers.bay_of_call[load])
        calls = range(load + 1, int(carriers.first_call_of_bay[bay + 1]))
        if network.call(last.unload_call)[1].arrival < self._now:
            unload = self._call(last.unload_call)
            calls = range(0) if unload is None else range(unload, unload + 1)
        left = self._left(at, option)
        return [
            Start(
                (*taken, Ride(bay, load, call)), option.first_job, int(carriers.hub[call]),
                int(carriers.unloaded[call]), left,
            )
            for call in calls
            if not carriers.unload_block[call]
        ]  # fmt: skip

    def _left(self, at: int, option: Option) -> int:
        """When goods left their door."""
        if option.first_job == NONE:
            return self._old.problem.handed_in(at, option.rides[0].load_call)
        return self._before.times[option.first_job].departure

    def _from_road(self, option: Option, day: Dispatcher) -> Start:
        """From the hub that a vehicle has brought goods to or is bringing them to, or the door."""
        number, times = option.first_job, self._before.times[option.first_job]
        rest = next((one for one in day.problem.requests if one.id == str(number)), None)
        if rest is not None and rest.pickup is not None:
            return Start()
        deliver_by(day, str(number), times.arrival)  # the vehicle is not held up for others
        spot = self._old.catalogue.jobs[number].delivery
        hub = self._old.problem.roads.spots[spot].hub
        return Start((), number, hub, times.arrival, times.departure)


def deliver_by(day: Dispatcher, request_id: str, latest: int) -> None:
    """See to it that what is still to be delivered is so by a time at which it was to be."""
    if all(one.id != request_id for one in day.problem.requests):
        return
    request = day.agreed[request_id]
    if request.delivery is not None:
        day.change(replace(request, delivery=replace(request.delivery, latest=latest)))


def lost_reason(old: PlannedDay, at: int, now: int) -> Document:
    """Goods are on board of a trip that ends where they cannot be unloaded."""
    option = old.catalogue.options[old.option[at]]
    network = old.problem.network
    trips = [network.call(ride.load_call) for ride in option.rides]
    trip = [trip for trip, call in trips if call.departure < now][-1]
    return reason(
        "on_board",
        f"it is on board of {trip.line_name} ({trip.trip_id}), which unloads goods at no further "
        "stop; fetch it there",
        f"{trip.line_name}({trip.trip_id})に積まれたままで、この先に荷降ろしできる停留所が"
        "ありません。現地で引き取ってください。",
        {"trip_id": trip.trip_id},
    )
