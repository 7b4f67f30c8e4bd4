"""Where GTFS-Realtime messages come from: a URL that is asked again and again, or a file."""

import random
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from gtfs.realtime.messages import Message, RealtimeError
from gtfs.realtime.read import read_message
from maas.errors import MaasError
from maas.fetch import Answer, AskError, ask
from maas.region_file import Realtime, RegionFile

ANY = "any"  # kind of a source given by hand
LONGEST_PAUSE = 600.0  # s between two questions of a source that fails


class RealtimeSourceError(MaasError, ValueError):
    """An option names no source of realtime messages of this region."""


@dataclass(frozen=True)
class Address:
    """Where messages about a feed come from, and how they are asked for."""

    feed_id: str
    kind: str  # trip_updates, vehicle_positions, alerts, or `ANY`
    place: str  # URL or path
    rules: Realtime = field(default_factory=Realtime)

    @property
    def is_given(self) -> bool:
        """Whether it was named on the command line, not by the region file."""
        return self.kind == ANY

    @property
    def is_url(self) -> bool:
        """Whether it is asked over the network."""
        return self.place.startswith(("http://", "https://"))

    @property
    def shown(self) -> str:
        """The address without what may be a secret: user, password, query."""
        if not self.is_url:
            return Path(self.place).name
        parts = urlsplit(self.place)
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit((parts.scheme, host, parts.path, "", ""))


def addresses(file: RegionFile, given: tuple[str, ...] = ()) -> list[Address]:
    """Return the sources of a region file, and those given as `FEED=PLACE` or `PLACE`.

    Raises
    ------
    RealtimeSourceError
        If a feed is named that the region does not have, or none where it has several.
    """
    found = [
        Address(feed.id, kind, place, feed.realtime)
        for feed in file.feeds
        if feed.realtime is not None
        for kind, place in feed.realtime.addresses.items()
    ]
    return found + [_given(file, text) for text in given]


def _given(file: RegionFile, text: str) -> Address:
    ids = [feed.id for feed in file.feeds]
    named, equals, place = text.partition("=")
    if equals and named in ids:
        return Address(named, ANY, place)
    if len(ids) == 1:
        return Address(ids[0], ANY, text)
    msg = (
        f"--realtime {text}: the region has several feeds; say which one it is about: "
        f"--realtime FEED={text} with FEED one of {', '.join(ids)}"
    )
    raise RealtimeSourceError(msg)


class Source:
    """A place that is asked, the last good message from it, and how it has been doing.

    One thread polls it; others only read its fields.
    """

    def __init__(self, address: Address) -> None:
        self.address = address
        self.message: Message | None = None
        self.confirmed: float | None = None  # Unix time at which the message was still current
        self.polls = self.failures = self.failures_in_row = self.unchanged = self.n_bytes = 0
        self.error = ""
        self._answer: Answer | None = None
        self._random = random.Random(address.place)

    def poll(self, now: float | None = None) -> bool:
        """Ask once; return whether a new message came. A failure is counted, not raised."""
        now = time.time() if now is None else now
        self.polls += 1
        try:
            answer = self._ask()
            is_new = answer.content is not None
            if answer.content is not None:
                self.message = read_message(answer.content, self.address.shown, int(now))
                self.n_bytes = len(answer.content)
            else:
                self.unchanged += 1
        except (AskError, RealtimeError, OSError) as error:
            self.failures += 1
            self.failures_in_row += 1
            self.error = str(error)
            return False
        self._answer = answer._replace(content=b"")
        self.confirmed, self.error, self.failures_in_row = now, "", 0
        return is_new

    def _ask(self) -> Answer:
        rules = self.address.rules
        if self.address.is_url:
            return ask(
                self.address.place, self._answer, timeout=rules.timeout, max_bytes=rules.max_bytes
            )
        path = Path(self.address.place)
        tag = str(path.stat().st_mtime_ns)
        if self._answer is not None and self._answer.etag == tag:
            return self._answer._replace(content=None)
        if path.stat().st_size > rules.max_bytes:
            msg = f"the file is longer than {rules.max_bytes} bytes"
            raise AskError(msg)
        return Answer(path.read_bytes(), tag, "")

    def pause(self) -> float:
        """Seconds until the next poll: longer with each failure in a row, never quite the same."""
        interval = self.address.rules.interval
        if self.failures_in_row:
            grown = interval * 2 ** min(self.failures_in_row, 10)
            interval = max(interval, min(grown, LONGEST_PAUSE))
        return interval * self._random.uniform(0.9, 1.1)

    def current(self, now: float) -> Message | None:
        """Return the last good message, unless it is too old to count."""
        if self.message is None or self.confirmed is None:
            return None
        return None if now - self.confirmed > self.address.rules.max_age else self.message

    def status(self, now: float) -> dict[str, Any]:
        """How the source is doing, for people and monitors."""
        if self.confirmed is None:
            state = "failing" if self.failures else "waiting"
        elif self.current(now) is None:
            state = "stale"
        else:
            state = "failing" if self.failures_in_row else "ok"
        message = self.message
        counts = message and {
            "trip_updates": len(message.updates),
            "vehicle_positions": len(message.vehicles),
            "alerts": len(message.alerts),
            "trip_modifications": len(message.modifications),
            "faults": list(message.faults[:20]),
        }
        return {
            "feed": self.address.feed_id,
            "kind": self.address.kind,
            "source": self.address.shown,
            "state": state,
            "interval_s": self.address.rules.interval,
            "message_time": None if message is None else message.timestamp,
            "message_age_s": None if message is None else round(now - message.timestamp),
            "confirmed_age_s": None if self.confirmed is None else round(now - self.confirmed),
            "polls": self.polls,
            "failures": self.failures,
            "failures_in_row": self.failures_in_row,
            "unchanged": self.unchanged,
            "bytes": self.n_bytes,
            "error": self.error or None,
            "entities": counts,
        }
