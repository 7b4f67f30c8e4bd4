"""Rides by taxi between a door and stops against plain loops over fleets and stops."""

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from maas.planner_view import visits_where
from maas.region_fleets import Meter, TaxiFleet
from maas.region_parts import Point
from maas.taxi import charges, meter_fare
from routing.geo import distance_m
from routing.kernels.door_ways import WORTHWHILE, Rival, farthest_m, taxi_ways
from routing.layout import NONE, UNREACHED
from tests import strategies

NOON = 12 * 3600
_N_STOPS = strategies.N_STOPS
_LAT = 43.0 + np.arange(_N_STOPS) / 100
_LON = 141.0 + np.arange(_N_STOPS) ** 2 / 100
_METERS = st.builds(
    Meter,
    base_fare=st.integers(0, 700),
    base_distance_m=st.integers(0, 1500),
    step_fare=st.integers(0, 90),
    step_distance_m=st.integers(1, 300),
    pickup_fee=st.integers(0, 200),
)
_FLEETS = st.builds(
    TaxiFleet,
    id=st.just("t"),
    base=st.just(Point(lat=43.0, lon=141.0)),
    meter=_METERS,
    seats=st.integers(1, 4),
    pickup_wait=st.integers(0, 300),
)
_RIVALS = st.builds(
    Rival, st.just(43.05), st.just(141.1), st.integers(0, 2000), st.integers(0, 6000)
)
_COVERS = st.lists(st.booleans(), min_size=_N_STOPS, max_size=_N_STOPS)
_ROWS = st.lists(
    st.tuples(
        st.integers(0, 1500) | st.just(UNREACHED),  # s
        st.integers(0, 15_000),  # m
        st.integers(0, 200) | st.just(UNREACHED),  # s between stop and car
    ),
    min_size=_N_STOPS,
    max_size=_N_STOPS,
)


@given(_FLEETS, _RIVALS, st.integers(1, 9))
def test_the_farthest_ride_is_the_longest_that_costs_much_less(
    fleet: TaxiFleet, rival: Rival, party: int
) -> None:
    table = charges([fleet], np.ones((1, 0), np.bool_))
    metres = farthest_m(table, 0, party, rival)

    def costs_less(driven_m: int) -> bool:
        n_cars = -(-party // fleet.seats)
        return n_cars * meter_fare(fleet.meter, driven_m, NOON) < WORTHWHILE * rival.price

    assert metres == NONE or costs_less(metres)
    assert metres == UNREACHED or not costs_less(metres + 1)


_DEAR, _CHEAP = (
    TaxiFleet(
        id=name,
        base=Point(lat=43.0, lon=141.0),
        meter=Meter(base_fare=fare, base_distance_m=1000, step_fare=0, step_distance_m=1),
    )
    for name, fare in (("dear", 9000), ("cheap", 10))
)
_EVERYWHERE = [True] * _N_STOPS
_QUICK = [(100, 5000, 0)] + [(UNREACHED, 0, 0)] * (_N_STOPS - 1)
_ONE_BUS = strategies.Day(
    _N_STOPS, [(strategies.Call(0, 0, 0), strategies.Call(1, 60, 60))], [], [0] * _N_STOPS
)


@example(  # the dear ride is of use as it is quick; all of the cheap ones would be anyway
    _ONE_BUS, [(_DEAR, _EVERYWHERE), (_CHEAP, _EVERYWHERE)], Rival(43.05, 141.1, 2000, 100), _QUICK,
    _EVERYWHERE, 20_000.0, 0, 1, True,
)  # fmt: skip
@given(
    strategies.days(),
    st.lists(st.tuples(_FLEETS, _COVERS), min_size=1, max_size=3),
    st.none() | _RIVALS,
    _ROWS,
    _COVERS,
    st.floats(0, 20_000),
    st.integers(0, 200),
    st.integers(1, 9),
    st.booleans(),
)
def test_rides_are_listed_that_neither_a_taxi_all_the_way_nor_a_nearer_stop_beats(
    day: strategies.Day,
    fleets: list[tuple[TaxiFleet, list[bool]]],
    rival: Rival | None,
    rows: list[tuple[int, int, int]],
    served: list[bool],
    limit_m: float,
    door: int,
    party: int,
    is_origin: bool,
) -> None:
    tables, _ = strategies.day_tables(day)
    patterns = tables.patterns
    expected = []
    for number, (fleet, covered) in enumerate(fleets):
        for stop, (seconds, metres, at_stop) in enumerate(rows):
            if UNREACHED in {seconds, at_stop} or not (is_origin or covered[stop]):
                continue
            if metres > limit_m or not served[stop]:
                continue
            ride = door + seconds + at_stop
            price = -(-party // fleet.seats) * meter_fare(fleet.meter, metres, NOON)
            if rival is not None and price >= WORTHWHILE * rival.price:
                ahead_m = distance_m(_LAT[stop], _LON[stop], rival.lat, rival.lon)
                if ride + ahead_m * 0.04 >= rival.duration:
                    continue
            wait = max(0, fleet.pickup_wait - (door if is_origin else at_stop))
            expected.append([stop, ride, metres, wait, number])
    soonest: dict[int, int] = {}
    for stop, ride, _, wait, _ in expected:
        soonest[stop] = min(soonest.get(stop, UNREACHED), ride + wait)
    leading = set()
    for pattern in range(tables.n_patterns):
        first, end = patterns.first_position_of_pattern[pattern : pattern + 2]
        at = {int(patterns.stop_of_position[i]) for i in range(first, end) if patterns.can_board[i]}
        least = min((soonest[stop] for stop in at & soonest.keys()), default=UNREACHED)
        leading |= {stop for stop in at & soonest.keys() if soonest[stop] == least}
    expected = [ride for ride in expected if ride[0] in leading]

    duration, distance, on_foot = np.array(rows, np.int32).T.copy()
    table = charges([fleet for fleet, _ in fleets], np.array([covered for _, covered in fleets]))
    ways = taxi_ways(
        duration, distance, np.array(served), limit_m, on_foot, door, is_origin,
        np.arange(len(fleets), dtype=np.int32), party, table,
        rival or Rival(0.0, 0.0, NONE, 0), 0.04, _LAT, _LON,
        visits_where(tables, patterns.can_board), tables.n_patterns,
    )  # fmt: skip
    assert ways.T.tolist() == expected
