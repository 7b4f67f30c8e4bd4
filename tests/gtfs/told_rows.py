"""What the rows of a drawn feed say, in ids and plain values; shares no code with the package."""

import math
from collections import Counter
from datetime import date, timedelta
from typing import Any

from tests.gtfs.oracle import day_of, fill, seconds
from tests.gtfs.whole_feeds import WEEKDAYS, Row
from tests.gtfs.whole_rules import WholeFeed

Told = dict[str, Any]
MODES = {
    0: "tram", 1: "subway", 2: "rail", 3: "bus", 4: "ferry", 5: "cable", 6: "cable",
    7: "funicular", 11: "bus", 12: "rail", 100: "rail", 405: "rail", 715: "drt", 1501: "taxi",
}  # fmt: skip
SPEEDS = {"1": 1.25, "2": 0.7, "3": 1.7, "4": 0.6, "5": 1.25, "6": 1.25, "7": 1.25}  # m/s
WAITS = {"5": 45, "6": 5, "7": 3}  # s


def whole(text: str, blank: int = -1) -> int:
    return int(text) if text else blank


def clock(text: str, blank: int = -1) -> int:
    time = seconds(text)
    return blank if time is None else time


class Reading:
    """One feed, as its rows say it."""

    def __init__(self, feed: WholeFeed, name: str) -> None:
        self.rows = feed.rows
        self.feed = feed
        self.name = name
        self.stops = {row["stop_id"]: row for row in feed.rows["stops.txt"]}
        self.trips = {row["trip_id"]: row for row in feed.rows["trips.txt"]}
        info = feed.rows["feed_info.txt"]
        tags = [row["feed_lang"] for row in info]
        tags += [row["agency_lang"] for row in feed.rows["agency.txt"]]
        self.language = next((tag for tag in tags if tag), "")

    def id(self, own: str) -> str:
        """Name an id as one of this feed; a blank stays."""
        return f"{self.name}:{own}" if own else ""

    def translated(self, table: str, record: tuple[str, str], value: str, language: str) -> str:
        """A text in another language; empty if nobody says it."""
        of_record = of_value = ""
        for row in self.rows["translations.txt"]:
            if not row["language"].lower().startswith(language):
                continue
            if row["table_name"] != table and not self.feed.old_translations:
                continue
            if (row["record_id"], row["record_sub_id"]) == record:
                of_record = of_record or row["translation"]
            if row["field_value"] and row["field_value"] == value:
                of_value = of_value or row["translation"]
        own = value if self.language == language else ""
        return of_record or of_value or own

    def above(self, stop: str) -> list[str]:
        """A stop and the stations above it."""
        found = [stop]
        while self.stops[found[-1]]["parent_station"]:
            found.append(self.stops[found[-1]]["parent_station"])
        return found

    def first(self, stop: str, column: str, levels: int = 3) -> str:
        """The cell of a stop, else that of what is above it."""
        cells = (self.stops[name][column] for name in self.above(stop)[:levels])
        return next((cell for cell in cells if cell not in {"", "0"}), "")

    def stop_name(self, stop: str) -> str:
        return self.first(stop, "stop_name", levels=2)

    def told_stops(self) -> Told:
        return {
            self.id(stop): (
                self.stop_name(stop),
                self.translated("stops", (stop, ""), self.stop_name(stop), "en"),
                self.translated("stops", (stop, ""), self.stop_name(stop), "ja-hrkt"),
                row["zone_id"],
                row["platform_code"],
                float(self.first(stop, "stop_lon")),
                float(self.first(stop, "stop_lat")),
                self.id(row["parent_station"]),
                whole(row["location_type"], 0),
                whole(self.first(stop, "wheelchair_boarding"), 0),
                self.id(row["level_id"]),
            )
            for stop, row in self.stops.items()
        }

    def told_lines(self) -> Told:
        return {
            self.id(row["route_id"]): (
                row["route_short_name"],
                row["route_long_name"],
                self.line_name(row),
                row["route_color"].upper(),
                row["agency_id"],
                MODES[int(row["route_type"])],
                whole(row["continuous_pickup"], 1),
                whole(row["continuous_drop_off"], 1),
            )
            for row in self.rows["routes.txt"]
        }

    def line_name(self, row: Row) -> str:
        record, long = (row["route_id"], ""), row["route_long_name"]
        english = self.translated("routes", record, long, "en")
        if english or not (self.feed.old_translations or self.language == "en"):
            return english
        return self.translated("", ("", "-"), row["route_short_name"], "en")

    def dates(self) -> dict[str, frozenset[date]]:
        found: dict[str, set[date]] = {}
        for row in self.rows["calendar.txt"]:
            first, last = day_of(row["start_date"]), day_of(row["end_date"])
            days = [first + timedelta(days=k) for k in range((last - first).days + 1)]
            runs = {day for day in days if row[WEEKDAYS[day.weekday()]] == "1"}
            found[row["service_id"]] = runs
        for kind in ("2", "1"):
            for row in self.rows["calendar_dates.txt"]:
                if row["exception_type"] == kind:
                    change = {day_of(row["date"])}
                    before = found.setdefault(row["service_id"], set())
                    found[row["service_id"]] = before | change if kind == "1" else before - change
        return {service: frozenset(days) for service, days in found.items()}

    def starts(self, trip: str, own: int) -> list[tuple[int, int]]:
        """Start and headway of every run."""
        rows = [row for row in self.rows["frequencies.txt"] if row["trip_id"] == trip]
        return [
            (start, -1 if row["exact_times"] == "1" else int(row["headway_secs"]))
            for row in rows
            for start in range(
                clock(row["start_time"]), clock(row["end_time"]), int(row["headway_secs"])
            )
        ] or [(own, -1)]

    def calls(self, trip: str) -> list[Row]:
        """Rows of a ride at stops, in order."""
        rows = [r for r in self.rows["stop_times.txt"] if r["trip_id"] == trip and r["stop_id"]]
        return sorted(rows, key=lambda row: int(row["stop_sequence"]))

    def told_trips(self) -> Counter[Any]:
        """Every run, with all that is said on the way."""
        dates, found = self.dates(), Counter[Any]()
        for trip, row in self.trips.items():
            calls = self.calls(trip)
            if not calls:
                continue
            times = fill(calls)
            assert times is not None
            last = calls[-1]["stop_id"]
            record = (trip, "")
            english = self.translated("trips", record, row["trip_headsign"], "en")
            for start, headway in self.starts(trip, times[0][1]):
                shift = start - times[0][1]
                found[
                    self.id(trip),
                    row["trip_headsign"] or self.stop_name(last),
                    english
                    if row["trip_headsign"]
                    else self.translated("stops", (last, ""), self.stop_name(last), "en"),
                    row["trip_short_name"],
                    self.id(row["route_id"]),
                    dates[row["service_id"]],
                    self.shape(row["shape_id"]),
                    *(whole(row[name], 0) for name in ("wheelchair_accessible", "bikes_allowed")),
                    whole(row["cars_allowed"], 0),
                    whole(row["direction_id"], 2),
                    headway,
                    tuple(
                        (
                            self.id(call["stop_id"]),
                            arrives + shift,
                            leaves + shift,
                            int(call["stop_sequence"]),
                            whole(call["pickup_type"], 0),
                            whole(call["drop_off_type"], 0),
                            *self.words(call),
                        )
                        for call, (arrives, leaves) in zip(calls, times, strict=True)
                    ),
                ] += 1
        return found

    def words(self, call: Row) -> tuple[Any, ...]:
        """What a stop time says beyond place and time."""
        sign, record = call["stop_headsign"], (call["trip_id"], call["stop_sequence"])
        return (
            sign,
            self.translated("stop_times", record, sign, "en") if sign else "",
            self.id(call["pickup_booking_rule_id"]),
            self.id(call["drop_off_booking_rule_id"]),
            whole(call["continuous_pickup"], 1),
            whole(call["continuous_drop_off"], 1),
            call["timepoint"] == "0",
        )

    def shape(self, shape: str) -> tuple[tuple[float, float], ...]:
        rows = [row for row in self.rows["shapes.txt"] if row["shape_id"] == shape != ""]
        rows.sort(key=lambda row: int(row["shape_pt_sequence"]))
        return tuple((float(row["shape_pt_lon"]), float(row["shape_pt_lat"])) for row in rows)

    def told_blocks(self) -> set[frozenset[str]]:
        """Trips of one block that run once."""
        repeats = {
            trip for trip in self.trips if self.calls(trip) and len(self.starts(trip, 0)) > 1
        }
        blocks: dict[str, set[str]] = {}
        for trip, row in self.trips.items():
            if row["block_id"] and trip not in repeats and self.calls(trip):
                blocks.setdefault(row["block_id"], set()).add(self.id(trip))
        return {frozenset(block) for block in blocks.values()}

    def told_transfers(self) -> Counter[Any]:
        found = Counter[Any]()
        for row in self.rows["transfers.txt"]:
            runs = [
                len(self.starts(trip, 0)) if (trip := row[f"{end}_trip_id"]) else 1
                for end in ("from", "to")
            ]
            names = [
                f"{end}_{kind}_id" for kind in ("stop", "route", "trip") for end in ("from", "to")
            ]
            told = (*(self.id(row[name]) for name in names), whole(row["transfer_type"], 0))
            found[*told, whole(row["min_transfer_time"])] += runs[0] * runs[1]
        return found

    def told_levels(self) -> Told:
        return {
            self.id(row["level_id"]): (row["level_name"], float(row["level_index"]))
            for row in self.rows["levels.txt"]
        }

    def told_pathways(self) -> Counter[Any]:
        found = Counter[Any]()
        for row in self.rows["pathways.txt"]:
            ends = [self.id(row[name]) for name in ("from_stop_id", "to_stop_id")]
            told = (int(row["pathway_mode"]), self.passage(row), self.is_flat(row))
            name = self.id(row["pathway_id"])
            found[name, *ends, row["signposted_as"], *told] += 1
            if row["is_bidirectional"] == "1":
                found[name, *ends[::-1], row["reversed_signposted_as"], *told] += 1
        return found

    def passage(self, row: Row) -> int:
        """Seconds of a pathway; -1 where only its ends tell (`metres` of the package)."""
        mode = row["pathway_mode"]
        if row["traversal_time"]:
            return int(row["traversal_time"])
        if row["length"]:
            return math.ceil(float(row["length"]) / SPEEDS[mode] + WAITS.get(mode, 0))
        if row["stair_count"]:
            return math.ceil(abs(int(row["stair_count"])) * 0.6)
        floors = self.floors(row)
        if floors:
            return math.ceil(floors * (10 if mode == "5" else 20) + WAITS.get(mode, 0))
        if int(mode) >= 5:
            return WAITS[mode]
        return -1

    def floors(self, row: Row) -> float:
        levels = {level["level_id"]: level["level_index"] for level in self.rows["levels.txt"]}
        ends = [self.stops[row[name]]["level_id"] for name in ("from_stop_id", "to_stop_id")]
        if "" in ends:
            return 0
        return abs(float(levels[ends[0]]) - float(levels[ends[1]]))

    @staticmethod
    def is_flat(row: Row) -> bool:
        """Whether a wheelchair passes."""
        steep = abs(float(row["max_slope"] or 0)) > 0.083
        narrow = float(row["min_width"] or 9) < 0.9
        stairs = row["pathway_mode"] in {"2", "4"} or abs(whole(row["stair_count"], 0)) > 0
        return not (steep or narrow or stairs)

    def told_booking(self) -> Told:
        def minutes(text: str) -> int:
            return 60 * int(text) if text else -1

        dates = self.dates()
        return {
            self.id(row["booking_rule_id"]): (
                int(row["booking_type"]),
                minutes(row["prior_notice_duration_min"]),
                minutes(row["prior_notice_duration_max"]),
                whole(row["prior_notice_last_day"]),
                clock(row["prior_notice_last_time"]),
                whole(row["prior_notice_start_day"]),
                clock(row["prior_notice_start_time"]),
                dates.get(row["prior_notice_service_id"]),
                *(row[name] for name in ("message", "pickup_message", "drop_off_message")),
                *(row[name] for name in ("phone_number", "info_url", "booking_url")),
            )
            for row in self.rows["booking_rules.txt"]
        }

    def told_zones(self) -> Told:
        rings: Told = {
            self.id(name): (
                f"zone {name}", [list(ring) for polygon in parts for ring in polygon], []
            )
            for name, parts in self.feed.polygons.items()
        }  # fmt: skip
        groups: Told = {}
        for row in self.rows["location_groups.txt"]:
            name = row["location_group_id"]
            members = [
                self.id(member["stop_id"])
                for member in self.rows["location_group_stops.txt"]
                if member["location_group_id"] == name
            ]
            groups[self.id(name)] = (row["location_group_name"], [], sorted(members))
        return {**rings, **groups}

    def told_flex(self) -> set[Any]:
        dates, found = self.dates(), set()
        for trip, row in self.trips.items():
            rows = [
                r for r in self.rows["stop_times.txt"] if r["trip_id"] == trip and not r["stop_id"]
            ]
            rows.sort(key=lambda call: int(call["stop_sequence"]))
            own = [(rows[0], rows[0])] if len(rows) == 1 else []
            pairs = [(a, b) for k, a in enumerate(rows) for b in rows[k + 1 :]]
            for up, down in own + pairs:
                opens = clock(up["start_pickup_drop_off_window"])
                last = clock(down["end_pickup_drop_off_window"])
                if up["pickup_type"] == "1" or down["drop_off_type"] == "1" or opens > last:
                    continue
                found.add(
                    (
                        self.id(trip),
                        self.id(row["route_id"]),
                        dates[row["service_id"]],
                        *(
                            self.id(end["location_id"] or end["location_group_id"])
                            for end in (up, down)
                        ),
                        opens,
                        clock(up["end_pickup_drop_off_window"]),
                        last,
                        self.id(up["pickup_booking_rule_id"]),
                        self.id(down["drop_off_booking_rule_id"]),
                        float(row["safe_duration_factor"] or 1),
                        whole(row["safe_duration_offset"], 0),
                    )
                )
        return found
