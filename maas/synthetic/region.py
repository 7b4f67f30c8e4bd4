"""`region.yaml` of the shipped region, made from towns, feeds and `cargo_rules.yaml`."""

from typing import Any

import yaml

from maas.synthetic.feed import Feed, Stop
from maas.synthetic.fleets import demand_zones, taxis, vans
from maas.synthetic.geometry import Place, distance_m
from maas.synthetic.rail import express_lines
from maas.synthetic.stations import FOLDER, stations
from maas.synthetic.towns import towns

NOTICE = (
    "Synthetic data made by this project. Places and names of stations are facts (ekidata.jp, 2018); "
    "timetables, bus stops, streets, fares, fleets, populations by cell and demand are invented. "
    "Do not travel by it."
)
NOTICE_JA = (
    "本プロジェクトが作成した合成データです。駅の名称と位置（ekidata.jp 2018）を除き、時刻表・バス停・道路・運賃・"
    "車両・人口分布・需要は架空です。実際の移動には使えません。"
)
LICENCE = "CC0-1.0"
_ATTRIBUTION = "Synthetic Hokkaido (this project); places of stations: ekidata.jp"
_HUB_REACH_M = 260.0
_HUBS = (
    "札幌", "新千歳空港", "小樽", "倶知安", "岩内", "余市", "岩見沢", "滝川", "深川", "旭川", "富良野", "美瑛", "士別", "名寄", "美深",
    "音威子府", "幌延", "稚内", "豊富", "留萌", "羽幌", "枝幸", "浜頓別", "紋別", "遠軽", "北見", "網走", "美幌", "斜里", "ウトロ", "羅臼",
    "中標津", "標津", "根室", "釧路", "弟子屈", "阿寒湖畔", "標茶", "厚岸", "帯広", "池田", "本別", "足寄", "陸別", "広尾", "大樹", "上士幌",
    "新得", "トマム", "占冠", "幾寅", "苫小牧", "むかわ", "静内", "浦河", "様似", "えりも", "東室蘭", "室蘭", "登別", "伊達", "長万部", "八雲", "森",
    "函館", "新函館北斗", "江差", "松前", "木古内", "今金", "せたな", "上川", "層雲峡", "下川", "朝日", "恩根内", "興部", "鴛泊", "香深", "奥尻",
)  # fmt: skip
_BASE_BANDS = (
    (3, 210), (6, 270), (10, 310), (15, 360), (20, 470), (25, 580), (30, 690), (35, 800), (40, 930), (45, 1040), (50, 1150),
    (60, 1330), (70, 1550), (80, 1780), (90, 1990), (100, 2210), (120, 2640), (140, 3080), (160, 3520), (180, 3950),
    (200, 4390), (220, 4720), (240, 5060), (260, 5390), (280, 5720), (300, 6050), (350, 6820), (400, 7590), (450, 8250), (600, 9790),
)  # fmt: skip
_EXPRESS_BANDS = (
    (25, 330),
    (50, 660),
    (100, 1160),
    (150, 1680),
    (200, 2130),
    (300, 2530),
    (10_000, 2950),
)
_SUBWAY_BANDS = ((3, 210), (7, 250), (11, 290), (15, 330), (19, 360), (30, 380))
_SEATS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (320, ("rail:hokuto",)),
    (230, ("rail:suzuran", "rail:lilac", "rail:ozora", "rail:tokachi")),
    (150, ("rail:soya", "rail:okhotsk", "rail:lavender-express", "rail:niseko-express")),
    (700, ("rail:hayabusa",)),
    (300, ("rail:airport", "rail:otaru-local", "rail:iwamizawa-local", "rail:chitose-local", "rail:gakuentoshi")),
)  # fmt: skip


def _express_bands() -> list[list[float | int]]:
    """Base fare and express surcharge in one table."""
    ends = sorted({end for end, _ in (*_BASE_BANDS, *_EXPRESS_BANDS[:-1])})
    return [[end, _at(_BASE_BANDS, end) + _at(_EXPRESS_BANDS, end)] for end in ends]


def _at(bands: tuple[tuple[int, int], ...], km: int) -> int:
    return next((price for end, price in bands if km <= end), bands[-1][1])


def _fares(rail: Feed, subway: Feed) -> list[dict[str, Any]]:
    express = [line for line in rail.lines if line in express_lines()]
    plain = [line for line in rail.lines if line not in express]
    metro = [line.id for line in subway.lines.values() if line.mode == 1]
    return [
        _distance("rail", plain, [list(band) for band in _BASE_BANDS]),
        _distance("rail", express, _express_bands()),
        _distance("subway", metro, [list(band) for band in _SUBWAY_BANDS]),
    ]


def _distance(feed: str, lines: list[str], bands: list[list[float | int]]) -> dict[str, Any]:
    named = [f"{feed}:{line}" for line in lines]
    return {"kind": "distance", "feed": feed, "through": True, "lines": named, "bands": bands}


def _centre(name: str) -> Place:
    station = stations("rail").get(name)
    return station.at if station else towns()[name].at


def _is_hub_stop(feed: Feed, stop: Stop) -> bool:
    """Whether parcels may change there: stations, terminals, landings; no street corner."""
    if feed.id != "bus":
        return feed.id in {"rail", "ferry"}
    return stop.parent != "" or stop.name.ja.endswith(
        ("駅前", "ターミナル", "空港", "温泉", "市街")
    )


def _hub_id(name: str) -> str:
    return towns()[name].id


def hubs(feeds: list[Feed]) -> list[dict[str, Any]]:
    """Hubs at stations, bus terminals and landings."""
    found = []
    for name in _HUBS:
        town, at = towns()[name], _centre(name)
        near = [
            f"{feed.id}:{stop.id}"
            for feed in feeds
            for stop in feed.used_stops()
            if stop.kind == 0 and _is_hub_stop(feed, stop) and _is_near(stop, at, town.at, feed.id)
        ]
        found.append(
            {
                "id": _hub_id(name),
                "name": f"{name}ハブ",
                "name_en": f"{town.name.en} hub",
                "at": {"lat": at.lat, "lon": at.lon},
                "stops": near,
                "hours": ["06:30", "22:00"] if town.people > 80_000 else ["07:00", "21:00"],
                "handling": 240 if town.people > 80_000 else 180,
                "storage_pieces": 600 if town.people > 80_000 else 150,
            }
        )
    return found


def _is_near(stop: Stop, at: Place, town: Place, feed: str) -> bool:
    reach = 1_800.0 if feed == "ferry" else _HUB_REACH_M
    return min(distance_m(stop.at, at), distance_m(stop.at, town)) <= reach


def _cargo(feeds: list[Feed], hub_stops: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Cargo rules with trips and stops spelled out."""
    trips = {f"{feed.id}:{trip.id}" for feed in feeds for trip in feed.trips}
    served: dict[str, set[str]] = {}
    for feed in feeds:
        for trip in feed.trips:
            calls = (f"{feed.id}:{call.stop}" for call in trip.calls)
            served.setdefault(f"{feed.id}:{trip.line}", set()).update(calls)
    rules = yaml.safe_load((FOLDER / "cargo_rules.yaml").read_text(encoding="utf-8"))
    for rule in rules:
        feed = rule["lines"][0].partition(":")[0]
        if "trips" in rule:
            starts = tuple(f"{feed}:{start}-" for start in rule["trips"])
            rule["trips"] = sorted(trip for trip in trips if trip.startswith(starts))
        if "stops" in rule:
            on_line = set().union(*(served[line] for line in rule["lines"]))
            rule["stops"] = [
                stop
                for name in rule["stops"]
                for stop in hub_stops[_hub_id(name)]
                if stop in on_line
            ]
    return list(rules)


def region_document(feeds: list[Feed]) -> dict[str, Any]:
    """Everything of `region.yaml`."""
    by_id = {feed.id: feed for feed in feeds}
    hub_list = hubs(feeds)
    return {
        "name": "Hokkaido (synthetic)",
        "name_ja": "北海道（合成データ）",
        "synthetic": True,
        "notice": NOTICE,
        "notice_ja": NOTICE_JA,
        "timezone": "Asia/Tokyo",
        "currency": "JPY",
        "feeds": [
            {
                "id": feed.id,
                "path": f"gtfs/{feed.id}.zip",
                "licence": LICENCE,
                "attribution": _ATTRIBUTION,
            }
            for feed in feeds
        ],
        "roads": {
            "path": "roads.osm.pbf",
            "licence": LICENCE,
            "attribution": _ATTRIBUTION,
            "winter": {"from": "12-01", "to": "03-31", "speed_factor": 0.85},
        },
        "walking": {"speed_kmh": 4.5, "limit_m": 1500, "transfer_limit_m": 500, "change_time": 60},
        "population": "population.csv",
        "taxi_limit_m": 30_000,
        "taxi_direct_limit_m": 120_000,
        "capacities": _capacities(),
        "fares": _fares(by_id["rail"], by_id["subway"]),
        "taxis": taxis(),
        "demand_zones": demand_zones(),
        "vans": vans(),
        "hubs": hub_list,
        "cargo": _cargo(feeds, {hub["id"]: hub["stops"] for hub in hub_list}),
    }


def _capacities() -> list[dict[str, Any]]:
    seats = {"rail": 60, "subway": 300, "tram": 45, "bus": 32, "coach": 40, "ferry": 500}
    modes: list[dict[str, Any]] = [{"mode": mode, "seats": count} for mode, count in seats.items()]
    return [*modes, *({"lines": list(lines), "seats": count} for count, lines in _SEATS)]


def region_text(feeds: list[Feed], holidays: list[str]) -> str:
    """The YAML file; `holidays` serve the day rules of cargo and zones."""
    document = region_document(feeds)
    document["holidays"] = holidays
    head = (
        "# SYNTHETIC DATA / 合成データ. Written by `python -m maas.synthetic`; edit the generator, not\n"
        "# this file. Timetables, streets, fares, fleets and people are invented.\n"
    )
    return head + yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)
