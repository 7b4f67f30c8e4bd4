"""The bike shares of a region: what the build saw of them, and what their feeds say now."""

import json
import logging
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from maas.errors import MaasError
from maas.gbfs import Plan, Snapshot, Step, collect, snapshot

if TYPE_CHECKING:
    from maas.region_parts import BikeShare

_log = logging.getLogger(__name__)
COUNTS_FOR = 1_800  # s around a snapshot in which its bikes and docks count


class LiveShare:
    """One bike share: the last good snapshot; a newer one is fetched beside the queries."""

    def __init__(self, share: "BikeShare", file: Path, currency: str) -> None:
        self.share = share
        self._currency = currency
        self._lock = threading.Lock()
        self._asked = 0.0  # when it was asked last, monotonic s
        self._is_asking = False
        self._now = self._read(json.loads(file.read_text(encoding="utf-8")))

    @property
    def is_url(self) -> bool:
        """Whether it is asked over the network."""
        return "://" in self.share.gbfs

    def plan_of(self, seen: Snapshot) -> Plan | None:
        """What a ride costs by a snapshot; None where that is not known."""
        fare = self.share.fare
        if fare is None:
            return seen.plan
        return Plan(fare.unlock, (Step(fare.free_minutes, fare.per_minute, 1),))

    def current(self) -> Snapshot:
        """Return the last good snapshot, and have a newer one fetched where it is due.

        No query waits for the network: the answer of a URL is for the queries after it.
        """
        with self._lock:
            age = time.monotonic() - self._asked
            if self._is_asking or (self._asked and age < max(self.share.interval, self._now.ttl)):
                return self._now
            self._asked, self._is_asking = time.monotonic(), True
        if self.is_url:
            threading.Thread(target=self.refresh, daemon=True).start()
        else:
            self.refresh()
        return self._now

    def refresh(self) -> None:
        """Read the feed once; a failure is logged and keeps the snapshot there is."""
        try:
            self._now = self._read(collect(self.share.gbfs))
        except (MaasError, OSError, ValueError) as error:
            _log.warning("bike share %s: %s", self.share.id, error)
        finally:
            self._is_asking = False

    def _read(self, documents: dict[str, object]) -> Snapshot:
        return snapshot(documents, self._currency)
