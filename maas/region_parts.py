"""Parts of `region.yaml` that stand alone: places, seasons, bike shares, car parks, breaks."""

from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

Clock = Annotated[str, Field(pattern=r"^\d{1,2}:\d{2}$", description="HH:MM, may pass 24:00")]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"]
_LEAP_YEAR = 2000  # has every day that a year may have


def _day_of_a_year(text: str) -> str:
    month, day = map(int, text.split("-"))
    try:
        date(_LEAP_YEAR, month, day)
    except ValueError as error:
        msg = f"'{text}' is no day of a year; write month and day as MM-DD, such as 04-20"
        raise ValueError(msg) from error
    return text


MonthDay = Annotated[
    str, Field(pattern=r"^\d{2}-\d{2}$", description="MM-DD"), AfterValidator(_day_of_a_year)
]


def clock_seconds(clock: str) -> int:
    """Seconds after the base instant that a HH:MM text names."""
    hours, minutes = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60


class Strict(BaseModel):
    """Base of all models: frozen, no unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Point(Strict):
    """A place on the map."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)


class PartOfYear(Strict):
    """Days of every year, the first and the last included; may run over the turn of the year."""

    from_: MonthDay = Field(alias="from")
    to: MonthDay

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    def holds(self, day: date) -> bool:
        """Whether a day is one of them."""
        today = day.isoformat()[-5:]
        if self.from_ <= self.to:
            return self.from_ <= today <= self.to
        return today >= self.from_ or today <= self.to


class BikeFare(Strict):
    """What a ride on a shared bike costs, where its feed does not say."""

    unlock: int = Field(0, ge=0)
    per_minute: int = Field(0, ge=0)
    free_minutes: int = Field(0, ge=0, description="included in `unlock`")


class BikeShare(Strict):
    """Shared bikes: a GBFS feed with stations, with bikes that stand anywhere, or with both."""

    id: str = Field(pattern=r"^[A-Za-z0-9_.-]+$")
    name: str = ""
    name_en: str = ""
    gbfs: str = Field(min_length=1, description="path or URL of its gbfs.json")
    interval: float = Field(60, ge=10, le=3600, description="s between two questions, at least")
    fare: BikeFare | None = Field(None, description="over the plan of the feed")
    handling: int = Field(60, ge=0, le=600, description="s to unlock and to lock a bike")
    limit_m: int = Field(8_000, gt=0, le=50_000, description="longest ride")
    season: PartOfYear | None = Field(
        None, description="when bikes are rented out; null: all year round"
    )

    def is_open(self, day: date) -> bool:
        """Whether bikes are rented out on a day."""
        return self.season is None or self.season.holds(day)


class CarPark(Strict):
    """Where a car is left to go on by line (park and ride)."""

    id: str
    name: str = ""
    name_en: str = ""
    at: Point
    spaces: int | None = Field(None, ge=0)
    price: int | None = Field(0, ge=0, description="for a day; null where it is not known")
    handling: int = Field(120, ge=0, le=1800, description="s to park and leave")


class Area(Strict):
    """Places: inside an odd number of rings, or near one of some points; all as (lat, lon)."""

    rings: tuple[tuple[tuple[float, float], ...], ...] = ()
    points: tuple[tuple[float, float], ...] = ()
    radius_m: int = Field(150, ge=0, description="around the points")

    @cached_property
    def frame(self) -> tuple[float, float, float, float]:
        """South, north, west and east of the rings; of none, where nothing lies."""
        corners = [corner for ring in self.rings for corner in ring]
        if not corners:
            return 90.0, -90.0, 180.0, -180.0
        lats, lons = zip(*corners, strict=True)
        return min(lats), max(lats), min(lons), max(lons)


class Break(Strict):
    """Time off that each driver of a fleet has, begun and ended within a window."""

    from_: Clock = Field(alias="from")
    until: Clock
    length: int = Field(gt=0, le=6 * 3600, description="s")

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @property
    def window(self) -> tuple[int, int]:
        """Begin and end of the window, s."""
        return clock_seconds(self.from_), clock_seconds(self.until)

    @model_validator(mode="after")
    def _has_room(self) -> "Break":
        if self.window[1] - self.window[0] < self.length:
            msg = f"{self.length} s do not fit between {self.from_} and {self.until}; widen them"
            raise ValueError(msg)
        return self


class Crewed(Strict):
    """Vehicles with drivers who have breaks."""

    id: str
    hours: tuple[Clock, Clock]
    breaks: tuple[Break, ...] = Field((), description="of each driver, while parcels are carried")

    @model_validator(mode="after")
    def _breaks_in_order(self) -> "Crewed":
        opens, closes = map(clock_seconds, self.hours)
        before = opens
        for at, one in enumerate(self.breaks):
            first, last = one.window
            if first < opens or last > closes:
                msg = f"'{self.id}': breaks.{at}: {one.from_} to {one.until} is outside `hours`"
                raise ValueError(f"{msg} {self.hours[0]} to {self.hours[1]}")
            if first < before:
                msg = f"'{self.id}': breaks.{at}: begins before the one above it ends; sort them"
                raise ValueError(msg)
            before = last
        return self


class Accessible(Strict):
    """Vehicles that may take wheelchairs."""

    wheelchair: bool | None = Field(None, description="takes wheelchairs; null: not known")
    wheelchairs: int | None = Field(
        None, ge=0, le=20, description="places in each vehicle; null: one if it takes wheelchairs"
    )

    @model_validator(mode="before")
    @classmethod
    def _told_by_number(cls, fields: Any) -> Any:
        """Places tell whether wheelchairs are taken."""
        if not isinstance(fields, dict) or not isinstance(fields.get("wheelchairs"), int):
            return fields
        places, told = fields["wheelchairs"], fields.get("wheelchair")
        if told is not None and told != (places > 0):
            msg = f"'{fields.get('id')}': wheelchair {told} and wheelchairs {places} contradict"
            raise ValueError(f"{msg} each other; leave out `wheelchair`")
        return {**fields, "wheelchair": places > 0}

    @property
    def wheelchair_places(self) -> int:
        """Places for wheelchairs in each vehicle."""
        return int(self.wheelchair is True) if self.wheelchairs is None else self.wheelchairs
