"""Feeds that would take hours or fill the memory come in quickly, or are refused with a way out."""

import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from gtfs import calendar, footpaths, frequencies, read, station_walks
from gtfs.errors import BrokenArchiveError, FeedFileError, GtfsError, TooManyPairsError
from gtfs.footpaths import combine
from gtfs.read import open_feed
from gtfs.timetable import build_timetable
from maas import crowding
from maas.build import build_region
from maas.region import Region
from routing.layout import NONE, frozen
from tests.gtfs.feeds import EVERYTHING, STORY, feed_of, lines_of, timetable_of, write_feed
from tests.gtfs.strategies import clock

STOPS = "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station"
STATION = ("A,a,43,141,0,S", "B,b,43.01,141,0,S", "C,c,43.02,141,0,S", "S,s,43,141,1,")
REGION = "name: Hostile\ntimezone: Asia/Tokyo\nfeeds: [{id: f, path: f.zip}]\n"


def table(header: str, rows: Iterable[str]) -> str:
    return "\n".join([header, *rows])


def built(folder: Path, files: dict[str, str | bytes | None]) -> Region:
    shutil.rmtree(folder / "built", ignore_errors=True)  # unchanged, it would be kept
    write_feed(folder / "f.zip", files)
    (folder / "region.yaml").write_text(REGION, encoding="utf-8")
    build_region(folder / "region.yaml", folder / "built")
    return Region.open(folder / "built")


def test_stops_at_one_place_are_refused_where_their_pairs_are_too_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [row.replace(",S", ",") for row in STATION] + [f"s{k},n{k},43,141,," for k in range(60)]
    files: dict[str, str | bytes | None] = {"stops.txt": table(STOPS, rows)}
    region = built(tmp_path, files)
    pairs = 62 * 62 + 1 + 1  # with A and S; B and C lie alone
    assert region.footpaths.head.size == 62 * 61
    monkeypatch.setattr(crowding, "_MOST_PAIRS", pairs)
    built(tmp_path, files)
    monkeypatch.setattr(crowding, "_MOST_PAIRS", pairs - 1)
    with pytest.raises(TooManyPairsError, match=r"62 stops within 500 m of stop 'f:A'.*give each"):
        built(tmp_path, files)


def test_rules_between_great_stations_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nS,S,2,300\nA,B,2,60"
    timetable = timetable_of(tmp_path, {"stops.txt": table(STOPS, STATION), "transfers.txt": rules})
    none = (frozen(np.zeros(5)), frozen([]), frozen([]))
    monkeypatch.setattr(footpaths, "_MOST_PAIRS", 17)  # S stands for itself and three platforms
    assert combine(timetable, none, 0).head.size == 12
    monkeypatch.setattr(footpaths, "_MOST_PAIRS", 16)
    with pytest.raises(TooManyPairsError, match=r"transfers\.txt: rules for stations: 17 pairs"):
        combine(timetable, none, 0)


def test_pathways_between_too_many_platforms_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ways = [f"w{k},{ends},1,1,10" for k, ends in enumerate(("A,B", "B,C"))]
    header = "pathway_id,from_stop_id,to_stop_id,pathway_mode,is_bidirectional,traversal_time"
    files = {"stops.txt": table(STOPS, STATION), "pathways.txt": table(header, ways)}
    timetable = timetable_of(tmp_path, files)
    monkeypatch.setattr(station_walks, "_MOST_WAYS", 6)
    assert station_walks.station_ways(timetable).tail.size == 6
    monkeypatch.setattr(station_walks, "_MOST_WAYS", 5)
    with pytest.raises(TooManyPairsError, match=r"pathways\.txt: 6 pairs"):
        station_walks.station_ways(timetable)


def test_frequencies_that_make_too_many_stop_times_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = "trip_id,start_time,end_time,headway_secs\nt2,10:00:00,11:00:00,60"
    monkeypatch.setattr(frequencies, "_MAX_STOP_TIMES", 177)  # 60 runs, t1, six rows of the file
    assert timetable_of(tmp_path, {"frequencies.txt": every}).stop_times.stop.size == 183
    monkeypatch.setattr(frequencies, "_MAX_STOP_TIMES", 176)
    with pytest.raises(FeedFileError, match=r"frequencies\.txt: its runs make 183 stop times"):
        timetable_of(tmp_path, {"frequencies.txt": every})
    second = "trip_id,start_time,end_time,headway_secs\nt1,00:00:00,24:00:00,1"
    with pytest.raises(FeedFileError, match=r"row 2, headway_secs.*fewer than 5000 runs"):
        timetable_of(tmp_path, {"frequencies.txt": second})


def test_many_services_over_many_days_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendar, "_MOST_CELLS", 365)
    timetable_of(tmp_path)
    monkeypatch.setattr(calendar, "_MOST_CELLS", 364)
    with pytest.raises(FeedFileError, match="1 services over 365 days; let services"):
        timetable_of(tmp_path)


@pytest.mark.parametrize("with_pathways", [False, True])
def test_stations_within_each_other_are_no_stations(tmp_path: Path, with_pathways: bool) -> None:
    ring = ("A,a,43,141,0,B", "B,b,43.01,141,0,C", "C,c,43.02,141,0,A", "S,s,43,141,1,T",
            "T,t,43,141,1,S", "D,d,43,141,0,S", "E,e,43.1,141,1,", "P,p,43.1,141,0,E")  # fmt: skip
    header = "pathway_id,from_stop_id,to_stop_id,pathway_mode,is_bidirectional,traversal_time"
    files: dict[str, str | bytes | None] = {
        "stops.txt": table(STOPS, ring),
        "transfers.txt": "from_stop_id,to_stop_id,transfer_type\nS,T,2\nA,B,2\nA,A,3",
    }
    if with_pathways:
        files["pathways.txt"] = table(header, ["w,A,B,1,1,10"])
    feed = feed_of(tmp_path, files)
    parent = build_timetable([feed], "Asia/Tokyo").stops.parent.tolist()
    assert parent == [*[NONE] * 7, 6]
    assert feed.notices.counts["circular_parent"] == 6
    built(tmp_path, files)


def test_a_long_trip_and_many_small_ones_come_in(tmp_path: Path) -> None:
    rows = [f"t1,{clock(k)},{clock(k)},{'ABC'[k % 3]},{k}" for k in range(5_000)]
    header = "trip_id,arrival_time,departure_time,stop_id,stop_sequence"
    long = built(tmp_path, {"stop_times.txt": table(header, rows)})
    assert long.timetable.stop_times.stop.size == 5_000
    times = [f"t{k},{clock(9 * k + s)},{clock(9 * k + s)},{stop},{s}"
             for k in range(2_000) for s, stop in enumerate("AB")]  # fmt: skip
    many = built(
        tmp_path,
        {
            "routes.txt": table("route_id,route_type", [f"r{k},3" for k in range(2_000)]),
            "trips.txt": table(
                "route_id,service_id,trip_id", [f"r{k},daily,t{k}" for k in range(2_000)]
            ),
            "stop_times.txt": table(header, times),
        },
    )
    assert len(many.timetable.lines.id) == many.timetable.trips.line.size == 2_000


def test_millions_of_blank_lines_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stops = lines_of(STORY["stops.txt"]) + "\n" * 400
    monkeypatch.setattr(read, "_MANY_LINES", 404)
    assert len(timetable_of(tmp_path, {"stops.txt": stops.encode()}).stops.id) == 3
    monkeypatch.setattr(read, "_MANY_LINES", 403)
    with pytest.raises(FeedFileError, match=r"stops\.txt: 404 lines, most of them blank.*leave"):
        timetable_of(tmp_path, {"stops.txt": stops.encode()})


def test_ids_may_hold_zeros_and_be_long(tmp_path: Path) -> None:
    names = {"A": "A\0x", "B": "B" * 20_000}
    stops = STORY["stops.txt"].replace("A,", names["A"] + ",").replace("B,", names["B"] + ",")
    times = STORY["stop_times.txt"]
    for short, name in names.items():
        times = times.replace(f",{short},", f",{name},")
    timetable = timetable_of(tmp_path, {"stops.txt": stops, "stop_times.txt": times})
    assert timetable.stops.id[:] == ["f:A\0x", "f:" + "B" * 20_000, "f:C"]
    assert timetable.stop_times.stop.tolist() == [0, 1, 2] * 2


def test_folders_in_a_zip_may_be_deep(tmp_path: Path) -> None:
    path = tmp_path / "f.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in STORY.items():
            archive.writestr("d/" * 2_000 + name, lines_of(text))
    assert len(build_timetable([open_feed(path, "f")], "Asia/Tokyo").stops.id) == 3


def test_of_members_with_one_name_the_last_one_counts(tmp_path: Path) -> None:
    path = write_feed(tmp_path / "f.zip", {})
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("stops.txt", lines_of(STORY["stops.txt"]).replace("北駅", "新駅"))
    assert build_timetable([open_feed(path, "f")], "Asia/Tokyo").stops.name[0] == "新駅"


def test_a_zip_with_wide_headers_is_read(tmp_path: Path) -> None:
    path = tmp_path / "f.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in EVERYTHING.items():
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(lines_of(text).encode())
    assert len(build_timetable([open_feed(path, "f")], "Asia/Tokyo").stops.id) == 5


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    path = write_feed(tmp_path / "f.zip", {})
    raw = bytearray(path.read_bytes())
    for sign, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = raw.find(sign)
        while at >= 0:
            raw[at + flags] |= 1
            at = raw.find(sign, at + 1)
    path.write_bytes(raw)
    with pytest.raises(BrokenArchiveError, match="encrypted"):
        build_timetable([open_feed(path, "f")], "Asia/Tokyo")


def test_a_link_in_a_zip_is_a_text_and_leads_nowhere(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(lines_of(STORY["stops.txt"]), encoding="utf-8")
    path = write_feed(tmp_path / "f.zip", {"stops.txt": None})
    with zipfile.ZipFile(path, "a") as archive:
        entry = zipfile.ZipInfo("stops.txt")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, str(secret))
    with pytest.raises(GtfsError, match=r"stops\.txt: the column 'stop_id' is required"):
        build_timetable([open_feed(path, "f")], "Asia/Tokyo")
