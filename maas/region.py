"""The region: one immutable snapshot of all that is built, opened by memory map.

A region directory holds `versions/<version>/` folders of arrays with a `manifest.json` each, and
`CURRENT`, which names the one in use.
"""

import copy
import json
import threading
from collections import OrderedDict
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from gtfs.day import Day, build_day
from gtfs.realtime.match import Matcher
from gtfs.station_walks import StationWays
from gtfs.timetable import Timetable
from gtfs.transfer_rules import TransferRules
from maas.bike_shares import LiveShare
from maas.day_view import DayViews
from maas.errors import DateOutsideError, RegionNotBuiltError
from maas.kerbs import FarStops
from maas.ledger import Ledger
from maas.places import Places
from maas.region_file import RegionFile, Season
from maas.spots import SpotBook
from maas.taxi import Bases, charges
from maas.zone_map import ZoneMap
from routing.arrays import open_array, open_table
from routing.beeline import Beeline
from routing.kernels.door_ways import Fleets
from routing.layout import BoolArray, Footpaths, Int32Array
from routing.road import Pins, RoadGraph, RoadNetwork

FORMAT_VERSION = 5
KEPT_DAYS = 6  # day tables kept in memory, the least recently used goes first

BlockedSegment = tuple[int, int, int]  # trip row, service day relative to the date, position


class Region:
    """Everything that planning reads; made by `Region.open`, safe to share between threads."""

    def __init__(self, folder: Path, manifest: dict[str, Any]) -> None:
        self.folder = folder
        self.manifest = manifest
        self.version: str = manifest["version"]
        self.file = RegionFile.model_validate(manifest["region"])
        self.timetable = Timetable.open(folder)
        self.roads: RoadNetwork = _open_roads(folder, self.file)
        self.footpaths: Footpaths = open_table(folder, "footpaths", Footpaths)
        self.footpaths_wheelchair: Footpaths = open_table(folder, "footpaths.wheelchair", Footpaths)
        self.station_ways: StationWays = open_table(folder, "station_ways", StationWays)
        self.station_ways_wheelchair: StationWays = open_table(
            folder, "station_ways.wheelchair", StationWays
        )
        self.stop_pins: dict[str, Pins] = {
            profile: open_table(folder, f"pins.{profile}", Pins) for profile in manifest["pinned"]
        }
        self.seats_of_line: Int32Array = open_array(folder, "seats_of_line")
        self.station_of_stop: Int32Array = open_array(folder, "station_of_stop")
        self.places = Places.open(folder, self.timetable)
        self.transfer_rules = TransferRules(self.timetable)
        self.bike_shares = [
            LiveShare(share, folder / f"bikes.{share.id}.json", self.file.currency)
            for share in self.file.bike_shares
        ]
        self._begin()

    @classmethod
    def open(cls, directory: Path) -> "Region":
        """Map the current version of a region directory.

        Raises
        ------
        RegionNotBuiltError
            If the directory was not made by `maas build`, or by another format of it.
        """
        current = directory / "CURRENT"
        if not current.is_file():
            msg = f"{directory}: no built region; make it: maas build region.yaml -o {directory}"
            raise RegionNotBuiltError(msg)
        folder = directory / "versions" / current.read_text(encoding="utf-8").strip()
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if manifest["format_version"] != FORMAT_VERSION:
            msg = (
                f"{directory} has format {manifest['format_version']}, this version reads "
                f"{FORMAT_VERSION}; build it again: maas build region.yaml -o {directory}"
            )
            raise RegionNotBuiltError(msg)
        try:
            return cls(folder, manifest)
        except ValidationError as error:  # this version writes only what it can read
            field = ".".join(str(part) for part in error.errors()[0]["loc"])
            msg = (
                f"{directory}: {field} of its region file is unknown here, so another version of "
                f"this program built it; build it again: maas build region.yaml -o {directory}"
            )
            raise RegionNotBuiltError(msg) from error

    def grown(
        self,
        timetable: Timetable,
        stop_pins: dict[str, Pins],
        walks: tuple[Footpaths, Footpaths],
        station_of_stop: Int32Array,
    ) -> "Region":
        """Return a region with more stops and the same lines, trips and roads.

        Parameters
        ----------
        walks
            Between stops, and the same for wheelchairs.
        """
        region = copy.copy(self)
        for of_stops in ("stop_of_id", "stops_of_fleets", "taxi_fleets", "far_stops", "frame"):
            vars(region).pop(of_stops, None)
        region.timetable, region.stop_pins = timetable, stop_pins
        region.footpaths, region.footpaths_wheelchair = walks
        region.station_of_stop = station_of_stop
        region._begin()  # noqa: SLF001  (of its own kind)
        return region

    def _begin(self) -> None:
        """Make what is kept of queries, with nothing in it."""
        # Of the days of the timetable.
        self.views = DayViews(self.transfer_rules, self.footpaths_wheelchair)
        self.spots = SpotBook(self.stop_pins, self.file.walking.transfer_limit_m)
        self._matchers: dict[str, Matcher] = {}
        self._days: OrderedDict[tuple[date, tuple[BlockedSegment, ...]], Day] = OrderedDict()
        self._roads_on: OrderedDict[date, RoadNetwork] = OrderedDict()
        self._lock = threading.Lock()

    def newer(self) -> "Region | None":
        """Open the version that `maas build` put in use after this one, if it did."""
        directory = self.folder.parents[1]
        current = (directory / "CURRENT").read_text(encoding="utf-8").strip()
        return None if current == self.version else Region.open(directory)

    @cached_property
    def stop_of_id(self) -> dict[str, int]:
        """Stop by `feed:stop_id`."""
        return {stop_id: stop for stop, stop_id in enumerate(self.timetable.stops.id)}

    @cached_property
    def line_of_id(self) -> dict[str, int]:
        """Line by `feed:route_id`."""
        return {line_id: line for line, line_id in enumerate(self.timetable.lines.id)}

    @cached_property
    def trip_of_run(self) -> dict[tuple[str, int], int]:
        """Trip row by `feed:trip_id` and start time."""
        trips = self.timetable.trips
        runs = zip(trips.id, trips.start_time.tolist(), strict=True)
        return {run: trip for trip, run in enumerate(runs)}

    @cached_property
    def taxi_bases(self) -> Bases:
        """Where the taxi fleets stand."""
        return Bases.of(self.file.taxis)

    @cached_property
    def zone_map(self) -> ZoneMap:
        """Where the demand zones lie."""
        return ZoneMap(self.file.demand_zones)

    @cached_property
    def stops_of_fleets(self) -> BoolArray:
        """Stops within the radius of each taxi fleet, (n_fleets, n_stops)."""
        stops = self.timetable.stops
        return self.taxi_bases.cover(stops.lat, stops.lon)

    @cached_property
    def taxi_fleets(self) -> Fleets:
        """What the taxi fleets charge, and where they take up."""
        return charges(self.file.taxis, self.stops_of_fleets)

    @cached_property
    def far_stops(self) -> dict[str, FarStops]:
        """Stops beside which no car can stop, by profile."""
        return {profile: FarStops(pins) for profile, pins in self.stop_pins.items()}

    @cached_property
    def frame(self) -> tuple[float, float, float, float]:
        """South, north, west and east of all stops, degrees."""
        lat, lon = self.timetable.stops.lat, self.timetable.stops.lon
        corners = np.nanmin(lat), np.nanmax(lat), np.nanmin(lon), np.nanmax(lon)
        south, north, west, east = (float(corner) for corner in corners)
        return south, north, west, east

    def stop_index(self, stop_id: str) -> int:
        """Stop with that external id; `KeyError` where there is none."""
        return self.stop_of_id[stop_id]

    def line_index(self, line_id: str) -> int:
        """Line with that external id; `KeyError` where there is none."""
        return self.line_of_id[line_id]

    def check_date(self, asked: date) -> None:
        """Refuse a date that no feed covers.

        Raises
        ------
        DateOutsideError
            With the range of dates that can be asked for.
        """
        timetable = self.timetable
        if not timetable.first_date <= asked <= timetable.last_date:
            raise DateOutsideError(asked, timetable.first_date, timetable.last_date)

    def day(self, service_date: date, ledger: Ledger | None = None, party: int = 1) -> Day:
        """Tables of one service date, without segments that have no seat left for `party` people.

        Raises
        ------
        DateOutsideError
            If no feed covers the date.
        """
        self.check_date(service_date)
        blocked = tuple(sorted(self._full_segments(service_date, ledger, party)))
        key = (service_date, blocked)
        with self._lock:
            if key not in self._days:
                self._days[key] = build_day(self.timetable, service_date, self.footpaths, blocked)
                while len(self._days) > KEPT_DAYS:
                    self._days.popitem(last=False)
            self._days.move_to_end(key)
            return self._days[key]

    def matcher(self, feed_id: str) -> Matcher:
        """Ids of a feed, for its realtime messages."""
        with self._lock:
            if feed_id not in self._matchers:
                self._matchers[feed_id] = Matcher(self.timetable, feed_id)
            return self._matchers[feed_id]

    def roads_on(self, day: date) -> RoadNetwork:
        """Road network as it is on a date: seasonal closures, winter speeds."""
        with self._lock:
            if day not in self._roads_on:
                self._roads_on[day] = self.roads.at(
                    day, winter_speed_factor=_winter_factor(self.file.roads.winter, day)
                )
                while len(self._roads_on) > KEPT_DAYS:
                    self._roads_on.popitem(last=False)
            self._roads_on.move_to_end(day)
            return self._roads_on[day]

    def _full_segments(
        self, service_date: date, ledger: Ledger | None, party: int
    ) -> set[BlockedSegment]:
        """Segments around the date with fewer than `party` seats left."""
        full: set[BlockedSegment] = set()
        if ledger is None:
            return full
        window = {service_date + timedelta(days=step): step for step in (-1, 0, 1)}
        for key, used in ledger:
            trip = self.trip_of_run.get((key.trip_id, key.start_time))
            if trip is None or key.service_date not in window:
                continue
            seats = int(self.seats_of_line[self.timetable.trips.line[trip]])
            if seats - used.seats < party:
                full.add((trip, window[key.service_date], key.position))
        return full


def _winter_factor(winter: Season | None, day: date) -> float:
    """Speed factor of a date."""
    return winter.speed_factor if winter is not None and winter.holds(day) else 1.0


def _open_roads(folder: Path, file: RegionFile) -> RoadNetwork:
    """Road graph of the folder, or the stated beeline model."""
    if (folder / "roads").is_dir():
        return RoadGraph.open(folder / "roads")
    return Beeline(file.roads.beeline.speed_kmh, file.roads.beeline.detour)
