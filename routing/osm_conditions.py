"""Seasons in OSM tags: which days of the year a way is closed.

Only conditions that name whole days are understood, such as `no @ (Dec 1-Mar 31)`. Those on hours,
weights or permits say nothing about a date and are left aside. A day is the number month * 100 +
day; a span may pass the turn of the year.
"""

import re
from collections.abc import Mapping, Sequence

Span = tuple[int, int]  # first and last day, both included

WHOLE_YEAR: Span = (101, 1231)
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
_CLAUSE = re.compile(r"([^@;]+)@\s*(?:\(([^)]*)\)|([^;]+))")
_DAY = r"([a-z]{3})[a-z]*\.?(?:\s+(\d{1,2}))?"
_RANGE = re.compile(rf"^{_DAY}\s*[-\N{{EN DASH}}]\s*(?:([a-z]{{3}})[a-z]*\.?\s*)?(\d{{1,2}})?$")
_SINGLE = re.compile(rf"^{_DAY}$")


def _day(month: str | None, day: str | None, *, is_last: bool) -> int | None:
    """Number of a day; a month alone stands for its first or last day."""
    if month not in _MONTHS:
        return None
    index = _MONTHS.index(month)
    if day is None:
        return (index + 1) * 100 + (_LENGTHS[index] if is_last else 1)
    return (index + 1) * 100 + int(day) if 1 <= int(day) <= _LENGTHS[index] else None


def _span(text: str) -> Span | None:
    """Read `Dec 1-Mar 31`, `Nov-Apr`, `Jan 5`, `Jan 5-20` or the name of a season."""
    text = text.strip().lower()
    if text in SEASONS:
        return SEASONS[text]
    if single := _SINGLE.match(text):
        month, day = single.groups()
        first, last = _day(month, day, is_last=False), _day(month, day, is_last=True)
    elif found := _RANGE.match(text):
        month, day, last_month, last_day = found.groups()
        if last_month is None and (day is None or last_day is None):
            return None
        first = _day(month, day, is_last=False)
        last = _day(last_month or month, last_day, is_last=True)
    else:
        return None
    return None if first is None or last is None else (first, last)


def spans(condition: str) -> list[Span] | None:
    """Read the days of a condition; None if it depends on more than the date."""
    found = [_span(part) for part in condition.split(",")]
    return [span for span in found if span is not None] if all(found) else None


def clauses(value: str) -> list[tuple[str, list[Span]]]:
    """Split the value of a `*:conditional` tag into what holds on which days."""
    found = []
    for match in _CLAUSE.finditer(value):
        days = spans(match[2] if match[2] is not None else match[3])
        if days:
            found.append((match[1].strip().lower(), days))
    return found


def covers(span: Span, day: int) -> bool:
    """Whether a day lies in a span."""
    first, last = span
    return first <= day <= last if first <= last else day >= first or day <= last


def _next(day: int) -> int:
    month, of_month = divmod(day, 100)
    if of_month < _LENGTHS[month - 1]:
        return day + 1
    return (month % 12 + 1) * 100 + 1


def _previous(day: int) -> int:
    month, of_month = divmod(day, 100)
    if of_month > 1:
        return day - 1
    month = (month - 2) % 12 + 1
    return month * 100 + _LENGTHS[month - 1]


def outside(open_spans: Sequence[Span]) -> list[Span]:
    """Return the spans that lie between those given."""
    ordered = sorted(open_spans)
    gaps = []
    for (_, last), (first, _) in zip(ordered, ordered[1:] + ordered[:1], strict=True):
        gap = (_next(last), _previous(first))
        if not any(covers(span, gap[0]) for span in ordered):
            gaps.append(gap)
    return gaps
