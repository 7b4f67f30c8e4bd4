"""Running vehicles as documents: a state, events that happen to it, and what each changed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, Strict

from cargo.errors import BadProblemError
from cargo.model import checked
from cargo.numbers import Flag, Number, Whole
from cargo.online import Dispatcher
from cargo.online_changes import Difference
from cargo.online_faults import round_faults
from cargo.pdp.model import PdpProblem, Request, Stop, Vehicle
from cargo.pdp.plan import Visit
from cargo.pdp.reasons import why_unserved
from cargo.pdp.search import ENDLESS, Limits
from routing.layout import UNREACHED, frozen

Kind = Literal["pickup", "delivery"]
Matrix = list[list[Annotated[int, Strict(), Field(ge=0, le=UNREACHED)]]]
Id = Annotated[str, Field(min_length=1, max_length=200)]
Name = Annotated[str, Field(max_length=200)]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Place(_Document):
    """What a numbered place of the matrices is."""

    name: str = Field("", max_length=1000)
    lat: Number = Field(ge=-90, le=90)
    lon: Number = Field(ge=-180, le=180)


class DayState(_Document):
    """Vehicles of a day, what they carry and have still to do, in seconds and metres.

    To begin a day give vehicles and matrices; requests that are there already wait for `improve`.
    """

    now: Whole = Field(0, ge=0, description="s since the start of the day")
    horizon: Whole = Field(0, ge=0, description="s ahead that visits are committed")
    seed: Whole = Field(0, ge=0)
    durations: list[Matrix] = Field(
        description="for each profile: s from place to place; 2**30 where there is no way"
    )
    distances: list[Matrix] = Field(description="for each profile: m from place to place")
    vehicles: list[Vehicle]
    requests: list[Request] = Field([], description="what is left of each request")
    places: list[Place] = Field([], description="where the numbered places are, for people")
    apart: list[tuple[Name, Name]] = Field([], description="goods that never ride together")
    is_parted: Flag = Field(False, description="no parcel is handled with a passenger on board")
    rounds: dict[Name, list[tuple[Name, Kind]]] = Field({}, description="left to drive, in order")
    agreed: list[Request] = Field([], description="requests as they were accepted")
    done: dict[Name, list[Visit]] = Field({}, description="visits committed so far")
    began: dict[Name, Whole] = Field({}, description="s at which vehicles set out first")

    @property
    def waiting(self) -> list[str]:
        """Requests that no vehicle is to carry, by name."""
        driven = {name for tasks in self.rounds.values() for name, _ in tasks}
        return sorted({request.id for request in self.requests} - driven)


class RequestEvent(_Document):
    """Somebody asks for one more trip; taken up where it costs least."""

    type: Literal["request"]
    request: Request


class AdvanceEvent(_Document):
    """Time passes."""

    type: Literal["advance"]
    now: Whole = Field(ge=0)


class DelayEvent(_Document):
    """A vehicle goes on only at a time, which is not over."""

    type: Literal["delay"]
    vehicle: Id
    until: Whole = Field(ge=0)


class BreakdownEvent(_Document):
    """A vehicle stops for the day."""

    type: Literal["breakdown"]
    vehicle: Id


class CancelEvent(_Document):
    """A request is called off, or nobody shows up where it is picked up; not once on board."""

    type: Literal["cancel", "no_show"]
    request: Id


class ChangeEvent(_Document):
    """A request gets other stops or windows; once on board, another delivery only."""

    type: Literal["change"]
    request: Request


class UndeliveredEvent(_Document):
    """Nobody takes goods at their delivery: their vehicle keeps them and brings them back."""

    type: Literal["undelivered"]
    request: Id
    to: Stop | None = Field(None, description="where they go; null: what `if_undelivered` says")


class ImproveEvent(_Document):
    """Look for a better plan of what is not committed."""

    type: Literal["improve"]
    seconds: Number = Field(0.1, gt=0, le=600, description="CPU s")
    iterations: Whole = Field(ENDLESS, ge=1)


Event = Annotated[
    RequestEvent
    | AdvanceEvent
    | DelayEvent
    | BreakdownEvent
    | CancelEvent
    | ChangeEvent
    | UndeliveredEvent
    | ImproveEvent,
    Field(discriminator="type"),
]


class Events(_Document):
    """What happened, in order."""

    events: list[Event]


class CommittedVisit(BaseModel):
    """A visit that a vehicle has set out for."""

    vehicle: str
    visit: Visit


class Outcome(BaseModel):
    """What one event changed."""

    type: str
    vehicle: str | None = Field(None, description="that takes up the request")
    added: list[str] = Field([], description="requests that had no vehicle and have one now")
    dropped: list[str] = Field([], description="that had one and have none, though they wait")
    moved: dict[str, tuple[str, str]] = Field({}, description="vehicle before and now")
    shifted: dict[str, int] = Field({}, description="s later, or earlier, at the last visit")
    late: dict[str, int] = Field({}, description="s after the window that was agreed")
    cost: float = Field(0.0, description="more, or less, than before, of what is to be driven")
    committed: list[CommittedVisit] = []
    refused: str | None = Field(None, description="why a request has no place")


def read_state(document: Any, source: str) -> DayState:
    """Check a state.

    Raises
    ------
    DocumentError
        With a line for each fault.
    """
    return checked(DayState, document, source)


def read_events(document: Any, source: str) -> Events:
    """Check events.

    Raises
    ------
    DocumentError
        With a line for each fault.
    """
    return checked(Events, document, source)


def dispatch(state: DayState, events: Sequence[Event]) -> tuple[DayState, list[Outcome]]:
    """Let events happen one after the other; returns the state after them and what each changed.

    Raises
    ------
    BadProblemError
        If the state contradicts itself, or an event does not suit it: with its number.
    """
    day, outcomes = resume(state), []
    for number, event in enumerate(events, start=1):
        try:
            outcomes.append(_happen(day, event))
        except BadProblemError as error:
            raise BadProblemError(f"event {number} ({event.type}): {error}") from error
    return state_of(day, state), outcomes


def resume(state: DayState) -> Dispatcher:
    """Set up the vehicles of a state.

    Raises
    ------
    BadProblemError
        If it contradicts itself: with a line for each fault of its rounds.
    """
    tables = [[_matrix(rows) for rows in some] for some in (state.durations, state.distances)]
    problem = PdpProblem(
        tuple(state.requests), tuple(state.vehicles), tuple(tables[0]), tuple(tables[1]),
        is_parted=state.is_parted, apart=frozenset(map(frozenset, state.apart)), name="state",
    )  # fmt: skip
    if state.places and len(state.places) != problem.n_places:
        msg = f"places: {len(state.places)} of them, but matrices of {problem.n_places}"
        raise BadProblemError(f"{msg}; give one for each, or none")
    day = Dispatcher(problem, now=state.now, horizon=state.horizon, seed=state.seed)
    _refuse_faults(state)
    day.resume(state.rounds, state.agreed, state.done, state.began)
    return day


def _matrix(rows: Sequence[Sequence[int]]) -> Any:
    """A table of ways.

    Raises
    ------
    BadProblemError
        If its rows have not as many entries as there are rows.
    """
    n = len(rows)
    for at, row in enumerate(rows):
        if len(row) != n:
            raise BadProblemError(f"row {at} of a matrix has {len(row)} entries, not {n}")
    return frozen(np.reshape(np.array(rows, np.int64), (n, n)))


def _refuse_faults(state: DayState) -> None:
    found = list(
        round_faults(state.vehicles, state.requests, state.agreed, state.rounds, state.done)
    )
    if found:
        raise BadProblemError("\n".join(f"state: {fault}" for fault in found))


def state_of(day: Dispatcher, before: DayState) -> DayState:
    """Write the vehicles down; matrices and rules are those of the state before."""
    return before.model_copy(
        update={
            "now": day.now,
            "vehicles": list(day.problem.vehicles),
            "requests": list(day.problem.requests),
            "rounds": {vehicle: list(tasks) for vehicle, tasks in day.rounds.items()},
            "agreed": list(day.agreed.values()),
            "done": {vehicle: list(visits) for vehicle, visits in day.done.items()},
            "began": dict(day.began),
        }
    )


def _happen(day: Dispatcher, event: Event) -> Outcome:
    match event:
        case RequestEvent():
            return _ask(day, event.request)
        case AdvanceEvent():
            committed = [
                CommittedVisit(vehicle=vehicle, visit=visit)
                for vehicle, visit in day.advance(event.now)
            ]
            return Outcome(type=event.type, committed=committed)
        case DelayEvent():
            change = day.delay(event.vehicle, event.until)
        case BreakdownEvent():
            change = day.break_down(event.vehicle)
        case CancelEvent():
            change = day.cancel(event.request)
        case ChangeEvent():
            change = day.change(event.request)
        case UndeliveredEvent():
            change = day.undelivered(event.request, event.to)
        case ImproveEvent():
            change = day.improve(Limits(event.seconds, event.iterations))
    return Outcome(type=event.type, **_fields(change))


def _ask(day: Dispatcher, request: Request) -> Outcome:
    offer = day.offer(request)
    if offer is not None:
        return Outcome(type="request", vehicle=offer.vehicle, **_fields(day.accept(offer)))
    whole = replace(day.problem, requests=(*day.problem.requests, request))
    plan = replace(day.plan(), unserved=(*day.plan().unserved, request.id))
    return Outcome(type="request", refused=why_unserved(whole, plan)[request.id].text)


def _fields(change: Difference) -> Mapping[str, Any]:
    return {
        "added": list(change.added), "dropped": list(change.dropped),
        "moved": dict(change.moved), "shifted": dict(change.shifted), "late": dict(change.late),
        "cost": change.cost,
    }  # fmt: skip
