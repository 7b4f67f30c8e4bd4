"""`POST /v1/journeys`: trips from door to door; each that needs seats carries an offer."""

from datetime import datetime, timedelta
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Body, Header, Response

from api.journey_documents import QUERY_EXAMPLES, REPLAN_EXAMPLES, Journeys, Replanned
from api.languages import language_of
from api.problems import PROBLEMS
from api.service import Service, ServiceOf
from maas.journey_query import JourneyQuery, read_query
from maas.replan_query import ReplanQuery

router = APIRouter(prefix="/v1", tags=["journeys"])

_ZONES = timedelta(days=2)  # more than two zones of the world can differ
# What a booking needs to know of a leg, and what a person wants to read of it.
_KEPT = ("mode", "line", "trip_id", "service_date", "departure", "arrival")


@router.post(
    "/journeys",
    response_model=Journeys,
    responses=PROBLEMS[400] | PROBLEMS[413] | PROBLEMS[422] | PROBLEMS[503],
    summary="Find journeys from door to door",
)
def journeys(
    service: ServiceOf,
    query: Annotated[JourneyQuery, Body(openapi_examples=QUERY_EXAMPLES)],
    accept_language: Annotated[str, Header()] = "",
) -> Response:
    """All sensible ways by rail, bus, ferry, taxi, demand-responsive services and foot.

    Seats that others booked are taken into account. Nothing found is an answer: `itineraries` is
    then empty and `reasons` say why. `offer.id` of an itinerary can be sent to `POST /v1/bookings`.
    """
    document, headers = _planned(service, _spoken(service, query, accept_language))
    return Response(orjson.dumps(document), headers=headers, media_type="application/json")


@router.post(
    "/journeys/replan",
    response_model=Replanned,
    responses=PROBLEMS[400] | PROBLEMS[413] | PROBLEMS[422] | PROBLEMS[503],
    summary="Find a way on when a plan breaks",
)
def replan(
    service: ServiceOf,
    query: Annotated[ReplanQuery, Body(openapi_examples=REPLAN_EXAMPLES)],
    accept_language: Annotated[str, Header()] = "",
) -> Response:
    """Ways to go on from where the traveller is, keeping the rides that are booked.

    `status` says whether the plan stands; `problems` name the legs that do not hold.
    """
    _check_date(service, query.now)
    if query.lang is None:
        first = _spoken(service, query.query, accept_language)
        query = query.model_copy(update={"query": first})
    snapshot = service.snapshot()
    with service.planners.lend() as planner:
        document = planner.replan(query, snapshot.ledger)
    asked = query.query.model_copy(update={"at": query.now, "cursor": None})
    for itinerary in document["itineraries"]:
        itinerary["offer"] = _offer(service, asked, itinerary, document["region"]["version"])
    return Response(orjson.dumps(document), headers=snapshot.headers, media_type="application/json")


def _spoken(service: Service, query: JourneyQuery, header: str) -> JourneyQuery:
    """Return a query in its own language, else in that of the header."""
    if "lang" in query.model_fields_set:
        return query
    lang = language_of(header, service.region.timetable)
    return query if lang is None else query.model_copy(update={"lang": lang})


def fresh_journeys(service: Service, query: dict[str, Any]) -> dict[str, Any]:
    """Answer an offer's query again, with what is left now."""
    return _planned(service, read_query(query))[0]


def _planned(service: Service, query: JourneyQuery) -> tuple[dict[str, Any], dict[str, str]]:
    _check_date(service, query.at)
    snapshot = service.snapshot()
    with service.planners.lend() as planner:
        document = planner.plan(query, snapshot.ledger)
    for itinerary in document["itineraries"]:
        itinerary["offer"] = _offer(service, query, itinerary, document["region"]["version"])
    return document, snapshot.headers


def _check_date(service: Service, at: datetime | None) -> None:
    """Refuse dates so far off that they have no like in the region's zone (year 1, year 9999)."""
    timetable = service.region.timetable
    if at is not None and not (
        timetable.first_date - _ZONES <= at.date() <= timetable.last_date + _ZONES
    ):
        service.region.check_date(at.date())


def _offer(
    service: Service, query: JourneyQuery, itinerary: dict[str, Any], region_version: str
) -> dict[str, str] | None:
    """Sign what an itinerary would hold; none where nothing has to be held, or nothing can be.

    Seats are counted by the timetable; a trip that only a realtime feed knows has none to hold.
    """
    rides = [leg for leg in itinerary["legs"] if "trip_id" in leg]
    if not rides or not all(leg["is_planned"] for leg in rides):
        return None
    asked = query.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if query.at is None:
        asked["at"] = itinerary["departure"]
    return service.offers.make(
        {
            "kind": "journey",
            "region_version": region_version,
            "party": query.party,
            "price": itinerary["price"],
            "departure": itinerary["departure"],
            "arrival": itinerary["arrival"],
            "legs": [_kept(leg) for leg in rides],
            "query": asked,
        }
    )


def _kept(leg: dict[str, Any]) -> dict[str, Any]:
    ends = {
        end: {"name": leg[end]["name"], "stop_id": leg[end]["stop_id"]} for end in ("from", "to")
    }
    planned = {end: leg[f"scheduled_{end}"] for end in ("departure", "arrival")}
    return {**{name: leg[name] for name in _KEPT}, **planned, **ends}
