"""`POST /v1/dispatch/begin` and `POST /v1/loads/replan`: load plans while they are carried out."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Body, Response
from pydantic import BaseModel, ConfigDict, Field

from api.problems import PROBLEMS
from api.service import ServiceOf
from cargo.change_documents import TripEvents
from cargo.model import LoadPlan
from cargo.numbers import Whole
from cargo.online_state import DayState, Place
from maas.freight_dispatch import begin_dispatch
from maas.freight_replan import replan_loads

router = APIRouter(prefix="/v1", tags=["shipments"])


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

    Each round of the plan is a vehicle, so are some rounds of idle ones of each fleet. The road
    parts of chains are requests: `road/ID`, `in/ID` to the first hub, `out/ID` from the last one,
    `party/ID`. `places` of the state tells what the numbered places are.
    """
    plan = asked.plan.model_dump(mode="json", by_alias=True, exclude_unset=True)
    with service.planners.lend():
        state = begin_dispatch(
            service.region, plan, asked.at,
            places=asked.places, horizon=asked.horizon, seed=asked.seed,
        )  # fmt: skip
    document = {"state": state.model_dump(mode="json")}
    return Response(orjson.dumps(document), media_type="application/json")


class ReplanRequest(BaseModel):
    """A load plan, and what is heard of scheduled trips while it is carried out."""

    model_config = ConfigDict(extra="forbid")

    plan: LoadPlan = Field(description="answer of `POST /v1/loads`, or of this")
    events: TripEvents


class Shipped(BaseModel):
    """What a plan says of a shipment."""

    status: str
    by: list[str] | None = Field(None, description="route sheets, and trips with their departure")
    arrival: str | None = None
    at: str | None = Field(None, description="hub where it is stuck; null: at its door")


class ChangedShipment(BaseModel):
    """A shipment of a changed trip, or whose times are others now."""

    id: str
    before: Shipped
    after: Shipped
    reason: dict[str, Any] | None = Field(None, description="why it goes no further")


class ChangedParty(BaseModel):
    """A party whose taxi comes at another time: before and now."""

    id: str
    pickup: list[str]
    arrival: list[str]


class Changed(BaseModel):
    """What the new plan does otherwise."""

    shipments: list[ChangedShipment]
    passengers: list[ChangedParty]
    figures: dict[str, list[Any]] = Field(description="of mixed operation, before and now")


class ReplannedLoads(BaseModel):
    """The plan as it goes on, and how it differs."""

    plan: LoadPlan
    difference: Changed


@router.post(
    "/loads/replan",
    response_model=ReplannedLoads,
    responses=PROBLEMS[400] | PROBLEMS[413] | PROBLEMS[422] | PROBLEMS[503],
    summary="Plan chains on late and cancelled trips anew",
)
def replan(service: ServiceOf, asked: Annotated[ReplanRequest, Body()]) -> Response:
    """Goods of changed trips get the cheapest way on from where they are; all else is kept.

    What is on board or at a hub stays there until it can go on; what cannot be served any more gets
    its reason. The plan keeps the changes, so that later ones and the check go on from them.
    """
    snapshot = service.snapshot()
    with service.plan_turn():
        plan, difference = replan_loads(
            service.region,
            asked.plan.model_dump(mode="json", by_alias=True, exclude_unset=True),
            asked.events.model_dump(mode="json", exclude_none=True),
            snapshot.ledger,
        )
    document = {"plan": plan, "difference": difference}
    return Response(orjson.dumps(document), headers=snapshot.headers, media_type="application/json")
