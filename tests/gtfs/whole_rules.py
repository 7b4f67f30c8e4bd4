"""Random feeds that use every file of GTFS and GTFS-JP, all of it valid: rules, texts, CSV."""

import csv
import io
import json
from random import Random
from typing import Literal, NamedTuple

from tests.gtfs.whole_feeds import TEXTS, Drawing, Row

_ENGLISH = ("en", "en-GB", "EN_us")
_KANA = ("ja-Hrkt", "ja-hrkt-JP")
TRANSLATED = {
    "stops": ("stop_name", "stop_id"),
    "trips": ("trip_headsign", "trip_id"),
    "routes": ("route_long_name", "route_id"),
    "stop_times": ("stop_headsign", "trip_id"),
    "rider_categories": ("rider_category_name", "rider_category_id"),
    "fare_media": ("fare_media_name", "fare_media_id"),
    "fare_products": ("fare_product_name", "fare_product_id"),
}


class WholeFeed(NamedTuple):
    """A drawn feed."""

    rows: dict[str, list[Row]]
    polygons: dict[str, list[list[list[tuple[float, float]]]]]
    has_priority: bool
    old_translations: bool
    zone: str
    files: dict[str, str | bytes]


class Rules(Drawing):
    """Draws what is said about stops, lines and trips."""

    def draw(self) -> None:
        """Draw all files."""
        super().draw()
        for part in (
            self.transfers, self.fares, self.fare_names, self.leg_rules, self.transfer_rules,
            self.translations, self.notes,
        ):  # fmt: skip
            part()

    def transfers(self) -> None:
        stops = [*self.platforms, *self.column("stops.txt", "stop_id", location_type="1")]
        lines = self.column("routes.txt", "route_id")
        self.rows["transfers.txt"] = []
        for _ in range(self.random.randint(0, 8)):
            kind = self.pick(("", "0", "1", "2", "3", "4", "5"))
            in_seat = kind in {"4", "5"}
            row = {"transfer_type": kind, "min_transfer_time": self.or_blank(self.number(0, 900))}
            for end in ("from", "to"):
                stop, trip = self.pick(stops), self.pick(self.rides)
                named = in_seat or self.random.random() < 0.3
                row[f"{end}_stop_id"] = self.or_blank(stop) if in_seat else stop
                row[f"{end}_trip_id"] = trip if named else ""
                row[f"{end}_route_id"] = self.some(lines) if not named else ""
            self.rows["transfers.txt"].append(row)

    def fares(self) -> None:
        agencies = self.column("agency.txt", "agency_id")
        fares = self.ids("fare", 0, 3)
        self.rows["fare_attributes.txt"] = [
            {
                "fare_id": fare,
                "price": self.pick(("210", "0", "2.50", "0.5")),
                "currency_type": self.pick(("JPY", "USD", "eur", "KWD")),
                "payment_method": self.number(0, 1),
                "transfers": self.pick(("", "0", "1", "2")),
                "agency_id": self.some(agencies),
                "transfer_duration": self.or_blank("3600"),
                "ic_price": self.or_blank("206"),
            }
            for fare in fares
        ]
        zones = sorted({zone for zone in self.column("stops.txt", "zone_id") if zone})
        lines = self.column("routes.txt", "route_id")
        self.rows["fare_rules.txt"] = [
            {
                "fare_id": fare,
                "route_id": self.some(lines),
                "origin_id": self.some(zones),
                "destination_id": self.some(zones),
                "contains_id": self.some(zones),
            }
            for fare in fares
            for _ in range(self.random.randint(1, 3))
        ]

    def fare_names(self) -> None:
        """Timeframes, riders, media, products, areas, networks."""
        rows = self.rows
        self.timeframes = self.ids("timeframe", 0, 2)
        rows["timeframes.txt"] = [
            {
                "timeframe_group_id": group,
                "start_time": start,
                "end_time": end,
                "service_id": self.pick(self.services),
            }
            for group in self.timeframes
            for start, end in (("", "9:00:00"), ("09:00:00", "24:00:00"), ("22:30:00", ""))
            if self.random.random() < 0.6 or group == self.timeframes[0]
        ]
        self.timeframes = sorted(set(self.column("timeframes.txt", "timeframe_group_id")))
        self.riders, self.media = self.ids("rider", 0, 2), self.ids("medium", 0, 2)
        rows["rider_categories.txt"] = [
            {
                "rider_category_id": rider,
                "rider_category_name": self.pick(TEXTS),
                "is_default_fare_category": "1" if k == 0 else self.pick(("", "0")),
                "eligibility_url": self.or_blank("https://example.org"),
            }
            for k, rider in enumerate(self.riders)
        ]
        rows["fare_media.txt"] = [
            {
                "fare_media_id": medium,
                "fare_media_name": self.pick(TEXTS),
                "fare_media_type": self.number(0, 4),
            }
            for medium in self.media
        ]
        self.products = self.ids("product", 0, 3)
        names = {product: self.pick(TEXTS) for product in self.products}
        rows["fare_products.txt"] = [
            {
                "fare_product_id": product,
                "fare_product_name": names[product],
                "rider_category_id": rider,
                "fare_media_id": self.some(self.media),
                "amount": self.pick(("3", "2.75", "-1.00", "0")),
                "currency": self.pick(("JPY", "USD")),
            }
            for product in self.products
            for rider in {"": 0, **dict.fromkeys(self.riders, 0)}
        ]
        self.areas = self.ids("area", 0, 2)
        rows["areas.txt"] = [{"area_id": a, "area_name": self.pick(TEXTS)} for a in self.areas]
        places = [*self.platforms, *self.column("stops.txt", "stop_id", location_type="1")]
        rows["stop_areas.txt"] = [
            {"area_id": area, "stop_id": stop}
            for area in self.areas
            for stop in self.random.sample(places, 2)
        ]
        names = {network: self.pick(TEXTS) for network in self.networks}
        rows["networks.txt"] = [] if self.in_routes else [
            {"network_id": network, "network_name": names[network]} for network in self.networks
        ]  # fmt: skip
        lines = self.column("routes.txt", "route_id")
        rows["route_networks.txt"] = [] if self.in_routes or not self.networks else [
            {"network_id": self.pick(self.networks), "route_id": line} for line in lines[1:]
        ]  # fmt: skip
        if self.in_routes:
            self.networks = sorted({n for n in self.column("routes.txt", "network_id") if n})

    def leg_rules(self) -> None:
        self.has_priority = self.random.random() < 0.5
        self.groups_of_legs = self.ids("legs", 1, 2)
        self.rows["fare_leg_rules.txt"] = [
            {
                "leg_group_id": self.some(self.groups_of_legs),
                "network_id": self.some(self.networks),
                "from_area_id": self.some(self.areas),
                "to_area_id": self.some(self.areas),
                "from_timeframe_group_id": self.some(self.timeframes),
                "to_timeframe_group_id": self.some(self.timeframes),
                "fare_product_id": self.pick(self.products),
                **({"rule_priority": self.or_blank("3")} if self.has_priority else {}),
            }
            for _ in range(self.random.randint(1, 4) if self.products else 0)
        ]
        self.rows["fare_leg_join_rules.txt"] = [
            {
                "from_network_id": self.pick(self.networks),
                "to_network_id": self.pick(self.networks),
                "from_stop_id": self.some(self.platforms),
                "to_stop_id": self.some(self.platforms),
            }
            for _ in range(self.random.randint(0, 2) if self.networks else 0)
        ]

    def transfer_rules(self) -> None:
        groups = sorted({g for g in self.column("fare_leg_rules.txt", "leg_group_id") if g})
        self.rows["fare_transfer_rules.txt"] = []
        for _ in range(self.random.randint(0, 3) if groups else 0):
            one, other = self.some(groups), self.some(groups)
            limit = self.or_blank("5400")
            self.rows["fare_transfer_rules.txt"].append(
                {
                    "from_leg_group_id": one,
                    "to_leg_group_id": other,
                    "transfer_count": self.pick(("-1", "1", "2")) if one == other != "" else "",
                    "duration_limit": limit,
                    "duration_limit_type": self.number(0, 3) if limit else "",
                    "fare_transfer_type": self.number(0, 2),
                    "fare_product_id": self.some(self.products),
                }
            )

    def translations(self) -> None:
        """One text a language for each record or value that is translated."""
        self.old_translations = self.random.random() < 0.3
        rows: dict[tuple[str, ...], Row] = {}
        for table, (field, key) in TRANSLATED.items():
            for row in self.rows[f"{table}.txt"]:
                if not row[field] or self.random.random() < 0.5:
                    continue
                for languages in (_ENGLISH, _KANA):
                    text = f"{languages[0]} of {row[field]} {row[key]}"
                    by_value = self.old_translations or self.random.random() < 0.5
                    where = ("", "", row[field]) if by_value else (row[key], "", "")
                    if table == "stop_times" and not by_value:
                        where = (row[key], row["stop_sequence"], "")
                    name = "" if self.old_translations else table
                    rows[(name, *where, languages[0])] = {
                        "table_name": table,
                        "field_name": field,
                        "language": self.pick(languages),
                        "translation": text,
                        "record_id": where[0],
                        "record_sub_id": where[1],
                        "field_value": where[2],
                    }
        self.rows["translations.txt"] = list(rows.values())

    def notes(self) -> None:
        """Whom to name, who publishes, and the files of GTFS-JP."""
        agencies = self.column("agency.txt", "agency_id")
        self.rows["attributions.txt"] = [
            {"organization_name": f"Mapmaker {k}", "is_producer": "1"}
            for k in range(self.random.randint(0, 8))
        ]
        self.rows["feed_info.txt"] = [
            {
                "feed_publisher_name": "Publisher & Co., Ltd.",
                "feed_publisher_url": "https://example.org",
                "feed_lang": self.pick(("ja", "en", "mul")),
                "feed_version": "2026-03",
            }
        ] * self.random.randint(0, 1)
        self.rows["agency_jp.txt"] = [
            {"agency_id": agency, "agency_official_name": "株式会社"} for agency in agencies
        ]
        self.rows["office_jp.txt"] = [{"office_id": "o", "office_name": "本社"}]
        lines = self.column("routes.txt", "route_id")
        self.rows["routes_jp.txt"] = [{"route_id": lines[0], "origin_stop": "北駅"}]
        self.rows["pattern_jp.txt"] = [{"jp_pattern_id": "p", "via_stop": "中町"}]


def _table(rows: list[Row], random: Random) -> bytes:
    """CSV of the rows: columns in any order, quotes, marks, line ends, blank rows and cells."""
    columns = list(rows[0])
    random.shuffle(columns)
    end = random.choice(("\n", "\r\n"))
    quoting: Literal[0, 1] = random.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=end, quoting=quoting)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([*(row[name] for name in columns), *random.choice(([], [], ["more"]))])
        if random.random() < 0.05:
            text.write(end)
    mark = "utf-8-sig" if random.random() < 0.3 else "utf-8"
    return text.getvalue().encode(mark)


def _collection(polygons: dict[str, list[list[list[tuple[float, float]]]]]) -> str:
    """GeoJSON of the zones; one of a single polygon is no multi-polygon."""
    features = [
        {
            "id": name,
            "type": "Feature",
            "properties": {"stop_name": f"zone {name}"},
            "geometry": {
                "type": "Polygon" if len(parts) == 1 else "MultiPolygon",
                "coordinates": parts[0] if len(parts) == 1 else parts,
            },
        }
        for name, parts in polygons.items()
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def _old_form(rows: list[Row]) -> list[Row]:
    names = {"trans_id": "field_value", "lang": "language", "translation": "translation"}
    return [{new: row[old] for new, old in names.items()} for row in rows]


def whole_feed(seed: int) -> WholeFeed:
    """Draw a feed with every file, each of them with all that it may say."""
    random = Random(seed)
    drawing = Rules(random)
    drawing.draw()
    rows = {name: part for name, part in drawing.rows.items() if part}
    written = dict(rows)
    if drawing.old_translations and "translations.txt" in rows:
        written["translations.txt"] = _old_form(rows["translations.txt"])
    files: dict[str, str | bytes] = {name: _table(part, random) for name, part in written.items()}
    if drawing.polygons:
        files["locations.geojson"] = _collection(drawing.polygons)
    return WholeFeed(
        drawing.rows,
        drawing.polygons,
        drawing.has_priority and "fare_leg_rules.txt" in rows,
        drawing.old_translations,
        drawing.zone,
        files,
    )
