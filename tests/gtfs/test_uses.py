"""Every file and column of the standard is read, or stated as not used."""

from pathlib import Path

from gtfs.standard import FARES_V2, NOTED, PLANNING
from gtfs.timetable import build_timetable
from gtfs.uses import NOT_USED, USES
from tests.gtfs.feeds import EVERYTHING, feed_of, lines_of

STANDARD = {**PLANNING, **FARES_V2, **NOTED}


def with_all_columns(file: str, text: str) -> str:
    """Give a table the columns that it lacks; "1" in those that are not used."""
    header, *rows = lines_of(text).splitlines()
    more = [name for name in STANDARD[file].split() if name not in header.split(",")]
    unused = " ".join(NOT_USED.get(file, {})).split()
    cells = ["1" if name in unused else "" for name in more]
    return "\n".join([",".join([header, *more]), *(",".join([row, *cells]) for row in rows)])


def test_every_file_says_what_it_does() -> None:
    assert USES.keys() | NOTED.keys() == STANDARD.keys()
    for file, columns in NOT_USED.items():
        assert file in NOTED or set(" ".join(columns).split()) <= set(STANDARD[file].split())


def test_nothing_is_dropped_without_a_word(tmp_path: Path) -> None:
    texts = {
        name: EVERYTHING.get(name, ",".join(columns.split())) for name, columns in STANDARD.items()
    }
    files = {
        name: with_all_columns(name, text) if name.endswith(".txt") else text
        for name, text in texts.items()
    }
    feed = feed_of(tmp_path, {**files, "own.txt": "a,b", "levels.txt": EVERYTHING["levels.txt"]})
    build_timetable([feed], "Asia/Tokyo")
    stated = {text.partition(":")[0] for text in feed.unused}
    named = {
        f"{file}, {name}" if name else file
        for file, columns in NOT_USED.items()
        for names in columns
        for name in (names.split() or [""])
        if EVERYTHING.get(file) or not name
    }
    assert stated == named | {"own.txt"}


def test_a_column_of_nobodys_is_named(tmp_path: Path) -> None:
    stops = "\n".join(f"{row},x" for row in lines_of(EVERYTHING["stops.txt"]).splitlines())
    feed = feed_of(tmp_path, {"stops.txt": stops.replace(",x", ",colour", 1)})
    build_timetable([feed], "Asia/Tokyo")
    assert "stops.txt, colour: no column of GTFS or GTFS-JP; not read" in feed.unused


def test_a_column_that_stands_twice_is_stated_once(tmp_path: Path) -> None:
    stops = "\n".join(f"{row},1,1" for row in lines_of(EVERYTHING["stops.txt"]).splitlines())
    feed = feed_of(tmp_path, {"stops.txt": stops.replace(",1,1", ",stop_code,stop_code", 1)})
    build_timetable([feed], "Asia/Tokyo")
    assert sum("stop_code" in text for text in feed.unused) == 1
