"""fare_attributes.txt and fare_rules.txt (fares v1) → fares and rules of one feed."""

from typing import NamedTuple

import numpy as np
import polars as pl

from gtfs.agency import AGENCY
from gtfs.columns import Column, first_of_each, positions_in, without_blank
from gtfs.money import minor_units
from gtfs.read import Feed
from routing.layout import NONE, BoolArray, Int32Array

FARES = "fare_attributes.txt"
RULES = "fare_rules.txt"


class FarePart(NamedTuple):
    """Fares of one feed; indices are those within the feed."""

    fares: pl.DataFrame  # id, currency, price, transfers, duration
    rules: pl.DataFrame  # fare, line, agency, origin, destination, zones: `NONE` = any
    zone_sets: list[tuple[int, ...]]
    n_zones: int
    zone_of_stop: Int32Array
    n_agencies: int
    agency_of_line: Int32Array


class _Ids(NamedTuple):
    """Ids of one feed that fares speak of."""

    lines: pl.Series
    zones: pl.Series


def _read_fares(feed: Feed) -> pl.DataFrame:
    optional = ("transfers", "transfer_duration", "agency_id")
    table = feed.table(FARES, ("fare_id", "price", "currency_type"), optional)
    table = first_of_each(feed, FARES, without_blank(feed, FARES, table, "fare_id"), "fare_id")
    currency = table["currency_type"].str.to_uppercase()
    amounts = [minor_units(*pair) for pair in zip(table["price"], currency, strict=True)]
    bad = np.array([amount is None for amount in amounts], np.bool_)
    remedy = "write an amount such as 210 or 2.50"
    message = f"no amount of this currency; the fare is left out; {remedy}"
    Column(feed, FARES, table, "price").warn(bad, "unreadable_price", message)
    duration = Column(feed, FARES, table, "transfer_duration").integers(NONE)
    transfers = Column(feed, FARES, table, "transfers").integers(NONE)
    return pl.DataFrame(
        {
            "id": table["fare_id"],
            "currency": currency,
            "price": pl.Series(amounts, dtype=pl.Int64),
            "transfers": transfers,
            "duration": duration,
            "agency": table["agency_id"],
        }
    ).filter(pl.Series(~bad))


def _zones_of_stops(stops: pl.DataFrame) -> pl.Series:
    """Zone of each stop; without one that of its station, else the stop's own id."""
    parent = stops["parent"].to_numpy()
    above = stops["zone"].gather(np.maximum(parent, 0)).to_frame("zone")
    inherited = above.select(
        pl.when(pl.Series(parent != NONE)).then("zone").otherwise(pl.lit(""))
    ).to_series()
    return pl.select(
        pl.when(stops["zone"] != "")
        .then(stops["zone"])
        .when(inherited != "")
        .then(inherited)
        .otherwise(stops["id"])
        .alias("zone")
    ).to_series()


def _index(column: Column, ids: pl.Series, code: str, message: str) -> tuple[Int32Array, BoolArray]:
    """Return the index of each cell, `NONE` where blank, and mark those that are not in `ids`."""
    index = column.indices(ids)
    lost: BoolArray = (index == NONE) & (column.texts != "").to_numpy()
    column.warn(lost, code, message)
    return index, lost


def _read_rules(feed: Feed, fares: pl.DataFrame, ids: _Ids) -> pl.DataFrame:
    """Rules as indices: fare, line, origin, destination, contains."""
    names = ("route_id", "origin_id", "destination_id", "contains_id")
    table = without_blank(feed, RULES, feed.table(RULES, ("fare_id",), names), "fare_id")
    columns = {name: Column(feed, RULES, table, name) for name in ("fare_id", *names)}
    fare, no_fare = _index(
        columns["fare_id"], fares["id"], "unknown_fare", "no such fare; the row is left out"
    )
    line, no_line = _index(
        columns["route_id"], ids.lines, "unknown_line", "no such route; the row is left out"
    )
    zones = {}
    lost = no_fare | no_line
    for name in names[1:]:
        zones[name], no_zone = _index(
            columns[name], ids.zones, "unknown_zone", "no stop is in this zone; left out"
        )
        lost |= no_zone
    return pl.DataFrame(
        {
            "fare": fare,
            "line": line,
            "origin": zones["origin_id"],
            "destination": zones["destination_id"],
            "contains": zones["contains_id"],
        }
    ).filter(pl.Series(~lost))


def _with_sets(rules: pl.DataFrame) -> tuple[pl.DataFrame, list[tuple[int, ...]]]:
    """Gather the zones that a ride must pass, one set for rows that differ in nothing else."""
    keys = ["fare", "line", "origin", "destination"]
    plain = rules.filter(pl.col("contains") == NONE).select(*keys).unique()
    gathered = (
        rules.filter(pl.col("contains") != NONE)
        .group_by(keys)
        .agg(pl.col("contains").unique().sort())
        .sort(keys)
    )
    sets = [tuple(zones) for zones in gathered["contains"].to_list()]
    numbers = pl.Series("zones", np.arange(len(sets), dtype=np.int32), dtype=pl.Int32)
    with_set = gathered.select(*keys).with_columns(numbers)
    without = plain.with_columns(zones=pl.lit(NONE, dtype=pl.Int32))
    return pl.concat([without, with_set]), sets


def _general_fares(feed: Feed, fares: pl.DataFrame, rules: pl.DataFrame) -> pl.DataFrame:
    """Rules for fares that have none: they are good everywhere, if no other fare says more.

    Several of them that differ in price only (adults, children, passes) cannot be told apart.
    """
    ruled = fares["id"].is_in(fares["id"].gather(rules["fare"].unique()).implode())
    bare = fares.with_row_index("fare").filter(~ruled)
    message = "a fare without rules beside others; it is not used"
    if bare.height and ruled.any():
        feed.notices.add("fare_without_rule", FARES, message, count=bare.height)
        bare = bare.clear()
    alike = pl.struct("agency", "transfers", "duration", "currency")
    prices = bare.select(pl.col("price").n_unique().over(alike).alias("n"))["n"]
    if (prices > 1).any():
        count = int((prices > 1).sum())
        message = "fares without rules that differ in price only; they are not used"
        feed.notices.add("ambiguous_fare", FARES, message, count=count)
        bare = bare.filter(prices == 1)
    none = pl.lit(NONE, dtype=pl.Int32)
    return bare.select(
        pl.col("fare").cast(pl.Int32), line=none, origin=none, destination=none, zones=none
    )


def _agencies(feed: Feed, lines: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """Return the ids of all agencies, and the agency of each line; a sole one runs them all."""
    named = feed.table(AGENCY, (), ("agency_id",))["agency_id"].unique(maintain_order=True)
    of_line = lines["agency"]
    if len(named) == 1:
        of_line = pl.select(
            pl.when(of_line == "").then(pl.lit(named[0])).otherwise(of_line)
        ).to_series()
    return pl.concat([named, of_line]).unique(maintain_order=True), of_line


def _agency_of_rule(
    feed: Feed, fares: pl.DataFrame, rules: pl.DataFrame, agencies: pl.Series
) -> pl.Series:
    """Agency whose lines a rule without a line is for; `NONE` = the whole feed."""
    blank = (fares["agency"] == "").to_numpy()
    named = positions_in(fares["agency"], agencies)
    lost = int(((named == NONE) & ~blank).sum())
    if lost:
        message = "a fare of an unknown agency; it is taken as one of the whole feed"
        feed.notices.add("unknown_agency", FARES, message, count=lost)
    return pl.Series(np.where(blank, NONE, named)).gather(rules["fare"]).cast(pl.Int32)


def read_fares(feed: Feed, stops: pl.DataFrame, lines: pl.DataFrame) -> FarePart:
    """Read the fares of a feed."""
    fares = _read_fares(feed)
    zone_texts = _zones_of_stops(stops)
    zones = zone_texts.unique(maintain_order=True)
    agencies, agency_of_line = _agencies(feed, lines)
    ids = _Ids(lines["id"], zones)
    rules, sets = _with_sets(_read_rules(feed, fares, ids))
    rules = pl.concat([rules, _general_fares(feed, fares, rules)])
    return FarePart(
        fares.drop("agency"),
        rules.with_columns(agency=_agency_of_rule(feed, fares, rules, agencies)),
        sets,
        len(zones),
        positions_in(zone_texts, zones),
        len(agencies),
        positions_in(agency_of_line, agencies),
    )
