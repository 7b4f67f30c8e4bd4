"""Passengers of a day, planned one after another on the seats that are left.

Each takes the itinerary of least generalised cost among those offered and holds its seats, so
that who comes later sees fuller trips.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from maas.bookings import journey_claims
from maas.errors import MaasError
from maas.journey_query import JourneyQuery
from maas.ledger import Ledger
from maas.place_input import PlaceInput
from maas.planner import Planner
from maas.scenario.demand import Demand, Traveller
from maas.scenario.file import Choice

if TYPE_CHECKING:
    from maas.region import Region

Document = Mapping[str, Any]

ON_CALL = frozenset({"taxi", "drt"})


@dataclass(frozen=True)
class CalledRide:
    """A passenger's way by a vehicle that comes for them."""

    operator_id: str
    mode: str
    origin: tuple[float, float]  # lat, lon
    destination: tuple[float, float]
    start: int  # Unix time
    end: int
    distance_m: int
    party: int


@dataclass(frozen=True)
class Outcome:
    """What became of one traveller."""

    traveller: Traveller
    itinerary: Document | None
    reasons: tuple[Document, ...] = ()
    cost: float = 0.0  # generalised, in the currency

    @property
    def legs(self) -> Sequence[Document]:
        """Legs in order; none for who could not travel."""
        legs: Sequence[Document] = () if self.itinerary is None else self.itinerary["legs"]
        return legs

    @property
    def duration(self) -> int:
        """Seconds from the real departure to the arrival."""
        return 0 if self.itinerary is None else int(self.itinerary["duration_s"])

    @property
    def walking(self) -> int:
        """Seconds on foot."""
        return sum(_end(leg) - _start(leg) for leg in self.legs if leg["mode"] == "walk")

    @property
    def wait_at_stops(self) -> int:
        """Seconds on the way in which nothing moves."""
        return self.duration - sum(_end(leg) - _start(leg) for leg in self.legs)

    @property
    def wait_before(self) -> int:
        """Seconds from the wanted departure to the real one, spent where the trip begins."""
        if self.itinerary is None:
            return 0
        return _start(self.itinerary) - self.traveller.departure

    @property
    def main_mode(self) -> str:
        """Mode of the longest leg; walking only when nothing else is used."""
        legs = [leg for leg in self.legs if leg["mode"] != "walk"] or self.legs
        longest: Document = max(legs, key=lambda leg: leg["distance_m"])
        return str(longest["mode"])

    def called_rides(self) -> Iterator[CalledRide]:
        """Ways by vehicles that come for this party."""
        for leg in self.legs:
            if leg["mode"] in ON_CALL:
                yield CalledRide(
                    leg["operator_id"],
                    leg["mode"],
                    (leg["from"]["lat"], leg["from"]["lon"]),
                    (leg["to"]["lat"], leg["to"]["lon"]),
                    _start(leg),
                    _end(leg),
                    leg["distance_m"],
                    self.traveller.party,
                )


def _start(thing: Document) -> int:
    return int(datetime.fromisoformat(thing["departure"]).timestamp())


def _end(thing: Document) -> int:
    return int(datetime.fromisoformat(thing["arrival"]).timestamp())


def generalised_cost(outcome: Outcome, choice: Choice) -> float:
    """What an itinerary costs its party: money, and everybody's time in money.

    An unknown price counts as nothing, as in the Pareto set of the planner.
    """
    itinerary = outcome.itinerary
    assert itinerary is not None
    minutes: float = (
        outcome.duration
        - outcome.walking
        - outcome.wait_at_stops
        + choice.walk_weight * outcome.walking
        + choice.wait_weight * outcome.wait_at_stops
        + choice.early_weight * outcome.wait_before
    ) / 60 + choice.transfer_minutes * itinerary["transfers"]
    price = itinerary["price"]
    money = 0.0 if price is None else float(price["amount"])
    return money + choice.value_of_time_per_hour / 60 * minutes * outcome.traveller.party


def plan_passengers(
    region: "Region",
    demand: Demand,
    choice: Choice,
    report: Callable[[int], None],
) -> tuple[list[Outcome], Ledger]:
    """Plan all travellers in the order of the demand; `report` is told how many are done.

    Returns
    -------
    outcomes, ledger
        What became of each, and the seats they hold.
    """
    planner, ledger = Planner(region), Ledger()
    outcomes = []
    for done, traveller in enumerate(demand.travellers, 1):
        outcome = _plan_one(planner, traveller, choice, ledger)
        outcomes.append(outcome)
        if outcome.itinerary is not None:
            claims = journey_claims(region, outcome.legs, traveller.party)
            ledger = ledger.adding({claim.key: claim.amount for claim in claims})
        report(done)
    return outcomes, ledger


def _plan_one(planner: Planner, traveller: Traveller, choice: Choice, ledger: Ledger) -> Outcome:
    """Let one traveller choose; a place off the map is a reason, too."""
    query = JourneyQuery(
        from_=_place(traveller.origin),
        to=_place(traveller.destination),
        at=datetime.fromtimestamp(traveller.departure, UTC),
        party=traveller.party,
        lang="en",
    )
    try:
        answer = planner.plan(query, ledger)
    except MaasError as error:
        reason = {"code": "bad_query", "message": str(error), "message_ja": ""}
        return Outcome(traveller, None, (reason,))
    offered = [Outcome(traveller, itinerary) for itinerary in answer["itineraries"]]
    if not offered:
        return Outcome(traveller, None, tuple(answer["reasons"]))
    costs = [generalised_cost(outcome, choice) for outcome in offered]
    best = costs.index(min(costs))
    return Outcome(traveller, offered[best].itinerary, cost=costs[best])


def _place(at: tuple[float, float]) -> PlaceInput:
    return PlaceInput(lat=at[0], lon=at[1])
