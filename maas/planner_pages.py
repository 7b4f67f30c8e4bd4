"""Pages of connections, earlier and later, that neither repeat nor skip.

Times on the axis of travel are counted away from the asked time: departures after it, or arrivals
before it. A page is a half-open span of that axis. What belongs to it is judged among all
itineraries that could rule one of it out, those beyond its ends too, so the pages of a window hold
what the window holds.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from maas.errors import QueryError
from maas.journey_query import JourneyQuery
from maas.planner_search import LONGEST

if TYPE_CHECKING:
    from gtfs.day import Day
    from maas.itinerary import Itinerary
    from maas.planner_task import Task

_ALL = 1_000
_TIDIED = 1_800  # s by which tidying may move an itinerary
_PAGE = 7_200  # s, where the query names no window
_Vehicles = tuple[tuple[int, int] | str, ...]
_NOT_ASKED = {"cursor", "at", "lang", "details", "max_itineraries", "all_"}
_USUAL = {
    name: field.default
    for name, field in JourneyQuery.model_fields.items()
    if name not in _NOT_ASKED and not field.is_required()
}


@dataclass(frozen=True)
class Cursor:
    """Where a page begins, and in which direction it goes."""

    at: int  # Unix time of the asked time
    start: int  # s away from it
    outward: bool  # from `start` away from the asked time, else towards it and beyond
    seen: tuple[str, ...] = ()  # fingerprints of itineraries that were shown before

    def text(self, digest: str) -> str:
        """As it stands in answers to the query with this digest."""
        parts = [self.at, self.start, self.outward, list(self.seen), digest]
        raw = json.dumps(parts, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    def span(self, length: int) -> tuple[int, int]:
        """Span of the axis."""
        if self.outward:
            return self.start, self.start + length
        return self.start - length, self.start


def read_cursor(query: JourneyQuery) -> Cursor | None:
    """Return the cursor of a query.

    Raises
    ------
    QueryError
        If the text is no cursor, or that of another query.
    """
    if query.cursor is None:
        return None
    try:
        padded = query.cursor + "=" * (-len(query.cursor) % 4)
        at, start, outward, seen, digest = json.loads(base64.urlsafe_b64decode(padded))
        cursor = Cursor(int(at), int(start), bool(outward), tuple(map(str, seen)))
    except (ValueError, TypeError) as error:
        msg = (
            "query: cursor: not one of ours; take `cursors.earlier` or `cursors.later` of an answer"
        )
        raise QueryError(msg) from error
    if digest != digest_of(query):
        msg = "query: cursor: it belongs to another query; send it with the query that it came from"
        raise QueryError(msg)
    return cursor


def digest_of(query: JourneyQuery) -> str:
    """Short name of what is asked, but for the time and how it is shown.

    Only what differs from the usual is written, for writing all of it takes as long as a search.
    """
    ends = [one if isinstance(one, str) else vars(one) for one in (query.from_, query.to)]
    wishes = [
        (name, value) for name, value in vars(query).items() if value != _USUAL.get(name, value)
    ]
    return hashlib.blake2b(repr((ends, wishes)).encode(), digest_size=6).hexdigest()


def page_length(query: JourneyQuery) -> int:
    """Seconds that a page spans at first."""
    return query.window or _PAGE


def _vehicles(itinerary: "Itinerary", day: "Day") -> _Vehicles:
    """Trips of an itinerary, by row and service day, and the modes of other vehicles."""
    trip_of, service_day_of = day.trip.item, day.service_day.item
    vehicles: list[tuple[int, int] | str] = []
    for leg in itinerary.legs:
        if (ridden := leg.ridden) is not None:
            trip = ridden.day_trip
            vehicles.append((trip_of(trip), service_day_of(trip)))
        elif leg.mode != "walk":
            vehicles.append(leg.mode)
    return tuple(vehicles)


def _fingerprint(vehicles: _Vehicles, day: "Day") -> str:
    """Short name of the trips of an itinerary and of the vehicles at its ends."""
    parts = [
        one if isinstance(one, str) else f"{one[0]}@{_service_date(day.date, one[1])}"
        for one in vehicles
    ]
    return hashlib.blake2b(" ".join(parts).encode(), digest_size=5).hexdigest()


@lru_cache(maxsize=1_000)
def _service_date(asked: date, days: int) -> str:
    """Date some days after the one that is asked for."""
    return (asked + timedelta(days=days)).isoformat()


def cut(
    some: Sequence["Itinerary"], keys: Sequence[int], most: int, cursor: Cursor, end: int
) -> tuple[list["Itinerary"], int]:
    """Return as many itineraries as fit on a page, and where the next page begins.

    Itineraries at one place of the axis are never parted.

    Parameters
    ----------
    some, keys
        Itineraries of the page and where they lie.
    most
        How many fit.
    cursor
        Where the page begins.
    end
        Far end of the span that was searched.
    """
    order = sorted(range(len(some)), key=lambda i: keys[i], reverse=not cursor.outward)
    if len(order) <= most:
        return [some[i] for i in order], end
    last = keys[order[most]]
    inside = [i for i in order if (keys[i] < last if cursor.outward else keys[i] > last)]
    if not inside:  # more of them at one place than fit
        inside = [i for i in order if keys[i] == last]
        rest = [keys[i] for i in order if keys[i] != last]
        following = rest[0] if rest else None
        if following is None:
            return [some[i] for i in inside], end
        return [some[i] for i in inside], following if cursor.outward else following + 1
    return [some[i] for i in inside], last if cursor.outward else last + 1


@dataclass(frozen=True)
class Page:
    """Itineraries of a page, and the cursors of those before and after it."""

    itineraries: list["Itinerary"]
    earlier: Cursor
    later: Cursor
    n_hidden: int = 0  # sensible ones that were not chosen, or did not fit on the page

    def onward(self, cursor: Cursor, *, arrive_by: bool) -> Cursor:
        """Return the page after this one in the direction of the cursor that led here."""
        return self.later if cursor.outward != arrive_by else self.earlier


def turned(task: "Task", cursor: Cursor, *, may_grow: bool) -> Page:
    """Return the page at a cursor: all sensible itineraries of its span, as far as they fit.

    Where it `may_grow`, the span grows up to a day until it holds one that was not shown before,
    and then begins with it.
    """
    length = page_length(task.query)
    new = _not_shown(task, cursor, length)
    while not new and may_grow and length < LONGEST:
        length = min(2 * length, LONGEST)
        new = _not_shown(task, cursor, length)
    if new and task.query.window is not None:
        empty = _up_to_the_first([task.away(one) for one in new], cursor)
        length = min(length, empty + task.query.window)
        new = [one for one in new if _lies_in(task.away(one), cursor.span(length))]
    keys = [task.away(one) for one in new]
    span = cursor.span(length)
    most = _ALL if task.query.all_ else task.query.max_itineraries
    shown, following = cut(new, keys, most, cursor, span[1] if cursor.outward else span[0])
    if cursor.outward:
        far = replace(cursor, start=following)
        near = Cursor(cursor.at, cursor.start, outward=False)
    else:
        far = Cursor(cursor.at, cursor.start, outward=True)
        near = replace(cursor, start=following)
    shown.sort(key=lambda one: (one.departure, one.arrival, one.transfers, one.known_cost))
    ends = (far, near) if task.query.arrive_by else (near, far)
    return Page(shown, *ends, len(new) - len(shown))


def _not_shown(task: "Task", cursor: Cursor, length: int) -> list["Itinerary"]:
    """Sensible itineraries of a span that earlier pages did not hold."""
    found = task.in_span(cursor.span(length))
    day, seen = task.asked.day, cursor.seen
    return [one for one in found if _fingerprint(_vehicles(one, day), day) not in seen]


def _up_to_the_first(keys: Sequence[int], cursor: Cursor) -> int:
    """Seconds of the axis between where a page begins and its first itinerary."""
    return min(keys) - cursor.start if cursor.outward else cursor.start - 1 - max(keys)


def _lies_in(key: int, span: tuple[int, int]) -> bool:
    return span[0] <= key < span[1]


def around(task: "Task", shown: list["Itinerary"], at: int) -> Page:
    """Return chosen itineraries with cursors to what was not chosen and to what lies before.

    Parameters
    ----------
    shown
        What was chosen.
    at
        Unix time that was asked.
    """
    day = task.asked.day
    ridden = [_vehicles(one, day) for one in shown]
    vehicles, themselves = set(ridden), {id(one) for one in shown}
    hidden = [
        task.away(one)
        for one in task.sensible
        if not one.is_flexible and id(one) not in themselves and _vehicles(one, day) not in vehicles
    ]
    start = max(0, min([*hidden, *task.reach], default=page_length(task.query)))
    seen = tuple(
        [
            _fingerprint(own, day)
            for one, own in zip(shown, ridden, strict=True)
            if not one.is_flexible and task.away(one) >= start - _TIDIED
        ]
    )
    far, near = Cursor(at, start, outward=True, seen=seen), Cursor(at, 0, outward=False)
    return Page(shown, *((far, near) if task.query.arrive_by else (near, far)), len(hidden))
