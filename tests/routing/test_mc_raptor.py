"""RAPTOR with costs against brute force, and within a slack against the filtered full set."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.bounds import lower_bounds
from routing.errors import InvalidTableError
from routing.kernels.mc_labels import CostedStops, LegCosts
from routing.layout import DayTables
from routing.leg_costs import position_costs, walking_only, zone_costs
from routing.mc_raptor import CostedJourney, McRaptor, Slack, costed
from routing.raptor import Found, Raptor, Work
from tests import oracles, strategies
from tests.routing.test_raptor import MAX_RIDES, check, near, trip
from tests.routing.test_trip_based import random_day
from tests.strategies import N_STOPS, Day, Trip, day_tables

Near = list[tuple[int, int]]
Costs = list[list[int]]
Front = set[tuple[int, int, int]]  # arrival, rides, cost
ZONES = 3


def thinned(labels: set[tuple[int, ...]]) -> set[tuple[int, ...]]:
    """Labels that no other is at least as good as everywhere."""
    return {
        one
        for one in labels
        if not any(
            other != one and all(a <= b for a, b in zip(other, one, strict=True))
            for other in labels
        )
    }


def brute_force(
    day: Day,
    access: list[tuple[int, int, int]],
    egress: list[tuple[int, int, int]],
    departure: int,
    price: "Price",
    walk_cost: int,
) -> Front:
    """All pairs of positions of all trips, round by round; sets of (time, cost) per stop."""
    ready: dict[int, set[tuple[int, ...]]] = defaultdict(set)
    for stop, duration, cost in access:
        ready[stop].add((departure + duration, cost))
    found: set[tuple[int, ...]] = set()
    for rides in range(1, MAX_RIDES + 1):
        arrived = ridden(day, ready, price)
        found |= {
            (time + duration, rides, cost + extra)
            for stop, duration, extra in egress
            for time, cost in arrived[stop]
        }
        ready = defaultdict(set)
        for stop, labels in arrived.items():
            ready[stop] |= {(time + day.change_time[stop], cost) for time, cost in labels}
        for tail, head, duration in day.walks:
            ready[head] |= {
                (time + duration, cost + walk_cost * duration) for time, cost in arrived[tail]
            }
    return {(a, r, c) for a, r, c in thinned(found)}


def ridden(
    day: Day, ready: dict[int, set[tuple[int, ...]]], price: "Price"
) -> dict[int, set[tuple[int, ...]]]:
    """Labels of arriving by one more ride."""
    arrived: dict[int, set[tuple[int, ...]]] = defaultdict(set)
    for line in day.trips:
        for board, alight in oracles._rides(line):
            start, end = line[board], line[alight]
            arrived[end.stop] |= {
                (end.arrival, cost + price(line, board, alight))
                for time, cost in ready[start.stop]
                if time <= start.departure
            }
    return defaultdict(set, {stop: thinned(labels) for stop, labels in arrived.items()})


class Price:
    """A ride by line (the first stop says which) and zones of its ends."""

    def __init__(self, zone: list[int], table: list[Costs]) -> None:
        self.zone, self.table = zone, table

    def __call__(self, line: Trip, board: int, alight: int) -> int:
        ends = self.zone[line[board].stop], self.zone[line[alight].stop]
        return self.table[line[0].stop % len(self.table)][ends[0]][ends[1]]

    def costs(self, tables: DayTables, walk_cost: int) -> LegCosts:
        first = tables.patterns.first_position_of_pattern[:-1]
        class_ = tables.patterns.stop_of_position[first] % len(self.table)
        return zone_costs(tables, self.zone, class_, self.table, walk_cost=walk_cost)


PRICES = st.builds(
    Price,
    st.lists(st.integers(0, ZONES - 1), min_size=N_STOPS, max_size=N_STOPS),
    st.lists(
        st.lists(
            st.lists(st.integers(0, 9), min_size=ZONES, max_size=ZONES),
            min_size=ZONES,
            max_size=ZONES,
        ),
        min_size=2,
        max_size=2,
    ),
)
COSTED = st.lists(
    st.tuples(strategies.STOPS, strategies.MINUTES, st.integers(0, 9)), min_size=1, max_size=4
)


def ends_of(rows: list[tuple[int, int, int]]) -> CostedStops:
    return costed(near([row[:2] for row in rows]), [row[2] for row in rows])


def front_of(journeys: tuple[CostedJourney, ...]) -> Front:
    return {(one.journey.arrival, len(one.journey.rides), one.cost) for one in journeys}


@given(
    strategies.days(),
    COSTED,
    COSTED,
    st.integers(0, 30),
    PRICES,
    st.integers(0, 2),
    st.integers(0, N_STOPS),
)
def test_the_set_is_that_of_brute_force_and_costs_are_those_of_the_legs(
    day: Day,
    access: list[tuple[int, int, int]],
    egress: list[tuple[int, int, int]],
    departure: int,
    price: Price,
    walk_cost: int,
    n_clusters: int,
) -> None:
    tables, trips = day_tables(day)
    bounds = lower_bounds(tables, n_clusters)
    search = McRaptor(tables, price.costs(tables, walk_cost), max_rides=MAX_RIDES, bounds=bounds)
    found = search.pareto(ends_of(access), ends_of(egress), departure)
    assert front_of(found.journeys) == brute_force(day, access, egress, departure, price, walk_cost)
    assert len(found.journeys) == len(front_of(found.journeys))
    for one in found.journeys:
        legs = [price(trips[ride.trip], ride.board, ride.alight) for ride in one.journey.rides]
        walked = (
            one.cost - sum(legs) - access[one.journey.access][2] - egress[one.journey.egress][2]
        )
        assert walked >= 0 if walk_cost else walked == 0
    plain = tuple(one.journey for one in found.journeys)
    check(
        day,
        trips,
        Found(plain, Work(0, 0, 0, 0, 0)),
        [row[:2] for row in access],
        [row[:2] for row in egress],
        at_once=False,
    )


def within(front: Front, anchors: set[tuple[int, int]], departure: int, slack: Slack) -> Front:
    """Journeys near to an anchor, by the words of the definition."""
    return {
        (arrival, rides, cost)
        for arrival, rides, cost in front
        if any(
            arrival <= at + slack.seconds + int(slack.share * (at - departure))
            and rides <= n + slack.rides
            for at, n in anchors
        )
    }


@given(
    strategies.days(),
    COSTED,
    COSTED,
    st.integers(0, 30),
    PRICES,
    st.builds(Slack, st.integers(0, 20), st.sampled_from([0.0, 0.25, 1.0]), st.integers(0, 2)),
    st.integers(0, N_STOPS),
)
def test_within_a_slack_the_set_is_the_full_one_filtered(
    day: Day,
    access: list[tuple[int, int, int]],
    egress: list[tuple[int, int, int]],
    departure: int,
    price: Price,
    slack: Slack,
    n_clusters: int,
) -> None:
    tables, _ = day_tables(day)
    bounds = lower_bounds(tables, n_clusters)
    search = McRaptor(tables, price.costs(tables, 1), max_rides=MAX_RIDES, bounds=bounds)
    ends = ends_of(access), ends_of(egress)
    some = search.pareto(*ends, departure, slack=slack)
    front = brute_force(day, access, egress, departure, price, 1)
    plain = [row[:2] for row in access], [row[:2] for row in egress]
    anchors = oracles.front(day, *plain, departure, MAX_RIDES)
    assert front_of(some.journeys) == within(front, anchors, departure, slack)


@pytest.mark.parametrize("seed", range(3))
def test_on_larger_days_free_rides_give_the_front_of_raptor(seed: int) -> None:
    tables, _ = day_tables(random_day(seed))
    nothing = zone_costs(tables, np.zeros(tables.n_stops), np.zeros(tables.n_patterns), [[[0]]])
    search, raptor = McRaptor(tables, nothing), Raptor(tables)
    draw = np.random.default_rng(seed)
    for _ in range(20):
        access, egress = (near([(int(s), 3) for s in draw.integers(0, 25, 3)]) for _ in range(2))
        start = int(draw.integers(0, 300))
        expected = {
            (j.arrival, len(j.rides), 0) for j in raptor.earliest(access, egress, start).journeys
        }
        assert front_of(search.pareto(costed(access), costed(egress), start).journeys) == expected
        within_none = search.pareto(costed(access), costed(egress), start, slack=Slack(0, 0.0, 0))
        assert front_of(within_none.journeys) == expected


@pytest.mark.parametrize("seed", range(3))
def test_on_larger_days_a_slack_filters_the_full_set(seed: int) -> None:
    tables, _ = day_tables(random_day(seed))
    plain, raptor = McRaptor(tables, walking_only(tables)), Raptor(tables)
    search = McRaptor(tables, walking_only(tables), bounds=lower_bounds(tables, 6))
    draw = np.random.default_rng(seed)
    n_changes = 0
    for slack in (Slack(0, 0.0, 0), Slack(10, 0.0, 0), Slack(0, 0.25, 1), Slack(60, 0.5, 2)) * 4:
        ends = [near([(int(s), 3) for s in draw.integers(0, 25, 2)]) for _ in range(2)]
        start = int(draw.integers(0, 300))
        anchors = {
            (j.arrival, len(j.rides)) for j in raptor.earliest(ends[0], ends[1], start).journeys
        }
        access, egress = (costed(one, one.duration) for one in ends)
        full = front_of(plain.pareto(access, egress, start).journeys)
        assert front_of(search.pareto(access, egress, start).journeys) == full
        some = front_of(search.pareto(access, egress, start, slack=slack).journeys)
        assert some == within(full, anchors, start, slack)
        n_changes += sum(rides - 1 for _, rides, _ in some)
    assert n_changes > 5


def test_a_cheap_slow_line_stands_beside_a_quick_dear_one() -> None:
    # 0 -> 1: a train of 10 minutes for 5; a bus by way of 2, of 30 minutes for 2
    day = Day(
        3, [trip((0, 0, 0), (1, 10, 10)), trip((0, 0, 0), (2, 9, 9), (1, 30, 30))], [], [0] * 3
    )
    tables, trips = day_tables(day)
    price = [[[5 if len(line) == 2 else 2]] for line in trips]
    costs = zone_costs(tables, [0] * 3, [0, 1], price)
    found = McRaptor(tables, costs).pareto(costed(near([(0, 0)])), costed(near([(1, 0)])), 0)
    assert [(one.journey.arrival, one.cost) for one in found.journeys] == [(10, 5), (30, 2)]


def test_a_dearer_boarding_zone_may_pay_later() -> None:
    # one line 0 -> 1 -> 2; at 1, who boarded at 0 has paid less than who boards there, but will pay
    # more; getting off and on again at 1 is too slow
    day = Day(3, [trip((0, 0, 0), (1, 5, 5), (2, 9, 9))], [], [0, 9, 0])
    tables, _ = day_tables(day)
    costs = zone_costs(tables, [0, 1, 2], [0], [[[0, 1, 9], [0, 0, 1], [0, 0, 0]]])
    access = costed(near([(0, 0), (1, 0)]), [0, 4])
    found = McRaptor(tables, costs).pareto(access, costed(near([(2, 0)])), 0)
    assert [(one.cost, one.journey.access) for one in found.journeys] == [(5, 1)]


def test_costs_along_a_pattern_add_up_to_the_kilometre() -> None:
    day = Day(3, [trip((0, 0, 0), (1, 5, 5), (2, 9, 9))], [], [0] * 3)
    tables, _ = day_tables(day)
    search = McRaptor(tables, position_costs(tables, [0, 120, 300]))
    found = search.pareto(costed(near([(1, 0)])), costed(near([(2, 0)])), 0)
    assert [one.cost for one in found.journeys] == [180]


def test_more_labels_than_there_is_room_for_at_first() -> None:
    day = random_day(5)
    tables, _ = day_tables(day)
    search = McRaptor(tables, walking_only(tables))
    ends = costed(near([(0, 0), (3, 5)])), costed(near([(9, 0), (4, 4)]))
    expected = front_of(search.pareto(*ends, 0).journeys)
    narrow = McRaptor(tables, walking_only(tables))
    scratch = narrow._scratch
    narrow._scratch = scratch._replace(
        label=scratch.label[:16],
        log=scratch.log[:16],
        found=scratch.found[:1],
        on_board=scratch.on_board[:2],
    )
    assert front_of(narrow.pareto(*ends, 0).journeys) == expected
    assert expected


def test_negative_costs_and_unknown_zones_are_refused() -> None:
    tables, _ = day_tables(Day(2, [trip((0, 0, 0), (1, 5, 5))], [], [0, 0]))
    with pytest.raises(InvalidTableError, match="-3 is negative"):
        zone_costs(tables, [0, 0], [0], [[[-3]]])
    with pytest.raises(InvalidTableError, match=r"zone 4 \(row 1\)"):
        zone_costs(tables, [0, 4], [0], [[[1]]])


def test_no_way_is_an_empty_answer() -> None:
    tables, _ = day_tables(Day(2, [], [], [0, 0]))
    search = McRaptor(tables, walking_only(tables))
    for slack in (None, Slack()):
        found = search.pareto(costed(near([(0, 0)])), costed(near([(1, 0)])), 0, slack=slack)
        assert found.journeys == ()
    assert search.pareto(costed(near([])), costed(near([(1, 0)])), 0).journeys == ()
    assert (
        search.pareto(costed(near([(0, 0)])), costed(near([(1, 0)])), 0, max_rides=0).work.rounds
        == 0
    )
