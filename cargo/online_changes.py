"""What an event changed in the plan of running vehicles."""

from collections.abc import Mapping
from dataclasses import dataclass

from cargo.pdp.model import Request
from cargo.pdp.plan import DELIVERY, PICKUP, Plan


@dataclass(frozen=True)
class Promise:
    """Who comes for a request, and when; what is done already is not told again."""

    vehicle: str
    pickup: int | None
    delivery: int | None

    @property
    def last(self) -> int:
        """Start of the last visit that is left."""
        return max(time for time in (self.pickup, self.delivery) if time is not None)


@dataclass(frozen=True)
class Difference:
    """The plan after an event against the plan before it."""

    added: tuple[str, ...]  # requests that had no vehicle and have one now
    dropped: tuple[str, ...]  # that had one and have none, though they wait
    moved: Mapping[str, tuple[str, str]]  # request: vehicle before, vehicle now
    shifted: Mapping[str, int]  # request: seconds later (or earlier) at its last visit
    late: Mapping[str, int]  # request: seconds after the end of the window that was agreed
    cost: float  # more (or less) than before, of what is still to be driven

    @property
    def is_none(self) -> bool:
        """Whether nobody is served otherwise than before."""
        return not (self.added or self.dropped or self.moved or self.shifted)


def promises(plan: Plan) -> dict[str, Promise]:
    """Promise to each request that has a vehicle."""
    times: dict[str, dict[str, int]] = {}
    vehicle: dict[str, str] = {}
    for row in plan.rounds:
        for visit in row.visits:
            times.setdefault(visit.request, {})[visit.kind] = visit.start
            vehicle[visit.request] = row.vehicle
    return {
        name: Promise(vehicle[name], some.get(PICKUP), some.get(DELIVERY))
        for name, some in times.items()
    }


def difference(before: Plan, after: Plan, agreed: Mapping[str, Request]) -> Difference:
    """Compare two plans of what is still to be driven; `agreed` are requests as first accepted."""
    old, new = promises(before), promises(after)
    both = sorted(old.keys() & new.keys())
    return Difference(
        added=tuple(sorted(new.keys() - old.keys())),
        dropped=tuple(name for name in after.unserved if name in old),
        moved={
            name: (old[name].vehicle, new[name].vehicle)
            for name in both
            if old[name].vehicle != new[name].vehicle
        },
        shifted={
            name: new[name].last - old[name].last
            for name in both
            if new[name].last != old[name].last
        },
        late=_late(new, agreed),
        cost=after.cost - before.cost,
    )


def _late(now: Mapping[str, Promise], agreed: Mapping[str, Request]) -> dict[str, int]:
    late: dict[str, int] = {}
    for name, promise in now.items():
        delivery = agreed[name].delivery
        if delivery is None or promise.delivery is None:
            continue
        if promise.delivery > delivery.latest:
            late[name] = promise.delivery - delivery.latest
    return late
