"""`POST /v1/shipments/quote` and `POST /v1/loads`: parcels in space that already moves."""

import datetime
import threading
import time
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Body, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from api.hang_up import hanging_up
from api.journey_documents import Money, OfferId, Time
from api.problems import PROBLEMS
from api.service import Service, ServiceOf
from cargo.model import LoadPlan, Point, Reason, Step
from cargo.party import PassengerParty
from cargo.shipment import Shipment, ShipmentsDocument
from maas.freight import plan_loads
from maas.freight import quote as quote_of

router = APIRouter(prefix="/v1", tags=["shipments"])

_PATIENCE = 6  # wall s for a CPU s: two ways of operation, and others at work on the machine
_HEAD_START = 30  # s for driving times and for starting the solver

_SHIPMENT = {
    "id": "p-1",
    "pickup": {"lat": 43.0686, "lon": 141.3508, "name": "札幌駅"},
    "delivery": {"lat": 43.7630, "lon": 142.3580, "name": "旭川駅"},
    "kg": 8,
    "litres": 40,
    "pieces": 1,
    "ready": "2026-12-01T09:00:00+09:00",
    "due": "2026-12-01T20:00:00+09:00",
}
_QUOTE_EXAMPLES: Any = {"parcel": {"summary": "One parcel, today", "value": _SHIPMENT}}
_LOADS_EXAMPLES: Any = {
    "two": {
        "summary": "Two parcels of a day",
        "value": {
            "date": "2026-12-01",
            "shipments": [
                {**_SHIPMENT, "ready": "09:00", "due": "20:00"},
                {**_SHIPMENT, "id": "p-2", "kg": 3, "ready": "10:00", "due": "21:00"},
            ],
        },
    }
}


class QuoteRequest(Shipment):
    """A shipment, and the day it travels on."""

    id: str = Field("quote", min_length=1, max_length=100)
    date: datetime.date | None = Field(None, description="default: the date of `ready`, or today")


class ChainOption(BaseModel):
    """A chain from door to door."""

    departure: Time
    arrival: Time
    cost: Money
    co2_g: int
    chain: list[Step]


class QuoteOption(ChainOption):
    """A chain whose space can be held."""

    offer: OfferId | None = Field(description="null where no space has to be held")


class Goods(BaseModel):
    """Space that a shipment takes, in whole units."""

    kg: int
    litres: int
    pieces: int


class ReturnQuote(BaseModel):
    """Chains of what goes back after the delivery; to hold space, quote it as a shipment."""

    after: Time = Field(description="first arrival of the delivery")
    goods: Goods | None = None
    options: list[ChainOption]
    reasons: list[Reason]


class AgreedPlace(BaseModel):
    """Where goods go that nobody takes at their door, and by when."""

    to: Point
    by: Time | None = None


class Quote(BaseModel):
    """Chains that none of the others beats in arrival, cost and CO2, or the reasons for none."""

    date: datetime.date
    goods: Goods
    options: list[QuoteOption]
    reasons: list[Reason]
    returns: ReturnQuote | None = Field(None, description="where the shipment asks for one")
    if_undelivered: AgreedPlace | None = Field(None, description="where the shipment says so")
    notices: list[str]


@router.post(
    "/shipments/quote",
    response_model=Quote,
    responses=PROBLEMS[400] | PROBLEMS[422] | PROBLEMS[503],
    summary="Quote one shipment, now",
)
def quote(
    service: ServiceOf,
    shipment: Annotated[QuoteRequest, Body(openapi_examples=_QUOTE_EXAMPLES)],
) -> Response:
    """Chains of road and scheduled trips with space left, and why other ways are none.

    `offer.id` of an option can be sent to `POST /v1/bookings`, which holds its space on all trips.
    """
    document, headers = _quoted(service, shipment)
    return Response(orjson.dumps(document), headers=headers, media_type="application/json")


class LoadsRequest(ShipmentsDocument):
    """A day's batch, with parties who go by taxi on the same day."""

    passengers: tuple[PassengerParty, ...] = ()


@router.post(
    "/loads",
    response_model=LoadPlan,
    responses=PROBLEMS[400] | PROBLEMS[413] | PROBLEMS[422] | PROBLEMS[503],
    summary="Plan a day of shipments",
)
async def loads(
    request: Request,
    service: ServiceOf,
    day: Annotated[LoadsRequest, Body(openapi_examples=_LOADS_EXAMPLES)],
    seed: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    seconds: Annotated[
        float | None,
        Query(gt=0, le=600, description="CPU s for each way of operation; the service has a limit"),
    ] = None,
    engine: Annotated[Literal["own", "ortools"], Query(description="that plans rounds")] = "own",
) -> Response:
    """Plan which trips, taxis and vans carry what, beside the same day by vans alone.

    Parties under `passengers` go by the same taxis, and come first.
    The answer is a draft: nothing is held. It comes when the plan is ready; on a busy machine the
    search ends early with the best it has, and it ends when the client hangs up. While another
    plan is made the answer is 503 with `Retry-After`.
    """
    limit = service.settings.load_seconds
    asked = min(seconds or limit, limit)
    with service.plan_turn():
        async with hanging_up(request) as has_gone:
            return await run_in_threadpool(_planned, service, day, seed, asked, engine, has_gone)


def _planned(
    service: Service,
    day: LoadsRequest,
    seed: int,
    seconds: float,
    engine: str,
    has_gone: threading.Event,
) -> Response:
    """Plan a batch until the time is over or the client has gone."""
    ends_at = time.monotonic() + _PATIENCE * seconds + _HEAD_START
    snapshot = service.snapshot()
    document = plan_loads(
        service.region,
        day.model_dump(mode="json", exclude={"passengers"}, exclude_none=True),
        passengers=day.model_dump(
            mode="json", include={"passengers"}, by_alias=True, exclude_none=True
        ),
        ledger=snapshot.ledger,
        seed=seed,
        seconds=seconds,
        engine=engine,
        is_cancelled=lambda: has_gone.is_set() or time.monotonic() > ends_at,
    )
    return Response(orjson.dumps(document), headers=snapshot.headers, media_type="application/json")


def fresh_quote(service: Service, query: dict[str, Any]) -> dict[str, Any]:
    """Answer an offer's query again, with what is left now."""
    return _quoted(service, QuoteRequest.model_validate(query))[0]


def _quoted(service: Service, shipment: QuoteRequest) -> tuple[dict[str, Any], dict[str, str]]:
    snapshot = service.snapshot()
    asked = shipment.model_dump(mode="json", exclude_none=True)
    with service.planners.lend():  # so that quotes and journeys share the processors fairly
        document = quote_of(service.region, asked, snapshot.ledger)
    for option in document["options"]:
        query = {**asked, "date": document["date"]}
        option["offer"] = _offer(service, query, document["goods"], option)
    return document, snapshot.headers


def _offer(
    service: Service, query: dict[str, Any], goods: dict[str, int], option: dict[str, Any]
) -> dict[str, str] | None:
    """Sign what a chain would hold; none where it rides on no trip."""
    if not any(step["kind"] == "trip" for step in option["chain"]):
        return None
    return service.offers.make(
        {
            "kind": "shipment",
            "region_version": service.region.version,
            "goods": goods,
            "price": option["cost"],
            "departure": option["departure"],
            "arrival": option["arrival"],
            "chain": option["chain"],
            "query": query,
        }
    )
