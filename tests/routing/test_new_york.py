"""All lanes on a day of New York against a slow search that shares nothing with them."""

import csv
from pathlib import Path

import pytest

from benchmarks.new_york import DAY, EIGHT, ZONE
from benchmarks.new_york_ours import Ours
from benchmarks.stop_queries import MAX_RIDES, Query
from routing.bounds import lower_bounds
from routing.csa import ConnectionScan
from routing.raptor import Raptor
from routing.trip_based import TripBased
from routing.trip_transfers import make_transfers
from tests.slow_rounds import SlowRounds

N_ANY_TIME = 100  # queries that leave at a random second of the day, night included


@pytest.mark.full
def test_all_fronts_are_those_of_a_slow_search(outside_data: Path) -> None:
    feed = outside_data / "gtfs" / "big" / "nyc_day.zip"
    with feed.with_name("nyc_day_queries.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    queries = [Query(row["from"], row["to"], EIGHT) for row in rows]
    queries += [Query(row["from"], row["to"], int(row["deprand"])) for row in rows[:N_ANY_TIME]]
    ours, slow = Ours(feed, DAY, ZONE), SlowRounds(feed, DAY)
    tables = ours.day.tables
    scan = ConnectionScan(tables)
    bounds = lower_bounds(tables)
    bounded = Raptor(tables, MAX_RIDES, bounds)
    trips = TripBased(tables, make_transfers(tables)[0], MAX_RIDES, bounds)
    for query in queries:
        expected = slow.front(query.origin, query.destination, query.departure, MAX_RIDES)
        ends = ours.ends(query)
        for search in (ours.plain, bounded, trips):
            journeys = search.earliest(*ends, query.departure).journeys
            assert [(one.arrival, len(one.rides)) for one in journeys] == expected, query
        first = scan.earliest(*ends, query.departure).journey
        assert (None if first is None else first.arrival) == min(expected, default=(None,))[0]
