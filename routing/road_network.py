"""What journeys and loads ask of roads, whatever these are made of."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

import numpy.typing as npt

from routing.layout import Float64Array, Int32Array
from routing.polyline import encode
from routing.road_drawings import Pair, RoadDrawing
from routing.road_layout import Pins
from routing.road_shape import Street, Trace
from routing.way_search import Coordinate


class RoadPath:
    """The quickest way between two places; its streets are looked up when they are asked for."""

    def __init__(
        self,
        duration: int,
        distance_m: int,
        lon: Float64Array,
        lat: Float64Array,
        trace: Trace | None = None,
    ) -> None:
        self.duration = duration  # s
        self.distance_m = distance_m
        self.lon = lon  # (n_points,) degrees
        self.lat = lat  # (n_points,) degrees
        self.trace = trace  # None where the network knows no streets

    @property
    def off_road_m(self) -> tuple[int, int]:
        """Metres between the road and the places where the way begins and ends."""
        return (0, 0) if self.trace is None else self.trace.off_road_m

    @property
    def polyline(self) -> str:
        """Encoded polyline of precision 6."""
        return encode(self.lon, self.lat) if self.trace is None else self.trace.way.polyline

    @property
    def streets(self) -> tuple[Street, ...]:
        """Streets in order, as far as the way is on roads."""
        return () if self.trace is None else self.trace.streets()


class RoadNetwork(Protocol):
    """What journeys and loads ask of roads.

    Durations are int32 s, distances int32 m; both are `UNREACHED` where there is no way. All
    methods agree with each other to the second and the metre. A place that is too far from every
    road of the profile is pinned to nothing and reached from nowhere.
    """

    @property
    def profiles(self) -> tuple[str, ...]:
        """Names of the profiles: such as foot, wheelchair, bike, car, taxi, van, truck."""

    @property
    def is_beeline(self) -> bool:
        """Whether durations come from straight lines rather than roads."""

    def off_road(self, profile: str) -> tuple[float, float]:
        """Speed between places and the roads, km/h, and how far off places may lie, m."""

    def counts(self) -> dict[str, object]:
        """Return sizes that people like to see."""

    def pin(self, lon: npt.ArrayLike, lat: npt.ArrayLike, profile: str) -> Pins:
        """Put places onto the network, once for many searches."""

    def expect(self, pins: Pins, profile: str) -> None:
        """Prepare for many `one_to_many` searches from and to these very pins."""

    def one_to_many(
        self,
        lon: float,
        lat: float,
        targets: Pins,
        profile: str,
        limit: int,
        *,
        reverse: bool = False,
    ) -> tuple[Int32Array, Int32Array]:
        """Return durations and distances, (n_targets,), of ways of at most `limit` s.

        `reverse` turns the ways round: from the pins to the coordinate.
        """

    def many_to_many(
        self, sources: Pins, targets: Pins, profile: str
    ) -> tuple[Int32Array, Int32Array]:
        """Return durations and distances, (n_sources, n_targets)."""

    def path(self, origin: Coordinate, destination: Coordinate, profile: str) -> RoadPath | None:
        """Return the quickest way, or None."""

    def drawings(self, pairs: Sequence[Pair], profile: str) -> list[RoadDrawing | None]:
        """Return the quickest ways between pairs of places, None where there is none."""

    def footpaths(
        self, stops: Pins, profile: str, limit: int
    ) -> tuple[Int32Array, Int32Array, Int32Array]:
        """Return (first_of_stop, head, duration) of all ways of at most `limit` s between stops.

        The ways out of a stop are sorted by duration.
        """

    def at(self, day: date, *, winter_speed_factor: float = 1.0) -> "RoadNetwork":
        """Return the network as it is on a day; itself where nothing differs."""
