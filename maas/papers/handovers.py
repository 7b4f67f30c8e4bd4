"""Who holds a shipment when: the hand-overs of its chain."""

from collections.abc import Iterator
from typing import NamedTuple

from cargo.model import HoldStep, PlannedShipment, RoadStep, Step, TripStep


class Party(NamedTuple):
    """Who can hold goods."""

    text: str
    text_ja: str


class HandOver(NamedTuple):
    """A change of custody."""

    time: str  # RFC 3339
    place: str
    giver: Party
    taker: Party


SENDER, RECEIVER = Party("sender", "差出人"), Party("receiver", "受取人")


def hand_overs(row: PlannedShipment) -> Iterator[HandOver]:
    """Changes of custody from the sender to the receiver, or to who has goods that are stuck."""
    holder = SENDER
    for step in row.chain:
        taker, (place, time) = _party(step), _begin(step)
        yield HandOver(time, place, holder, taker)
        holder = taker
    if row.status == "planned":
        place, time = _end(row.chain[-1])
        yield HandOver(time, place, holder, RECEIVER)


def _party(step: Step) -> Party:
    """Who holds the goods during a step."""
    if isinstance(step, HoldStep):
        return Party(f"hub {step.at.name}", f"拠点 {step.at.name}")
    if isinstance(step, TripStep):
        clock = step.departure[11:16]
        return Party(f"{step.mode} {step.line_name} {clock}", f"{step.line_name} {clock}発")
    return Party(step.vehicle, f"車両 {step.vehicle}")


def _begin(step: Step) -> tuple[str, str]:
    if isinstance(step, HoldStep):
        return step.at.name, step.from_
    return step.from_.name, step.departure


def _end(step: Step) -> tuple[str, str]:
    if isinstance(step, HoldStep):
        return step.at.name, step.until
    assert isinstance(step, RoadStep | TripStep)
    return step.to.name, step.arrival
