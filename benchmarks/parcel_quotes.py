"""Quotes of single shipments on a region: CPU time of each."""

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.harness import OURS, Row
from benchmarks.regions import day_of, opened

SEED = 1
SPREAD = 0.02  # degrees, of doors around a hub


def quote_rows(source: Path, n: int) -> Iterator[Row]:
    """One row: seeded quotes between doors near two hubs of the region."""
    from maas.freight import quote

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
    options = 0
    for at in range(n + 5):
        asked = shipment()
        begun = time.process_time()
        answer = quote(region, asked)
        if at >= 5:  # the first ones compile and fill caches
            seconds.append(time.process_time() - begun)
            options += len(answer["options"])
    facts = {"hubs": len(hubs), "options_each": round(options / n, 1)}
    yield Row(f"{region.file.name}, quotes", OURS, tuple(seconds), facts, None)
