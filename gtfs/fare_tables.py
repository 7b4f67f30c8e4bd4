"""Fares of all feeds → `FareTables`."""

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import polars as pl

from gtfs.fare_layout import FareTables
from gtfs.fare_rules import FarePart
from gtfs.tables import readonly, strings_of
from routing.layout import NONE, Int32Array, Int64Array, first_of, frozen


class FeedFares(NamedTuple):
    """Fares of a feed, and where its lines begin among those of all feeds."""

    feed_id: str
    part: FarePart
    n_lines: int


class _Slots(NamedTuple):
    """Where lines, agencies and feeds stand among the slots of keys."""

    first_line: list[int]
    first_agency: list[int]
    first_feed: int


def _slots(feeds: Sequence[FeedFares]) -> _Slots:
    lines = list(accumulate((feed.n_lines for feed in feeds), initial=0))
    agencies = list(accumulate((feed.part.n_agencies for feed in feeds), initial=lines[-1]))
    return _Slots(lines, agencies, agencies[-1])


def _moved(values: pl.Series, first: int) -> Int64Array:
    index = values.to_numpy().astype(np.int64)
    return np.where(index == NONE, NONE, index + first)


def _rules(feeds: Sequence[FeedFares], slots: _Slots, n_zones: int) -> pl.DataFrame:
    """All rules as key, fare and zone set, in the numbers of the region."""
    frames = []
    first_fare = first_zone = first_set = 0
    for number, (_, part, _) in enumerate(feeds):
        rules = part.rules
        line = _moved(rules["line"], slots.first_line[number])
        agency = _moved(rules["agency"], slots.first_agency[number])
        general = np.where(agency != NONE, agency, number + slots.first_feed)
        slot = np.where(line != NONE, line, general)
        origin, destination = (
            _moved(rules[name], first_zone) for name in ("origin", "destination")
        )
        frames.append(
            pl.DataFrame(
                {
                    "key": (slot * (n_zones + 1) + origin + 1) * (n_zones + 1) + destination + 1,
                    "fare": _moved(rules["fare"], first_fare),
                    "set": _moved(rules["zones"], first_set),
                    "price": part.fares["price"].gather(rules["fare"]),
                }
            )
        )
        first_fare += part.fares.height
        first_zone += part.n_zones
        first_set += len(part.zone_sets)
    return pl.concat(frames).sort("key", "price", "fare", "set")


def _sets(feeds: Sequence[FeedFares]) -> tuple[Int32Array, Int32Array]:
    """Zone sets as offsets and zones."""
    sets, first_zone = [], 0
    for feed in feeds:
        sets += [[zone + first_zone for zone in zones] for zones in feed.part.zone_sets]
        first_zone += feed.part.n_zones
    ends = np.concatenate([[0], np.cumsum([len(zones) for zones in sets], dtype=np.int64)])
    return frozen(ends), frozen([zone for zones in sets for zone in zones])


def _per_line(feeds: Sequence[FeedFares], slots: _Slots) -> tuple[Int32Array, Int32Array]:
    """Agency slot and feed slot of every line."""
    agency = [
        feed.part.agency_of_line + first
        for feed, first in zip(feeds, slots.first_agency, strict=False)
    ]
    counts = [feed.n_lines for feed in feeds]
    return (
        frozen(np.concatenate(agency)),
        frozen(np.repeat(np.arange(len(feeds)) + slots.first_feed, counts)),
    )


def _zone_of_stop(feeds: Sequence[FeedFares]) -> Int32Array:
    starts = accumulate((feed.part.n_zones for feed in feeds), initial=0)
    parts = [feed.part.zone_of_stop + first for feed, first in zip(feeds, starts, strict=False)]
    return frozen(np.concatenate(parts))


def fare_tables(feeds: Sequence[FeedFares]) -> FareTables:
    """Join the fares of all feeds."""
    slots = _slots(feeds)
    n_zones = sum(feed.part.n_zones for feed in feeds)
    rules = _rules(feeds, slots, n_zones)
    key, at = np.unique(rules["key"].to_numpy(), return_inverse=True)
    fares = pl.concat(
        [feed.part.fares.with_columns(id=f"{feed.feed_id}:" + pl.col("id")) for feed in feeds]
    )
    return FareTables(
        strings_of(fares["id"]),
        strings_of(fares["currency"]),
        readonly(fares["price"], np.int64),
        readonly(fares["ic_price"], np.int64),
        readonly(fares["transfers"], np.int32),
        readonly(fares["duration"], np.int32),
        _zone_of_stop(feeds),
        *_per_line(feeds, slots),
        frozen([n_zones]),
        readonly(key, np.int64),
        first_of(at, key.size),
        readonly(rules["fare"], np.int32),
        readonly(rules["set"], np.int32),
        *_sets(feeds),
    )
