"""Which fleets would need how many more vehicles for a shipment that lines have room for."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, product
from typing import NamedTuple

from cargo.dedicated import RoadRide
from cargo.documents import Document
from cargo.fleet_rounds import PATTERNS, FleetRound, fleet_rounds
from cargo.problem import Problem
from cargo.quote import SHIPMENT, HandIn, Offer
from cargo.reason import reason


class Loop(NamedTuple):
    """A drive from the base and back, s."""

    leaves: int
    back: int
    spare: int  # by which all of it may be later

    def by(self, later: int) -> "Loop":
        """The same loop later on."""
        return Loop(self.leaves + later, self.back + later, self.spare - later)


def vehicles_busy(problem: Problem, offers: Sequence[Offer]) -> Document:
    """The fewest more vehicles, of the way that costs least among those that need so few."""
    needs = [
        (need.total(), offer.cost, sorted(need.items()))
        for offer in offers
        if (need := need_of(problem, offer)) is not None
    ]
    if not needs:
        return reason(
            "round_too_long",
            "its drive fits into no round that taxis have between other work; a van, which is out "
            "all day, would admit it",
            "タクシーの1回の運行時間に収まりません。終日動けるバンがあれば運べます。",
            {"fleet": "van"},
        )
    total, _, counts = min(needs)
    if not counts:
        return reason(
            "overlooked",
            "the plan has room for it on lines that the search did not find; plan again for longer",
            "便に空きがありますが、計画では見つけられませんでした。計画時間を延ばしてください。",
        )
    fleets = problem.network.fleets
    remedy = {
        "vehicles": total,
        "fleets": [{"fleet": fleets[at].id, "vehicles": n} for at, n in counts],
    }
    words, words_ja = more_vehicles(remedy)
    return reason(
        "vehicles_busy",
        "every vehicle that could carry it is busy in its window, or costs more than "
        f"leaving it; {words} would admit it",
        f"時間帯に運べる車両がすべて使われています。{words_ja}増やせば運べます。",
        remedy,
    )


def more_vehicles(remedy: Document) -> tuple[str, str]:
    """What a remedy asks for, in words."""
    texts = [f"{row['vehicles']} more of fleet '{row['fleet']}'" for row in remedy["fleets"]]
    texts_ja = [f"「{row['fleet']}」をあと{row['vehicles']}台" for row in remedy["fleets"]]
    return " and ".join(texts), "、".join(texts_ja)


def need_of(problem: Problem, offer: Offer) -> Counter[int] | None:
    """More vehicles of each fleet that would drive the road parts of an offer; None: no number."""
    found = Counter[int]()
    for fleet, loops in _loops(problem, offer).items():
        need = _vehicles(problem, fleet, loops)
        if need is None:
            return None
        found[fleet] = need
    return found


def _loops(problem: Problem, offer: Offer) -> dict[int, list[Loop]]:
    """Drives of each fleet, in order, and how much later they would still do."""
    found: dict[int, list[Loop]] = {}
    due = problem.shipments[SHIPMENT].due
    for ride in road_parts(offer):
        latest = due
        if isinstance(offer.first, HandIn) and ride is offer.first.ride:
            load, hub = offer.rides[0].load_call, problem.network.hubs[offer.first.hub]
            latest = int(problem.network.carriers.load_by[load]) - hub.handling
        found.setdefault(ride.fleet, []).append(_loop(problem, ride, latest))
    return found


def _vehicles(problem: Problem, at: int, loops: Sequence[Loop]) -> int | None:
    """How many more vehicles of a fleet have rounds for some loops; one may drive several."""
    fleet, service = problem.network.fleets[at], int(problem.service_spot.max(initial=0))
    returns = fleet.begins_at == fleet.ends_at  # else a vehicle drives one round a shift
    most = PATTERNS + len(loops)
    more = replace(fleet, vehicles=fleet.vehicles + most)
    made = fleet_rounds([more], more.vehicles, service)
    rounds = [
        [row for row in made if row.vehicle == vehicle]
        for vehicle in range(fleet.vehicles + 1, more.vehicles + 1)
    ]
    for n in range(1, most + 1):
        for chosen in product(range(n), repeat=len(loops)):
            placed = [
                (one, _placed(rounds[one], loop)) for one, loop in zip(chosen, loops, strict=True)
            ]
            if all(loop is not None for _, loop in placed) and all(
                one != other or (returns and loop and later and loop.back <= later.leaves)
                for (one, loop), (other, later) in pairwise(placed)
            ):
                return n
    return None


def _placed(rounds: Sequence[FleetRound], loop: Loop) -> Loop | None:
    """A loop as early as some round has time for it."""
    starts = [
        moment - loop.leaves
        for row in rounds
        for moment in (
            loop.leaves,
            row.opens,
            *(max(pause.earliest, row.opens) + pause.length for pause in row.pauses),
        )
    ]
    fitting = [
        later
        for later in starts
        if 0 <= later <= loop.spare and any(_holds(row, loop.by(later)) for row in rounds)
    ]
    return loop.by(min(fitting)) if fitting else None


def _holds(row: FleetRound, loop: Loop) -> bool:
    """Whether a round has time for a loop and, before or after it, for each break."""
    leaves, back, _ = loop
    return row.opens <= leaves <= back <= row.closes and all(
        max(pause.earliest, row.opens) + pause.length <= leaves
        or (
            max(pause.earliest, back) <= pause.latest
            and max(pause.earliest, back) + pause.length <= row.closes
        )
        for pause in row.pauses
    )


def road_parts(offer: Offer) -> Iterator[RoadRide]:
    """Dedicated rides of an offer, in order."""
    for part in (offer.first, offer.last):
        ride = part.ride if isinstance(part, HandIn) else part
        if ride is not None:
            yield ride


def _loop(problem: Problem, ride: RoadRide, latest: int) -> Loop:
    """When a vehicle sets out for a ride, and ends, where it must arrive by `latest`."""
    profile = problem.network.fleets[ride.fleet].profile
    there, _ = problem.roads.drive(profile, problem.start_spot[ride.fleet], ride.tail)
    back, _ = problem.roads.drive(profile, ride.head, problem.end_spot[ride.fleet])
    end = ride.arrival + problem.roads.spots[ride.head].service + back
    return Loop(ride.start - there, end, max(0, latest - ride.arrival))
