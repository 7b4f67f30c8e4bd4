"""The smallest shift of a window that lets a shipment travel, at one end or at both."""

from collections.abc import Sequence

from cargo.documents import Document
from cargo.problem import Problem
from cargo.quote import SHIPMENT, HandIn, Offer, Quotes, in_time
from cargo.reason import reason

MOST_SHIFT = 12 * 3600  # s; windows are not moved further
SHIFT_STEP = 300  # s
LONG_STEP = 3600  # s, where both ends have to move


def if_shifted(problem: Problem, quotes: Quotes, offers: Sequence[Offer]) -> Document | None:
    """Smallest widening of the window that would do, at either end."""
    shipment = problem.shipments[SHIPMENT]
    later = min((offer.arrival for offer in offers), default=None)
    late = None if later is None else later - shipment.due
    early = _earlier(problem, quotes)
    if early is not None and (late is None or early <= late):
        return reason(
            "window",
            f"no chain arrives in time; it fits if it is ready {_minutes(early)} minutes earlier",
            f"期限に間に合いません。集荷を{_minutes(early)}分早めれば運べます。",
            {"ready_earlier_s": early},
        )
    if late is not None and late <= MOST_SHIFT:
        return reason(
            "window",
            f"no chain arrives in time; it fits if it is due {_minutes(late)} minutes later",
            f"期限に間に合いません。期限を{_minutes(late)}分延ばせば運べます。",
            {"due_later_s": late},
        )
    return None


def _earlier(problem: Problem, quotes: Quotes) -> int | None:
    """Smallest advance of the ready time that gives a chain in time, in steps."""
    shipment = problem.shipments[SHIPMENT]

    def found(steps: int) -> list[Offer]:
        return in_time(problem, quotes.offers(ready=shipment.ready - steps * SHIFT_STEP))

    low, high = 0, min(MOST_SHIFT, shipment.ready) // SHIFT_STEP  # what fails, and what does not
    offers = found(high) if high else []
    if not offers:
        return None
    while high - low > 1:
        needed = high - max(_spare(problem, offer) for offer in offers) // SHIFT_STEP
        guess = (low + high) // 2 if needed <= low else min(high - 1, max(low + 1, needed - 1))
        guess = needed if guess == low and needed < high else guess
        tried = found(guess)
        low, high, offers = (low, guess, tried) if tried else (guess, high, offers)
    return high * SHIFT_STEP


def _spare(problem: Problem, offer: Offer) -> int:
    """Seconds by which a chain in time could begin later, as far as its first part goes."""
    if not offer.rides:
        return problem.shipments[SHIPMENT].due - offer.arrival
    trip, call = problem.network.call(offer.rides[0].load_call)
    assert isinstance(offer.first, HandIn)
    handling = problem.network.hubs[call.hub].handling
    return call.departure - trip.handling - handling - offer.first.time


def if_all_day(problem: Problem, quotes: Quotes) -> Document | None:
    """Least sum of shifts at both ends that would do, in steps of the ready time."""
    shipment = problem.shipments[SHIPMENT]
    found = []
    shifts = range(0, min(MOST_SHIFT, shipment.ready) + 1, LONG_STEP)
    for early in reversed(shifts):  # what goes nowhere at the earliest goes nowhere later either
        offers = quotes.offers(ready=shipment.ready - early)
        if not offers:
            break
        late = max(0, min(offer.arrival for offer in offers) - shipment.due)
        found.append((early + late, early, late))
    if not found:
        return None
    _, early, late = min(found)
    return reason(
        "window",
        f"no chain arrives in time; it fits if it is ready {_minutes(early)} minutes earlier and "
        f"due {_minutes(late)} minutes later",
        f"期限に間に合いません。集荷を{_minutes(early)}分早め、期限を{_minutes(late)}分延ばせば"
        "運べます。",
        {"ready_earlier_s": early, "due_later_s": late},
    )


def _minutes(seconds: int) -> int:
    return -(-seconds // 60)
