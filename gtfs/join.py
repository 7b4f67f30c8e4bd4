"""Tables of several feeds → one set of tables: ids get the feed's name, indices are moved."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import accumulate
from operator import attrgetter
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import polars.selectors as cs

from gtfs.errors import DuplicateFeedError
from gtfs.fare_tables import FeedFares, fare_tables
from gtfs.fare_v2_tables import FeedFaresV2, fare_v2_tables
from gtfs.feed_part import FeedPart
from gtfs.names import NO_TEXTS, text_table
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
    readonly,
    strings_of,
    table_of,
)
from gtfs.translations import TEXT
from routing.layout import NONE

_EPOCH = date(1970, 1, 1)


class _Join:
    """Feeds to be joined and where the rows of each begin."""

    def __init__(self, parts: Sequence[FeedPart]) -> None:
        self.parts = parts
        self.first_stop = self._starts(lambda part: part.stops.height)
        self.first_line = self._starts(lambda part: part.lines.height)
        self.first_trip = self._starts(lambda part: part.trips.height)
        self.first_service = self._starts(lambda part: len(part.calendar.service_ids))
        self.first_shape = self._starts(lambda part: len(part.shapes.ids))
        self.first_block = self._starts(lambda part: _count(part.trips["block"]))
        self.first_stop_time = self._starts(lambda part: part.stop_times.stop.size)
        self.first_agency = self._starts(lambda part: part.agencies.height)
        self.first_level = self._starts(lambda part: part.levels.height)
        self.first_rule = self._starts(lambda part: part.booking.height)
        self.first_headsign = self._starts(lambda part: part.calls.headsigns.height)
        self.first_zone = self._starts(lambda part: len(part.flex.zones.ids))
        self.first_ring = self._starts(lambda part: part.flex.zones.first_point.size - 1)
        self.first_corner = self._starts(lambda part: part.flex.zones.lon.size)
        self.first_member = self._starts(lambda part: part.flex.zones.stop.size)
        self.first_point = self._starts(lambda part: part.shapes.lon.size)

    def _starts(self, count: Callable[[FeedPart], int]) -> list[int]:
        return list(accumulate((count(part) for part in self.parts), initial=0))

    def frame(self, name: str, starts: dict[str, list[int]]) -> pl.DataFrame:
        """Concatenate the frames `name`; the indices in `starts` are moved, ids named."""
        frames = []
        for number, part in enumerate(self.parts):
            frame: pl.DataFrame = attrgetter(name)(part).drop(cs.starts_with(TEXT))
            moved = [_moved(column, first[number]) for column, first in starts.items()]
            frame = frame.with_columns(*moved, feed=pl.lit(number, dtype=pl.Int32))
            if "id" in frame.columns:
                frame = frame.with_columns(id=f"{part.feed.id}:" + pl.col("id"))
            frames.append(frame)
        return pl.concat(frames)

    def array(self, pick: Callable[[FeedPart], npt.NDArray[Any]]) -> npt.NDArray[Any]:
        """Concatenate an array of every feed."""
        return np.concatenate([pick(part) for part in self.parts])

    def ends(
        self, pick: Callable[[FeedPart], npt.NDArray[Any]], starts: list[int]
    ) -> npt.NDArray[Any]:
        """Concatenate CSR offsets of every feed."""
        moved = [
            pick(part)[:-1].astype(np.int64) + start
            for part, start in zip(self.parts, starts, strict=False)
        ]
        return readonly(np.concatenate([*moved, [starts[-1]]]), np.int32)


def _texts(join: _Join) -> TextTable:
    """Columns of texts of all frames as one table."""
    firsts = (
        ("stops", join.first_stop),
        ("trips", join.first_trip),
        ("lines", join.first_line),
        ("calls.headsigns", join.first_headsign),
        ("agencies", join.first_agency),
    )
    parts = [NO_TEXTS]
    for kind, (name, starts) in enumerate(firsts):
        for part, first in zip(join.parts, starts, strict=False):
            frame: pl.DataFrame = attrgetter(name)(part).select(cs.starts_with(TEXT))
            parts += [
                pl.DataFrame({"text": texts}).with_columns(
                    language=pl.lit(texts.name.removeprefix(TEXT)),
                    kind=pl.lit(kind, dtype=pl.Int64),
                    row=pl.int_range(first, first + frame.height, dtype=pl.Int64),
                ).select(NO_TEXTS.columns).filter(pl.col("text") != "")
                for texts in frame
            ]  # fmt: skip
    return text_table(pl.concat(parts))


def _count(index: pl.Series) -> int:
    """One more than the greatest index."""
    return int(index.max()) + 1 if len(index) else 0  # type: ignore[arg-type]


def _moved(column: str, first: int) -> pl.Expr:
    index = pl.col(column)
    return pl.when(index == NONE).then(index).otherwise(index + first).alias(column)


def _services(parts: Sequence[FeedPart]) -> tuple[ServiceTable, int]:
    """Put all calendars on one range of days; return it and its first day."""
    calendars = [part.calendar for part in parts]
    first = min(calendar.first_day for calendar in calendars)
    last = max(calendar.first_day + calendar.runs.shape[1] for calendar in calendars)
    runs = np.zeros((sum(len(c.service_ids) for c in calendars), last - first), np.uint8)
    row = 0
    for calendar in calendars:
        n_services, n_days = calendar.runs.shape
        column = calendar.first_day - first
        runs[row : row + n_services, column : column + n_days] = calendar.runs
        row += n_services
    return ServiceTable(readonly(runs, np.uint8)), first


def _info(part: FeedPart) -> FeedInfo:
    first = _EPOCH + timedelta(days=part.calendar.first_day)
    last = first + timedelta(days=part.calendar.runs.shape[1] - 1)
    feed, publisher = part.feed, part.publisher
    return FeedInfo(
        id=feed.id,
        first_date=first,
        last_date=last,
        timezone=publisher.timezone,
        licence=feed.licence,
        attribution=feed.attribution or publisher.attribution,
        publisher=publisher.name,
        language=part.language,
    )


def _trips(join: _Join) -> TripTable:
    frame = join.frame(
        "trips",
        {
            "line": join.first_line,
            "service": join.first_service,
            "shape": join.first_shape,
            "block": join.first_block,
        },
    )
    first = join.ends(lambda part: part.stop_times.first_of_trip, join.first_stop_time)
    blank = pl.lit(0).alias("first_stop_time")
    table = table_of(TripTable, frame.with_columns(blank))
    return table._replace(first_stop_time=first)


def _stop_times(join: _Join) -> StopTimeTable:
    stop = np.concatenate(
        [
            part.stop_times.stop + np.int32(first)
            for part, first in zip(join.parts, join.first_stop, strict=False)
        ]
    )
    return StopTimeTable(
        readonly(stop, np.int32),
        *(
            readonly(join.array(lambda part, name=name: getattr(part.stop_times, name)), dtype)  # type: ignore[misc]
            for name, dtype in (
                ("arrival", np.int32),
                ("departure", np.int32),
                ("sequence", np.int32),
                ("pickup", np.uint8),
                ("drop_off", np.uint8),
            )
        ),
    )


def _calls(join: _Join) -> CallTable:
    starts = {
        "stop_time": join.first_stop_time,
        "headsign": join.first_headsign,
        "pickup_rule": join.first_rule,
        "drop_off_rule": join.first_rule,
    }
    return table_of(CallTable, join.frame("calls.rows", starts))


def _zones(join: _Join) -> tuple[ZoneTable, RingTable, ZoneStopTable]:
    texts = [
        pl.concat([getattr(part.flex.zones, name) for part in join.parts])
        for name in ("ids", "names")
    ]
    feeds = [part.feed.id for part in join.parts for _ in range(len(part.flex.zones.ids))]
    owner = pl.Series(feeds, dtype=pl.String)
    stop = [
        part.flex.zones.stop + np.int32(first)
        for part, first in zip(join.parts, join.first_stop, strict=False)
    ]
    return (
        ZoneTable(
            strings_of(owner + ":" + texts[0]),
            strings_of(texts[1]),
            join.ends(lambda part: part.flex.zones.first_ring, join.first_ring),
            join.ends(lambda part: part.flex.zones.first_stop, join.first_member),
        ),
        RingTable(
            join.ends(lambda part: part.flex.zones.first_point, join.first_corner),
            readonly(join.array(lambda part: part.flex.zones.lon), np.float64),
            readonly(join.array(lambda part: part.flex.zones.lat), np.float64),
        ),
        ZoneStopTable(readonly(np.concatenate(stop), np.int32)),
    )


def _flex(join: _Join) -> FlexTable:
    starts = {
        "line": join.first_line,
        "service": join.first_service,
        **dict.fromkeys(("from_zone", "to_zone"), join.first_zone),
        **dict.fromkeys(("from_stop", "to_stop"), join.first_stop),
        **dict.fromkeys(("pickup_rule", "drop_off_rule"), join.first_rule),
    }
    return table_of(FlexTable, join.frame("flex.services", starts))


def _shapes(join: _Join) -> ShapeTable:
    return ShapeTable(
        join.ends(lambda part: part.shapes.first_point, join.first_point),
        readonly(join.array(lambda part: part.shapes.lon), np.float64),
        readonly(join.array(lambda part: part.shapes.lat), np.float64),
        readonly(join.array(lambda part: part.shapes.distance_m), np.float64),
    )


def _fares_v2(part: FeedPart) -> FeedFaresV2:
    n_services = len(part.calendar.service_ids)
    return FeedFaresV2(part.feed.id, part.fares_v2, part.stops.height, n_services)


def joined(parts: Sequence[FeedPart]) -> tuple[tuple[FeedInfo, ...], Tables, int, int]:
    """Join feeds; return their descriptions, the tables, the first day and the number of days."""
    ids = [part.feed.id for part in parts]
    for feed_id in ids:
        if ids.count(feed_id) > 1:
            raise DuplicateFeedError(feed_id)
    join = _Join(parts)
    services, first_day = _services(parts)
    stops = join.frame("stops", {"parent": join.first_stop, "level": join.first_level})
    starts = {"stop": join.first_stop, "line": join.first_line, "trip": join.first_trip}
    ends = {f"{end}_{kind}": first for kind, first in starts.items() for end in ("from", "to")}
    transfers = join.frame("transfers", ends)
    tables = Tables(
        table_of(StopTable, stops),
        table_of(LineTable, join.frame("lines", {"operator": join.first_agency})),
        _trips(join),
        _stop_times(join),
        services,
        _shapes(join),
        table_of(TransferTable, transfers),
        fare_tables([FeedFares(part.feed.id, part.fares, part.lines.height) for part in parts]),
        fare_v2_tables([_fares_v2(part) for part in parts]),
        _calls(join),
        table_of(HeadsignTable, join.frame("calls.headsigns", {})),
        table_of(BookingTable, join.frame("booking", {"service": join.first_service})),
        table_of(LevelTable, join.frame("levels", {})),
        table_of(
            PathwayTable,
            join.frame("pathways", {"tail": join.first_stop, "head": join.first_stop}),
        ),
        *_zones(join),
        _flex(join),
        table_of(AgencyTable, join.frame("agencies", {})),
        _texts(join),
    )
    return tuple(_info(part) for part in parts), tables, first_day, services.runs.shape[1]
