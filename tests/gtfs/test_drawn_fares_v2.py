"""Prices by GTFS Fares v2 of drawn feeds, against trying every way to pay."""

import random
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from gtfs.fares import Ride
from gtfs.fares_v2 import Buyer, FaresV2
from gtfs.read import open_feed
from gtfs.timetable import build_timetable
from routing.layout import NONE
from tests.gtfs.fares_v2_oracle import Asked, SlowFaresV2
from tests.gtfs.feeds import lines_of, write_feed
from tests.gtfs.test_fares_v2 import BASE, LINES, MEDIA, PEAK, RIDERS, TRANSFER, ZONE, files

networks = st.sampled_from(("", "bus", "train"))
areas = st.sampled_from(("",) * 6 + ("north", "town", "south"))
groups = st.sampled_from(("g", "g", "h", "h", ""))
products = st.sampled_from(("p", "q", "r", "s"))
frames = st.sampled_from(("", "", "peak", "rest"))
BASIC = (("g", "bus", "", "", "", "", "p"), ("h", "train", "", "", "", "", "q"))
price_rows = st.tuples(
    products,
    st.sampled_from(("", "adult", "child")),
    st.sampled_from(("", "cash", "card")),
    st.integers(-3, 9),
    st.sampled_from(("JPY", "JPY", "JPY", "USD")),
)
leg_rows = st.tuples(groups, networks, areas, areas, frames, frames, products)
transfer_rows = st.tuples(
    groups, groups, st.sampled_from(("", "-1", "1", "2")),
    st.sampled_from(("", "600", "1800", "5400")), st.sampled_from("0123"), st.sampled_from("012"),
    st.sampled_from(("", "p", "s")),
)  # fmt: skip
join_rows = st.tuples(
    networks, networks, st.sampled_from((("", ""), ("", ""), ("S", "S"), ("A", "C")))
).map(lambda row: (row[0], row[1], *row[2]))


DATES = """
    service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date
    daily,1,1,1,1,1,1,1,20260701,20260702
    eve,0,0,1,0,0,0,0,20260701,20260702
"""
frame_rows = st.tuples(
    st.sampled_from(("peak", "rest")),
    st.sampled_from(("", "07:10:00", "08:00:30")),
    st.sampled_from(("", "08:30:00", "12:00:00")),
    st.sampled_from(("daily", "eve")),
)
# a feed in another zone stands before the drawn one, so that rows of all tables are moved
OTHER = files(
    "bus,train,-1,3600,0,0,change\n",
    agency="agency_id,agency_name,agency_timezone\na,Elsewhere,America/New_York\n",
    rider_categories="rider_category_id,rider_category_name\nsenior,Senior\n",
    fare_media="fare_media_id,fare_media_name,fare_media_type\npaper,Paper,1\n",
    areas="area_id\nharbour\n",
    stop_areas="area_id,stop_id\nharbour,A\nharbour,C\n",
    timeframes="timeframe_group_id,start_time,end_time,service_id\nnight,00:00:00,06:00:00,daily\n",
    fare_leg_join_rules="from_network_id,to_network_id,from_stop_id,to_stop_id\nbus,bus,,\n",
)


def drawn(
    draw: random.Random, lines: list[str], stops: list[str]
) -> tuple[list[Ride], list[Asked]]:
    """Two to six rides, one after the other, in our terms and in those of the oracle.

    Many of them begin or end when a timeframe does.
    """
    midnight = datetime(2026, 7, 1, tzinfo=ZoneInfo(ZONE))
    step = draw.choice((30, 60, 300, 600))
    now = draw.choice((6, 7, 8, 11, draw.randrange(6, 24), 23)) * 3600 + draw.randrange(12) * 300
    ours, asked = [], []
    for _ in range(draw.randint(2, 6)):
        line, (board, alight) = draw.choice("LLMT"), draw.choices("ABCB", k=2)
        leaves = now + draw.randrange(1200 // step) * step
        now = leaves + max(draw.randrange(1200 // step), 1) * step
        on, off = (stops.index(f"f:{stop}") for stop in (board, alight))
        ours.append(Ride(lines.index(f"f:{line}"), on, off, leaves, (), now))
        times = (midnight + timedelta(seconds=t) for t in (leaves, now))
        asked.append(Asked(line, board, alight, *times))
    return ours, asked


def csv(header: str, rows: Sequence[Sequence[object]]) -> str:
    return "\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n"


@given(
    prices=st.lists(price_rows, min_size=4, max_size=8),
    rules=st.lists(leg_rows, max_size=4).map(lambda rows: [*BASIC, *rows]),
    priorities=st.none() | st.lists(st.sampled_from(("", "1", "2")), min_size=8, max_size=8),
    transfers=st.lists(transfer_rows, min_size=1, max_size=6),
    joins=st.lists(join_rows, max_size=2),
    of_stops=st.lists(
        st.tuples(st.sampled_from(("north", "town", "south")), st.sampled_from("ABCS")), max_size=3
    ),
    more_frames=st.lists(frame_rows, max_size=2),
    seed=st.integers(0, 10_000),
    buyer=st.tuples(st.sampled_from((NONE, 0, 1)), st.sampled_from((NONE, 0, 1))),
)
def test_prices_equal_those_of_trying_everything(
    prices: list[Any],
    rules: list[tuple[str, ...]],
    priorities: list[str] | None,
    transfers: list[tuple[str, ...]],
    joins: list[tuple[str, ...]],
    of_stops: list[tuple[str, str]],
    more_frames: list[tuple[str, ...]],
    seed: int,
    buyer: tuple[int, int],
) -> None:
    header = "leg_group_id,network_id,from_area_id,to_area_id,from_timeframe_group_id,"
    header += "to_timeframe_group_id,fare_product_id"
    if priorities is not None:
        header += ",rule_priority"
        rules = [(*rule, mark) for rule, mark in zip(rules, priorities, strict=False)]
    named = {value for rule in rules for value in rule}
    told: Mapping[str, str] = files(
        routes=LINES,
        rider_categories=RIDERS,
        fare_media=MEDIA,
        calendar=DATES,
        timeframes=lines_of(PEAK) + csv("", more_frames).lstrip(),
        areas="area_id\nnorth\ntown\nsouth\n",
        stop_areas=csv("area_id,stop_id", sorted(set(of_stops))),
        fare_products=csv(
            "fare_product_id,rider_category_id,fare_media_id,amount,currency",
            [*prices, *((p, "", "", 9, "JPY") for p in "pqrs")],
        ),
        fare_leg_rules=csv(header, rules),
        fare_leg_join_rules=csv("from_network_id,to_network_id,from_stop_id,to_stop_id", joins),
    )
    known = [row for row in transfers if {row[0], row[1]} <= {"", *named}]
    told = {**told, "fare_transfer_rules.txt": csv(TRANSFER.strip(), known)}
    draw = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        path = write_feed(Path(folder) / "f.zip", {**told})
        other = open_feed(write_feed(Path(folder) / "o.zip", {**OTHER}), "o")
        timetable = build_timetable([other, open_feed(path, "f")], ZONE)
        rider = ["adult", "child", "nobody"][buyer[0]]
        medium = ["cash", "card", None][buyer[1]]
        slow, fast = SlowFaresV2(path, ZONE, rider, medium), FaresV2(timetable, "JPY")
    lines, stops = (list(table.id) for table in (timetable.lines, timetable.stops))
    who = Buyer(*(NONE if number == NONE else number + 1 for number in buyer))  # after OTHER's
    for _ in range(30):
        ours, asked = drawn(draw, lines, stops)
        found = fast.purchases(ours, range(len(ours)), BASE, who)
        total = None if found is None else sum(one.amount for one in found)
        assert total == slow.price(asked)
        if found is not None:
            paid = {one.rides for one in found}  # a transfer and its leg are for the same rides
            assert sorted(ride for rides in paid for ride in rides) == list(range(len(ours)))
