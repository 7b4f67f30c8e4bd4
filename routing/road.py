"""Road networks: durations, distances and paths for the profiles of a region.

`RoadGraph` is made from an OSM file; `routing.beeline.Beeline` stands in where there is none. Both
follow `RoadNetwork`.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from routing.arrays import open_table, save_table
from routing.errors import RoadFileError, UnknownProfileError
from routing.layout import Float64Array, Int32Array
from routing.profiles import PROFILES, Profile
from routing.road_layout import (
    Arcs,
    Closures,
    Grid,
    Links,
    Pins,
    Points,
    ProfileRoads,
    Segments,
)
from routing.road_search import ProfileSearch, Traits, seconds_and_metres
from routing.road_season import at_day
from routing.snapping import build_grid, pin_places

__all__ = ["Coordinate", "Pins", "RoadGraph", "RoadNetwork", "RoadPath"]

Coordinate = tuple[float, float]  # lon, lat

FORMAT = 1  # of the folder that `RoadGraph.save` writes
_TABLES: Mapping[str, type] = {
    "segments": Segments,
    "arcs": Arcs,
    "links": Links,
    "back_links": Links,
    "closures": Closures,
}


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
                searches[profile.name] = ProfileSearch(points, roads, traits)
        if not searches:
            names = ", ".join(profile.name for profile in profiles)
            msg = f"{path}: none of its roads may be used by {names}; give an extract with roads"
            raise RoadFileError(msg)
        grid = build_grid(points, [search.roads for search in searches.values()])
        return cls(points, grid, searches)

    def save(self, folder: Path) -> None:
        """Write the graph into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        save_table(folder, "points", self._points)
        save_table(folder, "grid", self._grid)
        for name, search in self._searches.items():
            for table in _TABLES:
                save_table(folder, f"{name}.{table}", getattr(search.roads, table))
            save_table(folder, f"{name}.turns", _ArcOfLink(search.roads.arc_of_link))
        traits = [search.traits._asdict() for search in self._searches.values()]
        (folder / "roads.json").write_text(json.dumps({"format": FORMAT, "profiles": traits}))

    @classmethod
    def open(cls, folder: Path) -> "RoadGraph":
        """Map a graph that `save` wrote.

        Raises
        ------
        RoadFileError
            If the folder holds no graph of this format.
        """
        try:
            about = json.loads((folder / "roads.json").read_text())
        except FileNotFoundError as error:
            msg = f"{folder}: no road graph; build the region again"
            raise RoadFileError(msg) from error
        if about["format"] != FORMAT:
            msg = f"{folder}: road graph of another version ({about['format']}); build it again"
            raise RoadFileError(msg)
        points = open_table(folder, "points", Points)
        searches = {}
        for row in about["profiles"]:
            traits = Traits(**row)
            tables: dict[str, Any] = {
                table: open_table(folder, f"{traits.name}.{table}", kind)
                for table, kind in _TABLES.items()
            }
            (arc_of_link,) = open_table(folder, f"{traits.name}.turns", _ArcOfLink)
            roads = ProfileRoads(arc_of_link=arc_of_link, **tables)
            searches[traits.name] = ProfileSearch(points, roads, traits)
        return cls(points, open_table(folder, "grid", Grid), searches)

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
        costs = (
            search.costs(targets, here, limit) if reverse else search.costs(here, targets, limit)
        )
        return seconds_and_metres(costs.ravel())

    def many_to_many(
        self, sources: Pins, targets: Pins, profile: str
    ) -> tuple[Int32Array, Int32Array]:
        """Return durations and distances, (n_sources, n_targets)."""
        return seconds_and_metres(self._search(profile).costs(sources, targets))

    def path(self, origin: Coordinate, destination: Coordinate, profile: str) -> RoadPath | None:
        """Return the quickest way with its shape, or None."""
        search = self._search(profile)
        lons, lats = zip(origin, destination, strict=True)
        pins = self.pin(lons, lats, profile)
        course = search.course(pins)
        if course is None:
            return None
        duration, distance = seconds_and_metres(np.array([course.cost]))
        return RoadPath(int(duration[0]), int(distance[0]), *search.draw(pins, course))

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


class _ArcOfLink(NamedTuple):
    arc_of_link: Int32Array
