"""Feeds spoilt on purpose, built in a process of bounded memory: `python -m … FOLDER SEED COUNT`.

Writes one line of JSON: how many came in, how many were refused, and the slowest one. Anything but
our own errors ends the process with a traceback.
"""

import json
import random
import resource
import stat
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from cargo.errors import CargoError
from gtfs.errors import GtfsError
from maas.build import build_region
from maas.errors import MaasError
from routing.errors import RoutingError
from tests.gtfs.damage import WORDS, damaged
from tests.gtfs.feeds import EVERYTHING, lines_of

REFUSALS = (GtfsError, MaasError, RoutingError, CargoError)
REGION = "name: Spoilt\ntimezone: Asia/Tokyo\nfeeds: [{id: f, path: f.zip}]\n"
HEADROOM = 3 << 29  # bytes of address space beyond what the process has when it begins
Files = dict[str, bytes]


def other_bytes(files: Files, draw: random.Random) -> Files:
    name = draw.choice(list(files))
    return {**files, name: damaged(files[name], draw)}


def other_columns(files: Files, draw: random.Random) -> Files:
    """Rename, drop, double or exchange columns of a header."""
    name = draw.choice([name for name in files if name.endswith(".txt")])
    header, _, rest = files[name].partition(b"\n")
    columns = header.split(b",")
    one, other = draw.randrange(len(columns)), draw.randrange(len(columns))
    match draw.randrange(5):
        case 0:
            columns[one] = b"nonsense"
        case 1:
            del columns[one]
        case 2:
            columns[one], columns[other] = columns[other], columns[one]
        case 3:
            columns.append(columns[one])
        case 4:
            columns = [b""] * len(columns)
    return {**files, name: b",".join(columns) + b"\n" + rest}


def other_cells(files: Files, draw: random.Random) -> Files:
    """Put strange words into cells."""
    name = draw.choice([name for name in files if name.endswith(".txt")])
    rows = [line.split(b",") for line in files[name].split(b"\n")]
    for _ in range(draw.randint(1, 5)):
        row = draw.choice(rows)
        row[draw.randrange(len(row))] = draw.choice(WORDS)
    return {**files, name: b"\n".join(b",".join(row) for row in rows)}


def many_rows(files: Files, draw: random.Random) -> Files:
    """Repeat rows, with ids of their own or not."""
    name = draw.choice([name for name in files if name.endswith(".txt")])
    header, *rows = files[name].rstrip(b"\n").split(b"\n")
    row = draw.choice(rows or [b","])
    own = draw.random() < 0.5
    more = [(b"%d" % k if own else b"") + row for k in range(draw.choice((10, 1_000, 20_000)))]
    return {**files, name: b"\n".join([header, *rows, *more]) + b"\n"}


def bomb(files: Files, draw: random.Random) -> Files:
    """Add or enlarge a file that is small in the zip only."""
    name = draw.choice([*files, "unknown.txt", "deep/er/stops.txt"])
    pattern = draw.choice([b"\0", b",\n", b"\n", b'"', b"a,b,c\n", b"[", b'{"a":'])
    size = draw.choice((1 << 16, 1 << 20, 7 << 20, 40 << 20))
    return {**files, name: files.get(name, b"")[:300] + pattern * (size // len(pattern))}


def other_names(files: Files, draw: random.Random) -> Files:
    """Names that lead out of the zip, or are no names."""
    outside = str(Path.cwd().parent / "evil.txt")
    name = draw.choice(list(files))
    strange = draw.choice(
        (f"../{name}", f"../../{name}", outside, f"C:\\{name}", f"a/../../{name}", f"{name}/", "",
         f"{name}/{name}", name.upper(), "あ" * 80 + ".txt", "con", f"..\\{name}", f"./{name}")
    )  # fmt: skip
    changed = {**files, strange: files[name]}
    if draw.random() < 0.5:
        del changed[name]
    return changed


def other_kind(files: Files, draw: random.Random) -> Files:
    """Put something else than a table (or GeoJSON) into a file, or take the file away."""
    name = draw.choice(list(files))
    something = [b"", b"\n", files[name][:40].partition(b"\n")[0], b"<html></html>", b"PK\x03\x04"]
    something += [files[name].decode().encode(code) for code in ("utf-16", "utf-8-sig", "utf-32")]
    something += [b"[" * 100_000, b'{"features": [{}]}', draw.randbytes(2_000), b"null", b"1,2\n3"]
    changed = {**files, name: draw.choice(something)}
    if draw.random() < 0.2:
        del changed[name]
    return changed


WAYS: tuple[Callable[[Files, random.Random], Files], ...] = (
    other_bytes, other_bytes, other_columns, other_cells, many_rows, bomb, other_names, other_kind,
)  # fmt: skip


def write(path: Path, files: Files, draw: random.Random) -> None:
    """Write a zip, with links and folders in place of files now and then, and damage some."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name or "nameless")
            entry.compress_type = zipfile.ZIP_DEFLATED
            if draw.random() < 0.01:
                entry.external_attr = (stat.S_IFLNK | 0o777) << 16
                content = b"../../evil.txt"  # noqa: PLW2901
            archive.writestr(entry, content)
    if draw.random() < 0.15:
        path.write_bytes(damaged(path.read_bytes(), draw))


def run(folder: Path, seed: int, count: int) -> dict[str, object]:
    """Build `count` spoilt feeds; only refusals of ours may come."""
    draw = random.Random(seed)
    whole = {name: lines_of(text).encode() for name, text in EVERYTHING.items()}
    source, ends, slowest = folder / "region.yaml", Counter[str](), (0.0, "")
    source.write_text(REGION, encoding="utf-8")
    for case in range(count):
        way = draw.choice(WAYS)
        write(folder / "f.zip", way(whole, draw), draw)
        started = time.process_time()
        try:
            build_region(source, folder / "built")
            ends["read"] += 1
        except REFUSALS:
            ends["refused"] += 1
        except BaseException:
            sys.stderr.write(f"case {case} of seed {seed}: {way.__name__}\n")
            raise
        slowest = max(slowest, (time.process_time() - started, f"{way.__name__} {case}"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    return {**ends, "slowest_s": round(slowest[0], 2), "slowest": slowest[1], "peak_mb": peak}


def bound_memory() -> None:
    """Let the process map no more than `HEADROOM` above what it has."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + HEADROOM
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


if __name__ == "__main__":
    place, first_seed, n_cases = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    run(place, 0, 1)  # loads what is loaded late
    bound_memory()
    sys.stdout.write(json.dumps(run(place, first_seed, n_cases)) + "\n")
