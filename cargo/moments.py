"""Times as people write them (HH:MM or RFC 3339) and seconds after a base instant."""

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

_CLOCK = re.compile(r"^\d{1,2}:[0-5]\d(:[0-5]\d)?$")


def is_time(text: str) -> bool:
    """Whether a text is a clock time or an RFC 3339 one."""
    if _CLOCK.match(text):
        return True
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def clock_text(seconds: int) -> str:
    """HH:MM:SS on the service date's clock; hours go on beyond 24."""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def is_instant(text: str) -> bool:
    """Whether a text is an RFC 3339 time with its zone."""
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def is_date(text: str) -> bool:
    """Whether a text is an ISO date."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_surely_late(first: str, second: str) -> bool:
    """Whether `second` is not after `first`, as far as that is known without date and zone."""
    return _comparable(first, second) and _moment(first) >= _moment(second)


def seconds_of(text: str, base_epoch: int, zone: ZoneInfo) -> int:
    """Seconds after the base instant that HH:MM or an RFC 3339 time names."""
    if _CLOCK.match(text):
        return _clock_seconds(text)
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return int(moment.timestamp()) - base_epoch


def clock_of(seconds: int, base_epoch: int, zone: ZoneInfo) -> str:
    """RFC 3339 time of seconds after the base instant."""
    return datetime.fromtimestamp(base_epoch + int(seconds), zone).isoformat()


def base_epoch_of(service_date: date, zone: ZoneInfo) -> int:
    """Unix time of noon minus twelve hours."""
    noon = datetime.combine(service_date, time(12), zone)
    return int(noon.timestamp()) - 12 * 3600


def _clock_seconds(text: str) -> int:
    parts = [int(part) for part in text.split(":")]
    return parts[0] * 3600 + parts[1] * 60 + (parts[2] if len(parts) == 3 else 0)


def _comparable(first: str, second: str) -> bool:
    """Whether two times can be ordered without knowing date and zone."""
    clocks = [bool(_CLOCK.match(text)) for text in (first, second)]
    if all(clocks):
        return True
    if any(clocks):
        return False
    zones = [datetime.fromisoformat(text).tzinfo is None for text in (first, second)]
    return zones[0] == zones[1]


def _moment(text: str) -> float:
    if _CLOCK.match(text):
        return float(_clock_seconds(text))
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.timestamp()
