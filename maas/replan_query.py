"""What a traveller under way asks: the body of `POST /v1/journeys/replan`, checked strictly."""

from typing import Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from maas.errors import QueryError
from maas.journey_query import LINE_MODES, BannedTrip, JourneyQuery, Lang
from maas.place_input import AnyPlace
from maas.strict_types import Day, Moment, Whole
from maas.yaml_file import explain


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Where(_Strict):
    """Where the traveller is: at a place, or on board of a trip."""

    place: AnyPlace | None = None
    trip_id: str | None = Field(None, min_length=1, description="feed:trip_id of the trip ridden")
    service_date: Day | None = None

    @model_validator(mode="after")
    def _one(self) -> "Where":
        if (self.place is None) == (self.trip_id is None):
            msg = "give either `place`, or `trip_id` with `service_date`"
            raise ValueError(msg)
        if (self.trip_id is None) != (self.service_date is None):
            msg = "give both `trip_id` and `service_date`"
            raise ValueError(msg)
        return self


class EndInput(BaseModel):
    """Where a leg begins or ends, as it was answered."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    stop_id: str | None = None


class LegInput(BaseModel):
    """A leg as it was answered; what is not needed is passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)

    mode: str
    from_: EndInput = Field(alias="from")
    to: EndInput
    departure: Moment
    arrival: Moment
    trip_id: str | None = Field(None, validate_default=True)
    service_date: Day | None = None

    @field_validator("trip_id")
    @classmethod
    def _ride_named(cls, trip_id: str | None, info: ValidationInfo) -> str | None:
        if trip_id is None and info.data.get("mode") in LINE_MODES:
            msg = f"a ride by {info.data['mode']} needs `trip_id`, as it was answered"
            raise ValueError(msg)
        return trip_id


class ItineraryInput(BaseModel):
    """An itinerary as it was answered."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    legs: tuple[LegInput, ...] = Field(min_length=1, max_length=40)


class ReplanQuery(_Strict):
    """How to go on from here."""

    query: JourneyQuery = Field(description="what was asked first; `at` and `via` are not used")
    itinerary: ItineraryInput = Field(description="what was chosen, as it was answered")
    now: Moment
    where: Where
    keep: tuple[Whole, ...] = Field(
        (), max_length=20, description="numbers of legs that are booked and shall be ridden"
    )
    cancelled: tuple[BannedTrip, ...] = Field((), max_length=200)
    missed: tuple[BannedTrip, ...] = Field((), max_length=200)
    lang: Lang | None = None

    @model_validator(mode="after")
    def _rides_kept(self) -> "ReplanQuery":
        for number in self.keep:
            if not 0 <= number < len(self.itinerary.legs):
                msg = f"keep: there is no leg {number}; legs are numbered from 0"
                raise ValueError(msg)
            if self.itinerary.legs[number].trip_id is None:
                msg = f"keep: leg {number} is no scheduled ride and needs no keeping"
                raise ValueError(msg)
        return self


def read_replan(document: Any, source: str = "replan") -> ReplanQuery:
    """Check a document and make a query of it.

    Raises
    ------
    QueryError
        Naming every field that is wrong, its value and what would be right.
    """
    try:
        return ReplanQuery.model_validate(document)
    except ValidationError as error:
        raise QueryError(explain(error, ReplanQuery, source)) from error
