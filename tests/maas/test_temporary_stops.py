"""Stops that only realtime feeds tell: their walks, and journeys from and to them."""

from typing import Any

import numpy as np
from google.transit import gtfs_realtime_pb2 as bindings
from hypothesis import given
from hypothesis import strategies as st

from gtfs.footpaths import combine
from gtfs.realtime.messages import NewStop
from gtfs.realtime.read import read_message
from maas.generations import Generations
from maas.live import FeedNews, News
from maas.planner import Planner, read_query
from maas.region import Region
from maas.temporary_stops import with_temporary_stops
from routing.geo import distance_m
from routing.polyline import decode
from tests.maas.test_live import DAY, NOW

SPOT = 43.010, 141.004  # some 330 m east of B
near = st.integers(-5, 25).map(lambda k: k / 1000)


@given(st.lists(st.tuples(near, near), min_size=1, max_size=3))
def test_walks_are_those_of_a_region_that_has_the_stops(
    valley: Region, places: list[tuple[float, float]]
) -> None:
    told = tuple(
        NewStop(f"new{k}", {}, 43 + north, 141 + east, "", "", "B" if k == 1 else "", 0)
        for k, (north, east) in enumerate(places)
    )
    grown = with_temporary_stops(valley, (("bus", told),))
    table, n_old = grown.timetable.stops, len(valley.timetable.stops.id)
    limit = int(valley.file.walking.transfer_limit_m * 3.6 / valley.file.walking.speed_kmh)
    ways = valley.roads.footpaths(valley.roads.pin(table.lon, table.lat, "foot"), "foot", limit)
    expected = combine(grown.timetable, ways, valley.file.walking.change_time)
    for found, wanted in zip(grown.footpaths, expected, strict=True):
        assert found.tolist() == wanted.tolist()
        assert not found.flags.writeable
    assert len(grown.timetable.stops.id) == n_old + len(told)
    assert {pins.lon.size for pins in grown.stop_pins.values()} == {n_old + len(told)}
    stations = grown.station_of_stop.tolist()
    assert stations[:n_old] == valley.station_of_stop.tolist()
    fresh = [station for k, station in enumerate(stations[n_old:]) if k != 1]
    assert len(set(fresh) | set(stations[:n_old])) == len(fresh) + len(set(stations[:n_old]))
    assert len(told) < 2 or stations[n_old + 1] == stations[grown.stop_of_id["bus:B"]]


def news(*stops: Any, shape: str = "") -> News:
    """A detour of t1 by SPOT in place of B."""
    feed = bindings.FeedMessage()
    feed.header.gtfs_realtime_version, feed.header.timestamp = "2.0", NOW
    feed.entity.add(id="m").trip_modifications.CopyFrom(
        bindings.TripModifications(
            selected_trips=[{"trip_ids": ["t1"], "shape_id": "round" if shape else ""}],
            service_dates=["20261007"],
            modifications=[
                {
                    "start_stop_selector": {"stop_id": "B"},
                    "end_stop_selector": {"stop_id": "B"},
                    "replacement_stops": [{"travel_time_to_stop": 720, "stop_id": "T"}],
                    "propagated_modification_delay": 240,
                }
            ],
        )
    )
    for stop in stops:
        feed.entity.add(id="s").stop.CopyFrom(stop)
    if shape:
        feed.entity.add(id="p").shape.CopyFrom(
            bindings.Shape(shape_id="round", encoded_polyline=shape)
        )
    return News(NOW, (FeedNews("bus", read_message(feed.SerializeToString())),))


STOP = bindings.Stop(
    stop_id="T",
    stop_lat=SPOT[0],
    stop_lon=SPOT[1],
    stop_name={"translation": [{"text": "仮停留所", "language": "ja"}]},
)


def ask(generations: Generations, origin: Any, to: Any, **changes: Any) -> list[dict[str, Any]]:
    query = {"from": origin, "to": to, "at": f"{DAY}T07:50", "modes": ["bus", "walk"], **changes}
    itineraries = Planner(generations).plan(read_query(query))["itineraries"]
    ridden = ([leg for leg in one["legs"] if "trip_id" in leg] for one in itineraries)
    return next(filter(None, ridden))  # not on foot all the way


def test_one_gets_on_and_off_at_a_temporary_stop(valley: Region) -> None:
    generations = Generations(valley, news(STOP))
    (leg,) = ask(generations, {"lat": SPOT[0], "lon": SPOT[1]}, "bus:C")
    assert (leg["from"]["stop_id"], leg["from"]["name"]) == ("bus:T", "仮停留所")
    assert (leg["departure"][11:16], leg["arrival"][11:16]) == ("08:12", "08:24")
    (leg,) = ask(generations, "bus:A", {"lat": SPOT[0], "lon": SPOT[1]})
    assert (leg["to"]["stop_id"], leg["arrival"][11:16]) == ("bus:T", "08:12")
    plain = ask(generations, "bus:A", "bus:C", realtime=False)
    assert [leg["arrival"][11:16] for leg in plain] == ["08:20"]
    served = generations.current.today()
    assert "temporary_stop" not in served.reports["bus"].unmatched


def test_the_next_news_of_the_same_stops_keep_the_region_and_others_end_it(valley: Region) -> None:
    generations = Generations(valley, news(STOP))
    with_stop = generations.current.region
    assert generations.use(news=news(STOP))
    assert generations.current.region is with_stop
    assert generations.use(news=news())
    assert generations.current.region is valley
    report = generations.current.today().reports["bus"]
    assert report.names["temporary_stop"] == ["entity 'm', stop 'T'"]


def test_a_leg_on_a_detour_is_drawn_along_the_told_line(valley: Region) -> None:
    # the line is (43.0, 141.0), (43.01, 141.004), (43.02, 141.0)
    told = news(STOP, shape="_mmeG_ar{Yo}@_Xo}@~W")
    lon, lat = decode("_mmeG_ar{Yo}@_Xo}@~W", 5)
    np.testing.assert_allclose(lat, [43.0, 43.01, 43.02], atol=1e-9)
    np.testing.assert_allclose(lon, [141.0, 141.004, 141.0], atol=1e-9)
    (leg,) = ask(Generations(valley, told), "bus:A", "bus:C")
    _, drawn = decode(leg["geometry"])
    assert drawn.tolist() == lat.tolist()
    length = 2 * distance_m(43.0, 141.0, *SPOT)
    assert abs(leg["distance_m"] - length) < 2
