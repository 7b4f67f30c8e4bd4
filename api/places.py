"""`GET /v1/places`: places as they are typed."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from api.problems import PROBLEMS
from api.service import ServiceOf

router = APIRouter(prefix="/v1", tags=["places"])


class FoundPlace(BaseModel):
    """A place; its `stop_id` can stand for it in a query."""

    name: str = Field(examples=["札幌"])
    name_en: str = Field(examples=["Sapporo"])
    lat: float
    lon: float
    stop_id: str | None = Field(examples=["rail:SAP"])


class FoundPlaces(BaseModel):
    """Places, best known first."""

    places: list[FoundPlace]


@router.get(
    "/places",
    summary="Places by the beginning of a name",
    response_model=FoundPlaces,
    responses=PROBLEMS[422],
)
def places(
    service: ServiceOf,
    q: Annotated[
        str, Query(min_length=1, max_length=100, description="kanji, kana, romaji or English")
    ],
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> Response:
    """Places whose name begins with `q`, then those that hold it, best known first."""
    found = [
        {
            "name": place.name,
            "name_en": place.name_en,
            "lat": place.lat,
            "lon": place.lon,
            "stop_id": place.stop_id,
        }
        for place in service.region.places.search(q, limit)
    ]
    return Response(orjson.dumps({"places": found}), media_type="application/json")
