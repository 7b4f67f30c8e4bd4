"""Random feeds with all features come back: what the tables say is what the rows say."""

import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import gtfs
from gtfs.read import Feed, open_feed
from gtfs.timetable import Timetable, build_timetable
from tests.gtfs.feeds import write_feed
from tests.gtfs.told_fares import FareReading
from tests.gtfs.told_tables import TableReading
from tests.gtfs.whole_rules import WholeFeed, whole_feed

EVERYTHING = (
    "told_stops", "told_lines", "told_trips", "told_blocks", "told_transfers", "told_levels",
    "told_booking", "told_zones", "told_flex", "told_fares", "told_fare_rules", "told_leg_rules",
    "told_joins", "told_fare_transfers", "told_prices", "told_default_rider",
)  # fmt: skip
HARMLESS = {"interpolated_time"}


def together(parts: Iterable[Any]) -> Any:
    """Union of dicts or sets, sum of counters."""
    first, *rest = parts
    for part in rest:
        first = first + part if hasattr(first, "elements") else first | part
    return first


def check_same(timetable: Timetable, drawn: Sequence[WholeFeed], names: Sequence[str]) -> None:
    """The timetable says what the rows of the drawn feeds say."""
    tables = TableReading(timetable)
    readings = [FareReading(feed, name) for feed, name in zip(drawn, names, strict=True)]
    for question in EVERYTHING:
        told = together(getattr(reading, question)() for reading in readings)
        assert getattr(tables, question)() == told, question
    for table in ("rider_categories", "fare_media", "fare_products"):
        assert tables.named(table) == together(reading.named(table) for reading in readings)
    check_pathways(tables, readings)
    for feed, whole in zip(timetable.feeds, drawn, strict=True):
        assert feed.timezone == whole.zone
        credits_ = [row["organization_name"] for row in whole.rows["attributions.txt"]]
        assert all(name in feed.attribution for name in credits_)
    has_priority = timetable.fares_v2.has_priority_of_feed.tolist()
    assert has_priority == [feed.has_priority for feed in drawn]


def check_pathways(tables: TableReading, readings: Sequence[FareReading]) -> None:
    """Pathways are those of the rows; one that only its ends tell takes some time or none."""
    told = together(reading.told_pathways() for reading in readings)
    open_ = {(*row[:5], *row[6:]) for row in told if row[5] < 0}
    found = tables.told_pathways()
    assert sum(found.values()) == sum(told.values())
    for row in found:
        assert row in told or (*row[:5], *row[6:]) in open_


def check_quiet(feed: Feed) -> None:
    """Nothing of a valid feed is odd."""
    assert set(feed.notices.counts) <= HARMLESS, list(feed.notices)


SEEDS = st.integers(0, 2**32)
EXAMPLES = 400 if os.environ.get("MAAS_TEST_TIER") == "full" else 12


@settings(max_examples=EXAMPLES)
@given(seed=SEEDS)
def test_feeds_with_all_features_come_back(seed: int) -> None:
    one, other = whole_feed(seed), whole_feed(seed + 1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        feeds = [
            open_feed(write_feed(path / f"{name}.zip", drawn.files), name)
            for name, drawn in (("f", one), ("g", other))
        ]
        build_timetable(feeds, "Asia/Tokyo").save(path)
        check_same(Timetable.open(path), (one, other), ("f", "g"))
        for feed in feeds:
            check_quiet(feed)


@settings(max_examples=EXAMPLES)
@given(seed=SEEDS)
def test_feeds_with_all_features_survive_gtfs_kit(seed: int) -> None:
    drawn = whole_feed(seed)
    with tempfile.TemporaryDirectory() as folder:
        feed = open_feed(write_feed(Path(folder) / "f.zip", drawn.files), "f")
        back = gtfs.from_gtfs_kit(gtfs.to_gtfs_kit(feed), "f", feed)
        check_same(build_timetable([back], "Asia/Tokyo"), (drawn,), ("f",))
        back.save(Path(folder) / "g.zip")
        again = open_feed(Path(folder) / "g.zip", "f")
        check_same(build_timetable([again], "Asia/Tokyo"), (drawn,), ("f",))
        assert feed.names == again.names
