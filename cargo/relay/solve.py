"""Solves three-echelon deliveries: fleet of trucks, then rounds, then times; with a lower bound."""

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

from cargo.ortools_relay_choice import choose
from cargo.ortools_relay_fleet import Fleet, FleetSearch
from cargo.ortools_relay_times import timed
from cargo.ortools_watch import WatchLimits
from cargo.relay.model import Relay, RelayPlan
from cargo.relay.rounds import CourierOption, courier_options, lines_at
from cargo.relay.tours import TourOption, tour_options

FEW = 0.3  # of the time that is left, to give times to the cheapest rounds
MANY = 0.4  # likewise, to choose other rounds with times where that fails
PARTS = (0.75, 0.6, 0.45, 0.3)  # of what calls can hand over, where no times are found


class RelayAnswer(NamedTuple):
    """A plan or none, its cost, and what no plan undercuts."""

    plan: RelayPlan | None
    cost: float
    bound: float  # infinite where no plan is possible


def solve(
    relay: Relay, seconds: float, is_cancelled: Callable[[], bool] = lambda: False
) -> RelayAnswer:
    """Look for the cheapest plan.

    Fleets come in order of what their linear programs cost; of each the cheapest rounds are
    chosen and given times, or other rounds where these have none. Where the first fleet has no
    plan, fleets that unload less at a call give one to start from. The search ends when the bound
    meets the plan or the time is spent.

    Raises
    ------
    TooLargeRelayError
        If there are too many courier rounds, lines or tours.
    """
    search = _Search(relay, WatchLimits(seconds, is_cancelled))
    first, fleets = search.fleets(1.0)
    for n, fleet in enumerate(fleets):
        if fleet.bound >= search.cost:
            break
        bound = search.attempt(fleet, first.tours, joins=n > 0)
        if n == 0 and search.plan is None:
            search.start()
            search.attempt(fleet, first.tours, joins=True)
        search.floor = min(search.floor, bound)
    return RelayAnswer(search.plan, search.cost, min(search.cost, search.floor, first.search.bound))


class _Tours(NamedTuple):
    """Tours and the search for fleets among them."""

    tours: list[TourOption]
    search: FleetSearch


class _Search:
    """The best plan so far."""

    def __init__(self, relay: Relay, limits: WatchLimits) -> None:
        self._relay, self._limits = relay, limits
        self._reach = lines_at(relay)
        options = courier_options(relay)
        self._rounds = [one for one in options if one.stop in self._reach]
        self.plan: RelayPlan | None = None
        self.cost = self.floor = math.inf

    def fleets(self, part: float) -> tuple[_Tours, Iterator[Fleet]]:
        """Fleets whose calls hand over a part of the most, the cheapest first."""
        tours = tour_options(self._relay, part)
        search = FleetSearch(self._relay, self._rounds, tours, self._reach)
        return _Tours(tours, search), search.fleets(self._limits)

    def start(self) -> None:
        """A plan of a fleet that unloads less at a call, if one is found."""
        for part in PARTS:
            made, fleets = self.fleets(part)
            fleet = next(fleets, None)
            if fleet is not None:
                self.attempt(fleet, made.tours, joins=False)
            if self.plan is not None:
                return

    def attempt(self, fleet: Fleet, tours: list[TourOption], *, joins: bool) -> float:
        """Improve the plan by one fleet; what no plan on it undercuts."""
        trucks = [tour for tour, n in zip(tours, fleet.trucks, strict=True) for _ in range(n)]
        usable = self._usable(fleet)
        chosen = choose(self._relay, usable, trucks, self._reach, self.cost, self._limits)
        if chosen.choice is None:
            return chosen.bound
        few, many = self._limits.share(FEW), self._limits.share(MANY)
        found = timed(self._relay, trucks, chosen.choice.rounds, self.cost, few)
        if found is None and joins:
            found = timed(self._relay, trucks, usable, self.cost, many)
        if found is not None:
            self.plan, self.cost = found
        return chosen.bound

    def _usable(self, fleet: Fleet) -> list[CourierOption]:
        """Rounds that can be in a cheaper plan on this fleet."""
        return [
            one
            for one, price in zip(self._rounds, fleet.price, strict=True)
            if fleet.value + price < self.cost
        ]
