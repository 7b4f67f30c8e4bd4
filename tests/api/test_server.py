"""The service as a process: started by `maas serve`, asked over the network, killed and stopped."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import httpx2
import pytest

from api.__main__ import main
from api.pool import Pool
from api.warm_up import warm_up
from maas.planner import Planner
from maas.region import Region
from tests.api.test_app import PARCEL

ROOT = Path(__file__).parents[2]


class Server:
    """A running service."""

    def __init__(self, process: "subprocess.Popen[str]", greeting: str) -> None:
        self.process = process
        self.greeting = greeting
        found = re.search(r"http://[^\s]+", greeting)
        assert found, greeting
        self.url = found[0]

    def stop(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


@contextmanager
def serving(region: Path, *options: str, cwd: Path = ROOT) -> Iterator[Server]:
    """Start `maas serve` on a free port; it is ready when its first line comes."""
    command = [sys.executable, "-m", "maas", "serve", "-r", str(region), "--port", "0", *options]
    with subprocess.Popen(
        command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            greeting = process.stdout.readline()
            if not greeting:
                pytest.fail(f"the service did not start: {process.communicate()[1]}")
            yield Server(process, greeting)
        finally:
            process.kill()


def offers(client: httpx2.Client, day: str, **more: Any) -> list[Mapping[str, Any]]:
    query = {"from": "北駅", "to": "南口", "at": f"{day}T07:30", "modes": ["bus"], **more}
    found: list[Mapping[str, Any]] = client.post("/v1/journeys", json=query).json()["itineraries"]
    return found


def test_a_service_is_ready_when_it_says_so_and_stops_when_told(
    valley: Path, tmp_path: Path
) -> None:
    with serving(valley, "--data-dir", str(tmp_path)) as server:
        assert "SYNTHETIC DATA / 合成データ" in server.greeting
        assert httpx2.get(f"{server.url}/readyz").status_code == 200
        assert "Small valley" in httpx2.get(f"{server.url}/version").text
        assert server.stop(signal.SIGTERM) == 0
        assert server.process.stderr is not None
        assert "Traceback" not in server.process.stderr.read()


def test_seats_are_never_oversold_and_bookings_survive_kill_9(valley: Path, tmp_path: Path) -> None:
    """16 buyers for 3 seats; then the process is killed and started again on the same folder."""
    day = "2026-04-01"
    with serving(valley, "--data-dir", str(tmp_path)) as server:
        with httpx2.Client(base_url=server.url, timeout=60) as client:
            body = {"offer": offers(client, day)[0]["offer"]["id"]}

            def buy(_: int) -> httpx2.Response:
                return client.post("/v1/bookings", json=body)

            with ThreadPoolExecutor(8) as threads:
                answers = list(threads.map(buy, range(16)))
        assert server.stop(signal.SIGKILL) == -signal.SIGKILL
    assert Counter(answer.status_code for answer in answers) == {201: 3, 409: 13}
    bookings = [answer.json() for answer in answers if answer.status_code == 201]

    with (
        serving(valley, "--data-dir", str(tmp_path)) as server,
        httpx2.Client(base_url=server.url, timeout=60) as client,
    ):
        for booking in bookings:
            assert client.get(f"/v1/bookings/{booking['id']}").json() == booking
        (left,) = offers(client, day, window=3 * 3600)
        assert left["departure"] == f"{day}T09:00:00+09:00"
        assert client.post("/v1/bookings", json=body).status_code == 409  # the old offer is known
        client.delete(f"/v1/bookings/{bookings[0]['id']}")
        assert client.post("/v1/bookings", json=body).status_code == 201
        assert server.stop(signal.SIGINT) == 0


def test_sigterm_while_it_warms_up_ends_without_a_word(
    valley: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def long_warm_up(*_: object) -> None:
        time.sleep(0.5)  # until the server runs
        signal.raise_signal(signal.SIGTERM)
        time.sleep(0.5)  # until its listener is closed

    monkeypatch.setattr("api.service.warm_up", long_warm_up)
    assert main(["-r", str(valley), "--port", "0", "--data-dir", str(tmp_path)]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert "Traceback" not in told.err
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


def test_sigterm_while_kernels_compile_ends_the_process(valley: Path, tmp_path: Path) -> None:
    """With nothing in the cache the warm-up takes minutes; nobody waits for it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "maas", "serve", "-r", str(valley), "--port", str(port),
        "--data-dir", str(tmp_path / "store"),
    ]  # fmt: skip
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "kernels")}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as process:
        while not _answers(f"http://127.0.0.1:{port}/healthz"):
            assert process.poll() is None
            time.sleep(0.2)
        answer = httpx2.get(f"http://127.0.0.1:{port}/readyz")
        assert answer.status_code == 503
        assert answer.json()["code"] == "not-ready"
        process.terminate()
        try:
            assert process.wait(15) == 0
        finally:
            process.kill()


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url, timeout=5).status_code == 200
    except httpx2.TransportError:
        return False


def test_the_warm_up_ends_after_its_query(valley: Path) -> None:
    asked: list[str] = []

    class Lender:
        @contextmanager
        def lend(self) -> Iterator[Any]:
            yield self

        def plan(self, *_: object) -> None:
            asked.append("plan")
            has_ended.set()

    has_ended = threading.Event()
    warm_up(Region.open(valley), cast("Pool[Planner]", Lender()), has_ended)
    assert asked == ["plan"]


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """Take back the handler that the program sets."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize(
    ("options", "part"),
    [
        (["-r", "nowhere"], "nowhere: no built region"),
        (["--port", "99999"], "--port (or MAAS_PORT)"),
        (["--host", "256.0.0.1"], "cannot listen on 256.0.0.1"),
        (["--redis-url", "http://x"], "--redis-url http://x"),
        (["--redis-url", "unix:///nowhere.sock"], "does not answer"),
        (["--data-dir", "/dev/null/x"], "name another --data-dir"),
    ],
)
def test_bad_input_ends_with_one_line_and_code_2(
    valley: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    part: str,
) -> None:
    given = ["-r", str(valley), "--port", "0", "--data-dir", str(tmp_path), *options]
    assert main(given) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert part in told.err
    assert len(told.err.strip().splitlines()) == 1


def test_a_port_in_use_is_named(valley: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert main(["-r", str(valley), "--port", port]) == 2
    assert f"port {port}: Address already in use" in capsys.readouterr().err


def test_a_folder_called_api_where_the_user_stands_is_not_taken_for_ours(
    valley: Path, tmp_path: Path
) -> None:
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "__init__.py").write_text("raise SystemExit('not me')")
    program = ROOT / ".venv" / "bin" / "maas"
    if not program.exists():
        pytest.skip(f"the console script is not installed: {program}")
    command = [str(program), "serve", "-r", str(valley), "--port", "0", "--data-dir", "store"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "is served at" in process.stdout.readline()
        process.terminate()
        assert process.wait(30) == 0
    assert (tmp_path / "store" / "valkey.conf").exists()


def test_a_load_plan_ends_when_its_client_hangs_up(
    valley: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would take ten minutes and more; the next client does not wait for it."""
    monkeypatch.setenv("MAAS_LOAD_SECONDS", "600")
    batch = {"date": "2026-03-17", "shipments": [{**PARCEL, "id": "p1"}]}
    with (
        serving(valley, "--data-dir", str(tmp_path)) as server,
        httpx2.Client(base_url=server.url, timeout=60) as client,
    ):
        with pytest.raises(httpx2.ReadTimeout):
            client.post("/v1/loads?seconds=600", json=batch, timeout=2)
        for _ in range(100):
            answer = client.post("/v1/loads?seconds=0.2", json=batch)
            if answer.status_code != 503:
                break
            time.sleep(0.2)
        assert answer.status_code == 200
