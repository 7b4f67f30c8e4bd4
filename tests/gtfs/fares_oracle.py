"""Fares v1 by trying everything; reads the CSV rows again and shares no code with the package."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from tests.gtfs import oracle

_ENDS = ("route_id", "origin_id", "destination_id")
_ALIKE = ("agency_id", "transfers", "transfer_duration", "currency_type")


class Asked(NamedTuple):
    """One ride in the ids of its feed."""

    line: str
    board: str
    alight: str
    passed: tuple[str, ...]
    departure: int  # s


class SlowFares:
    """Prices by trying every fare on every way to split the rides."""

    def __init__(self, path: Path, *, by_ic: bool) -> None:
        self.by_ic = by_ic
        self.fares = {row["fare_id"]: row for row in oracle.rows_of(path, "fare_attributes.txt")}
        self.stops = {row["stop_id"]: row for row in oracle.rows_of(path, "stops.txt")}
        self.agency = {
            row["route_id"]: row["agency_id"] for row in oracle.rows_of(path, "routes.txt")
        }
        agencies = [row["agency_id"] for row in oracle.rows_of(path, "agency.txt")]
        if len(agencies) == 1:  # it runs the lines that name none
            self.agency = {line: agency or agencies[0] for line, agency in self.agency.items()}
        zones = {"", *map(self.zone, self.stops)}
        self.rules = [
            row for row in oracle.rows_of(path, "fare_rules.txt")
            if row["route_id"] in {"", *self.agency}
            and {row["origin_id"], row["destination_id"], row["contains_id"]} <= zones
        ]  # fmt: skip

    def zone(self, stop: str) -> str:
        row = self.stops[stop]
        above = self.stops.get(row["parent_station"], {})
        return row["zone_id"] or above.get("zone_id", "") or stop

    def amount(self, fare_id: str) -> Decimal:
        fare = self.fares[fare_id]
        return Decimal((self.by_ic and fare["ic_price"]) or fare["price"])

    def is_general(self, fare_id: str) -> bool:
        """Whether a fare without rules is good everywhere: no other differs in price only."""
        mine = self.fares[fare_id]
        rivals = [
            fare for fare in self.fares.values()
            if all(fare[name] == mine[name] for name in _ALIKE) and fare["price"] != mine["price"]
        ]  # fmt: skip
        return not self.rules and not rivals

    def good_for(self, fare_id: str, rides: Sequence[Asked]) -> bool:
        fare = self.fares[fare_id]
        if len(rides) > 1:
            if fare["transfers"] and len(rides) - 1 > int(fare["transfers"]):
                return False
            limit = fare["transfer_duration"]
            if limit and rides[-1].departure - rides[0].departure > int(limit):
                return False
        agencies = {"", fare["agency_id"]}
        by_agency = fare["agency_id"] == ""
        rules = [rule for rule in self.rules if rule["fare_id"] == fare_id]
        if not rules and not self.is_general(fare_id):
            return False
        passed = {self.zone(stop) for r in rides for stop in (r.board, r.alight, *r.passed)}
        origin, destination = self.zone(rides[0].board), self.zone(rides[-1].alight)
        for ride in rides:
            is_own = by_agency or self.agency[ride.line] in agencies - {""}
            asked = (ride.line, origin, destination)
            if not any(
                (rule["route_id"] or is_own) and self.matches(rule, rules, asked, passed)
                for rule in rules or [dict.fromkeys((*_ENDS, "contains_id"), "")]
            ):
                return False
        return True

    @staticmethod
    def matches(
        rule: oracle.Row, rules: Sequence[oracle.Row], asked: tuple[str, ...], passed: set[str]
    ) -> bool:
        own = [rule[name] for name in _ENDS]
        if any(wanted and wanted != is_ for wanted, is_ in zip(own, asked, strict=True)):
            return False
        alike = [r["contains_id"] for r in rules if [r[name] for name in _ENDS] == own]
        return not rule["contains_id"] or {zone for zone in alike if zone} == passed

    def price(self, rides: Sequence[Asked]) -> Decimal | None:
        totals = []
        for ends in splits(len(rides)):
            total: Decimal | None = Decimal(0)
            for start, end in zip((0, *ends), (*ends, len(rides)), strict=True):
                part = rides[start:end]
                prices = [self.amount(fare) for fare in self.fares if self.good_for(fare, part)]
                total = None if total is None or not prices else total + min(prices)
            if total is not None:
                totals.append(total)
        return min(totals, default=None)


def splits(count: int) -> Iterator[tuple[int, ...]]:
    for size in range(count):
        yield from combinations(range(1, count), size)
