"""`python -m api -r DIR`: serve a region over HTTP until Ctrl-C or SIGTERM."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn


def main(argv: Sequence[str] | None = None) -> int:
    """Serve; 0 = stopped on request, 2 = the input is wrong, 1 = the service failed."""
    given = {name: value for name, value in vars(_parse(argv)).items() if value is not None}
    from pydantic import ValidationError

    from api.errors import ApiError
    from api.settings import Settings
    from cargo.errors import CargoError
    from gtfs.errors import GtfsError
    from maas.errors import MaasError
    from routing.errors import RoutingError

    try:
        settings = Settings(**given)
        return _serve(settings)
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            name = str(fault["loc"][0])
            option = f"--{name.replace('_', '-')} (or MAAS_{name.upper()})"
            _say(f"{option}: {fault['msg']} (value: {fault['input']!r})")
        return 2
    except (ApiError, CargoError, GtfsError, MaasError, RoutingError) as error:
        _say(str(error))
        return 2
    except KeyboardInterrupt:
        return 0


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="maas serve",
        description="Serve the HTTP interface of a region; settings are also read from MAAS_*.",
    )
    parser.add_argument("-r", "--region", type=Path, metavar="DIR", help="region directory")
    parser.add_argument("--host", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (8000); 0 takes a free one")
    parser.add_argument(
        "--redis-url", metavar="URL", help="Redis or Valkey to use (none: an embedded Valkey)"
    )
    parser.add_argument(
        "--data-dir", type=Path, metavar="DIR", help="where the embedded Valkey keeps bookings"
    )
    parser.add_argument(
        "--realtime",
        action="append",
        metavar="[FEED=]URL",
        help="GTFS-Realtime messages, beside those of the region file; several are allowed",
    )
    return parser.parse_args(argv)


def _serve(settings: Any) -> int:
    """Open the service, listen, and say so when it is ready."""
    import logging
    import signal

    import uvicorn

    from api.app import create_app
    from api.service import Service

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    signal.signal(signal.SIGTERM, _on_sigterm)
    listener = _listen(settings.host, settings.port)
    with listener, Service.open(settings) as service:
        app = create_app(settings, service)
        server = uvicorn.Server(
            uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=20)
        )
        warmed, address = service.start_warm_up(), listener.getsockname()

        def on_warmed(_: object) -> None:
            if warmed.cancelled() or warmed.exception() is not None:
                server.should_exit = True
            elif not server.should_exit:  # else the listener is closed already
                print(_greeting(service, address), flush=True)  # noqa: T201

        warmed.add_done_callback(on_warmed)
        server.run(sockets=[listener])
        if warmed.done() and not warmed.cancelled():
            warmed.result()  # raises what made the warm-up fail
    return 0


def _listen(host: str, port: int) -> Any:
    """Take the address before anything slow happens; early connections wait in its queue."""
    import socket

    from api.errors import ApiError

    try:
        return socket.create_server((host, port), family=_family(host), backlog=256)
    except OSError as error:
        msg = (
            f"cannot listen on {host} port {port}: {error.strerror or error}; name another with "
            "--host and --port (0 takes a free port)"
        )
        raise ApiError(msg) from error


def _family(host: str) -> Any:
    """IPv4 or IPv6, as the name of the host says."""
    import socket

    return socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][0]


def _greeting(service: Any, address: Sequence[Any]) -> str:
    host = f"[{address[0]}]" if ":" in address[0] else address[0]
    notice = " (SYNTHETIC DATA / 合成データ)" if service.region.file.synthetic else ""
    return (
        f"{service.region.file.name}{notice} is served at http://{host}:{address[1]} "
        f"— http://{host}:{address[1]}/docs lists what it can do; Ctrl-C stops it"
    )


def _on_sigterm(*_: object) -> None:
    """End like Ctrl-C, so that everything is closed."""
    raise KeyboardInterrupt


def _say(text: str) -> None:
    print(f"maas serve: {text}", file=sys.stderr)  # noqa: T201


def _leave(code: int) -> NoReturn:
    """End the process; all is closed, only a kernel may be compiling for the warm-up."""
    import os
    import threading

    from api.service import WARM_UP

    if any(thread.name.startswith(WARM_UP) for thread in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # a thread that compiles can only be left behind
    sys.exit(code)


if __name__ == "__main__":
    _leave(main())
