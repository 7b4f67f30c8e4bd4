"""Seconds of a day's tables ↔ local time."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

_QUARTER = 900  # s: no zone changes its offset within one
_KEPT = 100_000  # times whose text is remembered: trips call at the same ones again and again


class _Texts(dict[int, str]):
    """Texts of times; those that are not known yet are written."""

    def __init__(self, write: Callable[[int], str]) -> None:
        super().__init__()
        self._write = write

    def __missing__(self, seconds: int) -> str:
        return self._write(seconds)


class LocalClock:
    """Counts seconds after the base instant of a service date; remembers what it was asked.

    Parameters
    ----------
    base_epoch
        Unix time of second 0.
    zone
        Zone of the wall clock.
    """

    __slots__ = ("_minutes", "_offsets", "_texts", "base_epoch", "text", "zone")

    def __init__(self, base_epoch: int, zone: ZoneInfo) -> None:
        self.base_epoch = base_epoch
        self.zone = zone
        self._offsets: dict[int, int] = {}
        self._minutes: dict[int, tuple[str, str]] = {}
        self._texts = _Texts(self._write)
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
        return (epoch + self._offset(epoch)) % 86_400

    def _offset(self, epoch: int) -> int:
        """Seconds that the wall clock is ahead of UTC."""
        quarter = epoch // _QUARTER
        offset = self._offsets.get(quarter)
        if offset is None:
            ahead = datetime.fromtimestamp(epoch, UTC).astimezone(self.zone).utcoffset()
            assert ahead is not None
            offset = self._offsets[quarter] = int(ahead.total_seconds())
        return offset

    def texts(self, seconds: Iterable[int]) -> list[str]:
        """Times as `text` writes them."""
        return list(map(self.text, seconds))

    def _write(self, seconds: int) -> str:
        """Write a time and remember it."""
        minute, rest = divmod(self.base_epoch + seconds, 60)
        parts = self._minutes.get(minute)
        if parts is None:
            if self._offset(60 * minute) % 60:  # local mean time of old: minutes do not agree
                return self.moment(seconds).isoformat()
            whole = self.moment(60 * minute - self.base_epoch).isoformat()
            parts = self._minutes[minute] = (whole[:17], whole[19:])
        if len(self._texts) >= _KEPT:
            self._texts.clear()
            self._minutes.clear()
        text = self._texts[seconds] = f"{parts[0]}{rest:02}{parts[1]}"
        return text
