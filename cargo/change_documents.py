"""What is told of scheduled trips after a plan was made, as documents."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from cargo.numbers import Whole
from cargo.shipment import Instant, IsoDate, Strict, readable_time

Run = tuple[str, str, int]  # trip, service date, start time


class ChangedRun(Strict):
    """Which run of a trip; what is left out is that of its only run on the day of the plan."""

    trip_id: str = Field(min_length=1, max_length=1000)
    service_date: IsoDate | None = None
    start_time: Whole | None = None


class TripCancelled(ChangedRun):
    """A trip does not run, or not on."""

    type: Literal["trip_cancelled"]


class TripDelayed(ChangedRun):
    """A trip is late from now on."""

    type: Literal["trip_delayed"]
    delay_s: Whole = Field(ge=1, le=86_400, description="more than was known before")


TripEvent = Annotated[TripCancelled | TripDelayed, Field(discriminator="type")]


class TripEvents(Strict):
    """What is heard of scheduled trips at a time of the plan's day."""

    now: str = Field(description="HH:MM on the day of the plan, or RFC 3339")
    events: tuple[TripEvent, ...] = Field(min_length=1, max_length=1000)

    @field_validator("now")
    @classmethod
    def _readable_time(cls, text: str) -> str | None:
        return readable_time(text)


class TripChange(Strict):
    """A change of one run, as a plan keeps it."""

    type: Literal["trip_cancelled", "trip_delayed"]
    trip_id: str
    service_date: IsoDate
    start_time: int
    told: Instant = Field(description="calls from then on are changed")
    delay_s: int | None = Field(None, description="of a delay: more than before")

    @property
    def run(self) -> Run:
        """The run that is meant."""
        return self.trip_id, self.service_date, self.start_time
