"""Options that `maas reach` and `maas accessibility` share."""

import argparse
from pathlib import Path
from typing import Any

from maas.errors import QueryError


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare region, departures, limits and modes."""
    parser.add_argument("-r", "--region", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--at", required=True, metavar="TIME", help="first departure, YYYY-MM-DDTHH:MM"
    )
    parser.add_argument(
        "--window", type=int, metavar="S", help="departures within so many seconds; default: 7200"
    )
    parser.add_argument("--step", type=int, metavar="S", help="between departures; default: 60")
    parser.add_argument("--minutes", metavar="N,N", help="how far is far; default: 30")
    parser.add_argument("--percentiles", metavar="P,P", help="over the departures; default: 50")
    parser.add_argument("--modes", metavar="M,M", help="such as bus,rail; default: all lines")
    parser.add_argument("--max-walk", type=int, metavar="M", help="metres to or from a stop")


def document_of(args: argparse.Namespace) -> dict[str, Any]:
    """Return the question that the options make; what was not given is left to its default."""
    given = {
        "at": args.at,
        "window_s": args.window,
        "step_s": args.step,
        "limits_s": _numbers("--minutes", args.minutes, 60),
        "percentiles": _numbers("--percentiles", args.percentiles, 1),
        "modes": None if args.modes is None else [m.strip() for m in args.modes.split(",")],
        "max_walk_m": args.max_walk,
    }
    return {name: value for name, value in given.items() if value is not None}


def _numbers(option: str, text: str | None, unit: int) -> list[int] | None:
    """Numbers of a list such as `15,30`.

    Raises
    ------
    QueryError
        If one is no whole number.
    """
    if text is None:
        return None
    try:
        return [int(part) * unit for part in text.split(",")]
    except ValueError as error:
        msg = f"{option}: '{text}' is no list of whole numbers such as 15,30"
        raise QueryError(msg) from error
