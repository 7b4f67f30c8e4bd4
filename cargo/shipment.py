"""Shipments as people write them, checked by pydantic."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from cargo.moments import is_surely_late, is_time

Temperature = Literal["ambient", "cool", "frozen"]
TEMPERATURE_BIT = {"ambient": 1, "cool": 2, "frozen": 4}
MAX_PRIORITY = 9
MAX_SHIPMENTS = 5000  # of one plan

ServiceDate = date

Skill = Annotated[str, Field(min_length=1, max_length=100)]
Edge = Annotated[float, Field(gt=0, le=2_000)]  # cm


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


class Strict(BaseModel):
    """Base of all models: frozen, no unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Place(Strict):
    """A door: where a shipment is picked up or delivered."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    name: str = ""


class Shipment(Strict):
    """Goods with one pickup and one delivery."""

    id: str = Field(min_length=1, max_length=100)
    pickup: Place
    delivery: Place
    kg: float = Field(gt=0, le=1_000_000)
    litres: float = Field(0.0, ge=0, le=1_000_000)
    pieces: int = Field(1, ge=1, le=100_000)
    temperature: Temperature = "ambient"
    ready: str | None = Field(
        None, description="can be picked up from; RFC 3339 or HH:MM in the region's zone"
    )
    due: str | None = Field(
        None, description="must be at the door by; RFC 3339 or HH:MM in the region's zone"
    )
    priority: int = Field(0, ge=0, le=MAX_PRIORITY, description="9 is served first")
    max_trips: int = Field(2, ge=0, le=4, description="scheduled trips one after another, at most")
    max_hours: float | None = Field(
        None, gt=0, le=48, description="from leaving its door until it is handed over, at most"
    )

    goods: str = Field("", max_length=100, description="class of goods, such as food")
    box_cm: tuple[Edge, Edge, Edge] | None = Field(None, description="edges of its largest piece")
    accompanied: bool = Field(False, description="must not ride where nobody watches over it")
    skills: tuple[Skill, ...] = Field((), description="of vehicles that drive it: tail_lift")
    max_price: float | None = Field(
        None, ge=0, description="that it may cost, in the currency's smallest unit"
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


class ShipmentsDocument(Strict):
    """A day's batch."""

    date: ServiceDate | None = None
    shipments: tuple[Shipment, ...]
    synthetic: bool = False
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
