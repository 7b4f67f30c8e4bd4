"""What contradicts itself in the state of running vehicles: where it stands and what to do."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from cargo.online_commit import last_visit
from cargo.pdp.model import Request, Vehicle
from cargo.pdp.plan import DELIVERY, PICKUP, Visit
from cargo.pdp.tables import may_carry

Rounds = Mapping[str, Sequence[tuple[str, str]]]  # vehicle: (request, kind) in order


def round_faults(
    vehicles: Sequence[Vehicle], requests: Sequence[Request], agreed: Sequence[Request],
    rounds: Rounds, done: Mapping[str, Sequence[Visit]],
) -> Iterator[str]:  # fmt: skip
    """All that is wrong with the rounds that vehicles have left to drive."""
    by_id = {vehicle.id: vehicle for vehicle in vehicles}
    for name, n in Counter(request.id for request in agreed).items():
        if n > 1:
            yield f"agreed: request '{name}' stands {n} times; keep the one that holds"
    strangers = list(_strangers(by_id, requests, rounds))
    yield from strangers
    if strangers:
        return  # the rest reads tasks that are there
    at: dict[str, list[tuple[str, str]]] = {request.id: [] for request in requests}
    for vehicle, tasks in rounds.items():
        for name, kind in tasks:
            at[name].append((vehicle, kind))
    promised = {request.id: request for request in agreed}
    for request in requests:
        yield from _of_tasks(request, at[request.id])
        agreement = promised.get(request.id)
        taken = last_visit(done, request.id, PICKUP) if request.pickup is None else None
        if taken is not None:
            yield from _on_board(request.id, taken[0], at[request.id], by_id)
        elif request.pickup is None and agreement is not None and agreement.pickup is not None:
            yield (
                f"done: '{request.id}' was picked up (`requests` has no pickup of it any more, "
                "`agreed` has), but by no vehicle; give its visit, or its pickup"
            )
        else:
            yield from _of_allowed(request, at[request.id], by_id)


def _strangers(
    vehicles: Mapping[str, Vehicle], requests: Sequence[Request], rounds: Rounds
) -> Iterator[str]:
    """Vehicles and tasks that are not there."""
    stops = {
        (request.id, kind)
        for request in requests
        for kind, stop in ((PICKUP, request.pickup), (DELIVERY, request.delivery))
        if stop is not None
    }
    for vehicle, tasks in rounds.items():
        if vehicle not in vehicles:
            yield f"rounds.{vehicle}: vehicle '{vehicle}' is not in `vehicles`; add it or leave out"
        for name, kind in tasks:
            if (name, kind) not in stops:
                yield (
                    f"rounds.{vehicle}: `requests` has no {kind} of '{name}'; add it or leave "
                    "the visit out"
                )


def _of_tasks(request: Request, at: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Each task once, both by one vehicle, the pickup first; or none, where it waits."""
    name, wanted = request.id, []
    for kind, stop in ((PICKUP, request.pickup), (DELIVERY, request.delivery)):
        by = [vehicle for vehicle, some in at if some == kind]
        wanted += [] if stop is None else [kind]
        if len(by) > 1:
            yield f"rounds.{by[-1]}: the {kind} of '{name}' stands {len(by)} times; keep one"
            return
    kinds, by = [kind for _, kind in at], [vehicle for vehicle, _ in at]
    if not at:
        return
    if lacking := [kind for kind in wanted if kind not in kinds]:
        yield (
            f"rounds.{by[0]}: '{name}' has no {lacking[0]} there; add [\"{name}\", "
            f"\"{lacking[0]}\"], or take '{name}' out and let it wait"
        )
    elif len(set(by)) > 1:
        yield (
            f"rounds.{by[1]}: '{name}' has its {kinds[1]} there, its {kinds[0]} in "
            f"rounds.{by[0]}; let one vehicle do both"
        )
    elif kinds == [DELIVERY, PICKUP]:
        yield f"rounds.{by[0]}: '{name}' is delivered before its pickup; put its pickup first"


def _of_allowed(
    request: Request, at: Sequence[tuple[str, str]], vehicles: Mapping[str, Vehicle]
) -> Iterator[str]:
    """Who may carry it does."""
    for vehicle in sorted({vehicle for vehicle, _ in at}):
        if not may_carry(request, vehicles[vehicle]):
            yield (
                f"rounds.{vehicle}: '{request.id}' may not ride there by its `vehicles` or "
                "`skills`; put it on a vehicle that they allow"
            )


def _on_board(
    name: str, carrier: str, at: Sequence[tuple[str, str]], vehicles: Mapping[str, Vehicle]
) -> Iterator[str]:
    """What is on board stays there, and is brought."""
    if carrier not in vehicles:
        yield (
            f"vehicles: '{carrier}' has '{name}' on board, but is not there; put it back and let "
            "the event `breakdown` take it away"
        )
    elif not at:
        yield (
            f"rounds.{carrier}: '{name}' is on board, but its delivery is missing; add "
            f'["{name}", "delivery"]'
        )
    for vehicle in sorted({vehicle for vehicle, _ in at} - {carrier}):
        yield (
            f"rounds.{vehicle}: '{name}' is on board '{carrier}'; move its delivery to "
            f"rounds.{carrier}"
        )
