"""What can be asked besides from, to and when, told on the small valley."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maas.errors import QueryError
from maas.planner import Planner, read_query
from maas.planner_pages import digest_of
from maas.region import Region
from tests.maas.test_planner import ask, codes, shown

ON_LINES = ["walk", "bus", "rail", "coach"]


@pytest.fixture(scope="module")
def planner(valley: Region) -> Planner:
    return Planner(valley)


def trips(answer: dict[str, Any]) -> list[list[str]]:
    return [
        [leg["trip_id"] for leg in it["legs"] if "trip_id" in leg] for it in answer["itineraries"]
    ]


def test_the_first_connection_of_the_day(planner: Planner) -> None:
    answer = ask(planner, "15:00", when="first")
    assert shown(answer)[0][:2] == ("08:00", "08:50")
    assert answer["itineraries"][0]["departure"].startswith("2026-10-07")


def test_the_last_connection_of_the_day(planner: Planner) -> None:
    answer = ask(planner, "06:00", when="last")
    assert shown(answer)[0][:2] == ("09:00", "09:50")


def test_the_day_of_first_and_last_begins_at_three(planner: Planner) -> None:
    at_night = ask(planner, "2026-10-08T02:00", when="last")
    assert at_night["itineraries"][0]["departure"].startswith("2026-10-07T09:00")


def test_a_place_on_the_way_is_passed_and_stayed_at(planner: Planner) -> None:
    answer = ask(
        planner, "07:50", modes=ON_LINES, via=[{"place": "bus:C", "stay_s": 900}], max_itineraries=3
    )
    # the bus is at C at 08:20; a stay of 15 minutes misses the train of 08:30
    assert trips(answer)[0] == ["bus:t1", "far:r2"]
    kept = ask(planner, "07:50", modes=ON_LINES, via=[{"place": "bus:C"}])
    assert trips(kept)[0] == ["bus:t1", "far:r1"]
    assert kept["itineraries"][0]["price"]["amount"] == "1160"
    assert kept["itineraries"][0]["fares"][1]["legs"] == [2]


def test_a_stay_holds_when_arriving_by_a_time(planner: Planner) -> None:
    answer = ask(
        planner,
        "10:00",
        arrive_by=True,
        modes=ON_LINES,
        via=[{"place": "bus:C", "stay_s": 1800}],
    )
    (first, second) = trips(answer)[-1]
    assert (first, second) == ("bus:t1", "far:r2")


def test_a_place_on_the_way_that_is_the_origin_is_refused(planner: Planner) -> None:
    with pytest.raises(QueryError, match=r"via\.0\.place: '北駅' is where that part"):
        ask(planner, "08:00", via=[{"place": "bus:A"}])


def test_a_part_that_cannot_be_travelled_says_why(planner: Planner) -> None:
    answer = ask(planner, "2026-12-31T20:00", modes=ON_LINES, via=[{"place": "bus:C"}])
    assert answer["itineraries"] == []
    assert codes(answer) == ["last_service_gone"]


def test_a_banned_line_is_not_ridden(planner: Planner) -> None:
    answer = ask(planner, "07:50", modes=ON_LINES, lines_banned=["far:T"])
    assert trips(answer) == [["bus:t1", "far:k1"]]


def test_a_banned_operator_is_not_ridden(planner: Planner) -> None:
    assert "taxi" in str(shown(ask(planner, "08:15")))
    assert "taxi" not in str(shown(ask(planner, "08:15", operators_banned=["north"])))
    assert ask(planner, "08:15", operators_banned=["far"], modes=ON_LINES)["itineraries"] == []


def test_a_banned_trip_is_not_ridden(planner: Planner) -> None:
    banned = [{"trip_id": "far:r1", "service_date": "2026-10-07"}]
    answer = ask(planner, "07:50", modes=["bus", "rail"], trips_banned=banned)
    assert trips(answer)[0] == ["bus:t2", "far:r2"]


def test_the_best_way_on_preferred_lines_is_shown_whatever_beats_it(planner: Planner) -> None:
    asked: dict[str, Any] = {"modes": ON_LINES, "max_itineraries": 1}
    assert trips(ask(planner, "07:50", **asked)) == [["bus:t1", "far:r1"]]
    liked = ask(planner, "07:50", lines_preferred=["bus:L", "far:K"], **asked)
    assert trips(liked) == [["bus:t1", "far:k1"]]
    assert "preferred" in liked["itineraries"][0]["tags"]


@pytest.mark.parametrize(
    ("field", "wrong", "hint"),
    [
        ("lines_banned", ["far:X"], "far:T"),
        ("operators_banned", ["nord"], "north"),
        ("lines_preferred", ["bus:K"], "bus:L"),
    ],
)
def test_an_unknown_id_is_answered_with_its_like(
    planner: Planner, field: str, wrong: list[str], hint: str
) -> None:
    changes: dict[str, Any] = {field: wrong}
    with pytest.raises(QueryError, match=f"{field}: no .* did you mean .*{hint}"):
        ask(planner, "08:00", **changes)


def test_who_walks_slowly_misses_the_train(planner: Planner) -> None:
    # 55.6 m × 1.3 at 4.5 km/h take 58 s, at 0.5 km/h nearly nine minutes: still in time
    assert trips(ask(planner, "07:50", modes=["bus", "rail"], walk_kmh=0.5))[0][1] == "far:r1"
    late = ask(planner, "07:50", modes=["bus", "rail"], walk_kmh=0.5, transfer_slack_s=120)
    assert trips(late)[0] == ["bus:t1", "far:r2"]
    walk = late["itineraries"][0]["legs"][1]
    assert 500 < _seconds(walk) < 560


def _seconds(leg: dict[str, Any]) -> float:
    start, end = (datetime.fromisoformat(leg[name]) for name in ("departure", "arrival"))
    return (end - start).total_seconds()


def test_a_least_time_for_changes_is_kept_to(planner: Planner) -> None:
    assert trips(ask(planner, "07:50", modes=["bus", "rail"], min_transfer_s=600))[0][1] == "far:r1"
    assert trips(ask(planner, "07:50", modes=["bus", "rail"], min_transfer_s=601))[0][1] == "far:r2"


def test_modes_can_be_taken_out(planner: Planner) -> None:
    answer = ask(planner, "07:50", modes_banned=["taxi", "drt", "rail"])
    assert {leg["mode"] for it in answer["itineraries"] for leg in it["legs"]} == {
        "bus",
        "walk",
        "coach",
    }


def test_each_itinerary_says_what_it_is_best_at(planner: Planner) -> None:
    answer = ask(planner, "07:50", modes=["bus", "rail", "coach"])
    tags = {tag: it for it in answer["itineraries"] for tag in it["tags"]}
    assert set(tags) == {"fast", "cheap", "easy"}
    assert tags["fast"]["arrival"][11:16] == "08:50"
    assert tags["cheap"]["price"]["amount"] == "760"


def test_a_page_counts_what_did_not_fit(planner: Planner) -> None:
    query: dict[str, Any] = {"modes": ["bus", "rail", "coach"], "window": 43_200}
    whole = ask(planner, "05:00", all=True, **query)
    assert whole["hidden"] == 0
    few = query | {"max_itineraries": 1}
    first = ask(planner, "05:00", **few)
    page = ask(planner, "05:00", cursor=first["cursors"]["later"], **few)
    rest = ask(planner, "05:00", cursor=first["cursors"]["later"], **query, max_itineraries=50)
    assert rest["hidden"] == 0
    assert len(rest["itineraries"]) > len(page["itineraries"])
    assert len(page["itineraries"]) + page["hidden"] == len(rest["itineraries"])


def follow(planner: Planner, start: str, query: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Itineraries of pages, until nothing is left of the day."""
    answer = ask(planner, start, **query)
    found = list(answer["itineraries"])
    for _ in range(30):
        answer = ask(planner, start, cursor=answer["cursors"][name], **query)
        if not answer["itineraries"]:
            break
        found += answer["itineraries"]
    return found


@pytest.mark.parametrize("name", ["earlier", "later"])
def test_pages_lead_over_what_is_empty_and_end_with_the_feeds(planner: Planner, name: str) -> None:
    query: dict[str, Any] = {"modes": ["bus", "rail"], "window": 600}
    answer = ask(planner, "13:00", **query)
    assert answer["itineraries"] == []  # the last train went at 09:30
    pages = []
    for _ in range(2):
        answer = ask(planner, "13:00", cursor=answer["cursors"][name], **query)
        pages.append(trips(answer))
    both = [[["bus:t1", "far:r1"]], [["bus:t2", "far:r2"]]]
    assert pages == (both if name == "later" else both[::-1])
    day = answer["itineraries"][0]["departure"][:10]
    assert day == ("2026-10-08" if name == "later" else "2026-10-07")
    feeds = planner.region.timetable
    edge = feeds.last_date if name == "later" else feeds.first_date
    begin = f"{edge}T23:00" if name == "later" else f"{edge}T05:00"
    answer = ask(planner, begin, **query)
    for _ in range(3):
        if answer["cursors"][name] is None:
            break
        answer = ask(planner, begin, cursor=answer["cursors"][name], **query)
    assert answer["cursors"][name] is None
    assert [reason["code"] for reason in answer["reasons"]] == ["no_more_connections"]


@settings(max_examples=8)
@given(
    st.integers(0, 23),
    st.sampled_from([600, 3600, 7200]),
    st.integers(1, 3),
    st.booleans(),
)
def test_pages_hold_what_one_window_holds(
    planner: Planner, hour: int, window: int, most: int, arrive_by: bool
) -> None:
    start = f"2026-10-07T{hour:02}:10"
    query: dict[str, Any] = {"window": window, "max_itineraries": most, "arrive_by": arrive_by}
    query |= {"modes": [*ON_LINES, "taxi", "drt"]}
    day: dict[str, Any] = {**query, "window": 43_200, "all": True}
    whole = [it for it in ask(planner, start, **day)["itineraries"] if trips_of(it)]
    outward = "earlier" if arrive_by else "later"
    answer = ask(planner, start, **query)
    found = [it for it in answer["itineraries"] if trips_of(it)]
    moment = datetime.fromisoformat(f"{start}:00+09:00")
    for _ in range(3 * len(whole) + 2):
        answer = ask(planner, start, cursor=answer["cursors"][outward], **query)
        assert answer["itineraries"], "a page leads on to what there is"
        found += answer["itineraries"]
        if not all(lies_within(it, moment, arrive_by=arrive_by) for it in answer["itineraries"]):
            break
    else:
        pytest.fail("pages never leave the day")
    inside = [it for it in found if lies_within(it, moment, arrive_by=arrive_by)]
    names = [trips_of(it) for it in inside]
    assert sorted(names) == sorted(trips_of(it) for it in whole)
    assert len(set(names)) == len(names)


def lies_within(it: dict[str, Any], moment: datetime, *, arrive_by: bool) -> bool:
    if arrive_by:
        return (moment - datetime.fromisoformat(it["arrival"])).total_seconds() < 43_200
    first = it["legs"][0].get("call_by", it["departure"])
    return (datetime.fromisoformat(first) - moment).total_seconds() < 43_200


def trips_of(it: dict[str, Any]) -> tuple[str, ...]:
    return tuple(
        f"{leg['trip_id']}@{leg['service_date']}" if "trip_id" in leg else leg["mode"]
        for leg in it["legs"]
        if "trip_id" in leg or leg["mode"] in {"taxi", "drt"}
    ) * any("trip_id" in leg for leg in it["legs"])


def test_an_earlier_page_ends_where_the_first_begins(planner: Planner) -> None:
    query: dict[str, Any] = {"modes": ["bus", "rail"], "window": 3600}
    answer = ask(planner, "08:30", **query)
    assert trips(answer) == [["bus:t2", "far:r2"]]
    before = ask(planner, "08:30", cursor=answer["cursors"]["earlier"], **query)
    assert trips(before) == [["bus:t1", "far:r1"]]
    again = ask(planner, "08:30", cursor=before["cursors"]["later"], **query)
    assert trips(again) == [["bus:t2", "far:r2"]]


def test_a_cursor_of_another_query_is_refused(planner: Planner) -> None:
    cursor = ask(planner, "07:50", modes=["bus", "rail"])["cursors"]["later"]
    with pytest.raises(QueryError, match="belongs to another query"):
        ask(planner, "07:50", modes=["bus"], cursor=cursor)
    with pytest.raises(QueryError, match="not one of ours"):
        ask(planner, "07:50", modes=["bus"], cursor="x")


@pytest.mark.parametrize(
    ("changes", "is_same"),
    [
        ({"party": 1, "arrive_by": False, "modes_banned": []}, True),  # as usual, but written
        ({"lang": "en", "max_itineraries": 2, "details": True}, True),  # how it is shown
        ({"party": 2}, False),
        ({"max_walk_m": 500}, False),
        ({"from": {"lat": 43.0, "lon": 141.0}}, False),
        ({"via": [{"place": "bus:b"}]}, False),
    ],
)
def test_a_cursor_knows_what_was_asked_but_not_how_it_is_shown(
    changes: dict[str, Any], is_same: bool
) -> None:
    asked: dict[str, Any] = {"from": "bus:a", "to": {"lat": 43.1, "lon": 141.3}}
    plain = read_query(asked)
    plain.line_modes  # noqa: B018  worked out once and kept
    assert (digest_of(plain) == digest_of(read_query(asked | changes))) == is_same


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"max_transfers": -1}, "max_transfers: .*greater than or equal to 0"),
        ({"max_walk_m": -5}, "max_walk_m: .*greater than or equal to 0"),
        ({"window": 31_536_000}, "window: .*less than or equal to 86400"),
        ({"walk_kmh": 0}, "walk_kmh: .*greater than or equal to 0.5"),
        ({"via": [{"place": "bus:C", "stay_s": -1}]}, r"via\.0\.stay_s"),
        ({"via": [{"plaice": "bus:C"}]}, "did you mean 'place'"),
        ({"when": "second"}, "when: .*'first' or 'last'"),
        ({"when": "first", "window": 600}, "stands alone"),
        ({"to": "0.0,0.0"}, "off the map"),
        ({"lines_baned": ["far:T"]}, "did you mean 'lines_banned'"),
    ],
)
def test_what_cannot_be_asked_is_one_clear_error(
    planner: Planner, changes: dict[str, Any], part: str
) -> None:
    with pytest.raises(QueryError, match=part):
        ask(planner, "08:00", **changes)


def test_a_query_may_be_validated_without_a_region() -> None:
    with pytest.raises(QueryError, match="trips_banned"):
        read_query({"from": "a", "to": "b", "trips_banned": [{"trip_id": "x"}]})
