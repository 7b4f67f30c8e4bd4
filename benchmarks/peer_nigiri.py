"""nigiri (the engine of MOTIS) between two stops, through pynigiri; the only importer of it.

nigiri reckons in whole minutes, takes two of them for a change unless a feed says otherwise, and
closes walks transitively up to twenty minutes, so it may arrive earlier than a search that takes
walks as they are given.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.stop_queries import MAX_RIDES, Answer, Query

LONGEST_MINUTES = 24 * 60


class Nigiri:
    """A loaded timetable."""

    def __init__(self, feed: Path, on: date, base_epoch: int) -> None:
        import pynigiri

        self._nigiri = pynigiri
        self._base_epoch = base_epoch
        source = pynigiri.TimetableSource("feed", str(feed), pynigiri.LoaderConfig())
        with _quiet():
            self._timetable: Any = pynigiri.load_timetable(
                [source], on.isoformat(), (on + timedelta(days=2)).isoformat()
            )

    def sizes(self) -> dict[str, int]:
        """How large the loaded timetable is."""
        table = self._timetable
        return {
            "stops": table.n_locations(),
            "patterns": table.n_routes(),
            "trips": table.n_transports(),
        }

    def ask(self, query: Query) -> list[Any]:
        """Journeys, none of which dominates another."""
        nigiri = self._nigiri
        asked = nigiri.Query()
        first = (self._base_epoch + query.departure) // 60
        asked.start_time = (first, first + query.window // 60) if query.window else first
        asked.use_start_footpaths = True  # walk to another stop first, as ours does
        asked.start = [nigiri.Offset(self._timetable.find_location(query.origin), 0, 0)]
        asked.destination = [nigiri.Offset(self._timetable.find_location(query.destination), 0, 0)]
        asked.start_match_mode = nigiri.LocationMatchMode.EXACT
        asked.dest_match_mode = nigiri.LocationMatchMode.EXACT
        asked.max_transfers = MAX_RIDES - 1
        asked.max_travel_time = LONGEST_MINUTES
        found: list[Any] = nigiri.route(self._timetable, asked)
        return found

    def read(self, answer: list[Any]) -> Answer:
        """Earliest arrival and number of journeys."""
        arrivals = [journey.arrival_time() * 60 - self._base_epoch for journey in answer]
        return Answer(min(arrivals, default=None), len(arrivals))

    def front(self, answer: list[Any]) -> list[tuple[int, int]]:
        """Arrival and rides of each journey."""
        return [
            (journey.arrival_time() * 60 - self._base_epoch, journey.transfers + 1)
            for journey in answer
        ]


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep nigiri's log, which it writes past Python, off the terminal."""
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
