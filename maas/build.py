"""Build a region directory from `region.yaml`: whole, or not at all.

The new version is written beside the old one under a temporary name, renamed when it is complete,
and put in use by replacing `CURRENT`. The version before it is kept.
"""

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

import maas
from gtfs.footpaths import combine
from gtfs.read import open_feed
from gtfs.station_walks import station_ways, with_stations
from gtfs.timetable import MODES, Timetable, build_timetable
from maas.crowding import check_crowding
from maas.errors import RegionFileError
from maas.fetch import fetch
from maas.flex_zones import flex_zones
from maas.gbfs import collect, snapshot
from maas.places import make_places, name_keys
from maas.region import FORMAT_VERSION, Region
from maas.region_checks import check_references, check_zones
from maas.region_file import RegionFile, read_region_file
from maas.stations import station_report, stations_of
from routing.arrays import save_array, save_table
from routing.beeline import Beeline
from routing.layout import Int32Array, frozen
from routing.profiles import walking_at, with_overrides
from routing.road import RoadGraph, RoadNetwork

Progress = Callable[[str, float], None]  # what is being done, share done 0..1
Rented = Mapping[str, Mapping[str, Any]]  # GBFS documents of bike shares, by id and name
DEFAULT_SEATS = {"bus": 40, "coach": 45, "tram": 60, "subway": 600, "rail": 200, "ferry": 300}
PINNED_PROFILES = ("foot", "wheelchair", "bike", "car", "taxi", "van")


def _silent(step: str, share: float) -> None:
    """Report nothing."""


def build_region(source: Path, directory: Path, progress: Progress = _silent) -> Region:
    """Build the region that `source` describes into `directory`, and open it.

    Nothing is built when the directory already holds a version of the same inputs and program.

    Raises
    ------
    RegionFileError, gtfs.errors.GtfsError, routing.errors.RoutingError
        If an input is wrong; the directory is then as it was before.
    """
    file = _with_whole_paths(read_region_file(source), source.parent.resolve())
    progress("finding inputs", 0.0)
    inputs = _locate(file, source.parent)
    rented = {share.id: collect(share.gbfs) for share in file.bike_shares}
    for documents in rented.values():
        snapshot(documents, file.currency)  # an error of a feed comes before anything is built
    version = _version(file, inputs, rented)
    with _sole_builder(directory):
        if not (directory / "versions" / version / "manifest.json").is_file():
            _build_version(file, inputs, directory, version, progress, rented)
        _put_in_use(directory, version)
    progress("done", 1.0)
    return Region.open(directory)


def _with_whole_paths(file: RegionFile, base: Path) -> RegionFile:
    """Return the file with realtime files named from the root: they are read after the build."""
    feeds = []
    for feed in file.feeds:
        if feed.realtime is not None:
            places = {
                kind: place if "://" in place else str(base / place)
                for kind, place in feed.realtime.addresses.items()
            }
            realtime = feed.realtime.model_copy(update=places)
            feeds.append(feed.model_copy(update={"realtime": realtime}))
        else:
            feeds.append(feed)
    shares = [
        share if "://" in share.gbfs else share.model_copy(update={"gbfs": str(base / share.gbfs)})
        for share in file.bike_shares
    ]
    return file.model_copy(update={"feeds": tuple(feeds), "bike_shares": tuple(shares)})


@contextmanager
def _sole_builder(directory: Path) -> Iterator[None]:
    """Let one process at a time build into a directory; leave no trace of a failed first build."""
    is_new = not directory.exists()
    directory.mkdir(parents=True, exist_ok=True)
    try:
        with (directory / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except BaseException:
        if is_new:
            shutil.rmtree(directory, ignore_errors=True)
        raise


def _build_version(
    file: RegionFile,
    inputs: dict[str, Path],
    directory: Path,
    version: str,
    progress: Progress,
    rented: Rented,
) -> None:
    """Write one version beside the others; it appears when it is complete."""
    versions = directory / "versions"
    versions.mkdir(exist_ok=True)
    for abandoned in versions.glob(".draft-*"):
        shutil.rmtree(abandoned, ignore_errors=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=versions))
    try:
        manifest = _write(file, inputs, draft, progress)
        manifest["version"] = version
        for share_id, documents in rented.items():
            _write_json(draft / f"bikes.{share_id}.json", documents)
        _write_json(draft / "manifest.json", manifest)
        draft.chmod(0o755)
        draft.rename(versions / version)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _locate(file: RegionFile, base: Path) -> dict[str, Path]:
    """Local path of every feed (`feed:id`), of the roads and of the population table."""
    found: dict[str, Path] = {}
    for feed in file.feeds:
        found[f"feed:{feed.id}"] = fetch(feed.url) if feed.url else base / str(feed.path)
    roads = file.roads
    if roads.url:
        found["roads"] = fetch(roads.url)
    elif roads.path:
        found["roads"] = base / roads.path
    elif roads.place:
        from maas.place_roads import download

        found["roads"] = download(roads.place)
    if file.population:
        found["population"] = base / file.population
    for name, path in found.items():
        if not path.exists():
            msg = f"{path}: no such file or folder (named by {name} in the region file)"
            raise RegionFileError(msg)
    return found


def _version(file: RegionFile, inputs: dict[str, Path], rented: Rented) -> str:
    """Name of the version: a hash of all inputs and of the program that reads them."""
    digest = hashlib.sha256(f"{maas.__version__} {FORMAT_VERSION}".encode())
    digest.update(file.model_dump_json(by_alias=True).encode())
    digest.update(json.dumps(rented, sort_keys=True).encode())
    for name, path in sorted(inputs.items()):
        digest.update(name.encode() + _content_hash(path))
    root = Path(__file__).resolve().parents[1]
    makers = [*(root / "routing").rglob("*.py"), *(root / "gtfs").rglob("*.py")]
    makers += [
        root / "maas" / f"{name}.py"
        for name in ("build", "flex_zones", "places", "romaji", "stations")
    ]
    for path in sorted(makers):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _content_hash(path: Path) -> bytes:
    """SHA-256 of a file, or of all files of a folder."""
    digest = hashlib.sha256()
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    for part in files:
        with part.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.digest()


def _write(
    file: RegionFile, inputs: dict[str, Path], draft: Path, progress: Progress
) -> dict[str, Any]:
    """Write all arrays of a version into `draft` and return its manifest."""
    feeds = []
    for i, feed in enumerate(file.feeds):
        progress(f"opening feed {feed.id}", 0.05 * i / len(file.feeds))
        path = inputs[f"feed:{feed.id}"]
        feeds.append(open_feed(path, feed.id, feed.licence, feed.attribution))
    progress("reading timetables", 0.05)
    timetable = build_timetable(feeds, file.timezone)
    check_references(file, timetable)
    zones = (*file.demand_zones, *flex_zones(timetable))
    file = file.model_copy(update={"demand_zones": zones})
    check_zones(file)
    timetable.save(draft)
    progress("reading roads", 0.5)
    roads = _make_roads(file, inputs, draft)
    progress("walking between stops", 0.8)
    pinned = _write_walks(file, timetable, roads, draft)
    progress("indexing names", 0.95)
    station = stations_of(timetable, name_keys(timetable))
    make_places(timetable, station).save(draft)
    save_array(draft, "station_of_stop", station)
    save_array(draft, "seats_of_line", _seats_of_line(file, timetable))
    if "population" in inputs:
        shutil.copyfile(inputs["population"], draft / "population.csv")
    return {
        "format_version": FORMAT_VERSION,
        "engine": maas.__version__,
        "built": datetime.now(UTC).isoformat(timespec="seconds"),
        "region": json.loads(file.model_dump_json(by_alias=True)),
        "inputs": {name: _content_hash(path).hex() for name, path in inputs.items()},
        "pinned": pinned,
        "beeline": roads.is_beeline,
        "counts": _counts(timetable, roads),
        "stations": station_report(timetable, station),
        "warnings": [row for feed in feeds for row in feed.notices.summary()],
        "not_used": {feed.id: feed.unused for feed in feeds if feed.unused},
    }


def _make_roads(file: RegionFile, inputs: dict[str, Path], draft: Path) -> RoadNetwork:
    """Road graph from its file, saved; or the beeline model."""
    if "roads" not in inputs:
        return Beeline(file.roads.beeline.speed_kmh, file.roads.beeline.detour)
    profiles = walking_at(file.walking.speed_kmh, with_overrides(file.profiles))
    graph = RoadGraph.read(inputs["roads"], profiles)
    (draft / "roads").mkdir()
    graph.save(draft / "roads")
    return graph


def _write_walks(
    file: RegionFile, timetable: Timetable, roads: RoadNetwork, draft: Path
) -> list[str]:
    """Write where stops touch the roads, and the walks between them; return the profiles."""
    stops = timetable.stops
    profiles = [profile for profile in PINNED_PROFILES if profile in roads.profiles]
    limit = int(file.walking.transfer_limit_m * 3.6 / file.walking.speed_kmh)
    check_crowding(stops, file.walking.transfer_limit_m)
    walks = {}
    for profile in profiles:
        pins = roads.pin(stops.lon, stops.lat, profile)
        save_table(draft, f"pins.{profile}", pins)
        if profile in ("foot", "wheelchair"):
            walks[profile] = roads.footpaths(pins, profile, limit)
    both = [station_ways(timetable, wheelchair=flag) for flag in (False, True)]
    on_roads = [walks["foot"], walks.get("wheelchair", walks["foot"])]
    inside = [
        with_stations(timetable, ways_out, ways, limit)
        for ways_out, ways in zip(on_roads, both, strict=True)
    ]
    combined = [combine(timetable, inside[0], file.walking.change_time)]
    if inside[1] is inside[0]:  # as where no station is mapped
        combined.append(combined[0])
    else:
        combined.append(combine(timetable, inside[1], file.walking.change_time))
    for name, ways, footpaths in zip(("", ".wheelchair"), both, combined, strict=True):
        save_table(draft, f"station_ways{name}", ways)
        save_table(draft, f"footpaths{name}", footpaths)
    return profiles


def _seats_of_line(file: RegionFile, timetable: Timetable) -> Int32Array:
    """Seats of a vehicle of each line: by line, else by mode, else ours."""
    by_mode = DEFAULT_SEATS | {c.mode: c.seats for c in file.capacities if c.mode}
    by_line = {line: c.seats for c in file.capacities for line in c.lines}
    lines = timetable.lines
    return frozen(
        [
            by_line.get(line_id, by_mode.get(MODES[mode], 40))
            for line_id, mode in zip(lines.id, lines.mode.tolist(), strict=True)
        ]
    )


def _counts(timetable: Timetable, roads: RoadNetwork) -> dict[str, Any]:
    """Sizes that `maas info` shows."""
    lines = timetable.lines
    modes = Counter(MODES[mode] for mode in np.asarray(lines.mode).tolist())
    return {
        "stops": len(timetable.stops.id),
        "lines": len(lines.id),
        "lines_by_mode": dict(modes),
        "trips": len(timetable.trips.id),
        "stop_times": int(timetable.stop_times.stop.size),
        "first_date": timetable.first_date.isoformat(),
        "last_date": timetable.last_date.isoformat(),
        "roads": roads.counts(),
    }


def _write_json(path: Path, document: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")


def _put_in_use(directory: Path, version: str) -> None:
    """Point `CURRENT` at `version` and drop all versions but it and the one before."""
    current = directory / "CURRENT"
    before = current.read_text(encoding="utf-8").strip() if current.is_file() else version
    draft = directory / f".CURRENT.{os.getpid()}"
    draft.write_text(version + "\n", encoding="utf-8")
    draft.replace(current)
    for folder in (directory / "versions").iterdir():
        if folder.name not in {version, before}:
            shutil.rmtree(folder, ignore_errors=True)
