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
    from maas.collector import look_rarely
    from maas.planner import Planner, read_query

    region = opened(source)
    planner = Planner(region)
    documents = list(journey_queries(region, 3 * n))
    for document in documents[:3]:  # compiles, and makes the tables of the day
        planner.plan(read_query(document))
    look_rarely()  # as a server does when it is warm
    for nth, (name, wish) in enumerate(_WISHES):
        queries = [read_query({**one, **wish}) for one in documents[nth * n : (nth + 1) * n]]
        answers: list[dict[str, Any]] = []
        seconds = interleaved({OURS: partial(_asked, planner, answers)}, queries)
        case = f"{region.file.name}, door to door{name}"
        report.rows.append(Row(case, OURS, seconds[OURS], _facts(answers), None))


def _asked(planner: "Planner", answers: list[dict[str, Any]], query: "JourneyQuery") -> None:
    answers.append(planner.plan(query))


def _facts(answers: Sequence[dict[str, Any]]) -> dict[str, Fact]:
    """What was found, and by how many modes."""
    found = [answer["itineraries"] for answer in answers if answer["itineraries"]]
    modes = {leg["mode"] for options in found for itinerary in options for leg in itinerary["legs"]}
    return {
        "found": f"{len(found)}/{len(answers)}",
        "itineraries": round(statistics.fmean(map(len, found)), 1) if found else 0,
        "modes": " ".join(sorted(modes)),
    }
