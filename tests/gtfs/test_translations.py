from pathlib import Path

import pytest

from tests.gtfs.feeds import STORY, timetable_of

OLD = """
    trans_id,lang,translation
    北駅,ja,北駅
    北駅,ja-Hrkt,きたえき
    北駅,en,North Station
    南口,en,South Gate
    南口,ja-Hrkt,みなみぐち
    北南線,en,North-South Line
    1,en,One
"""
BY_VALUE = """
    table_name,field_name,language,translation,record_id,record_sub_id,field_value
    stops,stop_name,ja-Hrkt,きたえき,,,北駅
    stops,stop_name,en,North Station,,,北駅
    stops,stop_name,en-US,South Gate,,,南口
    stops,stop_name,ja-HrKt,みなみぐち,,,南口
    trips,trip_headsign,en,South Gate,,,南口
    routes,route_long_name,en,North-South Line,,,北南線
    stops,stop_name,fr,Gare du Nord,,,北駅
    agency,agency_name,en,Nobody,,,北駅
"""
BY_RECORD = """
    table_name,field_name,language,translation,record_id
    stops,stop_name,ja-Hrkt,きたえき,A
    stops,stop_name,en,North Station,A
    stops,stop_name,en,South Gate,C
    stops,stop_name,ja-Hrkt,みなみぐち,C
    trips,trip_headsign,en,South Gate,t1
    trips,trip_headsign,en,South Gate,t2
    routes,route_long_name,en,North-South Line,L
"""


@pytest.mark.parametrize("text", [OLD, BY_VALUE, BY_RECORD], ids=("old", "by value", "by record"))
def test_every_form_gives_the_same_names(text: str, tmp_path: Path) -> None:
    timetable = timetable_of(tmp_path, {"translations.txt": text})
    assert timetable.stops.name_en[:] == ["North Station", "", "South Gate"]
    assert timetable.stops.name_kana[:] == ["きたえき", "", "みなみぐち"]
    assert timetable.trips.headsign_en[:] == ["South Gate", "South Gate"]
    assert timetable.lines.name_en[:] == ["North-South Line"]


def test_a_record_beats_a_value(tmp_path: Path) -> None:
    text = BY_RECORD.rstrip() + "\n    stops,stop_name,en,Value,,,北駅\n"
    text = text.replace("translation,record_id", "translation,record_id,record_sub_id,field_value")
    names = timetable_of(tmp_path, {"translations.txt": text}).stops.name_en
    assert names[0] == "North Station"


def test_an_english_feed_is_its_own_translation(tmp_path: Path) -> None:
    agency = STORY["agency.txt"].replace(",ja", ",en")
    assert timetable_of(tmp_path, {"agency.txt": agency}).stops.name_en[0] == "北駅"
    japanese = {
        "agency.txt": agency,
        "feed_info.txt": "feed_publisher_name,feed_lang\nNorthern,ja\n",
    }
    timetable = timetable_of(tmp_path, japanese)
    assert timetable.stops.name_en[0] == ""
    assert timetable.feeds[0].publisher == "Northern"
