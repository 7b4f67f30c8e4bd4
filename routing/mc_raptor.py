"""Journeys by arrival, number of rides and a third criterion that adds up by leg."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from routing.bounds import LowerBounds, no_bounds
from routing.journey import Journey, check_ends, read_journeys
from routing.kernels import mc_bounds, mc_labels
from routing.kernels import mc_raptor as kernels
from routing.kernels.mc_labels import CostedStops, LegCosts, McScratch
from routing.kernels.raptor_ends import NearStops
from routing.kernels.raptor_journeys import room_for
from routing.layout import NONE, UNREACHED, DayTables, Int32Array, frozen
from routing.mirror import mirrored
from routing.raptor import Raptor, scratch_of
from routing.raptor import Work as RaptorWork

_FIRST_ROOM = 1 << 16  # labels; doubled as often as a search needs more
_SHARE = {"on_board": 8, "found": 64}  # how much less room these lists get


class McWork(NamedTuple):
    """What a search did; the same on every machine."""

    rounds: int
    patterns_scanned: int
    labels_added: int


class Slack(NamedTuple):
    """How much worse than a journey of the Pareto set over arrival and rides is worth a look."""

    seconds: int = 0  # later, and
    share: float = 0.25  # of the travel time later on top
    rides: int = 1  # more rides


@dataclass(frozen=True, slots=True)
class CostedJourney:
    """A journey and what it costs, access and egress included."""

    journey: Journey
    cost: int


@dataclass(frozen=True, slots=True)
class FoundByCost:
    """Answer of a search: none is later, rides more and costs more than another."""

    journeys: tuple[CostedJourney, ...]
    work: McWork


def costed(near: NearStops, cost: npt.ArrayLike | None = None) -> CostedStops:
    """Add to an access or egress what each of its rows costs; nothing by default."""
    costs = np.zeros(near.stop.size) if cost is None else cost
    return CostedStops(near.stop, near.duration, frozen(costs))


class McRaptor:
    """A reusable search that owns its scratch memory: one per thread.

    Parameters
    ----------
    tables
        Tables of the day.
    costs
        What rides cost; see `routing.leg_costs`.
    backwards
        `mirrored(tables)`, where somebody has it already; made when a slack is first asked for.
    max_rides
        Greatest number of rides of a journey.
    bounds
        Lower bounds that hold for these tables (`routing.bounds`); answers are the same without.
    """

    def __init__(
        self,
        tables: DayTables,
        costs: LegCosts,
        backwards: DayTables | None = None,
        max_rides: int = 8,
        bounds: LowerBounds | None = None,
    ) -> None:
        self.tables = tables
        self.costs = costs
        self.max_rides = max_rides
        self._backwards = backwards
        self._bounds = no_bounds(tables) if bounds is None else bounds
        self._raptor = Raptor(tables, max_rides, self._bounds)
        self._rounds = scratch_of(tables, max_rides, self._bounds.least.shape[0])
        self._scratch = _room(tables.n_stops, _FIRST_ROOM)
        self._counters = np.zeros(len(McWork._fields), np.int64)
        self._backward_work = np.zeros(len(RaptorWork._fields), np.int64)

    def pareto(
        self,
        access: CostedStops,
        egress: CostedStops,
        departure: int,
        *,
        limit: int = UNREACHED,
        max_rides: int | None = None,
        slack: Slack | None = None,
    ) -> FoundByCost:
        """Return the Pareto set over arrival, rides and cost of leaving at `departure`.

        Parameters
        ----------
        access, egress
            Stops near origin and destination, with what it costs to get there.
        limit
            Journeys must arrive before this time.
        slack
            Only journeys that arrive at most so much later, and ride at most so much more often,
            than some journey of the Pareto set over arrival and rides; `None`: all.

        Returns
        -------
        found
            Cheapest of those that arrive first and ride least first. Costs that depend on what was
            ridden before (passes, discounts for changes) are outside of what labels can know.

        Raises
        ------
        UnknownStopError
            If an access or egress stop is not in the tables.
        """
        check_ends(self.tables.n_stops, _plain(access), _plain(egress))
        n_rides = self.max_rides if max_rides is None else max(0, min(max_rides, self.max_rides))
        limits = np.full(n_rides + 1, limit, np.int32)
        if slack is not None:
            limits = self._restrict(access, egress, departure, limits, slack)
        if not (egress.stop.size and access.stop.size and limits.size > 1):
            return FoundByCost((), McWork(0, 0, 0))
        return self._search(access, egress, departure, limits, slack is not None)

    def _search(
        self,
        access: CostedStops,
        egress: CostedStops,
        departure: int,
        limits: Int32Array,
        is_restricted: bool,
    ) -> FoundByCost:
        """Search again with more room until it is enough."""
        while True:
            scratch = self._scratch
            outputs = room_for(len(scratch.found), limits.size - 1)
            n_found = kernels.pareto(
                self.tables,
                self._bounds,
                self.costs,
                access,
                egress,
                int(departure),
                limits,
                is_restricted,
                np.empty(egress.stop.size, np.int32),
                outputs,
                self._rounds,
                scratch,
                self._counters,
            )
            if not scratch.size[mc_labels.IS_FULL]:
                break
            self._scratch = _room(self.tables.n_stops, 2 * len(scratch.label))
        totals = scratch.found[:n_found, mc_labels.TOTAL].tolist()
        journeys = read_journeys(outputs[0][:n_found], outputs[1])
        found = [CostedJourney(*pair) for pair in zip(journeys, totals, strict=True)]
        found.sort(key=lambda one: (one.journey.arrival, len(one.journey.rides), one.cost))
        return FoundByCost(tuple(found), McWork(*self._counters.tolist()))

    def _restrict(
        self,
        access: CostedStops,
        egress: CostedStops,
        departure: int,
        limits: Int32Array,
        slack: Slack,
    ) -> Int32Array:
        """Bounds of the labels, into scratch; return the limit of each number of rides."""
        n_rides, limit = limits.size - 1, int(limits[0])
        front = self._raptor.earliest(
            _plain(access), _plain(egress), departure, limit=limit, max_rides=n_rides
        )
        most, latest = 0, np.full(n_rides + 1, -UNREACHED, np.int64)
        for one in front.journeys:
            rides = min(len(one.rides) + slack.rides, n_rides)
            later = slack.seconds + int(slack.share * (one.arrival - departure))
            latest[: rides + 1] = np.maximum(latest[: rides + 1], one.arrival + later)
            most = max(most, rides)
        bounded = np.minimum(latest[: most + 1], limit - 1).astype(np.int32)
        if most:
            if self._backwards is None:
                self._backwards = mirrored(self.tables)
            mc_bounds.latest_in_bounds(
                self._backwards,
                egress,
                bounded,
                departure + int(access.duration.min()),
                self._rounds,
                self._backward_work,
            )
        return bounded + np.int32(1)


def _plain(near: CostedStops) -> NearStops:
    return NearStops(near.stop, near.duration)


def _room(n_stops: int, n_labels: int) -> McScratch:
    return McScratch(
        label=np.empty((n_labels, 4), np.int32),
        first_ready=np.empty(n_stops, np.int32),
        first_arrived=np.empty(n_stops, np.int32),
        on_board=np.empty((n_labels // _SHARE["on_board"], 6), np.int32),
        found=np.empty((n_labels // _SHARE["found"], 5), np.int32),
        log=np.empty((n_labels, 4), np.int32),
        first_egress=np.full(n_stops, NONE, np.int32),
        to_end=np.empty(n_stops, np.int32),
        size=np.zeros(4, np.int64),
    )
