"""Hubs at stations, bus terminals and landings, and the cargo rules that name their stops."""

import copy
from typing import Any

from maas.synthetic.catalogue import document
from maas.synthetic.feed import Feed, Stop
from maas.synthetic.geometry import Place, distance_m
from maas.synthetic.stations import stations
from maas.synthetic.towns import Town, towns

_REACH_M = {"ferry": 1_800.0, "rail": 260.0, "bus": 260.0}
_BIG_TOWN = 80_000
_TERMINALS = ("駅前", "ターミナル", "空港", "温泉")


def _is_hub_stop(feed: Feed, stop: Stop) -> bool:
    """Whether parcels may change there: stations, terminals, landings; no street corner."""
    if feed.id == "bus":
        return stop.parent != "" or stop.name.ja.endswith(_TERMINALS)
    return feed.id in _REACH_M


def _hub(feeds: list[Feed], town: Town) -> dict[str, Any]:
    station = stations("rail").get(town.name.ja)
    at = station.at if station else town.at
    is_big = town.people > _BIG_TOWN
    return {
        "id": town.id,
        "name": f"{town.name.ja}ハブ",
        "name_en": f"{town.name.en} hub",
        "at": {"lat": at.lat, "lon": at.lon},
        "stops": [
            f"{feed.id}:{stop.id}"
            for feed in feeds
            for stop in feed.used_stops()
            if stop.kind == 0 and _is_hub_stop(feed, stop) and _is_near(feed, stop, at, town.at)
        ],
        "hours": ["06:30", "22:00"] if is_big else ["07:00", "21:00"],
        "handling": 240 if is_big else 180,
        "storage_pieces": 600 if is_big else 150,
    }


def _is_near(feed: Feed, stop: Stop, at: Place, town: Place) -> bool:
    return min(distance_m(stop.at, at), distance_m(stop.at, town)) <= _REACH_M[feed.id]


def hubs(feeds: list[Feed]) -> list[dict[str, Any]]:
    """All hubs of the region."""
    return [_hub(feeds, towns()[name]) for name in document("region_parts")["hubs"]]


def cargo_rules(feeds: list[Feed], all_hubs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Cargo rules with trips and stops spelled out."""
    trips = sorted(f"{feed.id}:{trip.id}" for feed in feeds for trip in feed.trips)
    stops_of = {hub["id"]: hub["stops"] for hub in all_hubs}
    rules: list[dict[str, Any]] = copy.deepcopy(document("cargo_rules"))
    for rule in rules:
        feed = rule["lines"][0].partition(":")[0]
        if "trips" in rule:
            starts = tuple(f"{feed}:{start}-" for start in rule["trips"])
            rule["trips"] = [trip for trip in trips if trip.startswith(starts)]
        if "stops" in rule:
            hub_ids = [towns()[name].id for name in rule["stops"]]
            served = _served(feeds, rule["lines"])
            rule["stops"] = [stop for hub in hub_ids for stop in stops_of[hub] if stop in served]
    return rules


def _served(feeds: list[Feed], lines: list[str]) -> set[str]:
    """Stops that some lines call at."""
    return {
        f"{feed.id}:{call.stop}"
        for feed in feeds
        for trip in feed.trips
        if f"{feed.id}:{trip.line}" in lines
        for call in trip.calls
    }
