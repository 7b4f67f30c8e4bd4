"""OSM files and tags."""

import bz2
import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from routing.errors import RoadFileError
from routing.osm import TurnRule, read_road_file
from routing.osm_tags import passage
from routing.osm_values import duration_s, limit_kmh
from routing.profiles import BIKE, CAR, FOOT, TAXI, VAN
from routing.road import RoadGraph
from tests.routing.drawn_roads import Drawing

STREET = {"highway": "residential"}
MAP = Drawing(
    {"A": (0, 0), "B": (100, 0), "C": (200, 0)},
    [("ABC", STREET | {"name": "大通", "colour": "red"}), ("AC", {"building": "yes"})],
    node_tags={"B": {"barrier": "gate", "material": "wood"}, "C": {"amenity": "bench"}},
    turns=[(0, "B", 0, {"restriction": "no_u_turn", "except": "psv"})],
)


@pytest.mark.parametrize(
    ("ending", "pack"),
    [(".osm", bytes), (".osm.gz", gzip.compress), (".osm.bz2", bz2.compress)],
)
def test_a_file_is_read_plain_and_packed(
    tmp_path: Path, ending: str, pack: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / f"map{ending}"
    path.write_bytes(pack(MAP.xml().encode()))
    file = read_road_file(path)
    assert file.osm_node[file.node].tolist() == [1, 2, 3]
    assert file.first_point_of_way.tolist() == [0, 3]
    assert file.tag_sets == [STREET]
    assert [file.names[name] for name in file.name_of_way] == ["大通"]
    assert file.node_tags == {2: {"barrier": "gate"}}
    (rule,) = file.turn_rules
    assert rule == TurnRule(1, 2, (), 1, False, "", frozenset({"psv"}))


def test_a_way_with_a_missing_node_comes_in_pieces(tmp_path: Path) -> None:
    map_ = Drawing({node: (100.0 * x, 0) for x, node in enumerate("ABCDE")}, [("ABCDE", STREET)])
    lines = [line for line in map_.xml().splitlines() if not line.startswith('<node id="3"')]
    path = tmp_path / "cut.osm"
    path.write_text("\n".join(lines))
    file = read_road_file(path)
    assert file.osm_node[file.node].tolist() == [1, 2, 4, 5]
    assert file.first_point_of_way.tolist() == [0, 2, 4]
    assert file.way_id.tolist() == [1, 1]


def broken(content: bytes, name: str = "map.osm") -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    return write


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda folder: folder / "gone.osm.pbf", r"gone.osm.pbf: no such road file; give the path"),
        (lambda folder: folder, r"no such road file"),
        (broken(b"", "map.shp"), r"map.shp: not a kind of road file that is known; use one of"),
        (broken(b""), r"map.osm: damaged or not an OSM file .*; fetch it again"),
        (broken(b"<html></html>"), r"damaged or not an OSM file"),
        (broken(MAP.xml().encode()[:300]), r"damaged or not an OSM file"),
        (broken(b"garbage" * 50, "map.osm.pbf"), r"map.osm.pbf: damaged or not an OSM file"),
        (broken(gzip.compress(MAP.xml().encode())[:-20], "map.osm.gz"), r"damaged or not"),
        (broken(b'<osm version="0.6"></osm>'), r"map.osm: no way with a `highway` tag; give"),
        (
            broken(
                b'<osm version="0.6"><way id="1"><nd ref="1"/><nd ref="2"/>'
                b'<tag k="highway" v="road"/></way></osm>'
            ),
            r"the nodes of its 1 roads are missing or come after the ways; sort the file",
        ),
    ],
)
def test_a_bad_file_gives_one_clear_error(
    tmp_path: Path, write: Callable[[Path], Path], message: str
) -> None:
    with pytest.raises(RoadFileError, match=message):
        RoadGraph.read(write(tmp_path))


def test_a_truncated_pbf_is_refused(tmp_path: Path, outside_data: Path) -> None:
    whole = (outside_data / "osm" / "nky_streets.osm.pbf").read_bytes()
    path = tmp_path / "cut.osm.pbf"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(RoadFileError, match="damaged or not an OSM file"):
        RoadGraph.read(path)


def test_roads_that_no_profile_may_use_are_an_error(tmp_path: Path) -> None:
    map_ = Drawing({"A": (0, 0), "B": (100, 0)}, [("AB", {"highway": "proposed"})])
    with pytest.raises(RoadFileError, match="none of its roads may be used by foot, wheelchair"):
        map_.graph(tmp_path)


def test_a_profile_without_roads_is_left_out(tmp_path: Path) -> None:
    map_ = Drawing({"A": (0, 0), "B": (100, 0)}, [("AB", {"highway": "footway"})])
    assert map_.graph(tmp_path).profiles == ("foot", "wheelchair", "bike")


@pytest.mark.parametrize(
    ("value", "kmh"),
    [
        ("60", 60.0),
        ("30 mph", 48.28032),
        ("30mph", 48.28032),
        ("10 knots", 18.52),
        ("none", 130.0),
        ("walk", 7.0),
        ("DE:urban", 50.0),
        ("JP:motorway", 100.0),
        ("RO:motorway", 130.0),
        ("FR:zone30", 30.0),
        ("DE:zone:20", 20.0),
        ("XX:rural", 90.0),
        ("signals", None),
        ("0", None),
        ("-5", None),
        ("50;60", None),
    ],
)
def test_posted_limits_are_read(value: str, kmh: float | None) -> None:
    assert limit_kmh(value) == (None if kmh is None else pytest.approx(kmh))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("45", 2700),
        ("01:30", 5400),
        ("1:30:20", 5420),
        ("PT2H5M", 7500),
        ("P1DT1H", 90_000),
        ("soon", None),
        ("0", None),
        ("P", None),
        ("999:00", None),
    ],
)
def test_ferry_durations_are_read(value: str, seconds: int | None) -> None:
    assert duration_s(value) == seconds


def test_speeds_follow_limits_surfaces_and_service() -> None:
    def kmh(tags: dict[str, str]) -> float:
        found = passage({"highway": "secondary", **tags}, CAR)
        return found.forward_kmh

    assert kmh({}) == 55
    assert kmh({"maxspeed": "80"}) == 64
    assert kmh({"maxspeed": "80", "maxspeed:forward": "50"}) == 40
    assert kmh({"maxspeed": "80", "surface": "gravel"}) == 40
    assert kmh({"highway": "service", "service": "driveway"}) == 7.5
    van = passage({"highway": "motorway", "maxspeed": "none"}, VAN)
    assert van.forward_kmh == VAN.max_kmh
    assert van.backward_kmh == 0


def test_a_busway_is_for_taxis_and_a_track_for_those_who_are_allowed() -> None:
    assert passage({"highway": "busway"}, TAXI).is_open
    assert not passage({"highway": "busway"}, CAR).is_open
    assert not passage({"highway": "track"}, CAR).is_open
    assert passage({"highway": "track", "motor_vehicle": "yes"}, CAR).is_open
    footway = passage({"highway": "footway"}, BIKE)
    shared = passage({"highway": "footway", "bicycle": "yes"}, BIKE)
    assert footway.forward_kmh < shared.forward_kmh
    assert not passage({"highway": "motorway"}, FOOT).is_open
    assert passage({"highway": "trunk"}, FOOT).is_open
