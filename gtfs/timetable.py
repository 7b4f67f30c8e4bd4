"""All feeds of a region as one timetable of memory-mapped arrays."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from gtfs.errors import NotATimetableError
from gtfs.fare_layout import FareTables, FareV2Tables
from gtfs.feed_part import read_part
from gtfs.join import joined
from gtfs.modes import MODES
from gtfs.read import Feed
from gtfs.tables import (
    AgencyTable,
    BookingTable,
    CallTable,
    FeedInfo,
    FlexTable,
    HeadsignTable,
    LevelTable,
    LineTable,
    PathwayTable,
    RingTable,
    ServiceTable,
    ShapeTable,
    StopTable,
    StopTimeTable,
    Tables,
    TextTable,
    TransferTable,
    TripTable,
    ZoneStopTable,
    ZoneTable,
    open_columns,
    save_columns,
)

__all__ = ["MODES", "FeedInfo", "Timetable", "build_timetable"]

_FORMAT = 6
_MANIFEST = "timetable.json"


@dataclass(frozen=True)
class Timetable:
    """Stops, lines, trips and calendars of all feeds of a region."""

    zone: str  # of the region
    first_date: date  # column 0 of `services.runs`
    last_date: date
    feeds: tuple[FeedInfo, ...]
    stops: StopTable
    lines: LineTable
    trips: TripTable
    stop_times: StopTimeTable
    services: ServiceTable
    shapes: ShapeTable
    transfers: TransferTable
    fares: FareTables
    fares_v2: FareV2Tables
    calls: CallTable
    headsigns: HeadsignTable
    booking: BookingTable
    levels: LevelTable
    pathways: PathwayTable
    zones: ZoneTable
    rings: RingTable
    zone_stops: ZoneStopTable
    flex: FlexTable
    agencies: AgencyTable
    texts: TextTable

    def serves(self, day: date) -> bool:
        """Whether the calendar of any feed covers `day`."""
        return any(feed.first_date <= day <= feed.last_date for feed in self.feeds)

    def save(self, folder: Path) -> None:
        """Write the timetable into an existing folder."""
        for name in Tables._fields:
            save_columns(folder, name, getattr(self, name))
        document = {
            "format": _FORMAT,
            "zone": self.zone,
            "first_date": self.first_date.isoformat(),
            "last_date": self.last_date.isoformat(),
            "feeds": [asdict(feed) for feed in self.feeds],
        }
        text = json.dumps(document, ensure_ascii=False, indent=1, default=date.isoformat)
        (folder / _MANIFEST).write_text(text, encoding="utf-8")

    @classmethod
    def open(cls, folder: Path) -> "Timetable":
        """Map a timetable that `save` wrote.

        Raises
        ------
        NotATimetableError
            If the folder holds none, or one of another version.
        """
        document = _manifest(folder)
        try:
            tables = {
                name: open_columns(folder, name, kind)
                for name, kind in Tables.__annotations__.items()
            }
        except (OSError, ValueError) as error:
            raise NotATimetableError(str(folder), str(error)) from error
        return cls(
            zone=document["zone"],
            first_date=date.fromisoformat(document["first_date"]),
            last_date=date.fromisoformat(document["last_date"]),
            feeds=tuple(_feed_info(entry) for entry in document["feeds"]),
            **tables,
        )


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NotATimetableError(str(folder), str(error)) from error
    if document.get("format") != _FORMAT:
        problem = f"its format is {document.get('format')}, this version reads {_FORMAT}"
        raise NotATimetableError(str(folder), problem)
    return document


def _feed_info(entry: dict[str, str]) -> FeedInfo:
    dates = {name: date.fromisoformat(entry[name]) for name in ("first_date", "last_date")}
    return FeedInfo(**{**entry, **dates})  # type: ignore[arg-type]


def build_timetable(feeds: Sequence[Feed], zone: str) -> Timetable:
    """Read `feeds` and join them under ids `feed:id`; oddities are in `feed.notices`.

    Raises
    ------
    GtfsError
        If a feed cannot be read, or two have the same id.
    """
    infos, tables, first_day, n_days = joined([read_part(feed) for feed in feeds])
    first_date = date(1970, 1, 1) + timedelta(days=first_day)
    last_date = first_date + timedelta(days=n_days - 1)
    return Timetable(zone, first_date, last_date, infos, *tables)
