"""What is agreed on goods that nobody takes: faults, quotes, plans, papers, and their check."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cargo.check import check
from cargo.effort import Effort
from cargo.errors import DocumentError
from cargo.model import read_plan, read_shipment
from cargo.online_state import dispatch, read_events
from cargo.way_back import check_hubs
from maas.__main__ import main
from maas.freight import check_plan, plan_loads, quote
from maas.freight_dispatch import begin_dispatch
from maas.papers.write import write_papers
from maas.region import Region
from routing.layout import UNREACHED
from tests.cargo.facts import facts_of, plan_of
from tests.cargo.worlds import parcel, two_towns
from tests.maas.scenario_valley import build_scenario_valley
from tests.maas.test_freight import DAY, batch
from tests.maas.test_freight import parcel as document

Plan = dict[str, Any]
FAR = ((43.02, 143.02), (43.02, 144.25))
AT_HUB = (43.0001, 144.23)
SOUTH, NORTH = {"lat": 43.019, "lon": 141.001}, {"lat": 43.03, "lon": 141.01}
SHOP = {"lat": 43.03, "lon": 144.26, "name": "the shop"}


@pytest.fixture(scope="module")
def sound() -> tuple[Plan, Any]:
    """One that goes back to its pickup, one to a hub, one to a place, one without a word."""
    problem = two_towns(
        [
            parcel("home", *FAR, if_undelivered={}),
            parcel("hub", *FAR, if_undelivered={"hub": "h1", "by": "21:00"}),
            parcel("shop", FAR[0], AT_HUB, if_undelivered={"to": SHOP, "by": "20:30"}),
            parcel("none", *FAR),
            parcel("huge", *FAR, kg=9000, if_undelivered={}),
        ]
    )
    plan = plan_of(problem, Effort(seconds=60.0, iterations=300))
    facts = facts_of(problem.network)
    assert check(read_plan(plan, "plan"), facts) == []
    return plan, facts


def told(plan: Plan, name: str) -> Any:
    row = next(row for row in plan["shipments"] if row["id"] == name)
    return row.get("if_undelivered")


def test_plans_tell_where_goods_go_that_nobody_takes(sound: tuple[Plan, Any]) -> None:
    plan, _ = sound
    home, hub, shop = (told(plan, name) for name in ("home", "hub", "shop"))
    assert (home["to"]["lat"], home["to"]["lon"], home.get("by")) == (*FAR[0], None)
    assert home["held_by"] in {sheet["id"] for sheet in plan["vehicles"]}
    assert (hub["to"]["hub"], hub["by"]) == ("h1", "2026-12-01T21:00:00+09:00")
    assert (shop["to"]["name"], shop["held_by"]) == ("the shop", "h1")
    assert told(plan, "none") is told(plan, "huge") is None


def _no_word(row: Plan) -> None:
    del row["if_undelivered"]


def _other_place(row: Plan) -> None:
    row["if_undelivered"]["to"]["lat"] += 0.01


def _other_hub(row: Plan) -> None:
    row["if_undelivered"]["to"]["hub"] = "h0"


def _other_time(row: Plan) -> None:
    row["if_undelivered"]["by"] = "2026-12-01T21:30:00+09:00"


def _no_time(row: Plan) -> None:
    del row["if_undelivered"]["by"]


def _other_holder(row: Plan) -> None:
    row["if_undelivered"]["held_by"] = "va/9/9"


def _not_asked(row: Plan) -> None:
    del row["request"]["if_undelivered"]


def _no_such_hub(row: Plan) -> None:
    row["request"]["if_undelivered"]["hub"] = row["if_undelivered"]["to"]["hub"] = "h7"


@pytest.mark.parametrize(
    "spoil",
    [_no_word, _other_place, _other_hub, _other_time, _no_time, _other_holder, _not_asked,
     _no_such_hub],
)  # fmt: skip
def test_the_checker_finds_what_was_not_agreed(
    spoil: Callable[[Plan], None], sound: tuple[Plan, Any]
) -> None:
    plan, facts = copy.deepcopy(sound[0]), sound[1]
    spoil(next(row for row in plan["shipments"] if row["id"] == "hub"))
    assert {one.rule for one in check(read_plan(plan, "plan"), facts)} == {"undelivered"}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"to": SHOP, "hub": "h1"}, "names the hub 'h1' and a place `to`; leave one of them out"),
        ({"to": {"lat": 43.02, "lon": 144.25}}, "the place of the delivery; name another"),
        ({"by": "19:00"}, "if_undelivered.by 19:00 is not after due 20:00:00"),
        ({"by": "late"}, "not a time"),
        ({"too": SHOP}, "if_undelivered.too: unknown key; did you mean 'to'?"),
    ],
)
def test_faults_of_what_is_agreed_are_explained(fields: Plan, said: str) -> None:
    row = parcel("p", *FAR).document.model_dump(exclude_none=True)
    with pytest.raises(DocumentError) as caught:
        read_shipment({**row, "if_undelivered": fields}, "shipment")
    assert said in str(caught.value)
    del row["due"]
    with pytest.raises(DocumentError, match="needs a `due`"):
        read_shipment({**row, "if_undelivered": {"by": "21:00"}}, "shipment")


def test_a_hub_that_is_not_there_is_named_with_the_nearest() -> None:
    rows = [parcel("p", *FAR, if_undelivered={"hub": "h11"}).document]
    with pytest.raises(DocumentError, match=r"batch: shipment 'p': .* no hub 'h11'; did you mean"):
        check_hubs(two_towns([]).network, rows, "batch")
    with pytest.raises(DocumentError, match="hubs are none"):
        check_hubs(two_towns([], hubs=(), trips=()).network, rows, "batch")


def test_papers_tell_drivers_what_to_do(sound: tuple[Plan, Any], tmp_path: Path) -> None:
    write_papers(read_plan(sound[0], "plan"), tmp_path)
    chains = (tmp_path / "shipments.html").read_text(encoding="utf-8")
    assert chains.count("if nobody takes it") == 3
    assert "keeps it for Hub 1 by 21:00" in chains
    sheets = (tmp_path / "vehicles.html").read_text(encoding="utf-8")
    assert "不在時 if nobody takes it → Hub 1 21:00まで" in sheets


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    return build_scenario_valley(tmp_path_factory.mktemp("undelivered"))


def test_regions_know_their_hubs_in_quotes_and_batches(
    region: Region, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    goes = {"hub": "yama", "by": "19:00"}
    answer = quote(region, {**document(if_undelivered=goes), "date": DAY})
    assert answer["if_undelivered"]["to"]["hub"] == "yama"
    assert answer["if_undelivered"]["by"].startswith(f"{DAY}T19:00")
    with pytest.raises(DocumentError, match="no hub 'yame'; did you mean 'yama'"):
        quote(region, {**document(if_undelivered={"hub": "yame"}), "date": DAY})
    with pytest.raises(DocumentError, match="no hub 'yame'"):
        plan_loads(region, batch(1, if_undelivered={"hub": "yame"}), seconds=0.1)
    words = ["cargo", "quote", "-r", str(region.folder.parents[1]), "--from", "43.02,141.01",
             "--to", "43.3,141.0003", "--kg", "4", "--at", f"{DAY}T08:00"]  # fmt: skip
    for where, name in (("yama", "山中"), ("pickup", "43.02"), ("43.29,141", "43.29")):
        assert main([*words, "--if-undelivered", where]) == 0
        told_so = [line for line in capsys.readouterr().out.splitlines() if "nobody takes" in line]
        assert [name in line for line in told_so] == [True]
    plan = plan_loads(region, batch(2, if_undelivered=goes), seconds=0.2)
    assert check_plan(region, plan) == []
    source, out = tmp_path / "s.json", tmp_path / "plan.json"
    source.write_text(read_plan(plan, "plan").shipments[0].request.model_dump_json(), "utf-8")
    text = source.read_text("utf-8")
    source.write_text(f'{{"date": "{DAY}", "shipments": [{text}]}}', "utf-8")
    directory = str(region.folder.parents[1])
    words = ["cargo", "plan", str(source), "-r", directory, "-o", str(out), "--seconds", "0.2"]
    assert main(words) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "if nobody takes it" in shown


@pytest.mark.parametrize("goes", [{"hub": "south", "by": "19:30"}, {"to": SOUTH}, {}])
def test_a_vehicle_of_a_plan_brings_back_what_nobody_takes(region: Region, goes: Plan) -> None:
    row = document(id="p", delivery=NORTH, due="19:00", if_undelivered=goes)
    plan = plan_loads(region, {"date": DAY, "shipments": [row]}, iterations=100)
    (sheet,) = plan["vehicles"]
    (door,) = (visit for visit in sheet["visits"] if "p" in visit["unload"])
    state = begin_dispatch(region, plan, door["arrival"][11:16])
    if "hub" in goes:
        wrong = copy.deepcopy(plan)
        wrong["shipments"][0]["request"]["if_undelivered"]["hub"] = "nowhere"
        with pytest.raises(DocumentError, match="no hub 'nowhere'"):
            begin_dispatch(region, wrong, "10:00")
    assert state.waiting == []
    event = {"type": "undelivered", "request": "road/p"}
    events = [{"type": "advance", "now": state.now + 60}, event]
    after, outcomes = dispatch(state, read_events({"events": events}, "events").events)
    assert outcomes[-1].added == ["road/p"]
    assert after.rounds[sheet["id"]] == [("road/p", "delivery")]
    (left,) = after.requests
    assert left.delivery is not None
    place = after.places[left.delivery.place]
    told = plan["shipments"][0]["if_undelivered"]
    assert (place.lat, place.lon) == (told["to"]["lat"], told["to"]["lon"])
    assert left.delivery.latest == (19.5 * 3600 if "by" in goes else UNREACHED)
