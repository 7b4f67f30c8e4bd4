import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from maas.errors import RegionFileError
from maas.fetch import fetch
from tests.maas.feed_server import feed_server


class Counting(BaseHTTPRequestHandler):
    """Serves one file with an ETag and counts what it sends."""

    sent = 0

    def do_GET(self) -> None:
        if self.path != "/feed.zip":
            self.send_error(404)
        elif self.headers.get("If-None-Match") == '"v1"':
            self.send_response(304)
            self.end_headers()
        else:
            type(self).sent += 1
            self.send_response(200)
            self.send_header("ETag", '"v1"')
            self.send_header("Content-Length", "5")
            self.end_headers()
            self.wfile.write(b"bytes")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Stay silent."""


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Counting)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_unchanged_file_is_sent_once(address: str, tmp_path: Path) -> None:
    Counting.sent = 0
    first = fetch(f"{address}/feed.zip", tmp_path)
    second = fetch(f"{address}/feed.zip", tmp_path)
    assert first == second
    assert first.read_bytes() == b"bytes"
    assert Counting.sent == 1


@pytest.mark.parametrize("url", ["{}/absent.zip", "http://127.0.0.1:9/feed.zip", "nonsense"])
def test_a_failed_download_names_the_url_and_leaves_nothing(
    address: str, url: str, tmp_path: Path
) -> None:
    with pytest.raises(RegionFileError, match="cannot be downloaded"):
        fetch(url.format(address), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_changed_file_is_sent_anew_and_then_kept(tmp_path: Path) -> None:
    with feed_server() as server:
        server.show(b"one")
        assert fetch(server.url, tmp_path).read_bytes() == b"one"
        server.show(b"two")
        assert fetch(server.url, tmp_path).read_bytes() == b"two"
        assert fetch(server.url, tmp_path).read_bytes() == b"two"
        first, second = server.asked[1:]
        assert first != second == server.etag
