"""Solves three-echelon deliveries: fleet of trucks, then rounds, then times; with a lower bound."""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from cargo.effort import CancelledError
from cargo.ortools_relay_choice import Chosen, choose
from cargo.ortools_relay_fleet import Fleet, FleetSearch
from cargo.ortools_relay_times import Timed, timed
from cargo.ortools_watch import WatchLimits
from cargo.relay.model import Relay, RelayPlan
from cargo.relay.rounds import (
    CourierOption,
    TooLargeRelayError,
    compile_kernel,
    courier_options,
    lines_at,
)
from cargo.relay.tours import TourOption, tour_options

CHOICE = 0.2  # of the time that is left, to choose the cheapest rounds
CHEAPEST = 0.35  # likewise, to give times to them
START = 0.1  # likewise, for each fleet that unloads less at a call
JOINT = 0.4  # likewise, to choose other rounds with times where the cheapest have none
PARTS = (0.9, 0.75, 0.6, 0.45, 0.3)  # of what calls can hand over, where no times are found
START_TOURS = 5000  # that are worth comparing for a start


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
    chosen and given times, or rounds are chosen with times where these have none. Where the first
    fleet has no plan, fleets that unload less at a call give one to start from. Fleets left
    undecided come again and share the time that is left. The search ends when the bound meets the
    plan or the time is spent.

    Raises
    ------
    TooLargeRelayError
        If there are too many courier rounds, lines or tours.
    """
    compile_kernel()
    try:
        search = _Search(relay, WatchLimits(seconds, is_cancelled))
    except CancelledError:  # while rounds and tours are listed: nothing is known yet
        return RelayAnswer(None, math.inf, 0.0)
    for fleet in search.fleets():
        if fleet.bound >= search.cost:
            break
        search.attempt(fleet)
    while search.undecided and not search.is_over():
        search.retry()
    return RelayAnswer(search.plan, search.cost, min(search.cost, search.bound))


class _Search:
    """The best plan so far."""

    def __init__(self, relay: Relay, limits: WatchLimits) -> None:
        self._relay, self._limits = relay, limits
        self._reach = lines_at(relay)
        options = courier_options(relay, limits.go_on)
        self._rounds = [one for one in options if one.stop in self._reach]
        self._tours = tour_options(relay, go_on=limits.go_on)
        self._fleets = self._fleets_of(self._tours)
        self._parts = list(PARTS)
        self.plan: RelayPlan | None = None
        self.cost = math.inf
        self.undecided: list[Fleet] = []
        self._bounds: dict[Fleet, float] = {}

    @property
    def bound(self) -> float:
        """What no plan undercuts on any fleet, those to come included."""
        return min([self._fleets.bound, *self._bounds.values()])

    def fleets(self) -> Iterator[Fleet]:
        """Fleets, the cheapest first."""
        return self._fleets.fleets(self._limits)

    def is_over(self) -> bool:
        """Whether the time is spent or somebody cancels."""
        return self._limits.is_over()

    def attempt(self, fleet: Fleet) -> None:
        """Improve the plan by one fleet, or put it off."""
        chosen, is_settled = self._cheapest(fleet, self._tours, CHEAPEST)
        self._bounds[fleet] = max(fleet.bound, chosen.bound)
        if not is_settled:
            self._start()
            self._join(fleet, self._limits.share(JOINT))

    def retry(self) -> None:
        """Share the time that is left among fleets that are undecided."""
        fleets, self.undecided = self.undecided, []
        for n, fleet in enumerate(fleets):
            limits = self._limits.share(1 / (len(fleets) - n))
            chosen = self._choose(fleet, self._tours, limits.share(CHOICE))
            self._bounds[fleet] = max(self._bounds[fleet], chosen.bound)
            self._join(fleet, limits)

    def _fleets_of(self, tours: Sequence[TourOption]) -> FleetSearch:
        return FleetSearch(self._relay, self._rounds, tours, self._reach)

    def _start(self) -> None:
        """A plan of a fleet that unloads less at a call, if there is none and one is found."""
        while self._parts and self.plan is None:
            try:
                part, go_on = self._parts.pop(0), self._limits.go_on
                tours = tour_options(self._relay, part, START_TOURS, go_on)
            except (TooLargeRelayError, CancelledError):
                return  # smaller parts make more tours
            for fleet in islice(self._fleets_of(tours).fleets(self._limits), 1):
                self._cheapest(fleet, tours, START)

    def _cheapest(
        self, fleet: Fleet, tours: Sequence[TourOption], part: float
    ) -> tuple[Chosen, bool]:
        """Choose the cheapest rounds and give them times; whether that settles the fleet."""
        chosen = self._choose(fleet, tours, self._limits.share(CHOICE))
        if chosen.choice is None:
            return chosen, chosen.is_settled
        found = self._time(fleet, tours, chosen.choice.rounds, self._limits.share(part))
        return chosen, chosen.is_settled and found.plan is not None

    def _join(self, fleet: Fleet, limits: WatchLimits) -> None:
        """Choose rounds and times together, where a cheaper plan may be."""
        if self._bounds[fleet] < self.cost:
            found = self._time(fleet, self._tours, self._usable(fleet), limits)
            if not found.is_settled:
                self.undecided.append(fleet)

    def _choose(self, fleet: Fleet, tours: Sequence[TourOption], limits: WatchLimits) -> Chosen:
        usable, trucks = self._usable(fleet), _trucks(fleet, tours)
        return choose(self._relay, usable, trucks, self._reach, self.cost, limits)

    def _time(
        self,
        fleet: Fleet,
        tours: Sequence[TourOption],
        rounds: Sequence[CourierOption],
        limits: WatchLimits,
    ) -> Timed:
        """Improve the plan by times of trucks and rounds."""
        found = timed(self._relay, _trucks(fleet, tours), rounds, self.cost, limits)
        if found.plan is not None:
            self.plan, self.cost = found.plan, found.cost
        return found

    def _usable(self, fleet: Fleet) -> list[CourierOption]:
        """Rounds that can be in a cheaper plan on this fleet."""
        return [
            one
            for one, price in zip(self._rounds, fleet.price, strict=True)
            if fleet.value + price < self.cost
        ]


def _trucks(fleet: Fleet, tours: Sequence[TourOption]) -> list[TourOption]:
    """Tour of each truck."""
    return [tour for tour, n in zip(tours, fleet.trucks, strict=True) for _ in range(n)]
