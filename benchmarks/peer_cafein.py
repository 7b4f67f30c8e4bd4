"""cafein (RAPTOR in Rust) between two stops; the only importer of cafein."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

MAX_RIDES = 8


class Cafein:
    """A loaded network; times in answers are seconds after midnight."""

    def __init__(self, feeds: Sequence[Path]) -> None:
        from cafein import TransportNetwork

        self._network: Any = TransportNetwork.from_gtfs(
            [str(path) for path in feeds], trip_distances=False
        )

    def walk(self, walks: Sequence[tuple[str, str, int, float]]) -> None:
        """Install walks between stops: from, to, seconds, metres. None is chained with another."""
        self._network.set_transfers(list(walks))

    def sizes(self) -> dict[str, int]:
        """How large the loaded network is."""
        network = self._network
        return {
            "stops": network.stop_count,
            "patterns": network.pattern_count,
            "trips": network.trip_count,
            "walks": network.transfer_count,
        }

    def answer(
        self, origin: str, destination: str, departure: str, window_minutes: int | None = None
    ) -> list[dict[str, Any]]:
        """Journeys, none of which dominates another; `departure` is `YYYY-MM-DD HH:MM:SS`."""
        found: list[dict[str, Any]] = self._network.route_between_stops(
            origin,
            destination,
            departure,
            max_rides=MAX_RIDES,
            departure_time_window=window_minutes,
            geometries=False,
        )
        return found

    def one_to_all(self, origin: str, departure: str) -> Any:
        """Travel time to every stop."""
        return self._network.travel_times_from_stop(origin, departure)

    @staticmethod
    def arrivals(journeys: Sequence[dict[str, Any]]) -> list[int]:
        """Arrivals of journeys, s after midnight."""
        return [journey["arrival_s"] for journey in journeys]
