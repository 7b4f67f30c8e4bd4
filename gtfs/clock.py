"""Base instants of service dates: noon minus twelve hours, which is midnight but on DST changes."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_HALF_DAY = 43_200  # s


@lru_cache(maxsize=4096)
def base_instant(day: date, zone: str) -> int:
    """Unix time of noon minus twelve hours on `day` in `zone`."""
    noon = datetime.combine(day, time(12), ZoneInfo(zone))
    return int(noon.astimezone(UTC).timestamp()) - _HALF_DAY


def days_after(day: date, days: int) -> date:
    """Return the date `days` after `day`."""
    return day + timedelta(days=days)
