"""Models that describe the answer of `POST /v1/journeys`, which the planner writes."""

from typing import Any, Literal

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
    "via": {
        "summary": "By way of a place, with half an hour there, slowly on foot",
        "value": {
            "from": "札幌",
            "to": "函館",
            "via": [{"place": "室蘭", "stay_s": 1800}],
            "at": "2026-12-01T09:00",
            "walk_kmh": 3,
        },
    },
    "last": {
        "summary": "The last connection of the day",
        "value": {"from": "札幌", "to": "小樽", "at": "2026-12-01T09:00", "when": "last"},
    },
}
REPLAN_EXAMPLES: dict[str, Any] = {
    "missed": {
        "summary": "At a station, the next train has been missed",
        "value": {
            "query": {"from": "札幌", "to": "函館"},
            "itinerary": {
                "legs": [
                    {
                        "mode": "rail",
                        "from": {"stop_id": "rail:sapporo"},
                        "to": {"stop_id": "rail:hakodate"},
                        "departure": "2026-12-01T08:41:00+09:00",
                        "arrival": "2026-12-01T12:08:00+09:00",
                        "trip_id": "rail:hokuto-sapporo-hakodate-0841-daily",
                        "service_date": "2026-12-01",
                    }
                ]
            },
            "now": "2026-12-01T08:45:00+09:00",
            "where": {"place": "札幌"},
            "missed": [
                {
                    "trip_id": "rail:hokuto-sapporo-hakodate-0841-daily",
                    "service_date": "2026-12-01",
                }
            ],
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
    platform: str | None = Field(None, description="のりば")


class CalledStop(LegPlace):
    """A stop of a scheduled leg."""

    arrival: Time
    departure: Time
    scheduled_arrival: Time | None = Field(None, description="where a realtime feed told another")
    scheduled_departure: Time | None = None


class Carriage(BaseModel):
    """How full one car of a train was."""

    label: str = Field(examples=["3"])
    status: str | None = Field(examples=["many_seats_available"])
    percent: int | None


class Occupancy(BaseModel):
    """How full the vehicle was when it was seen last."""

    status: str | None = Field(examples=["few_seats_available"])
    percent: int | None
    observed: Time
    carriages: list[Carriage] | None = Field(None, description="from the front of the train")


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


class ChangeTime(BaseModel):
    """Time to change from the ride before."""

    available_s: int
    needed_s: int = Field(description="to walk, or to change at the stop")
    is_tight: bool = Field(description="less than two minutes to spare")


class Step(BaseModel):
    """A stretch of a way on the road."""

    street: str = Field(description="empty where the map has no name")
    distance_m: int


class BriefLeg(BaseModel):
    """A leg in a few words."""

    mode: str
    from_: str = Field(alias="from")
    to: str
    departure: Time
    arrival: Time
    line: str | None = None
    trip_id: str | None = None
    service_date: str | None = None


class OtherDepartures(BaseModel):
    """Other rides between the same stops."""

    earlier: list[BriefLeg]
    later: list[BriefLeg]


class WayOn(BaseModel):
    """The soonest way on when the ride is missed."""

    arrival: Time
    later_s: int = Field(description="s later at the destination")
    legs: list[BriefLeg]


class Barrier(BaseModel):
    """Something in the way of a wheelchair, or not known to be out of it."""

    code: str = Field(
        description="vehicle, boarding, vehicle_unknown, boarding_unknown, no_step_free_way, "
        "longer_step_free_way"
    )
    message: str
    message_ja: str


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
    attribution: str | None = Field(None, description="whom to name as the source of the leg")
    agency: str | None = Field(None, description="who runs the line, where the feed says it")
    line: str | None = None
    line_id: str | None = Field(None, description="feed:route_id")
    trip_id: str | None = Field(None, description="feed:trip_id")
    headsign: str | None = None
    service_date: str | None = None
    stay_seated: bool = Field(False, description="the vehicle of the leg before goes on as this")
    boarding: Literal["phone", "driver"] | None = Field(None, description="whom to ask to get on")
    alighting: Literal["phone", "driver"] | None = Field(None, description="whom to ask to get off")
    is_approximate: bool = Field(False, description="the times are not kept exactly")
    headway_s: int | None = Field(None, description="comes so often in place of keeping times")
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
    occupancy_expected: str | None = Field(
        None, description="at the fullest during the ride", examples=["standing_room_only"]
    )
    vehicle: SeenVehicle | None = None
    alerts: list[LegAlert] | None = None
    stops: list[CalledStop] | None = None
    operator: str | None = Field(
        None, description="of a taxi, a ride on demand, a bike share or a car park"
    )
    operator_id: str | None = None
    rental_id: str | None = Field(
        None, description="station or lone bike that is taken, or the car park"
    )
    bikes_available: int | None = Field(None, description="where the bike is taken, about now")
    docks_available: int | None = Field(None, description="where it is left, about now")
    range_m: int | None = Field(None, description="how far the battery of a lone bike reaches")
    spaces: int | None = Field(None, description="of the car park")
    barriers: list[Barrier] | None = Field(
        None, description="what may stop a wheelchair; where `wheelchair` is asked for"
    )
    call_by: Time | None = Field(None, description="when to call the vehicle, at the latest")
    price: Money | None = Field(
        None,
        description="for the whole party; of a scheduled ride where `price_basis` is by_leg; null "
        "where it is unknown, or a ticket of `fares` is for several rides",
    )
    change: ChangeTime | None = Field(None, description="from the ride before")
    steps: list[Step] | None = Field(None, description="streets of a way on the road")
    other_departures: OtherDepartures | None = Field(None, description="with `details`")
    if_missed: WayOn | None = Field(None, description="with `details`; null where there is none")
    booking: RideBooking | None = Field(None, description="how a ride has to be booked")


class FareLine(Money):
    """A ticket and the legs it is for."""

    legs: list[int]
    fare_id: str | None
    name: str | None = None


class Product(Money):
    """A product and the legs it is for; a discount is below zero."""

    legs: list[int]
    product_id: str | None = Field(description="feed:id; null where it is free or of the region")
    name: str | None


class PriceOffer(Money):
    """What a rider pays by a medium for the whole itinerary, for the party."""

    rider: str | None = Field(description="null = the usual one")
    rider_name: str | None = Field(description="as the feed calls it, in the language asked for")
    medium: str | None = Field(description="null = any, or cash")
    medium_name: str | None = Field(description="as the feed calls it")
    products: list[Product] = Field(description="for the scheduled rides")
    vehicles: Money = Field(description="for taxis, rides on demand, shared bikes and parking")


class JourneyItinerary(BaseModel):
    """Legs in order, from door to door."""

    departure: Time
    arrival: Time
    duration_s: int
    transfers: int
    walk_m: int
    price: Money | None = Field(description="for the whole party; null where a part is unknown")
    co2_g: int
    tags: list[str] = Field(description="fast, cheap, easy: best of those shown; preferred")
    legs: list[JourneyLeg]
    fares: list[FareLine]
    price_basis: str = Field(description="by_leg: `price` of the legs add up | whole: see `fares`")
    prices: list[PriceOffer] = Field(description="by rider and medium; only known ones")
    offer: OfferId | None = Field(description="null where nothing has to be held")


class Remark(BaseModel):
    """A reason or a notice, for machines and for people."""

    code: str = Field(examples=["no-stop-in-reach"])
    message: str
    message_ja: str
    try_: dict[str, Any] | None = Field(
        None, alias="try", description="fields of the query that would help; null: leave out"
    )


class ServedRegion(BaseModel):
    """Which data the answer rests on."""

    name: str
    version: str


class Cursors(BaseModel):
    """Pages before and after; send one as `cursor` with the same query. Null: the feeds end."""

    earlier: str | None
    later: str | None


class Journeys(BaseModel):
    """Itineraries that none of the others beats, or the reasons why there are none."""

    itineraries: list[JourneyItinerary]
    reasons: list[Remark]
    notices: list[Remark]
    region: ServedRegion
    co2_source: str
    hidden: int | None = Field(
        None, description="sensible itineraries that were not chosen; `all` shows them"
    )
    cursors: Cursors | None = None


class PlanProblem(Remark):
    """Why a leg of the plan does not hold."""

    leg: int = Field(description="number of the leg in the itinerary that was sent")


class Replanned(Journeys):
    """Ways to go on."""

    status: str = Field(examples=["as_planned", "changed"])
    problems: list[PlanProblem]
