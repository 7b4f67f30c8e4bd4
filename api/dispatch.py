"""`POST /v1/dispatch`: events that happen to running vehicles; `/begin`: those of a load plan."""

from contextlib import AbstractContextManager
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Body, Response
from pydantic import BaseModel, ConfigDict, Field

from api.problems import PROBLEMS
from api.service import Service, ServiceOf
from cargo.model import LoadPlan
from cargo.numbers import Whole
from cargo.online_state import DayState, Event, ImproveEvent, Outcome, Place, dispatch
from maas.freight_dispatch import begin_dispatch

router = APIRouter(prefix="/v1", tags=["shipments"])

_RIDE = {
    "id": "ann",
    "pickup": {"place": 1, "latest": 1800},
    "delivery": {"place": 2},
    "amount": [1],
    "is_passenger": True,
}
_EXAMPLES: Any = {
    "one": {
        "summary": "One bus, one passenger who calls",
        "value": {
            "state": {
                "durations": [[[0, 300, 600], [300, 0, 300], [600, 300, 0]]],
                "distances": [[[0, 2000, 4000], [2000, 0, 2000], [4000, 2000, 0]]],
                "vehicles": [
                    {"id": "bus 1", "start": 0, "end": 0, "closes": 36000, "capacity": [8]}
                ],
            },
            "events": [
                {"type": "request", "request": _RIDE},
                {"type": "advance", "now": 600},
            ],
        },
    }
}


class DispatchRequest(BaseModel):
    """A state of running vehicles, and what happened since, in order."""

    model_config = ConfigDict(extra="forbid")

    state: DayState
    events: list[Event] = Field(max_length=1000)


class Dispatched(BaseModel):
    """What each event changed, the state to send with the next ones, and who waits."""

    outcomes: list[Outcome]
    state: DayState
    waiting: list[str] = Field(description="requests that no vehicle is to carry")


class BeginRequest(BaseModel):
    """A load plan and a time of its day."""

    model_config = ConfigDict(extra="forbid")

    plan: LoadPlan = Field(description="answer of `POST /v1/loads`")
    at: str = Field("00:00", description="HH:MM on the day of the plan, or RFC 3339")
    places: list[Place] = Field([], max_length=1000, description="doors of later requests")
    horizon: Whole = Field(0, ge=0, le=86_400, description="s ahead that visits are committed")
    seed: Whole = Field(0, ge=0)


class Begun(BaseModel):
    """The running vehicles, for `POST /v1/dispatch`."""

    state: DayState


@router.post(
    "/dispatch/begin",
    response_model=Begun,
    responses=PROBLEMS[400] | PROBLEMS[413] | PROBLEMS[422] | PROBLEMS[503],
    summary="Running vehicles of a load plan",
)
def begin(service: ServiceOf, asked: Annotated[BeginRequest, Body()]) -> Response:
    """The vehicles as the plan leaves them at a time: stops to come, who and what is on board.

    Each round of the plan is a vehicle, and so is each round that could still be driven. The road
    parts of chains are requests: `road/ID`, `in/ID` to the first hub, `out/ID` from the last one,
    `party/ID`. `places` of the state tells what the numbered places are.
    """
    with service.planners.lend():
        state = begin_dispatch(
            service.region, asked.plan.model_dump(mode="json", by_alias=True), asked.at,
            places=asked.places, horizon=asked.horizon, seed=asked.seed,
        )  # fmt: skip
    document = {"state": state.model_dump(mode="json")}
    return Response(orjson.dumps(document), media_type="application/json")


@router.post(
    "/dispatch",
    response_model=Dispatched,
    responses=PROBLEMS[400] | PROBLEMS[413] | PROBLEMS[422] | PROBLEMS[503],
    summary="Let events happen to running vehicles",
)
def happen(
    service: ServiceOf, asked: Annotated[DispatchRequest, Body(openapi_examples=_EXAMPLES)]
) -> Response:
    """Requests, delays, breakdowns, no-shows and the passing of time, one after the other.

    Nothing is kept here: the answer's `state` goes with the next events, `state` as it was where an
    event does not suit it (422 names it). All `improve` events together take at most the CPU time
    that the service gives to a load plan, and wait for no other plan: 503 with `Retry-After`.
    """
    events = _within(asked.events, service.settings.load_seconds)
    with _turn(service, events):
        after, outcomes = dispatch(asked.state, events)
    document = {
        "outcomes": [one.model_dump(mode="json", exclude_defaults=True) for one in outcomes],
        "state": after.model_dump(mode="json"),
        "waiting": after.waiting,
    }
    return Response(orjson.dumps(document), media_type="application/json")


def _within(events: list[Event], most: float) -> list[Event]:
    """The events, with less time to improve where they ask for more than there is in all."""
    asked = sum(event.seconds for event in events if isinstance(event, ImproveEvent))
    share = min(1.0, most / asked) if asked else 1.0
    return [
        event.model_copy(update={"seconds": event.seconds * share})
        if isinstance(event, ImproveEvent)
        else event
        for event in events
    ]


def _turn(service: Service, events: list[Event]) -> AbstractContextManager[object]:
    """Share the processors: with load plans where something is to be improved, else with quotes."""
    improves = any(isinstance(event, ImproveEvent) for event in events)
    return service.plan_turn() if improves else service.planners.lend()
