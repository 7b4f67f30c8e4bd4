"""Quotes of single shipments on a region: CPU time of each."""

import math
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.harness import OURS, Fact, Row
from benchmarks.regions import day_of, opened

SEED = 1
MOST_OFF_MAP = 500
WARMING = 5  # quotes that compile and fill caches
SPREAD = 0.02  # degrees, of doors around a hub


def quote_rows(source: Path, n: int) -> Iterator[Row]:
    """One row: seeded quotes between doors near two hubs of the region."""
    from maas.errors import QueryError
    from maas.freight import quote
    from maas.memory import prepare_memory

    region = opened(source)
    hubs = region.file.hubs
    if len(hubs) < 2:
        return
    draw, on = random.Random(SEED), day_of(region)

    def shipment() -> dict[str, Any]:
        one, other = draw.sample(hubs, 2)
        ends = {
            name: {
                "lat": hub.at.lat + draw.gauss(0, SPREAD / 3),
                "lon": hub.at.lon + draw.gauss(0, SPREAD / 3),
            }
            for name, hub in (("pickup", one), ("delivery", other))
        }
        kg = draw.randint(1, 20)
        return {**ends, "kg": kg, "litres": 4 * kg, "ready": "08:00", "date": on.isoformat()}

    seconds: list[float] = []
    options = off_map = 0
    while len(seconds) < n + WARMING and off_map < MOST_OFF_MAP:
        asked = shipment()
        begun = time.process_time()
        try:
            answer = quote(region, asked)
        except QueryError:  # a door in the sea
            off_map += 1
            continue
        seconds.append(time.process_time() - begun)
        options += len(answer["options"]) if len(seconds) > WARMING else 0
        if len(seconds) == WARMING:
            prepare_memory()  # as a server does when it is warm
    del seconds[:WARMING]
    if len(seconds) < n:
        return
    p95 = sorted(seconds)[math.ceil(0.95 * n) - 1]
    facts: dict[str, Fact] = {
        "hubs": len(hubs),
        "options_each": round(options / n, 1),
        "off_map": off_map,
        "p95_ms": round(1000 * p95, 2),
    }
    yield Row(f"{region.file.name}, quotes", OURS, tuple(seconds), facts, None)
