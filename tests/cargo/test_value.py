"""What a shipment is worth: limits of bays in quotes, plans, reasons, papers; and their check."""

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cargo.answers import quote_document
from cargo.check import check
from cargo.effort import Effort
from cargo.errors import ImpossibleShipmentError
from cargo.model import read_plan
from cargo.problem import Problem
from cargo.quote import Quotes
from cargo.reasons import why_rejected
from maas.papers.write import write_papers
from routing.layout import frozen
from tests.cargo.facts import STYLE, facts_of, plan_of
from tests.cargo.worlds import H, fleet, parcel, random_parcels, trip, two_towns

A, B = (43.0, 143.0), (43.0, 144.23)
FAR = ((43.02, 143.02), (43.02, 144.25))


def limited(
    problem: Problem, trips: float | None, taxis: float | None, vans: float | None
) -> Problem:
    """The same problem with limits of what one shipment may be worth."""
    by_kind = {"taxi": taxis, "van": vans}
    network = replace(
        problem.network,
        trips=tuple(replace(one, max_value=trips) for one in problem.network.trips),
        fleets=tuple(replace(one, max_value=by_kind[one.kind]) for one in problem.network.fleets),
    )
    return replace(problem, network=network)


def asked(problem: Problem) -> Any:
    return quote_document(problem, STYLE)


def modes(answer: Any) -> set[str]:
    steps = (step for option in answer["options"] for step in option["chain"])
    return {step["mode"] for step in steps if step["kind"] != "hold"}


def test_a_bay_takes_what_is_worth_no_more_than_its_limit() -> None:
    for value, rides in ((0, True), (30_000, True), (30_001, False)):
        goods = parcel("p", *FAR, value=value)
        answer = asked(limited(two_towns([goods]), 30_000, None, None))
        assert ("bus" in modes(answer)) == rides
        if not rides:
            assert modes(answer) == {"van"}  # from door to door
            assert [one["code"] for one in answer["reasons"]] == ["terms"]


def test_a_refusal_names_the_largest_limit_that_would_do() -> None:
    goods, fleets = (
        parcel("p", *FAR, value=1_500_000),
        (fleet("ta", "taxi", *A), fleet("tb", "taxi", *B)),
    )
    problem = two_towns([goods], fleets=(*fleets, fleet("far", "van", 44.0, 140.0, radius_m=9)))
    tight = limited(problem, 300_000, 250_000, None)  # the van takes all, but is nowhere near
    answer = asked(tight)
    assert answer["options"] == []
    reason = answer["reasons"][0]
    assert reason["code"] == "value"
    assert "250000" in reason["message"]
    assert "1500000" in reason["message_ja"]
    assert reason["remedy"] == {"value": 250_000, "max_value": 1_500_000}
    for value, goes in ((250_000, True), (250_001, False)):
        less = replace(tight, shipments=(goods.changed(value=float(value)),))
        assert bool(asked(less)["options"]) == goes
    raised = limited(problem, 1_500_000, 1_500_000, None)
    assert asked(raised)["options"]


def test_worth_binds_together_with_a_window() -> None:
    goods = parcel("p", *FAR, value=90_000, ready=8 * H, due=9 * H)
    fleets = (fleet("ta", "taxi", *A), fleet("tb", "taxi", *B))
    problem = limited(two_towns([goods], fleets=fleets), 50_000, None, None)
    found = asked(problem)["reasons"][0]  # taxis go to no other town, only buses do
    assert (found["code"], found["remedy"]["value"]) == ("several", 50_000)
    later = goods.due + found["remedy"]["due_later_s"]
    both = replace(goods.changed(value=50_000.0), due=later)
    assert asked(replace(problem, shipments=(both,)))["options"]


def test_what_no_bay_takes_is_refused_at_once() -> None:
    problem = limited(two_towns([parcel("p", *FAR, value=10**6)]), 5, 10**5, 7)
    with pytest.raises(ImpossibleShipmentError, match=r"worth 1000000, .* take 100000 at most"):
        asked(problem)


@settings(max_examples=8)
@given(
    st.integers(0, 10**6), st.integers(1, 7),
    st.lists(st.sampled_from((0, 1, 2, 3)), min_size=7, max_size=7),
    st.tuples(*[st.sampled_from((None, 0, 1, 2))] * 3),
)  # fmt: skip
def test_plans_keep_to_limits_of_worth(
    seed: int, n: int, values: list[int], limits: tuple[int | None, int | None, int | None]
) -> None:
    parcels = [
        one.changed(value=float(value))
        for one, value in zip(random_parcels(n, seed), values, strict=False)
    ]
    problem = limited(two_towns(parcels), *limits)
    plan = plan_of(problem, Effort(seconds=0.3, iterations=150, seed=1))
    assert check(read_plan(plan, "plan"), facts_of(problem.network)) == []
    free = plan_of(two_towns(parcels), Effort(seconds=0.3, iterations=150, seed=1))
    too_much = [
        row["id"]
        for row in free["shipments"]
        for step in row["chain"]
        if (limit := _limit(step, limits)) is not None and row["request"]["value"] > limit
    ]
    found = {one.rule for one in check(read_plan(free, "plan"), facts_of(problem.network))}
    assert ("value" in found) >= bool(too_much)


def _limit(step: Any, limits: tuple[int | None, int | None, int | None]) -> int | None:
    by_mode = dict(zip(("bus", "taxi", "van"), limits, strict=True))
    return None if step["kind"] == "hold" else by_mode[step["mode"]]


def test_a_return_has_a_worth_of_its_own() -> None:
    goods = parcel("p", *FAR, returns={"kg": 2, "value": 70_000})
    rows = list(goods.document.with_return())
    assert [row.value for row in rows] == [0, 70_000]


def test_papers_tell_what_goods_are_worth(tmp_path: Path) -> None:
    problem = two_towns([parcel("p", *FAR, value=250_000), parcel("q", *FAR)])
    plan = read_plan(plan_of(problem, Effort().by_iterations(100)), "plan")
    write_papers(plan, tmp_path)
    for name in ("trips.html", "vehicles.html", "shipments.html"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert "250,000 JPY" in text
        assert "value 0" not in text
    with (tmp_path / "handovers.csv").open(encoding="utf-8-sig") as file:
        values = {row["shipment"]: row["value"] for row in csv.DictReader(file)}
    assert values == {"p": "250000", "q": "0"}


def test_the_limit_of_a_full_bay_is_not_told_as_the_worth_that_would_go() -> None:
    buses = [trip(name, [(0, 9 * H, 9 * H), (1, 10 * H, 10 * H)]) for name in ("low", "high")]
    trips = tuple(replace(bus, max_value=most) for bus, most in zip(buses, (100, 300), strict=True))
    taxis = tuple(fleet(name, "taxi", *at, max_value=500) for name, at in (("ta", A), ("tb", B)))
    far = fleet("far", "van", 44.0, 140.0, radius_m=9)  # takes all, but is nowhere near
    goods = parcel("p", *FAR, value=900)
    problem = two_towns([goods], trips=trips, fleets=(*taxis, far))
    carriers = problem.network.carriers
    low, high = carriers.first_call_of_bay[:2].tolist()
    pieces = frozen(np.where(np.arange(carriers.pieces.size) < high, carriers.pieces, 0))
    assert low == 0
    for room, most in ((carriers, 300), (carriers._replace(pieces=pieces), 100)):
        assert why_rejected(Quotes(problem, room))["remedy"] == {"value": most, "max_value": 900}
