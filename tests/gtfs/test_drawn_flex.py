"""Services of drawn rows in zones and at stops, in the words of today and of drafts.

The reading that they are held against shares no code with the package.
"""

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gtfs.timetable import Timetable
from routing.layout import NONE
from tests.gtfs.oracle import seconds
from tests.gtfs.strategies import clock, table
from tests.gtfs.test_flex import RULES, SQUARE, flexible, places, zone

Row = dict[str, str]
TRIPS = ("t1", "t2", "t3")
ZONES = ("z", "y", "g")
_FACTORS, _OFFSETS = ("", "", "1.5", "2"), ("", "", "4", "7.5")


def window(today: bool) -> tuple[str, str]:
    word = "drop_off" if today else "dropoff"
    return f"start_pickup_{word}_window", f"end_pickup_{word}_window"


def call(draw: random.Random, start: int, today: bool) -> Row:
    """A row of a trip in a zone, in a group or at a stop."""
    row = {
        "pickup_type": draw.choice(("", "0", "2", "2", "1")),
        "drop_off_type": draw.choice(("", "0", "3", "3", "1")),
        "pickup_booking_rule_id": draw.choice(("", "soon", "eve", "lost")),
    }
    word = "drop_off" if today else "dropoff"
    row[f"{word}_booking_rule_id"] = draw.choice(("", "soon", "eve"))
    for name in ("safe", "mean"):  # columns of drafts; the offset is in minutes
        row[f"{name}_duration_factor"] = draw.choice(_FACTORS)
        row[f"{name}_duration_offset"] = draw.choice(_OFFSETS)
    if draw.random() < 0.3:
        row["stop_id"] = draw.choice(("A", "B", "C", "C", "nowhere"))
        shown = draw.choice(("both", "both", "arrival", "departure"))
        row["arrival_time"] = clock(start) if shown != "departure" else ""
        row["departure_time"] = clock(start + 60) if shown != "arrival" else ""
        return row
    where = draw.choice((*ZONES, *ZONES, "lost"))
    column = "location_group_id" if where == "g" else "location_id"
    row["stop_id" if not today and where != "lost" else column] = where
    opens, closes = window(today)
    row[opens] = clock(start) if draw.random() < 0.97 else ""
    row[closes] = clock(start + draw.choice((599, 600, 600, 3600, 3600, 20_000)))
    return row


def rows_of(draw: random.Random, today: bool) -> list[Row]:
    """Rows of all trips, in any order; times often grow along a trip."""
    rows = []
    for trip in TRIPS:
        start = 8 * 3600
        for number in range(draw.randint(1, 6)):
            row = call(draw, start, today)
            rows.append({"trip_id": trip, "stop_sequence": str(7 * number), **row})
            start += draw.choice((0, 300, 600, 600, 3600, -1200))
    return draw.sample(rows, len(rows))


class Slow:
    """The services of trips, row by row."""

    def __init__(self, rows: list[Row], trips: dict[str, Row]) -> None:
        self.rows, self.trips = rows, trips

    def services(self) -> set[tuple[Any, ...]]:
        return {service for trip in TRIPS for service in self._of_trip(trip)}

    def _of_trip(self, trip: str) -> Iterator[tuple[Any, ...]]:
        if self.trips[trip]["service_id"] == "ghost":
            return
        mine = [row for row in self.rows if row["trip_id"] == trip]
        if not any(self.place(row)[0] for row in mine):
            return
        mine = [row for row in mine if any(self.place(row)) and self.span(row)[0] is not None]
        mine.sort(key=lambda row: int(row["stop_sequence"]))
        pairs = [(a, b) for k, a in enumerate(mine) for b in mine[k + 1 :]]
        for up, down in pairs if len(mine) > 1 else [(row, row) for row in mine]:
            zones = [row for row in (up, down) if self.place(row)[0]]
            (opens, until), (_, last) = self.span(up), self.span(down)
            if not zones or any(self.is_short(row) for row in zones) or opens > last:
                continue
            if up["pickup_type"] == "1" or down["drop_off_type"] == "1":
                continue
            yield (
                *(f"f:{trip}", *self.place(up), *self.place(down), opens, until, last),
                *(self.rule(up, "pickup"), self.rule(down, "drop_off", "dropoff")),
                *(self.told(trip, down, "factor", 1, 1), self.told(trip, down, "offset", 0, 60)),
            )

    @staticmethod
    def place(row: Row) -> tuple[str, str]:
        """Zone and stop; one of them is empty."""
        cells = [row.get(k, "") for k in ("location_id", "location_group_id", "stop_id")]
        found = next((cell for cell in cells if cell in ZONES), "")
        stop = cells[2] if cells[2] in {"A", "B", "C"} and not found else ""
        return found, stop

    def span(self, row: Row) -> tuple[Any, Any]:
        """From when to when a row is served."""
        if self.place(row)[0]:
            names = [name for today in (True, False) for name in window(today) if name in row]
            opens, closes = (seconds(row[name]) for name in names)
            return opens, closes
        come, go = seconds(row["arrival_time"]), seconds(row["departure_time"])
        return come if go is None else go, go if come is None else come

    def is_short(self, row: Row) -> bool:
        opens, closes = self.span(row)
        return bool(closes - opens < 600)

    @staticmethod
    def rule(row: Row, *names: str) -> str:
        found = next(row[f"{n}_booking_rule_id"] for n in names if f"{n}_booking_rule_id" in row)
        return f"f:{found}" if found in {"soon", "eve"} else ""

    def told(self, trip: str, row: Row, what: str, blank: float, unit: float) -> float:
        """Factor or offset of the trip, else the safe one of the row, else the mean one."""
        if of_trip := self.trips[trip][f"safe_duration_{what}"]:
            return float(of_trip)
        cells = (row[f"{kind}_duration_{what}"] for kind in ("safe", "mean"))
        return next((float(cell) * unit for cell in cells if cell), blank)


def found_in(timetable: Timetable) -> list[tuple[Any, ...]]:
    """The services of a timetable in ids."""
    flex, rules = timetable.flex, timetable.booking.id

    def named(ids: Any, row: int, prefix: str = "") -> str:
        return "" if row == NONE else str(ids[row]).removeprefix(prefix)

    return [
        (
            trip,
            *(
                named(ids, int(column[k]), "f:")
                for ids, column in (
                    (timetable.zones.id, flex.from_zone), (timetable.stops.id, flex.from_stop),
                    (timetable.zones.id, flex.to_zone), (timetable.stops.id, flex.to_stop),
                )
            ),
            *(int(column[k]) for column in (flex.start, flex.end, flex.last_arrival)),
            *(named(rules, int(column[k])) for column in (flex.pickup_rule, flex.drop_off_rule)),
            *(float(flex.factor[k]), int(flex.offset[k])),
        )
        for k, trip in enumerate(flex.id)
    ]  # fmt: skip


@given(st.integers(0, 10_000), st.booleans())
def test_services_are_those_of_the_rows(seed: int, today: bool) -> None:
    draw = random.Random(seed)
    rows = rows_of(draw, today)
    trips = {
        trip: {
            "service_id": draw.choice(("daily", "daily", "daily", "ghost")),
            "safe_duration_factor": draw.choice(_FACTORS),
            "safe_duration_offset": draw.choice(("", "", "240")),
        }
        for trip in TRIPS
    }
    header = list(dict.fromkeys(name for row in rows for name in row))
    header += [name for name in ("stop_id", "arrival_time", "departure_time") if name not in header]
    # a bus on a line runs beside them, so that the feed is never empty
    bus = [
        {"trip_id": "bus", "stop_id": stop, "arrival_time": time, "stop_sequence": time[:1]}
        for stop, time in (("A", "7:00:00"), ("B", "8:00:00"))
    ]
    with tempfile.TemporaryDirectory() as folder:
        timetable, _ = flexible(
            Path(folder),
            "",
            stop_times_txt=table(
                ",".join(header),
                [tuple(row.get(name, "") for name in header) for row in [*rows, *bus]],
            ),
            trips_txt=table(
                "route_id,trip_id,service_id,safe_duration_factor,safe_duration_offset",
                [("L", "bus", "daily", "", ""), *(("L", k, *v.values()) for k, v in trips.items())],
            ),
            booking_rules_txt=RULES,
            locations_geojson=places(zone("z", SQUARE), zone("y", SQUARE)),
            location_groups_txt="location_group_id,location_group_name\ng,group\n",
            location_group_stops_txt="location_group_id,stop_id\ng,C\ng,A\n",
        )
    found = found_in(timetable)
    assert len(found) == len(set(found))
    assert set(found) == Slow(rows, trips).services()
