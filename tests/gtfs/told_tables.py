"""What a timetable says, in ids and plain values; groups stand for their members."""

from collections import Counter, defaultdict
from datetime import timedelta
from functools import cached_property
from typing import Any

import numpy as np

from gtfs.calls import call_at
from gtfs.timetable import MODES, Timetable
from routing.layout import NONE

Members = frozenset[Any] | None  # None = any


def named(ids: Any, row: int) -> str:
    return ids[row] if row != NONE else ""


class TableReading:
    """The tables of a timetable; answers have the form of those of `told_rows` and `told_fares`."""

    def __init__(self, timetable: Timetable) -> None:
        self.timetable = timetable
        self.stops = timetable.stops.id
        self.lines = timetable.lines.id

    def told_stops(self) -> dict[str, Any]:
        table = self.timetable.stops
        return {
            stop: (
                table.name[k],
                table.name_en[k],
                table.name_kana[k],
                table.zone[k],
                table.platform[k],
                float(table.lon[k]),
                float(table.lat[k]),
                named(table.id, int(table.parent[k])),
                int(table.kind[k]),
                int(table.wheelchair[k]),
                named(self.timetable.levels.id, int(table.level[k])),
            )
            for k, stop in enumerate(table.id)
        }

    def told_lines(self) -> dict[str, Any]:
        table = self.timetable.lines
        return {
            line: (
                table.short_name[k],
                table.long_name[k],
                table.name_en[k],
                table.color[k],
                table.agency[k],
                MODES[table.mode[k]],
                int(table.continuous_pickup[k]),
                int(table.continuous_drop_off[k]),
            )
            for k, line in enumerate(table.id)
        }

    @cached_property
    def dates(self) -> list[frozenset[Any]]:
        first = self.timetable.first_date
        return [
            frozenset(first + timedelta(days=day) for day, is_on in enumerate(row) if is_on)
            for row in self.timetable.services.runs.tolist()
        ]

    def shape(self, number: int) -> tuple[tuple[float, float], ...]:
        if number == NONE:
            return ()
        table = self.timetable.shapes
        points = slice(*table.first_point[number : number + 2].tolist())
        return tuple(zip(table.lon[points].tolist(), table.lat[points].tolist(), strict=True))

    def told_trips(self) -> Counter[Any]:
        trips, found = self.timetable.trips, Counter[Any]()
        for k, trip in enumerate(trips.id):
            rows = range(*trips.first_stop_time[k : k + 2].tolist())
            found[
                trip,
                trips.headsign[k],
                trips.headsign_en[k],
                trips.short_name[k],
                self.lines[int(trips.line[k])],
                self.dates[trips.service[k]],
                self.shape(int(trips.shape[k])),
                *(int(column[k]) for column in (trips.wheelchair, trips.bikes, trips.cars)),
                int(trips.direction[k]),
                int(trips.headway[k]),
                tuple(self.call(row) for row in rows),
            ] += 1
        return found

    def call(self, row: int) -> tuple[Any, ...]:
        times, rules = self.timetable.stop_times, self.timetable.booking.id
        said = call_at(self.timetable, row)
        words: tuple[Any, ...] = ("", "", "", "", 1, 1, False)
        if said is not None:
            sign, pickup, drop_off, *rest = said
            signs = self.timetable.headsigns
            both = named(signs.name, sign), named(signs.name_en, sign)
            words = (*both, named(rules, pickup), named(rules, drop_off), *rest)
        return (
            self.stops[int(times.stop[row])],
            *(int(column[row]) for column in times[1:]),
            *words,
        )

    def told_blocks(self) -> set[frozenset[str]]:
        blocks: defaultdict[int, set[str]] = defaultdict(set)
        trips = self.timetable.trips
        for trip, block in zip(trips.id, trips.block.tolist(), strict=True):
            if block != NONE:
                blocks[block].add(trip)
        return {frozenset(block) for block in blocks.values()}

    def told_transfers(self) -> Counter[Any]:
        ids = (self.stops, self.stops, self.lines, self.lines, *[self.timetable.trips.id] * 2)
        rows = zip(*(column.tolist() for column in self.timetable.transfers), strict=True)
        return Counter(
            (*(named(names, cell) for names, cell in zip(ids, row[:6], strict=True)), *row[6:])
            for row in rows
        )

    def told_levels(self) -> dict[str, Any]:
        table = self.timetable.levels
        rows = zip(table.name, table.number.tolist(), strict=True)
        return dict(zip(table.id, rows, strict=True))

    def told_pathways(self) -> Counter[Any]:
        table = self.timetable.pathways
        return Counter(
            (
                table.id[k],
                self.stops[int(table.tail[k])],
                self.stops[int(table.head[k])],
                table.sign[k],
                int(table.kind[k]),
                int(table.duration[k]),
                bool(table.wheelchair[k]),
            )
            for k in range(len(table.id))
        )

    def told_booking(self) -> dict[str, Any]:
        table = self.timetable.booking
        columns = zip(
            *(column.tolist() for column in table[1:8]),
            [self.dates[k] if k != NONE else None for k in table.service.tolist()],
            *table[9:],
            strict=True,
        )
        return dict(zip(table.id, columns, strict=True))

    def told_zones(self) -> dict[str, Any]:
        zones, rings = self.timetable.zones, self.timetable.rings
        found = {}
        for k, zone in enumerate(zones.id):
            shapes = []
            for ring in range(*zones.first_ring[k : k + 2].tolist()):
                points = slice(*rings.first_point[ring : ring + 2].tolist())
                pairs = zip(rings.lon[points].tolist(), rings.lat[points].tolist(), strict=True)
                shapes.append(list(pairs))
            members = range(*zones.first_stop[k : k + 2].tolist())
            stops = [self.stops[int(self.timetable.zone_stops.stop[row])] for row in members]
            found[zone] = (zones.name[k], shapes, sorted(stops))
        return found

    def told_flex(self) -> set[Any]:
        table, zones = self.timetable.flex, self.timetable.zones.id
        rules = self.timetable.booking.id
        assert (table.from_stop == NONE).all() & (table.to_stop == NONE).all()
        return {
            (
                trip,
                self.lines[int(table.line[k])],
                self.dates[table.service[k]],
                *(named(zones, int(column[k])) for column in (table.from_zone, table.to_zone)),
                *(int(column[k]) for column in (table.start, table.end, table.last_arrival)),
                *(named(rules, int(c[k])) for c in (table.pickup_rule, table.drop_off_rule)),
                float(table.factor[k]),
                int(table.offset[k]),
            )
            for k, trip in enumerate(table.id)
        }

    def told_fares(self) -> dict[str, Any]:
        table = self.timetable.fares
        numbers = zip(
            table.currency,
            *(c.tolist() for c in (table.price, table.ic_price, table.transfers, table.duration)),
            strict=True,
        )
        return dict(zip(table.id, numbers, strict=True))

    def stops_of_zone(self, zone: int) -> Members:
        if zone == NONE:
            return None
        kind = self.timetable.stops.kind
        zones = self.timetable.fares.zone_of_stop.tolist()
        return frozenset(
            self.stops[k] for k, own in enumerate(zones) if own == zone and kind[k] == 0
        )

    def lines_of_slot(self, slot: int) -> Members:
        table = self.timetable.fares
        both = zip(
            table.agency_slot_of_line.tolist(), table.feed_slot_of_line.tolist(), strict=True
        )
        return frozenset(self.lines[k] for k, pair in enumerate(both) if slot in (k, *pair))

    def told_fare_rules(self) -> set[Any]:
        table = self.timetable.fares
        base, found = int(table.n_zones[0]) + 1, set()
        for number, key in enumerate(table.key.tolist()):
            slot, origin, destination = key // base**2, key // base % base - 1, key % base - 1
            for rule in range(*table.first_rule_of_key[number : number + 2].tolist()):
                zones = None
                if (own := int(table.set_of_rule[rule])) != NONE:
                    members = table.zone_of_set[slice(*table.first_zone_of_set[own : own + 2])]
                    zones = frozenset(self.stops_of_zone(zone) for zone in members.tolist())
                found.add(
                    (
                        table.id[int(table.fare_of_rule[rule])],
                        self.lines_of_slot(slot),
                        self.stops_of_zone(origin),
                        self.stops_of_zone(destination),
                        zones,
                    )
                )
        return found

    def network(self, number: int) -> Members:
        if number == NONE:
            return None
        networks = self.timetable.fares_v2.network_of_line.tolist()
        return frozenset(self.lines[k] for k, own in enumerate(networks) if own == number)

    def area(self, number: int) -> Members:
        if number == NONE:
            return None
        v2 = self.timetable.fares_v2
        first = v2.first_area_of_stop
        return frozenset(
            stop
            for k, stop in enumerate(self.stops)
            if number in v2.area_of_stop[first[k] : first[k + 1]]
        )

    def timeframe(self, number: int) -> Members:
        if number == NONE:
            return None
        v2 = self.timetable.fares_v2
        rows = np.flatnonzero(v2.timeframe_group == number).tolist()
        return frozenset(
            (
                int(v2.timeframe_start[row]),
                int(v2.timeframe_end[row]),
                self.dates[v2.timeframe_service[row]],
            )
            for row in rows
        )

    def rules(self) -> list[tuple[int, int, tuple[Any, ...]]]:
        """Feed, group and content of every leg rule."""
        v2 = self.timetable.fares_v2
        return [
            (
                int(v2.rule_feed[k]),
                int(v2.rule_group[k]),
                (
                    self.network(int(v2.rule_network[k])),
                    *(self.area(int(c[k])) for c in (v2.rule_from_area, v2.rule_to_area)),
                    *(self.timeframe(int(c[k])) for c in (v2.rule_from_time, v2.rule_to_time)),
                    v2.product_id[int(v2.rule_product[k])],
                    int(v2.rule_priority[k]),
                ),
            )
            for k in range(v2.rule_feed.size)
        ]

    def legs(self, group: int) -> Members:
        if group == NONE:
            return None
        return frozenset(rule for _, own, rule in self.rules() if own == group)

    def feed(self, number: int) -> str:
        return self.timetable.feeds[number].id

    def told_leg_rules(self) -> Counter[Any]:
        return Counter((self.feed(f), self.legs(g), *rule) for f, g, rule in self.rules())

    def told_joins(self) -> Counter[Any]:
        v2 = self.timetable.fares_v2
        return Counter(
            (
                *(self.network(int(c[k])) for c in (v2.join_from_network, v2.join_to_network)),
                *(named(self.stops, int(c[k])) for c in (v2.join_from_stop, v2.join_to_stop)),
            )
            for k in range(v2.join_from_network.size)
        )

    def told_fare_transfers(self) -> Counter[Any]:
        v2 = self.timetable.fares_v2
        return Counter(
            (
                self.feed(int(v2.transfer_feed[k])),
                *(self.legs(int(c[k])) for c in (v2.transfer_from_group, v2.transfer_to_group)),
                int(v2.transfer_count[k]),
                int(v2.transfer_limit[k]),
                int(v2.transfer_limit_kind[k]),
                int(v2.transfer_kind[k]),
                named(v2.product_id, int(v2.transfer_product[k])),
            )
            for k in range(v2.transfer_feed.size)
        )

    def told_prices(self) -> Counter[Any]:
        v2 = self.timetable.fares_v2
        return Counter(
            (
                v2.product_id[int(v2.price_product[k])],
                named(v2.rider_id, int(v2.price_rider[k])),
                named(v2.medium_id, int(v2.price_medium[k])),
                int(v2.price_amount[k]),
                v2.price_currency[k],
            )
            for k in range(v2.price_product.size)
        )

    def named(self, table: str) -> dict[str, Any]:
        v2 = self.timetable.fares_v2
        columns = {
            "rider_categories": (v2.rider_id, v2.rider_name, v2.rider_name_en),
            "fare_media": (v2.medium_id, v2.medium_name, v2.medium_name_en),
            "fare_products": (v2.product_id, v2.product_name, v2.product_name_en),
        }
        return {own: (name, name_en) for own, name, name_en in zip(*columns[table], strict=True)}

    def told_default_rider(self) -> set[str]:
        v2 = self.timetable.fares_v2
        return {
            rider for rider, is_it in zip(v2.rider_id, v2.rider_is_default, strict=True) if is_it
        }
