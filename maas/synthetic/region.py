"""`region.yaml` of the shipped region, made from towns, feeds and tables."""

from typing import Any

import yaml

from maas.synthetic.bike_shares import bike_shares
from maas.synthetic.car_parks import car_parks
from maas.synthetic.catalogue import document
from maas.synthetic.feed import Feed
from maas.synthetic.fleets import demand_zones, taxis, vans
from maas.synthetic.hubs import cargo_rules, hubs
from maas.synthetic.rail import express_lines
from maas.synthetic.subway import SUBWAY

NOTICE = (
    "Synthetic data made by this project. Places and names of stations are facts (ekidata.jp, "
    "2018); timetables, bus stops, streets, fares, fleets, populations by cell and demand are "
    "invented. Do not travel by it."
)
NOTICE_JA = (
    "本プロジェクトが作成した合成データです。駅の名称と位置（ekidata.jp 2018）を除き、"
    "時刻表・バス停・道路・運賃・車両・人口分布・需要は架空です。実際の移動には使えません。"
)
_LICENCE = "CC0-1.0"
_ATTRIBUTION = "Synthetic Hokkaido (this project); places of stations: ekidata.jp"
_HEAD = """\
# SYNTHETIC DATA / 合成データ, written by `python -m maas.synthetic`: edit that, not this file.
# Timetables, streets, fares, fleets and people are invented.
"""

Bands = list[list[float | int]]


def _express_bands() -> Bands:
    """Base fare and express surcharge in one table."""
    base, surcharge = (document("region_parts")["bands"][kind] for kind in ("base", "express"))
    ends = sorted({end for end, _ in [*base, *surcharge[:-1]]})
    return [[end, _price(base, end) + _price(surcharge, end)] for end in ends]


def _price(bands: Bands, km: float) -> float | int:
    return next((price for end, price in bands if km <= end), bands[-1][1])


def _bands(kind: str) -> Bands:
    return [list(band) for band in document("region_parts")["bands"][kind]]


def _fares(rail: Feed, subway: Feed) -> list[dict[str, Any]]:
    express = [line for line in rail.lines if line in express_lines()]
    plain = [line for line in rail.lines if line not in express_lines()]
    metro = [line.id for line in subway.lines.values() if line.mode == SUBWAY]
    return [
        _distance_fare("rail", plain, _bands("base")),
        _distance_fare("rail", express, _express_bands()),
        _distance_fare("subway", metro, _bands("subway")),
    ]


def _distance_fare(feed: str, lines: list[str], bands: Bands) -> dict[str, Any]:
    named = [f"{feed}:{line}" for line in lines]
    return {"kind": "distance", "feed": feed, "through": True, "lines": named, "bands": bands}


def _capacities() -> list[dict[str, Any]]:
    parts = document("region_parts")
    modes = [{"mode": mode, "seats": seats} for mode, seats in parts["seats"].items()]
    lines = [{"lines": list(lines), "seats": seats} for seats, lines in parts["seats_of_lines"]]
    return modes + lines


def _feed_source(feed: Feed) -> dict[str, Any]:
    path = f"gtfs/{feed.id}.zip"
    return {"id": feed.id, "path": path, "licence": _LICENCE, "attribution": _ATTRIBUTION}


def region_document(feeds: list[Feed], holidays: list[str]) -> dict[str, Any]:
    """Everything of `region.yaml`; `holidays` serve the day rules of cargo and zones."""
    by_id = {feed.id: feed for feed in feeds}
    all_hubs = hubs(feeds)
    return {
        "name": "Hokkaido (synthetic)",
        "name_ja": "北海道（合成データ）",
        "synthetic": True,
        "notice": NOTICE,
        "notice_ja": NOTICE_JA,
        "timezone": "Asia/Tokyo",
        "currency": "JPY",
        "feeds": [_feed_source(feed) for feed in feeds],
        "roads": {
            "path": "roads.osm.pbf",
            "licence": _LICENCE,
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
        "bike_shares": bike_shares(),
        "car_parks": car_parks(),
        "vans": vans(),
        "hubs": all_hubs,
        "cargo": cargo_rules(feeds, all_hubs),
        "holidays": holidays,
    }


def region_text(feeds: list[Feed], holidays: list[str]) -> str:
    """The YAML file."""
    content = region_document(feeds, holidays)
    return _HEAD + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)
