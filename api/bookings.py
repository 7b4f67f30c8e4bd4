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


class Held(BaseModel):
    """What is held on one ride."""

    trip_id: str
    service_date: str
    seats: int
    kg: int
    litres: int
    pieces: int
    segments: int = Field(description="hops between stops on which it is held")


class BookingDocument(BaseModel):
    """A booking."""

    id: str
    status: Literal["confirmed", "cancelled"]
    kind: Literal["journey", "shipment"]
    created: str
    cancelled: str | None
    reference: str | None
    held: list[Held]
    offer: dict[str, Any] = Field(description="the legs or the chain as they were offered")


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
            f"b-{secrets.token_hex(10)}", claims, _document(wanted, content, claims), once
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
    return chain_claims(service.region, content["chain"], Amount(**content["goods"]))


def _document(
    wanted: BookingRequest, content: Mapping[str, Any], claims: list[Claim]
) -> dict[str, Any]:
    """What is kept of a booking."""
    held: dict[tuple[str, str], dict[str, Any]] = {}
    for key, amount, _ in claims:
        ride = (key.trip_id, key.service_date.isoformat())
        row = {"trip_id": ride[0], "service_date": ride[1], **amount._asdict(), "segments": 0}
        held.setdefault(ride, row)["segments"] += 1
    return {
        "kind": content["kind"],
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "reference": wanted.reference,
        "held": list(held.values()),
        "offer": content,
    }


def _answer(
    booking: Booking, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    kept = booking.document
    document = {
        "id": booking.id,
        "status": booking.status,
        "kind": kept["kind"],
        "created": kept["created"],
        "cancelled": booking.freed,
        "reference": kept["reference"],
        "held": kept["held"],
        "offer": kept["offer"],
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
