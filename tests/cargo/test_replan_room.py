"""Goods that stay on board longer than was planned, in the room that others leave."""

from cargo.batch import rounds_of
from cargo.effort import Effort
from cargo.model import read_plan
from cargo.network import Network, Room
from cargo.plan_reading import read_day
from cargo.problem import Problem, TimedShipment, make_problem
from cargo.replan import Replanner
from tests.cargo.facts import STYLE, plan_of
from tests.cargo.worlds import H, StraightDriver, fleet, hub, parcel, trip

A, M, B = (43.0, 143.0), (43.0, 143.6), (43.0, 144.2)
HALF_PAST_NINE = 9 * H + 1800


def line(shipments: list[TimedShipment], *, is_whole: bool) -> Problem:
    """A bus A → M → B at nine, and one M → B after it, which may be cancelled."""
    through = trip(
        "through", [(0, 9 * H, 9 * H), (1, 10 * H, 10 * H + 300), (2, 11 * H, 11 * H)],
        room=Room(100, 500, 1),
    )  # fmt: skip
    later = trip("later", [(1, 12 * H, 12 * H), (2, 13 * H, 13 * H)], rule_id="later")
    trips = (through, later) if is_whole else (through,)
    hubs = tuple(hub(at, *place) for at, place in enumerate((A, M, B)))
    taxis = tuple(fleet(f"t{at}", "taxi", *place) for at, place in enumerate((A, M, B)))
    return make_problem(Network(hubs, trips, taxis), shipments, StraightDriver())


def test_goods_stay_on_board_only_where_nobody_else_has_their_room() -> None:
    slow = parcel("slow", A, B, due=15 * H)
    quick = parcel("quick", M, B, due=11 * H + 900)
    for others, stays in (([], True), ([quick], False)):
        problem = line([slow, *others], is_whole=True)
        plan = plan_of(problem, Effort(seconds=1e9, iterations=200, seed=1))
        rides = {
            row["id"]: [step["trip_id"] for step in row["chain"] if step["kind"] == "trip"]
            for row in plan["shipments"]
        }
        if others:
            assert rides == {"slow": ["f:through", "f:later"], "quick": ["f:through"]}
        old = read_day(
            read_plan(plan, "plan"), problem, rounds_of(problem), STYLE.base_epoch, HALF_PAST_NINE
        )
        after = Replanner(old, line([slow, *others], is_whole=False), HALF_PAST_NINE).run()
        catalogue, option = after.operation.catalogue, after.operation.assignment.option
        (ride,) = catalogue.options[option[0]].rides
        assert (ride.unload_call - ride.load_call == 2) == stays
        assert (0 in after.reasons) != stays
