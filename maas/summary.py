"""What a region holds, in words and numbers: stops, dates, roads, taxis, cargo capacity."""

from collections import Counter
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from gtfs.timetable import MODES
from maas.errors import QueryError
from maas.region import Region


def summary(region: Region, on: str | None = None) -> dict[str, Any]:
    """Return sections of name → value, and the warnings of the build.

    Raises
    ------
    QueryError
        If `on` is no date.
    DateOutsideError
        If no feed covers it.
    """
    shown = _date(region, on)
    return {
        "name": region.file.name,
        "version": region.version,
        "date": shown.isoformat(),
        "sections": {
            f"{region.file.name} ({region.file.timezone})": _heading(region),
            "Timetable": _timetable(region),
            "Stations": _stations(region),
            f"On {shown}": _day(region, shown),
            "Roads": _roads(region),
            "Taxis and vans": _fleets(region),
            "Cargo on lines": _cargo(region),
            "Sources": _sources(region),
        },
        "warnings": region.manifest["warnings"],
    }


def _date(region: Region, on: str | None) -> date:
    """Asked date, or today where the region covers it, or its first date."""
    if on is not None:
        try:
            asked = date.fromisoformat(on)
        except ValueError as error:
            msg = f"--date {on}: not a date; write YYYY-MM-DD"
            raise QueryError(msg) from error
        region.check_date(asked)
        return asked
    today = datetime.now(ZoneInfo(region.file.timezone)).date()
    timetable = region.timetable
    return today if timetable.first_date <= today <= timetable.last_date else timetable.first_date


def _heading(region: Region) -> dict[str, Any]:
    rows: dict[str, Any] = {"version": region.version, "built": region.manifest["built"]}
    if region.file.synthetic:
        rows["SYNTHETIC"] = region.file.notice or "made-up data, not a real timetable"
    return rows


def _timetable(region: Region) -> dict[str, Any]:
    counts = region.manifest["counts"]
    by_mode = ", ".join(f"{mode} {n}" for mode, n in counts["lines_by_mode"].items())
    return {
        "stops": counts["stops"],
        "lines": f"{counts['lines']} ({by_mode})",
        "trips": f"{counts['trips']} with {counts['stop_times']} stop times",
        "dates served": f"{counts['first_date']} to {counts['last_date']}",
        "walks between stops": int(region.footpaths.head.size),
    }


def _stations(region: Region) -> dict[str, Any]:
    """How stops were grouped, and where somebody should look."""
    report = region.manifest["stations"]
    rows = {
        "stations": f"{report['stations']}, {report['with_several_stops']} of several stops",
        "stops with a parent": report["by_parent"],
        "stations of several feeds": report["of_several_feeds"],
    }
    rows |= {f"shared {number + 1}": ", ".join(ids) for number, ids in enumerate(report["shared"])}
    if report["near_but_named_differently"]:
        rows["near, named differently"] = report["near_but_named_differently"]
    rows |= {f"near {number + 1}": " / ".join(pair) for number, pair in enumerate(report["missed"])}
    return rows


def _day(region: Region, on: date) -> dict[str, Any]:
    day = region.day(on)
    own = day.trip[day.service_day == 0]
    modes = region.timetable.lines.mode[region.timetable.trips.line[own]]
    by_mode = Counter(MODES[mode] for mode in modes.tolist())
    return {
        "patterns": f"{day.tables.n_patterns} (with the day before and after)",
        "trips": f"{own.size} ({', '.join(f'{m} {n}' for m, n in by_mode.most_common())})",
    }


def _roads(region: Region) -> dict[str, Any]:
    if region.roads.is_beeline:
        model = region.file.roads.beeline
        speeds = ", ".join(f"{name} {speed:g}" for name, speed in model.speed_kmh.items())
        return {"BEELINE": f"straight lines × {model.detour}; km/h: {speeds}"}
    return dict(region.manifest["counts"]["roads"])


def _fleets(region: Region) -> dict[str, Any]:
    file = region.file
    rows: dict[str, Any] = {
        f"taxi {fleet.id}": f"{fleet.vehicles} × {fleet.seats} seats, from "
        f"{fleet.meter.base_fare} {file.currency}"
        + (f", parcels up to {fleet.bay.kg} kg" if fleet.bay else "")
        for fleet in file.taxis
    }
    rows |= {
        f"{fleet.kind} {fleet.id}": f"{fleet.vehicles} × {fleet.bay.kg} kg, {fleet.bay.litres} l"
        + (f", {fleet.seats} seats" if fleet.seats else "")
        for fleet in (*file.vans, *file.fleets)
    }
    rows |= {
        f"on demand {zone.id}": f"{zone.hours[0]}–{zone.hours[1]}, "
        + ("price unknown" if zone.fare is None else f"{zone.fare} {file.currency}")
        for zone in file.demand_zones
    }
    return rows or {"none": "the region file names no fleets or zones"}


def _cargo(region: Region) -> dict[str, Any]:
    rows = {
        f"rule {rule.id}": f"{len(rule.lines)} lines, a trip takes {rule.bay.pieces} pieces, "
        f"{rule.bay.kg} kg, {rule.bay.litres} l ({', '.join(rule.bay.temperatures)}), "
        f"{rule.departs[0]}–{rule.departs[1]}"
        for rule in region.file.cargo
    }
    if not rows:
        return {"none": "the region file has no cargo rules"}
    return {"hubs": len(region.file.hubs), **rows}


def _sources(region: Region) -> dict[str, Any]:
    rows = {
        f"feed {feed.id}": "; ".join(text for text in (feed.attribution, feed.licence) if text)
        or "no licence stated in the region file"
        for feed in region.timetable.feeds
    }
    roads = region.file.roads
    if not region.roads.is_beeline:
        texts = [text for text in (roads.attribution, roads.licence) if text]
        rows["roads"] = "; ".join(texts) or "© OpenStreetMap contributors, ODbL"
    return rows
