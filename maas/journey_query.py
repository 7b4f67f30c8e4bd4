"""What a traveller asks: the body of `POST /v1/journeys`, checked strictly."""

from datetime import datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from maas.errors import QueryError
from maas.region_file import explain

Mode = Literal[
    "walk",
    "bike",
    "shared_bike",
    "car",
    "taxi",
    "drt",
    "bus",
    "coach",
    "tram",
    "subway",
    "rail",
    "ferry",
    "cable",
    "funicular",
    "air",
]
ROAD_MODES = ("walk", "bike", "shared_bike", "car", "taxi", "drt")
LINE_MODES = tuple(mode for mode in get_args(Mode) if mode not in ROAD_MODES)
OWN_VEHICLES = ("bike", "car")  # offered only when asked for: not everybody has one
MAX_RIDES = 8
LONGEST_WINDOW = 86_400  # s


def _no_number(value: Any) -> Any:
    """Refuse Unix times, which pydantic would take: they are mostly slips."""
    if isinstance(value, (int, float)):
        msg = "write a time such as 2026-10-07T08:00 or 2026-10-07T08:00:00+09:00"
        raise ValueError(msg)  # noqa: TRY004  (pydantic turns ValueError into its report)
    return value


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class PlaceInput(_Strict):
    """A place: coordinates, or a stop of the region; a name is only a label."""

    lat: float | None = Field(None, ge=-90, le=90)
    lon: float | None = Field(None, ge=-180, le=180)
    stop_id: str | None = Field(None, description="feed:stop_id", min_length=1)
    name: str | None = Field(None, max_length=200)

    @model_validator(mode="after")
    def _one_place(self) -> "PlaceInput":
        if (self.lat is None) != (self.lon is None):
            msg = "give both `lat` and `lon`"
            raise ValueError(msg)
        if self.lat is None and self.stop_id is None:
            msg = "give `lat` and `lon`, or `stop_id`"
            raise ValueError(msg)
        return self


AnyPlace = Annotated[str, Field(min_length=1, max_length=200)] | PlaceInput


class JourneyQuery(_Strict):
    """From where to where, when, and by what."""

    from_: AnyPlace = Field(alias="from", description="name, stop id, 'lat,lon', or an object")
    to: AnyPlace = Field(description="name, stop id, 'lat,lon', or an object")
    at: Annotated[datetime, BeforeValidator(_no_number)] | None = Field(
        None, description="RFC 3339; without offset it is local to the region; default: now"
    )
    arrive_by: bool = Field(False, description="`at` is the latest arrival")
    modes: tuple[Mode, ...] | None = Field(
        None, min_length=1, description="default: all but one's own bike or car"
    )
    window: int | None = Field(
        None,
        ge=60,
        le=LONGEST_WINDOW,
        description="s: leave (or arrive) within so much of `at`; default: as long as it takes",
    )
    max_transfers: int = Field(5, ge=0, le=MAX_RIDES - 1)
    max_walk_m: int | None = Field(
        None, ge=0, le=20_000, description="to or from a stop; default: that of the region"
    )
    max_itineraries: int = Field(6, ge=1, le=50)
    party: int = Field(1, ge=1, le=9, description="people travelling together")
    lang: Literal["ja", "en"] = "ja"
    realtime: bool = Field(True, description="false: plan by the timetable alone")

    def allows(self, mode: str) -> bool:
        """Whether the traveller would take this mode."""
        return mode not in OWN_VEHICLES if self.modes is None else mode in self.modes

    @property
    def line_modes(self) -> frozenset[str]:
        """Modes of scheduled legs that may be used."""
        return frozenset(mode for mode in LINE_MODES if self.allows(mode))


def read_query(document: Any, source: str = "query") -> JourneyQuery:
    """Check a document and make a query of it.

    Raises
    ------
    QueryError
        Naming every field that is wrong, its value and what would be right.
    """
    try:
        return JourneyQuery.model_validate(document)
    except ValidationError as error:
        raise QueryError(explain(error, JourneyQuery, source)) from error
