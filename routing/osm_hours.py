"""The part of the opening-hours syntax that maps use for roads: dates, weekdays, hours, `off`.

`Mo-Fr 07:00-09:00,16:00-18:00; PH off`, `Dec 1-Mar 31`, `2026 Nov 9-2026 Dec 20`, `winter`. The
last rule that matches decides, as the specification [1]_ says. Public and school holidays are not
known here and match no day; the sun is taken to rise at 06:00 and to set at 18:00 (dawn and dusk
half an hour outside), which is an estimate. Weeks of the year, the n-th weekday of a month and
intervals are not read.

.. [1] https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

Span = tuple[int, int]  # first and last day as month * 100 + day; may pass the turn of the year

SEASONS: Mapping[str, Span] = {
    "spring": (301, 531),
    "summer": (601, 831),
    "autumn": (901, 1130),
    "fall": (901, 1130),
    "winter": (1201, 331),  # snow outlasts February
    "wet_season": (601, 930),
    "dry_season": (1001, 531),
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_WEEKDAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
_SUN = {"dawn": 330, "sunrise": 360, "sunset": 1080, "dusk": 1110}  # minutes, estimated
_DAY_MINUTES = 1440

_MONTH = rf"(?:{'|'.join(_MONTHS)})[a-z]*\.?"
_CLOCK = rf"(?:\d{{1,2}}:\d{{2}}|\(?(?:{'|'.join(_SUN)})\)?)"
_DASH = r"\s*[-\N{EN DASH}]\s*"
_YEAR = r"(?:20|19)\d\d"
_TOKEN = re.compile(
    rf"(?P<dated>{_YEAR}\s+{_MONTH}\s+\d{{1,2}}(?:{_DASH}(?:{_YEAR}\s+)?(?:{_MONTH}\s+)?\d{{1,2}})?)"
    rf"|(?P<years>{_YEAR}(?:{_DASH}{_YEAR})?)(?=\s|$|,|:)"
    rf"|(?P<times>{_CLOCK}{_DASH}{_CLOCK})"
    r"|(?P<always>24/7)"
    rf"|(?P<days>{_MONTH}(?:\s+\d{{1,2}}(?!\d|:\d))?"
    rf"(?:{_DASH}(?:{_MONTH}(?:\s+\d{{1,2}}(?!\d|:\d))?|\d{{1,2}}(?!\d|:\d)))?)"
    rf"|(?P<season>{'|'.join(SEASONS)})"
    rf"|(?P<weekdays>(?:{'|'.join(_WEEKDAYS)})(?![a-z\[])(?:{_DASH}(?:{'|'.join(_WEEKDAYS)})(?![a-z\[]))?)"
    r"|(?P<holidays>ph|sh)(?![a-z])"
    r"|(?P<off>off|closed)(?![a-z])"
    r"|(?P<open>open)(?![a-z])"
    r"|(?P<gap>[\s,:]+)"
)
_DAY = re.compile(rf"({_MONTH})?\s*(\d{{1,2}})?$")
_DATED = re.compile(
    rf"({_YEAR})\s+({_MONTH})\s+(\d{{1,2}})(?:{_DASH}(?:({_YEAR})\s+)?(?:({_MONTH})\s+)?(\d{{1,2}}))?$"
)


class _Rule(NamedTuple):
    """Days and hours; an empty part says nothing."""

    years: tuple[tuple[int, int], ...] = ()
    dates: tuple[tuple[date, date], ...] = ()
    spans: tuple[Span, ...] = ()
    weekdays: frozenset[int] = frozenset()
    has_holidays: bool = False
    times: tuple[tuple[int, int], ...] = ()  # minutes; the end may lie before the start
    is_off: bool = False


def covers(span: Span, day: int) -> bool:
    """Whether a day, month * 100 + day, lies in a span."""
    first, last = span
    return first <= day <= last if first <= last else day >= first or day <= last


def _number(month: str, day: str | None, *, is_last: bool) -> int | None:
    """Number of a day; a month alone stands for its first or last day."""
    index = _MONTHS.index(month[:3])
    of_month = int(day) if day else (_LENGTHS[index] if is_last else 1)
    return (index + 1) * 100 + of_month if 1 <= of_month <= _LENGTHS[index] else None


def _span(text: str) -> Span | None:
    """Read `Dec 1-Mar 31`, `Nov-Apr`, `Jan 5`, `Jan 5-20`."""
    start, *end = re.split(_DASH, text)
    first, last = _DAY.match(start), _DAY.match(end[0] if end else start)
    if first is None or last is None or not first[1]:
        return None
    if end and not last[1] and not first[2]:
        return None
    low = _number(first[1], first[2], is_last=False)
    high = _number(last[1] or first[1], last[2], is_last=True)
    return None if low is None or high is None else (low, high)


def _dated(text: str) -> tuple[date, date] | None:
    """Read `2026 Nov 9-2026 Dec 20`, `2026 Nov 9-20`, `2026 Nov 9`."""
    if (found := _DATED.match(text)) is None:
        return None
    year, month, day, end_year, end_month, end_day = found.groups()
    try:
        first = date(int(year), _MONTHS.index(month[:3]) + 1, int(day))
        last = date(
            int(end_year or year),
            _MONTHS.index((end_month or month)[:3]) + 1,
            int(end_day or day),
        )
    except ValueError:
        return None
    return first, last


def _minutes(clock: str) -> int:
    clock = clock.strip("()")
    if clock in _SUN:
        return _SUN[clock]
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _times(text: str) -> tuple[int, int] | None:
    start, end = (_minutes(part) for part in re.split(_DASH, text))
    if start > _DAY_MINUTES or end > 2 * _DAY_MINUTES:
        return None
    return start, end - _DAY_MINUTES if end > _DAY_MINUTES else end


def _weekdays(text: str) -> frozenset[int]:
    start, *end = (_WEEKDAYS.index(part[:2]) for part in re.split(_DASH, text))
    last = end[0] if end else start
    length = (last - start) % 7 + 1
    return frozenset((start + step) % 7 for step in range(length))


def _years(text: str) -> tuple[int, int]:
    first, *last = (int(part) for part in re.split(_DASH, text))
    return first, last[0] if last else first


def _dated_or_timed(rule: _Rule, kind: str, text: str) -> _Rule | None:
    if kind == "times":
        times = _times(text)
        return None if times is None else rule._replace(times=(*rule.times, times))
    if kind == "dated":
        dates = _dated(text)
        return None if dates is None else rule._replace(dates=(*rule.dates, dates))
    span = SEASONS.get(text) if kind == "season" else _span(text)
    return None if span is None else rule._replace(spans=(*rule.spans, span))


def _extended(rule: _Rule, kind: str, text: str) -> _Rule | None:
    """Add one token to a rule; None if it makes no sense."""
    if kind in {"times", "dated", "days", "season"}:
        return _dated_or_timed(rule, kind, text)
    if kind == "weekdays":
        return rule._replace(weekdays=rule.weekdays | _weekdays(text))
    if kind == "years":
        return rule._replace(years=(*rule.years, _years(text)))
    if kind == "holidays":
        return rule._replace(has_holidays=True)
    return rule._replace(is_off=True) if kind == "off" else rule


@lru_cache(maxsize=4096)
def _rules(text: str) -> tuple[_Rule, ...] | None:
    """Read a text; None if some of it is not understood."""
    rules: list[_Rule] = []
    for part in text.strip().lower().split(";"):
        at, rule, n_tokens = 0, _Rule(), 0
        while at < len(part):
            found = _TOKEN.match(part, at)
            if found is None or found.lastgroup is None:
                return None
            at, kind = found.end(), found.lastgroup
            if kind == "gap":
                continue
            starts_anew = kind not in {"times", "off", "open"} and bool(rule.times)
            if starts_anew:
                rules.append(rule)
                rule = _Rule()
            longer = _extended(rule, kind, found[0].strip())
            if longer is None:
                return None
            rule, n_tokens = longer, n_tokens + 1
        if n_tokens:
            rules.append(rule)
    return tuple(rules) or None


def is_hours(text: str) -> bool:
    """Whether a text is understood."""
    return _rules(text) is not None


def _is_on_day(rule: _Rule, day: date) -> bool:
    number = day.month * 100 + day.day
    if rule.years and not any(first <= day.year <= last for first, last in rule.years):
        return False
    has_dates = bool(rule.dates or rule.spans)
    if has_dates and not (
        any(first <= day <= last for first, last in rule.dates)
        or any(covers(span, number) for span in rule.spans)
    ):
        return False
    if rule.weekdays or rule.has_holidays:
        return day.weekday() in rule.weekdays
    return True


def _matches(rule: _Rule, moment: date) -> bool | None:
    """Whether a rule speaks of a moment; None where it asks for the hour and there is none."""
    if not isinstance(moment, datetime):
        eve = moment - timedelta(days=1)
        lasts = any(end <= start for start, end in rule.times) and _is_on_day(rule, eve)
        if not (lasts or _is_on_day(rule, moment)):
            return False
        return None if rule.times else True
    day, minute = moment.date(), moment.hour * 60 + moment.minute
    if not rule.times:
        return _is_on_day(rule, day)
    today, yesterday = _is_on_day(rule, day), _is_on_day(rule, day - timedelta(days=1))
    for start, end in rule.times:
        is_overnight = end <= start
        if today and start <= minute and (is_overnight or minute < end):
            return True
        if yesterday and is_overnight and minute < end:
            return True
    return False


def holds(text: str, moment: date) -> bool | None:
    """Whether a text covers a moment.

    Parameters
    ----------
    moment
        A datetime in local time, or a date, at which hours say nothing.

    Returns
    -------
    None if the text is not understood, or depends on an hour that is not given.
    """
    rules = _rules(text)
    if rules is None:
        return None
    state: bool | None = False
    for rule in rules:
        matched = _matches(rule, moment)
        if matched is None:
            state = None
        elif matched:
            state = not rule.is_off
    return state
