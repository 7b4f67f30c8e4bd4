"""Stops that are not in the timetable: those that a realtime feed tells get rows of their own."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from gtfs.language_tags import primary, tag_of
from gtfs.realtime.match import Matcher
from gtfs.realtime.messages import NewStop
from gtfs.tables import StopTable, longer
from gtfs.timetable import Timetable
from routing.layout import NONE


def unknown_stops(stops: Sequence[NewStop], matcher: Matcher) -> tuple[NewStop, ...]:
    """Stops that a feed does not have, each once, the last that is told of it."""
    by_id = {stop.stop_id: stop for stop in stops if stop.stop_id not in matcher.stop_of_id}
    return tuple(by_id.values())


def with_stops(timetable: Timetable, matcher: Matcher, stops: Sequence[NewStop]) -> Timetable:
    """Return the timetable with `stops` of the matcher's feed after all others.

    A stop whose station is unknown has none; its fares are those of its zone, else of its station.
    """
    old, n_stops = timetable.stops, len(timetable.stops.id)
    number = next(k for k, feed in enumerate(timetable.feeds) if feed.id == matcher.feed_id)
    parents = [matcher.stop_of_id.get(stop.parent_id, NONE) for stop in stops]
    names = [_names(stop) for stop in stops]
    n = len(stops)
    table = StopTable(
        old.id.plus(matcher.prefix + stop.stop_id for stop in stops),
        old.name.plus(name for name, _, _ in names),
        old.name_en.plus(english for _, english, _ in names),
        old.name_kana.plus(kana for _, _, kana in names),
        old.zone.plus(stop.zone for stop in stops),
        old.platform.plus(stop.platform for stop in stops),
        longer(old.lon, [stop.lon for stop in stops]),
        longer(old.lat, [stop.lat for stop in stops]),
        longer(old.parent, parents),
        longer(old.feed, [number] * n),
        longer(old.kind, [0] * n),
        longer(old.wheelchair, [stop.wheelchair for stop in stops]),
        longer(old.level, [NONE] * n),
    )
    fares, fares_v2 = timetable.fares, timetable.fares_v2
    zones = _zones(timetable, matcher, stops, parents)
    ends = np.full(n, fares_v2.first_area_of_stop[n_stops])
    return dataclasses.replace(
        timetable,
        stops=table,
        fares=fares._replace(zone_of_stop=longer(fares.zone_of_stop, zones)),
        fares_v2=fares_v2._replace(first_area_of_stop=longer(fares_v2.first_area_of_stop, ends)),
    )


def _names(stop: NewStop) -> tuple[str, str, str]:
    """Name, and the same in English and in kana, empty where it is not told."""
    tags = {tag_of(language): text for language, text in stop.name.items()}
    own = tags.get("", tags.get("ja", next(iter(tags.values()), stop.stop_id)))
    english = next((text for tag, text in tags.items() if primary(tag) == "en"), "")
    return own, english, tags.get("ja-hrkt", "")


def _zones(
    timetable: Timetable, matcher: Matcher, stops: Sequence[NewStop], parents: Sequence[int]
) -> list[int]:
    """Fare zone of each stop: that of a stop with its zone_id, else of its station, else `NONE`."""
    wanted = {stop.zone for stop in stops if stop.zone}
    zone_of_stop, known = timetable.fares.zone_of_stop, dict[str, int]()
    if wanted:
        zones = timetable.stops.zone
        known = {zones[row]: int(zone_of_stop[row]) for row in matcher.stop_of_id.values()}
    stations = [NONE if row == NONE else int(zone_of_stop[row]) for row in parents]
    return [
        known.get(stop.zone, station) if stop.zone else station
        for stop, station in zip(stops, stations, strict=True)
    ]
