"""Stories about the planner on the small valley (drawn in `tests.maas.valley`)."""

from datetime import date
from typing import Any

import pytest

from maas.access import Ends
from maas.errors import AmbiguousPlaceError, DateOutsideError, QueryError, UnknownPlaceError
from maas.itinerary import Lane
from maas.ledger import Amount, Ledger, SegmentKey
from maas.planner import Planner, read_query
from maas.planner_choice import Rivals
from maas.region import Region

WEDNESDAY = "2026-10-07"
BEYOND_D = {"lat": 43.32, "lon": 141.0}  # 2.2 km from D: too far to walk, within the zone


@pytest.fixture(scope="module")
def planner(valley: Region) -> Planner:
    return Planner(valley)


def ask(
    planner: Planner, at: str, ledger: Ledger | None = None, origin: Any = "bus:A", **changes: Any
) -> dict[str, Any]:
    moment = at if "T" in at else f"{WEDNESDAY}T{at}"
    query = {"from": origin, "to": "far:D", "at": moment, **changes}
    return planner.plan(read_query(query), ledger)


def shown(answer: dict[str, Any]) -> list[tuple[str, str, str, str | None]]:
    """Departure, arrival, modes and price of each itinerary."""
    return [
        (
            it["departure"][11:16],
            it["arrival"][11:16],
            " ".join(leg["mode"] for leg in it["legs"]),
            it["price"] and it["price"]["amount"],
        )
        for it in answer["itineraries"]
    ]


def codes(answer: dict[str, Any]) -> list[str]:
    return [reason["code"] for reason in answer["reasons"]]


def test_the_quicker_train_and_the_cheaper_coach_are_both_offered(planner: Planner) -> None:
    # bus 260 (z1 → z3), train 31 km in the band up to 50 km: 900; coach 500
    answer = ask(planner, "07:50", modes=["bus", "rail", "coach"])
    assert shown(answer)[:2] == [
        ("08:00", "08:50", "bus walk rail", "1160"),
        ("08:00", "09:25", "bus walk coach", "760"),
    ]


def test_a_brief_search_leaves_out_what_was_made_before(planner: Planner) -> None:
    query = read_query({"from": "bus:A", "to": "far:D", "at": f"{WEDNESDAY}T07:50"})
    task = planner.task(query, *planner._read(query, None))
    lane = Lane(task.access["walk"], task.egress["walk"])
    assert task.search(task.view).itineraries(lane, Rivals())
    assert task.search(task.view, is_brief=True).itineraries(lane, Rivals()) == []
    again = Lane(lane.access, lane.egress)  # nothing was made of this one
    assert task.search(task.view, is_brief=True).itineraries(again, Rivals())


def test_an_itinerary_says_all_that_the_contract_names(planner: Planner) -> None:
    answer = ask(planner, "07:50", modes=["bus", "rail"])
    itinerary = answer["itineraries"][0]
    assert itinerary["departure"] == "2026-10-07T08:00:00+09:00"
    assert itinerary["duration_s"] == 50 * 60
    assert itinerary["transfers"] == 1
    assert itinerary["price"] == {"amount": "1160", "currency": "JPY"}
    assert [fare["amount"] for fare in itinerary["fares"]] == ["260", "900"]
    bus, walk, train = itinerary["legs"]
    assert (bus["feed"], bus["line"], bus["line_id"], bus["trip_id"]) == (
        "bus",
        "1",
        "bus:L",
        "bus:t1",
    )
    assert (bus["headsign"], bus["service_date"]) == ("南口", WEDNESDAY)
    assert [stop["stop_id"] for stop in bus["stops"]] == ["bus:A", "bus:B", "bus:C"]
    assert bus["stops"][1]["arrival"][11:16] == "08:10"
    assert bus["to"] == {"name": "南口", "lat": 43.02, "lon": 141.0, "stop_id": "bus:C"}
    assert walk["distance_m"] == itinerary["walk_m"] == 72  # 55.6 m × 1.3
    assert train["distance_m"] == 31_079
    assert train["co2_g"] == 622  # 20 g a passenger-km
    assert itinerary["co2_g"] == bus["co2_g"] + train["co2_g"]


def test_names_are_english_on_request(planner: Planner) -> None:
    answer = ask(planner, "07:50", modes=["bus", "rail"], lang="en")
    train = answer["itineraries"][0]["legs"][-1]
    assert (train["to"]["name"], train["line"]) == ("Yamanaka", "Mountain Line")


def test_a_taxi_reaches_the_train_that_no_bus_reaches(planner: Planner) -> None:
    # at 08:15 the bus has gone; the taxi comes after 300 s and drives 2.9 km in 333 s
    answer = ask(planner, "08:15", modes=["taxi", "rail"])
    (itinerary,) = [it for it in answer["itineraries"] if it["arrival"][11:16] == "08:50"]
    taxi, train = itinerary["legs"]
    assert (taxi["mode"], taxi["to"]["stop_id"], train["mode"]) == ("taxi", "far:C", "rail")
    assert (taxi["operator_id"], taxi["arrival"][11:16]) == ("north", "08:30")
    # 2,964 m: 1,000 m for 600 and 7 begun steps of 300 m
    assert taxi["price"] == {"amount": "1300", "currency": "JPY"}
    assert taxi["call_by"][11:19] == "08:19:27"


def test_the_last_mile_is_ridden_on_demand(planner: Planner) -> None:
    answer = ask(planner, "07:50", to=BEYOND_D)
    itinerary = min(answer["itineraries"], key=lambda it: it["arrival"])
    *_, demand = itinerary["legs"]
    # the train arrives at 08:50, the vehicle 600 s later
    assert (demand["mode"], demand["departure"][11:16]) == ("drt", "09:00")
    assert demand["price"] == {"amount": "300", "currency": "JPY"}


def test_on_saturdays_nobody_rides_on_demand(planner: Planner) -> None:
    answer = ask(planner, "2026-10-10T07:50", to=BEYOND_D)
    assert answer["itineraries"] == []
    assert codes(answer) == ["no_stop_near_destination"]


def test_at_night_there_is_no_taxi(planner: Planner) -> None:
    near = {"lat": 43.03, "lon": 141.0}
    assert shown(ask(planner, "23:30", to=near))[0][2] == "taxi"
    at_night = ask(planner, "01:00", to=near, modes=["taxi"])
    assert at_night["itineraries"] == []
    assert codes(at_night) == ["no_mode"]


def test_a_taxi_after_22_is_dearer(planner: Planner) -> None:
    # 3.34 km × 1.3 = 4,336 m; by night the meter runs 1.2 times as fast
    near = {"lat": 43.03, "lon": 141.0}
    by_day, by_night = (ask(planner, at, to=near, modes=["taxi"]) for at in ("12:00", "23:00"))
    assert (shown(by_day)[0][3], shown(by_night)[0][3]) == ("1800", "2100")


def test_arriving_by_a_time_leaves_as_late_as_possible(planner: Planner) -> None:
    answer = ask(planner, "09:55", arrive_by=True, modes=["bus", "rail"])
    assert shown(answer)[-1][:3] == ("09:00", "09:50", "bus walk rail")


def test_a_party_pays_for_all_of_its_members(planner: Planner) -> None:
    answer = ask(planner, "07:50", modes=["bus", "rail"], party=3)
    assert shown(answer)[0][3] == str(3 * 1160)


def test_fewer_transfers_can_be_asked_for(planner: Planner) -> None:
    answer = ask(planner, "07:50", modes=["bus", "rail", "coach"], max_transfers=0)
    assert codes(answer) == ["excluded_by_wish"]


def test_a_trip_without_free_seats_is_not_offered(planner: Planner) -> None:
    key = SegmentKey("far:r1", date(2026, 10, 7), 8 * 3600 + 1800, 0)
    full = Ledger({key: Amount(seats=4)}, 1)
    modes = ["bus", "rail"]
    assert shown(ask(planner, "07:50", full, modes=modes, party=1))[0][1] == "08:50"
    assert shown(ask(planner, "07:50", full, modes=modes, party=2))[0][1] == "09:50"


def test_a_leg_says_how_many_seats_are_left(planner: Planner) -> None:
    key = SegmentKey("bus:t1", date(2026, 10, 7), 8 * 3600, 1)  # from B to C
    taken = Ledger({key: Amount(seats=4)}, 1)
    left = [
        ask(planner, "07:50", ledger, modes=["bus"], to=stop)["itineraries"][0]["legs"][0]
        for ledger, stop in ((None, "bus:C"), (taken, "bus:C"), (taken, "bus:B"))
    ]
    assert [leg["seats_left"] for leg in left] == [5, 1, 5]


def test_a_mode_that_the_region_lacks_is_named(planner: Planner) -> None:
    answer = ask(planner, "07:50", modes=["bus", "rail", "shared_bike", "ferry"])
    messages = [n["message"] for n in answer["notices"] if n["code"] == "mode_not_here"]
    assert messages == ["this region has no 'shared_bike'", "this region has no 'ferry'"]


def test_when_every_seat_is_taken_the_reason_says_so(planner: Planner) -> None:
    used = {
        SegmentKey(trip, date(2026, 10, 7), start, 0): Amount(seats=5)
        for trip, start in (("bus:t1", 28_800), ("bus:t2", 32_400))
    }
    answer = ask(planner, "07:50", Ledger(used, 1), modes=["bus"], to="bus:C", window=7200)
    assert codes(answer) == ["booked_out"]


def test_a_window_is_kept_to(planner: Planner) -> None:
    answer = ask(planner, "06:00", modes=["bus", "rail"], window=3600)
    assert answer["itineraries"] == []
    assert codes(answer) == ["no_connection_in_window"]


def test_without_a_window_the_next_day_is_found(planner: Planner) -> None:
    answer = ask(planner, "12:00", modes=["bus", "rail"])
    assert answer["itineraries"][0]["departure"] == "2026-10-08T08:00:00+09:00"
    assert "last_service_gone" in [notice["code"] for notice in answer["notices"]]


def test_after_the_last_service_of_the_timetable_the_reason_says_so(planner: Planner) -> None:
    answer = ask(planner, "2026-12-31T12:00", modes=["bus", "rail"])
    assert codes(answer) == ["last_service_gone"]
    assert "09:00" in answer["reasons"][0]["message"]


def test_a_walk_that_beats_every_bus_is_the_only_offer(planner: Planner) -> None:
    answer = ask(planner, "08:30", to={"lat": 43.006, "lon": 141.0}, modes=["walk", "bus"])
    assert [row[2] for row in shown(answer)] == ["walk"]


def test_where_walking_is_not_wanted_it_is_still_the_reason(planner: Planner) -> None:
    answer = ask(planner, "08:30", to={"lat": 43.006, "lon": 141.0}, modes=["bus"])
    assert codes(answer) == ["walking_is_quicker"]


def test_the_same_place_needs_no_journey(planner: Planner) -> None:
    assert codes(ask(planner, "08:00", to="bus:A")) == ["same_place"]


def test_straight_lines_and_made_up_data_are_called_so(planner: Planner) -> None:
    notices = [notice["code"] for notice in ask(planner, "07:50")["notices"]]
    assert notices[:2] == ["beeline_roads", "synthetic"]


def test_a_stop_too_far_to_walk_to_is_named_as_the_reason(planner: Planner) -> None:
    answer = ask(planner, "07:50", origin={"lat": 43.15, "lon": 141.0}, modes=["rail"])
    assert codes(answer) == ["no_stop_near_origin"]


def test_ones_own_bike_is_used_only_when_asked_for(planner: Planner) -> None:
    assert "bike" not in str(shown(ask(planner, "08:05")))
    answer = ask(planner, "08:05", modes=["bike", "rail"])
    assert "bike rail" in [row[2] for row in shown(answer)]


def test_a_date_outside_the_feeds_is_refused_with_their_range(planner: Planner) -> None:
    with pytest.raises(DateOutsideError, match="2026-01-01 to 2026-12-31"):
        ask(planner, "2027-01-01T08:00")


def test_a_place_off_the_map_is_refused(planner: Planner) -> None:
    with pytest.raises(QueryError, match="off the map"):
        ask(planner, "08:00", to="35.0,139.0")


def test_an_unknown_name_is_refused(planner: Planner) -> None:
    with pytest.raises((UnknownPlaceError, AmbiguousPlaceError)):
        ask(planner, "08:00", to="月面")
    with pytest.raises(UnknownPlaceError, match=r"query: to.stop_id: no stop 'bus:none'"):
        ask(planner, "08:00", to={"stop_id": "bus:none"})


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"modes": ["rocket"]}, "modes.0"),
        ({"to": {"lat": 43.0}}, "give both"),
        ({"arrive_bye": True}, "did you mean 'arrive_by'"),
        ({"window": 5}, "window"),
    ],
)
def test_a_wrong_query_is_one_clear_error(
    planner: Planner, changes: dict[str, Any], part: str
) -> None:
    with pytest.raises(QueryError, match=part):
        ask(planner, "08:00", **changes)


def test_a_unix_time_is_refused_as_a_slip() -> None:
    with pytest.raises(QueryError, match="write a time such as"):
        read_query({"from": "bus:A", "to": "far:D", "at": 1_700_000_000})


def test_a_second_query_sees_nothing_of_the_first(planner: Planner) -> None:
    first = ask(planner, "07:50")
    ask(planner, "09:55", arrive_by=True, modes=["rail"])
    assert ask(planner, "07:50") == first


def test_an_arrival_more_than_a_day_ahead_is_found(planner: Planner) -> None:
    # The coach of 08:25 has just left; tomorrow's arrives 24 h 59 min after the asked time.
    answer = ask(planner, "08:26", origin="far:C", modes=["coach"])
    assert shown(answer)[0][:2] == ("08:25", "09:25")
    assert answer["itineraries"][0]["arrival"].startswith("2026-10-08")


def test_a_time_that_no_zone_holds_is_refused(planner: Planner) -> None:
    with pytest.raises(QueryError, match="choose a later year"):
        ask(planner, "0001-01-01T00:00:00+14:00")


def test_taxis_to_lines_are_bounded_by_the_modes_that_the_region_has(
    planner: Planner, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the fastest of bus, rail and coach is the train; nothing flies in the valley
    assert "air" not in planner.modes
    made: list[Ends] = []

    def ends(*given: Any) -> Ends:
        made.append(Ends(*given))
        return made[-1]

    monkeypatch.setattr("maas.planner_task.Ends", ends)
    for modes, kmh in ((None, 320.0), (["walk", "bus", "coach", "air"], 110.0)):
        ask(planner, "07:50", modes=modes)
        assert {one.top_kmh for one in made} == {kmh}
        made.clear()
