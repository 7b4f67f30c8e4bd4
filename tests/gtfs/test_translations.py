from pathlib import Path

import pytest

from gtfs.calls import call_at
from gtfs.timetable import build_timetable
from tests.gtfs.feeds import STORY, feed_of, lines_of, timetable_of

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
    levels,level_name,en,Nothing,,,北駅
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


def test_a_headsign_of_one_call_has_its_own_translation(tmp_path: Path) -> None:
    times = "\n".join(
        f"{row},{sign}"
        for row, sign in zip(
            lines_of(STORY["stop_times.txt"]).splitlines(),
            ("stop_headsign", "中町経由", "南口", "", "中町経由", "南口", ""),
            strict=True,
        )
    )
    text = """
        table_name,field_name,language,translation,record_id,record_sub_id,field_value
        stop_times,stop_headsign,en,via Middle,t1,1,
        stop_times,stop_headsign,en,South,,,南口
    """
    timetable = timetable_of(tmp_path, {"translations.txt": text, "stop_times.txt": times})
    told = [call_at(timetable, row) for row in range(6)]
    signs = timetable.headsigns
    english = [
        None if call is None else (signs.name[call.headsign], signs.name_en[call.headsign])
        for call in told
    ]
    south = ("南口", "South")
    assert english == [("中町経由", "via Middle"), south, None, ("中町経由", ""), south, None]


def test_texts_that_no_answer_shows_are_stated(tmp_path: Path) -> None:
    feed = feed_of(tmp_path, {"translations.txt": BY_VALUE})
    build_timetable([feed], "Asia/Tokyo")
    assert [text for text in feed.unused if text.startswith("translations.txt")] == [
        "translations.txt: 1 texts; would give levels.level_name in the language 'en'",
    ]
