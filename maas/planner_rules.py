"""What a query rules out, looked up in the region: lines, operators, trips by their ids."""

import difflib
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from maas.errors import QueryError
from maas.planner_view import Rules

if TYPE_CHECKING:
    from gtfs.day import Day
    from maas.journey_query import BannedTrip, JourneyQuery
    from maas.region import Region

_BIKE_KMH = 15.0  # of the bike profile on residential streets
_Value = TypeVar("_Value")


def rules_of(region: "Region", day: "Day", query: "JourneyQuery") -> Rules:
    """Return the rules of a query.

    Raises
    ------
    QueryError
        If the query names a line, an operator or a trip that the region does not have.
    """
    speed = usual_kmh(region, "foot")
    asked = query.walk_kmh or speed
    return Rules(
        query.line_modes,
        lines_banned=frozenset(lines(region, query.lines_banned, "lines_banned")),
        feeds_banned=frozenset(_feeds(region, query.operators_banned)),
        trips_banned=_trips(region, day, query.trips_banned),
        walk_percent=round(100 * speed / asked),
        least_change=query.min_transfer_s,
        slack=query.transfer_slack_s,
        needs_wheelchair=query.wheelchair == "required",
        takes_bike=query.bike_on_board,
    )


def usual_kmh(region: "Region", profile: str) -> float:
    """Speed at which the region's roads take people on foot or by bike, on a usual street."""
    file = region.file
    if region.roads.is_beeline:
        return file.roads.beeline.speed_kmh[profile]
    return file.walking.speed_kmh if profile == "foot" else _BIKE_KMH


def lines(region: "Region", ids: Sequence[str], field: str) -> list[int]:
    """Return the lines with these ids."""
    return [_found(region.line_of_id, line_id, field, "line") for line_id in ids]


def _feeds(region: "Region", ids: Sequence[str]) -> list[int]:
    """Feeds among the operators; the others must be taxi fleets or demand zones."""
    if not ids:
        return []
    feeds = {feed.id: number for number, feed in enumerate(region.timetable.feeds)}
    others = [taxi.id for taxi in region.file.taxis]
    others += [zone.id for zone in region.file.demand_zones]
    others += [share.id for share in region.file.bike_shares]
    known = feeds | dict.fromkeys(others, -1)
    numbers = [_found(known, operator, "operators_banned", "operator") for operator in ids]
    return [number for number in numbers if number >= 0]


def _trips(
    region: "Region", day: "Day", banned: "Sequence[BannedTrip]"
) -> frozenset[tuple[int, int]]:
    """Rows and service days of trips, of all runs of each."""
    if not banned:
        return frozenset()
    rows: dict[str, list[int]] = {}
    for (trip_id, _), row in region.trip_of_run.items():
        rows.setdefault(trip_id, []).append(row)
    found: set[tuple[int, int]] = set()
    for one in banned:
        _found(rows, one.trip_id, "trips_banned", "trip")
        service_day = (one.service_date - day.date).days
        found |= {(row, service_day) for row in rows[one.trip_id]}
    return frozenset(found)


def _found(known: Mapping[str, _Value], wanted: str, field: str, kind: str) -> _Value:
    """Return what an id stands for.

    Raises
    ------
    QueryError
        If there is no such id, with those that are spelled alike.
    """
    if wanted in known:
        return known[wanted]
    near = difflib.get_close_matches(wanted, _like(known, wanted), n=3, cutoff=0.5)
    hint = f"; did you mean {' or '.join(repr(one) for one in near)}?" if near else ""
    msg = f"query: {field}: no {kind} '{wanted}' in this region{hint}"
    raise QueryError(msg)


def _like(known: Collection[str], wanted: str) -> list[str]:
    """Ids to compare with; of very many only those that share the beginning."""
    if len(known) <= 5_000:
        return list(known)
    return [one for one in known if one[:4] == wanted[:4]][:5_000]
