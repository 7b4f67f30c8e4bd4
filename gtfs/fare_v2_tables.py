"""Fares v2 of all feeds → one set of tables: ids get the feed's name, indices are moved."""

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import polars as pl

from gtfs.fare_layout import FareV2Tables
from gtfs.fare_v2_feed import FareV2Part
from gtfs.tables import readonly, strings_of
from routing.layout import NONE, Int32Array, Int64Array


class FeedFaresV2(NamedTuple):
    """Fares of a feed, and how much of what they name it has."""

    feed_id: str
    part: FareV2Part
    n_stops: int
    n_services: int


class _Join:
    """Feeds to be joined, and where the rows of each kind begin."""

    def __init__(self, feeds: Sequence[FeedFaresV2]) -> None:
        self.feeds = feeds
        kinds = ("leg_group", "network", "area", "timeframe", "product", "rider", "medium")
        self.starts = {kind: self._starts(lambda f, k=kind: f.part.sizes[k]) for kind in kinds}
        self.starts["stop"] = self._starts(lambda feed: feed.n_stops)
        self.starts["service"] = self._starts(lambda feed: feed.n_services)

    def _starts(self, count: Callable[..., int]) -> list[int]:
        return list(accumulate((count(feed) for feed in self.feeds), initial=0))

    def column(self, table: str, name: str, kind: str = "") -> pl.Series:
        """One column of a table of all feeds; indices of a kind are moved."""
        parts = []
        for number, feed in enumerate(self.feeds):
            values: pl.Series = getattr(feed.part, table)[name]
            if kind:
                values = pl.Series(moved(values.to_numpy(), self.starts[kind][number]))
            parts.append(values)
        return pl.concat(parts)

    def ids(self, table: str) -> pl.Series:
        """Ids of a table with the names of their feeds."""
        return pl.concat([
            pl.select(pl.lit(f"{feed.feed_id}:") + getattr(feed.part, table)["id"]).to_series()
            for feed in self.feeds
        ])  # fmt: skip

    def feed(self, table: str) -> Int32Array:
        """Feed of each row of a table."""
        heights = [getattr(feed.part, table).height for feed in self.feeds]
        return np.repeat(np.arange(len(heights)), heights).astype(np.int32)


def moved(values: Int32Array, first: int) -> Int64Array:
    """Indices of one feed as those of all; `NONE` stays."""
    index = values.astype(np.int64)
    return np.where(index == NONE, NONE, index + first)


def _per_feed(join: _Join) -> tuple[Int32Array, Int32Array, Int32Array]:
    """Network of each line, and areas of each stop as CSR."""
    networks, counts, areas = [], [], []
    for number, feed in enumerate(join.feeds):
        networks.append(moved(feed.part.network_of_line, join.starts["network"][number]))
        counts.append(np.diff(feed.part.first_area_of_stop))
        areas.append(moved(feed.part.area_of_stop, join.starts["area"][number]))
    ends = np.concatenate([[0], np.cumsum(np.concatenate(counts))])
    return (
        readonly(np.concatenate(networks), np.int32),
        readonly(ends, np.int32),
        readonly(np.concatenate(areas), np.int32),
    )


def fare_v2_tables(feeds: Sequence[FeedFaresV2]) -> FareV2Tables:
    """Join the fares of all feeds."""
    join = _Join(feeds)

    def number(table: str, name: str, kind: str = "") -> Int32Array:
        return readonly(join.column(table, name, kind), np.int32)

    network_of_line, first_area_of_stop, area_of_stop = _per_feed(join)
    return FareV2Tables(
        rider_id=strings_of(join.ids("riders")),
        rider_name=strings_of(join.column("riders", "name")),
        rider_name_en=strings_of(join.column("riders", "name_en")),
        rider_is_default=readonly(join.column("riders", "is_default"), np.uint8),
        rider_feed=readonly(join.feed("riders"), np.int32),
        medium_id=strings_of(join.ids("media")),
        medium_name=strings_of(join.column("media", "name")),
        medium_name_en=strings_of(join.column("media", "name_en")),
        medium_feed=readonly(join.feed("media"), np.int32),
        product_id=strings_of(join.ids("products")),
        product_name=strings_of(join.column("products", "name")),
        product_name_en=strings_of(join.column("products", "name_en")),
        price_product=number("prices", "product", "product"),
        price_rider=number("prices", "rider", "rider"),
        price_medium=number("prices", "medium", "medium"),
        price_amount=readonly(join.column("prices", "amount"), np.int64),
        price_currency=strings_of(join.column("prices", "currency")),
        timeframe_group=number("timeframes", "group", "timeframe"),
        timeframe_start=number("timeframes", "start"),
        timeframe_end=number("timeframes", "end"),
        timeframe_service=number("timeframes", "service", "service"),
        rule_feed=readonly(join.feed("leg_rules"), np.int32),
        rule_group=number("leg_rules", "group", "leg_group"),
        rule_network=number("leg_rules", "network", "network"),
        rule_from_area=number("leg_rules", "from_area", "area"),
        rule_to_area=number("leg_rules", "to_area", "area"),
        rule_from_time=number("leg_rules", "from_time", "timeframe"),
        rule_to_time=number("leg_rules", "to_time", "timeframe"),
        rule_product=number("leg_rules", "product", "product"),
        rule_priority=number("leg_rules", "priority"),
        join_from_network=number("joins", "from_network", "network"),
        join_to_network=number("joins", "to_network", "network"),
        join_from_stop=number("joins", "from_stop", "stop"),
        join_to_stop=number("joins", "to_stop", "stop"),
        transfer_feed=readonly(join.feed("transfers"), np.int32),
        transfer_from_group=number("transfers", "from_group", "leg_group"),
        transfer_to_group=number("transfers", "to_group", "leg_group"),
        transfer_count=number("transfers", "count"),
        transfer_limit=number("transfers", "limit"),
        transfer_limit_kind=number("transfers", "limit_kind"),
        transfer_kind=number("transfers", "kind"),
        transfer_product=number("transfers", "product", "product"),
        has_priority_of_feed=readonly([feed.part.has_priority for feed in feeds], np.uint8),
        network_of_line=network_of_line,
        first_area_of_stop=first_area_of_stop,
        area_of_stop=area_of_stop,
    )
