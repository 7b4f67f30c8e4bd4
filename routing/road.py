"""Road networks: durations, distances and paths for the profiles of a region.

`RoadGraph` is made from an OSM file; `routing.beeline.Beeline` stands in where there is none. Both
follow `RoadNetwork`.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import numpy.typing as npt

from routing import isochrone
from routing.alternatives import other_ways
from routing.arrays import Strings
from routing.errors import RoadFileError, UnknownProfileError
from routing.layout import Int32Array, frozen
from routing.metric import Metric, metric, search_under
from routing.profiles import PROFILES, Profile
from routing.road_answers import (
    Circumstances,
    Matrix,
    Nearest,
    Searches,
    check_pinned,
    check_room,
    nearest,
)
from routing.road_checks import limits, lonlat, pair
from routing.road_drawings import Pair, RoadDrawing, drawings
from routing.road_files import GraphParts, open_graph, save_graph
from routing.road_layout import FAR, Pins
from routing.road_network import RoadNetwork, RoadPath
from routing.road_search import ProfileSearch, Traits, split
from routing.road_shape import Street, StreetNames, Trace
from routing.road_steps import Step, StepMaker
from routing.road_walks import walks_between
from routing.snapping import build_grid, pin_places
from routing.way_search import Coordinate, Way

if TYPE_CHECKING:
    import networkx as nx

    from routing.osm import RoadFile

__all__ = ["Coordinate", "Pins", "RoadGraph", "RoadNetwork", "RoadPath", "Step", "Street"]

_MOST_STATES = 8  # of the roads that are kept
_MOST_DAYS = 64  # that are known to have one of these states


def _traits(profile: Profile) -> Traits:
    return Traits(profile.name, profile.is_motor, profile.off_road_kmh, profile.snap_limit_m)


class RoadGraph:
    """Roads of an OSM file for several profiles; immutable, shared between threads."""

    is_beeline = False

    def __init__(self, parts: GraphParts, usual_roads: "RoadGraph | None" = None) -> None:
        """Take the parts, and the graph in its usual state if this is another one."""
        self._parts = parts
        self._usual_roads = usual_roads
        self._searches = {search.traits.name: search for search in parts.searches}
        self._profiles = tuple(self._searches)
        self._under_metrics = Searches(parts)
        self._step_makers: dict[str, StepMaker] = {}
        self._on_days: dict[tuple[date, float], RoadGraph] = {}
        self._states: dict[tuple[bytes, ...], RoadGraph] = {}

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

        path = Path(path)
        return cls._of_file(read_road_file(path, profiles), profiles, str(path))

    @classmethod
    def from_networkx(
        cls, graph: "nx.DiGraph[Any]", profiles: Sequence[Profile] = PROFILES
    ) -> "RoadGraph":
        """Make a graph of one of osmnx, or of `to_networkx`; the first of merged tags counts.

        Raises
        ------
        RoadFileError
            If it is not directed, is projected, or has no road for any profile.
        """
        from routing.road_bridges import file_of_networkx

        return cls._of_file(file_of_networkx(graph, profiles), profiles, "networkx graph")

    def to_networkx(self, profile: str) -> "nx.MultiDiGraph[int]":
        """Return the open roads of a profile with `length`, `travel_time` and tags of ways."""
        from routing.road_bridges import to_networkx

        return to_networkx(self._parts, self._search(profile))

    @classmethod
    def _of_file(cls, file: "RoadFile", profiles: Sequence[Profile], source: str) -> "RoadGraph":
        from routing.road_build import build_graph
        from routing.road_draft import measure

        points = measure(file)
        roads, rules = build_graph(file, points, profiles)
        searches = [
            ProfileSearch(points, roads[profile.name], _traits(profile))
            for profile in profiles
            if profile.name in roads
        ]
        if not searches:
            wanted = ", ".join(profile.name for profile in profiles)
            msg = f"{source}: none of its roads may be used by {wanted}; give an extract with roads"
            raise RoadFileError(msg)
        grid = build_grid(points, [search.roads for search in searches])
        names = StreetNames(frozen(file.name_of_way), Strings.of(file.names))
        return cls(GraphParts(points, grid, names, searches, rules))

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
        return self._profiles

    def off_road(self, profile: str) -> tuple[float, float]:
        """Speed between places and the roads, km/h, and how far off places may lie, m."""
        traits = self._search(profile).traits
        return traits.off_road_kmh, traits.snap_limit_m

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
        return self._pin(self._search(profile), lon, lat)

    def _pin(self, search: ProfileSearch, lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pins:
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
        search = self._search(profile)
        found = search.row(self._parts.grid, (lon, lat), targets, limit, is_back=reverse)
        if found is not None:
            return found
        here = self._pin(search, [lon], [lat])
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
        names = self._parts.names.of_way
        return self._path(search, search.way(self._parts.grid, origin, destination, names))

    def drawings(self, pairs: Sequence[Pair], profile: str) -> list[RoadDrawing | None]:
        """Return the quickest ways between pairs of places, None where there is none."""
        search, parts = self._search(profile), self._parts
        return list(drawings(search, parts.grid, parts.names, pairs))

    def shut_streets(self, path: RoadPath, profile: str) -> tuple[str, ...]:
        """Names of the streets of a path, found on another day, on which roads are closed here."""
        cost = self._search(profile).roads.arcs.cost
        return () if path.trace is None else path.trace.shut_streets(cost)

    def _way(self, search: ProfileSearch, origin: Coordinate, destination: Coordinate) -> Way:
        """Search between places that must be near a road."""
        names = self._parts.names.of_way
        way = search.way(self._parts.grid, origin, destination, names)
        if way.course.cost >= FAR:
            self._check_pinned(search, way.pins)
        return way

    def _path(self, search: ProfileSearch, way: Way) -> RoadPath | None:
        if way.course.cost >= FAR:
            return None
        trace = Trace(search, self._parts.names, way)
        return RoadPath(*split(way.course.cost), way.lon, way.lat, trace)

    def steps_of(self, path: RoadPath) -> tuple[Step, ...]:
        """Return what to do where along a path of this graph; sentences: `routing.step_texts`."""
        if path.trace is None:
            return ()
        search, way = path.trace.search, path.trace.way
        maker = self._step_makers.get(search.traits.name)
        if maker is None or maker.search is not search:
            maker = StepMaker(search, self._parts.rules, self._parts.names)
            self._step_makers[search.traits.name] = maker
        return maker.steps(way.pins, way.course)

    def route(
        self,
        origin: Coordinate,
        destination: Coordinate,
        profile: str,
        **when: Unpack[Circumstances],
    ) -> RoadPath | None:
        """Return the quickest way under circumstances, or None.

        Raises
        ------
        OffRoadError
            If a place is too far from every road that is open.
        """
        search = self._under_metrics.under(self._search(profile), when)
        return self._path(search, self._way(search, origin, destination))

    def routes(
        self,
        origin: Coordinate,
        destination: Coordinate,
        profile: str,
        n_others: int,
        **when: Unpack[Circumstances],
    ) -> list[RoadPath]:
        """Return the quickest way and up to `n_others` other sensible ones, best first."""
        search = self._under_metrics.under(self._search(profile), when)
        way = self._way(search, origin, destination)
        best = self._path(search, way)
        if best is None:
            return []
        courses = other_ways(search, way.pins, way.course, n_others)
        names = self._parts.names.of_way
        others = (self._path(search, search.drawn(way.pins, course, names)) for course in courses)
        return [best, *(other for other in others if other is not None)]

    def matrix(
        self,
        sources: Sequence[Coordinate],
        targets: Sequence[Coordinate],
        profile: str,
        **when: Unpack[Circumstances],
    ) -> Matrix:
        """Return durations and distances between coordinates under circumstances.

        A place that is too far from every open road is reached from nowhere and reaches nothing.

        Raises
        ------
        MatrixRoomError
            If there is no memory for so many cells.
        """
        check_room(len(sources), len(targets))
        search = self._under_metrics.under(self._search(profile), when)
        here, there = (
            self._pin(search, *lonlat(name, places).T)
            for name, places in (("sources", sources), ("targets", targets))
        )
        return Matrix(*search.table(here, there))

    def isochrone(
        self,
        place: Coordinate,
        limits_s: Sequence[int],
        profile: str,
        *,
        reverse: bool = False,
        **when: Unpack[Circumstances],
    ) -> dict[str, Any]:
        """Return what is reached within each limit as a GeoJSON collection, in the order given.

        `reverse` turns the ways round: from where the place is reached.

        Raises
        ------
        OffRoadError
            If the place is too far from every road that is open.
        """
        search = self._under_metrics.under(self._search(profile), when)
        pins = self._pinned(search, *pair("place", place))
        found = isochrone.features(search, pins, limits(limits_s).tolist(), is_back=reverse)
        return {"type": "FeatureCollection", "features": found}

    def isochrone_from(
        self,
        lon: npt.ArrayLike,
        lat: npt.ArrayLike,
        seconds_left: Sequence[int] | Int32Array,
        profile: str,
        **when: Unpack[Circumstances],
    ) -> dict[str, Any]:
        """Return what is reached from many places, such as stops, in the seconds left at each.

        A place without a road near it, or without time left, counts for nothing.
        """
        search = self._under_metrics.under(self._search(profile), when)
        pins = self._pin(search, lon, lat)
        left = limits(np.maximum(seconds_left, 0), pins.segment.size)
        has_time = left > 0
        pins = self._pin(search, pins.lon[has_time], pins.lat[has_time])
        found = isochrone.features_from(search, pins, left[has_time])
        return {"type": "FeatureCollection", "features": found}

    def nearest(self, place: Coordinate, profile: str, **when: Unpack[Circumstances]) -> Nearest:
        """Return where on the open roads searches from a coordinate begin.

        Raises
        ------
        OffRoadError
            If it is too far from every one.
        """
        search = self._under_metrics.under(self._search(profile), when)
        return nearest(self._parts, search, self._pinned(search, *pair("place", place)))

    def _pinned(self, search: ProfileSearch, lon: npt.ArrayLike, lat: npt.ArrayLike) -> Pins:
        """Pin places that must be near a road."""
        pins = self._pin(search, lon, lat)
        self._check_pinned(search, pins)
        return pins

    def _check_pinned(self, search: ProfileSearch, pins: Pins) -> None:
        traits = search.traits
        check_pinned(pins, traits.name, traits.snap_limit_m, self._parts.points)

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
        if self._usual_roads is not None:
            return self._usual_roads.at(day, winter_speed_factor=winter_speed_factor)
        graph = self._on_days.get((day, winter_speed_factor))
        if graph is None:
            graph = self._on_days[day, winter_speed_factor] = self._under(
                [
                    metric(self._parts, name, day, season=winter_speed_factor)
                    for name in self._searches
                ]
            )
            while len(self._on_days) > _MOST_DAYS:
                self._on_days.pop(next(iter(self._on_days)))
        return graph

    def _under(self, states: Sequence[Metric]) -> "RoadGraph":
        """Return the graph under the metrics of all profiles; itself where nothing differs."""
        key = tuple(column.tobytes() for state in states for column in state)
        if not self._states:
            usual = [metric(self._parts, name) for name in self._searches]
            self._states[tuple(column.tobytes() for state in usual for column in state)] = self
        graph = self._states.get(key)
        if graph is None:
            searches = [
                search_under(search, state)
                for search, state in zip(self._parts.searches, states, strict=True)
            ]
            graph = self._states[key] = RoadGraph(self._parts._replace(searches=searches), self)
            while len(self._states) > _MOST_STATES:
                self._states.pop(
                    next(key for key, kept in self._states.items() if kept is not self)
                )
        return graph

    def prepare(self) -> None:
        """Make the hierarchies of motor vehicles now rather than when they pay."""
        for search in self._searches.values():
            if search.traits.is_motor:
                search.customize()
