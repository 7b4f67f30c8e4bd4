"""A web server on loopback that serves realtime messages, and misbehaves when told to."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FeedServer:
    """What the server answers, and what it was asked."""

    def __init__(self) -> None:
        self.content = b""
        self.etag = '"0"'
        self.status = 200
        self.delay = 0.0  # s before the answer
        self.drip = 0.0  # s between the bytes of the answer
        self.asked: list[str | None] = []  # If-None-Match of each request
        self.url = ""

    def show(self, content: bytes) -> None:
        """Serve other content from now on."""
        self.content, self.etag = content, f'"{hash(content)}"'


@contextmanager
def feed_server() -> Iterator[FeedServer]:
    state = FeedServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content, etag = state.content, state.etag
            state.asked.append(self.headers.get("If-None-Match"))
            time.sleep(state.delay)
            if state.status == 200 and self.headers.get("If-None-Match") == etag:
                self.send_response(304)
                self.end_headers()
                return
            self.send_response(state.status)
            self.send_header("ETag", etag)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            try:
                for start in range(0, len(content), 1 if state.drip else len(content) or 1):
                    self.wfile.write(content[start : start + (1 if state.drip else len(content))])
                    self.wfile.flush()
                    time.sleep(state.drip)
            except (BrokenPipeError, ConnectionResetError):
                pass  # the client has had enough

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}/feed.pb?key=secret"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
