"""Shipments and load plans as documents: pydantic at the border, arrays inside.

`ShipmentsDocument` is what people write (`maas schema shipments`), `LoadPlan` what planning
answers (`maas schema load-plan`). Later versions add fields and rename none.
"""

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cargo.change_documents import TripChange
from cargo.errors import DocumentError, TooManyShipmentsError
from cargo.faults import explain
from cargo.kpi_documents import BothKpis, LoadFactors
from cargo.money import Money
from cargo.party import PassengerParty, PassengersDocument
from cargo.shipment import (
    MAX_SHIPMENTS,
    Instant,
    IsoDate,
    ServiceDate,
    Shipment,
    ShipmentsDocument,
    Strict,
)

_Model = TypeVar("_Model", bound=BaseModel)


class Point(Strict):
    """A place in a plan: a door, a hub or a stop of a hub."""

    name: str
    lat: float
    lon: float
    hub: str | None = None
    stop_id: str | None = None
    position: int | None = None


class RoadStep(Strict):
    """A ride by a vehicle on the road, which leaves at `departure` and is there at `arrival`."""

    kind: Literal["road"]
    mode: Literal["taxi", "van", "truck", "drt"] = Field(description="a bus on demand is drt")
    vehicle: str
    from_: Point = Field(alias="from")
    to: Point
    departure: Instant
    arrival: Instant
    distance_m: int

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class NamedTrip(Strict):
    """What a scheduled trip is called."""

    trip_id: str
    service_date: IsoDate
    start_time: int
    line: str
    line_name: str
    mode: str
    rule: str


class TripStep(NamedTrip):
    """A ride on a scheduled trip."""

    kind: Literal["trip"]
    from_: Point = Field(alias="from")
    to: Point
    departure: Instant
    arrival: Instant

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class HoldStep(Strict):
    """A stay at a hub, in its hands, until loading begins or a vehicle takes over."""

    kind: Literal["hold"]
    hub: str
    at: Point
    from_: Instant = Field(alias="from")
    until: Instant

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


Step = Annotated[RoadStep | TripStep | HoldStep, Field(discriminator="kind")]


class Reason(Strict):
    """Why something cannot be, and the smallest change that would let it be."""

    code: str
    message: str
    message_ja: str
    remedy: dict[str, Any] | None = None


class WayBack(Strict):
    """What is agreed for the case that nobody takes a shipment at the end of its chain."""

    to: Point
    by: Instant | None = None
    held_by: str = Field(description="route sheet or hub that has it at the end of the chain")


class PlannedShipment(Strict):
    """What becomes of one shipment; one that got stuck has the chain up to there, and a reason."""

    id: str
    status: Literal["planned", "rejected"]
    chain: tuple[Step, ...] = ()
    if_undelivered: WayBack | None = None
    reason: Reason | None = None
    request: Shipment


class PlannedParty(Strict):
    """What becomes of one party of passengers."""

    id: str
    status: Literal["carried", "refused"]
    vehicle: str | None = Field(None, description="route sheet that carries it")
    pickup: Instant | None = Field(None, description="when boarding starts")
    departure: Instant | None = None
    arrival: Instant | None = None
    wait_s: int | None = Field(None, description="from `earliest` to the pickup")
    ride_s: int | None = Field(None, description="on board, without getting in and out")
    reason: Reason | None = None
    request: PassengerParty


class Visit(Strict):
    """A stop of a vehicle: what it loads and unloads there, and which parties get in and out."""

    at: Point
    arrival: Instant
    departure: Instant
    load: tuple[str, ...] = ()
    unload: tuple[str, ...] = ()
    board: tuple[str, ...] = ()
    alight: tuple[str, ...] = ()


class BreakTaken(Strict):
    """Time off of the driver, between two stops or while the vehicle stands."""

    from_: Instant = Field(alias="from")
    until: Instant

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class RouteSheet(Strict):
    """One round of one vehicle, from where its fleet begins to where it ends."""

    id: str
    vehicle: str
    round: int
    fleet: str
    kind: Literal["taxi", "van", "truck", "bus"]
    visits: tuple[Visit, ...]
    breaks: tuple[BreakTaken, ...] = Field((), description="within the round; others lie beside it")
    distance_m: int
    duration_s: int
    cost: Money
    co2_g: int


class Handling(Strict):
    """What a trip loads and unloads at one stop."""

    at: Point
    arrival: Instant
    departure: Instant
    load: tuple[str, ...] = ()
    unload: tuple[str, ...] = ()


class SegmentLoad(Strict):
    """Load on the segments from one position to another, and the room they had."""

    position: int
    to_position: int
    kg: int
    litres: int
    pieces: int
    room_kg: int
    room_litres: int
    room_pieces: int
    load_factor: LoadFactors | None = Field(None, description="load over room")
    one_more_box: Money | None = Field(
        None, description="what room for one more mean box would save; from the bound's prices"
    )


class Manifest(NamedTrip):
    """The goods of one scheduled trip."""

    stops: tuple[Handling, ...]
    segments: tuple[SegmentLoad, ...]


class ScarceSegment(NamedTrip):
    """A stretch of a trip whose room is worth something."""

    from_: Point = Field(alias="from")
    to: Point
    departure: Instant
    one_more_box: Money
    message: str
    message_ja: str

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class LineChoiceReport(Strict):
    """How the choice of lines compares with what is possible, at what road ends cost."""

    method: str
    cost: Money = Field(description="of lines, road ends and direct drives, as estimated")
    bound: Money = Field(description="no choice of lines costs less: linear relaxation")
    gap_percent: float
    first_come_first_served: Money
    box: dict[str, float] = Field(description="the mean box: kg and litres a piece")
    scarce: tuple[ScarceSegment, ...]


class SeparateOperation(Strict):
    """Shipments by van or truck from door to door, parties by taxi or bus: the comparison."""

    planned: tuple[str, ...]
    rejected: tuple[str, ...]
    vehicles: tuple[RouteSheet, ...]
    passengers: tuple[PlannedParty, ...] = ()


class LoadPlan(Strict):
    """The answer of `maas cargo plan`."""

    version: Literal[1, 2] = Field(1, description="of this form; 2 knows passengers")
    region: str
    region_version: str
    date: ServiceDate
    timezone: str
    currency: str
    synthetic: bool
    seed: int
    seconds: float = Field(
        description="CPU s given to each of the two ways of operation; 0 where iterations end the "
        "work. A notice says so where it was cut short"
    )
    iterations: int | None = None
    engine: Literal["own", "ortools"] = Field("own", description="that planned the rounds")
    engines: dict[str, str]
    objective: tuple[str, ...]
    ledger_version: int
    notices: tuple[str, ...]
    changes: tuple[TripChange, ...] = Field(
        (), description="of trips, told since; the plan holds on the timetable so changed"
    )
    shipments: tuple[PlannedShipment, ...]
    passengers: tuple[PlannedParty, ...] = ()
    vehicles: tuple[RouteSheet, ...]
    trips: tuple[Manifest, ...]
    lines: LineChoiceReport | None = None
    separate: SeparateOperation
    kpis: BothKpis


def read_shipments(document: Any, source: str) -> ShipmentsDocument:
    """Check a shipments document.

    Raises
    ------
    DocumentError
        With a line for each fault: where, what, which value, what to do.
    TooManyShipmentsError
        If there are more than one plan can hold; nothing else is read of them then.
    """
    rows = document.get("shipments") if isinstance(document, dict) else None
    if isinstance(rows, list) and len(rows) > MAX_SHIPMENTS:
        raise TooManyShipmentsError(len(rows), MAX_SHIPMENTS)
    return checked(ShipmentsDocument, document, source)


def read_passengers(document: Any, source: str) -> PassengersDocument:
    """Check a passengers document.

    Raises
    ------
    DocumentError
        As `read_shipments`.
    """
    return checked(PassengersDocument, document, source)


def read_shipment(document: Any, source: str) -> Shipment:
    """Check one shipment.

    Raises
    ------
    DocumentError
        As `read_shipments`.
    """
    return checked(Shipment, document, source)


def read_plan(document: Any, source: str) -> LoadPlan:
    """Check the form of a load plan; `cargo.check` checks what it says.

    Raises
    ------
    DocumentError
        As `read_shipments`.
    """
    return checked(LoadPlan, document, source)


def checked(model: type[_Model], document: Any, source: str) -> _Model:
    """Read a document of a model.

    Raises
    ------
    DocumentError
        With a line for each fault: where, what, which value, what to do.
    """
    if not isinstance(document, dict):
        msg = f"{source}: expected a JSON object with {', '.join(list(model.model_fields)[:4])} …"
        raise DocumentError(msg)
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise DocumentError(explain(error, model, source)) from error
