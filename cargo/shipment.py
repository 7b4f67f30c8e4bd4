"""Shipments as people write them, checked by pydantic."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from cargo.moments import is_date, is_instant, is_surely_late, is_time
from cargo.numbers import Flag, Number, Whole

Temperature = Literal["ambient", "cool", "frozen"]
TEMPERATURE_BIT = {"ambient": 1, "cool": 2, "frozen": 4}
MAX_PRIORITY = 9
MAX_TRIPS = 4  # one after another
MAX_ID = 100  # characters
MAX_VALUE = 10**12  # in the currency's smallest unit
MAX_SHIPMENTS = 5000  # of one plan


Skill = Annotated[str, Field(min_length=1, max_length=100)]


def readable_time(text: str | None) -> str | None:
    """The text of a time of a document.

    Raises
    ------
    ValueError
        If it is none.
    """
    if text is not None and not is_time(text):
        msg = "not a time; write 09:30 or 2026-12-01T09:30:00+09:00"
        raise ValueError(msg)
    return text


def _instant(text: str) -> str:
    if not is_instant(text):
        msg = "not a time with its zone; write 2026-12-01T09:30:00+09:00"
        raise ValueError(msg)
    return text


def _iso_date(text: str) -> str:
    if not is_date(text):
        msg = "not a date; write 2026-12-01"
        raise ValueError(msg)
    return text


def _date_text(value: Any) -> Any:
    if not isinstance(value, str | date):  # numbers would be seconds since 1970
        msg = "not a date; write 2026-12-01"
        raise ValueError(msg)  # noqa: TRY004  (pydantic passes TypeError on)
    return value


Edge = Annotated[Number, Field(gt=0, le=2_000)]  # cm
ServiceDate = Annotated[date, BeforeValidator(_date_text)]
Instant = Annotated[str, AfterValidator(_instant)]  # RFC 3339, with its zone
IsoDate = Annotated[str, AfterValidator(_iso_date)]


class Strict(BaseModel):
    """Base of all models: frozen, no unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Place(Strict):
    """A door: where a shipment is picked up or delivered."""

    lat: Number = Field(ge=-90, le=90)
    lon: Number = Field(ge=-180, le=180)
    name: str = ""


class Returns(Strict):
    """What goes back from the door of a delivery on the same day: empty boxes, refused goods."""

    kg: Number = Field(gt=0, le=1_000_000)
    litres: Number = Field(0.0, ge=0, le=1_000_000)
    pieces: Whole = Field(1, ge=1, le=100_000)
    temperature: Temperature = "ambient"
    goods: str = Field("", max_length=100, description="class of goods")
    box_cm: tuple[Edge, Edge, Edge] | None = Field(None, description="edges of its largest piece")
    value: Number = Field(0.0, ge=0, le=MAX_VALUE, description="as of a shipment")
    to: Place | None = Field(None, description="where it goes; null: to the pickup")
    by: str | None = Field(None, description="must be there by; RFC 3339 or HH:MM")
    priority: Whole = Field(0, ge=0, le=MAX_PRIORITY, description="as of a shipment")

    @field_validator("by")
    @classmethod
    def _readable_time(cls, text: str | None) -> str | None:
        return readable_time(text)


class IfUndelivered(Strict):
    """Where goods go that nobody takes at their door: to a place, a hub, or back."""

    to: Place | None = Field(None, description="where they go; null: to the hub, or the pickup")
    hub: str | None = Field(None, max_length=MAX_ID, description="id of the hub where they go")
    by: str | None = Field(None, description="must be there by; RFC 3339 or HH:MM")

    @field_validator("by")
    @classmethod
    def _readable_time(cls, text: str | None) -> str | None:
        return readable_time(text)

    @model_validator(mode="after")
    def _one_place(self) -> "IfUndelivered":
        if self.to is not None and self.hub is not None:
            msg = f"names the hub '{self.hub}' and a place `to`; leave one of them out"
            raise ValueError(msg)
        return self


class Shipment(Strict):
    """Goods with one pickup and one delivery."""

    id: str = Field(min_length=1, max_length=MAX_ID)
    pickup: Place
    delivery: Place
    kg: Number = Field(gt=0, le=1_000_000)
    litres: Number = Field(0.0, ge=0, le=1_000_000)
    pieces: Whole = Field(1, ge=1, le=100_000)
    temperature: Temperature = "ambient"
    ready: str | None = Field(
        None, description="can be picked up from; RFC 3339 or HH:MM in the region's zone"
    )
    due: str | None = Field(
        None, description="must be at the door by; RFC 3339 or HH:MM in the region's zone"
    )
    priority: Whole = Field(0, ge=0, le=MAX_PRIORITY, description="9 is served first")
    max_trips: Whole = Field(
        2, ge=0, le=MAX_TRIPS, description="scheduled trips one after another, at most"
    )
    max_hours: Number | None = Field(
        None, gt=0, le=48, description="from leaving its door until it is handed over, at most"
    )

    goods: str = Field("", max_length=100, description="class of goods, such as food")
    box_cm: tuple[Edge, Edge, Edge] | None = Field(None, description="edges of its largest piece")
    value: Number = Field(
        0.0, ge=0, le=MAX_VALUE, description="declared worth, in the currency's smallest unit"
    )
    accompanied: Flag = Field(False, description="must not ride where nobody watches over it")
    skills: tuple[Skill, ...] = Field((), description="of vehicles that drive it: tail_lift")
    max_price: Number | None = Field(
        None, ge=0, description="that it may cost, in the currency's smallest unit"
    )
    returns: Returns | None = Field(
        None, description="goes back after the delivery, as a shipment `<id>/return` of the plan"
    )
    if_undelivered: IfUndelivered | None = Field(
        None, description="what is agreed for the case that nobody takes it"
    )
    follows: str | None = Field(
        None, description="shipment that has to be delivered first; without it this one stays"
    )

    @field_validator("ready", "due")
    @classmethod
    def _readable_time(cls, text: str | None) -> str | None:
        return readable_time(text)

    @model_validator(mode="after")
    def _goes_somewhere(self) -> "Shipment":
        ends = self.pickup, self.delivery
        if ends[0].lat == ends[1].lat and ends[0].lon == ends[1].lon:
            msg = "pickup and delivery are the same place; name two places"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _window_in_order(self) -> "Shipment":
        if self.ready and self.due and is_surely_late(self.ready, self.due):
            msg = f"due {self.due} is not after ready {self.ready}; widen the window"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _sound_way_back(self) -> "Shipment":
        back = self.if_undelivered
        if back is None:
            return self
        goal = back.to or self.pickup
        if back.hub is None and (goal.lat, goal.lon) == (self.delivery.lat, self.delivery.lon):
            msg = "if_undelivered.to is the place of the delivery; name another, or leave it out"
            raise ValueError(msg)
        if back.by is not None and self.due is None:
            msg = f"if_undelivered.by {back.by} needs a `due`; give the time of the delivery too"
            raise ValueError(msg)
        if back.by and self.due and is_surely_late(self.due, back.by):
            msg = f"if_undelivered.by {back.by} is not after due {self.due}; give a later time"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _sound_return(self) -> "Shipment":
        if self.returns is None:
            return self
        goal = self.returns.to or self.pickup
        if (goal.lat, goal.lon) == (self.delivery.lat, self.delivery.lon):
            msg = "returns.to is the place of the delivery; name another place, or leave it out"
            raise ValueError(msg)
        if self.ready and self.returns.by and is_surely_late(self.ready, self.returns.by):
            msg = f"returns.by {self.returns.by} is not after ready {self.ready}; widen the window"
            raise ValueError(msg)
        if self.follows is not None:
            msg = f"it follows '{self.follows}' and has a return of its own; take out one of them"
            raise ValueError(msg)
        if len(self.return_id) > MAX_ID:
            msg = f"its id has {len(self.id)} characters; with a return at most {MAX_ID - 7} fit"
            raise ValueError(msg)
        return self

    @property
    def return_id(self) -> str:
        """Id of the shipment that its return is."""
        return return_of(self.id)

    def with_return(self) -> Iterator["Shipment"]:
        """The shipment, and its return as a shipment that follows it."""
        yield self
        if self.returns is not None:
            goal = self.returns.to or self.pickup
            same = self.returns.model_dump(exclude={"to", "by"})
            yield Shipment(
                id=self.return_id,
                pickup=self.delivery,
                delivery=goal,
                due=self.returns.by,
                follows=self.id,
                **same,
            )


def return_of(shipment_id: str) -> str:
    """Id of what goes back after a shipment."""
    return f"{shipment_id}/return"


class ShipmentsDocument(Strict):
    """A day's batch."""

    date: ServiceDate | None = None
    shipments: tuple[Shipment, ...]
    synthetic: Flag = False
    notice: str = ""
    notice_ja: str = ""

    @model_validator(mode="after")
    def _distinct_ids(self) -> "ShipmentsDocument":
        seen: set[str] = set()
        for row, shipment in enumerate(self.shipments):
            if shipment.id in seen:
                msg = f"shipment {row}: id '{shipment.id}' stands twice; give each its own"
                raise ValueError(msg)
            seen.add(shipment.id)
        return self

    @model_validator(mode="after")
    def _sound_order(self) -> "ShipmentsDocument":
        first = {shipment.id for shipment in self.shipments if shipment.follows is None}
        names = {shipment.id for shipment in self.shipments}
        for row, one in enumerate(self.shipments):
            if one.returns is not None and one.return_id in names:
                msg = f"shipment {row}: the return of '{one.id}' needs the id '{one.return_id}'"
                raise ValueError(f"{msg}, which another shipment has; give that one another id")
            if one.follows is not None and one.id == return_of(one.follows):
                msg = f"shipment {row}: '{one.id}' is how the return of '{one.follows}' is called"
                raise ValueError(f"{msg}; ask for it by `returns`, or give this one another id")
            if one.follows is not None and one.follows not in first:
                why = "follows another one itself" if one.follows in names else "is not there"
                msg = f"shipment {row}: '{one.id}' follows '{one.follows}', which {why}"
                raise ValueError(f"{msg}; name one that follows none")
        return self

    @property
    def with_returns(self) -> tuple[Shipment, ...]:
        """All shipments, each return after the one that it follows."""
        return tuple(one for shipment in self.shipments for one in shipment.with_return())
