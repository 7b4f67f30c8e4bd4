"""`passengers.json`: parties who book taxis in some towns on the day of the parcels."""

import json
import random
from typing import Any

from maas.synthetic.geometry import Place, rounded
from maas.synthetic.region import NOTICE, NOTICE_JA
from maas.synthetic.towns import towns

TOWNS = (
    "稚内", "幌延", "名寄", "富良野", "網走", "北見",
    "釧路", "帯広", "函館", "室蘭", "岩見沢", "留萌",
)  # fmt: skip
PARTIES = 5  # of each town
FIRST, LAST = 8 * 60, 18 * 60  # minutes of the day
SPREAD = 0.01  # degrees around the centre


def _place(town: str, draw: random.Random) -> dict[str, Any]:
    """Somewhere in the town."""
    at = towns()[town].at
    north, east = draw.uniform(-SPREAD, SPREAD), draw.uniform(-SPREAD, SPREAD)
    there = rounded(Place(at.lat + north, at.lon + east))
    return {"lat": there.lat, "lon": there.lon, "name": town}


def _party(town: str, number: int, draw: random.Random) -> dict[str, Any]:
    minute = draw.randrange(FIRST, LAST, 5)
    return {
        "id": f"{towns()[town].id}-{number:02d}",
        "from": _place(town, draw),
        "to": _place(town, draw),
        "earliest": f"{minute // 60:02d}:{minute % 60:02d}",
        "people": draw.choice((1, 1, 1, 2, 3)),
        "max_wait": draw.choice((600, 900, 900, 1200)),
    }


def passengers_text(seed: int) -> str:
    """The JSON document."""
    draw = random.Random(f"{seed}-passengers")
    content = {
        "synthetic": True,
        "notice": NOTICE,
        "notice_ja": NOTICE_JA,
        "passengers": [
            _party(town, number, draw) for town in TOWNS for number in range(1, PARTIES + 1)
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
