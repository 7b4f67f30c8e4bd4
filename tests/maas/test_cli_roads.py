"""`maas route`, `maas matrix` and `maas isochrone` as people call them."""

import csv
import gzip
import json
from pathlib import Path

import polars
import pytest

from maas.__main__ import main
from maas.build import build_region
from maas.region import Region
from routing import road_answers
from tests.gtfs.feeds import write_feed
from tests.routing.drawn_roads import Drawing, at

ROAD = {"highway": "residential", "name": "Short Street"}
TOWN = Drawing(
    {"V": (-500, 0), "W": (0, 0), "M": (500, 0), "E": (1000, 0), "F": (1500, 0), "N": (500, 900)},
    [("VW", ROAD), ("WME", ROAD | {"maxheight": "3.0"}), ("EF", ROAD),
     ("WNE", ROAD | {"name": "Long Way"})],
)  # fmt: skip
FILE = "name: Town\ntimezone: Asia/Tokyo\nfeeds: [{id: f, path: f.zip}]\nroads: {path: town.osm}\n"


def text(x: float, y: float) -> str:
    lon, lat = at(x, y)
    return f"{lat:.6f},{lon:.6f}"


START, GOAL, SEA = text(-400, 0), text(1400, 0), text(0, -5000)


def build_town(folder: Path) -> str:
    """Build the region and return its directory."""
    write_feed(folder / "f.zip", {})
    (folder / "town.osm").write_text(TOWN.xml(), encoding="utf-8")
    (folder / "region.yaml").write_text(FILE, encoding="utf-8")
    build_region(folder / "region.yaml", folder / "built")
    return str(folder / "built")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> str:
    return build_town(tmp_path_factory.mktemp("town"))


def places(path: Path, *rows: str) -> str:
    path.write_text("\n".join(["id,lat,lon", *rows]) + "\n", encoding="utf-8")
    return str(path)


def test_a_route_names_its_streets(town: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["route", "-r", town, START, GOAL]) == 0
    shown = capsys.readouterr().out
    assert "1.8 km" in shown
    assert "Short Street" in shown


def test_a_high_vehicle_and_an_avoided_area_take_the_long_way(
    town: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corners = [at(450, -50), at(550, -50), at(550, 50), at(450, 50), at(450, -50)]
    area = {"type": "Polygon", "coordinates": [corners]}
    (tmp_path / "area.json").write_text(json.dumps(area), encoding="utf-8")
    for options in (["--height-m", "3.4"], ["--avoid", str(tmp_path / "area.json")]):
        assert main(["route", "-r", town, START, GOAL, "--json", *options]) == 0
        (route,) = json.loads(capsys.readouterr().out)["routes"]
        assert route["distance_m"] == pytest.approx(800 + 2 * 1029.6, abs=3)
        assert [street["name"] for street in route["streets"]][1] == "Long Way"


def test_no_way_is_an_answer(town: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wall = [at(700, -900), at(800, -900), at(800, 1900), at(700, 1900)]
    area = {"type": "Feature", "geometry": {"type": "MultiPolygon", "coordinates": [[wall]]}}
    (tmp_path / "wall.json").write_text(json.dumps(area), encoding="utf-8")
    assert main(["route", "-r", town, START, GOAL, "--avoid", str(tmp_path / "wall.json")]) == 0
    assert "no way" in capsys.readouterr().out


def test_a_matrix_is_written_as_csv_and_parquet_with_empty_cells(
    town: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sources = places(tmp_path / "s.csv", f"a,{START}", f"sea,{SEA}")
    targets = places(tmp_path / "t.csv", f"b,{GOAL}", f"a,{START}")
    for name in ("m.csv", "m.parquet"):
        out = tmp_path / name
        assert main(["matrix", "-r", town, sources, "--targets", targets, "-o", str(out)]) == 0
        assert "2 x 2, 2 without a way" in capsys.readouterr().err
    with (tmp_path / "m.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["from"], row["to"], row["distance_m"]) for row in rows] == [
        ("a", "b", "1800"), ("a", "a", "0"), ("sea", "b", ""), ("sea", "a", ""),
    ]  # fmt: skip
    table = polars.read_parquet(tmp_path / "m.parquet")
    assert table["distance_m"].to_list() == [1800, 0, None, None]
    assert table["duration_s"].to_list()[0] == int(rows[0]["duration_s"])
    assert main(["route", "-r", town, START, GOAL, "--json"]) == 0
    (route,) = json.loads(capsys.readouterr().out)["routes"]
    assert route["duration_s"] == table["duration_s"][0]


def test_a_matrix_that_cannot_be_written_to_its_end_leaves_the_old_one(
    town: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(path: Path, *_: object) -> None:
        path.write_text("half", encoding="utf-8")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("maas.matrix_file.write_matrix", fill)
    source, out = places(tmp_path / "s.csv", f"a,{START}"), tmp_path / "m.csv"
    out.write_text("old", encoding="utf-8")
    assert main(["matrix", "-r", town, source, "-o", str(out)]) == 2
    assert "No space left on device" in capsys.readouterr().err
    assert out.read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m.csv", "s.csv"]


def test_an_isochrone_is_geojson(
    town: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "area.geojson"
    options = ["-p", "foot", "--minutes", "5,10"]
    assert main(["isochrone", "-r", town, START, *options, "-o", str(out)]) == 0
    found = json.loads(out.read_text(encoding="utf-8"))
    assert [row["properties"]["limit_s"] for row in found["features"]] == [300, 600]
    assert main(["isochrone", "-r", town, START, *options, "--to"]) == 0
    assert json.loads(capsys.readouterr().out)["type"] == "FeatureCollection"


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["route", START, SEA], "within 1000 m"),
        (["route", START, "95,141"], "95"),
        (["isochrone", SEA], "within 1000 m"),
        (["isochrone", START, "-p", "rocket"], "unknown road profile 'rocket'"),
        (["route", START, GOAL, "-p", "rocket"], "unknown road profile 'rocket'"),
        (["route", START, GOAL, "--at", "soon"], "at:"),
        (["route", START, GOAL, "--avoid", "absent.json"], "absent.json"),
        (["route", START, GOAL, "--height-m", "-2"], "height_m"),
        (["isochrone", START, "--minutes", "x"], "'x'"),
        (["isochrone", START, "--minutes", "0"], "limits_s: 0"),
        (["isochrone", START, "--minutes", "inf"], "'inf'"),
        (["isochrone", START, "--minutes", "nan"], "'nan'"),
        (["isochrone", START, "--minutes=-5"], "limits_s: -300"),
        (["route", START, "nan,141"], "'nan,141'"),
        (["route", START, "141.0,43.0"], "write latitude first"),
        (["route", START, GOAL, "--height-m", "nan"], "vehicle.height_m"),
        (["route", START, GOAL, "--height-m", "inf"], "vehicle.height_m"),
        (["route", START, GOAL, "--alternatives", "-1"], "alternatives"),
        (["matrix", "absent.csv", "-o", "m.csv"], "absent.csv"),
    ],
)
def test_wrong_input_is_one_message_and_code_2(
    town: str, capsys: pytest.CaptureFixture[str], words: list[str], part: str
) -> None:
    assert main([words[0], "-r", town, *words[1:]]) == 2
    shown = capsys.readouterr()
    assert part in shown.err
    assert "Traceback" not in shown.err


@pytest.mark.parametrize(
    "rings",
    [
        [], [[]], [[[141.0, 43.0], [141.1, 43.0]]], [[["a", 43.0], [141.0, 43.1], [141.1, 43.0]]],
        [[[43.0, 141.0], [43.1, 141.0], [43.0, 141.1]]],
    ],
)  # fmt: skip
def test_an_area_that_is_none_is_refused(
    town: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], rings: list[object]
) -> None:
    area = tmp_path / "area.json"
    area.write_text(json.dumps({"type": "Polygon", "coordinates": rings}), encoding="utf-8")
    assert main(["route", "-r", town, START, GOAL, "--avoid", str(area)]) == 2
    assert "at least three corners [lon, lat]" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("row", "part"),
    [("a,north,141.0", "row 2: lat: 'north'"), ("a,95,141.0", "row 2: lat: '95' is not between"),
     ("a,43", "row 2: no column 'lon'")],
)  # fmt: skip
def test_a_wrong_row_of_places_is_named(
    town: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], row: str, part: str
) -> None:
    source = places(tmp_path / "p.csv", row)
    assert main(["matrix", "-r", town, source, "-o", str(tmp_path / "m.csv")]) == 2
    assert f"p.csv: {part}" in capsys.readouterr().err


def test_a_matrix_without_room_is_refused_before_it_is_begun(
    town: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(road_answers, "free_bytes", lambda: 500_000_000)
    source = places(tmp_path / "p.csv", *(f"{row},{START}" for row in range(10_000)))
    assert main(["matrix", "-r", town, source, "-o", str(tmp_path / "m.csv")]) == 2
    shown = capsys.readouterr().err
    assert "10,000 x 10,000 needs 1,600,000,000 bytes and 500,000,000 are free" in shown
    assert "at most 3,125 sources at a time" in shown
    assert not (tmp_path / "m.csv").exists()


@pytest.mark.parametrize("name", ["town.osm", "town.osm.gz", "town.osm.pbf"])
def test_a_road_file_that_ends_early_stops_the_build(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    write_feed(tmp_path / "f.zip", {})
    whole = (gzip.compress if name.endswith("gz") else bytes)(TOWN.xml().encode())
    (tmp_path / name).write_bytes(whole[: len(whole) // 2])
    (tmp_path / "region.yaml").write_text(FILE.replace("town.osm", name), encoding="utf-8")
    assert main(["build", str(tmp_path / "region.yaml"), "-o", str(tmp_path / "built")]) == 2
    shown = capsys.readouterr().err
    assert f"{name}: damaged or not an OSM file" in shown
    assert "fetch it again" in shown
    assert "Traceback" not in shown


def test_other_endings_are_refused(
    town: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = places(tmp_path / "p.csv", f"a,{START}")
    assert main(["matrix", "-r", town, source, "-o", str(tmp_path / "m.xlsx")]) == 2
    assert ".csv or .parquet" in capsys.readouterr().err


def test_a_region_of_straight_lines_has_no_routes(
    valley: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["route", "-r", str(valley.folder.parents[1]), START, GOAL]) == 2
    assert "no road map" in capsys.readouterr().err
