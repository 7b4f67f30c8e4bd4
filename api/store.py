"""Bookings and the capacity ledger, kept in Redis or Valkey; the only importer of `redis`.

The store holds what is *used* of each trip segment; capacity comes from the region with each call.
All keys of a region share one hash tag, `{maas:<region>}`:

* `version` counts changes; `changes` is a stream whose entry `<version>-0` says what changed
* `used:<date>` holds the used amounts of one service date, one field for each segment and resource;
  (pieces of each class of goods are a resource too); `dates` names the dates there are
* `booking:<id>` holds a document, its status, and what it takes
* `again:<hash>` remembers an `Idempotency-Key` for a day
* `epoch` is drawn once, so that a store that was emptied or replaced is noticed
* `secret` signs offers

Holding and freeing are Lua scripts: checked and written as one step, over all segments at once.
They can be sent twice (the client retries after a lost connection) without booking twice.
"""

import hashlib
import json
import logging
import secrets
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, cast

import redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from api.errors import (
    KeyReusedError,
    SpaceTakenError,
    StoreNotDurableError,
    StoreSchemaError,
    StoreUnavailableError,
    UnknownBookingError,
)
from api.ledger_rows import (
    Held,
    applied,
    change_of,
    field_of,
    fields_of,
    ledger_of,
    merged,
    read_change,
    rows_of,
    shortages,
)
from maas.bookings import Claim
from maas.ledger import Ledger

logger = logging.getLogger(__name__)

SCHEMA = "1"
_SCRIPTS = Path(__file__).parent / "lua"
_REMEMBERED = 86_400  # s an Idempotency-Key is remembered


@dataclass(frozen=True)
class Booking:
    """A booking as it is kept."""

    id: str
    status: str  # confirmed | cancelled
    document: dict[str, Any]
    freed: str | None = None  # when it was cancelled, RFC 3339


@dataclass(frozen=True)
class Once:
    """An `Idempotency-Key` and the body it came with."""

    key: str
    body: bytes


class Store:
    """Bookings of one region; safe to share between threads.

    Parameters
    ----------
    url
        `redis://`, `rediss://` or `unix://` address.
    region
        Name of the region: stores may be shared between regions.
    keep_days
        Days after the service date for which a booking is kept.
    allow_loss
        Take bookings even when the store might lose them.
    """

    def __init__(
        self, url: str, region: str, *, keep_days: int = 30, allow_loss: bool = False
    ) -> None:
        self._redis = redis.Redis.from_url(
            url,
            decode_responses=True,
            socket_timeout=5,
            socket_connect_timeout=2,
            retry=Retry(ExponentialBackoff(cap=0.2, base=0.05), 2),
        )
        self._prefix = f"{{maas:{region}}}:"
        self._keep = timedelta(days=keep_days)
        self._allow_loss = allow_loss
        self._hold = self._redis.register_script((_SCRIPTS / "hold.lua").read_text())
        self._free = self._redis.register_script((_SCRIPTS / "free.lua").read_text())
        self._lock = threading.Lock()
        self._ledger = Ledger()
        self._epoch: str | None = None  # of the store that `_ledger` mirrors

    def open(self) -> None:
        """Check that the store answers and that its schema is ours; a new store is set up.

        Raises
        ------
        StoreUnavailableError
            If it does not answer.
        StoreSchemaError
            If another version of this program wrote it.
        """
        with self._answering():
            self._redis.set(self._key("schema"), SCHEMA, nx=True)
            self._redis.set(self._key("epoch"), secrets.token_hex(8), nx=True)
            self._redis.set(self._key("secret"), secrets.token_hex(32), nx=True)
            found = str(self._redis.get(self._key("schema")))
        if found != SCHEMA:
            msg = (
                f"the store has schema {found}, this version knows {SCHEMA}; use a matching version"
            )
            raise StoreSchemaError(msg)

    def close(self) -> None:
        """Let go of all connections."""
        self._redis.close()

    def secret(self) -> bytes:
        """Key that signs offers, the same for all services on this store."""
        with self._answering():
            return bytes.fromhex(cast("str", self._redis.get(self._key("secret"))))

    def ledger(self) -> Ledger:
        """Return the present snapshot of all used amounts.

        One small read when nothing changed, else what changed since the last snapshot.

        Raises
        ------
        StoreUnavailableError
            If the store does not answer.
        """
        with self._lock, self._answering():
            version, epoch = self._stamp()
            if epoch != self._epoch or version != self._ledger.version:
                self._ledger = self._caught_up(self._ledger, version, epoch)
            return self._ledger

    def last_ledger(self) -> Ledger:
        """Return the snapshot that was read last, for when the store does not answer."""
        return self._ledger

    def check_durable(self) -> None:
        """Refuse a store that might lose a confirmed booking.

        Raises
        ------
        StoreNotDurableError
            If it keeps no append-only file, or evicts keys when memory is short.
        """
        if self._allow_loss:
            return
        with self._answering():
            disk = self._redis.info("persistence")
            memory = self._redis.info("memory")
        if int(disk.get("aof_enabled", 0)) != 1:
            msg = (
                "the store keeps no append-only file, so a crash would lose confirmed bookings; "
                "set `appendonly yes` there, or accept the loss with MAAS_ALLOW_LOSS=true"
            )
            raise StoreNotDurableError(msg)
        policy = memory.get("maxmemory_policy", "noeviction")
        if int(memory.get("maxmemory", 0)) > 0 and policy != "noeviction":
            msg = (
                f"the store evicts keys when memory is short (maxmemory-policy {policy}); set "
                "`maxmemory-policy noeviction` there, or accept the loss with MAAS_ALLOW_LOSS=true"
            )
            raise StoreNotDurableError(msg)

    def hold(
        self,
        booking_id: str,
        claims: Iterable[Claim],
        document: Mapping[str, Any],
        once: Once | None = None,
    ) -> tuple[Booking, bool]:
        """Take all claims at once, or none, and keep the booking.

        Returns
        -------
        booking
            The new one, or the one that the same `Idempotency-Key` made before.
        is_new
            Whether this call made it.

        Raises
        ------
        SpaceTakenError
            If a segment has less left than is asked; nothing is then taken.
        KeyReusedError
            If the `Idempotency-Key` came before with another body.
        StoreNotDurableError, StoreUnavailableError
            If the booking could be lost, or the store does not answer.
        """
        self.check_durable()
        wanted = merged(claims)
        rows = [row for claim in wanted for row in rows_of(claim)]
        dates = sorted({claim.key.service_date for claim in wanted})
        index = {day: i + 1 for i, day in enumerate(dates)}
        changes = json.dumps([change_of(claim) for claim in wanted])
        arguments = [
            json.dumps(
                [
                    [
                        index[key.service_date],
                        key.service_date.isoformat(),
                        self._expiry(key.service_date),
                        field_of(key, resource),
                        asked,
                        room,
                    ]
                    for key, resource, asked, room in rows
                ]
            ),
            changes,
            json.dumps(document, ensure_ascii=False),
            "confirmed",
            self._expiry(dates[-1] if dates else datetime.now(UTC).date()),
            hashlib.sha256(once.body).hexdigest() if once else "",
            _REMEMBERED,
        ]
        keys = [
            self._key("booking", booking_id),
            self._again_key(once.key if once else booking_id),
            self._key("version"),
            self._key("changes"),
            self._key("dates"),
            *(self._key("used", day.isoformat()) for day in dates),
        ]
        outcome, *facts = self._run(self._hold, keys, arguments)
        if outcome == "reused":
            raise KeyReusedError
        if outcome == "short":
            raise SpaceTakenError(shortages(rows, facts))
        if outcome == "again":
            return self.booking(facts[0].removeprefix(self._key("booking", ""))), False
        return Booking(booking_id, "confirmed", dict(document)), True

    def made_before(self, once: Once) -> Booking | None:
        """Return the booking that the same `Idempotency-Key` and body made, if any.

        Raises
        ------
        KeyReusedError
            If the key came before with another body.
        """
        with self._answering():
            request, booking_key = cast(
                "list[str | None]",
                self._redis.hmget(self._again_key(once.key), ["request", "booking"]),
            )
        if request is None or booking_key is None:
            return None
        if request != hashlib.sha256(once.body).hexdigest():
            raise KeyReusedError
        return self.booking(booking_key.removeprefix(self._key("booking", "")))

    def booking(self, booking_id: str) -> Booking:
        """Read a booking.

        Raises
        ------
        UnknownBookingError
            If there is none with that id.
        """
        return self._read(booking_id)[0]

    def free(self, booking_id: str) -> Booking:
        """Cancel a booking and give back what it holds; a second call changes nothing.

        Raises
        ------
        UnknownBookingError
            If there is none with that id.
        """
        _, held = self._read(booking_id)
        dates = sorted({one.key.service_date for one in held})
        index = {day: i + 1 for i, day in enumerate(dates)}
        claims = [
            [index[one.key.service_date], field, taken]
            for one in held
            for field, taken in fields_of(one)
        ]
        keys = [
            self._key("booking", booking_id),
            self._key("version"),
            self._key("changes"),
            *(self._key("used", day.isoformat()) for day in dates),
        ]
        now = datetime.now(UTC).isoformat(timespec="seconds")
        outcome, *_ = self._run(self._free, keys, [json.dumps(claims), "cancelled", now])
        if outcome == "missing":
            raise UnknownBookingError(booking_id)
        return self.booking(booking_id)

    def _key(self, *parts: str) -> str:
        return self._prefix + ":".join(parts)

    def _again_key(self, key: str) -> str:
        return self._key("again", hashlib.sha256(key.encode()).hexdigest())

    def _expiry(self, day: date) -> int:
        """Unix time at which what belongs to a service date may be erased."""
        noon = datetime.combine(max(day, datetime.now(UTC).date()), time(12), UTC)
        return int((noon + self._keep).timestamp())

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """Turn any failure of the store into the one error that callers know."""
        try:
            yield
        except redis.RedisError as error:
            msg = f"the store of bookings does not answer as it should: {error}"
            raise StoreUnavailableError(msg) from error

    def _run(self, script: Any, keys: list[str], arguments: list[Any]) -> list[str]:
        with self._answering():
            return [str(part) for part in script(keys=keys, args=arguments)]

    def _read(self, booking_id: str) -> tuple[Booking, list[Held]]:
        with self._answering():
            found = cast("dict[str, str]", self._redis.hgetall(self._key("booking", booking_id)))
        if not found:
            raise UnknownBookingError(booking_id)
        document = json.loads(found["document"])
        booking = Booking(booking_id, found["status"], document, found.get("freed"))
        return booking, [read_change(row) for row in json.loads(found["changes"])]

    def _stamp(self) -> tuple[int, str]:
        version, epoch = cast(
            "list[str | None]", self._redis.mget([self._key("version"), self._key("epoch")])
        )
        return int(version or 0), epoch or ""

    def _caught_up(self, mirrored: Ledger, version: int, epoch: str) -> Ledger:
        """Bring a snapshot up to date from the stream of changes, or read all anew."""
        if epoch == self._epoch and mirrored.version < version:
            entries = cast(
                "list[tuple[str, dict[str, str]]]",
                self._redis.xrange(self._key("changes"), f"{mirrored.version + 1}-0", "+"),
            )
            if entries and entries[0][0] == f"{mirrored.version + 1}-0":
                return applied(mirrored, entries)
        snapshot = self._read_all()
        self._epoch = epoch
        logger.info(
            "event=ledger_read version=%d segments=%d", snapshot.version, len(snapshot.used)
        )
        return snapshot

    def _dates(self) -> list[str]:
        """Service dates with bookings, erased ones included."""
        return sorted(cast("set[str]", self._redis.smembers(self._key("dates"))))

    def _read_all(self) -> Ledger:
        """Read all used amounts and their version in one transaction."""
        while True:
            dates = self._dates()
            with self._redis.pipeline(transaction=True) as pipe:
                pipe.get(self._key("version"))
                for day in dates:
                    pipe.hgetall(self._key("used", day))
                version, *tables = pipe.execute()
            if self._dates() == dates:  # else a booking added one in between
                break
        return ledger_of(dates, tables, int(version or 0))
