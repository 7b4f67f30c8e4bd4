"""Road networks: durations, distances and paths for the profiles of a region.

`RoadGraph` is made from an OSM file; `routing.beeline.Beeline` stands in where there is none. Both
follow `RoadNetwork`.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy.typing as npt

from routing.arrays import Strings
from routing.errors import RoadFileError, UnknownProfileError
from routing.layout import Float64Array, Int32Array, Int64Array, frozen
from routing.profiles import PROFILES, Profile
from routing.road_files import GraphParts, open_graph, save_graph
from routing.road_layout import Pins
from routing.road_search import ProfileSearch, Traits, split
from routing.road_season import active_closures, changed
from routing.road_shape import Street, StreetNames, draw, streets
from routing.road_walks import walks_between
from routing.snapping import build_grid, pin_places

__all__ = ["Coordinate", "Pins", "RoadGraph", "RoadNetwork", "RoadPath", "Street"]

Coordinate = tuple[float, float]  # lon, lat

_MOST_STATES = 8  # of closures and winter speed that are kept


class RoadPath(NamedTuple):
    """The quickest way between two places."""

    duration: int  # s
    distance_m: int
    lon: Float64Array  # (n_points,) degrees
    lat: Float64Array  # (n_points,) degrees
    streets: tuple[Street, ...] = ()  # in order, where the network knows them


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

    def __init__(self, parts: GraphParts) -> None:
        self._parts = parts
        self._searches = {search.traits.name: search for search in parts.searches}
        self._states: dict[tuple[tuple[bytes, ...], float], RoadGraph] = {}

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
        searches = []
        for profile in profiles:
            roads = build_profile(file, points, profile)
            if roads is not None:
                traits = Traits(
                    profile.name, profile.is_motor, profile.off_road_kmh, profile.snap_limit_m
                )
                searches.append(ProfileSearch(points, roads, traits))
        if not searches:
            wanted = ", ".join(profile.name for profile in profiles)
            msg = f"{path}: none of its roads may be used by {wanted}; give an extract with roads"
            raise RoadFileError(msg)
        grid = build_grid(points, [search.roads for search in searches])
        names = StreetNames(frozen(file.name_of_way), Strings.of(file.names))
        return cls(GraphParts(points, grid, names, searches))

    def save(self, folder: Path) -> None:
        """Write the graph into a folder, with the hierarchies of motor vehicles."""
        save_graph(folder, self._parts)

    @classmethod
    def open(cls, folder: Path) -> "RoadGraph":
        """Map a graph that `save` wrote.

        Raises
        ------
        RoadFileError
            If the folder holds no graph of this format.
        """
        return cls(open_graph(folder))

    @property
    def profiles(self) -> tuple[str, ...]:
        """Names of the profiles."""
        return tuple(self._searches)

    def counts(self) -> dict[str, object]:
        """Return sizes that people like to see."""
        return {
            "points": int(self._parts.points.lon.size),
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
        segments, limit_m = search.roads.segments, search.traits.snap_limit_m
        return pin_places(self._parts.points, segments, self._parts.grid, lon, lat, limit_m)

    def expect(self, pins: Pins, profile: str) -> None:
        """Prepare for many `one_to_many` searches from and to these very pins."""
        self._search(profile).expect(pins)

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
        along = streets(self._parts.names, search, course)
        return RoadPath(*split(course.cost), *draw(search, pins, course), along)

    def footpaths(
        self, stops: Pins, profile: str, limit: int
    ) -> tuple[Int32Array, Int32Array, Int32Array]:
        """Return (first_of_stop, head, duration) of all ways of at most `limit` s between stops."""
        return walks_between(self._search(profile), stops, limit)

    def at(self, day: date, *, winter_speed_factor: float = 1.0) -> "RoadGraph":
        """Return the graph with the roads that are open on a day, at that day's speeds.

        `winter_speed_factor` slows motor vehicles on roads, not on ferries; the caller knows
        whether the day lies in winter.
        """
        closures = [active_closures(search, day) for search in self._parts.searches]
        if winter_speed_factor == 1.0 and not any(rows.size for rows in closures):
            return self
        state = (tuple(rows.tobytes() for rows in closures), winter_speed_factor)
        graph = self._states.get(state)
        if graph is None:
            graph = self._states[state] = self._changed(closures, winter_speed_factor)
            while len(self._states) > _MOST_STATES:
                self._states.pop(next(iter(self._states)))
        return graph

    def _changed(self, closures: Sequence[Int64Array], winter_speed_factor: float) -> "RoadGraph":
        searches = []
        for search, rows in zip(self._parts.searches, closures, strict=True):
            factor = winter_speed_factor if search.traits.is_motor else 1.0
            is_same = factor == 1.0 and rows.size == 0
            searches.append(search if is_same else changed(search, rows, factor))
        return RoadGraph(self._parts._replace(searches=searches))

    def prepare(self) -> None:
        """Make the hierarchies of motor vehicles now rather than when they pay."""
        for search in self._searches.values():
            if search.traits.is_motor:
                search.customize()
