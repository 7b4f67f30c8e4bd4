"""Prices of rides. The story's stops A, B, C lie in zones z1, z2, z3; its line is L."""

import random
import tempfile
from collections import defaultdict
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtfs.fares import Fares, Ride
from gtfs.money import Price, minor_units
from gtfs.read import open_feed
from gtfs.timetable import Timetable, build_timetable
from tests.gtfs import oracle
from tests.gtfs.fares_oracle import Asked, SlowFares
from tests.gtfs.feeds import STORY, feed_of, timetable_of, write_feed

FARES = "fare_id,price,currency_type,payment_method,transfers,transfer_duration,agency_id\n"
RULES = "fare_id,route_id,origin_id,destination_id,contains_id\n"
A, B, C = range(3)
L, M = range(2)
TWO_LINES = """
    route_id,route_short_name,route_type,agency_id
    L,1,3,a
    M,2,3,b
"""


def fares_of(folder: Path, fares: str, rules: str = "", **files: str) -> Fares:
    texts: dict[str, str | bytes | None] = {
        "fare_attributes.txt": FARES + fares,
        "fare_rules.txt": RULES + rules,
        "routes.txt": TWO_LINES,
        **{name.replace("_txt", ".txt"): text for name, text in files.items()},
    }
    return Fares(timetable_of(folder, texts).fares)


def yen(amount: int) -> Price:
    return Price(amount, "JPY")


def test_a_zone_fare_holds_from_zone_to_zone(tmp_path: Path) -> None:
    fares = fares_of(tmp_path, "x,210,JPY,0,0\ny,260,JPY,0,0\n", "x,,z1,z2\ny,,z1,z3\n")
    assert fares.price(L, A, B) == yen(210)
    assert fares.price(M, A, C) == yen(260)
    assert fares.price(L, B, A) is None


def test_a_rule_of_a_line_holds_for_that_line(tmp_path: Path) -> None:
    fares = fares_of(tmp_path, "x,210,JPY,0,0\ny,100,JPY,0,0\n", "x,L,,\ny,M,,z3\n")
    assert fares.price(L, A, B) == yen(210)
    assert fares.price(M, A, C) == yen(100)
    assert fares.price(M, A, B) is None


def test_of_several_fares_the_cheapest_is_paid(tmp_path: Path) -> None:
    rules = "x,L,z1,z2\ny,,z1,\nz,,,z2\n"
    fares = fares_of(tmp_path, "x,210,JPY,0,0\ny,180,JPY,0,0\nz,190,JPY,0,0\n", rules)
    assert fares.price(L, A, B) == yen(180)
    assert fares.price(L, C, B) == yen(190)


def test_rules_of_a_key_begin_with_the_cheapest(tmp_path: Path) -> None:
    texts = {
        "fare_attributes.txt": FARES + "x,210,JPY,0,0\ny,180,JPY,0,0\nz,190,JPY,0,0\n",
        "fare_rules.txt": RULES + "x,,z1,z2\ny,,z1,z2\nz,,z1,z2\n",
    }
    tables = timetable_of(tmp_path, texts).fares
    assert tables.price[tables.fare_of_rule].tolist() == [180, 190, 210]


def test_a_single_fare_without_rules_holds_everywhere(tmp_path: Path) -> None:
    fares = fares_of(tmp_path, "x,2.5,USD,0,0\n")
    assert fares.price(M, C, A) == Price(250, "USD")


def test_fares_without_rules_that_differ_in_price_only_are_not_guessed(tmp_path: Path) -> None:
    texts = {"fare_attributes.txt": FARES + "adult,200,JPY,0,0\nchild,100,JPY,0,0\n"}
    feed = feed_of(tmp_path, texts)
    fares = Fares(build_timetable([feed], "Asia/Tokyo").fares)
    assert fares.price(L, A, B) is None
    assert feed.notices.counts == {"ambiguous_fare": 2}


def test_a_fare_without_rules_beside_others_is_not_used(tmp_path: Path) -> None:
    texts = {
        "fare_attributes.txt": FARES + "x,200,JPY,0,0\npass,10,JPY,0,0\n",
        "fare_rules.txt": RULES + "x,,z1,z2\n",
    }
    feed = feed_of(tmp_path, texts)
    fares = Fares(build_timetable([feed], "Asia/Tokyo").fares)
    assert fares.price(L, A, B) == yen(200)
    assert fares.price(L, B, C) is None
    assert feed.notices.counts == {"fare_without_rule": 1}


def test_a_fare_of_an_agency_holds_for_its_lines(tmp_path: Path) -> None:
    agencies = """
        agency_id,agency_name,agency_timezone
        a,North,Asia/Tokyo
        b,South,Asia/Tokyo
    """
    fares = fares_of(
        tmp_path,
        "x,210,JPY,0,0,,a\ny,230,JPY,0,0,,b\n",
        "x,,z1,z2\ny,,z1,z2\n",
        agency_txt=agencies,
    )
    assert fares.price(L, A, B) == yen(210)
    assert fares.price(M, A, B) == yen(230)


def test_zones_passed_must_be_exactly_those_of_the_rules(tmp_path: Path) -> None:
    rules = "x,,,,z1\nx,,,,z2\ny,,,,z1\ny,,,,z2\ny,,,,z3\n"
    fares = fares_of(tmp_path, "x,210,JPY,0,0\ny,260,JPY,0,0\n", rules)
    assert fares.price(L, A, B) == yen(210)
    assert fares.price(L, A, B, passed=[C]) == yen(260)
    assert fares.price(L, A, C, passed=[B]) == yen(260)
    assert fares.price(L, A, C) is None


def test_a_stop_without_a_zone_has_that_of_its_station_or_its_own_id(tmp_path: Path) -> None:
    stops = """
        stop_id,stop_name,stop_lat,stop_lon,zone_id,location_type,parent_station
        S,s,43,141,z1,1,
        A,a,43,141,,0,S
        B,b,43,141,,0,
        C,c,43,141,,0,
    """
    fares = fares_of(tmp_path, "x,210,JPY,0,0\n", "x,,z1,B\n", stops_txt=stops)
    assert fares.price(L, 1, 2) == yen(210)


def test_a_ticket_includes_changes_as_often_and_as_long_as_it_says(tmp_path: Path) -> None:
    fares = fares_of(tmp_path, "x,200,JPY,0,1,3600\n")
    rides = [Ride(L, A, B, 0), Ride(M, B, C, 3600), Ride(L, C, A, 3700)]
    tickets = fares.price_legs(rides)
    assert tickets is not None
    assert [ticket.rides for ticket in tickets] in ([(0,), (1, 2)], [(0, 1), (2,)])
    assert sum(ticket.price.amount for ticket in tickets) == 400
    late = fares.price_legs([Ride(L, A, B, 0), Ride(M, B, C, 3601)])
    assert late is not None
    assert [ticket.rides for ticket in late] == [(0,), (1,)]


def test_rides_are_priced_one_by_one_where_no_ticket_includes_a_change(tmp_path: Path) -> None:
    fares = fares_of(tmp_path, "x,200,JPY,0,0\n", "x,,z1,z2\n")
    assert fares.sells_singles_only
    assert fares.single(Ride(L, A, B, 0)) == ("f:x", yen(200))
    assert fares.single(Ride(L, B, A, 0)) is None
    assert not fares_of(tmp_path, "x,200,JPY,0,1\n").sells_singles_only


def test_an_unpriced_ride_leaves_the_whole_without_a_price(tmp_path: Path) -> None:
    fares = fares_of(tmp_path, "x,200,JPY,0,\n", "x,,z1,z2\n")
    assert fares.price_legs([Ride(L, A, B, 0), Ride(L, B, A, 600)]) is None
    assert fares.price_legs([]) == ()


def test_rides_of_different_feeds_need_different_tickets(tmp_path: Path) -> None:
    texts = {"fare_attributes.txt": FARES + "x,200,JPY,0,\n"}
    feeds = [feed_of(tmp_path, texts, feed_id) for feed_id in ("f", "g")]
    fares = Fares(build_timetable(feeds, "Asia/Tokyo").fares)
    tickets = fares.price_legs([Ride(0, 0, 1, 0), Ride(1, 4, 5, 60), Ride(0, 1, 2, 90)])
    assert tickets is not None
    assert [(ticket.fare_id, ticket.rides) for ticket in tickets] == [
        ("f:x", (0, 2)),
        ("g:x", (1,)),
    ]


def test_rules_for_what_is_unknown_are_noticed(tmp_path: Path) -> None:
    texts = {
        "fare_attributes.txt": FARES + "x,200,JPY,0,\n",
        "fare_rules.txt": RULES + "x,,z1,z9\nx,Q,,\nq,,,\nx,,z1,z2\n",
    }
    feed = feed_of(tmp_path, texts)
    fares = Fares(build_timetable([feed], "Asia/Tokyo").fares)
    assert feed.notices.counts == {"unknown_zone": 1, "unknown_line": 1, "unknown_fare": 1}
    assert fares.price(L, A, B) == yen(200)
    assert fares.price(L, B, C) is None


@pytest.mark.parametrize("price", ["free", "-1", "", "inf", "nan", "1e99"])
def test_what_is_no_price_costs_its_fare(price: str, tmp_path: Path) -> None:
    fares = f"fare_id,price,currency_type,payment_method,transfers\nx,{price},JPY,0,0\n"
    feed = feed_of(tmp_path, {"fare_attributes.txt": fares})
    assert len(build_timetable([feed], "Asia/Tokyo").fares.id) == 0
    (notice,) = feed.notices
    assert str(notice).startswith(f"feed 'f': fare_attributes.txt, row 2, price '{price}': no am")


def test_amounts_are_minor_units() -> None:
    assert minor_units("210", "JPY") == 210
    assert minor_units("4.2500", "USD") == 425
    assert minor_units("0.005", "EUR") == 1
    assert minor_units("1.234", "KWD") == 1234


# random feeds -----------------------------------------------------------------------------------

# S is a station of zone z3 with the platform C; D has no zone and is one of its own
PLACES = "stop_id,stop_name,stop_lat,stop_lon,zone_id,location_type,parent_station\n" + "".join(
    f"{stop},{stop},43,141,{zone},{int(stop == 'S')},{above}\n"
    for stop, zone, above in (("A", "z1", ""), ("B", "z2", ""), ("C", "", "S"), ("D", "", ""),
                              ("S", "z3", ""))
)  # fmt: skip
STOPS = "ABCD"
IC_FARES = FARES.strip() + ",ic_price\n"
zones = st.sampled_from(("",) * 5 + ("z1", "z2", "z3", "D"))
rule_rows = st.tuples(
    st.sampled_from(("f0", "f0", "f1", "f1", "f2", "f3")),
    st.sampled_from(("", "", "L", "M", "N")),
    zones,
    zones,
    st.sampled_from(("",) * 8 + ("z1", "z2", "z3", "D", "z9")),
)
# pairs of rules that differ in the zones passed only, so that sets of several zones are drawn
rule_groups = rule_rows.flatmap(
    lambda row: (
        st.just([row])
        | st.sampled_from((("z1", "z2"), ("z2", "z3"), ("z1", "z2", "z3"), ("z1", "D"))).map(
            lambda passed: [(*row[:4], zone) for zone in passed]
        )
    )
)
fare_rows = st.tuples(
    st.integers(1, 9),
    st.sampled_from(("", "", "0", "1", "2")),
    st.sampled_from(("", "", "300", "600")),
    st.sampled_from(("", "", "a", "b")),
    st.sampled_from(("", "1", "5")),
)


@st.composite
def priced(draw: st.DrawFn) -> dict[str, str]:
    """Files of a feed with four fares; L is of agency a, M of b or of none said, N of b."""
    fares = draw(st.lists(fare_rows, min_size=4, max_size=4))
    groups = draw(st.just([]) | st.lists(rule_groups, min_size=1, max_size=10))
    agencies, of_m = draw(st.sampled_from((("ab", "b"), ("ab", ""), ("a", ""))))
    return {
        "agency.txt": "agency_id,agency_name,agency_timezone\n"
        + "".join(f"{agency},{agency},Asia/Tokyo\n" for agency in agencies),
        "stops.txt": PLACES,
        "routes.txt": f"route_id,route_type,agency_id\nL,3,a\nM,3,{of_m}\nN,3,b\n",
        "fare_attributes.txt": IC_FARES
        + "".join(f"f{k},{p},JPY,0,{t},{d},{a},{ic}\n" for k, (p, t, d, a, ic) in enumerate(fares)),
        "fare_rules.txt": RULES + "".join(",".join(row) + "\n" for rows in groups for row in rows),
    }


def rides_of(draw: random.Random) -> list[tuple[int, Asked]]:
    """One to four rides, each of one of two feeds, by departure."""
    leaves = sorted(draw.choices(range(0, 1000, 100), k=draw.randint(1, 4)))
    drawn = []
    for departure in leaves:
        board, alight = draw.choices(STOPS, k=2)
        passed = tuple(draw.choices(STOPS, k=draw.choice((0, 0, 1, 2))))
        ride = Asked(draw.choice("LLMMN"), board, alight, passed, departure)
        drawn.append((draw.choice((0, 0, 0, 1)), ride))
    return drawn


@given(feeds=st.tuples(priced(), priced()), by_ic=st.booleans(), seed=st.integers(0, 10_000))
def test_prices_equal_those_of_trying_everything(
    feeds: tuple[dict[str, str], dict[str, str]], by_ic: bool, seed: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = [write_feed(Path(folder) / f"f{k}.zip", {**feed}) for k, feed in enumerate(feeds)]
        opened = [open_feed(path, path.stem) for path in paths]
        timetable = build_timetable(opened, "Asia/Tokyo")
        slow = [SlowFares(path, by_ic=by_ic) for path in paths]
    lines, stops = (list(table.id) for table in (timetable.lines, timetable.stops))
    fast, draw = Fares(timetable.fares, by_ic=by_ic), random.Random(seed)
    for _ in range(40):
        drawn = rides_of(draw)
        of_feed = [[ride for number, ride in drawn if number == k] for k in range(2)]
        prices = [
            fares.price(rides) if rides else 0 for fares, rides in zip(slow, of_feed, strict=True)
        ]
        expected = None if None in prices else sum(price or 0 for price in prices)
        asked = [
            Ride(
                lines.index(f"f{k}:{ride.line}"),
                stops.index(f"f{k}:{ride.board}"),
                stops.index(f"f{k}:{ride.alight}"),
                ride.departure,
                tuple(stops.index(f"f{k}:{stop}") for stop in ride.passed),
            )
            for k, ride in drawn
        ]  # fmt: skip
        tickets = fast.price_legs(asked)
        assert (None if tickets is None else sum(one.price.amount for one in tickets)) == expected
        covered = [place for ticket in tickets or () for place in ticket.rides]
        assert sorted(covered) == ([] if tickets is None else list(range(len(asked))))
        if len(asked) == 1:
            price = fast.price(*asked[0][:3], asked[0].passed)
            assert (None if price is None else price.amount) == expected
        singles = [fast.single(ride) for ride in asked]
        if len(asked) == 1 or fast.sells_singles_only:
            assert (None in singles) == (tickets is None)
            assert tickets is None or singles == [(one.fare_id, one.price) for one in tickets]


@pytest.mark.parametrize(
    "name", ["takushoku_bus_2019", "tokachi_bus_2019", "furano_bus_2026", "hakodate_tram"]
)
def test_sampled_rules_of_real_feeds_come_back_as_prices(
    name: str, outside_data: Path, tmp_path: Path
) -> None:
    path = outside_data / "gtfs/hokkaido" / f"{name}.zip"
    build_timetable([open_feed(path, "f")], "Asia/Tokyo").save(tmp_path)
    timetable = Timetable.open(tmp_path)
    fares = Fares(timetable.fares)
    price = {r["fare_id"]: r["price"] for r in oracle.rows_of(path, "fare_attributes.txt")}
    rules = oracle.rows_of(path, "fare_rules.txt")
    by_ends: defaultdict[tuple[str, str], list[oracle.Row]] = defaultdict(list)
    for row in rules:
        by_ends[row["origin_id"], row["destination_id"]].append(row)
    zone_id = timetable.stops.zone[:]
    line_id = timetable.lines.id[:]
    draw = random.Random(name)
    for rule in draw.sample([r for r in rules if r["origin_id"] in zone_id], 200):
        board, alight = (zone_id.index(rule[name]) for name in ("origin_id", "destination_id"))
        asked = rule.get("route_id", "")
        line = line_id.index(f"f:{asked}") if asked else draw.randrange(len(line_id))
        route_id = line_id[line].removeprefix("f:")
        cheapest = min(
            int(price[other["fare_id"]])
            for ends in product(("", rule["origin_id"]), ("", rule["destination_id"]))
            for other in by_ends[ends]
            if other.get("route_id", "") in {"", route_id}
        )
        assert fares.price(line, board, alight) == Price(cheapest, "JPY")


def test_the_story_has_no_fares(tmp_path: Path) -> None:
    assert "fare_rules.txt" not in STORY
    assert Fares(timetable_of(tmp_path).fares).price(L, A, B) is None
