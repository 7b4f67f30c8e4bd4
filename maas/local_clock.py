"""Seconds of a day's tables ↔ local time."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from maas.kept import Kept

_QUARTER = 900  # s: no zone changes its offset within one
_KEPT = 100_000  # times whose text is remembered: trips call at the same ones again and again


class LocalClock:
    """Counts seconds after the base instant of a service date; remembers what it was asked.

    Parameters
    ----------
    base_epoch
        Unix time of second 0.
    zone
        Zone of the wall clock.
    """

    __slots__ = ("__weakref__", "_minutes", "_offsets", "_texts", "base_epoch", "text", "zone")

    def __init__(self, base_epoch: int, zone: ZoneInfo) -> None:
        self.base_epoch = base_epoch
        self.zone = zone
        self._offsets = Kept(self, LocalClock._offset_in)  # by quarter of an hour
        self._minutes = Kept(self, LocalClock._parts)
        self._texts = Kept(self, LocalClock._write, _KEPT)
        # Time as RFC 3339 with offset.
        self.text: Callable[[int], str] = self._texts.__getitem__

    def moment(self, seconds: int) -> datetime:
        """Local time."""
        return datetime.fromtimestamp(self.base_epoch + seconds, UTC).astimezone(self.zone)

    def seconds(self, moment: datetime) -> int:
        """Seconds of a local time."""
        return int(moment.timestamp()) - self.base_epoch

    def of_day(self, seconds: int) -> int:
        """Wall-clock time, seconds after midnight."""
        epoch = self.base_epoch + seconds
        return (epoch + self._offsets[epoch // _QUARTER]) % 86_400

    def _offset_in(self, quarter: int) -> int:
        """Seconds that the wall clock is ahead of UTC."""
        moment = datetime.fromtimestamp(quarter * _QUARTER, UTC)
        ahead = moment.astimezone(self.zone).utcoffset()
        assert ahead is not None
        return int(ahead.total_seconds())

    def texts(self, seconds: Iterable[int]) -> list[str]:
        """Times as `text` writes them."""
        return list(map(self.text, seconds))

    def _write(self, seconds: int) -> str:
        minute, rest = divmod(self.base_epoch + seconds, 60)
        if (parts := self._minutes[minute]) is None:
            return self.moment(seconds).isoformat()
        return f"{parts[0]}{rest:02}{parts[1]}"

    def _parts(self, minute: int) -> tuple[str, str] | None:
        """What stands before and after the seconds of a minute.

        None in local mean times of old, whose minutes begin at other seconds than those of UTC.
        """
        if self._offsets[60 * minute // _QUARTER] % 60:
            return None
        whole = self.moment(60 * minute - self.base_epoch).isoformat()
        return whole[:17], whole[19:]
