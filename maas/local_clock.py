"""Seconds of a day's tables ↔ local time."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo


class LocalClock(NamedTuple):
    """Counts seconds after the base instant of a service date."""

    base_epoch: int  # Unix time
    zone: ZoneInfo

    def moment(self, seconds: int) -> datetime:
        """Local time."""
        return datetime.fromtimestamp(self.base_epoch + seconds, UTC).astimezone(self.zone)

    def seconds(self, moment: datetime) -> int:
        """Seconds of a local time."""
        return int(moment.timestamp()) - self.base_epoch

    def of_day(self, seconds: int) -> int:
        """Wall-clock time, seconds after midnight."""
        local = self.moment(seconds)
        clock = timedelta(hours=local.hour, minutes=local.minute, seconds=local.second)
        return int(clock.total_seconds())

    def text(self, seconds: int) -> str:
        """Time as RFC 3339 with offset."""
        return self.moment(seconds).isoformat()
