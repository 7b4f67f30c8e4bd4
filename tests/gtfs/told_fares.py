"""What the fares of a drawn feed say, in ids and plain values; groups stand for their members."""

from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.gtfs.told_rows import Reading, clock, whole
from tests.gtfs.whole_feeds import Row

DIGITS = {"JPY": 0, "USD": 2, "EUR": 2, "KWD": 3}
Members = frozenset[Any] | None  # None = any


def amount(text: str, currency: str) -> int:
    scaled = Decimal(text) * 10 ** DIGITS[currency.upper()]
    return int(scaled.quantize(Decimal(1), ROUND_HALF_UP))


class FareReading(Reading):
    """The fares of one feed, as its rows say them."""

    def operator(self, line: Row) -> str:
        agencies = {row["agency_id"] for row in self.rows["agency.txt"]}
        return line["agency_id"] or (agencies.pop() if len(agencies) == 1 else "")

    def told_fares(self) -> dict[str, Any]:
        return {
            self.id(row["fare_id"]): (
                row["currency_type"].upper(),
                amount(row["price"], row["currency_type"]),
                amount(row["ic_price"] or row["price"], row["currency_type"]),
                whole(row["transfers"]),
                whole(row["transfer_duration"]),
            )
            for row in self.rows["fare_attributes.txt"]
        }

    def stops_of_zone(self, zone: str) -> Members:
        """Stops where passengers board in a zone; a station's zone is that of its platforms."""
        if not zone:
            return None
        return frozenset(
            self.id(stop)
            for stop, row in self.stops.items()
            if row["location_type"] in {"", "0"} and (self.zone_of(stop) == zone)
        )

    def zone_of(self, stop: str) -> str:
        return self.first(stop, "zone_id", levels=2) or stop

    def told_fare_rules(self) -> set[Any]:
        agency = {row["fare_id"]: row["agency_id"] for row in self.rows["fare_attributes.txt"]}
        sets: defaultdict[Any, set[Any]] = defaultdict(set)
        plain = set()
        for row in self.rows["fare_rules.txt"]:
            lines = list(self.rows["routes.txt"])
            if row["route_id"]:
                lines = [line for line in lines if line["route_id"] == row["route_id"]]
            elif agency[row["fare_id"]]:
                lines = [line for line in lines if self.operator(line) == agency[row["fare_id"]]]
            rule = (
                self.id(row["fare_id"]),
                frozenset(self.id(line["route_id"]) for line in lines),
                self.stops_of_zone(row["origin_id"]),
                self.stops_of_zone(row["destination_id"]),
            )
            if row["contains_id"]:
                sets[rule, row["route_id"]].add(self.stops_of_zone(row["contains_id"]))
            else:
                plain.add((*rule, None))
        return plain | {(*rule, frozenset(zones)) for (rule, _), zones in sets.items()}

    def network(self, name: str) -> Members:
        named = {row["route_id"]: row["network_id"] for row in self.rows["route_networks.txt"]}
        lines = [
            line["route_id"]
            for line in self.rows["routes.txt"]
            if (line["network_id"] or named.get(line["route_id"], "")) == name
        ]
        return frozenset(self.id(line) for line in lines) if name else None

    def area(self, name: str) -> Members:
        """Stops of an area; those of a station are in its areas unless they have their own."""
        own: defaultdict[str, set[str]] = defaultdict(set)
        for row in self.rows["stop_areas.txt"]:
            own[row["stop_id"]].add(row["area_id"])
        inside = [
            stop
            for stop, row in self.stops.items()
            if name in (own.get(stop) or own.get(row["parent_station"]) or ())
        ]
        return frozenset(self.id(stop) for stop in inside) if name else None

    def timeframe(self, name: str) -> Members:
        dates = self.dates()
        spans = [
            (clock(row["start_time"], 0), clock(row["end_time"], 86_400), dates[row["service_id"]])
            for row in self.rows["timeframes.txt"]
            if row["timeframe_group_id"] == name
        ]
        return frozenset(spans) if name else None

    def rule(self, row: Row) -> tuple[Any, ...]:
        """A leg rule without its group."""
        return (
            self.network(row["network_id"]),
            *(self.area(row[f"{end}_area_id"]) for end in ("from", "to")),
            *(self.timeframe(row[f"{end}_timeframe_group_id"]) for end in ("from", "to")),
            self.id(row["fare_product_id"]),
            whole(row.get("rule_priority", ""), 0),
        )

    def legs(self, group: str) -> Members:
        rules = self.rows["fare_leg_rules.txt"]
        members = frozenset(self.rule(row) for row in rules if row["leg_group_id"] == group)
        return members if group else None

    def told_leg_rules(self) -> Counter[Any]:
        return Counter(
            (self.name, self.legs(row["leg_group_id"]), *self.rule(row))
            for row in self.rows["fare_leg_rules.txt"]
        )

    def told_joins(self) -> Counter[Any]:
        return Counter(
            (
                *(self.network(row[f"{end}_network_id"]) for end in ("from", "to")),
                *(self.id(row[f"{end}_stop_id"]) for end in ("from", "to")),
            )
            for row in self.rows["fare_leg_join_rules.txt"]
        )

    def told_fare_transfers(self) -> Counter[Any]:
        return Counter(
            (
                self.name,
                *(self.legs(row[f"{end}_leg_group_id"]) for end in ("from", "to")),
                whole(row["transfer_count"]),
                whole(row["duration_limit"]),
                whole(row["duration_limit_type"], 0),
                whole(row["fare_transfer_type"], 0),
                self.id(row["fare_product_id"]),
            )
            for row in self.rows["fare_transfer_rules.txt"]
        )

    def told_prices(self) -> Counter[Any]:
        return Counter(
            (
                self.id(row["fare_product_id"]),
                self.id(row["rider_category_id"]),
                self.id(row["fare_media_id"]),
                amount(row["amount"], row["currency"]),
                row["currency"],
            )
            for row in self.rows["fare_products.txt"]
        )

    def named(self, table: str) -> dict[str, Any]:
        """Names of riders, media or products, in both languages."""
        kind = {"rider_categories": "rider_category", "fare_media": "fare_media"}
        field = kind.get(table, "fare_product")
        return {
            self.id(row[f"{field}_id"]): (
                row[f"{field}_name"],
                self.translated(table, (row[f"{field}_id"], ""), row[f"{field}_name"], "en"),
            )
            for row in self.rows[f"{table}.txt"]
        }

    def told_default_rider(self) -> set[str]:
        return {
            self.id(row["rider_category_id"])
            for row in self.rows["rider_categories.txt"]
            if row["is_default_fare_category"] == "1"
        }
