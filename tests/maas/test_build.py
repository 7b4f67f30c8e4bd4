import json
import mmap
import threading
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gtfs.errors import GtfsError
from gtfs.tables import Tables
from maas.__main__ import main
from maas.build import build_region
from maas.errors import DateOutsideError, MaasError, RegionFileError, RegionNotBuiltError
from maas.ledger import Amount, Ledger, SegmentKey
from maas.region import Region
from routing.arrays import Strings
from routing.errors import RoutingError
from tests.gtfs.feeds import write_feed

LEAST = "name: Small\ntimezone: Asia/Tokyo\nfeeds: [{id: f, path: f.zip}]\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    write_feed(tmp_path / "f.zip", {})
    path = tmp_path / "region.yaml"
    path.write_text(LEAST, encoding="utf-8")
    return path


def files_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.name != ".lock"}


def test_a_built_region_opens_with_what_the_feed_holds(source: Path, tmp_path: Path) -> None:
    region = build_region(source, tmp_path / "out")
    assert region.stop_index("f:A") == 0
    assert region.roads.is_beeline
    assert region.day(date(2026, 11, 24)).trip.size == 4  # yesterday's trips have ended
    assert region.seats_of_line.tolist() == [40]
    assert region.places.resolve("北駅").stop_id == "f:A"


def is_mapped(values: Any) -> bool:
    """Whether an array, or both arrays of a column of texts, lie in a mapped file."""
    if isinstance(values, Strings):
        return is_mapped(values._data) and is_mapped(values._offset)
    while isinstance(values, np.ndarray) and values.base is not None:
        values = values.base
    return isinstance(values, mmap.mmap)


def test_opening_a_region_copies_no_table(source: Path, tmp_path: Path) -> None:
    build_region(source, tmp_path / "out")
    region = Region.open(tmp_path / "out")
    tables = [getattr(region.timetable, name) for name in Tables._fields]
    tables += [region.footpaths, region.footpaths_wheelchair, *region.stop_pins.values()]
    for table in tables:
        for field, values in zip(table._fields, table, strict=True):
            empty = not isinstance(values, Strings) and values.size == 0
            assert empty or is_mapped(values), f"{type(table).__name__}.{field}"


def test_the_same_inputs_are_built_once(source: Path, tmp_path: Path) -> None:
    first = build_region(source, tmp_path / "out")
    built = first.manifest["built"]
    assert build_region(source, tmp_path / "out").manifest["built"] == built


def test_the_version_before_the_current_one_is_kept(source: Path, tmp_path: Path) -> None:
    versions = []
    for name in ("one", "two", "three"):
        source.write_text(LEAST.replace("Small", name), encoding="utf-8")
        versions.append(build_region(source, tmp_path / "out").version)
    kept = {path.name for path in (tmp_path / "out" / "versions").iterdir()}
    assert kept == set(versions[1:])
    assert Region.open(tmp_path / "out").file.name == "three"


def test_builders_at_the_same_time_agree(source: Path, tmp_path: Path) -> None:
    seen: list[str] = []
    threads = [
        threading.Thread(target=lambda: seen.append(build_region(source, tmp_path / "out").version))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 3
    assert len(set(seen)) == 1


BROKEN_ROW = """
    trip_id,arrival_time,departure_time,stop_id,stop_sequence
    t1,08:00:00,08:00:00,A,1
    t1,eight,08:11:00,B,2
"""


@pytest.mark.parametrize(
    ("region", "files", "said"),
    [
        (LEAST.replace("f.zip", "absent.zip"), {}, "absent.zip"),
        (LEAST, {"stop_times.txt": BROKEN_ROW}, "row 3"),
        (LEAST, {"stops.txt": None}, "stops.txt"),
        (LEAST + "roads: {path: absent.osm}\n", {}, "absent.osm"),
        (LEAST + "roads: {path: f.zip}\n", {}, "f.zip"),
        (LEAST + "capacities: [{mode: buss, seats: 3}]\n", {}, "did you mean 'bus'?"),
        (LEAST + "fares: [{kind: flat, feed: g, price: 3}]\n", {}, "no feed 'g'"),
    ],
)
def test_a_failed_build_says_why_and_leaves_nothing(
    source: Path, tmp_path: Path, region: str, files: dict[str, str | None], said: str
) -> None:
    source.write_text(region, encoding="utf-8")
    write_feed(tmp_path / "f.zip", files)
    with pytest.raises((MaasError, GtfsError, RoutingError)) as caught:
        build_region(source, tmp_path / "out")
    assert said in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_a_failed_build_leaves_the_version_in_use(source: Path, tmp_path: Path) -> None:
    before = build_region(source, tmp_path / "out")
    held = files_below(tmp_path / "out")
    (tmp_path / "f.zip").write_bytes((tmp_path / "f.zip").read_bytes()[:200])
    with pytest.raises(GtfsError):
        build_region(source, tmp_path / "out")
    assert files_below(tmp_path / "out") == held
    assert Region.open(tmp_path / "out").version == before.version


def test_a_folder_that_was_not_built_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RegionNotBuiltError, match="maas build"):
        Region.open(tmp_path)


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"format_version": 4}, "has format 4"), ({"region": {"wings": 2}}, "wings of its region")],
)
def test_a_region_of_another_version_says_to_build_it_again(
    source: Path, tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    manifest = build_region(source, tmp_path / "out").folder / "manifest.json"
    document = json.loads(manifest.read_text(encoding="utf-8"))
    for name, value in changes.items():
        document[name] = {**document[name], **value} if isinstance(value, dict) else value
    manifest.chmod(0o644)
    manifest.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(RegionNotBuiltError, match=said) as caught:
        Region.open(tmp_path / "out")
    assert "build it again: maas build" in str(caught.value)


def test_a_date_outside_the_feeds_names_their_range(source: Path, tmp_path: Path) -> None:
    region = build_region(source, tmp_path / "out")
    with pytest.raises(DateOutsideError, match="2026-01-01 to 2026-12-31"):
        region.day(date(2027, 1, 1))


def test_a_booked_out_segment_cuts_its_trip(source: Path, tmp_path: Path) -> None:
    source.write_text(LEAST + "capacities: [{mode: bus, seats: 2}]\n", encoding="utf-8")
    region = build_region(source, tmp_path / "out")
    today = date(2026, 11, 24)
    key = SegmentKey("f:t1", today, 8 * 3600, 1)
    ledger = Ledger().adding({key: Amount(seats=1)})
    whole = region.day(today)
    for_one = region.day(today, ledger, party=1)
    for_two = region.day(today, ledger, party=2)
    assert np.array_equal(for_one.trip, whole.trip)
    # t1 keeps A→B; what is left of it behind B is a single stop and is no trip.
    events = whole.tables.patterns.arrival.size
    assert for_two.tables.patterns.arrival.size == events - 1


def test_the_commands_answer_and_refuse(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "out")
    assert main(["build", str(source), "-o", out]) == 0
    assert "3 stops, 1 lines, 2 trips" in capsys.readouterr().out
    assert main(["info", out]) == 0
    shown = capsys.readouterr().out
    assert "BEELINE" in shown
    assert "2026-01-01 to 2026-12-31" in shown
    assert main(["info", str(tmp_path)]) == 2
    assert "maas build" in capsys.readouterr().err
    assert main(["info", out, "--date", "tomorrow"]) == 2
    assert "YYYY-MM-DD" in capsys.readouterr().err
    assert main(["build", str(tmp_path / "no.yaml"), "-o", out]) == 2
    assert "no such file" in capsys.readouterr().err


def test_a_place_without_network_is_refused(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAAS_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")  # nothing listens there
    source.write_text(LEAST + "roads: {place: 'Obihiro, Japan'}\n", encoding="utf-8")
    with pytest.raises(RegionFileError, match="Obihiro"):
        build_region(source, tmp_path / "out")
