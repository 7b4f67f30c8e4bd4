"""The command line: `maas build`, `maas plan` and the others of `COMMANDS`."""

import argparse
import atexit
import importlib
import os
import sys
from collections.abc import Sequence

import maas
from cargo.errors import CargoError
from gtfs.errors import GtfsError
from maas.errors import MaasError
from routing.errors import RoutingError

COMMANDS = (
    "build", "info", "plan", "replan", "route", "matrix", "isochrone", "reach", "accessibility",
    "cargo", "serve", "scenario", "schema", "validate",
)  # fmt: skip
INPUT_ERRORS = (CargoError, GtfsError, MaasError, RoutingError)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 = answered, 2 = the input is wrong, 1 = the program failed."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    answered: list[int] = []
    if argv is None:  # as a program: taking the interpreter apart takes up to a second
        atexit.register(_leave, answered)  # first of all, so that it comes last
    answered.append(_answer(arguments))
    return answered[0]


def _answer(arguments: Sequence[str]) -> int:
    """Run the command that some arguments name."""
    parser = _parser(arguments)
    args = parser.parse_args(arguments)
    try:
        code: int = args.run(args)
    except INPUT_ERRORS as error:
        print(f"maas {args.command}: {error}", file=sys.stderr)  # noqa: T201
        return 2
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        print(f"maas {args.command}: stopped", file=sys.stderr)  # noqa: T201
        return 130
    return code


def _leave(answered: list[int]) -> None:
    """End the process once all is written and all others have cleaned up."""
    if not answered:
        return  # a fault of ours is being told
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:  # nobody reads on
        answered[0] = 0
    os._exit(answered[0])


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """Make the parser; only the asked command's module is imported."""
    parser = argparse.ArgumentParser(
        prog="maas", description="Plan trips and mixed passenger-freight loads on one network."
    )
    parser.add_argument("--version", action="version", version=f"maas {maas.__version__}")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    asked = next((word for word in arguments if word in COMMANDS), None)
    for name in COMMANDS if asked is None else (asked,):
        importlib.import_module(f"maas.cli.{name}").add(subparsers)
    return parser


if __name__ == "__main__":
    sys.exit(main())
