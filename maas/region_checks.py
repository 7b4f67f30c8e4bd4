"""References of `region.yaml` into its feeds: lines, stops, modes that must exist."""

import difflib
from collections.abc import Iterator

from gtfs.timetable import MODES, Timetable
from maas.errors import RegionFileError
from maas.region_file import RegionFile


def check_references(file: RegionFile, timetable: Timetable) -> None:
    """Refuse a region file that names a feed, line, trip, stop or mode that is not there.

    Raises
    ------
    RegionFileError
        Listing every such name, with the nearest one that exists.
    """
    known = {
        "feed": {feed.id for feed in file.feeds},
        "line": set(timetable.lines.id),
        "stop": set(timetable.stops.id),
        "mode": set(MODES),
    }
    if any(rule.trips for rule in file.cargo) or any(one.trips for one in file.forecasts):
        known["trip"] = set(timetable.trips.id)
    faults = [
        f"region file: {where}: no {kind} '{name}' in the feeds{_nearest(name, known[kind])}"
        for where, kind, name in _references(file)
        if name not in known[kind]
    ]
    if faults:
        raise RegionFileError("\n".join(faults))


def check_zones(file: RegionFile) -> None:
    """Refuse fleets of demand zones that are not there; those of feeds must be there by now.

    Raises
    ------
    RegionFileError
        Listing every such name, with the nearest one that exists.
    """
    zones = {zone.id: zone for zone in file.demand_zones}
    faults = []
    for i, fleet in enumerate(file.fleets):
        where = f"region file: fleets.{i}.zone"
        if fleet.zone is None:
            continue
        if fleet.zone not in zones:
            near = _nearest(fleet.zone, set(zones)) or f"; known are {', '.join(sorted(zones))}"
            faults.append(f"{where}: no demand zone '{fleet.zone}'{near}")
        elif len(zones[fleet.zone].windows) > 1 and fleet.ends_at != fleet.begins_at:
            faults.append(
                f"{where}: '{fleet.zone}' is served in {len(zones[fleet.zone].windows)} windows "
                f"a day, but rounds of '{fleet.id}' end elsewhere than they begin; leave `end` out"
            )
    if faults:
        raise RegionFileError("\n".join(faults))


def _nearest(name: str, known: set[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.5)
    return f"; did you mean '{near[0]}'?" if near else ""


def _references(file: RegionFile) -> Iterator[tuple[str, str, str]]:
    """Every (place in the file, kind, name) that must exist."""
    yield from _of_cargo(file)
    for i, fare in enumerate(file.fares):
        yield f"fares.{i}.feed", "feed", fare.feed
        yield from ((f"fares.{i}.lines", "line", line_id) for line_id in fare.lines)
    for i, capacity in enumerate(file.capacities):
        if capacity.mode:
            yield f"capacities.{i}.mode", "mode", capacity.mode
        yield from ((f"capacities.{i}.lines", "line", line_id) for line_id in capacity.lines)


def _of_cargo(file: RegionFile) -> Iterator[tuple[str, str, str]]:
    """References of hubs, forecasts and cargo rules."""
    for hub in file.hubs:
        yield from ((f"hubs.{hub.id}.stops", "stop", stop_id) for stop_id in hub.stops)
    for i, one in enumerate(file.forecasts):
        for kind, names in (("line", one.lines), ("trip", one.trips), ("stop", one.stops)):
            yield from ((f"forecasts.{i}.{kind}s", kind, name) for name in names)
    for rule in file.cargo:
        for kind, names in (("line", rule.lines), ("trip", rule.trips), ("stop", rule.stops)):
            yield from ((f"cargo.{rule.id}.{kind}s", kind, name) for name in names)
