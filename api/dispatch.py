"""`POST /v1/dispatch`: events that happen to running vehicles."""

from contextlib import AbstractContextManager
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Body, Response
from pydantic import BaseModel, ConfigDict, Field

from api.problems import PROBLEMS
from api.service import Service, ServiceOf
from cargo.online_state import DayState, Event, ImproveEvent, Outcome, dispatch

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


@router.post(
    "/dispatch",
    response_model=Dispatched,
    responses=PROBLEMS[400] | PROBLEMS[413] | PROBLEMS[422] | PROBLEMS[503],
    summary="Let events happen to running vehicles",
)
def happen(
    service: ServiceOf, asked: Annotated[DispatchRequest, Body(openapi_examples=_EXAMPLES)]
) -> Response:
    """Requests, delays, breakdowns, no-shows, goods that nobody takes, and the passing of time.

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
