"""What the reader accepts, and what it says of what it cannot read."""

import shutil
import struct
import zipfile
from pathlib import Path

import pytest

from gtfs.errors import (
    BadValueError,
    BrokenArchiveError,
    FeedFileError,
    FeedNotFoundError,
    GtfsError,
    MissingColumnError,
    MissingFileError,
)
from gtfs.read import open_feed
from gtfs.timetable import build_timetable
from tests.gtfs.feeds import STORY, feed_of, lines_of, timetable_of, write_feed

STOPS = lines_of(STORY["stops.txt"])


def read_stops(folder: Path, content: str | bytes) -> list[tuple[str, str]]:
    """Ids and names of the stops of a feed with this stops.txt."""
    raw = content.encode() if isinstance(content, str) else content
    table = feed_of(folder, {"stops.txt": raw}).table("stops.txt", ("stop_id", "stop_name"))
    return list(zip(table["stop_id"], table["stop_name"], strict=True))


STORY_STOPS = [("A", "北駅"), ("B", "中町"), ("C", "南口")]


@pytest.mark.parametrize(
    "content",
    [
        STOPS.encode("utf-8-sig"),
        STOPS.encode("cp932"),
        STOPS.encode("utf-16"),
        STOPS.replace("\n", "\r\n").encode(),
        STOPS.replace("\n", "\r").encode(),
        STOPS.replace(",", " , ").encode(),
        STOPS.replace("stop_id", ' "stop_id"').replace("stop_name", '"stop_name "').encode(),
        STOPS.replace("z1", "z1,more,cells").encode(),
        STOPS.replace("\n", "\n\n").encode(),
        STOPS.rstrip("\n").encode(),
        STOPS.upper().replace("A,", "A,", 1).encode(),
        STOPS.replace("北駅", '"北駅"').encode(),
        STOPS.replace(",北駅", ', "北駅" ').encode(),
    ],
    ids=(
        "BOM",
        "Shift-JIS",
        "UTF-16",
        "CRLF",
        "CR",
        "blanks",
        "quoted header",
        "extra cells",
        "blank lines",
        "no last line feed",
        "upper case header",
        "quoted",
        "blanks around quotes",
    ),
)
def test_every_usual_way_to_write_a_table_gives_the_same_rows(
    content: bytes, tmp_path: Path
) -> None:
    assert read_stops(tmp_path, content) == STORY_STOPS


def test_a_file_that_is_not_utf8_is_noticed_once(tmp_path: Path) -> None:
    feed = feed_of(tmp_path, {"stops.txt": STOPS.encode("cp932")})
    feed.table("stops.txt", ("stop_id",))
    feed.table("stops.txt", ("stop_id",))
    assert feed.notices.counts == {"not_utf8": 1}


def test_texts_that_look_like_missing_values_are_kept(tmp_path: Path) -> None:
    text = "stop_id,stop_name\nNA,null\n007,None\nnan,NaN\n"
    assert read_stops(tmp_path, text) == [("NA", "null"), ("007", "None"), ("nan", "NaN")]


def test_a_quoted_text_may_hold_commas_quotes_and_line_feeds(tmp_path: Path) -> None:
    text = 'stop_id,stop_name\nA,"one, ""two""\nthree"\nB,plain\n'
    assert read_stops(tmp_path, text) == [("A", 'one, "two"\nthree'), ("B", "plain")]


def test_stray_quotes_are_read_with_a_notice(tmp_path: Path) -> None:
    text = 'stop_id,stop_name\nA,"Old" Station\nB,b,extra\nC\n'
    feed = feed_of(tmp_path, {"stops.txt": text})
    table = feed.table("stops.txt", ("stop_id", "stop_name"))
    assert table["stop_name"].to_list() == ["Old Station", "b", ""]
    assert feed.notices.counts == {"stray_quote": 1}


def test_an_unclosed_quote_is_named_by_its_row(tmp_path: Path) -> None:
    with pytest.raises(FeedFileError, match=r"stops\.txt, row 3: a quote .* never closed"):
        read_stops(tmp_path, 'stop_id,stop_name\nA,a\nB,"b\nC,c\n')


def test_bytes_in_no_known_encoding_are_named_by_their_row(tmp_path: Path) -> None:
    with pytest.raises(FeedFileError, match=r"stops\.txt, row 3: neither UTF-8 nor Shift-JIS"):
        read_stops(tmp_path, b"stop_id,stop_name\nA,a\nB,\x81 \n")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FeedFileError, match=r"stops\.txt: the file is empty"):
        read_stops(tmp_path, b"")


def test_a_row_is_named_by_its_line_even_after_quoted_line_feeds(tmp_path: Path) -> None:
    stops = 'stop_id,stop_name,stop_lat,stop_lon\nA,"a\nb\nc",43,141\n\nB,b,north,141\nC,c,43,141\n'
    feed = feed_of(tmp_path, {"stops.txt": stops.encode()})
    build_timetable([feed], "Asia/Tokyo")
    (notice,) = [notice for notice in feed.notices if notice.code == "unreadable_number"]
    assert str(notice) == (
        "feed 'f': stops.txt, row 6, stop_lat 'north': cannot be read; taken as blank; "
        "write a decimal number of -90 to 90 [unreadable_number]"
    )


def test_a_broken_time_is_named_by_its_row(tmp_path: Path) -> None:
    times = STORY["stop_times.txt"].replace(":00,B", "h,B").replace(":00,C", "h,C")
    with pytest.raises(BadValueError) as caught:
        timetable_of(tmp_path, {"stop_times.txt": times})
    assert str(caught.value) == (
        "feed 'f': stop_times.txt, row 3, departure_time: '08:11h' cannot be read; "
        "write the time as HH:MM:SS, past 24:00:00 if need be"
    )


@pytest.mark.parametrize(
    "file", ["agency.txt", "stops.txt", "routes.txt", "trips.txt", "stop_times.txt"]
)
def test_a_missing_file_is_named(file: str, tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=f"{file}: this file is required and missing"):
        feed_of(tmp_path, {file: None})


def test_a_feed_needs_one_of_the_two_calendars(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"calendar\.txt or calendar_dates\.txt"):
        feed_of(tmp_path, {"calendar.txt": None})


@pytest.mark.parametrize(
    ("file", "column"),
    [
        ("agency.txt", "agency_timezone"),
        ("stops.txt", "stop_id"),
        ("routes.txt", "route_id"),
        ("trips.txt", "service_id"),
        ("stop_times.txt", "departure_time"),
        ("calendar.txt", "sunday"),
    ],
)
def test_a_missing_column_is_named(file: str, column: str, tmp_path: Path) -> None:
    text = STORY[file].replace(column, "nonsense")
    message = rf"{file}: the column '{column}' is required and missing.*nonsense"
    with pytest.raises(MissingColumnError, match=message):
        timetable_of(tmp_path, {file: text})


def test_a_feed_may_be_a_folder_or_lie_in_a_folder_of_the_zip(tmp_path: Path) -> None:
    plain = write_feed(tmp_path / "plain.zip", {})
    with zipfile.ZipFile(plain) as archive:
        archive.extractall(tmp_path / "city" / "feed")
    nested = shutil.make_archive(str(tmp_path / "nested"), "zip", tmp_path / "city")
    for path in (plain, tmp_path / "city" / "feed", Path(nested)):
        timetable = build_timetable([open_feed(path, "f")], "Asia/Tokyo")
        assert timetable.stops.id[:] == ["f:A", "f:B", "f:C"]


def test_nothing_at_the_path_is_said(tmp_path: Path) -> None:
    with pytest.raises(FeedNotFoundError, match=r"feed 'f': there is nothing at .*none\.zip"):
        open_feed(tmp_path / "none.zip", "f")


def test_a_truncated_zip_is_refused(tmp_path: Path) -> None:
    path = write_feed(tmp_path / "f.zip", {})
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(BrokenArchiveError, match="not a readable zip"):
        open_feed(path, "f")


def test_a_zip_with_damaged_content_is_refused(tmp_path: Path) -> None:
    path = write_feed(tmp_path / "f.zip", {})
    raw = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        header = archive.getinfo("stops.txt").header_offset
    name_length, extra_length = struct.unpack_from("<HH", raw, header + 26)
    raw[header + 30 + name_length + extra_length + 5] ^= 0xFF
    path.write_bytes(raw)
    with pytest.raises(BrokenArchiveError, match=r"stops\.txt cannot be read from the zip"):
        build_timetable([open_feed(path, "f")], "Asia/Tokyo")


def test_a_zip_bomb_is_refused_before_it_expands(tmp_path: Path) -> None:
    path = write_feed(tmp_path / "f.zip", {"shapes.txt": bytes(200 << 20)})
    with pytest.raises(BrokenArchiveError, match=r"shapes\.txt expands \d+ bytes to 200 MB"):
        open_feed(path, "f")


def test_names_that_climb_out_of_the_zip_write_nothing(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    path = write_feed(inner / "f.zip", {"../evil.txt": "x\n1", "/tmp/../evil2.txt": "x\n1"})
    before = sorted(tmp_path.rglob("*"))
    build_timetable([open_feed(path, "f")], "Asia/Tokyo")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_zip_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "f.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.md", "hello")
    with pytest.raises(MissingFileError, match=r"agency\.txt.*no text files at all"):
        open_feed(path, "f")


def test_an_overlong_cell_is_an_answer_and_no_crash(tmp_path: Path) -> None:
    text = 'stop_id,stop_name\nA,"' + "x" * 300_000 + '" y\n'
    with pytest.raises(GtfsError, match=r"stops\.txt: no CSV"):
        read_stops(tmp_path, text)


def test_all_columns_of_a_file_can_be_had(tmp_path: Path) -> None:
    feed = feed_of(tmp_path, {"stops.txt": "stop_id,own,own\nA,1,2\n"})
    table = feed.whole("stops.txt")
    assert table.drop("_row").to_dict(as_series=False) == {"stop_id": ["A"], "own": ["1"]}
    assert feed.notices.counts == {"duplicate_column": 1}
