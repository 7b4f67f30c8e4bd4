"""`maas serve -r DIR`: hand over to the service, which is a program of its own.

`maas` must not import `api`, so this process becomes `python -m api`, which takes the same options.
"""

import argparse
from pathlib import Path
from typing import Any


def add(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "serve", help="serve the HTTP interface", description="Serve the HTTP interface."
    )
    parser.add_argument(
        "-r", "--region", type=Path, required=True, metavar="DIR", help="region directory"
    )
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
        default=[],
        metavar="[FEED=]URL",
        help="GTFS-Realtime messages, beside those of the region file; several are allowed",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Become the service; returns only if that cannot be done."""
    import os
    import sys

    given = {
        "--region": args.region,
        "--host": args.host,
        "--port": args.port,
        "--redis-url": args.redis_url,
        "--data-dir": args.data_dir,
    }
    options = [
        word
        for option, value in given.items()
        if value is not None
        for word in (option, str(value))
    ]
    options += [word for place in args.realtime for word in ("--realtime", place)]
    # -P and our own root first: a folder `api` where the user stands must not be taken for ours.
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    sys.stdout.flush()
    os.execve(sys.executable, [sys.executable, "-P", "-m", "api", *options], environment)
