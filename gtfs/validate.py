"""Validate one feed: the rules of GTFS, what our reading had to repair, what planning needs."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gtfs.canonical import canonical_findings
from gtfs.errors import BrokenArchiveError, FeedNotFoundError, GtfsError
from gtfs.findings import SEVERITIES, Finding, Severity
from gtfs.notices import Notices
from gtfs.read import open_feed
from gtfs.routing_checks import routing_findings
from gtfs.timetable import Timetable, build_timetable

_ID = "feed"
_LOST = frozenset(  # codes of rows or trips that are left out because they contradict the feed
    "duplicate_id missing_id trip_runs_backwards trip_without_end_times trip_without_stops "
    "trip_with_unreadable_cell unknown_line unknown_service unknown_stop unknown_trip "
    "unreadable_date unreadable_time".split()
)
_HARMLESS = frozenset("interpolated_time route_deviation service_in_several_rows".split())


@dataclass(frozen=True)
class Validation:
    """Everything that was found, most severe first."""

    path: str
    facts: dict[str, Any]  # sizes and dates; empty when the feed cannot be read
    findings: tuple[Finding, ...]

    @property
    def counts(self) -> dict[Severity, int]:
        """Notices by severity."""
        sums = Counter[Severity]()
        for found in self.findings:
            sums[found.severity] += found.total
        return {severity: sums[severity] for severity in SEVERITIES}

    def document(self) -> dict[str, Any]:
        """Return everything as plain dicts and lists."""
        return {
            "feed": self.path,
            "facts": self.facts,
            "counts": self.counts,
            "findings": [found.document() for found in self.findings],
        }


def validate(path: Path, on: dt.date | None = None, country: str = "") -> Validation:
    """Validate the feed at `path`, a zip or a folder.

    Parameters
    ----------
    on
        The date that "expired" and the like refer to; `None` is today.
    country
        ISO code of the country, for phone numbers; may be empty.

    Raises
    ------
    FeedNotFoundError, BrokenArchiveError
        If there is no feed at `path`, or no zip that can be opened. All other faults are findings.
    """
    own, facts = _own_findings(path)
    found = [*canonical_findings(_ID, path, on, country), *own]
    found.sort(key=lambda entry: (SEVERITIES.index(entry.severity), entry.source, entry.code))
    return Validation(str(path), facts, tuple(found))


def _own_findings(path: Path) -> tuple[list[Finding], dict[str, Any]]:
    """Read the feed as a build does; what stops a build is one error."""
    notices = Notices(_ID)
    try:
        feed = open_feed(path, _ID)
        notices = feed.notices
        timetable = build_timetable([feed], "UTC")
    except (FeedNotFoundError, BrokenArchiveError):
        raise
    except GtfsError as error:
        stop = Finding(
            "feed_cannot_be_used", "ERROR", "reading", 1, "a build stops here", (str(error),)
        )
        return [*_reading(notices), stop], {}
    found = [*_reading(notices), *_unused(feed.unused), *routing_findings(timetable)]
    return found, _facts(timetable)


def _reading(notices: Notices) -> list[Finding]:
    """What was odd while reading."""
    found = []
    for code, count in notices.counts.items():
        kept = [notice for notice in notices if notice.code == code]
        severity: Severity = "WARNING"
        if code in _LOST:
            severity = "ERROR"
        elif code in _HARMLESS:
            severity = "INFO"
        examples = tuple(str(notice) for notice in kept)
        found.append(Finding(code, severity, "reading", count, kept[0].message, examples))
    return found


def _unused(texts: list[str]) -> list[Finding]:
    """What of the feed is not used, all of it."""
    message = "files and columns that planning does not use"
    if not texts:
        return []
    return [Finding("not_used", "INFO", "reading", len(texts), message, tuple(texts))]


def _facts(timetable: Timetable) -> dict[str, Any]:
    (info,) = timetable.feeds
    return {
        "publisher": info.publisher,
        "timezone": info.timezone,
        "first_date": info.first_date.isoformat(),
        "last_date": info.last_date.isoformat(),
        "stops": len(timetable.stops.id),
        "lines": len(timetable.lines.id),
        "trips": len(timetable.trips.id),
        "stop_times": int(timetable.stop_times.stop.size),
    }
