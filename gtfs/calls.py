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
from gtfs.translations import Translations, of_call
from routing.layout import NONE, BoolArray, Int32Array, UInt8Array, place_in

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
    headsign, signs = _headsigns(extras, translations)
    columns: dict[str, Int32Array | UInt8Array] = {
        "headsign": headsign,
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
    return Calls(rows, signs)


def _headsigns(extras: pl.DataFrame, translations: Translations) -> tuple[Int32Array, pl.DataFrame]:
    """Row of the headsign of each stop time, `NONE` without one, and all headsigns."""
    at = np.flatnonzero((extras["stop_headsign"] != "").to_numpy())
    signed = extras[at]
    name = signed["stop_headsign"]
    has_ids = "trip_id" in extras.columns
    ids = signed.select(of_call("trip_id", "stop_sequence").alias("id"))["id"] if has_ids else name
    english = translations.of("stop_times.stop_headsign", ids, name, "en")
    others = translations.in_others("stop_times.stop_headsign", ids, name)
    texts = pl.DataFrame({"name": name, "name_en": english, **others})
    signs = texts.unique(maintain_order=True)
    numbered = signs.with_row_index("at")
    found = texts.join(numbered, on=texts.columns, how="left", maintain_order="left")["at"]
    row = np.full(extras.height, NONE, np.int32)
    row[at] = found.to_numpy()
    return row, signs


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

    headsign: int  # row of `HeadsignTable` or NONE
    pickup_rule: int
    drop_off_rule: int
    continuous_pickup: int
    continuous_drop_off: int
    is_approximate: bool


def call_at(timetable: "Timetable", stop_time: int) -> Call | None:
    """Return what is special about a stop time; `None` for most of them."""
    calls = timetable.calls
    if not calls.stop_time.size:  # as in most feeds
        return None
    row = place_in(calls.stop_time, stop_time)
    if row == calls.stop_time.size or calls.stop_time[row] != stop_time:
        return None
    return Call(
        int(calls.headsign[row]),
        int(calls.pickup_rule[row]),
        int(calls.drop_off_rule[row]),
        int(calls.continuous_pickup[row]),
        int(calls.continuous_drop_off[row]),
        bool(calls.is_approximate[row]),
    )
