"""Figures of a load plan, as documents."""

from pydantic import Field

from cargo.money import Money
from cargo.shipment import Strict


class LoadFactors(Strict):
    """Shares of the room that are used; none where there is no room."""

    kg: float | None
    litres: float | None
    pieces: float | None


class PassengerKpis(Strict):
    """What parties of passengers get."""

    parties: int
    carried: int
    people_carried: int
    mean_wait_s: float | None
    longest_wait_s: int | None
    mean_ride_s: float | None
    taxis: int = Field(description="vehicles that carry passengers")
    shared_taxis: int = Field(description="of which carry parcels in the same round")


class FollowingKpis(Strict):
    """What becomes of returns and other shipments that follow a delivery."""

    shipments: int
    planned: int
    pieces: int = Field(description="of those planned")


class LineLoad(Strict):
    """How full the trips of a line are where they carry goods."""

    line: str
    line_name: str
    mode: str
    trips: int
    segments: int = Field(description="stretches of its trips with goods on board")
    mean: LoadFactors = Field(description="over these stretches, by their length")
    highest: LoadFactors


class Kpis(Strict):
    """Figures of one way of operation."""

    shipments: int
    planned: int
    rejected: int
    unserved_by_priority: dict[str, int]
    vehicle_km: float
    driver_hours: float
    cost: Money
    road_cost: Money
    line_cost: Money
    co2_g: int
    co2_g_by_kind: dict[str, int] = Field(description="of vehicles by their kind, and of lines")
    vehicles: int
    rounds: int
    parcels_by_mode: dict[str, int] = Field(description="pieces that ride each mode at least once")
    shipments_by_mode: dict[str, int]
    trips_used: int
    line_load_factor: float | None = Field(description="kg km carried over kg km free, used trips")
    vehicle_load_factor: float | None = Field(description="kg km over bay kg × km driven")
    load_by_line: tuple[LineLoad, ...] | None = None
    passengers: PassengerKpis | None = None
    following: FollowingKpis | None = Field(None, description="of the shipments, those that follow")


class BothKpis(Strict):
    """The two ways of operation, solved by the same solver with the same CPU time."""

    mixed: Kpis
    separate: Kpis
