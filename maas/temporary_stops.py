"""A region with stops that only realtime feeds tell, such as those of detours.

They get places on the roads and walks to the stops around them, as stops of the feeds have; nothing
of the region is modified. They cannot be asked for by name.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from gtfs.realtime.new_stops import unknown_stops, with_stops
from gtfs.tables import longer
from routing.layout import NONE, UNREACHED, Footpaths, Int32Array, first_of, frozen
from routing.road_layout import Pins

if TYPE_CHECKING:
    from gtfs.realtime.messages import NewStop
    from maas.live import News
    from maas.region import Region
    from routing.road_network import RoadNetwork

TemporaryStops = tuple[tuple[str, tuple["NewStop", ...]], ...]  # by feed


def temporary_stops(region: "Region", news: "News | None") -> TemporaryStops:
    """Stops that the news tell and the region does not have."""
    known = {feed.id for feed in region.timetable.feeds}
    told = [
        (feed.feed_id, unknown_stops(feed.message.stops, region.matcher(feed.feed_id)))
        for feed in (() if news is None else news.feeds)
        if feed.message.stops and feed.feed_id in known
    ]
    return tuple((feed_id, stops) for feed_id, stops in told if stops)


def with_temporary_stops(region: "Region", told: TemporaryStops) -> "Region":
    """Return a region with these stops after all others."""
    timetable = region.timetable
    for feed_id, stops in told:
        timetable = with_stops(timetable, region.matcher(feed_id), stops)
    n_old, stops_table = len(region.timetable.stops.id), timetable.stops
    lon, lat = stops_table.lon[n_old:], stops_table.lat[n_old:]
    pins = {
        profile: _joined(old, region.roads.pin(lon, lat, profile))
        for profile, old in region.stop_pins.items()
    }
    walking, step_free = region.file.walking, "wheelchair" if "wheelchair" in pins else "foot"
    limit = int(walking.transfer_limit_m * 3.6 / walking.speed_kmh)

    def walked(old: Footpaths, profile: str) -> Footpaths:
        more = _walks(region.roads, pins[profile], profile, n_old, limit)
        return _with_walks(old, more, lon.size, walking.change_time)

    walks = walked(region.footpaths, "foot"), walked(region.footpaths_wheelchair, step_free)
    station = _stations(region.station_of_stop, stops_table.parent[n_old:])
    return region.grown(timetable, pins, walks, station)


def _joined(old: Pins, new: Pins) -> Pins:
    return Pins(*(longer(getattr(old, name), getattr(new, name)) for name in Pins._fields))


def _stations(station: Int32Array, parents: Int32Array) -> Int32Array:
    """Stations of all stops; each new one is one of its own or belongs to that of its parent."""
    nearest = int(station.max(initial=NONE)) + 1
    new = [
        int(station[parent]) if parent != NONE else nearest + k
        for k, parent in enumerate(parents.tolist())
    ]
    return frozen(np.concatenate([station, new]))


def _walks(
    roads: "RoadNetwork", pins: Pins, profile: str, n_old: int, limit: int
) -> Iterable[tuple[Int32Array, Int32Array, Int32Array]]:
    """Yield (tail, head, duration) of the walks out of and to each stop from `n_old` on."""
    for stop in range(n_old, pins.lon.size):
        place = float(pins.lon[stop]), float(pins.lat[stop])
        for is_back in (False, True):
            duration, _ = roads.one_to_many(*place, pins, profile, limit, reverse=is_back)
            others = np.arange(pins.lon.size) < (n_old if is_back else pins.lon.size)
            near = np.flatnonzero((duration < UNREACHED) & others).astype(np.int32)
            near = near[near != stop]
            here = np.full(near.size, stop, np.int32)
            yield (near, here, duration[near]) if is_back else (here, near, duration[near])


def _with_walks(
    old: Footpaths, more: Iterable[Sequence[Int32Array]], n_new: int, change_time: int
) -> Footpaths:
    """Footpaths of `n_new` more stops, with more walks, sorted as they have to be."""
    n_old = old.change_time.size
    tails = np.repeat(np.arange(n_old, dtype=np.int32), np.diff(old.first_of_stop))
    parts = [(tails, old.head, old.duration), *more]
    tail, head, duration = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((head, duration, tail))
    change = np.concatenate([old.change_time, np.full(n_new, change_time, np.int32)])
    return Footpaths(
        first_of(tail, n_old + n_new), frozen(head[order]), frozen(duration[order]), frozen(change)
    )
