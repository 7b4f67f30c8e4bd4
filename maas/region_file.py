"""`region.yaml`: what a region is made of, as pydantic models.

Paths are relative to the file. Only `name`, `timezone` and `feeds` must be there. An unknown key is
an error that names the nearest known one. Prices and costs are in the currency's smallest unit
(yen, cents).
"""

from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from cargo.rules import DOOR_SERVICE
from maas.errors import RegionFileError
from maas.region_cargo import CargoRule, Forecast, GoodsClass, Hub, Temperature
from maas.region_fleets import Fleet, TaxiFleet, Vehicles, fleet_faults
from maas.region_parts import (
    Accessible,
    Area,
    BikeShare,
    CarPark,
    Clock,
    PartOfYear,
    Strict,
    Weekday,
)
from maas.yaml_file import read_yaml
from routing.profiles import with_overrides


class Realtime(Strict):
    """Where GTFS-Realtime messages about a feed come from: URLs, or files beside the region file.

    A message may hold entities of all kinds, whatever it is named for.
    """

    trip_updates: str | None = None
    vehicle_positions: str | None = None
    alerts: str | None = None
    interval: float = Field(30, ge=1, le=3600, description="s between two questions")
    timeout: float = Field(10, gt=0, le=120, description="s until an answer must be complete")
    max_age: int = Field(600, ge=10, le=86_400, description="s; what is older does not count")
    max_bytes: int = Field(50_000_000, ge=1_000)

    @property
    def addresses(self) -> dict[str, str]:
        """Address of each kind of message that is named."""
        kinds = ("trip_updates", "vehicle_positions", "alerts")
        return {kind: address for kind in kinds if (address := getattr(self, kind))}


class FeedSource(Strict):
    """One GTFS feed: a zip, a folder or a URL."""

    id: str = Field(pattern=r"^[A-Za-z0-9_.-]+$")
    path: str | None = None
    url: str | None = None
    licence: str = ""
    attribution: str = ""
    realtime: Realtime | None = None

    @model_validator(mode="after")
    def _one_source(self) -> "FeedSource":
        if (self.path is None) == (self.url is None):
            msg = f"feed '{self.id}' needs exactly one of `path` and `url`"
            raise ValueError(msg)
        return self


class BeelineModel(Strict):
    """Straight lines times a detour factor, where no road file is given."""

    detour: float = Field(1.3, ge=1, le=3)
    speed_kmh: dict[str, float] = Field(
        default_factory=lambda: {
            "foot": 4.5, "bike": 14.0, "car": 32.0, "taxi": 32.0, "van": 30.0, "truck": 28.0,
        }
    )  # fmt: skip


class Season(PartOfYear):
    """A part of the year with its own speeds; conditional closures in the road file add to it."""

    speed_factor: float = Field(1.0, gt=0, le=1)


class Roads(Strict):
    """Where roads come from: an OSM file by path or URL, a place name, or none (beeline)."""

    path: str | None = None
    url: str | None = None
    place: str | None = None
    licence: str = ""
    attribution: str = ""
    beeline: BeelineModel = BeelineModel()
    winter: Season | None = None

    @model_validator(mode="after")
    def _at_most_one_source(self) -> "Roads":
        if sum(source is not None for source in (self.path, self.url, self.place)) > 1:
            msg = "roads: give one of `path`, `url`, `place`, or none of them for the beeline model"
            raise ValueError(msg)
        return self


class Walking(Strict):
    """How far people walk."""

    speed_kmh: float = Field(4.5, gt=0, le=15)
    limit_m: int = Field(
        1500,
        ge=0,
        le=20_000,
        description="access, egress, and direct walks are up to twice as long",
    )
    transfer_limit_m: int = Field(500, ge=0, le=5_000)
    change_time: int = Field(60, ge=0, le=3600, description="s between two trips at one stop")


class Booking(Strict):
    """How and until when a ride has to be booked."""

    kind: Literal["any_time", "same_day", "days_before"]
    notice: int = Field(0, ge=0, description="s before the ride, on the same day")
    last_day: int = Field(0, ge=0, description="days before the ride")
    last_time: Clock = "24:00"
    message: str = ""
    phone: str = ""
    url: str = ""


class DemandZone(Accessible):
    """A demand-responsive service: door to door within a polygon, by booking, at a flat price.

    Services of GTFS-Flex feeds become such zones when a region is built.
    """

    id: str
    name: str = ""
    name_en: str = ""
    polygon: tuple[tuple[float, float], ...] = Field((), description="(lat, lon) corners")
    area: Area | None = Field(None, description="instead of `polygon`")
    to_area: Area | None = Field(None, description="where it sets down, if that is elsewhere")
    hours: tuple[Clock, Clock] = ("08:00", "18:00")
    windows: tuple[tuple[Clock, Clock], ...] = Field((), description="instead of `hours`")
    days: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat")
    dates: tuple[date, ...] | None = Field(None, description="instead of `days`")
    wait: int = Field(1200, ge=0, description="s a passenger waits, at most, after the asked time")
    detour: float = Field(1.4, ge=0, description="ride time over direct time")
    offset: int = Field(0, ge=0, description="s on top of the ride time")
    fare: int | None = Field(ge=0, description="null where it is not known")
    seats: int = Field(8, ge=1)
    vehicles: int = Field(1, ge=1)
    booking: Booking | None = None
    line: str = Field("", description="feed:route_id of a GTFS-Flex service")

    @model_validator(mode="after")
    def _somewhere(self) -> "DemandZone":
        if (len(self.polygon) < 3) == (self.area is None):
            msg = (
                f"demand zone '{self.id}' needs a `polygon` of three corners or more, or an `area`"
            )
            raise ValueError(msg)
        return self

    @cached_property
    def picks_up(self) -> Area:
        """Where passengers get on."""
        return self.area or Area(rings=(self.polygon,))

    @property
    def sets_down(self) -> Area:
        """Where passengers get off."""
        return self.to_area or self.picks_up


class DistanceFare(Strict):
    """Price by travelled distance; bands are (up to km, price), the last one is open-ended."""

    kind: Literal["distance"]
    feed: str
    lines: tuple[str, ...] = ()
    bands: tuple[tuple[float, int], ...] = Field(min_length=1)
    through: bool = Field(False, description="consecutive legs of the feed are priced as one ride")


class FlatFare(Strict):
    """One price per ride."""

    kind: Literal["flat"]
    feed: str
    lines: tuple[str, ...] = ()
    price: int = Field(ge=0)


Fare = Annotated[DistanceFare | FlatFare, Field(discriminator="kind")]


class Capacity(Strict):
    """Seats of the vehicles of lines or of a whole mode."""

    mode: str | None = None
    lines: tuple[str, ...] = ()
    seats: int = Field(ge=0)


class RegionFile(Strict):
    """The whole of `region.yaml`."""

    name: str = Field(min_length=1)
    timezone: str
    feeds: tuple[FeedSource, ...] = Field(min_length=1)
    name_ja: str = ""
    synthetic: bool = False
    notice: str = ""
    notice_ja: str = ""
    currency: str = Field("JPY", pattern=r"^[A-Z]{3}$")
    holidays: tuple[date, ...] = ()
    roads: Roads = Roads()
    profiles: dict[str, Any] = Field(
        default_factory=dict, description="changes to the profiles of roads; false leaves one out"
    )
    walking: Walking = Walking()
    taxis: tuple[TaxiFleet, ...] = ()
    taxi_limit_m: int = Field(30_000, ge=0, description="longest taxi ride to or from a stop")
    taxi_direct_limit_m: int = Field(120_000, ge=0)
    demand_zones: tuple[DemandZone, ...] = ()
    bike_shares: tuple[BikeShare, ...] = ()
    car_parks: tuple[CarPark, ...] = Field(
        (), description="where any are named, cars are left there and nowhere else"
    )
    vans: tuple[Fleet, ...] = Field((), description="fleets of kind van")
    fleets: tuple[Fleet, ...] = Field((), description="vans, trucks and buses that carry goods")
    fares: tuple[Fare, ...] = ()
    capacities: tuple[Capacity, ...] = ()
    hubs: tuple[Hub, ...] = ()
    cargo: tuple[CargoRule, ...] = ()
    incompatible_goods: tuple[
        Annotated[tuple[GoodsClass, ...], Field(min_length=2, max_length=2)], ...
    ] = Field(
        (), description="pairs of classes never in one bay or vehicle; a class twice: one at a time"
    )
    forecasts: tuple[Forecast, ...] = Field((), description="of passengers, for `free_seats`")
    temperature_hours: dict[Temperature, Annotated[float, Field(gt=0, le=48)]] = Field(
        default_factory=dict, description="that goods of a class may be on the way, door to door"
    )
    co2_g_per_pkm: dict[str, float] = Field(default_factory=dict, description="by mode, over ours")
    co2_source: str = ""
    population: str | None = Field(None, description="CSV: lat, lon, people, name")

    @property
    def class_hours(self) -> dict[str, float]:
        """`temperature_hours` by the name of the class."""
        return {str(name): hours for name, hours in self.temperature_hours.items()}

    @property
    def goods_apart(self) -> frozenset[frozenset[str]]:
        """`incompatible_goods` in no order; a class that must be alone is a pair of its own."""
        return frozenset(map(frozenset, self.incompatible_goods))

    @model_validator(mode="after")
    def _seats_given_once(self) -> "RegionFile":
        taken: dict[str, str] = {}
        for rule in self.cargo:
            for line in rule.lines if rule.free_seats is not None else ():
                if line in taken:
                    msg = (
                        f"cargo rules '{taken[line]}' and '{rule.id}' both put goods on the free "
                        f"seats of line '{line}'; give `free_seats` to one of them"
                    )
                    raise ValueError(msg)
                taken[line] = rule.id
        return self

    @property
    def carriers(self) -> tuple[Vehicles, ...]:
        """All fleets: taxis, vans and others."""
        return (*self.taxis, *self.vans, *self.fleets)

    def zone_of(self, fleet: Vehicles) -> DemandZone | None:
        """Demand zone that a fleet serves; None where it goes anywhere."""
        if not isinstance(fleet, Fleet) or fleet.zone is None:
            return None
        return next(zone for zone in self.demand_zones if zone.id == fleet.zone)

    @property
    def profile_names(self) -> tuple[str, ...]:
        """Profiles that the roads of the region have once it is built."""
        if any((self.roads.path, self.roads.url, self.roads.place)):
            return tuple(profile.name for profile in with_overrides(self.profiles))
        return tuple(self.roads.beeline.speed_kmh)

    @model_validator(mode="after")
    def _sound_fleets(self) -> "RegionFile":
        service = max([DOOR_SERVICE, *(hub.handling for hub in self.hubs)])
        faults = list(fleet_faults(self.vans, self.carriers, self.profile_names, service))
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            msg = f"'{name}' is not an IANA time zone, such as Asia/Tokyo"
            raise ValueError(msg) from error
        return name

    @field_validator("profiles")
    @classmethod
    def _known_keys_of_profiles(cls, profiles: dict[str, Any]) -> dict[str, Any]:
        with_overrides(profiles)
        return profiles

    @field_validator("feeds")
    @classmethod
    def _distinct_feeds(cls, feeds: tuple[FeedSource, ...]) -> tuple[FeedSource, ...]:
        ids = [feed.id for feed in feeds]
        if twice := sorted({feed_id for feed_id in ids if ids.count(feed_id) > 1}):
            msg = f"feed id '{twice[0]}' stands twice; give each feed its own"
            raise ValueError(msg)
        return feeds


def read_region_file(path: Path) -> RegionFile:
    """Read and check a region file.

    Raises
    ------
    RegionFileError
        If the file is missing, no YAML, or breaks the schema.
    """
    keys = "`name`, `timezone` and `feeds`"
    return read_yaml(path, RegionFile, RegionFileError, "region.yaml", keys)
