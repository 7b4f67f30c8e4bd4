"""Going on when a plan breaks, told on the small valley."""

import json
from pathlib import Path
from typing import Any

import pytest

from maas.__main__ import main
from maas.errors import QueryError
from maas.planner import Planner
from maas.region import Region
from maas.replan_query import read_replan
from tests.maas.test_planner import WEDNESDAY, ask

MODES = ["walk", "bus", "rail", "coach"]


@pytest.fixture(scope="module")
def planner(valley: Region) -> Planner:
    return Planner(valley)


def again(planner: Planner, now: str, where: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Replan the plan of 07:50: bus to C 08:20, train 08:30 to D."""
    plan = ask(planner, "07:50", modes=["bus", "rail"])["itineraries"][0]
    document = {
        "query": {"from": "bus:A", "to": "far:D", "modes": MODES},
        "itinerary": plan,
        "now": f"{WEDNESDAY}T{now}",
        "where": where,
        **changes,
    }
    return planner.replan(read_replan(document))


def run_of(trip_id: str) -> dict[str, str]:
    return {"trip_id": trip_id, "service_date": WEDNESDAY}


def rides(answer: dict[str, Any]) -> list[list[str]]:
    return [
        [leg["trip_id"] for leg in it["legs"] if "trip_id" in leg] for it in answer["itineraries"]
    ]


def test_a_plan_that_holds_stands(planner: Planner) -> None:
    answer = again(planner, "08:22", {"place": "bus:C"})
    assert (answer["status"], answer["problems"]) == ("as_planned", [])
    assert ["far:r1"] in rides(answer)


def test_a_missed_train_is_replaced_by_the_next_one(planner: Planner) -> None:
    answer = again(planner, "08:31", {"place": "far:C"}, missed=[run_of("far:r1")])
    assert answer["status"] == "changed"
    assert [(p["leg"], p["code"]) for p in answer["problems"]] == [(2, "missed")]
    assert rides(answer)[0] == ["far:r2"]


def test_a_cancelled_train_is_avoided_though_it_stands_in_the_timetable(planner: Planner) -> None:
    answer = again(planner, "08:22", {"place": "bus:C"}, cancelled=[run_of("far:r1")])
    assert answer["problems"][0]["code"] == "cancelled"
    assert "far:r1" not in str(rides(answer))
    assert ["far:k1"] in rides(answer)


def test_who_is_late_for_the_train_is_told_without_saying_so(planner: Planner) -> None:
    answer = again(planner, "08:32", {"place": "far:C"})
    assert [p["code"] for p in answer["problems"]] == ["missed"]
    assert rides(answer)[0] == ["far:r2"]


def test_who_never_boarded_has_missed_all_rides(planner: Planner) -> None:
    answer = again(planner, "11:30", {"place": "bus:A"})
    assert answer["status"] == "changed"
    assert [(p["leg"], p["code"]) for p in answer["problems"]] == [(0, "missed"), (2, "missed")]


def test_who_got_off_and_waits_for_long_has_missed_the_second_ride(planner: Planner) -> None:
    answer = again(planner, "08:55", {"place": "bus:C"})
    assert [(p["leg"], p["code"]) for p in answer["problems"]] == [(2, "missed")]
    there = again(planner, "08:55", {"place": "far:D"})
    assert (there["status"], there["problems"]) == ("as_planned", [])


def test_who_is_late_for_the_first_ride_has_missed_that(planner: Planner) -> None:
    answer = again(planner, "08:03", {"place": "bus:A"})
    assert answer["problems"][0]["code"] == "missed"


@pytest.mark.parametrize(
    ("leg", "part"),
    [
        ({"trip_id": None}, r"itinerary\.legs\.0\.trip_id: a ride by bus needs"),
        ({"from": {"stop_id": 5}}, r"itinerary\.legs\.0\.from\.stop_id: .*string"),
    ],
)
def test_a_ride_without_its_trip_or_stop_is_refused(leg: dict[str, Any], part: str) -> None:
    ride = {
        "mode": "bus", "trip_id": "bus:t1", "service_date": WEDNESDAY,
        "from": {"stop_id": "bus:A"}, "to": {"stop_id": "bus:C"},
        "departure": f"{WEDNESDAY}T08:00", "arrival": f"{WEDNESDAY}T08:20",
    }  # fmt: skip
    document = {
        "query": {"from": "bus:A", "to": "far:D"},
        "itinerary": {"legs": [ride | leg]},
        "now": f"{WEDNESDAY}T08:05",
        "where": {"place": "bus:A"},
    }
    with pytest.raises(QueryError, match=part):
        read_replan(document)


def test_on_board_one_rides_on_from_the_seat(planner: Planner) -> None:
    answer = again(planner, "08:05", run_of("bus:t1"))
    assert answer["status"] == "as_planned"
    best = min(answer["itineraries"], key=lambda it: it["arrival"])
    assert [leg.get("trip_id") for leg in best["legs"]] == ["bus:t1", None, "far:r1"]
    assert best["arrival"][11:16] == "08:50"


def test_on_board_with_the_next_train_cancelled(planner: Planner) -> None:
    answer = again(planner, "08:05", run_of("bus:t1"), cancelled=[run_of("far:r1")])
    assert {tuple(one) for one in rides(answer)} >= {("bus:t1", "far:k1")}


def test_what_is_booked_is_kept(planner: Planner) -> None:
    free = again(planner, "08:05", run_of("bus:t1"))
    assert any("far:k1" not in one for one in rides(free))
    kept = again(planner, "08:05", run_of("bus:t1"), keep=[2])
    assert all("far:r1" in one for one in rides(kept))


def test_what_is_booked_and_out_of_reach_is_given_up(planner: Planner) -> None:
    answer = again(planner, "08:40", {"place": "bus:B"}, keep=[2])
    assert [p["code"] for p in answer["problems"]] == ["missed", "missed", "kept_unreachable"]
    assert answer["itineraries"]


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"where": {}}, "give either `place`"),
        ({"where": {"trip_id": "bus:t1"}}, "give both"),
        ({"where": run_of("bus:none")}, "does not run"),
        ({"where": run_of("bus:t2")}, "not under way"),
        ({"keep": [9]}, "no leg 9"),
        ({"keep": [1]}, "no scheduled ride"),
        ({"kept": [1]}, "did you mean 'keep'"),
    ],
)
def test_a_wrong_question_is_one_clear_error(
    planner: Planner, changes: dict[str, Any], part: str
) -> None:
    where = changes.pop("where", {"place": "bus:C"})
    with pytest.raises(QueryError, match=part):
        again(planner, "08:05", where, **changes)


def test_the_command_reads_an_answer_of_maas_plan(
    valley: Region, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = str(valley.folder.parents[1])
    asked = ["bus:A", "far:D", "--at", f"{WEDNESDAY}T07:50", "--modes", "bus,rail", "--json"]
    assert main(["plan", "-r", directory, *asked]) == 0
    (tmp_path / "plan.json").write_text(capsys.readouterr().out, encoding="utf-8")
    now = ["--now", f"{WEDNESDAY}T08:31", "--at", "far:C", "--missed", f"far:r1@{WEDNESDAY}"]
    arguments = ["replan", str(tmp_path / "plan.json"), "-r", directory, "--to", "far:D", *now]
    assert main([*arguments, "--modes", "rail", "--lang", "en"]) == 0
    shown = capsys.readouterr().out
    assert "! leg 2: this trip has been missed (missed)" in shown
    assert "09:30 → 09:50" in shown
    assert main([*arguments, "--json", "-i", "9"]) == 2
    (tmp_path / "plan.json").write_text(json.dumps([]), encoding="utf-8")
    assert main([*arguments, "--json"]) == 2


@pytest.mark.parametrize(
    "where", [{"place": "far:C"}, {"trip_id": "bus:t1", "service_date": WEDNESDAY}]
)
def test_wishes_that_leave_no_way_on_are_named_with_a_way_out(
    planner: Planner, where: dict[str, Any]
) -> None:
    query = {"from": "bus:A", "to": "far:D", "modes": ["bus"]}
    answer = again(planner, "08:15", where, query=query, cancelled=[run_of("far:r1")])
    assert answer["itineraries"] == []
    tries = [reason.get("try") for reason in answer["reasons"]]
    assert {"modes": None} in tries
    for one in tries:
        assert again(planner, "08:15", where, query=query | one)["itineraries"]


def test_the_command_line_takes_the_wishes_of_plan(
    valley: Region, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(valley.folder.parents[1])
    common = ["-r", folder, "--json"]
    assert main(["plan", "bus:A", "far:D", "--at", f"{WEDNESDAY}T07:50", *common]) == 0
    (tmp_path / "plan.json").write_text(capsys.readouterr().out, encoding="utf-8")
    command = [
        "replan", str(tmp_path / "plan.json"), "--to", "far:D", "--now", f"{WEDNESDAY}T08:22",
        "--at", "far:C", *common,
    ]  # fmt: skip
    wishes = ["--without-lines", "far:T", "--max-transfers", "0", "--without-modes", "taxi,drt"]
    assert main([*command, *wishes, "--party", "2"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert rides(answer)[0] == ["far:k1"]
    assert answer["itineraries"][0]["price"]["amount"] == "1000"  # of two
    assert main([*command, "--keep", "first"]) == 2
    assert "--keep: 'first' is no list" in capsys.readouterr().err
