"""Road networks: durations, distances and paths for the profiles of a region.

`RoadGraph` is made from an OSM file; `routing.beeline.Beeline` stands in where there is none. Both
follow `RoadNetwork`.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy.typing as npt

from routing.errors import RoadFileError, UnknownProfileError
from routing.layout import Float64Array, Int32Array
from routing.profiles import PROFILES, Profile
from routing.road_files import open_graph, save_graph
from routing.road_layout import Grid, Pins, Points
from routing.road_search import ProfileSearch, Traits, split
from routing.road_season import at_day
from routing.snapping import build_grid, pin_places

__all__ = ["Coordinate", "Pins", "RoadGraph", "RoadNetwork", "RoadPath"]

Coordinate = tuple[float, float]  # lon, lat


class RoadPath(NamedTuple):
    """The quickest way between two places."""

    duration: int  # s
    distance_m: int
    lon: Float64Array  # (n_points,) degrees
    lat: Float64Array  # (n_points,) degrees


class RoadNetwork(Protocol):
    """What journeys and loads ask of roads.

    Durations are int32 s, distances int32 m; both are `UNREACHED` where there is no way. All
    methods agree with each other to the second and the metre. A place that is too far from every
    road of the profile is pinned to nothing and reached from nowhere.
    """

    @property
    def profiles(self) -> tuple[str, ...]:
        """Names of the profiles: some of foot, bike, car, taxi, van."""

    @property
    def is_beeline(self) -> bool:
        """Whether durations come from straight lines rather than roads."""

    def counts(self) -> dict[str, object]:
        """Return sizes that people like to see."""

    def pin(self, lon: npt.ArrayLike, lat: npt.ArrayLike, profile: str) -> Pins:
        """Put places onto the network, once for many searches."""

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

    def footpaths(
        self, stops: Pins, profile: str, limit: int
    ) -> tuple[Int32Array, Int32Array, Int32Array]:
        """Return (first_of_stop, head, duration) of all ways of at most `limit` s between stops.

        The ways out of a stop are sorted by duration.
        """

    def at(self, day: date, *, winter_speed_factor: float = 1.0) -> "RoadNetwork":
        """Return the network as it is on a day; itself where nothing differs."""


class RoadGraph:
    """Roads of an OSM file for several profiles; immutable, shared between threads."""

    is_beeline = False

    def __init__(self, points: Points, grid: Grid, searches: Mapping[str, ProfileSearch]) -> None:
        self._points = points
        self._grid = grid
        self._searches = dict(searches)

    @classmethod
    def read(cls, path: Path, profiles: Sequence[Profile] = PROFILES) -> "RoadGraph":
        """Make a graph of an .osm.pbf, .osm, .osm.gz or .osm.bz2 file.

        A profile for which the file has no road is left out.

        Raises
        ------
        RoadFileError
            If the file is missing, damaged, or has no road for any profile.
        """
        from routing.osm import read_road_file
        from routing.road_build import build_profile
        from routing.road_draft import measure

        path = Path(path)
        file = read_road_file(path)
        points = measure(file)
        searches = {}
        for profile in profiles:
            roads = build_profile(file, points, profile)
            if roads is not None:
                traits = Traits(
                    profile.name, profile.is_motor, profile.off_road_kmh, profile.snap_limit_m
                )
                searches[profile.name] = ProfileSearch(points, roads, traits, None)
        if not searches:
            names = ", ".join(profile.name for profile in profiles)
            msg = f"{path}: none of its roads may be used by {names}; give an extract with roads"
            raise RoadFileError(msg)
        grid = build_grid(points, [search.roads for search in searches.values()])
        return cls(points, grid, searches)

    def save(self, folder: Path) -> None:
        """Write the graph into a folder, with the hierarchies of motor vehicles."""
        save_graph(folder, self._points, self._grid, list(self._searches.values()))

    @classmethod
    def open(cls, folder: Path) -> "RoadGraph":
        """Map a graph that `save` wrote.

        Raises
        ------
        RoadFileError
            If the folder holds no graph of this format.
        """
        points, grid, searches = open_graph(folder)
        return cls(points, grid, {search.traits.name: search for search in searches})

    @property
    def profiles(self) -> tuple[str, ...]:
        """Names of the profiles."""
        return tuple(self._searches)

    def counts(self) -> dict[str, object]:
        """Return sizes that people like to see."""
        return {
            "points": int(self._points.lon.size),
            "arcs": {name: int(s.roads.arcs.cost.size) for name, s in self._searches.items()},
        }

    def _search(self, profile: str) -> ProfileSearch:
        try:
            return self._searches[profile]
        except KeyError:
            raise UnknownProfileError(profile, list(self._searches)) from None

    def pin(self, lon: npt.ArrayLike, lat: npt.ArrayLike, profile: str) -> Pins:
        """Put places onto the nearest roads that the profile can come from and go to."""
        search = self._search(profile)
        return pin_places(
            self._points, search.roads.segments, self._grid, lon, lat, search.traits.snap_limit_m
        )

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
        """Return durations and distances, (n_targets,), of ways of at most `limit` s."""
        here = self.pin([lon], [lat], profile)
        search = self._search(profile)
        sources, targets = (targets, here) if reverse else (here, targets)
        duration, distance = search.table(sources, targets, limit)
        return duration.ravel(), distance.ravel()

    def many_to_many(
        self, sources: Pins, targets: Pins, profile: str
    ) -> tuple[Int32Array, Int32Array]:
        """Return durations and distances, (n_sources, n_targets)."""
        return self._search(profile).table(sources, targets)

    def path(self, origin: Coordinate, destination: Coordinate, profile: str) -> RoadPath | None:
        """Return the quickest way with its shape, or None."""
        search = self._search(profile)
        lons, lats = zip(origin, destination, strict=True)
        pins = self.pin(lons, lats, profile)
        course = search.course(pins)
        if course is None:
            return None
        return RoadPath(*split(course.cost), *search.draw(pins, course))

    def footpaths(
        self, stops: Pins, profile: str, limit: int
    ) -> tuple[Int32Array, Int32Array, Int32Array]:
        """Return (first_of_stop, head, duration) of all ways of at most `limit` s between stops."""
        return self._search(profile).walks(stops, limit)

    def at(self, day: date, *, winter_speed_factor: float = 1.0) -> "RoadGraph":
        """Return the graph with the roads that are open on a day, at that day's speeds.

        `winter_speed_factor` slows motor vehicles on roads, not on ferries; the caller knows
        whether the day lies in winter.
        """
        searches = {
            name: at_day(search, day, winter_speed_factor)
            for name, search in self._searches.items()
        }
        if all(search is self._searches[name] for name, search in searches.items()):
            return self
        return RoadGraph(self._points, self._grid, searches)
