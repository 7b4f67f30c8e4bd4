"""The files of GTFS Fares v2 → prices, leg rules and transfer rules of one feed, as indices."""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import polars as pl

from gtfs.columns import UNREADABLE, UNSET, Column, first_of_each, positions_in, without_blank
from gtfs.money import signed_minor_units
from gtfs.read import Feed
from gtfs.standard import FARES_V2
from gtfs.translations import Translations
from routing.layout import NONE, BoolArray, Int32Array, first_of

_WHOLE_DAY = 86_400  # s
_LEG_RULES, _TRANSFERS = "fare_leg_rules.txt", "fare_transfer_rules.txt"
_UNLIMITED = -1  # of transfer_count


class FareV2Part(NamedTuple):
    """Fares of one feed; indices are those within the feed, `NONE` = any."""

    riders: pl.DataFrame  # id, name, name_en, is_default
    media: pl.DataFrame  # id, name, name_en
    products: pl.DataFrame  # id, name, name_en
    prices: pl.DataFrame  # product, rider, medium, amount, currency
    timeframes: pl.DataFrame  # group, start, end, service
    leg_rules: pl.DataFrame  # group, network, from_area, ... , product, priority
    joins: pl.DataFrame  # from_network, to_network, from_stop, to_stop
    transfers: pl.DataFrame  # from_group, to_group, count, limit, limit_kind, kind, product
    has_priority: bool  # whether rules have an order, and so an empty field matches everything
    sizes: dict[str, int]  # of what the indices count
    network_of_line: Int32Array
    first_area_of_stop: Int32Array
    area_of_stop: Int32Array


class _Names:
    """Ids of one kind, and rows that name one which is not among them."""

    def __init__(self, kind: str, ids: pl.Series) -> None:
        self.kind = kind
        self.ids = ids.filter(ids != "").unique(maintain_order=True)

    def index(self, column: Column) -> tuple[Int32Array, BoolArray]:
        """Return the index of each cell, `NONE` where blank; mark, with a notice, unknown ones."""
        index = column.indices(self.ids)
        lost: BoolArray = (index == NONE) & (column.texts != "").to_numpy()
        column.warn(lost, f"unknown_{self.kind}", "not defined; the row is left out")
        return index, lost


class _Reader:
    """Reads the files with one set of names."""

    def __init__(
        self,
        feed: Feed,
        tables: Mapping[str, pl.DataFrame],
        stops: pl.Series,
        lines: pl.Series,
        translations: Translations,
    ) -> None:
        self.feed = feed
        self.tables = tables
        self._translations = translations
        own = feed.table("routes.txt", (), ("route_id", "network_id"))
        named = tables["route_networks"].select("route_id", "network_id")
        self.of_line = pl.concat([own.select("route_id", "network_id"), named])
        groups = tables["fare_leg_rules"]["leg_group_id"]
        networks = pl.concat([tables["networks"]["network_id"], self.of_line["network_id"]])
        areas = pl.concat([tables["areas"]["area_id"], tables["stop_areas"]["area_id"]])
        self.names = {
            "leg_group": _Names("leg_group", groups),
            "network": _Names("network", networks),
            "area": _Names("area", areas),
            "timeframe": _Names("timeframe", tables["timeframes"]["timeframe_group_id"]),
            "product": _Names("fare_product", tables["fare_products"]["fare_product_id"]),
            "rider": _Names("rider_category", tables["rider_categories"]["rider_category_id"]),
            "medium": _Names("fare_medium", tables["fare_media"]["fare_media_id"]),
            "stop": _Names("stop", stops),
        }
        self.stops, self.lines = stops, lines

    def rows(self, file: str, needed: str = "") -> pl.DataFrame:
        """Rows of a file; those that lack an id they need are left out."""
        table = self.tables[file.removesuffix(".txt")]
        return without_blank(self.feed, file, table, needed) if needed else table

    def named(self, field: str, ids: pl.Series, names: pl.Series) -> pl.DataFrame:
        """Ids with their names, also in English where the feed has them."""
        english = self._translations.of(field, ids, names, "en")
        return pl.DataFrame({"id": ids, "name": names, "name_en": english})

    def indexed(self, file: str, table: pl.DataFrame, names: Mapping[str, str]) -> pl.DataFrame:
        """Rows as indices of `names` (column → kind), without those that name what is unknown."""
        lost = np.zeros(table.height, np.bool_)
        columns: dict[str, Int32Array] = {}
        for name, kind in names.items():
            column = Column(self.feed, file, table, name)
            columns[name], unknown = self.names[kind].index(column)
            lost |= unknown
        return pl.DataFrame(columns).hstack(table.select(pl.exclude(*names))).filter(~lost)


def _riders(read: _Reader) -> pl.DataFrame:
    file = "rider_categories.txt"
    table = first_of_each(
        read.feed, file, read.rows(file, "rider_category_id"), "rider_category_id"
    )
    ids, names = table["rider_category_id"], table["rider_category_name"]
    is_default = (table["is_default_fare_category"] == "1").cast(pl.UInt8)
    field = "rider_categories.rider_category_name"
    return read.named(field, ids, names).with_columns(is_default=is_default)


def _media(read: _Reader) -> pl.DataFrame:
    file = "fare_media.txt"
    table = first_of_each(read.feed, file, read.rows(file, "fare_media_id"), "fare_media_id")
    ids, names = table["fare_media_id"], table["fare_media_name"]
    return read.named("fare_media.fare_media_name", ids, names)


def _products(read: _Reader) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Products, and what each costs for whom and on which medium."""
    file = "fare_products.txt"
    table = read.rows(file, "fare_product_id")
    currency = table["currency"].str.to_uppercase()
    amounts = [signed_minor_units(*pair) for pair in zip(table["amount"], currency, strict=True)]
    bad = np.array([amount is None for amount in amounts], np.bool_)
    message = "no amount of this currency; the row is left out; write one such as 210 or 2.50"
    Column(read.feed, file, table, "amount").warn(bad, "unreadable_price", message)
    table = table.with_columns(amount=pl.Series(amounts, dtype=pl.Int64), currency=currency)
    table = table.filter(pl.Series(~bad, dtype=pl.Boolean))
    kinds = {"fare_product_id": "product", "rider_category_id": "rider", "fare_media_id": "medium"}
    prices = read.indexed(file, table, kinds)
    ids = read.names["product"].ids
    named = read.rows(file, "fare_product_id")
    first = named.unique("fare_product_id", keep="first", maintain_order=True)
    products = read.named("fare_products.fare_product_name", ids, first["fare_product_name"])
    columns = {"product": "fare_product_id", "rider": "rider_category_id"}
    return products, prices.select(
        **columns, medium="fare_media_id", amount="amount", currency="currency"
    )


def _timeframes(read: _Reader, services: pl.Series) -> pl.DataFrame:
    file = "timeframes.txt"
    table = read.rows(file, "timeframe_group_id")
    read.names["service"] = _Names("service", services)
    outcome = "the row is left out"
    start, end = (
        Column(read.feed, file, table, name).times(outcome) for name in ("start_time", "end_time")
    )
    table = table.with_columns(
        start_time=pl.Series(np.where(start == UNSET, 0, start), dtype=pl.Int32),
        end_time=pl.Series(np.where(end == UNSET, _WHOLE_DAY, end), dtype=pl.Int32),
    )
    readable = pl.Series((start != UNREADABLE) & (end != UNREADABLE), dtype=pl.Boolean)
    kinds = {"timeframe_group_id": "timeframe", "service_id": "service"}
    return read.indexed(file, table.filter(readable), kinds).select(
        group="timeframe_group_id", start="start_time", end="end_time", service="service_id"
    )


def _leg_rules(read: _Reader) -> tuple[pl.DataFrame, bool]:
    table = read.rows(_LEG_RULES, "fare_product_id")
    feed = read.feed
    ordered = feed.has(_LEG_RULES) and "rule_priority" in feed.header(_LEG_RULES)
    priority = Column(feed, _LEG_RULES, table, "rule_priority").integers(0)
    kinds = {
        "leg_group_id": "leg_group",
        "network_id": "network",
        "from_area_id": "area",
        "to_area_id": "area",
        "from_timeframe_group_id": "timeframe",
        "to_timeframe_group_id": "timeframe",
        "fare_product_id": "product",
    }
    rows = read.indexed(
        _LEG_RULES, table.with_columns(rule_priority=pl.Series(priority, dtype=pl.Int32)), kinds
    )
    return rows.select(
        group="leg_group_id",
        network="network_id",
        from_area="from_area_id",
        to_area="to_area_id",
        from_time="from_timeframe_group_id",
        to_time="to_timeframe_group_id",
        product="fare_product_id",
        priority="rule_priority",
    ), ordered


def _joins(read: _Reader) -> pl.DataFrame:
    file = "fare_leg_join_rules.txt"
    kinds = {
        "from_network_id": "network",
        "to_network_id": "network",
        "from_stop_id": "stop",
        "to_stop_id": "stop",
    }
    rows = read.indexed(file, read.rows(file), kinds)
    return rows.select(**{name.removesuffix("_id"): name for name in kinds})


def _transfers(read: _Reader) -> pl.DataFrame:
    table = read.rows(_TRANSFERS)
    columns = {
        name: Column(read.feed, _TRANSFERS, table, name)
        for name in ("transfer_count", "duration_limit", "duration_limit_type")
    }
    kind = Column(read.feed, _TRANSFERS, table, "fare_transfer_type")
    numbers = {
        "count": columns["transfer_count"].integers(_UNLIMITED, low=-1),
        "limit": columns["duration_limit"].integers(NONE),
        "limit_kind": columns["duration_limit_type"].codes(3, "unknown_duration_limit_type"),
        "kind": kind.codes(2, "unknown_fare_transfer_type"),
    }
    table = table.with_columns(pl.Series(name, values) for name, values in numbers.items())
    kinds = {
        "from_leg_group_id": "leg_group",
        "to_leg_group_id": "leg_group",
        "fare_product_id": "product",
    }
    rows = read.indexed(_TRANSFERS, table, kinds)
    return rows.select(
        *numbers,
        from_group="from_leg_group_id",
        to_group="to_leg_group_id",
        product="fare_product_id",
    )


def _network_of_line(read: _Reader) -> Int32Array:
    known = read.of_line.filter(pl.col("network_id") != "").unique("route_id", keep="first")
    at = positions_in(read.lines, known["route_id"])
    networks = positions_in(known["network_id"], read.names["network"].ids)
    if not networks.size:
        return np.full(at.size, NONE, np.int32)
    return np.where(at == NONE, NONE, networks[np.maximum(at, 0)]).astype(np.int32)


def _areas_of_stops(read: _Reader, parent: Int32Array) -> tuple[Int32Array, Int32Array]:
    """Areas of each stop; one without any has those of its station."""
    table = read.rows("stop_areas.txt", "stop_id")
    rows = read.indexed("stop_areas.txt", table, {"stop_id": "stop", "area_id": "area"})
    stop, area = rows["stop_id"].to_numpy(), rows["area_id"].to_numpy()
    own = np.zeros(parent.size, np.bool_)
    own[stop] = True
    of_stop: defaultdict[int, list[int]] = defaultdict(list)
    for one, number in zip(stop.tolist(), area.tolist(), strict=True):
        of_stop[one].append(number)
    heirs = np.flatnonzero(~own & (parent != NONE)).tolist()
    inherited = [(heir, number) for heir in heirs for number in of_stop[int(parent[heir])]]
    pairs = sorted({*zip(stop.tolist(), area.tolist(), strict=True), *inherited})
    both = np.array(pairs, np.int32).reshape(-1, 2)
    return first_of(both[:, 0], parent.size), both[:, 1]


def read_fares_v2(
    feed: Feed,
    tables: Mapping[str, pl.DataFrame],
    stops: pl.DataFrame,
    lines: pl.DataFrame,
    services: pl.Series,
    translations: Translations,
) -> FareV2Part:
    """Read the fares of a feed; without any, all tables are empty.

    Parameters
    ----------
    tables
        The files as texts, as `gtfs.standard.fares_v2_tables` gives them.
    """
    assert {f"{name}.txt" for name in tables} == FARES_V2.keys()
    read = _Reader(feed, tables, stops["id"], lines["id"], translations)
    products, prices = _products(read)
    timeframes = _timeframes(read, services)
    leg_rules, has_priority = _leg_rules(read)
    return FareV2Part(
        _riders(read),
        _media(read),
        products,
        prices,
        timeframes,
        leg_rules,
        _joins(read),
        _transfers(read),
        has_priority,
        {kind: len(names.ids) for kind, names in read.names.items()},
        _network_of_line(read),
        *_areas_of_stops(read, stops["parent"].to_numpy()),
    )
