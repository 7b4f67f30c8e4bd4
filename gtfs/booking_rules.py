"""booking_rules.txt → how and until when a ride has to be booked."""

import numpy as np
import polars as pl

from gtfs.columns import UNSET, Column, first_of_each, without_blank
from gtfs.read import Feed
from routing.layout import NONE, Int32Array

FILE = "booking_rules.txt"
REAL_TIME, SAME_DAY, DAYS_BEFORE = range(3)  # booking_type
_TEXTS = (
    "message",
    "pickup_message",
    "drop_off_message",
    "phone_number",
    "info_url",
    "booking_url",
)


def read_booking_rules(feed: Feed, service_ids: pl.Series) -> pl.DataFrame:
    """Read the booking rules of a feed."""
    numbers = ("prior_notice_duration_min", "prior_notice_duration_max")
    days = ("prior_notice_last_day", "prior_notice_start_day")
    times = ("prior_notice_last_time", "prior_notice_start_time")
    names = ("booking_rule_id", "booking_type", "prior_notice_service_id")
    table = feed.table(FILE, (), (*names, *numbers, *days, *times, *_TEXTS))
    table = without_blank(feed, FILE, table, "booking_rule_id")
    table = first_of_each(feed, FILE, table, "booking_rule_id")
    cells = {name: Column(feed, FILE, table, name) for name in table.columns}
    services = cells["prior_notice_service_id"]
    service = services.indices(service_ids)
    lost = (service == NONE) & (services.texts != "").to_numpy()
    services.warn(lost, "unknown_service", "no such service; every day counts")

    def seconds(name: str) -> Int32Array:
        minutes = cells[name].integers(NONE, high=525_600)
        return np.where(minutes == NONE, NONE, minutes * 60).astype(np.int32)

    def clock(name: str) -> Int32Array:
        time = cells[name].times("taken as blank")
        return np.where(time < 0, UNSET, time).astype(np.int32)

    return pl.DataFrame(
        {
            "id": table["booking_rule_id"],
            "kind": cells["booking_type"].codes(2, "unknown_booking_type").astype(np.uint8),
            "notice_min": seconds(numbers[0]),
            "notice_max": seconds(numbers[1]),
            "last_day": cells[days[0]].integers(NONE, high=366),
            "last_time": clock(times[0]),
            "start_day": cells[days[1]].integers(NONE, high=366),
            "start_time": clock(times[1]),
            "service": service,
            **{name: table[name] for name in _TEXTS},
        }
    ).rename({"phone_number": "phone"})
