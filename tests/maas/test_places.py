from pathlib import Path

import pytest

from maas.errors import AmbiguousPlaceError, UnknownPlaceError
from maas.places import Places, make_places, name_keys
from maas.stations import stations_of
from tests.gtfs.feeds import timetable_of

STOPS = """
    stop_id,stop_name,stop_lat,stop_lon
    A,札幌,43.0686,141.3508
    A2,札幌駅前,43.0670,141.3510
    B,市立病院前,43.06,141.30
    C,市立病院前,43.76,142.36
    D,帯広,42.9180,143.2033
"""
TRANSLATIONS = """
    table_name,field_name,language,translation,record_id,record_sub_id,field_value
    stops,stop_name,ja-Hrkt,さっぽろ,A,,
    stops,stop_name,en,Sapporo,A,,
    stops,stop_name,en,Obihiro,D,,
    stops,stop_name,ja-Hrkt,おびひろ,D,,
"""


@pytest.fixture
def places(tmp_path: Path) -> Places:
    times = """
        trip_id,arrival_time,departure_time,stop_id,stop_sequence
        t1,08:00:00,08:00:00,A,1
        t1,08:10:00,08:11:00,B,2
        t1,09:20:00,09:20:00,C,3
        t2,09:00:00,09:00:00,A2,1
        t2,09:20:00,09:20:00,D,3
    """
    files = {"stops.txt": STOPS, "translations.txt": TRANSLATIONS, "stop_times.txt": times}
    timetable = timetable_of(tmp_path, files)
    made = make_places(timetable, stations_of(timetable, name_keys(timetable)))
    made.save(tmp_path)
    return Places.open(tmp_path, timetable)


@pytest.mark.parametrize(
    "text", ["札幌", "札幌駅", "さっぽろ", "サッポロ", "sapporo", "Sapporo Station"]
)
def test_a_station_is_found_in_any_script(places: Places, text: str) -> None:
    found = places.resolve(text)
    assert found.stop_id in {"f:A", "f:A2"}
    assert found.name in {"札幌", "札幌駅前"}


def test_coordinates_and_stop_ids_are_places(places: Places) -> None:
    assert places.resolve("43.5, 142.25").stop_id is None
    assert places.resolve("f:D").name == "帯広"


def test_one_name_in_two_towns_lists_both(places: Places) -> None:
    with pytest.raises(AmbiguousPlaceError) as caught:
        places.resolve("市立病院前")
    assert "f:B" in str(caught.value)
    assert "f:C" in str(caught.value)


@pytest.mark.parametrize("text", ["とうきょう", "", "Obihir", "91,10"])
def test_an_unknown_name_is_refused(places: Places, text: str) -> None:
    with pytest.raises(UnknownPlaceError):
        places.resolve(text)


def test_near_names_are_offered(places: Places) -> None:
    with pytest.raises(UnknownPlaceError, match="帯広"):
        places.resolve("Obihir")


def test_type_ahead_puts_beginnings_first(places: Places) -> None:
    assert [place.stop_id for place in places.search("obi")] == ["f:D"]
    assert places.search("") == []
    assert len(places.search("病院", limit=1)) == 1
