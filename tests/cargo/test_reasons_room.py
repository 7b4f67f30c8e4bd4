"""Which segments lack room: the change named admits a shipment, one unit less of it does not."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from cargo.network import LineTrip, Network, Room
from cargo.problem import Problem
from cargo.quote import Quotes, in_time
from cargo.reasons import why_rejected
from tests.cargo.worlds import H, hub, parcel, trip, two_towns

ENDS = (43.0, 143.0), (43.0, 144.23)
HUBS = (hub(0, *ENDS[0]), hub(1, 43.0, 143.4), hub(2, 43.0, 143.8), hub(3, *ENDS[1]))
BAY = Room(100, 500, 10)
rooms = st.tuples(st.integers(0, 100), st.integers(0, 500), st.integers(0, 10)).map(
    lambda row: Room(*row)
)
three_rooms = st.lists(rooms, min_size=3, max_size=3)


def along(name: str, first: int, last: int, departs: int, left: list[Room]) -> LineTrip:
    """A trip from hub to hub, half an hour each, with a stop of five minutes."""
    calls = [
        (at, departs + 1800 * n - 300, departs + 1800 * n)
        for n, at in enumerate(range(first, last + 1))
    ]
    made = trip(name, calls, room=BAY)
    return replace(made, room=tuple(left[first:last]), offered=made.whole)


@st.composite
def days(draw: st.DrawFn) -> tuple[LineTrip, ...]:
    spans = draw(
        st.lists(
            st.tuples(st.integers(0, 2), st.integers(1, 3), st.integers(8, 14)),
            min_size=1, max_size=5, unique=True,
        )
    )  # fmt: skip
    return tuple(
        along(f"t{at}", first, min(3, first + length), hour * H, draw(three_rooms))
        for at, (first, length, hour) in enumerate(spans)
    )  # fmt: skip


def with_more(problem: Problem, rows: list[dict[str, Any]]) -> Problem:
    """The world with the room that rows ask for, on their segments alone."""
    trips = []
    for one in problem.network.trips:
        room = list(one.room)
        for row in rows:
            if row["trip_id"] == one.trip_id:
                stops = [call.stop_id for call in one.calls]
                for at in range(*(stops.index(row[end]["stop_id"]) for end in ("from", "to"))):
                    more = {name: getattr(room[at], name) + by for name, by in row["more"].items()}
                    room[at] = room[at]._replace(**more)
        trips.append(replace(one, room=tuple(room)))
    network = problem.network
    return replace(problem, network=Network(network.hubs, tuple(trips), network.fleets))


def one_less(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for at, row in enumerate(rows):
        for name, by in row["more"].items():
            yield [*rows[:at], {**row, "more": {**row["more"], name: by - 1}}, *rows[at + 1 :]]


def goes(problem: Problem) -> bool:
    return bool(in_time(problem, Quotes(problem).offers()))


@given(days(), st.integers(1, 100), st.integers(0, 500), st.integers(1, 10), st.booleans())
def test_the_room_named_admits_the_shipment_and_no_less_does(
    trips: tuple[LineTrip, ...],
    kg: int,
    litres: int,
    pieces: int,
    is_dear: bool,
) -> None:
    price: dict[str, Any] = {"max_price": 150 * pieces} if is_dear else {}
    asked = parcel("p", *ENDS, 7 * H, kg=kg, litres=litres, pieces=pieces, **price)
    problem = two_towns([asked], hubs=HUBS, trips=trips, fleets=())
    assume(not goes(problem))
    reason = why_rejected(Quotes(problem))
    assume(reason["code"] == "full")
    rows = reason["remedy"]["room"]
    assert goes(with_more(problem, rows))
    for fewer in one_less(rows):
        assert not goes(with_more(problem, fewer))
    if "kg" in reason["remedy"]:
        part = Room(*(reason["remedy"][name] for name in Room._fields))
        smaller = replace(problem, shipments=(replace(asked, room=part),))
        assert goes(smaller)


def test_the_segment_that_is_full_is_named_with_what_it_lacks() -> None:
    full = along("t", 0, 3, 9 * H, [BAY, Room(3, 500, 10), BAY])
    reason = why_rejected(
        Quotes(two_towns([parcel("p", *ENDS)], hubs=HUBS, trips=(full,), fleets=()))
    )
    (row,) = reason["remedy"]["room"]
    assert (row["trip_id"], row["line"], row["departure"]) == ("f:t", "f:line-bus", "09:30:00")
    assert (row["from"]["stop_id"], row["to"]["name"]) == ("f:s1", "Stop 2")
    assert row["more"] == {"kg": 2}
    assert (
        "2 kg more on Line bus at 09:30 from Stop 1 to Stop 2 would admit it" in reason["message"]
    )
    assert "Line bus（Stop 1 09:30発、Stop 2まで）にあと2kgあれば運べます。" in reason["message_ja"]
    assert (reason["remedy"]["kg"], reason["remedy"]["pieces"]) == (3, 1)


def test_of_two_full_trips_the_one_that_lacks_less_is_named() -> None:
    early = along("early", 0, 3, 9 * H, [Room(0, 500, 10)] * 3)
    late = along("late", 0, 3, 14 * H, [BAY, BAY, Room(100, 19, 10)])
    problem = two_towns([parcel("p", *ENDS)], hubs=HUBS, trips=(early, late), fleets=())
    (row,) = why_rejected(Quotes(problem))["remedy"]["room"]
    assert (row["trip_id"], row["more"]) == ("f:late", {"litres": 1})


def seated(free: list[int], booked: int) -> LineTrip:
    """A trip whose bay has room of 10 kg a free seat, and booked goods on it."""
    seat = Room(10, 50, 1)
    offered = [Room(*(n * unit for unit in seat)).at_most(BAY) for n in free]
    used = Room(booked, booked, 0)
    return replace(
        along("t", 0, 3, 9 * H, [room.minus(used) for room in offered]),
        offered=tuple(offered), per_seat=seat,
    )  # fmt: skip


@given(st.lists(st.integers(0, 9), min_size=3, max_size=3), st.integers(0, 40), st.integers(1, 60))
def test_so_many_seats_more_admit_the_shipment_and_no_fewer_do(
    free: list[int], booked: int, kg: int
) -> None:
    assume(min(free) * 10 >= booked)
    problem = two_towns(
        [parcel("p", *ENDS, kg=kg)], hubs=HUBS, trips=(seated(free, booked),), fleets=()
    )
    assume(not goes(problem))
    reason = why_rejected(Quotes(problem))
    if reason["code"] == "full":  # empty seats would do
        assert kg <= 10 * min(free)
        return
    assert reason["code"] == "passengers_expected"

    def with_seats(rows: list[dict[str, Any]]) -> bool:
        more = list(free)
        for row in rows:
            at = int(row["from"]["stop_id"][-1]), int(row["to"]["stop_id"][-1])
            more[slice(*at)] = [n + row["more"]["seats"] for n in more[slice(*at)]]
        trips = (seated(more, booked),)
        return goes(two_towns([parcel("p", *ENDS, kg=kg)], hubs=HUBS, trips=trips, fleets=()))

    rows = reason["remedy"]["seats"]
    assert with_seats(rows)
    assert not any(with_seats(fewer) for fewer in one_less(rows))
    assert "seats more on Line bus" in reason["message"]


def test_goods_too_large_for_a_bay_beside_another_condition_are_told_the_room() -> None:
    small = along("t", 0, 3, 9 * H, [Room(1, 1, 1)] * 3)
    problem = two_towns([parcel("p", *ENDS, max_price=1.0)], hubs=HUBS, trips=(small,), fleets=())
    reason = why_rejected(Quotes(problem))
    assert reason["code"] == "several"
    assert [row["more"] for row in reason["remedy"]["room"]] == [{"kg": 4, "litres": 19}]


def test_a_temperature_class_is_named_beside_a_price() -> None:
    cool = replace(along("t", 0, 3, 9 * H, [BAY] * 3), temperatures=("ambient",))
    fridge = replace(along("f", 0, 1, 9 * H, [BAY] * 3), temperatures=("cool",))
    asked = parcel("p", *ENDS, max_price=1.0, temperature="cool")
    problem = two_towns([asked], hubs=HUBS, trips=(cool, fridge), fleets=())
    reason = why_rejected(Quotes(problem))
    assert reason["code"] == "several"
    assert reason["remedy"] == {"max_price": 150, "temperature": "ambient"}


def test_a_class_that_few_bays_carry_hides_no_other_condition() -> None:
    """Ambient goods that only a price keeps together with room, beside a bay for cool goods."""
    small = along("t", 0, 3, 9 * H, [Room(1, 1, 1)] * 3)
    fridge = replace(along("f", 0, 1, 9 * H, [BAY] * 3), temperatures=("cool",))
    problem = two_towns(
        [parcel("p", *ENDS, max_price=1.0)], hubs=HUBS, trips=(small, fridge), fleets=()
    )
    reason = why_rejected(Quotes(problem))
    assert (reason["code"], set(reason["remedy"])) == ("several", {"max_price", "room"})
