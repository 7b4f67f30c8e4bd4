"""How long a load plan goes on after it is cancelled, at moments spread over its work.

`python -m benchmarks.cancel [COPIES]`: the shipped island through lines, its shipments so many
times, each copy with doors a little elsewhere. Seconds on the wall, as somebody waits for it.
"""

import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.regions import SHIPPED, opened
from maas.freight import plan_loads

SECONDS = 3.0  # CPU s for each way of operation
MOMENTS = 12
SEED = 1
ASIDE = 0.01  # degrees by which doors of copies differ, at most


def batch(copies: int) -> dict[str, Any]:
    """The shipped day of shipments, several times."""
    rng = random.Random(SEED)
    document: dict[str, Any] = json.loads((SHIPPED.parent / "shipments.json").read_text())
    rows = []
    for copy in range(copies):
        for row in document["shipments"]:
            ends = {
                end: {**row[end], "lat": row[end]["lat"] + rng.uniform(-ASIDE, ASIDE) * (copy > 0)}
                for end in ("pickup", "delivery")
            }
            rows.append({**row, **ends, "id": f"{row['id']}-{copy}"})
    return {**document, "shipments": rows}


def _after(instant: float) -> Callable[[], bool]:
    """Whether an instant of the monotonic clock has passed."""
    return lambda: time.monotonic() > instant


def main(arguments: Sequence[str]) -> int:
    """Plan once to the end, then cancel at equal steps of that time."""
    region, asked = opened(SHIPPED), batch(int(arguments[0]) if arguments else 1)
    plan_loads(region, {**asked, "shipments": asked["shipments"][:5]}, seconds=0.2)  # compiles
    begun, told = time.monotonic(), list[tuple[str, float]]()
    plan_loads(
        region, asked, seconds=SECONDS,
        on_progress=lambda stage, _: told.append((stage, time.monotonic() - begun)),
    )  # fmt: skip
    whole = time.monotonic() - begun
    print(f"{len(asked['shipments'])} shipments, {whole:.1f} s to the end; planning begins after "
          f"{told[0][1]:.1f} s of driving tables")  # fmt: skip
    waits = []
    for step in range(MOMENTS):
        moment = told[0][1] + (whole - told[0][1]) * (step + 0.5) / MOMENTS
        since = time.monotonic()
        plan_loads(region, asked, seconds=SECONDS, is_cancelled=_after(since + moment))
        waits.append(time.monotonic() - since - moment)
        print(f"cancelled at {moment:6.1f} s: ended {waits[-1]:.2f} s later", flush=True)
    print(f"longest {max(waits):.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
