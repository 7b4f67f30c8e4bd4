"""Fares v2 by trying everything; reads the CSV rows again and shares no code with the package."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests.gtfs import oracle

Row = Mapping[str, str]


class Asked(NamedTuple):
    """One ride in the ids of the feed; times are local."""

    line: str
    board: str
    alight: str
    departure: datetime
    arrival: datetime


class SlowFaresV2:
    def __init__(
        self, path: Path, zone: str, rider: str, medium: str | None, currency: str = "JPY"
    ) -> None:
        self.rows = {
            name: oracle.rows_of(path, f"{name}.txt") if self._has(path, name) else []
            for name in (
                "fare_products", "fare_leg_rules", "fare_leg_join_rules", "fare_transfer_rules",
                "timeframes", "stop_areas", "route_networks", "routes", "stops",
            )
        }  # fmt: skip
        self.zone, self.rider, self.medium = ZoneInfo(zone), rider, medium
        self.currency = currency
        self.parent = {r["stop_id"]: r.get("parent_station", "") for r in self.rows["stops"]}
        self.network = {
            **{r["route_id"]: r.get("network_id", "") for r in self.rows["routes"]},
            **{r["route_id"]: r["network_id"] for r in self.rows["route_networks"]},
        }
        rules = self.rows["fare_leg_rules"]
        self.has_priority = bool(rules) and "rule_priority" in rules[0]
        self.feed = oracle.Feed(path, zone)

    @staticmethod
    def _has(path: Path, name: str) -> bool:
        import zipfile

        with zipfile.ZipFile(path) as archive:
            return f"{name}.txt" in archive.namelist()

    def areas(self, stop: str) -> set[str]:
        own = {r["area_id"] for r in self.rows["stop_areas"] if r["stop_id"] == stop}
        parent = self.parent[stop]
        if own or not parent:
            return own
        return {r["area_id"] for r in self.rows["stop_areas"] if r["stop_id"] == parent}

    def amount(self, product: str) -> Decimal | None:
        amounts = [
            Decimal(row["amount"])
            for row in self.rows["fare_products"]
            if row["fare_product_id"] == product
            and row["currency"] == self.currency
            and row.get("rider_category_id", "") in {"", self.rider}
            and (self.medium is None or row.get("fare_media_id", "") in {"", self.medium})
        ]
        return min(amounts, default=None)

    def holds(self, group: str, moment: datetime) -> bool:
        if not group:
            return True
        now = moment.hour * 3600 + moment.minute * 60 + moment.second
        for row in self.rows["timeframes"]:
            start = oracle.seconds(row["start_time"]) or 0
            end = oracle.seconds(row["end_time"])
            end = 86_400 if end is None else end
            runs = moment.date() in self.feed.dates[row["service_id"]]
            if row["timeframe_group_id"] == group and runs and start <= now < end:
                return True
        return False

    def field(self, name: str, rule: Row, own: set[str]) -> bool:
        """Whether one field of a leg rule matches."""
        wanted = rule.get(name, "")
        if wanted:
            return wanted in own
        listed = {row.get(name, "") for row in self.rows["fare_leg_rules"]} - {""}
        return self.has_priority or not own & listed

    def matching(self, leg: Sequence[Asked]) -> list[Row]:
        networks = {self.network.get(ride.line, "") for ride in leg}
        network = networks - {""} if len(networks) == 1 else set()
        found = [
            rule
            for rule in self.rows["fare_leg_rules"]
            if self.field("network_id", rule, network)
            and self.field("from_area_id", rule, self.areas(leg[0].board))
            and self.field("to_area_id", rule, self.areas(leg[-1].alight))
            and self.holds(rule.get("from_timeframe_group_id", ""), leg[0].departure)
            and self.holds(rule.get("to_timeframe_group_id", ""), leg[-1].arrival)
        ]
        best = max((int(rule.get("rule_priority") or 0) for rule in found), default=0)
        found = [rule for rule in found if int(rule.get("rule_priority") or 0) == best]
        return [rule for rule in found if self.amount(rule["fare_product_id"]) is not None]

    def joined(self, rides: Sequence[Asked]) -> list[list[Asked]]:
        legs: list[list[Asked]] = []
        for ride in rides:
            if legs and any(
                self.is_joined(rule, legs[-1][-1], ride)
                for rule in self.rows["fare_leg_join_rules"]
            ):
                legs[-1].append(ride)
            else:
                legs.append([ride])
        return legs

    def is_joined(self, rule: Row, before: Asked, after: Asked) -> bool:
        left = {before.alight, self.parent[before.alight]} - {""}
        right = {after.board, self.parent[after.board]} - {""}
        if rule["from_network_id"] not in {"", self.network.get(before.line, "")}:
            return False
        if rule["to_network_id"] not in {"", self.network.get(after.line, "")}:
            return False
        if rule.get("from_stop_id"):
            return rule["from_stop_id"] in left and rule["to_stop_id"] in right
        return bool(left & right) and (not rule.get("to_stop_id") or rule["to_stop_id"] in right)

    def transfers(self, groups: Sequence[str], legs: Sequence[Sequence[Asked]]) -> list[Row]:
        """Rules for the last transfer of legs of these groups."""
        group, to = groups[-2:]
        rows = self.rows["fare_transfer_rules"]
        if not group or not to:
            return []

        def of(a: str, b: str) -> list[Row]:
            return [r for r in rows if (r["from_leg_group_id"], r["to_leg_group_id"]) == (a, b)]

        found = of(group, to)
        if not found:
            left = {row["from_leg_group_id"] for row in rows}
            right = {row["to_leg_group_id"] for row in rows}
            found = of(group if group in left else "", to if to in right else "")
        return found

    def usable(
        self, rules: Sequence[Row], same: bool, repeated: int, legs: Sequence[Sequence[Asked]]
    ) -> list[Row]:
        if same:
            counts = {int(rule.get("transfer_count") or -1) for rule in rules}
            enough = sorted(c for c in counts if c > repeated) + [c for c in counts if c == -1]
            rules = [
                rule for rule in rules
                if enough and int(rule.get("transfer_count") or -1) == enough[0]
            ]  # fmt: skip
        first = legs[len(legs) - 2 - (repeated if same else 0)]
        last = legs[-1]
        found = []
        for rule in rules:
            kind = rule.get("duration_limit_type") or "0"
            begin = first[0].departure if kind in "01" else first[-1].arrival
            end = last[-1].arrival if kind in "03" else last[0].departure
            limit = rule.get("duration_limit")
            if limit and (end - begin).total_seconds() > int(limit):
                continue
            product = rule.get("fare_product_id", "")
            if not product or self.amount(product) is not None:
                found.append(rule)
        return found

    def costs(self, rides: Sequence[Asked]) -> Iterator[Decimal]:
        """What every way to pay for the rides costs."""
        legs = self.joined(rides)
        for rule in self.matching(legs[0]):
            own = self.amount(rule["fare_product_id"])
            assert own is not None
            yield from self.further(legs, 1, [rule.get("leg_group_id", "")], 0, (Decimal(0), own))

    def further(
        self,
        legs: Sequence[Sequence[Asked]],
        number: int,
        groups: list[str],
        repeated: int,
        paid: tuple[Decimal | None, Decimal],
    ) -> Iterator[Decimal]:
        """Ways to pay from a leg on; `paid` is without the last leg (if it began) and with it."""
        before, cost = paid
        if number == len(legs):
            yield cost
            return
        for rule in self.matching(legs[number]):
            group = rule.get("leg_group_id", "")
            own = self.amount(rule["fare_product_id"])
            assert own is not None
            now = [*groups, group]
            same = groups[-1] == group
            transfers = self.transfers(now, legs)
            transfers = self.usable(transfers, same, repeated, legs[: number + 1])
            if not transfers:
                yield from self.further(legs, number + 1, now, 0, (cost, cost + own))
            for transfer in transfers:
                product = transfer.get("fare_product_id", "")
                extra = (self.amount(product) if product else None) or Decimal(0)
                kind = transfer.get("fare_transfer_type") or "0"
                if kind == "0":
                    total = cost + extra
                elif kind == "1":
                    total = cost + extra + own
                else:
                    total = (cost if before is None else before) + extra
                again = repeated + 1 if same else 0
                yield from self.further(legs, number + 1, now, again, (None, total))

    def price(self, rides: Sequence[Asked]) -> Decimal | None:
        return min(self.costs(rides), default=None)
