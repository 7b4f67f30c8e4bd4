"""nigiri (the engine of MOTIS) between two stops, through pynigiri; the only importer of it."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

MAX_RIDES = 8
LONGEST_MINUTES = 24 * 60


class Nigiri:
    """A loaded timetable; times in answers are whole minutes, nigiri knows nothing finer."""

    def __init__(self, feeds: Sequence[Path], on: date) -> None:
        import pynigiri

        self._nigiri = pynigiri
        sources = [
            pynigiri.TimetableSource(f"f{i}", str(path), pynigiri.LoaderConfig())
            for i, path in enumerate(feeds)
        ]
        with _quiet():
            self._timetable: Any = pynigiri.load_timetable(
                sources, on.isoformat(), (on + timedelta(days=1)).isoformat()
            )

    def sizes(self) -> dict[str, int]:
        """How large the loaded timetable is."""
        table = self._timetable
        return {
            "stops": table.n_locations(),
            "patterns": table.n_routes(),
            "trips": table.n_transports(),
        }

    def query(self, origin: str, destination: str, start: int, window: int = 0) -> Any:
        """Make a query: `start` is a Unix time, `window` seconds of departures after it."""
        nigiri = self._nigiri
        query = nigiri.Query()
        first = start // 60
        query.start_time = (first, (start + window) // 60) if window else first
        query.use_start_footpaths = True  # walk to another stop first, as the others do
        query.start = [nigiri.Offset(self._location(origin), 0, 0)]
        query.destination = [nigiri.Offset(self._location(destination), 0, 0)]
        query.start_match_mode = nigiri.LocationMatchMode.EXACT
        query.dest_match_mode = nigiri.LocationMatchMode.EXACT
        query.max_transfers = MAX_RIDES - 1
        query.max_travel_time = LONGEST_MINUTES
        return query

    def _location(self, stop_id: str) -> Any:
        return self._timetable.find_location(stop_id)

    def answer(self, query: Any) -> list[Any]:
        """Journeys, none of which dominates another."""
        found: list[Any] = self._nigiri.route(self._timetable, query)
        return found

    @staticmethod
    def arrivals(journeys: Sequence[Any]) -> list[int]:
        """Arrivals of journeys as Unix times."""
        return [journey.arrival_time() * 60 for journey in journeys]


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
