"""What single stop times say beyond place and time: headsign, booking, hailing, rough times.

Few stop times say any of it, so the table holds those only, in their order.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from gtfs.columns import Column
from gtfs.lines import NOT_CONTINUOUS, continuous
from gtfs.read import Feed
from gtfs.stop_times import FILE, StopTimes
from gtfs.translations import Translations
from routing.layout import NONE, BoolArray, Int32Array, UInt8Array

if TYPE_CHECKING:
    from gtfs.timetable import Timetable

_NAMES = (
    "stop_headsign",
    "continuous_pickup",
    "continuous_drop_off",
    "timepoint",
    "pickup_booking_rule_id",
    "drop_off_booking_rule_id",
)


class Calls(NamedTuple):
    """Rows of `CallTable` and the texts they point to."""

    rows: pl.DataFrame
    headsigns: pl.DataFrame


def read_calls(
    feed: Feed, times: StopTimes, rule_ids: pl.Series, translations: Translations
) -> Calls:
    """Return what is special about stop times, which are numbered as in `times`."""
    missing = [name for name in _NAMES if name not in times.extras.columns]
    if len(missing) == len(_NAMES):  # nothing special in the whole feed
        missing, row = [*_NAMES], times.row[:0]
        extras = times.extras.clear()
    else:
        extras, row = times.extras, times.row
    extras = extras.with_columns(pl.lit("").alias(name) for name in missing)
    headsign = extras["stop_headsign"]
    texts = headsign.filter(headsign != "").unique(maintain_order=True)
    columns: dict[str, Int32Array | UInt8Array] = {
        "headsign": Column(feed, FILE, extras, "stop_headsign").indices(texts),
        "pickup_rule": _rules(feed, extras, "pickup_booking_rule_id", rule_ids),
        "drop_off_rule": _rules(feed, extras, "drop_off_booking_rule_id", rule_ids),
        "continuous_pickup": continuous(Column(feed, FILE, extras, "continuous_pickup")),
        "continuous_drop_off": continuous(Column(feed, FILE, extras, "continuous_drop_off")),
        "is_approximate": (extras["timepoint"] == "0").to_numpy().astype(np.uint8),
    }
    special = _special(columns)
    stop_time = np.flatnonzero(special[row]) if special.any() else np.zeros(0, np.int64)
    at = row[stop_time]
    rows = pl.DataFrame(
        {"stop_time": stop_time.astype(np.int32)}
        | {name: values[at] for name, values in columns.items()}
    )
    blank = pl.Series("id", [""] * len(texts), dtype=pl.String)
    english = translations.of("stop_times.stop_headsign", blank, texts, "en")
    return Calls(rows, pl.DataFrame({"name": texts, "name_en": english}))


def _special(columns: dict[str, Int32Array | UInt8Array]) -> BoolArray:
    """Which rows differ from what a stop time is without these columns."""
    usual = {"continuous_pickup": NOT_CONTINUOUS, "continuous_drop_off": NOT_CONTINUOUS}
    usual["is_approximate"] = 0
    differs: BoolArray = np.any(
        [values != usual.get(name, NONE) for name, values in columns.items()], axis=0
    )
    return differs


def _rules(feed: Feed, extras: pl.DataFrame, name: str, rule_ids: pl.Series) -> Int32Array:
    cells = Column(feed, FILE, extras, name)
    rule = cells.indices(rule_ids)
    lost = (rule == NONE) & (cells.texts != "").to_numpy()
    cells.warn(lost, "unknown_booking_rule", "no such booking rule; taken as none")
    return rule


class Call(NamedTuple):
    """What is special about one stop time; booking rules are rows of `BookingTable`."""

    headsign: str
    headsign_en: str
    pickup_rule: int
    drop_off_rule: int
    continuous_pickup: int
    continuous_drop_off: int
    is_approximate: bool


def call_at(timetable: "Timetable", stop_time: int) -> Call | None:
    """Return what is special about a stop time; `None` for most of them."""
    calls = timetable.calls
    row = int(np.searchsorted(calls.stop_time, stop_time))
    if row == calls.stop_time.size or calls.stop_time[row] != stop_time:
        return None
    headsign = int(calls.headsign[row])
    known = headsign != NONE
    return Call(
        timetable.headsigns.name[headsign] if known else "",
        timetable.headsigns.name_en[headsign] if known else "",
        int(calls.pickup_rule[row]),
        int(calls.drop_off_rule[row]),
        int(calls.continuous_pickup[row]),
        int(calls.continuous_drop_off[row]),
        bool(calls.is_approximate[row]),
    )
