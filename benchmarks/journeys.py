"""Journeys: stop to stop beside other engines, and door to door through the whole planner."""

import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.harness import OURS, Fact, Report, Row, interleaved, outside_data
from benchmarks.regions import door_to_door_sources, journey_queries, opened

NAME = "journeys"
SUMMARY = "stop to stop on New York beside nigiri and cafein; door to door through the planner"


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
    """Ask the planner for whole itineraries, with access, fares and geometry."""
    from maas.collector import look_rarely
    from maas.planner import Planner, read_query

    region = opened(source)
    planner = Planner(region)
    queries = [read_query(document) for document in journey_queries(region, n)]
    for query in queries[:3]:  # compiles, and makes the tables of the day
        planner.plan(query)
    look_rarely()  # as a server does when it is warm
    answers: list[dict[str, Any]] = []
    seconds = interleaved({OURS: lambda query: answers.append(planner.plan(query))}, queries)
    case = f"{region.file.name}, door to door"
    report.rows.append(Row(case, OURS, seconds[OURS], _facts(answers), None))


def _facts(answers: Sequence[dict[str, Any]]) -> dict[str, Fact]:
    """What was found, and by how many modes."""
    found = [answer["itineraries"] for answer in answers if answer["itineraries"]]
    modes = {leg["mode"] for options in found for itinerary in options for leg in itinerary["legs"]}
    return {
        "found": f"{len(found)}/{len(answers)}",
        "itineraries": round(statistics.fmean(map(len, found)), 1) if found else 0,
        "modes": " ".join(sorted(modes)),
    }
