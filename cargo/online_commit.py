"""What a committed visit leaves to do: by its vehicle, and for its request."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from cargo.pdp.model import Pause, Request, Vehicle
from cargo.pdp.plan import DELIVERY, VehicleRound, Visit


def last_visit(
    done: Mapping[str, Sequence[Visit]], request_id: str, kind: str
) -> tuple[str, Visit] | None:
    """The last visit of a kind to a request, done or set out for, and its vehicle; None if none."""
    found = [
        (vehicle, visit)
        for vehicle, visits in done.items()
        for visit in visits
        if (visit.request, visit.kind) == (request_id, kind)
    ]
    return max(found, key=lambda one: one[1].departure, default=None)


def not_before(vehicle: Vehicle, time: int) -> Vehicle:
    """The vehicle from a time on; a shift that is over by then has no time left."""
    opens = max(vehicle.opens, time)
    return replace(vehicle, opens=opens, closes=max(vehicle.closes, opens))


def vehicle_after(vehicle: Vehicle, row: VehicleRound, began: int) -> Vehicle:
    """The vehicle as it stands when the first visit of its round is over.

    It is paid for, has been under way since `began`, and has held the pauses that came before.
    """
    visit = row.visits[0]
    pauses = sorted(vehicle.pauses, key=lambda pause: pause.earliest)
    held = _held_before(pauses, row) + sum(rest.end <= visit.start for rest in row.rests)
    closes = vehicle.closes
    if vehicle.max_duration is not None:
        closes = min(closes, began + vehicle.max_duration)
    return replace(
        vehicle,
        start=visit.place,
        opens=visit.departure,
        closes=closes,
        fixed=0.0,
        max_duration=None,
        max_tasks=None if vehicle.max_tasks is None else vehicle.max_tasks - 1,
        pauses=tuple(
            pause
            if pause.is_on_duty
            else replace(pause, earliest=max(pause.earliest, visit.departure))
            for pause in pauses[held:]
        ),
    )


def with_less_room(vehicle: Vehicle, amount: Sequence[int]) -> Vehicle:
    """The vehicle with a load that stays on board to the end."""
    taken = [*amount, *[0] * (len(vehicle.capacity) - len(amount))]
    capacity = tuple(room - one for room, one in zip(vehicle.capacity, taken, strict=False))
    return replace(vehicle, capacity=capacity)


def _held_before(pauses: Sequence[Pause], row: VehicleRound) -> int:
    """How many pauses, not on duty, were over when a round began."""
    free = 0
    for at, pause in enumerate(pauses[: len(pauses) - len(row.rests)]):
        free = max(free, pause.earliest) + pause.length
        if pause.is_on_duty or free > row.start:
            return at
    return len(pauses) - len(row.rests)


def request_after(request: Request, visit: Visit, vehicle_id: str) -> Request | None:
    """What is left of a request after one of its visits: on board, or nothing."""
    delivery = request.delivery
    if visit.kind == DELIVERY or delivery is None:
        return None  # what stays on board to the end takes its room away: `with_less_room`
    only = frozenset({vehicle_id})
    if request.max_ride is not None:
        latest = min(delivery.latest, visit.departure + request.max_ride)
        delivery = replace(delivery, latest=latest)
    return replace(request, pickup=None, delivery=delivery, max_ride=None, vehicles=only)


def gone_home(
    planned: Iterable[VehicleRound], left: Mapping[str, Sequence[object]], now: int,
    service: Sequence[int],
) -> dict[str, int]:  # fmt: skip
    """Vehicles that were through with their round by a time, and when each is at its end.

    Parameters
    ----------
    left
        What each vehicle has still to do.
    service
        Seconds that a vehicle stands at each place, which are not in the visits.
    """
    return {
        row.vehicle: row.end
        for row in planned
        if not left[row.vehicle] and row.visits[-1].departure + service[row.visits[-1].place] <= now
    }
