"""Reach by line and on foot on a drawn town: `maas reach`, `maas accessibility`."""

import json
from pathlib import Path

import polars
import pytest

from maas.__main__ import main
from maas.analysis import Analysis, read_reach
from maas.build import build_region
from maas.errors import QueryError
from maas.region import Region
from routing.errors import OffRoadError
from routing.layout import UNREACHED
from tests.gtfs.feeds import write_feed
from tests.routing.drawn_roads import Drawing, at
from tests.routing.test_isochrone import is_inside

ROAD = {"highway": "residential"}
# a street of 8 km; a bus from W (0) to E (6 km) in 6 minutes, every 20 minutes
TOWN = Drawing({"V": (-1000, 0), "W": (0, 0), "E": (6000, 0), "F": (7000, 0)}, [("VWEF", ROAD)])
REGION = """
name: Town
timezone: Asia/Tokyo
feeds: [{id: f, path: f.zip}]
roads: {path: town.osm}
"""
WALKING = "{limit_m: 800}"
OPTIONS = ["--at", "2026-10-07T08:00", "--window", "1200", "--minutes", "20"]


def text(x: float) -> str:
    lon, lat = at(x, 0)
    return f"{lat:.6f},{lon:.6f}"


def stops() -> str:
    rows = [f"{name},{name},{text(x)}" for name, x in (("W", 0), ("E", 6000))]
    return "\n".join(["stop_id,stop_name,stop_lat,stop_lon", *rows])


def trips() -> tuple[str, str]:
    ids = [f"t{i}" for i in range(6)]
    times = [
        f"{ids[i]},{8 + i // 3:02d}:{20 * (i % 3) + m:02d}:00,"
        f"{8 + i // 3:02d}:{20 * (i % 3) + m:02d}:00,{stop},{n}"
        for i in range(6)
        for n, (stop, m) in enumerate((("W", 0), ("E", 6)))
    ]
    return (
        "\n".join(["route_id,service_id,trip_id", *(f"r,daily,{i}" for i in ids)]),
        "\n".join(["trip_id,arrival_time,departure_time,stop_id,stop_sequence", *times]),
    )


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_bus_town(tmp_path_factory.mktemp("reach"))


def build_bus_town(
    folder: Path, drawing: Drawing = TOWN, more: str = "", walking: str = WALKING
) -> Path:
    """Build the region of the drawn town, with other roads if given; return its directory.

    `more` is added to its region file.
    """
    trip_rows, time_rows = trips()
    files = {
        "stops.txt": stops(),
        "routes.txt": "route_id,agency_id,route_short_name,route_long_name,route_type\nr,a,1,,3",
        "trips.txt": trip_rows,
        "stop_times.txt": time_rows,
    }
    write_feed(folder / "f.zip", files)
    (folder / "town.osm").write_text(drawing.xml(), encoding="utf-8")
    (folder / "region.yaml").write_text(f"{REGION}walking: {walking}\n{more}", encoding="utf-8")
    build_region(folder / "region.yaml", folder / "built")
    return folder / "built"


def test_half_of_the_departures_reach_what_the_median_shows(town: Path, tmp_path: Path) -> None:
    # leaving W each minute of 08:00..08:19 one waits 0 or 1..19 minutes: the median ride is done
    # after 6 + 9 = 15 minutes or less, and 5 minutes of 20 are left for 375 m
    out = tmp_path / "reach.geojson"
    asked = ["reach", "-r", str(town), text(0), *OPTIONS, "--percentiles", "50,90", "-o", str(out)]
    assert main(asked) == 0
    median, slow = json.loads(out.read_text(encoding="utf-8"))["features"]
    assert median["properties"] | {"stops": 1} == median["properties"]
    assert (median["properties"]["percentile"], median["properties"]["limit_s"]) == (50, 1200)
    for x in (0, 900, -900, 5800, 6200):
        assert is_inside([median], at(x, 0)), x
    for x in (3500, 6700):
        assert not is_inside([median], at(x, 0)), x
    assert is_inside([slow], at(900, 0))
    assert not is_inside([slow], at(6000, 0))


def test_times_at_stops_are_those_by_hand(town: Path) -> None:
    region = Region.open(town)
    question = read_reach(
        {"at": "2026-10-07T08:00", "window_s": 1200, "limits_s": [1800], "percentiles": [5, 50, 95]}
    )
    found = Analysis(region).at_stops(region.places.resolve(text(0)), question)
    east, west = region.stop_index("f:E"), region.stop_index("f:W")
    assert found[:, east].tolist() == [60 * 6, 60 * 15, 60 * 24]
    assert (found[:, west] == UNREACHED).all()  # nobody gets off where the bus begins


def test_accessibility_counts_weights_and_writes_all_formats(town: Path, tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text(f"id,lat,lon\nw,{text(0)}\nf,{text(7000)}\n", encoding="utf-8")
    (tmp_path / "t.csv").write_text(
        f"id,lat,lon,weight\nnear,{text(-500)},3\neast,{text(6100)},10\nfar,{text(3300)},100\n",
        encoding="utf-8",
    )
    for name in ("a.csv", "a.parquet", "a.geojson"):
        asked = ["accessibility", "-r", str(town), str(tmp_path / "o.csv"), *OPTIONS]
        asked += ["--targets", str(tmp_path / "t.csv"), "-o", str(tmp_path / name)]
        assert main([*asked, "--matrix", str(tmp_path / "m.parquet")]) == 0
    table = polars.read_parquet(tmp_path / "a.parquet")
    assert table["id"].to_list() == ["w", "f"]
    assert table["p50_1200"].to_list() == [13.0, 10.0]  # from f one walks to east, 900 m
    assert polars.read_csv(tmp_path / "a.csv")["p50_1200"].to_list() == [13.0, 10.0]
    points = json.loads((tmp_path / "a.geojson").read_text(encoding="utf-8"))["features"]
    assert [point["properties"]["p50_1200"] for point in points] == [13.0, 10.0]
    times = polars.read_parquet(tmp_path / "m.parquet")
    pairs = list(zip(times["from"].to_list(), times["to"].to_list(), strict=True))
    assert pairs == [("w", "near"), ("w", "east"), ("f", "east")]


def test_two_processes_find_the_same(town: Path) -> None:
    analysis = Analysis(Region.open(town))
    question = read_reach({"at": "2026-10-07T08:00", "window_s": 600})
    places = [at(x, 0) for x in range(0, 6800, 340)]
    alone, shared = (analysis.travel_times(places, places, question, n_processes=n) for n in (1, 2))
    assert (alone.duration == shared.duration).all()
    assert (alone.duration < UNREACHED).sum() > len(places)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("limits_s", [0], "limits_s: 0 is not between 1 and 14400"),
        ("percentiles", [100], "percentiles: 100 is not between 1 and 99"),
        ("modes", ["walk"], "modes: 'walk' is not one of"),
        ("window_s", -5, "window_s"),
        ("step_s", 1, "take a longer step_s"),
        ("speed", 5, "speed"),
        ("at", 1_795_000_000, "at: write a time"),
        ("limits_s", ["600"], "limits_s.0: .*integer"),
        ("window_s", True, "window_s: .*integer"),
    ],
)
def test_wrong_questions_are_refused(field: str, value: object, told: str) -> None:
    with pytest.raises(QueryError, match=told):
        read_reach({"at": "2026-10-07T08:00", field: value})


def test_bad_input_of_the_commands_is_one_clear_line(
    town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["reach", "-r", str(town), text(0)]
    assert main([*asked, "--at", "2030-01-01T08:00"]) == 2
    assert "2030-01-01" in capsys.readouterr().err
    assert main([*asked, *OPTIONS[:4], "--minutes", "x"]) == 2
    assert "--minutes: 'x' is no list of whole numbers" in capsys.readouterr().err
    (tmp_path / "o.csv").write_text(f"id,lat,lon,weight\nw,{text(0)},-1\n", encoding="utf-8")
    asked = ["accessibility", "-r", str(town), str(tmp_path / "o.csv"), *OPTIONS]
    assert main([*asked, "-o", str(tmp_path / "a.csv")]) == 2
    assert "row 2: weight: '-1'" in capsys.readouterr().err


def test_tables_of_reach_are_written_whole_or_not_at_all(
    town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(path: Path, *_: object) -> None:
        path.write_text("half", encoding="utf-8")
        raise OSError(28, "No space left on device")

    (tmp_path / "o.csv").write_text(f"id,lat,lon\nw,{text(0)}\n", encoding="utf-8")
    asked = ["accessibility", "-r", str(town), str(tmp_path / "o.csv"), *OPTIONS]
    out, times = tmp_path / "a.csv", tmp_path / "t.csv"
    out.write_text("old", encoding="utf-8")
    for name, left in (("write_access", "old"), ("write_times", None)):
        with monkeypatch.context() as patched:
            patched.setattr(f"maas.reach_file.{name}", fill)
            assert main([*asked, "-o", str(out), "--matrix", str(times)]) == 2
        assert "No space left on device" in capsys.readouterr().err
        assert left is None or out.read_text(encoding="utf-8") == left
        assert not times.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "o.csv"]
    assert main([*asked, "-o", str(tmp_path / "a.xlsx")]) == 2
    assert "a table is written as .csv or .parquet or .geojson" in capsys.readouterr().err


def test_a_region_without_a_road_map_says_so(valley: Region) -> None:
    question = read_reach({"at": "2026-10-07T08:00"})
    with pytest.raises(QueryError, match="no road map"):
        Analysis(valley).isochrone(valley.places.resolve("bus:A"), question)


def test_places_off_the_map_and_off_the_roads_are_told(
    town: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lon, lat = at(0, 5000)
    for place, told in (("-33,151", "lies off the map"), (f"{lat:.5f},{lon:.5f}", "no road for")):
        assert main(["reach", "-r", str(town), *OPTIONS, "--", place]) == 2
        assert told in capsys.readouterr().err
    (tmp_path / "o.csv").write_text(f"id,lat,lon\nw,{text(0)}\nx,-33,151\n", encoding="utf-8")
    asked = ["accessibility", "-r", str(town), str(tmp_path / "o.csv"), *OPTIONS]
    assert main([*asked, "-o", str(tmp_path / "a.csv")]) == 2
    assert "origins: place 2: -33.00000,151.00000 lies off the map" in capsys.readouterr().err
    assert not (tmp_path / "a.csv").exists()


def test_from_a_stop_off_the_roads_areas_around_reached_stops_are_drawn(tmp_path: Path) -> None:
    east = Drawing({"E": (6000, 0), "F": (8000, 0)}, [("EF", ROAD)])
    region = Region.open(build_bus_town(tmp_path, east))
    question = read_reach({"at": "2026-10-07T08:00", "window_s": 1200, "limits_s": [300, 1200]})
    origin = region.places.resolve("f:W")
    soon, late = Analysis(region).isochrone(origin, question)["features"]
    assert soon["geometry"]["coordinates"] == []
    assert soon["properties"] == {"limit_s": 300, "percentile": 50, "stops": 0}
    assert is_inside([late], at(6200, 0))
    assert not is_inside([late], at(0, 0))
    only_soon = question.model_copy(update={"limits_s": (300,)})
    with pytest.raises(OffRoadError, match="no road for 'foot'"):
        Analysis(region).isochrone(origin, only_soon)
