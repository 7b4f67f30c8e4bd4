"""Solves three-echelon deliveries: fleet of trucks, then rounds, then times; with a lower bound."""

import math
from collections.abc import Callable
from typing import NamedTuple

from cargo.ortools_relay_choice import choose
from cargo.ortools_relay_fleet import FleetSearch
from cargo.ortools_relay_times import timed
from cargo.ortools_watch import WatchLimits
from cargo.relay.model import Relay, RelayPlan
from cargo.relay.rounds import courier_options, lines_at
from cargo.relay.tours import tour_options

FEW = 0.2  # of the time that is left, to give times to the cheapest rounds
MANY = 0.5  # likewise, to choose other rounds with times where that fails


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
    chosen and given times, or other rounds where these have none. The search ends when the bound
    meets the plan or the time is spent.

    Raises
    ------
    TooLargeRelayError
        If there are too many courier rounds or lines.
    """
    limits = WatchLimits(seconds, is_cancelled)
    reach = lines_at(relay)
    rounds = [one for one in courier_options(relay) if one.stop in reach]
    tours = tour_options(relay)
    search = FleetSearch(relay, rounds, tours, reach)
    best: RelayPlan | None = None
    cost = floor = math.inf
    for fleet in search.fleets(limits):
        if fleet.bound >= cost:
            break
        trucks = [tour for tour, n in zip(tours, fleet.trucks, strict=True) for _ in range(n)]
        usable = [
            one for one, price in zip(rounds, fleet.price, strict=True)
            if fleet.value + price < cost
        ]  # fmt: skip
        chosen = choose(relay, usable, trucks, reach, cost, limits)
        floor = min(floor, chosen.bound)
        if chosen.choice is None:
            continue
        found = timed(relay, trucks, chosen.choice.rounds, cost, limits.share(FEW))
        if found is None:
            found = timed(relay, trucks, usable, cost, limits.share(MANY))
        if found is not None:
            best, cost = found
    return RelayAnswer(best, cost, min(cost, floor, search.bound))
