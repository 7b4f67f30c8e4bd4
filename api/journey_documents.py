"""Models that describe the answer of `POST /v1/journeys`, which the planner writes."""

from typing import Any

from pydantic import BaseModel, Field

QUERY_EXAMPLES: dict[str, Any] = {
    "names": {
        "summary": "By name, leaving at a time",
        "value": {"from": "札幌", "to": "函館", "at": "2026-12-01T09:00"},
    },
    "coordinates": {
        "summary": "By coordinates, three people, arriving by a time",
        "value": {
            "from": {"lat": 43.0686, "lon": 141.3508},
            "to": "42.7752,141.6923",
            "at": "2026-12-01T09:00:00+09:00",
            "arrive_by": True,
            "party": 3,
            "lang": "en",
        },
    },
}
Time = str


class Money(BaseModel):
    """An amount of money as a decimal string."""

    amount: str = Field(examples=["1230"])
    currency: str = Field(examples=["JPY"])


class OfferId(BaseModel):
    """What can be booked, and until when."""

    id: str = Field(description="send it to `POST /v1/bookings`")
    expires: Time


class LegPlace(BaseModel):
    """Where a leg begins or ends."""

    name: str
    lat: float
    lon: float
    stop_id: str | None = Field(None, description="feed:stop_id")


class CalledStop(LegPlace):
    """A stop of a scheduled leg."""

    arrival: Time
    departure: Time
    scheduled_arrival: Time | None = Field(None, description="where a realtime feed told another")
    scheduled_departure: Time | None = None


class Occupancy(BaseModel):
    """How full the vehicle was when it was seen last."""

    status: str | None = Field(examples=["few_seats_available"])
    percent: int | None
    observed: Time


class SeenVehicle(BaseModel):
    """Where the vehicle was when it was seen last."""

    id: str
    lat: float
    lon: float
    observed: Time


class LegAlert(BaseModel):
    """A notice to passengers; texts by language, "" where none is named."""

    id: str
    cause: str = Field(examples=["weather"])
    effect: str = Field(examples=["significant_delays"])
    severity: str
    header: dict[str, str]
    description: dict[str, str]
    url: dict[str, str]


class RideBooking(BaseModel):
    """How a ride has to be booked; `call_by` says until when."""

    message: str
    phone: str
    url: str


class JourneyLeg(BaseModel):
    """One mode from one place to another; scheduled legs name feed, line and trip."""

    mode: str = Field(examples=["rail"])
    from_: LegPlace = Field(alias="from")
    to: LegPlace
    departure: Time = Field(examples=["2026-12-01T09:12:00+09:00"])
    arrival: Time
    distance_m: int
    co2_g: int
    geometry: str = Field(description="encoded polyline, precision 6")
    feed: str | None = None
    line: str | None = None
    line_id: str | None = Field(None, description="feed:route_id")
    trip_id: str | None = Field(None, description="feed:trip_id")
    headsign: str | None = None
    service_date: str | None = None
    stay_seated: bool = Field(False, description="the vehicle of the leg before goes on as this")
    seats_left: int | None = Field(None, description="on the fullest hop of the ride")
    color: str | None = None
    realtime: bool | None = Field(None, description="whether a realtime feed told of the trip")
    is_planned: bool | None = Field(None, description="whether the trip is in the timetable")
    trip_status: str | None = Field(None, description="GTFS-Realtime", examples=["scheduled"])
    scheduled_departure: Time | None = None
    scheduled_arrival: Time | None = None
    departure_delay_s: int | None = Field(None, description="later than planned; known ones only")
    arrival_delay_s: int | None = None
    occupancy: Occupancy | None = None
    vehicle: SeenVehicle | None = None
    alerts: list[LegAlert] | None = None
    stops: list[CalledStop] | None = None
    operator: str | None = Field(None, description="of a taxi or a ride on demand")
    operator_id: str | None = None
    call_by: Time | None = Field(None, description="when to call the vehicle, at the latest")
    price: Money | None = None
    booking: RideBooking | None = Field(None, description="how a ride on demand is booked")


class FareLine(Money):
    """A ticket and the legs it is for."""

    legs: list[int]
    fare_id: str | None


class JourneyItinerary(BaseModel):
    """Legs in order, from door to door."""

    departure: Time
    arrival: Time
    duration_s: int
    transfers: int
    walk_m: int
    price: Money | None = Field(description="for the whole party; null where a part is unknown")
    co2_g: int
    legs: list[JourneyLeg]
    fares: list[FareLine]
    offer: OfferId | None = Field(description="null where nothing has to be held")


class Remark(BaseModel):
    """A reason or a notice, for machines and for people."""

    code: str = Field(examples=["no-stop-in-reach"])
    message: str
    message_ja: str


class ServedRegion(BaseModel):
    """Which data the answer rests on."""

    name: str
    version: str


class Journeys(BaseModel):
    """Itineraries that none of the others beats, or the reasons why there are none."""

    itineraries: list[JourneyItinerary]
    reasons: list[Remark]
    notices: list[Remark]
    region: ServedRegion
