"""`python -m benchmarks NAME [--quick] [--json FILE]`, `all`, and `--list`."""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.harness import NAMES, load
from benchmarks.regions import SHIPPED
from benchmarks.table import document, text, write_json


def main(argv: Sequence[str] | None = None) -> int:
    """Run one benchmark, or each in a process of its own."""
    args = _parser().parse_args(argv)
    if args.list:
        for name in NAMES:
            print(f"{name:<10} {load(name).SUMMARY}")
        return 0
    if args.name == "all":
        return max(_in_own_process(name, args) for name in NAMES)
    benchmark = load(args.name)
    content = document(args.name, benchmark.run(args.quick, args.region), quick=args.quick)
    print(text(benchmark.SUMMARY, content))
    if args.json is not None:
        write_json(args.json, content)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure our programs and the installed peers in one run, by CPU time.",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("name", nargs="?", choices=(*NAMES, "all"), metavar="NAME")
    what.add_argument("--list", action="store_true", help="list the benchmarks")
    parser.add_argument("--quick", action="store_true", help="end within a minute")
    parser.add_argument(
        "--region", type=Path, default=SHIPPED, metavar="region.yaml", help="plan on this region"
    )
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write the figures; `all` adds each name to it"
    )
    return parser


def _in_own_process(name: str, args: argparse.Namespace) -> int:
    """Run one benchmark so that neither its memory nor its imports touch the others."""
    command = [sys.executable, "-m", "benchmarks", name, "--region", str(args.region)]
    command += ["--quick"] if args.quick else []
    if args.json is not None:
        command += ["--json", str(args.json.with_stem(f"{args.json.stem}-{name}"))]
    code = subprocess.run(command, check=False).returncode
    print(flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
