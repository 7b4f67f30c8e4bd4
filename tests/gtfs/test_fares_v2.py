"""GTFS Fares v2: stories with prices reckoned by hand, and a search through all ways to pay."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gtfs.clock import base_instant
from gtfs.fares import Fares, Ride
from gtfs.fares_v2 import Buyer, FaresV2, Purchase, riders_of
from gtfs.read import open_feed
from gtfs.timetable import Timetable, build_timetable
from routing.layout import NONE
from tests.gtfs.fares_v2_oracle import Asked, SlowFaresV2
from tests.gtfs.feeds import feed_of, timetable_of

ZONE = "Asia/Tokyo"
DAY = date(2026, 7, 1)  # a Wednesday
BASE = base_instant(DAY, ZONE)
LINES = """
    route_id,agency_id,route_short_name,route_type,network_id
    L,a,1,3,bus
    M,a,2,3,bus
    T,a,3,2,train
"""
STATIONS = """
    stop_id,stop_name,stop_lat,stop_lon,parent_station,location_type
    A,北駅,43.00,141.00,,
    B,中町,43.01,141.00,S,
    C,南口,43.02,141.00,,
    S,中町駅,43.01,141.00,,1
    B2,中町,43.01,141.00,S,
"""
PRODUCTS = """
    fare_product_id,fare_product_name,amount,currency
    bus,Bus,200,JPY
    train,Train,500,JPY
    change,Change to the train,350,JPY
    off,Discount,-120,JPY
    both,Bus and train,600,JPY
"""
RULES = """
    leg_group_id,network_id,fare_product_id
    bus,bus,bus
    train,train,train
"""
TRANSFER = "from_leg_group_id,to_leg_group_id,transfer_count,duration_limit,duration_limit_type,"
TRANSFER += "fare_transfer_type,fare_product_id\n"
L, M, T = 0, 1, 2
A, B, C = 0, 1, 2


def files(transfers: str = "", **more: str) -> dict[str, str]:
    told = {
        "routes.txt": LINES,
        "stops.txt": STATIONS,
        "fare_products.txt": PRODUCTS,
        "fare_leg_rules.txt": RULES,
        "fare_transfer_rules.txt": TRANSFER + transfers,
    }
    return told | {f"{name}.txt": text for name, text in more.items()}


def fares(folder: Path, transfers: str = "", **more: str) -> FaresV2:
    return FaresV2(timetable_of(folder, {**files(transfers, **more)}), "JPY")


def ride(line: int, minute: int, board: int = A, alight: int = B, length: int = 10) -> Ride:
    """A ride that leaves so many minutes after eight."""
    departure = 8 * 3600 + minute * 60
    return Ride(line, board, alight, departure, (), departure + length * 60)


def bought(fares: FaresV2, *rides: Ride, buyer: Buyer = Buyer(NONE, NONE)) -> list[Any]:  # noqa: B008
    """Amounts and rides of what is bought."""
    purchases = fares.purchases(rides, range(len(rides)), BASE, buyer)
    return [] if purchases is None else [(one.amount, one.rides) for one in purchases]


def cost(fares: FaresV2, *rides: Ride) -> int:
    purchases = fares.purchases(rides, range(len(rides)), BASE, Buyer(NONE, NONE))
    assert purchases is not None
    return sum(one.amount for one in purchases)


def test_without_transfer_rules_every_leg_is_paid(tmp_path: Path) -> None:
    found = fares(tmp_path).purchases([ride(L, 0), ride(T, 20)], (0, 1), BASE, Buyer(NONE, NONE))
    assert found == (Purchase(0, 200, (0,)), Purchase(1, 500, (1,)))


def test_a_free_transfer_lasts_for_its_time(tmp_path: Path) -> None:
    price = fares(tmp_path, "bus,bus,-1,5400,1,0,\n")
    assert bought(price, ride(L, 0), ride(M, 90)) == [(200, (0,)), (0, (1,))]
    assert cost(price, ride(L, 0), ride(M, 91)) == 400
    # the time counts from the first of three rides, not from the second
    assert cost(price, ride(L, 0), ride(M, 60), ride(L, 90)) == 200
    assert cost(price, ride(L, 0), ride(M, 60), ride(L, 91)) == 400


@pytest.mark.parametrize(
    ("kind", "longest"),
    [(0, 50), (1, 60), (2, 70), (3, 60)],  # rides of ten minutes: by departures, arrivals
)
def test_the_time_of_a_transfer_is_measured_as_the_rule_says(
    kind: int, longest: int, tmp_path: Path
) -> None:
    price = fares(tmp_path, f"bus,bus,-1,3600,{kind},0,\n")
    assert cost(price, ride(L, 0), ride(M, longest)) == 200
    assert cost(price, ride(L, 0), ride(M, longest + 1)) == 400


def test_so_many_transfers_in_a_row_are_free(tmp_path: Path) -> None:
    price = fares(tmp_path, "bus,bus,2,,,0,\n")
    assert [cost(price, *(ride(L, 20 * k) for k in range(n))) for n in range(1, 8)] == [
        200, 200, 200, 400, 400, 400, 600,
    ]  # fmt: skip


def test_of_rules_that_differ_in_count_the_nearest_holds(tmp_path: Path) -> None:
    # the first transfer is free, the second costs as much as the train's change
    price = fares(tmp_path, "bus,bus,1,,,0,\nbus,bus,2,,,0,change\n")
    assert cost(price, ride(L, 0), ride(M, 20)) == 200
    assert cost(price, ride(L, 0), ride(M, 20), ride(L, 40)) == 200 + 350


@pytest.mark.parametrize(
    ("rule", "amounts"),
    [
        ("bus,train,,,,0,change", [(200, (0,)), (350, (1,))]),  # A + AB
        ("bus,train,,,,1,off", [(200, (0,)), (-120, (1,)), (500, (1,))]),  # A + AB + B
        ("bus,train,,,,2,both", [(600, (0, 1))]),  # AB
    ],
)
def test_the_three_ways_to_price_a_transfer(
    rule: str, amounts: list[tuple[int, tuple[int, ...]]], tmp_path: Path
) -> None:
    price = fares(tmp_path, rule + "\n")
    assert bought(price, ride(L, 0), ride(T, 20)) == amounts
    assert cost(price, ride(T, 0), ride(L, 20)) == 700  # a rule has one direction


def test_transfers_in_a_chain_add_to_what_was_paid(tmp_path: Path) -> None:
    rules = "bus,train,,,,2,both\ntrain,bus,,,,0,\n"
    price = fares(tmp_path, rules)
    assert bought(price, ride(L, 0), ride(T, 20), ride(M, 40)) == [(600, (0, 1)), (0, (2,))]
    # bus → train after another transfer adds to what was paid: S + BC
    assert cost(price, ride(T, 0), ride(L, 20), ride(T, 40)) == 500 + 0 + 600


def test_empty_groups_stand_for_those_that_no_rule_names(tmp_path: Path) -> None:
    price = fares(tmp_path, ",train,,,,0,change\n")
    assert cost(price, ride(L, 0), ride(T, 20)) == 550
    price = fares(tmp_path, ",train,,,,0,change\nbus,bus,-1,,,0,\n")
    assert cost(price, ride(L, 0), ride(T, 20)) == 700  # `bus` is named now


ZONES = """
    area_id,stop_id
    north,A
    town,S
    south,C
"""
BY_AREA = """
    network_id,from_area_id,to_area_id,fare_product_id
    bus,north,town,bus
    bus,,,train
"""


def test_areas_of_stations_hold_for_their_platforms(tmp_path: Path) -> None:
    price = fares(tmp_path, stop_areas=ZONES, fare_leg_rules=BY_AREA)
    assert cost(price, ride(L, 0, A, B)) == 200


def test_an_empty_field_stands_for_what_no_rule_names_unless_rules_have_an_order(
    tmp_path: Path,
) -> None:
    # from the south to the town: `town` is named by a rule, so the empty field does not mean it
    price = fares(tmp_path, stop_areas=ZONES, fare_leg_rules=BY_AREA)
    assert bought(price, ride(L, 0, C, B)) == []
    assert cost(price, ride(L, 0, C, C)) == 500
    ordered = """
        network_id,from_area_id,to_area_id,fare_product_id,rule_priority
        bus,north,town,bus,1
        bus,,,train,
    """
    price = fares(tmp_path, stop_areas=ZONES, fare_leg_rules=ordered)
    assert cost(price, ride(L, 0, C, B)) == 500
    assert cost(price, ride(L, 0, A, B)) == 200  # the higher one alone, not the cheaper one
    dearer = ordered.replace("town,bus,1", "town,both,1")
    price = fares(tmp_path, stop_areas=ZONES, fare_leg_rules=dearer)
    assert cost(price, ride(L, 0, A, B)) == 600


def test_what_no_rule_matches_has_no_price(tmp_path: Path) -> None:
    price = fares(tmp_path, fare_leg_rules="network_id,fare_product_id\nbus,bus\n")
    assert bought(price, ride(T, 0)) == []
    assert bought(price, ride(L, 0), ride(T, 20)) == []


PEAK = """
    timeframe_group_id,start_time,end_time,service_id
    peak,07:00:00,09:00:00,daily
    rest,,07:00:00,daily
    rest,09:00:00,,daily
"""
BY_TIME = """
    network_id,from_timeframe_group_id,to_timeframe_group_id,fare_product_id
    bus,peak,,train
    bus,rest,,bus
"""


def test_the_clock_decides_and_the_end_of_a_timeframe_is_not_in_it(tmp_path: Path) -> None:
    price = fares(tmp_path, timeframes=PEAK, fare_leg_rules=BY_TIME)
    assert [cost(price, ride(L, m)) for m in (-61, -60, 59, 60)] == [200, 500, 500, 200]
    by_end = BY_TIME.replace("peak,,", ",peak,").replace("rest,,", ",rest,")
    price = fares(tmp_path, timeframes=PEAK, fare_leg_rules=by_end)
    assert [cost(price, ride(L, m)) for m in (-71, -70, 49, 50)] == [200, 500, 500, 200]


def test_past_midnight_the_date_on_the_clock_counts(tmp_path: Path) -> None:
    days = "service_id,date,exception_type\nfestival,20260702,1\n"
    frames = "timeframe_group_id,start_time,end_time,service_id\npeak,,,festival\nrest,,,daily\n"
    rules = BY_TIME.replace("bus,rest", "train,rest")
    told = {"calendar_dates": days, "timeframes": frames, "fare_leg_rules": rules}
    price = fares(tmp_path, **told)
    assert bought(price, ride(L, 900)) == []  # 23:00 of the day before
    assert cost(price, ride(L, 990)) == 500  # 24:30, a trip of the day before


def test_joined_rides_are_one_leg(tmp_path: Path) -> None:
    join = "from_network_id,to_network_id,from_stop_id,to_stop_id\nbus,bus,,\n"
    price = fares(tmp_path, fare_leg_join_rules=join)
    assert bought(price, ride(L, 0, A, B), ride(M, 20, B, C)) == [(200, (0, 1))]
    assert bought(price, ride(L, 0, A, B), ride(M, 20, 4, C)) == [(200, (0, 1))]  # platform B2
    assert cost(price, ride(L, 0, A, B), ride(M, 20, C, A)) == 400  # another station
    assert cost(price, ride(L, 0, A, B), ride(M, 20, B, C), ride(L, 40, C, A)) == 200
    assert cost(price, ride(L, 0), ride(T, 20)) == 700  # another network
    named = "from_network_id,to_network_id,from_stop_id,to_stop_id\nbus,bus,S,C\n"
    price = fares(tmp_path, fare_leg_join_rules=named)
    assert cost(price, ride(L, 0, A, B), ride(M, 20, C, A)) == 200
    assert cost(price, ride(L, 0, A, B), ride(M, 20, B, C)) == 400


RIDERS = """
    rider_category_id,rider_category_name,is_default_fare_category
    adult,大人,1
    child,小児,0
"""
ENGLISH = """
    table_name,field_name,language,translation,record_id
    rider_categories,rider_category_name,en,Grown-up,adult
    fare_products,fare_product_name,en,Bus ticket,bus
"""
MEDIA = """
    fare_media_id,fare_media_name,fare_media_type
    cash,Cash,0
    card,Card,2
"""
FOR_WHOM = """
    fare_product_id,rider_category_id,fare_media_id,amount,currency
    bus,adult,cash,200,JPY
    bus,adult,card,190,JPY
    bus,child,,100,JPY
    train,,,500,JPY
    train,,,5.00,USD
"""


def test_riders_and_media_have_prices_of_their_own(tmp_path: Path) -> None:
    told = {"rider_categories": RIDERS, "fare_media": MEDIA, "fare_products": FOR_WHOM}
    price = fares(tmp_path, **told)
    found = {
        (rider, medium): bought(price, ride(L, 0), buyer=Buyer(rider, medium))
        for rider in (NONE, 0, 1)
        for medium in (NONE, 0, 1)
    }
    assert {key: rows[0][0] if rows else None for key, rows in found.items()} == {
        (NONE, NONE): None, (NONE, 0): None, (NONE, 1): None,
        (0, NONE): 190, (0, 0): 200, (0, 1): 190,
        (1, NONE): 100, (1, 0): 100, (1, 1): 100,
    }  # fmt: skip
    assert bought(price, ride(T, 0), buyer=Buyer(1, 1)) == [(500, (0,))]
    folder = tmp_path / "again"
    folder.mkdir()
    timetable = timetable_of(folder, {**files(**told), "translations.txt": ENGLISH})
    assert [row[1:] for row in riders_of(timetable, 0)] == [
        ("adult", "大人", "Grown-up", True),
        ("child", "小児", "", False),
    ]
    timetable.save(folder)
    assert [row[1] for row in riders_of(Timetable.open(folder), 0)] == ["adult", "child"]


def test_rows_that_name_what_is_unknown_are_noticed(tmp_path: Path) -> None:
    told = files(
        "bus,ferry,,,,0,\nbus,train,,,,0,nothing\n",
        fare_leg_rules=RULES + "x,boat,bus\ny,bus,nothing\n",
        fare_products="fare_product_id,rider_category_id,amount,currency\n"
        "bus,,200,JPY\nbus,nobody,100,JPY\ntrain,,500,JPY\n",
    )
    feed = feed_of(tmp_path, {**told})
    build_timetable([feed], ZONE)
    assert feed.notices.counts == {
        "unknown_rider_category": 1,
        "unknown_network": 1,
        "unknown_fare_product": 2,
        "unknown_leg_group": 1,
    }


@pytest.mark.parametrize("amount", ["free", "", "nan"])
def test_a_product_without_a_readable_amount_is_not_for_sale(amount: str, tmp_path: Path) -> None:
    told = files(fare_products=PRODUCTS.replace("200", amount))
    feed = feed_of(tmp_path, {**told})
    price = FaresV2(build_timetable([feed], ZONE), "JPY")
    assert bought(price, ride(L, 0)) == []
    assert cost(price, ride(T, 0)) == 500
    assert "fare_products.txt, row 2, amount" in str(feed.notices.kept[0])


def test_feeds_keep_their_own_rules(tmp_path: Path) -> None:
    dear = files("bus,bus,-1,,,0,\n", fare_products=PRODUCTS.replace("200", "900"))
    feeds = [feed_of(tmp_path, {}, "plain"), feed_of(tmp_path, {**files()}, "f")]
    feeds.append(feed_of(tmp_path, {**dear}, "g"))
    price = FaresV2(build_timetable(feeds, ZONE), "JPY")
    assert price.feeds == {1, 2}
    first = 1  # lines of `f` begin here, stops at 3
    two = [ride(first, 0, 3, 4), ride(first + 1, 20, 4, 5)]
    assert cost(price, *two) == 400
    assert cost(price, ride(first + 3, 0, 8, 9), ride(first + 4, 20, 9, 10)) == 900


def test_ic_cards_of_gtfs_jp_pay_less(tmp_path: Path) -> None:
    told = {
        "fare_attributes.txt": "fare_id,price,currency_type,payment_method,transfers,ic_price\n"
        "x,210,JPY,0,0,206\ny,300,JPY,0,0,\n",
        "fare_rules.txt": "fare_id,route_id,origin_id,destination_id\nx,,z1,z2\ny,,z1,z3\n",
    }
    tables = timetable_of(tmp_path, {**told}).fares
    cash, ic = Fares(tables), Fares(tables, by_ic=True)
    found = [fare.price(L, A, to) for fare in (cash, ic) for to in (B, C)]
    assert [price and price.amount for price in found] == [210, 300, 206, 300]


def real(outside_data: Path, name: str, zone: str) -> tuple[Path, Timetable]:
    path = outside_data / "gtfs/special" / f"{name}.zip"
    return path, build_timetable([open_feed(path, "f")], zone)


def test_transfers_of_c_tran_cost_what_its_rules_say(outside_data: Path) -> None:
    """Vancouver (Washington): 2.5 hours on local buses, an upgrade to regional ones."""
    path, timetable = real(outside_data, "oba_ctran-fares-v2", "America/Los_Angeles")
    lines, tables = timetable.lines, timetable.fares_v2
    of_network = {
        int(tables.network_of_line[k]): k for k in range(len(lines.id) - 1, -1, -1)
    }  # one line of each
    names = SlowFaresV2(path, "America/Los_Angeles", "ADULT", "0")
    line = {names.network[lines.id[k].removeprefix("f:")]: k for k in of_network.values()}
    column = timetable.services.runs.sum(axis=0).argmax()
    day = timetable.first_date + timedelta(days=int(column))
    base = base_instant(day, "America/Los_Angeles")
    price = FaresV2(timetable, "USD")
    riders = {row[1]: row[0] for row in riders_of(timetable, 0)}

    def total(rider: str, *legs: tuple[str, int]) -> int | None:
        rides = [Ride(line[n], 0, 1, 7 * 3600 + 60 * m, (), 7 * 3600 + 60 * m + 600)
                 for n, m in legs]  # fmt: skip
        found = price.purchases(rides, range(len(rides)), base, Buyer(riders[rider], 0))
        slow = SlowFaresV2(path, "America/Los_Angeles", rider, "0", "USD")
        at = datetime.combine(day, datetime.min.time(), ZoneInfo("America/Los_Angeles"))
        first = timetable.stops.id[0].removeprefix("f:"), timetable.stops.id[1].removeprefix("f:")
        expected = slow.price([
            Asked(lines.id[r.line].removeprefix("f:"), *first,
                  at + timedelta(seconds=r.departure), at + timedelta(seconds=r.arrival))
            for r in rides
        ])  # fmt: skip
        amount = None if found is None else sum(one.amount for one in found)
        assert amount == (None if expected is None else expected * 100)
        return amount

    assert total("ADULT", ("LOCAL", 0)) == 125
    assert total("ADULT", ("LOCAL", 0), ("LOCAL", 60), ("LOCAL", 110)) == 125
    assert total("HONORED_CITIZEN", ("LOCAL", 0), ("LOCAL", 60)) == 60
    assert total("YOUTH", ("LOCAL", 0)) == 0
    single = total("ADULT", ("REGIONAL", 0))
    upgraded = total("ADULT", ("LOCAL", 0), ("REGIONAL", 60))
    assert single is not None
    assert upgraded is not None
    assert 125 < upgraded < 125 + single
    assert total("ADULT", ("REGIONAL", 0), ("LOCAL", 60)) == single


def test_priorities_of_sandy_choose_one_product(outside_data: Path) -> None:
    path, timetable = real(outside_data, "oba_sandy-flex-fares-v2", "America/Los_Angeles")
    price = FaresV2(timetable, "USD")
    networks = SlowFaresV2(path, "America/Los_Angeles", "ADULT", None).network
    of_network = {
        networks.get(line_id.removeprefix("f:"), ""): line
        for line, line_id in enumerate(timetable.lines.id)
    }
    found = {}
    for network in ("86", "188"):
        rides = [Ride(of_network[network], 0, 1, 0, (), 60)]
        purchases = price.purchases(rides, [0], BASE, Buyer(NONE, NONE))
        assert purchases is not None
        found[network] = [one.amount for one in purchases]
    assert found == {"86": [100], "188": [0]}  # of 188's two rules the one of priority 3


def test_the_day_pass_is_what_maryland_sells(outside_data: Path) -> None:
    _, timetable = real(outside_data, "oba_mdot-metro-fares-v2", "America/New_York")
    price = FaresV2(timetable, "USD")
    riders = {row[1]: row[0] for row in riders_of(timetable, 0)}
    amounts = {}
    for rider in ("reg", "sen"):
        rides = [Ride(0, 0, 1, 0, (), 60), Ride(0, 1, 0, 1800, (), 1900)]
        purchases = price.purchases(rides, [0, 1], BASE, Buyer(riders[rider], NONE))
        amounts[rider] = purchases and [one.amount for one in purchases]
    assert amounts == {"reg": [460, 0], "sen": [230, 0]}
