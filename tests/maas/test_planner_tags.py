"""What each shown itinerary is best at."""

from maas.fares import NO_TICKETS, Bill
from maas.itinerary import Itinerary, Leg, Ridden, Spot
from maas.planner_tags import tags_of

HERE, THERE = Spot("a", "", 43.0, 141.0), Spot("b", "", 43.1, 141.0)
UNPRICED = Bill((), is_whole=False, amount=0)


def by(
    mode: str, duration: int, bill: Bill = NO_TICKETS, *, is_preferred: bool = False
) -> Itinerary:
    ridden = None if mode == "walk" else Ridden(0, 0, 1)
    leg = Leg(mode, HERE, THERE, 0, duration, ridden=ridden)
    return Itinerary((leg,), bill, is_preferred=is_preferred)


def test_each_is_told_what_it_is_best_at() -> None:
    walk, free, unpriced = by("walk", 500), by("bus", 900), by("bus", 400, UNPRICED)
    assert tags_of([walk, free, unpriced]) == [("cheap",), (), ("fast", "easy")]


def test_of_equals_the_first_is_the_best() -> None:
    assert tags_of([by("bus", 400), by("bus", 400)]) == [("fast", "cheap", "easy"), ()]


def test_without_known_prices_none_is_cheap() -> None:
    liked = by("bus", 400, UNPRICED, is_preferred=True)
    assert tags_of([by("bus", 500, UNPRICED), liked]) == [(), ("preferred", "fast", "easy")]
    assert tags_of([]) == []
