"""`POST /v1/reach`: how far lines and feet reach over a window of departures."""

import orjson
from fastapi import APIRouter, Response

from api.problems import PROBLEMS
from api.service import ServiceOf
from maas.analysis import Analysis, ReachFrom, check_reach
from maas.place_input import place_of

router = APIRouter(prefix="/v1", tags=["journeys"])


@router.post(
    "/reach",
    summary="Areas reached by line and on foot",
    responses=PROBLEMS[400] | PROBLEMS[413] | PROBLEMS[422],
)
def reach(service: ServiceOf, question: ReachFrom) -> Response:
    """GeoJSON: one feature for each percentile of the departures and each limit, in that order.

    A percentile of 50 shows what half of the departures within the window reach in time.
    """
    check_reach(question)
    place = place_of(service.region, question.origin, "reach: from")
    found = Analysis(service.region).isochrone(place, question)
    return Response(orjson.dumps(found), media_type="application/geo+json")
