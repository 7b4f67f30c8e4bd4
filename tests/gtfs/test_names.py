"""Names in the languages that feeds translate, of drawn feeds against a reading of the rows."""

import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.languages import language_of
from gtfs.calls import call_at
from gtfs.names import Names
from gtfs.read import open_feed
from gtfs.timetable import Timetable, build_timetable
from routing.layout import NONE
from tests.gtfs.feeds import STORY, timetable_of, write_feed
from tests.gtfs.strategies import table

TAGS = ("ko", "ko-KR", "zh-Hant-HK", "zh-Hans", "zh", "fr", "ja", "en", "en-GB", "pt_BR")
ASKED = ("ko", "KO-kp", "zh-TW", "zh-HK", "zh-cn", "zh", "fr-CA", "ja", "en-US", "pt", "sw")
FIELDS = {
    "stops": ("stop_name", {"A": "北駅", "B": "中町", "C": "南口"}),
    "trips": ("trip_headsign", {"t1": "南口", "t2": ""}),
    "routes": ("route_long_name", {"L": "北南線"}),
    "agency": ("agency_name", {"a": "Northern Bus"}),
}
SIGNS = {  # by trip and sequence; alike ones have translations of their own
    ("t1", "5"): "中町経由",
    ("t1", "10"): "南口",
    ("t2", "5"): "中町経由",
    ("t2", "10"): "中町経由",
    ("t2", "15"): "",
}
FIELD_OF = {**{name: field for name, (field, _) in FIELDS.items()}, "stop_times": "stop_headsign"}
RECORDS = [
    *((name, record, "", text) for name in FIELDS for record, text in FIELDS[name][1].items()),
    *(("stop_times", trip, sequence, text) for (trip, sequence), text in SIGNS.items()),
]
PLACES = [(trip, sequence, stop) for trip in ("t1", "t2")
          for sequence, stop in (("5", "A"), ("10", "B"), ("15", "C"))]  # fmt: skip


class Row(NamedTuple):
    table: str
    field: str
    language: str
    translation: str
    record: str
    sub: str
    value: str


@st.composite
def rows(draw: st.DrawFn) -> list[Row]:
    """Translations of some texts into some languages, by record or by value."""
    found = set()
    for name, record, sub, text in RECORDS:
        for tag in draw(st.sets(st.sampled_from(TAGS), max_size=4)):
            way = draw(st.sampled_from(("record", "value", "both")))
            field = FIELD_OF[name]
            if way != "value":
                found.add(Row(name, field, tag, f"{tag} {record} {sub}".strip(), record, sub, ""))
            if way != "record" and text:
                found.add(Row(name, field, tag, f"{tag} {text}", "", "", text))
    return draw(st.permutations(sorted(found)))


def folded(tag: str) -> str:
    return tag.lower().replace("_", "-")


def told(rows: list[Row], table: str, record: tuple[str, str], value: str, tag: str) -> str:
    """Translation into one tag as a feed writes it: of the record, else of the value."""
    mine = [row for row in rows if row.table == table and kind(row.language) == tag]
    of_record = [row.translation for row in mine if (row.record, row.sub) == record]
    of_value = [row.translation for row in mine if row.value and row.value == value]
    return next(iter([*of_record, *of_value]), "")


def kind(tag: str) -> str:
    """English of all countries is one."""
    tag = folded(tag)
    return "en" if tag.split("-")[0] == "en" else tag


def wanted(
    rows: list[Row], own_tag: str, table: str, record: tuple[str, str], value: str, asked: str
) -> set[str]:
    """What may be shown; several where only languages of other countries fit."""
    asked = folded(asked)
    language = asked.split("-")[0]
    script = {"tw": "hant", "hk": "hant", "cn": "hans"}.get(asked.split("-")[-1])
    prefixes = [asked]
    if language == "zh" and script:
        prefixes.append(f"zh-{script}")
    tags = sorted({kind(row.language) for row in rows})
    texts = {tag: told(rows, table, record, value, tag) for tag in tags}
    texts = {tag: text for tag, text in texts.items() if text and tag != own_tag}
    is_english = language == "en"
    for prefix in prefixes:
        if prefix in texts and not is_english:
            return {texts[prefix]}
    near = {
        text for tag, text in texts.items() for one in prefixes
        if "-" in one and tag.startswith(one + "-")
    }  # fmt: skip
    if near or language in texts:
        return near or {texts[language]}
    if own_tag.split("-", maxsplit=1)[0] == language:
        return {value}
    far = {text for tag, text in texts.items() if tag.split("-")[0] == language}
    if far:
        return far
    return {value} if language == "ja" else {texts.get("en", "") or value}


def told_calls(order: list[int], signs: dict[tuple[str, str], str]) -> bytes:
    """Stop times of both trips, in any order."""
    return table(
        "trip_id,stop_id,stop_sequence,arrival_time,departure_time,stop_headsign",
        [
            (trip, stop, sequence, *2 * (f"0{8 + (trip == 't2')}:{sequence:0>2}:00",),
             signs.get((trip, sequence), ""))
            for trip, sequence, stop in (PLACES[k] for k in order)
        ],
    )  # fmt: skip


@given(
    rows(),
    st.sampled_from(("ja", "", "fr", "zh-Hans")),
    st.sampled_from(ASKED),
    st.permutations(range(len(PLACES))),
)
def test_names_are_those_of_the_rows(
    drawn: list[Row], own: str, asked: str, order: list[int]
) -> None:
    files: dict[str, str | bytes | None] = {
        **STORY,
        "agency.txt": STORY["agency.txt"].replace(",ja", f",{own}"),
        "translations.txt": table(
            "table_name,field_name,language,translation,record_id,record_sub_id,field_value", drawn
        ),
        "trips.txt": STORY["trips.txt"].replace("t2,南口", "t2,"),
        "stop_times.txt": told_calls(order, SIGNS),
        "frequencies.txt": "trip_id,start_time,end_time,headway_secs\nt2,09:00:00,10:00:00,1800\n",
    }
    before: dict[str, str | bytes | None] = {"stop_times.txt": told_calls([0, 1, 2, 3, 4, 5], {
        ("t1", "5"): "other", ("t2", "10"): "others"})}  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = write_feed(Path(folder) / "f.zip", files)
        other = write_feed(Path(folder) / "g.zip", before)  # before it, so that rows are moved
        feeds = [open_feed(other, "g"), open_feed(path, "f")]
        build_timetable(feeds, "Asia/Tokyo").save(Path(folder))
        timetable = Timetable.open(Path(folder))
        names = Names(timetable, asked)

        def expected(name: str, record: str, value: str, sub: str = "") -> set[str]:
            return wanted(drawn, folded(own), name, (record, sub), value, asked)

        for k, (stop, text) in enumerate(FIELDS["stops"][1].items()):
            assert names.stop(3 + k) in expected("stops", stop, text)
            assert names.stop(k) == text
        assert names.headsign(2) in expected("trips", "t1", "南口")
        assert names.agency(1) in expected("agency", "a", "Northern Bus")
        long = expected("routes", "L", "北南線")
        assert names.line(1) in {"1" if text == "北南線" else text for text in long}
        assert timetable.trips.id[2:] == ["f:t1", "f:t2", "f:t2"]
        for trip, trip_id in ((2, "t1"), (3, "t2"), (4, "t2")):  # t2 runs twice
            if trip_id == "t2":  # it goes to its last stop
                assert names.headsign(trip) in expected("stops", "C", "南口")
            for k, sequence in enumerate(("5", "10", "15")):
                call = call_at(timetable, int(timetable.trips.first_stop_time[trip]) + k)
                text = SIGNS.get((trip_id, sequence), "")
                assert (call is None) == (text == "")
                if call is not None:
                    sign = names.headsign(trip, call.headsign)
                    assert sign in expected("stop_times", trip_id, text, sequence)


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        ("", None),
        ("*", None),
        ("ko-KR,ko;q=0.9,en;q=0.5", "ko-kr"),
        ("de;q=0.9, fr-CH;q=1.0, en;q=0.8", "en"),
        ("de", "en"),
        ("en;q=0.1,ja", "ja"),
        ("ko;q=0,ja;q=0.2", "ja"),
        (";;;q=, =,%", None),
    ],
)
def test_the_header_names_the_language(header: str, lang: str | None, tmp_path: Path) -> None:
    text = "table_name,field_name,language,translation,record_id\nstops,stop_name,ko,북역,A\n"
    timetable = timetable_of(tmp_path, {"translations.txt": text})
    assert language_of(header, timetable) == lang


GUNMA = "jp/gtfs.1007.gunma_bus"


@pytest.mark.parametrize(
    ("lang", "tag"), [("ko", "ko-KR"), ("zh-TW", "zh-Hant-HK"), ("zh-CN", "zh-Hans-CN")]
)
def test_a_real_feed_speaks_its_languages(lang: str, tag: str, outside_data: Path) -> None:
    path = outside_data / "gtfs" / f"{GUNMA}.zip"
    feed = open_feed(path, "f")
    timetable = build_timetable([feed], "Asia/Tokyo")
    columns = ("trans_id", "lang", "translation")
    rows = feed.table("translations.txt", columns).select(columns).iter_rows()
    texts = {value: text for value, language, text in rows if language == tag}
    names, stops = Names(timetable, lang), timetable.stops
    found = [names.stop(k) for k in range(len(stops.id))]
    own = zip(stops.name, stops.name_en, strict=True)
    told = [texts.get(name) or english or name for name, english in own]
    assert found == told
    assert sum(text in texts.values() for text in found) > 300
    assert names.headsign(0, NONE) == texts.get(timetable.trips.headsign[0], names.headsign(0))
