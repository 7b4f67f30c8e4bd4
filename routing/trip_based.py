"""Journeys by Trip-Based search: the quickest lane on a day whose transfers are prepared."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from routing.bounds import LowerBounds, no_bounds
from routing.journey import Journey, check_ends, read_journeys
from routing.kernels import trip_based as kernels
from routing.kernels.raptor_ends import NearStops
from routing.kernels.raptor_journeys import room_for
from routing.kernels.trip_parts import Seeds, Transfers, TripScratch
from routing.layout import NONE, UNREACHED, DayTables


class TripWork(NamedTuple):
    """What a search did; the same on every machine."""

    rounds: int
    parts: int  # parts of trips ridden
    transfers: int  # looked at


@dataclass(frozen=True, slots=True)
class FoundByTrips:
    """Answer of a search: no journey dominates another."""

    journeys: tuple[Journey, ...]
    work: TripWork


_NOTHING = FoundByTrips((), TripWork(0, 0, 0))


class TripBased:
    """A reusable search that owns its scratch memory: one per thread.

    Parameters
    ----------
    tables
        Tables of the day.
    transfers
        Those of `routing.trip_transfers` for the same tables.
    max_rides
        Greatest number of rides of a journey.
    bounds
        Lower bounds that hold for these tables (`routing.bounds`). They halve the work; answers are
        the same without.
    """

    def __init__(
        self,
        tables: DayTables,
        transfers: Transfers,
        max_rides: int = 8,
        bounds: LowerBounds | None = None,
    ) -> None:
        self.tables = tables
        self._bounds = no_bounds(tables) if bounds is None else bounds
        self.transfers = transfers
        self.max_rides = max_rides
        longest = int(np.diff(tables.patterns.first_position_of_pattern).max(initial=0))
        n_positions, n_events = tables.patterns.stop_of_position.size, tables.patterns.arrival.size
        self._scratch = TripScratch(
            reached=np.empty(
                max_rides * tables.n_trips,
                np.uint8 if longest < 255 else np.uint16,
            ),
            queue=np.empty((max(n_events, 1), 6), np.int32),
            first_exit=np.full(tables.n_patterns, NONE, np.int32),
            exits=np.empty((n_positions, 4), np.int32),
            is_feeder=np.zeros(tables.n_patterns, np.uint8),
            egress=np.full(tables.n_stops, NONE, np.int32),
            to_end=np.zeros(tables.n_stops, np.int32),
            nearest=np.full(self._bounds.least.shape[0], UNREACHED, np.int32),
        )
        self._counters = np.zeros(len(TripWork._fields), np.int64)

    def earliest(
        self,
        access: NearStops,
        egress: NearStops,
        departure: int,
        *,
        limit: int = UNREACHED,
        max_rides: int | None = None,
    ) -> FoundByTrips:
        """Return the journeys that leave at `departure` and arrive earlier by riding more.

        Parameters and errors are those of `Raptor.earliest`, and so are arrivals and rides.
        """
        check_ends(self.tables.n_stops, access, egress)
        n_rides = self._rides(max_rides)
        if not (egress.stop.size and n_rides):
            return _NOTHING
        journeys, rides = room_for(n_rides, n_rides)
        scratch = self._fresh(1)
        n_found = kernels.earliest(
            self.tables,
            self._bounds,
            self.transfers,
            access,
            egress,
            int(departure),
            int(limit),
            (journeys, rides),
            scratch,
            self._counters,
        )
        return FoundByTrips(
            read_journeys(journeys[:n_found], rides), TripWork(*self._counters.tolist())
        )

    def in_range(
        self,
        access: NearStops,
        egress: NearStops,
        window: tuple[int, int],
        *,
        direct: int = UNREACHED,
        max_rides: int | None = None,
    ) -> FoundByTrips:
        """Return the Pareto set over departure, arrival and number of rides, latest first.

        Parameters and errors are those of `Raptor.in_range`, and so are the journeys' departures,
        arrivals and rides.
        """
        check_ends(self.tables.n_stops, access, egress)
        n_rides = self._rides(max_rides)
        seeds = self._seeds(access, window)
        if not (egress.stop.size and seeds.departure.size and n_rides):
            return _NOTHING
        n_departures = 1 + int(np.count_nonzero(np.diff(seeds.departure)))
        journeys, rides = room_for(n_departures * n_rides, n_rides)
        scratch = self._fresh(n_rides)
        n_found = kernels.earliest_in_range(
            self.tables,
            self._bounds,
            self.transfers,
            access,
            egress,
            seeds,
            int(window[1]),
            int(direct),
            (journeys, rides),
            scratch,
            self._counters,
        )
        return FoundByTrips(
            read_journeys(journeys[:n_found], rides), TripWork(*self._counters.tolist())
        )

    def _rides(self, max_rides: int | None) -> int:
        return self.max_rides if max_rides is None else max(0, min(max_rides, self.max_rides))

    def _fresh(self, n_columns: int) -> TripScratch:
        """Scratch that forgot what earlier searches reached, with so many columns."""
        reached = self._scratch.reached[: n_columns * self.tables.n_trips]
        reached.fill(np.iinfo(reached.dtype).max)
        return self._scratch._replace(reached=reached)

    def _seeds(self, access: NearStops, window: tuple[int, int]) -> Seeds:
        """Trips that leave for within the window, latest first."""
        patterns, ends = self.tables.patterns, (int(window[0]), int(window[1]))
        n_seeds = kernels.seeds(patterns, access, ends, _room_for_seeds(0))
        found = _room_for_seeds(n_seeds)
        kernels.seeds(patterns, access, ends, found)
        order = np.argsort(-found.departure, kind="stable")
        return Seeds(*(column[order] for column in found))


def _room_for_seeds(n: int) -> Seeds:
    return Seeds(*(np.empty(n, np.int32) for _ in Seeds._fields))
