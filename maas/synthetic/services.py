"""Which service runs on which date: day kinds, seasons, special days.

A service id is `KIND` or `KIND-SEASON`. Kinds: `daily`, `weekday`, `saturday`, `holiday` (Sundays,
national holidays, 31 December to 3 January), `weekend` (the last two), `peak` (extra trains around
Obon, New Year and Golden Week). Weekdays of Obon (13 to 16 August) run as Saturdays. Seasons:
`winter` is 1 December to 31 March, `summer` the rest; the ferry and tourist lines have their own.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from maas.synthetic.holidays import is_holiday

FIRST_DATE = date(2026, 11, 1)
LAST_DATE = date(2036, 12, 31)

_SEASONS = {  # (month, day) of the first and of the last day; a season may pass New Year
    "winter": ((12, 1), (3, 31)),
    "summer": ((4, 1), (11, 30)),
    "sailing": ((5, 1), (9, 30)),  # many ferries
    "calm": ((10, 1), (4, 30)),  # few ferries
    "green": ((6, 1), (10, 15)),  # passes that winter closes
    "lavender": ((6, 10), (9, 20)),
    "snow": ((12, 10), (3, 25)),  # ski buses
}
_KINDS = ("daily", "weekday", "saturday", "holiday", "weekend", "peak")
_PEAKS = (((4, 29), (5, 6)), ((8, 10), (8, 17)), ((12, 28), (1, 5)))


def all_dates() -> Iterator[date]:
    """Every date of the region, in order."""
    for offset in range((LAST_DATE - FIRST_DATE).days + 1):
        yield FIRST_DATE + timedelta(days=offset)


def _within(day: date, span: tuple[tuple[int, int], tuple[int, int]]) -> bool:
    first, last = span
    here = (day.month, day.day)
    return first <= here <= last if first <= last else here >= first or here <= last


def day_kind(day: date) -> str:
    """`weekday`, `saturday` or `holiday`: the timetable of a date."""
    if day.weekday() == 6 or is_holiday(day) or _within(day, ((12, 31), (1, 3))):
        return "holiday"
    if day.weekday() == 5 or _within(day, ((8, 13), (8, 16))):
        return "saturday"
    return "weekday"


def runs(service: str, day: date) -> bool:
    """Whether a service runs on a date."""
    kind, _, season = service.partition("-")
    if kind not in _KINDS or (season and season not in _SEASONS):
        msg = f"unknown service '{service}'"
        raise ValueError(msg)
    if season and not _within(day, _SEASONS[season]):
        return False
    if kind == "peak":
        return any(_within(day, span) for span in _PEAKS)
    return (
        kind == "daily"
        or kind == day_kind(day)
        or (kind == "weekend" and day_kind(day) != "weekday")
    )


def calendar_of(service: str) -> tuple[tuple[int, ...] | None, list[tuple[date, int]]]:
    """Return GTFS calendar flags (Monday first), or None, and exceptions (date, type) of a service.

    A weekday is flagged when the service runs on most dates of that weekday, so that few exceptions
    remain; without any flag the service lives in `calendar_dates.txt` alone.
    """
    on = {day: runs(service, day) for day in all_dates()}
    count = Counter(day.weekday() for day, running in on.items() if running)
    total = Counter(day.weekday() for day in on)
    flags = tuple(int(2 * count[weekday] > total[weekday]) for weekday in range(7))
    exceptions = [
        (day, 1 if running else 2)
        for day, running in on.items()
        if running != bool(flags[day.weekday()])
    ]
    return (flags if any(flags) else None), exceptions
