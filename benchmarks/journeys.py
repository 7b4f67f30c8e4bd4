"""Journeys: stop to stop beside other engines, and door to door through the whole planner."""

import statistics
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.harness import OURS, Fact, Report, Row, interleaved, outside_data
from benchmarks.regions import door_to_door_sources, journey_queries, opened

if TYPE_CHECKING:
    from maas.planner import JourneyQuery, Planner

NAME = "journeys"
SUMMARY = "stop to stop on New York beside nigiri and cafein; door to door through the planner"
_FOOT_AND_TAXI = {"max_itineraries": 5, "modes_banned": ["drt", "shared_bike"]}
_WISHES: tuple[tuple[str, dict[str, Any]], ...] = (
    (" at first", {}),
    ("", {}),
    (", five by foot, taxi and line", _FOOT_AND_TAXI),
)


Modes = list[list[str]]  # of the legs of each itinerary of an answer


def run(quick: bool, region: Path) -> Report:
    """New York where it is, and the planner on the region in any case."""
    report = Report()
    data = outside_data()
    if data is None:
        report.notes.append("New York's day is not there (set MAAS_TEST_DATA): left out")
    else:
        from benchmarks.new_york import add_rows

        add_rows(report, data, quick=quick)
    for source in door_to_door_sources(region):
        _door_to_door(report, source, 40 if quick else 300)
    return report


def _door_to_door(report: Report, source: Path, n: int) -> None:
    """Ask the planner for whole itineraries, with access, fares and geometry.

    The first queries of a day fill what is kept of it: prices and texts of rides, shapes of legs.
    Those that follow are others, as they are on a server that has been up for a while; then the
    same number again, of which each asks for five ways on foot, by taxi and by line.
    """
    from maas.memory import prepare_memory
    from maas.planner import Planner, read_query

    region = opened(source)
    planner = Planner(region)
    documents = list(journey_queries(region, 3 * n))
    for document in documents[:3]:  # compiles, and makes the tables of the day
        planner.plan(read_query(document))
    prepare_memory()  # as a server does when it is warm
    for nth, (name, wish) in enumerate(_WISHES):
        queries = [read_query({**one, **wish}) for one in documents[nth * n : (nth + 1) * n]]
        found: list[Modes] = []
        seconds = interleaved({OURS: partial(_asked, planner, found)}, queries)
        case = f"{region.file.name}, door to door{name}"
        report.rows.append(Row(case, OURS, seconds[OURS], _facts(found), None))


def _asked(planner: "Planner", found: list[Modes], query: "JourneyQuery") -> None:
    """Answer a query, note what was found and let go of the answer, as a server does."""
    itineraries = planner.plan(query)["itineraries"]
    found.append([[leg["mode"] for leg in one["legs"]] for one in itineraries])


def _facts(found: Sequence[Modes]) -> dict[str, Fact]:
    """How much was found, and by how many modes."""
    some = [modes for modes in found if modes]
    return {
        "found": f"{len(some)}/{len(found)}",
        "itineraries": round(statistics.fmean(map(len, some)), 1) if some else 0,
        "modes": " ".join(sorted({mode for modes in some for legs in modes for mode in legs})),
    }
