"""What a traveller asks: the body of `POST /v1/journeys`, checked strictly."""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from maas.errors import QueryError
from maas.place_input import NAMED_BY, AnyPlace
from maas.strict_types import Day, Flag, Moment, Number, Whole
from maas.yaml_file import explain

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
ON_CALL: tuple[Mode, ...] = ("taxi", "drt", "shared_bike")
MAX_RIDES = 8
LONGEST_WINDOW = 86_400  # s
DAY_BEGINS = 10_800  # s: first and last connections are those from 03:00 to 03:00

Lang = Annotated[
    str, Field(max_length=35, pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*$", examples=["ko"])
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Via(_Strict):
    """A place to pass on the way, and how long to stay there."""

    place: AnyPlace = Field(description=NAMED_BY)
    stay_s: Whole = Field(0, ge=0, le=86_400, description="s between arriving and going on")


class BannedTrip(_Strict):
    """A run of a vehicle that is not to be ridden."""

    trip_id: str = Field(min_length=1, description="feed:trip_id")
    service_date: Day


Ids = Annotated[tuple[str, ...], Field(max_length=200)]


class JourneyQuery(_Strict):
    """From where to where, when, and by what."""

    from_: AnyPlace = Field(alias="from", description=NAMED_BY)
    to: AnyPlace = Field(description=NAMED_BY)
    via: tuple[Via, ...] = Field((), max_length=3, description="in order of travel")
    at: Moment | None = Field(
        None,
        description="RFC 3339; without offset it is local to the region; a date alone is its "
        "midnight; default: now",
    )
    arrive_by: Flag = Field(False, description="`at` is the latest arrival")
    when: Literal["first", "last"] | None = Field(
        None,
        description="the first or the last connection of the day of `at`, which begins at 03:00",
    )
    modes: tuple[Mode, ...] | None = Field(
        None, min_length=1, description="default: all but one's own bike or car"
    )
    modes_banned: tuple[Mode, ...] = Field((), description="taken out of `modes`")
    window: Whole | None = Field(
        None,
        ge=60,
        le=LONGEST_WINDOW,
        description="s: leave (or arrive) within so much of `at`; default: as long as it takes",
    )
    cursor: str | None = Field(
        None,
        max_length=4_000,
        description="`earlier` or `later` of an answer to the same query: the page before or after",
    )
    max_transfers: Whole = Field(5, ge=0, le=MAX_RIDES - 1)
    max_walk_m: Whole | None = Field(
        None, ge=0, le=20_000, description="to or from a stop; default: that of the region"
    )
    walk_kmh: Number | None = Field(None, ge=0.5, le=15, description="default: that of the region")
    bike_kmh: Number | None = Field(None, ge=4, le=45, description="default: that of the roads")
    min_transfer_s: Whole = Field(0, ge=0, le=7_200, description="least time for any change")
    transfer_slack_s: Whole = Field(0, ge=0, le=3_600, description="added to every change")
    lines_banned: Ids = Field((), description="feed:route_id")
    lines_preferred: Ids = Field(
        (), description="feed:route_id; the best way on these alone is always shown"
    )
    operators_banned: Ids = Field((), description="feeds, taxi fleets and demand zones by id")
    trips_banned: tuple[BannedTrip, ...] = Field((), max_length=200)
    wheelchair: Literal["required", "preferred"] | None = Field(
        None, description="required: only what is known to be accessible; preferred: shows barriers"
    )
    bike_on_board: Flag = Field(
        False, description="by one's own bike to the first and from the last stop, taken along"
    )
    max_itineraries: Whole = Field(6, ge=1, le=50)
    all_: Flag = Field(
        False, alias="all", description="all sensible itineraries of the window, not a choice"
    )
    party: Whole = Field(1, ge=1, le=9, description="people travelling together")
    details: Flag = Field(
        False, description="with other departures of each ride, and what to do if one is missed"
    )
    lang: Lang = Field(
        "ja", description="of names, where feeds translate them; messages are Japanese and English"
    )
    rider: str | None = Field(
        None, max_length=100, description="rider category of a feed; default: the usual one"
    )
    medium: str | None = Field(
        None, max_length=100, description="fare medium of a feed, or IC; default: the cheapest"
    )
    realtime: Flag = Field(True, description="false: plan by the timetable alone")

    @model_validator(mode="after")
    def _agreeing(self) -> "JourneyQuery":
        if self.when is not None and (self.window or self.cursor or self.arrive_by):
            msg = "`when` stands alone: leave out `window`, `cursor` and `arrive_by`"
            raise ValueError(msg)
        if self.via and (self.cursor or self.window or self.when):
            msg = "`via` cannot be combined with `window`, `cursor` or `when`; give `at` only"
            raise ValueError(msg)
        return self

    def allows(self, mode: str) -> bool:
        """Whether the traveller would take this mode."""
        if mode in self.modes_banned:
            return False
        return mode not in OWN_VEHICLES if self.modes is None else mode in self.modes

    def changed(self, fields: Mapping[str, Any]) -> "JourneyQuery":
        """Return the query with other values, which are not checked, in some fields."""
        other = self.model_copy(update=dict(fields))
        vars(other).pop("line_modes", None)  # a copy takes along what was worked out
        return other

    @cached_property
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
