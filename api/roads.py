"""`POST /v1/route`, `/v1/matrix`, `/v1/isochrone`: the roads by themselves."""

from typing import Any

import orjson
from fastapi import APIRouter, Response

from api.problems import PROBLEMS
from api.service import ServiceOf
from maas.errors import QueryError
from maas.road_questions import (
    IsochroneQuestion,
    MatrixQuestion,
    RouteQuestion,
    answer_isochrone,
    answer_matrix,
    answer_route,
)

router = APIRouter(prefix="/v1", tags=["roads"])

MOST_CELLS = 250_000  # of one matrix over HTTP; a document of a few MB
_PROBLEMS = PROBLEMS[400] | PROBLEMS[413] | PROBLEMS[422]


def _answer(document: dict[str, Any], media_type: str = "application/json") -> Response:
    return Response(orjson.dumps(document), media_type=media_type)


@router.post("/route", summary="Find the quickest way on the roads", responses=_PROBLEMS)
def route(service: ServiceOf, question: RouteQuestion) -> Response:
    """The quickest way and, if asked, other sensible ones; `routes` is empty where there is none.

    Circumstances: a moment (conditional access, seasons, traffic), sizes of a vehicle, areas to
    avoid.
    """
    return _answer(answer_route(service.region, question))


@router.post("/matrix", summary="Durations and distances between places", responses=_PROBLEMS)
def matrix(service: ServiceOf, question: MatrixQuestion) -> Response:
    """All ways from sources to targets; a cell without a way is null, never zero."""
    n_cells = len(question.sources) * len(question.targets or question.sources)
    if n_cells > MOST_CELLS:
        msg = (
            f"{n_cells:,} cells are more than {MOST_CELLS:,}; ask for fewer sources at a time, "
            "or use `maas matrix`"
        )
        raise QueryError(msg)
    return _answer(answer_matrix(service.region, question))


@router.post("/isochrone", summary="Areas reached within times", responses=_PROBLEMS)
def isochrone(service: ServiceOf, question: IsochroneQuestion) -> Response:
    """One polygon feature for each limit, in the order given (GeoJSON)."""
    return _answer(answer_isochrone(service.region, question), "application/geo+json")
