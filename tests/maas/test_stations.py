"""Stops of several feeds that are one station."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gtfs.timetable import Timetable, build_timetable
from maas.places import make_places, name_keys
from maas.stations import SAME_PLACE_M, station_report, stations_of
from routing.geo import distance_m
from tests.gtfs.feeds import feed_of

HEADER = "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
RAIL = HEADER + (
    "S,帯広駅,42.9180,143.2010,1,\n"
    "A,1番線,42.9181,143.2011,0,S\n"
    "B,2番線,42.9182,143.2012,0,S\n"
    "E,北口,42.9190,143.2010,2,S\n"
    "C,柏林台,42.9200,143.1700,0,\n"
)
BUS = HEADER + (
    "A,帯広駅,42.9185,143.2020,0,\n"  # 90 m from the station, same name
    "B,柏林台,42.9500,143.1700,0,\n"  # same name, three kilometres away
    "C,大通,42.92001,143.17001,0,\n"  # another name, a metre from a stop of the railway
)


def two_feeds(folder: Path) -> Timetable:
    feeds = [
        feed_of(folder, {"stops.txt": RAIL}, "rail"),
        feed_of(folder, {"stops.txt": BUS}, "bus"),
    ]
    return build_timetable(feeds, "Asia/Tokyo")


def test_parents_and_names_near_each_other_make_stations(tmp_path: Path) -> None:
    timetable = two_feeds(tmp_path)
    station = stations_of(timetable, name_keys(timetable))
    assert station.tolist() == [0, 0, 0, 0, 1, 0, 2, 3]


def test_a_report_tells_what_was_grouped_and_what_may_be_missed(tmp_path: Path) -> None:
    timetable = two_feeds(tmp_path)
    report = station_report(timetable, stations_of(timetable, name_keys(timetable)))
    assert report == {
        "stations": 4,
        "with_several_stops": 1,
        "by_parent": 3,
        "of_several_feeds": 1,
        "shared": [["rail:S", "rail:A", "rail:B", "rail:E", "bus:A"]],
        "near_but_named_differently": 1,
        "missed": [["rail:C 柏林台", "bus:C 大通"]],
    }


def test_a_station_is_found_by_the_names_of_its_platforms(tmp_path: Path) -> None:
    timetable = two_feeds(tmp_path)
    places = make_places(timetable, stations_of(timetable, name_keys(timetable)))
    found = places.resolve("帯広駅").stop_id
    assert found == places.resolve("1番線").stop_id
    assert not places.search("北口")


@given(
    places=st.lists(
        st.tuples(st.sampled_from("xyz"), st.integers(-60, 60), st.integers(-60, 60)), max_size=60
    ),
    corner=st.sampled_from(((43.0, 141.0), (0.0, 179.99), (89.9, 10.0), (-33.9, 151.2))),
)
def test_namesakes_are_those_of_a_search_over_all_pairs(
    places: list[tuple[str, int, int]], corner: tuple[float, float]
) -> None:
    lat = [corner[0] + north / 400 for _, north, _ in places]
    lon = [corner[1] + east / 400 for _, _, east in places]
    lat = [min(degrees, 90.0) for degrees in lat]
    lon = [degrees - 360 if degrees > 180 else degrees for degrees in lon]
    stops = SimpleNamespace(lat=np.array(lat), lon=np.array(lon), parent=np.full(len(lat), -1))
    heads: list[int] = []
    expected = []
    for stop, (name, _, _) in enumerate(places):
        near = [
            head
            for head in heads
            if places[head][0] == name
            and distance_m(lat[head], lon[head], lat[stop], lon[stop]) <= SAME_PLACE_M
        ]
        expected.append(near[0] if near else stop)
        heads += [] if near else [stop]
    timetable = cast("Timetable", SimpleNamespace(stops=stops))
    station = stations_of(timetable, [name for name, _, _ in places]).tolist()
    number = {stop: station[stop] for stop in heads}
    assert station == [number[head] for head in expected]
    assert len(set(number.values())) == len(heads)
