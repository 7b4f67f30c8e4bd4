"""`shipments.json`: a day's parcels, drawn from the population and along corridors."""

import json
import random
from datetime import date
from pathlib import Path
from typing import Any

from maas.synthetic.catalogue import document
from maas.synthetic.clocks import hhmm
from maas.synthetic.demand import ParcelWish, draw_demand
from maas.synthetic.geometry import Place, rounded
from maas.synthetic.region import NOTICE, NOTICE_JA
from maas.synthetic.towns import towns

DAY = date(2026, 11, 25)  # a Wednesday before the winter timetable
_DRAWN = 40
_COOL_SHARE = 0.4  # of what a town that sends fish sends


def _end(at: Place, name: str) -> dict[str, Any]:
    return {"lat": at.lat, "lon": at.lon, "name": name}


def _door(town: str, draw: random.Random) -> dict[str, Any]:
    """Somewhere within a few blocks of the centre."""
    at = towns()[town].at
    east, north = draw.uniform(-0.006, 0.008), draw.uniform(-0.006, 0.006)
    return _end(rounded(Place(at.lat + north, at.lon + east)), town)


def _clock(seconds: int) -> str:
    text = hhmm(seconds)
    return f"{text[:-2]}:{text[-2:]}"


def _of_wish(wish: ParcelWish) -> dict[str, Any]:
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


def _of_corridor(
    ends: tuple[str, str], number: int, hour: int, draw: random.Random
) -> dict[str, Any]:
    kg = round(draw.uniform(1.0, 18.0), 1)
    cool = ends[0] in document("shipments")["cool"] and draw.random() < _COOL_SHARE
    return {
        "id": f"{towns()[ends[0]].id}-{towns()[ends[1]].id}-{number:02d}",
        "pickup": _door(ends[0], draw),
        "delivery": _door(ends[1], draw),
        "kg": kg,
        "litres": round(kg * draw.uniform(2.5, 5.0), 1),
        "pieces": 1 if kg < 12 else 2,
        "temperature": "cool" if cool else "ambient",
        "ready": f"{hour:02d}:{draw.choice(('00', '15', '30'))}",
        "due": draw.choice(("18:00", "19:00", "20:00")),
        "priority": draw.choice((0, 0, 0, 1, 5)),
    }


def _by_hand(spec: dict[str, Any]) -> dict[str, Any]:
    pickup, delivery = (_end(rounded(towns()[name].at), name) for name in spec["ends"])
    return {
        "id": spec["id"],
        "pickup": pickup,
        "delivery": delivery,
        "kg": spec["kg"],
        "litres": spec.get("litres", round(spec["kg"] * 3, 1)),
        "pieces": spec.get("pieces", 1),
        "temperature": spec.get("temperature", "ambient"),
        "ready": spec["ready"],
        "due": spec["due"],
        "priority": spec.get("priority", 0),
    }


def shipments_text(population_csv: Path, seed: int) -> str:
    """The JSON document."""
    draw = random.Random(f"{seed}-shipments")
    specs = document("shipments")
    corridors = [
        _of_corridor((origin, destination), number, hour, draw)
        for origin, destination, count, hour in specs["corridors"]
        for number in range(1, count + 1)
    ]
    drawn = [_of_wish(wish) for wish in draw_demand(population_csv, DAY, 0, _DRAWN, seed).parcels]
    content = {
        "date": DAY.isoformat(),
        "synthetic": True,
        "notice": NOTICE,
        "notice_ja": NOTICE_JA,
        "shipments": [*corridors, *drawn, *(_by_hand(spec) for spec in specs["by_hand"])],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
