"""How far a region's lines reach: isochrones and accessibility over all departures of a window.

A traveller walks to a stop, rides, changes and walks on, or walks all the way. Percentiles are over
the departures. Seats, prices and rules for single pairs of lines are left out of account.

An isochrone takes the percentile at each stop and goes on from there on foot. As half of the
departures may reach a place by one stop and half by another, it never shows too much, and at times
a little less than a place's own percentile would. Accessibility has no such slack: it reckons with
each place's own travel time for each departure.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from maas.access import Ends
from maas.day_view import DayView
from maas.errors import QueryError
from maas.journey_query import LINE_MODES, LONGEST_WINDOW
from maas.map_frame import check_on_map
from maas.place_input import NAMED_BY, AnyPlace
from maas.places import Place
from maas.region import Region
from maas.road_questions import roads_of
from maas.road_ways import RoadWays
from maas.strict_types import Moment, Whole
from maas.yaml_file import explain
from routing.kernels.raptor_ends import NearStops
from routing.kernels.travel_times import Places
from routing.layout import Float64Array, Int32Array, frozen
from routing.raptor import near_stops
from routing.travel_times import (
    TravelTimes,
    Window,
    WindowSearch,
    matrix_from_folder,
    origins_of,
    places_of,
    save_matrix,
)

LONGEST_S = 4 * 3600
_WALK_M_PER_S = 1.25
_MOST_DEPARTURES = 1440
_MOST_PLACES = 50_000
_NOWHERE = {"type": "Feature", "geometry": {"type": "MultiPolygon", "coordinates": []}}


class ReachQuestion(BaseModel):
    """When people leave, and how far is far."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    at: Moment = Field(description="first departure; without offset it is local to the region")
    window_s: Whole = Field(7200, ge=1, le=LONGEST_WINDOW, description="departures from `at` on")
    step_s: Whole = Field(60, ge=1, le=3600, description="from one departure to the next")
    limits_s: tuple[Whole, ...] = Field((1800,), min_length=1, max_length=8)
    percentiles: tuple[Whole, ...] = Field((50,), min_length=1, max_length=9)
    modes: tuple[str, ...] | None = Field(None, min_length=1, description="default: all lines")
    max_walk_m: Whole | None = Field(
        None, ge=0, le=20_000, description="to or from a stop; default: that of the region"
    )


class ReachFrom(ReachQuestion):
    """How far one gets from a place."""

    origin: AnyPlace = Field(alias="from", description=NAMED_BY)


def read_reach(document: Any, source: str = "reach") -> ReachQuestion:
    """Check a document and make a question of it.

    Raises
    ------
    QueryError
        Naming every field that is wrong, its value and what would be right.
    """
    try:
        question = ReachQuestion.model_validate(document)
    except ValidationError as error:
        raise QueryError(explain(error, ReachQuestion, source)) from error
    check_reach(question, source)
    return question


def check_reach(question: ReachQuestion, source: str = "reach") -> None:
    """Check what fields alone do not say.

    Raises
    ------
    QueryError
        Naming the first field that is wrong, its value and what would be right.
    """
    _within(source, "limits_s", question.limits_s, (1, LONGEST_S))
    _within(source, "percentiles", question.percentiles, (1, 99))
    for mode in question.modes or ():
        if mode not in LINE_MODES:
            msg = f"{source}: modes: '{mode}' is not one of {', '.join(LINE_MODES)}"
            raise QueryError(msg)
    if question.window_s // question.step_s > _MOST_DEPARTURES:
        msg = (
            f"{source}: window_s: {question.window_s} s by steps of {question.step_s} s are more "
            f"than {_MOST_DEPARTURES} departures; take a longer step_s"
        )
        raise QueryError(msg)


def _within(source: str, name: str, values: Sequence[int], ends: tuple[int, int]) -> None:
    for value in values:
        if not ends[0] <= value <= ends[1]:
            msg = f"{source}: {name}: {value} is not between {ends[0]} and {ends[1]}"
            raise QueryError(msg)


@dataclass(frozen=True)
class _Day:
    """The day of a question, as its searches see it."""

    view: DayView
    on: date
    window: Window


class Analysis:
    """Answers questions about reach on a region; owns scratch memory: one per thread."""

    def __init__(self, region: Region) -> None:
        self.region = region
        self._search: tuple[DayView, WindowSearch] | None = None

    def isochrone(self, place: Place, question: ReachQuestion) -> dict[str, Any]:
        """Return GeoJSON: a feature for each percentile and limit, in the order given.

        Raises
        ------
        QueryError
            If the region has no road map, or the place lies off it.
        OffRoadError
            If the place lies off the roads, and no line is reached from there either.
        DateOutsideError
            If no feed covers the date.
        """
        roads = roads_of(self.region)
        check_on_map(self.region, place, "reach: from")
        day = self._day(question)
        at_stop = self.at_stops(place, question, day)
        if not (at_stop < max(question.limits_s)).any():
            roads.nearest((place.lon, place.lat), "foot")  # refuses what lies off the roads
        stops = self.region.timetable.stops
        lon, lat = np.append(stops.lon, place.lon), np.append(stops.lat, place.lat)
        features = []
        for percentile, seconds in zip(question.percentiles, at_stop, strict=True):
            for limit in question.limits_s:
                walked = np.minimum(limit - seconds.astype(np.int64), self._most_walk_s(question))
                left = np.append(walked, limit)
                found = roads.isochrone_from(lon, lat, left, "foot")["features"]
                properties = {
                    "limit_s": limit,
                    "percentile": percentile,
                    "stops": int((walked > 0).sum()),
                }
                features.append((found or [_NOWHERE])[0] | {"properties": properties})
        return {
            "type": "FeatureCollection",
            "features": features,
            "properties": self._about(place, question),
        }

    def at_stops(
        self, place: Place, question: ReachQuestion, day: _Day | None = None
    ) -> Int32Array:
        """Percentiles of the time until one gets off at each stop, (n_percentiles, n_stops)."""
        day = day or self._day(question)
        if self._search is None or self._search[0] is not day.view:
            every = np.arange(day.view.tables.n_stops)
            own = Places(frozen(np.append(every, every.size)), frozen(every), frozen(0 * every))
            self._search = (day.view, WindowSearch(day.view.tables, own))
        access = self._ways(day, place, question, is_origin=True)
        return self._search[1].percentiles(access, day.window, question.percentiles)

    def travel_times(
        self,
        origins: Sequence[tuple[float, float]],
        targets: Sequence[tuple[float, float]],
        question: ReachQuestion,
        *,
        n_processes: int = 1,
        cluster: str | None = None,
    ) -> TravelTimes:
        """Return percentiles of the travel times between places, (lon, lat) each.

        Parameters are those of `routing.travel_times.matrix_from_folder`.

        Raises
        ------
        QueryError
            If there are too many places, or an origin lies off the map.
        DateOutsideError
            If no feed covers the date.
        """
        for name, places in (("origins", origins), ("targets", targets)):
            if len(places) > _MOST_PLACES:
                msg = f"{name}: {len(places)} places are more than {_MOST_PLACES}; split the file"
                raise QueryError(msg)
        for number, lonlat in enumerate(origins):
            check_on_map(self.region, _at(lonlat), f"origins: place {number + 1}")
        day = self._day(question)
        ends = [
            [self._ways(day, _at(lonlat), question, is_origin=is_origin) for lonlat in places]
            for places, is_origin in ((origins, True), (targets, False))
        ]
        direct = self._walks(day, origins, targets, max(question.limits_s))
        with tempfile.TemporaryDirectory(prefix="maas-matrix-") as folder:
            save_matrix(
                Path(folder), day.view.tables, origins_of(ends[0]), places_of(ends[1]), direct
            )
            return matrix_from_folder(
                Path(folder),
                day.window,
                question.percentiles,
                n_processes=n_processes,
                cluster=cluster,
            )

    def _day(self, question: ReachQuestion) -> _Day:
        zone = ZoneInfo(self.region.file.timezone)
        at = question.at
        local = at.replace(tzinfo=zone) if at.tzinfo is None else at.astimezone(zone)
        day = self.region.day(local.date())
        modes = frozenset(LINE_MODES if question.modes is None else question.modes)
        start = int(local.timestamp()) - day.base_epoch
        n_departures = -(-question.window_s // question.step_s)
        window = Window(start, n_departures, question.step_s, max(question.limits_s))
        return _Day(self.region.views.view(day, modes), local.date(), window)

    def _ways(
        self, day: _Day, place: Place, question: ReachQuestion, *, is_origin: bool
    ) -> NearStops:
        """Walks between a place and the stops near it."""
        most_m = question.max_walk_m
        most_m = self.region.file.walking.limit_m if most_m is None else most_m
        roads = self.region.roads_on(day.on)
        ends = Ends(self.region, RoadWays(roads), day.view, place, is_origin, most_m)
        feeder = ends.feeder("walk")
        return near_stops([], []) if feeder is None else feeder.near

    def _walks(
        self,
        day: _Day,
        origins: Sequence[tuple[float, float]],
        targets: Sequence[tuple[float, float]],
        limit: int,
    ) -> Int32Array:
        """Seconds of walking all the way; `UNREACHED` above the limit."""
        roads = self.region.roads_on(day.on)
        lon, lat = np.array(targets, np.float64).reshape(-1, 2).T
        pins = roads.pin(lon, lat, "foot")
        rows = [roads.one_to_many(lon, lat, pins, "foot", limit)[0] for lon, lat in origins]
        return np.array(rows, np.int32).reshape(len(origins), len(targets))

    def _most_walk_s(self, question: ReachQuestion) -> int:
        most_m = question.max_walk_m
        most_m = self.region.file.walking.limit_m if most_m is None else most_m
        return int(most_m / _WALK_M_PER_S)

    def _about(self, place: Place, question: ReachQuestion) -> dict[str, Any]:
        """What was asked, so that a map can say so."""
        last = question.at + timedelta(seconds=question.window_s)
        return {
            "from": {"lat": round(place.lat, 6), "lon": round(place.lon, 6)},
            "first_departure": question.at.isoformat(),
            "last_departure_before": last.isoformat(),
            "region": self.region.file.name,
        }


def _at(lonlat: tuple[float, float]) -> Place:
    """A place that is only a coordinate."""
    return Place("", lat=lonlat[1], lon=lonlat[0])


def accessibility(
    found: TravelTimes, weight: npt.ArrayLike, limits_s: Sequence[int]
) -> dict[str, Float64Array]:
    """Weight of the targets that each origin reaches, by `p{percentile}_{limit}`.

    Parameters
    ----------
    weight
        Shape (n_targets,): jobs, beds, people.
    """
    weights = np.asarray(weight, np.float64)
    return {
        f"p{percentile}_{limit}": (duration <= limit) @ weights
        for percentile, duration in zip(found.percentiles, found.duration, strict=True)
        for limit in limits_s
    }
