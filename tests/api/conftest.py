"""Real stores: the embedded Valkey, and Debian's redis-server where it is installed."""

import itertools
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from api.store import Store
from api.valkey import Valkey
from tests.api.regions import built_region

_numbers = itertools.count()
STORES = ["valkey_url", *(["redis_url"] if shutil.which("redis-server") else [])]


@pytest.fixture(scope="session")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    valkey = Valkey(tmp_path_factory.mktemp("valkey"))
    valkey.start()
    yield valkey.url
    valkey.stop()


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("redis")
    with start_redis("redis-server", folder, "--appendonly", "yes") as url:
        yield url


class start_redis:  # noqa: N801  (reads as a verb where it is used)
    """A redis-server of its own in a folder, reached by a Unix socket."""

    def __init__(self, program: str, folder: Path, *options: str) -> None:
        self._url = f"unix://{folder}/redis.sock"
        place = ["--port", "0", "--unixsocket", f"{folder}/redis.sock", "--dir", str(folder)]
        self._process = subprocess.Popen(
            [program, *place, "--save", "", *options], stdout=subprocess.DEVNULL
        )

    def __enter__(self) -> str:
        with redis.Redis.from_url(self._url) as client:
            deadline = time.monotonic() + 10
            while True:
                try:
                    client.ping()
                except redis.ConnectionError:
                    assert time.monotonic() < deadline
                    time.sleep(0.02)
                else:
                    return self._url

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()


MakeStore = Callable[..., Store]


@pytest.fixture(params=STORES)
def make_store(request: pytest.FixtureRequest) -> Iterator[MakeStore]:
    """Open stores of one region that no other test uses."""
    url = request.getfixturevalue(request.param)
    region = f"test {next(_numbers)}"
    opened: list[Store] = []

    def make(*, region: str = region, allow_loss: bool = False) -> Store:
        store = Store(url, region, allow_loss=allow_loss)
        store.open()
        opened.append(store)
        return store

    yield make
    for store in opened:
        store.close()


@pytest.fixture
def store(make_store: MakeStore) -> Store:
    return make_store()


@pytest.fixture(scope="session")
def valley(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Region directory of the small valley."""
    return built_region(tmp_path_factory.mktemp("valley"))


@pytest.fixture(scope="session")
def client(valley: Path, valkey_url: str) -> Iterator[TestClient]:
    """The application on the small valley, warmed up; tests book on dates of their own."""
    settings = Settings(region=valley, redis_url=valkey_url, max_body_bytes=100_000)
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        client.app.state.service.start_warm_up().result()  # type: ignore[attr-defined]
        yield client
