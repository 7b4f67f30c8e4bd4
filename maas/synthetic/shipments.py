"""`shipments.json`: a day's parcels, drawn from the population, and some drawn by hand."""

import json
import random
from datetime import date
from pathlib import Path
from typing import Any

from maas.synthetic.clocks import hhmm
from maas.synthetic.demand import ParcelWish, draw_demand
from maas.synthetic.geometry import Place
from maas.synthetic.region import NOTICE, NOTICE_JA
from maas.synthetic.towns import towns

DAY = date(2026, 11, 25)  # a Wednesday without snow
_DRAWN = 40
# Corridors: many parcels between the same towns, as a depot has them; (from, to, how many, ready)
_CORRIDORS = (
    ("稚内", "幌延", 9, 8), ("帯広", "足寄", 10, 7), ("帯広", "陸別", 5, 7), ("名寄", "下川", 8, 8), ("名寄", "恩根内", 3, 8),
    ("士別", "朝日", 5, 9), ("札幌", "旭川", 10, 8), ("札幌", "函館", 7, 8), ("釧路", "札幌", 7, 7), ("旭川", "富良野", 7, 9),
    ("稚内", "鴛泊", 5, 8), ("斜里", "ウトロ", 6, 8), ("釧路", "羅臼", 5, 7), ("新千歳空港", "札幌", 6, 9), ("占冠", "富良野", 3, 7),
    ("帯広", "広尾", 5, 8), ("旭川", "旭川", 5, 9), ("帯広", "帯広", 5, 9),
)  # fmt: skip


def _door(town: str, draw: random.Random) -> Place:
    at = towns()[town].at
    return Place(
        round(at.lat + draw.uniform(-0.006, 0.006), 5),
        round(at.lon + draw.uniform(-0.006, 0.008), 5),
    )


def _end(at: Place, name: str) -> dict[str, Any]:
    return {"lat": at.lat, "lon": at.lon, "name": name}


def _clock(seconds: int) -> str:
    text = hhmm(seconds)
    return f"{text[:-2]}:{text[-2:]}"


def _row(wish: ParcelWish) -> dict[str, Any]:
    return {
        "id": wish.id,
        "pickup": _end(wish.pickup, wish.pickup_name),
        "delivery": _end(wish.delivery, wish.delivery_name),
        "kg": wish.kg,
        "litres": wish.litres,
        "pieces": wish.pieces,
        "temperature": wish.temperature,
        "ready": _clock(wish.ready),
        "due": _clock(wish.due),
        "priority": wish.priority,
    }


def _corridor(draw: random.Random) -> list[dict[str, Any]]:
    rows = []
    for origin, destination, count, hour in _CORRIDORS:
        for number in range(1, count + 1):
            kg = round(draw.uniform(1.0, 18.0), 1)
            cool = origin in {"釧路", "斜里"} and draw.random() < 0.4
            rows.append(
                {
                    "id": f"{towns()[origin].id}-{towns()[destination].id}-{number:02d}",
                    "pickup": _end(_door(origin, draw), origin),
                    "delivery": _end(_door(destination, draw), destination),
                    "kg": kg,
                    "litres": round(kg * draw.uniform(2.5, 5.0), 1),
                    "pieces": 1 if kg < 12 else 2,
                    "temperature": "cool" if cool else "ambient",
                    "ready": f"{hour:02d}:{draw.choice(('00', '15', '30'))}",
                    "due": draw.choice(("18:00", "19:00", "20:00")),
                    "priority": draw.choice((0, 0, 0, 1, 5)),
                }
            )
    return rows


def _by_hand() -> list[dict[str, Any]]:
    """Cases that must be refused, or that only one way can serve."""

    def row(
        ident: str, ends: tuple[str, str], kg: float, window: tuple[str, str], **more: Any
    ) -> dict[str, Any]:
        origin, destination = (towns()[name].at for name in ends)
        return {
            "id": ident,
            "pickup": _end(Place(round(origin.lat, 5), round(origin.lon, 5)), ends[0]),
            "delivery": _end(Place(round(destination.lat, 5), round(destination.lon, 5)), ends[1]),
            "kg": kg,
            "litres": more.get("litres", round(kg * 3, 1)),
            "pieces": more.get("pieces", 1),
            "temperature": more.get("temperature", "ambient"),
            "ready": window[0],
            "due": window[1],
            "priority": more.get("priority", 0),
        }

    return [
        row("too-heavy", ("札幌厚別区", "旭川"), 2_400.0, ("08:00", "20:00"), litres=6_000.0),
        row("too-big", ("帯広", "足寄"), 300.0, ("08:00", "20:00"), litres=9_000.0, pieces=2),
        row("too-late", ("稚内", "函館"), 3.0, ("15:00", "17:00")),
        row("frozen-far", ("根室", "札幌"), 8.0, ("07:30", "20:00"), temperature="frozen"),
        row("urgent-medicine", ("旭川", "名寄"), 1.2, ("10:00", "13:30"), priority=9, temperature="cool"),
    ]  # fmt: skip


def shipments_text(population_csv: Path, seed: int) -> str:
    """The JSON document."""
    draw = random.Random(f"{seed}-shipments")
    drawn = [_row(wish) for wish in draw_demand(population_csv, DAY, 0, _DRAWN, seed).parcels]
    document = {
        "date": DAY.isoformat(),
        "synthetic": True,
        "notice": NOTICE,
        "notice_ja": NOTICE_JA,
        "shipments": [*_corridor(draw), *drawn, *_by_hand()],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
