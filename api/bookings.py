"""`/v1/bookings`: seats and cargo space, held on all segments of an offer at once."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Header, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api import problems
from api.errors import SpaceTakenError
from api.journey_documents import Money
from api.journeys import fresh_journeys
from api.problems import PROBLEMS, request_id_of
from api.service import Service, ServiceOf
from api.shipments import fresh_quote
from api.store import Booking, Once
from maas.bookings import Claim, OutdatedError, chain_claims, journey_claims
from maas.ledger import Amount

router = APIRouter(prefix="/v1", tags=["bookings"])

BookingId = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


class BookingRequest(BaseModel):
    """What to book."""

    model_config = ConfigDict(extra="forbid")

    offer: str = Field(
        min_length=1,
        max_length=16_000,
        description="`offer.id` of an itinerary or of an option of a quote, unchanged",
    )
    reference: str | None = Field(
        None, max_length=64, description="your own number for it; no personal data, please"
    )


class BookedStop(BaseModel):
    """Where a ride begins or ends."""

    name: str
    stop_id: str


class BookedRide(BaseModel):
    """A ride on a scheduled trip, and what is held on each hop of it."""

    mode: str
    line: str
    trip_id: str
    service_date: str
    from_: BookedStop = Field(alias="from")
    to: BookedStop
    departure: str
    arrival: str
    seats: int
    kg: int
    litres: int
    pieces: int


class BookingDocument(BaseModel):
    """A booking; of the doors at both ends nothing is kept."""

    id: str
    status: Literal["confirmed", "cancelled"]
    kind: Literal["journey", "shipment"]
    created: str
    cancelled: str | None
    reference: str | None
    price: Money | None = Field(description="as offered; null where it is unknown")
    region_version: str = Field(description="of the region when it was offered")
    rides: list[BookedRide]


@router.post(
    "/bookings",
    status_code=201,
    response_model=BookingDocument,
    responses=PROBLEMS[409] | PROBLEMS[422] | PROBLEMS[503],
    summary="Book an offer",
)
def book(
    service: ServiceOf,
    request: Request,
    wanted: BookingRequest,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=200,
            description="the same key and body within a day return the first booking",
        ),
    ] = None,
) -> Response:
    """Hold the seats or the cargo space of an offer: all of it, or nothing.

    When it does not fit any more the answer is 409 with what is short and fresh `alternatives`.
    """
    once = Once(idempotency_key, wanted.model_dump_json().encode()) if idempotency_key else None
    if once and (before := service.store.made_before(once)):
        return _answer(before, 201, {"Idempotency-Replayed": "true"})
    content = service.offers.read(wanted.offer)
    try:
        claims = _claims(service, content)
        booking, is_new = service.store.hold(
            f"b-{secrets.token_hex(10)}", claims, _document(wanted, content), once
        )
    except (SpaceTakenError, OutdatedError) as error:
        return _conflict(service, content, error, request_id_of(request))
    return _answer(booking, 201, {} if is_new else {"Idempotency-Replayed": "true"})


@router.get(
    "/bookings/{booking_id}",
    response_model=BookingDocument,
    responses=PROBLEMS[404] | PROBLEMS[422] | PROBLEMS[503],
    summary="Read a booking",
)
def read(service: ServiceOf, booking_id: BookingId) -> Response:
    """Return a booking as it is kept."""
    return _answer(service.store.booking(booking_id))


@router.delete(
    "/bookings/{booking_id}",
    response_model=BookingDocument,
    responses=PROBLEMS[404] | PROBLEMS[422] | PROBLEMS[503],
    summary="Cancel a booking",
)
def cancel(service: ServiceOf, booking_id: BookingId) -> Response:
    """Give back what a booking holds; doing it again changes nothing."""
    return _answer(service.store.free(booking_id))


def _claims(service: Service, content: Mapping[str, Any]) -> list[Claim]:
    """What an offer takes of the region as it is now."""
    if content["kind"] == "journey":
        return journey_claims(service.region, content["legs"], content["party"])
    goods, kind = Amount(**content["goods"]), content["query"].get("goods", "")
    return chain_claims(service.region, content["chain"], goods, kind)


def _document(wanted: BookingRequest, content: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a booking: the least that says what is held."""
    if content["kind"] == "journey":
        amount, steps = Amount(seats=content["party"]), content["legs"]
    else:
        amount, steps = Amount(**content["goods"]), content["chain"]
    return {
        "kind": content["kind"],
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "reference": wanted.reference,
        "price": content["price"],
        "region_version": content["region_version"],
        "rides": [_ride(step, amount) for step in steps if "trip_id" in step],
    }


def _ride(step: Mapping[str, Any], amount: Amount) -> dict[str, Any]:
    ends = {
        end: {"name": step[end]["name"], "stop_id": step[end]["stop_id"]} for end in ("from", "to")
    }
    kept = ("mode", "line", "trip_id", "service_date", "departure", "arrival")
    return {**{name: step[name] for name in kept}, **ends, **amount._asdict()}


def _answer(
    booking: Booking, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    document = {
        "id": booking.id,
        "status": booking.status,
        "cancelled": booking.freed,
        **booking.document,
    }
    place = {"Location": f"/v1/bookings/{booking.id}"} if status == 201 else {}
    return Response(
        orjson.dumps(document), status, {**place, **(headers or {})}, media_type="application/json"
    )


def _conflict(
    service: Service, content: Mapping[str, Any], error: Exception, request_id: str
) -> Response:
    """Say what is short, and plan the same wish again on what is left."""
    more: dict[str, Any] = {}
    if isinstance(error, SpaceTakenError):
        more["shortages"] = error.shortages
    plan = fresh_journeys if content["kind"] == "journey" else fresh_quote
    more["alternatives"] = plan(service, content["query"])
    kind = problems.kind_of(error)
    return problems.response(problems.document(kind, str(error), request_id, **more))
