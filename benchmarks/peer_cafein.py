"""cafein (RAPTOR in Rust) between two stops; the only importer of cafein.

cafein boards at the origin itself, without a walk to another stop first, and rides where the feed
forbids boarding or alighting, so it may arrive later or earlier than a search that keeps to these
rules. It does not read walks from transfers.txt; they are handed to it.
"""

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.stop_queries import MAX_RIDES, Answer, Query


class Cafein:
    """A loaded network; times in answers are seconds after midnight."""

    def __init__(self, feed: Path, on: date) -> None:
        from cafein import TransportNetwork

        self._on = on
        self._network: Any = TransportNetwork.from_gtfs([str(feed)], trip_distances=False)
        self._network.set_transfers(_walks(feed))

    def sizes(self) -> dict[str, int]:
        """How large the loaded network is."""
        network = self._network
        return {
            "stops": network.stop_count,
            "patterns": network.pattern_count,
            "trips": network.trip_count,
            "walks": network.transfer_count,
        }

    def ask(self, query: Query) -> list[dict[str, Any]]:
        """Journeys, none of which dominates another."""
        found: list[dict[str, Any]] = self._network.route_between_stops(
            query.origin,
            query.destination,
            self._clock(query),
            max_rides=MAX_RIDES,
            departure_time_window=query.window // 60 or None,
            geometries=False,
        )
        return found

    def one_to_all(self, query: Query) -> object:
        """Travel time to every stop."""
        return self._network.travel_times_from_stop(query.origin, self._clock(query))

    def matrix(self, queries: Sequence[Query], minutes: int, percentiles: Sequence[int]) -> object:
        """Percentiles of the travel times from the origins to every stop."""
        return self._network.travel_time_matrix(
            [query.origin for query in queries],
            self._clock(queries[0]),
            MAX_RIDES,
            departure_time_window=minutes,
            percentiles=list(percentiles),
            workers=1,
        )

    def read(self, answer: list[dict[str, Any]]) -> Answer:
        """Earliest arrival and number of journeys."""
        arrivals = [journey["arrival_s"] for journey in answer]
        return Answer(min(arrivals, default=None), len(arrivals))

    def _clock(self, query: Query) -> str:
        seconds = query.departure
        return f"{self._on} {seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _walks(feed: Path) -> list[tuple[str, str, int, float]]:
    """Walks of transfers.txt: from, to, seconds, metres (which nobody asks for here)."""
    with zipfile.ZipFile(feed) as archive, archive.open("transfers.txt") as stream:
        rows = csv.DictReader(io.TextIOWrapper(stream, "utf-8-sig"))
        return [
            (row["from_stop_id"], row["to_stop_id"], int(row["min_transfer_time"]), 0.0)
            for row in rows
            if row["min_transfer_time"] and row["from_stop_id"] != row["to_stop_id"]
        ]
