"""Prices of lines: region rules first, then the feed's fares."""

import random
from collections.abc import Mapping
from pathlib import Path

import pytest

from gtfs.fares import Ride
from gtfs.timetable import Timetable
from maas.fares import LineFares, Ticket, money
from maas.region_file import RegionFile
from tests.gtfs.feeds import EXTRAS, timetable_of
from tests.gtfs.test_fares_v2 import BY_TIME, PEAK, files

BANDS: Mapping[str, object] = {
    "kind": "distance",
    "feed": "f",
    "bands": [[3, 200], [10, 300], [20, 500]],
}
RIDES = [Ride(0, 0, 1, 0), Ride(0, 1, 2, 600)]  # z1 → z2 210, then z2 → z3 unpriced


@pytest.fixture(scope="module")
def timetable(tmp_path_factory: pytest.TempPathFactory) -> Timetable:
    files = {name: EXTRAS[name] for name in ("fare_attributes.txt", "fare_rules.txt")}
    return timetable_of(tmp_path_factory.mktemp("feed"), files)


def fares(timetable: Timetable, *rules: Mapping[str, object], currency: str = "JPY") -> LineFares:
    document = {
        "name": "x",
        "timezone": "Asia/Tokyo",
        "currency": currency,
        "feeds": [{"id": "f", "path": "f.zip"}],
        "fares": [dict(rule) for rule in rules],
    }
    return LineFares(RegionFile.model_validate(document), timetable)


def never(ride: int) -> int:
    raise AssertionError(f"no rule asks for the distance of ride {ride}")


def test_without_rules_the_feeds_fares_hold(timetable: Timetable) -> None:
    bill = fares(timetable).bill([Ride(0, 0, 1, 0)], never)
    assert (bill.amount, bill.is_whole) == (210, True)
    assert bill.tickets[0].fare_id == "f:low"


def test_a_ride_without_a_fare_leaves_the_bill_open(timetable: Timetable) -> None:
    bill = fares(timetable).bill([RIDES[0], Ride(0, 2, 0, 900)], never)
    assert (bill.amount, bill.is_whole) == (210, False)


def test_a_rule_of_the_region_beats_the_feed(timetable: Timetable) -> None:
    flat = {"kind": "flat", "feed": "f", "price": 150}
    bill = fares(timetable, flat).bill(RIDES, never)
    assert bill.tickets == (Ticket((0,), 150, ""), Ticket((1,), 150, ""))


def test_a_rule_for_a_line_beats_one_for_its_feed(timetable: Timetable) -> None:
    flat: Mapping[str, object] = {"kind": "flat", "feed": "f", "price": 150}
    bill = fares(timetable, flat, {**flat, "price": 99, "lines": ["f:L"]}).bill(RIDES[:1], never)
    assert bill.amount == 99


@pytest.mark.parametrize(
    ("distance_m", "price"), [(0, 200), (3000, 200), (3001, 300), (20_000, 500), (90_000, 500)]
)
def test_the_last_band_is_open(timetable: Timetable, distance_m: int, price: int) -> None:
    assert fares(timetable, BANDS).bill(RIDES[:1], lambda _: distance_m).amount == price


def test_through_rides_are_priced_by_their_whole_distance(timetable: Timetable) -> None:
    # 2 km and 2 km: 200 each, but 300 for 4 km in one
    assert fares(timetable, BANDS).bill(RIDES, lambda _: 2000).amount == 400
    bill = fares(timetable, {**BANDS, "through": True}).bill(RIDES, lambda _: 2000)
    assert bill.tickets == (Ticket((0, 1), 300, ""),)


BASE = 1_782_831_600  # midnight of 2026-07-01 in Japan
CHANGES = """
    fare_id,price,currency_type,payment_method,transfers,transfer_duration
    low,210,JPY,0,0,
    high,260,JPY,0,1,{duration}
"""
ZONES = "fare_id,route_id,origin_id,destination_id\nlow,L,z1,z2\nhigh,,z1,\nhigh,,,z1\n"
FREE = "bus,bus,-1,3600,1,0,\n"  # a second bus within an hour


@pytest.mark.parametrize(
    ("told", "rules"),
    [
        ({name: EXTRAS[name] for name in ("fare_attributes.txt", "fare_rules.txt")}, ()),
        *(
            ({"fare_attributes.txt": CHANGES.format(duration=limit), "fare_rules.txt": ZONES}, ())
            for limit in ("", 0, 1800)
        ),
        ({}, ()),
        ({}, ({"kind": "flat", "feed": "f", "price": 150},)),
        ({}, (BANDS,)),
        ({}, ({**BANDS, "through": True},)),
        (files(), ()),
        (files(FREE), ()),
        (files(timeframes=PEAK, fare_leg_rules=BY_TIME), ()),
        (files(FREE), ({**BANDS, "through": True, "lines": ["f:M"]},)),
    ],
)
def test_rides_that_share_no_ticket_cost_together_what_each_costs_alone(
    told: dict[str, str], rules: tuple[Mapping[str, object], ...], tmp_path: Path
) -> None:
    timetable, draw = timetable_of(tmp_path, {**told}), random.Random(1)
    price, n_lines, n_joined = fares(timetable, *rules), len(timetable.lines.id), 0
    for _ in range(200):
        rides, departure = [], 25_200
        for _ in range(draw.randrange(4)):
            board, alight = draw.sample(range(3), 2)
            departure += draw.choice((0, 600, 1800, 1801, 3600, 7200))
            rides.append(
                Ride(draw.randrange(n_lines), board, alight, departure, (), departure + 300)
            )
        metres = [draw.randrange(15_000) for _ in rides]
        alone = [
            price.alone(ride, lambda _, own=own: own)  # type: ignore[misc]
            for ride, own in zip(rides, metres, strict=True)
        ]
        bill = price.joined(alone, [ride.departure for ride in rides])
        if bill is not None:
            n_joined += len(rides)
            assert bill == price.bill(rides, metres.__getitem__, BASE)
    assert (n_joined > 0) == ("timeframes.txt" not in told)


def test_a_fare_in_another_currency_is_not_added(timetable: Timetable) -> None:
    bill = fares(timetable, currency="USD").bill(RIDES[:1], never)
    assert (bill.tickets, bill.is_whole) == ((), False)


def test_money_is_written_as_a_decimal_text() -> None:
    assert money(1230, "JPY") == {"amount": "1230", "currency": "JPY"}
    assert money(150, "USD") == {"amount": "1.50", "currency": "USD"}


def test_no_ride_costs_nothing(timetable: Timetable) -> None:
    bill = fares(timetable, BANDS).bill([], never)
    assert (bill.amount, bill.is_whole) == (0, True)
