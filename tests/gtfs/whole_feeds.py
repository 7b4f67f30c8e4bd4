"""Stops, lines and trips of random feeds that use all of GTFS, all of it valid."""

from datetime import date, timedelta
from random import Random

from tests.gtfs.strategies import clock

Row = dict[str, str]
Rows = dict[str, list[Row]]
Point = tuple[float, float]
FIRST = date(2026, 3, 26)
ZONES = ("Asia/Tokyo", "Europe/Helsinki", "America/New_York")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SPECIAL_IDS = ("NA", "007", "7", "null", "駅 1", "a:b", "1e3")
TEXTS = ("", "Main St.", "北駅", "Ähtäri, S", 'the "Loop"', "two\nlines", "NA", "ＡＢ　Ｃ")
ROUTE_TYPES = ("0", "1", "2", "3", "4", "5", "6", "7", "11", "12", "100", "405", "715", "1501")


class Drawing:
    """Draws the files of one feed, each with what the others name."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.rows: Rows = {}
        self.polygons: dict[str, list[list[list[Point]]]] = {}
        self.zone = self.pick(ZONES)

    def pick(self, values: tuple[str, ...] | list[str]) -> str:
        return self.random.choice(values)

    def some(self, values: list[str]) -> str:
        """One of them, or a blank."""
        return self.pick([*values, ""])

    def number(self, low: int, high: int) -> str:
        return str(self.random.randint(low, high))

    def or_blank(self, value: str) -> str:
        return self.pick((value, ""))

    def ids(self, kind: str, low: int, high: int) -> list[str]:
        """Distinct ids, odd ones among them."""
        count = self.random.randint(low, high)
        odd = list(SPECIAL_IDS)
        self.random.shuffle(odd)
        return [odd[k] if self.random.random() < 0.2 else f"{kind}{k}" for k in range(count)]

    def column(self, file: str, name: str, **where: str) -> list[str]:
        """Cells of a column, of the rows that have the given cells."""
        return [
            row[name]
            for row in self.rows[file]
            if all(row[key] == value for key, value in where.items())
        ]

    def draw(self) -> None:
        """Draw all files, each after those that it names."""
        for part in (
            self.operators, self.calendars, self.levels, self.stops, self.pathways, self.lines,
            self.shapes, self.booking, self.zones, self.trips, self.flexible, self.repeats,
        ):  # fmt: skip
            part()

    def operators(self) -> None:
        self.rows["agency.txt"] = [
            {
                "agency_id": agency,
                "agency_name": f"Operator {agency}",
                "agency_url": "https://example.org",
                "agency_timezone": self.zone,
                "agency_lang": self.or_blank("ja"),
            }
            for agency in self.ids("agency", 1, 3)
        ]

    def day(self) -> str:
        return f"{FIRST + timedelta(days=self.random.randint(0, 9)):%Y%m%d}"

    def calendars(self) -> None:
        services = self.ids("service", 2, 4)
        self.rows["calendar.txt"] = [
            {
                "service_id": service,
                **{day: self.number(0, 1) for day in WEEKDAYS},
                "start_date": self.day(),
                "end_date": f"{FIRST + timedelta(days=self.random.randint(9, 12)):%Y%m%d}",
            }
            for service in services[1:]
        ]
        self.rows["calendar_dates.txt"] = [
            {"service_id": service, "date": self.day(), "exception_type": kind}
            for service, kind in [
                (services[0], "1"),
                *((self.pick(services), self.number(1, 2)) for _ in range(4)),
            ]
        ]
        self.services = services

    def levels(self) -> None:
        self.rows["levels.txt"] = [
            {"level_id": level, "level_index": f"{k - 1}.0", "level_name": self.pick(TEXTS)}
            for k, level in enumerate(self.ids("level", 2, 3))
        ]

    def stop(self, stop_id: str, kind: str, parent: str = "") -> Row:
        lat, lon = self.random.randint(0, 9_999), self.random.randint(0, 9_999)
        placeless = kind in {"3", "4"} and self.random.random() < 0.5
        return {
            "stop_id": stop_id,
            "stop_name": self.pick(TEXTS) if parent else f"stop {stop_id}",
            "stop_lat": "" if placeless else f"43.{lat:04}",
            "stop_lon": "" if placeless else f"141.{lon:04}",
            "zone_id": self.pick(("", "z1", "z2", "NA")) if kind == "0" else "",
            "location_type": kind if kind != "0" else self.pick(("", "0")),
            "parent_station": parent,
            "wheelchair_boarding": self.pick(("", "0", "1", "2")),
            "level_id": self.some(self.column("levels.txt", "level_id")),
            "platform_code": self.or_blank("2番"),
            "stop_code": self.or_blank("12"),
            "stop_desc": self.pick(TEXTS),
        }

    def stops(self) -> None:
        rows = [self.stop(stop_id, "0") for stop_id in self.ids("stop", 3, 5)]
        for station in self.ids("station", 0, 2):
            name = f"{station}!"
            rows.append(self.stop(name, "1"))
            kinds = ("0", "0", "2", "3")
            rows += [self.stop(f"{name}{k}", kind, name) for k, kind in enumerate(kinds)]
            rows.append(self.stop(f"{name}area", "4", f"{name}0"))
        self.random.shuffle(rows)
        self.rows["stops.txt"] = rows
        self.platforms = [row["stop_id"] for row in rows if row["location_type"] in {"", "0"}]

    def pathways(self) -> None:
        stations = self.column("stops.txt", "stop_id", location_type="1")
        self.rows["pathways.txt"] = []
        for number in range(self.random.randint(0, 5) if stations else 0):
            station = self.pick(stations)
            ends = self.random.sample([f"{station}{k}" for k in range(4)], 2)
            gate = self.pick(("6", "7"))
            mode = self.pick(("1", "2", "3", "4", "5", gate))
            self.rows["pathways.txt"].append(
                {
                    "pathway_id": f"way{number}",
                    "from_stop_id": ends[0],
                    "to_stop_id": ends[1],
                    "pathway_mode": mode,
                    "is_bidirectional": "0" if mode == "7" else self.number(0, 1),
                    "length": self.or_blank(f"{self.number(1, 90)}.5"),
                    "traversal_time": self.or_blank(self.number(1, 200)),
                    "stair_count": self.or_blank(self.number(-20, 20)) if mode == "2" else "",
                    "max_slope": self.pick(("", "0.05", "-0.2")) if mode in {"1", "3"} else "",
                    "min_width": self.pick(("", "0.7", "1.5")),
                    "signposted_as": self.pick(TEXTS),
                    "reversed_signposted_as": self.pick(TEXTS),
                }
            )

    def lines(self) -> None:
        agencies = self.column("agency.txt", "agency_id")
        self.networks = self.ids("network", 0, 2)
        self.in_routes = self.random.random() < 0.5
        sole = [*agencies, ""] if len(agencies) == 1 else agencies
        self.rows["routes.txt"] = [
            {
                "route_id": line,
                "agency_id": self.pick(sole),
                "route_short_name": f"{k}",
                "route_long_name": self.pick(TEXTS),
                "route_type": self.pick(ROUTE_TYPES),
                "route_color": self.pick(("", "0080FF", "a0a0a0")),
                "route_desc": self.pick(TEXTS),
                "continuous_pickup": self.pick(("", "0", "1", "2", "3")),
                "continuous_drop_off": self.pick(("", "0", "1", "2", "3")),
                "network_id": self.some(self.networks) if self.in_routes else "",
            }
            for k, line in enumerate(self.ids("line", 2, 4))
        ]

    def shapes(self) -> None:
        self.rows["shapes.txt"] = [
            {
                "shape_id": shape,
                "shape_pt_lat": f"43.{self.random.randint(0, 9_999):04}",
                "shape_pt_lon": f"141.{self.random.randint(0, 9_999):04}",
                "shape_pt_sequence": str(7 * number),
                "shape_dist_traveled": self.or_blank(str(number)),
            }
            for shape in self.ids("shape", 0, 2)
            for number in range(self.random.randint(2, 5))
        ]
        self.random.shuffle(self.rows["shapes.txt"])

    def booking(self) -> None:
        self.rows["booking_rules.txt"] = []
        for rule in self.ids("rule", 0, 3):
            kind = self.pick(("0", "1", "2"))
            days, minutes = kind == "2", kind == "1"
            self.rows["booking_rules.txt"].append(
                {
                    "booking_rule_id": rule,
                    "booking_type": kind,
                    "prior_notice_duration_min": self.number(1, 600) if minutes else "",
                    "prior_notice_duration_max": self.or_blank("900") if minutes else "",
                    "prior_notice_last_day": self.number(1, 9) if days else "",
                    "prior_notice_last_time": "17:00:00" if days else "",
                    "prior_notice_start_day": self.or_blank("30") if days else "",
                    "prior_notice_start_time": self.or_blank("9:00:00") if days else "",
                    "prior_notice_service_id": self.some(self.services) if days else "",
                    "message": self.pick(TEXTS),
                    "pickup_message": self.pick(TEXTS),
                    "drop_off_message": self.pick(TEXTS),
                    "phone_number": self.or_blank("0120-00"),
                    "info_url": self.or_blank("https://example.org/i?a=1,2"),
                    "booking_url": self.or_blank("https://example.org/b"),
                }
            )
        self.rules = self.column("booking_rules.txt", "booking_rule_id")

    def ring(self) -> list[Point]:
        lon, lat = 141 + self.random.randint(0, 99) / 100, 43 + self.random.randint(0, 99) / 100
        size = self.random.randint(1, 9) / 100
        return [(lon, lat), (lon + size, lat), (lon + size, lat + size), (lon, lat)]

    def zones(self) -> None:
        self.polygons = {
            f"area{k}": [[self.ring() for _ in range(self.random.randint(1, 2))] for _ in range(n)]
            for k, n in enumerate([1, 2][: self.random.randint(0, 2)])
        }
        groups = [f"group{k}" for k in range(self.random.randint(0, 2))]
        self.rows["location_groups.txt"] = [
            {"location_group_id": group, "location_group_name": self.pick(TEXTS)}
            for group in groups
        ]
        self.rows["location_group_stops.txt"] = [
            {"location_group_id": group, "stop_id": stop}
            for group in groups
            for stop in self.random.sample(self.platforms, 2)
        ]
        self.groups = groups

    def trip(self, trip_id: str) -> Row:
        return {
            "route_id": self.pick(self.column("routes.txt", "route_id")),
            "service_id": self.pick(self.services),
            "trip_id": trip_id,
            "trip_headsign": self.pick(TEXTS),
            "trip_short_name": self.or_blank("特急 1"),
            "direction_id": self.pick(("", "0", "1")),
            "block_id": self.pick(("", "", "b1", "NA")),
            "shape_id": self.some(sorted(set(self.column("shapes.txt", "shape_id")))),
            "wheelchair_accessible": self.pick(("", "0", "1", "2")),
            "bikes_allowed": self.pick(("", "0", "1", "2")),
            "cars_allowed": self.pick(("", "0", "1", "2")),
            "safe_duration_factor": "",
            "safe_duration_offset": "",
        }

    def call(self, trip_id: str, sequence: int) -> Row:
        return {
            "trip_id": trip_id,
            "stop_sequence": str(sequence),
            "stop_id": "",
            "arrival_time": "",
            "departure_time": "",
            "location_id": "",
            "location_group_id": "",
            "start_pickup_drop_off_window": "",
            "end_pickup_drop_off_window": "",
            "stop_headsign": "",
            "pickup_type": self.pick(("", "0", "1", "2", "3")),
            "drop_off_type": self.pick(("", "0", "1", "2", "3")),
            "continuous_pickup": "",
            "continuous_drop_off": "",
            "timepoint": "",
            "shape_dist_traveled": "",
            "pickup_booking_rule_id": self.some(self.rules),
            "drop_off_booking_rule_id": self.some(self.rules),
        }

    def calls(self, trip_id: str) -> list[Row]:
        now, rows = self.random.randint(0, 30 * 3600), []
        count = self.random.randint(2, 5)
        measured = self.random.random() < 0.5
        for k in range(count):
            row = self.call(trip_id, 3 * k + 1)
            row["stop_id"] = self.pick(self.platforms)
            leaves = now + self.random.choice((0, 0, 60))
            if not 0 < k < count - 1 or self.random.random() < 0.7:
                row["arrival_time"], row["departure_time"] = clock(now), clock(leaves)
            elif self.random.random() < 0.5:
                row["arrival_time"] = clock(now)
            row["stop_headsign"] = self.pick(("", "", *TEXTS))
            row["continuous_pickup"] = self.pick(("", "", "0", "1", "2"))
            row["continuous_drop_off"] = self.pick(("", "", "0", "1", "3"))
            row["timepoint"] = self.pick(("", "0", "1"))
            row["shape_dist_traveled"] = f"{k * k}.25" if measured else ""
            now = leaves + self.random.randint(0, 900)
            rows.append(row)
        return rows

    def trips(self) -> None:
        names = self.ids("trip", 3, 6)
        self.rows["trips.txt"] = [self.trip(name) for name in names]
        self.rows["stop_times.txt"] = [row for name in names for row in self.calls(name)]
        self.random.shuffle(self.rows["stop_times.txt"])
        self.rides = names

    def flexible(self) -> None:
        for number in range(self.random.randint(1, 2) if self.polygons or self.groups else 0):
            trip = self.trip(f"flex{number}")
            trip["safe_duration_factor"] = self.pick(("", "1.5"))
            trip["safe_duration_offset"] = self.pick(("", "600"))
            self.rows["trips.txt"].append(trip)
            for sequence in range(self.random.randint(1, 3)):
                row = self.call(trip["trip_id"], sequence)
                column, where = self.random.choice(
                    [("location_id", area) for area in self.polygons]
                    + [("location_group_id", group) for group in self.groups]
                )
                opens = self.random.randint(0, 20 * 3600)
                row[column] = where
                row["start_pickup_drop_off_window"] = clock(opens)
                row["end_pickup_drop_off_window"] = clock(opens + self.random.randint(600, 9_000))
                self.rows["stop_times.txt"].append(row)

    def repeats(self) -> None:
        self.rows["frequencies.txt"] = []
        for trip in self.rides[1:]:
            if self.random.random() < 0.25:
                start = self.random.randint(0, 30 * 3600)
                self.rows["frequencies.txt"].append(
                    {
                        "trip_id": trip,
                        "start_time": clock(start),
                        "end_time": clock(start + self.random.randint(1, 3_600)),
                        "headway_secs": self.number(600, 1_500),
                        "exact_times": self.pick(("", "0", "1")),
                    }
                )
