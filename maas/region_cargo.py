"""Parts of `region.yaml` about goods: bays, hubs and the rules of lines."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from maas.region_parts import Area, Clock, Point, Strict, Weekday, clock_seconds

Temperature = Literal["ambient", "cool", "frozen"]
Skill = Annotated[str, Field(min_length=1, max_length=100)]
GoodsClass = Annotated[str, Field(min_length=1, max_length=100)]
Edge = Annotated[int, Field(gt=0, le=2_000)]


class Bay(Strict):
    """Room for goods."""

    kg: int = Field(ge=0)
    litres: int = Field(ge=0)
    pieces: int = Field(ge=0)
    temperatures: tuple[Temperature, ...] = ("ambient",)
    refuses: tuple[GoodsClass, ...] = Field((), description="classes of goods that it never takes")
    largest_box_cm: tuple[Edge, Edge, Edge] | None = Field(None, description="that goes in")
    max_value: int | None = Field(
        None, ge=0, description="that one shipment may be worth; null: whatever it is"
    )


NO_BAY = Bay(kg=0, litres=0, pieces=0, temperatures=())


class Hub(Strict):
    """A place where parcels change between road and line; it may serve several stops."""

    id: str
    name: str = ""
    name_en: str = ""
    at: Point
    stops: tuple[str, ...] = Field(min_length=1, description="feed:stop_id")
    hours: tuple[Clock, Clock] = ("07:00", "21:00")
    handling: int = Field(180, ge=0, description="s to hand a parcel over between road and line")
    storage_pieces: int = Field(200, ge=0)
    staff: tuple[Clock, Clock] | None = Field(
        None, description="when lines are loaded and unloaded, if that is not always in `hours`"
    )

    @model_validator(mode="after")
    def _staff_in_order(self) -> "Hub":
        if self.staff and clock_seconds(self.staff[0]) >= clock_seconds(self.staff[1]):
            msg = f"hub '{self.id}': staff goes before it comes; put the earlier time first"
            raise ValueError(msg)
        return self


class FreeSeats(Strict):
    """Room for goods that a seat gives which no passenger is expected to need."""

    kg: int = Field(ge=0)
    litres: int = Field(ge=0)
    pieces: int = Field(ge=0)
    kept: int = Field(0, ge=0, description="seats kept free beside those that are expected")


class Forecast(Strict):
    """Passengers expected on each vehicle of some lines; of several the largest counts."""

    lines: tuple[str, ...] = Field(min_length=1, description="feed:route_id")
    trips: tuple[str, ...] = Field((), description="feed:trip_id; empty = all trips of the lines")
    stops: tuple[str, ...] = Field((), description="feed:stop_id that segments leave; empty = all")
    departs: tuple[Clock, Clock] = Field(("00:00", "30:00"), description="at those stops")
    days: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday")
    passengers: int = Field(ge=0)


class CargoRule(Strict):
    """Which trips of which lines take parcels, where, and how much."""

    id: str
    lines: tuple[str, ...] = Field(min_length=1, description="feed:route_id")
    trips: tuple[str, ...] = Field((), description="feed:trip_id; empty = all trips of the lines")
    stops: tuple[str, ...] = Field((), description="feed:stop_id; empty = every hub on the line")
    bay: Bay
    departs: tuple[Clock, Clock] = Field(("00:00", "30:00"), description="at the loading stop")
    days: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday")
    handling: int = Field(
        60, ge=0, description="s of loading at a stop, within the dwell or at ends"
    )
    permit: bool = Field(
        False, description="freight licence: without it 350 kg a vehicle is the cap"
    )
    price_per_piece: int = Field(0, ge=0, description="what the line is paid for a piece")
    free_seats: FreeSeats | None = Field(
        None,
        description="the bay is no larger than they make it; null: it is apart from seats",
    )
    area: Area | None = Field(
        None, description="within which goods may be loaded and unloaded; null: everywhere"
    )
    attended: bool = Field(False, description="somebody watches over the goods on board")

    @model_validator(mode="after")
    def _somewhere(self) -> "CargoRule":
        if self.area is not None and not self.area.rings and not self.area.points:
            msg = f"cargo rule '{self.id}': its area has neither rings nor points; name some"
            raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _law(self) -> "CargoRule":
        if not self.permit and self.bay.kg > 350:
            msg = (
                f"cargo rule '{self.id}' carries {self.bay.kg} kg without a permit; the law allows "
                "350 kg: lower `bay.kg` or set `permit: true`"
            )
            raise ValueError(msg)
        return self
