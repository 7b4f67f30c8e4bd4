"""Travel times between many stops of New York for each minute of an hour: time and growth.

cafein reckons from stops to all stops, not to some; as a search reaches all of them anyhow, the
difference is small. It is asked for the smallest matrix only.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.harness import OURS, Fact, Report, Row
from benchmarks.new_york_ours import Ours
from benchmarks.stop_queries import Query, resident_mb
from routing.layout import UNREACHED
from routing.travel_times import Window, matrix, origins_of, places_of

SIZES, QUICK_SIZES = (125, 250, 500), (5, 10)
N_DEPARTURES = 60
PERCENTILES = (50, 90)
LONGEST = 7200  # s
CAFEIN = "cafein"


def add_rows(
    report: Report,
    ours: Ours,
    peers: Mapping[str, Any],
    queries: Sequence[Query],
    *,
    quick: bool,
) -> None:
    """Add a row for each size: from so many stops to as many, over 60 departures."""
    ends = [ours.ends(query) for query in queries]
    origins, places = zip(*ends, strict=True)
    window = Window(queries[0].departure, N_DEPARTURES, longest=LONGEST)
    matrix(ours.day.tables, origins_of(origins[:1]), places_of(places[:1]), window)  # compiles
    sizes = QUICK_SIZES if quick else SIZES
    for size in sizes:
        case = f"NYC {size} x {size}, {N_DEPARTURES} departures"
        before, started = resident_mb(), time.process_time()
        found = matrix(
            ours.day.tables,
            origins_of(origins[:size]),
            places_of(places[:size]),
            window,
            PERCENTILES,
        )
        seconds = time.process_time() - started
        facts: dict[str, Fact] = {
            "of_an_origin_ms": round(seconds / size * 1e3, 1),
            "reached": f"{(found.duration[0] < UNREACHED).mean():.0%}",
            "resident_mb": round(resident_mb() - before),
        }
        report.rows.append(Row(case, OURS, (seconds,), facts, CAFEIN))
        if CAFEIN in peers and size == sizes[0]:
            started = time.process_time()
            peers[CAFEIN].matrix(queries[:size], N_DEPARTURES, PERCENTILES)
            seconds = time.process_time() - started
            facts = {"of_an_origin_ms": round(seconds / size * 1e3, 1), "to": "all stops"}
            report.rows.append(Row(case, CAFEIN, (seconds,), facts, None))
