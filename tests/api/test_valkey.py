"""The embedded Valkey: owned, locked, and faithful when its owner is killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis

from api.errors import StoreError
from api.valkey import Valkey

ROOT = Path(__file__).parents[2]

# Starts Valkey, books, says so, and waits to be killed.
_BOOKER = """
import sys, time
from datetime import date
from pathlib import Path
from api.store import Store
from api.valkey import Valkey
from maas.bookings import Claim
from maas.ledger import Amount, SegmentKey

valkey = Valkey(Path(sys.argv[1]))
valkey.start()
store = Store(valkey.url, "r")
store.open()
key = SegmentKey("x:1", date(2026, 11, 24), 0, 0)
store.hold(sys.argv[2], [Claim(key, Amount(seats=1), Amount(seats=9))], {})
print(valkey.pid, flush=True)
time.sleep(600)
"""


def test_what_is_written_is_there_after_a_restart(tmp_path: Path) -> None:
    valkey = Valkey(tmp_path / "with space \"and' 札幌")
    for expected in (None, "kept"):
        valkey.start()
        with redis.Redis.from_url(valkey.url, decode_responses=True) as client:
            assert client.get("a") == expected
            client.set("a", "kept")
        valkey.stop()


def test_writes_are_synced_and_nothing_is_evicted(tmp_path: Path) -> None:
    valkey = Valkey(tmp_path)
    valkey.start()
    with redis.Redis.from_url(valkey.url, decode_responses=True) as client:
        found = client.config_get("append*", "maxmemory-policy", "port", "bind")
    valkey.stop()
    assert (found["appendonly"], found["appendfsync"]) == ("yes", "always")
    assert (found["maxmemory-policy"], found["port"]) == ("noeviction", "0")


def test_a_folder_with_a_very_long_name_works(tmp_path: Path) -> None:
    valkey = Valkey(tmp_path / ("long" * 40))
    valkey.start()
    socket_path = Path(valkey.url.removeprefix("unix://"))
    assert socket_path.is_socket()
    valkey.stop()
    assert not socket_path.parent.exists()


def test_stopping_ends_the_process_and_frees_the_folder(tmp_path: Path) -> None:
    valkey = Valkey(tmp_path)
    valkey.start()
    pid = valkey.pid
    valkey.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    valkey.start()
    valkey.stop()


def test_a_folder_in_use_is_refused_with_the_process_that_uses_it(
    tmp_path: Path,
) -> None:
    first, second = Valkey(tmp_path), Valkey(tmp_path, lock_limit=0.2)
    first.start()
    with pytest.raises(StoreError, match=rf"in use by another service \(process {os.getpid()}\)"):
        second.start()
    with redis.Redis.from_url(first.url) as client:
        assert client.ping()
    first.stop()


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be used to keep bookings"):
        Valkey(tmp_path / "file" / "store").start()


def test_a_damaged_file_is_refused_with_the_reason(tmp_path: Path) -> None:
    valkey = Valkey(tmp_path)
    valkey.start()
    with redis.Redis.from_url(valkey.url) as client:
        client.set("a", "b" * 1000)
    valkey.stop()
    (log,) = tmp_path.glob("appendonlydir/*.incr.aof")
    log.write_bytes(b"nonsense" + log.read_bytes())
    with pytest.raises(StoreError, match="Bad file format reading the append only file"):
        valkey.start()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel stops orphans on Linux only")
def test_a_confirmed_booking_survives_kill_9_and_valkey_ends_with_its_owner(tmp_path: Path) -> None:
    for n in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", _BOOKER, str(tmp_path), f"b{n}"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
        ) as owner:
            assert owner.stdout is not None
            valkey_pid = int(owner.stdout.readline())
            owner.send_signal(signal.SIGKILL)
        _await_end(valkey_pid)
    valkey = Valkey(tmp_path)
    valkey.start()
    with redis.Redis.from_url(valkey.url, decode_responses=True) as client:
        used = client.hgetall("{maas:r}:used:2026-11-24")
        kept = client.keys("*booking:b*")
    valkey.stop()
    assert used == {"0|0|seats|x:1": "3"}
    assert isinstance(kept, list)
    assert len(kept) == 3


def _await_end(pid: int) -> None:
    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and "Z" not in _state(pid):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]


def test_even_kill_9_of_valkey_itself_loses_nothing(tmp_path: Path) -> None:
    valkey = Valkey(tmp_path)
    valkey.start()
    with redis.Redis.from_url(valkey.url) as client:
        for n in range(50):
            client.set(f"k{n}", n)
    os.kill(valkey.pid, signal.SIGKILL)
    valkey.stop()
    valkey.start()
    with redis.Redis.from_url(valkey.url) as client:
        assert client.dbsize() == 50
    valkey.stop()


def test_only_the_owner_may_connect(tmp_path: Path) -> None:
    valkey = Valkey(tmp_path)
    valkey.start()
    path = Path(valkey.url.removeprefix("unix://"))
    assert path.stat().st_mode & 0o077 == 0
    with socket.socket(socket.AF_UNIX) as probe:
        probe.connect(str(path))
    valkey.stop()
