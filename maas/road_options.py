"""Options that the road commands of the command line share."""

import argparse
from pathlib import Path
from typing import Any

from cargo.json_text import parse_json
from maas.errors import QueryError

SIZES = ("height_m", "width_m", "length_m", "weight_t", "axle_load_t")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare region, profile and circumstances."""
    parser.add_argument("-r", "--region", type=Path, required=True, metavar="DIR")
    parser.add_argument("-p", "--profile", default="car", help="means of travel; default: car")
    parser.add_argument("--at", metavar="TIME", help="moment, for closures, conditions and traffic")
    parser.add_argument("--avoid", type=Path, metavar="FILE", help="GeoJSON polygons not to touch")
    for size in SIZES:
        parser.add_argument(f"--{size.replace('_', '-')}", type=float, metavar="X")
    parser.add_argument("--hazmat", action="store_true", default=None)


def document_of(args: argparse.Namespace) -> dict[str, Any]:
    """Return the part of a question that these options make; what was not given is left out."""
    sizes = {name: getattr(args, name) for name in (*SIZES, "hazmat")}
    vehicle = {name: value for name, value in sizes.items() if value is not None}
    given = {
        "profile": args.profile,
        "at": args.at,
        "vehicle": vehicle or None,
        "avoid": None if args.avoid is None else read_geojson(args.avoid),
    }
    return {name: value for name, value in given.items() if value is not None}


def read_geojson(path: Path) -> Any:
    """Read a GeoJSON file.

    Raises
    ------
    QueryError
        If it is not there or is no JSON.
    """
    try:
        return parse_json(path.read_bytes())
    except (OSError, ValueError) as error:
        msg = f"{path}: no GeoJSON can be read from it ({error})"
        raise QueryError(msg) from error
