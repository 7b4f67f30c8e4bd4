"""Vehicles of `region.yaml`: taxis, and fleets of vans, trucks and buses that carry goods.

All are one kind of thing: vehicles of a base with drivers, costs and perhaps a bay. A taxi has a
meter besides, a bus may serve a demand zone.
"""

import difflib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import Field, model_validator

from maas.region_cargo import Bay, Skill
from maas.region_parts import Accessible, Clock, Crewed, Point, Strict

PROFILE_OF_KIND = {"taxi": "taxi", "van": "van", "truck": "truck", "bus": "van"}  # of roads


class Meter(Strict):
    """A Japanese taxi meter: a base fare, then a step fare for each step of distance."""

    base_fare: int = Field(ge=0)
    base_distance_m: int = Field(ge=0)
    step_fare: int = Field(ge=0)
    step_distance_m: int = Field(gt=0)
    pickup_fee: int = Field(0, ge=0)
    night_factor: float = Field(1.2, ge=1)
    night_from: Clock = "22:00"
    night_to: Clock = "05:00"


class Costs(Strict):
    """What running a vehicle costs its operator, in the region's currency."""

    per_km: float = Field(ge=0)
    per_hour: float = Field(ge=0)
    fixed: float = Field(0, ge=0)


class Vehicles(Accessible, Crewed):
    """Vehicles of one base that may carry goods."""

    kind: str
    name: str = ""
    name_en: str = ""
    base: Point
    start: Point | None = Field(None, description="where rounds begin; null: at the base")
    end: Point | None = Field(None, description="where rounds end; null: where they began")
    profile: str | None = Field(
        None, description="of roads, with its speeds and sizes; null: that of the kind"
    )
    vehicles: int = Field(1, ge=1)
    seats: int = Field(0, ge=0, le=200)
    skills: frozenset[Skill] = Field(frozenset(), description="that shipments ask for by name")
    bay: Bay | None = None
    costs: Costs
    co2_g_per_km: int = Field(ge=0)

    @property
    def begins_at(self) -> Point:
        """Where rounds begin."""
        return self.start or self.base

    @property
    def ends_at(self) -> Point:
        """Where rounds end."""
        return self.end or self.begins_at

    @property
    def road_profile(self) -> str:
        """Profile of roads that it drives by."""
        return self.profile or PROFILE_OF_KIND[self.kind]


class TaxiFleet(Vehicles):
    """Taxis of one town: passengers within `radius_m` of `base`, parcels if there is a bay."""

    kind: Literal["taxi"] = "taxi"
    radius_m: int = Field(15_000, gt=0)
    vehicles: int = Field(5, ge=1)
    seats: int = Field(4, ge=1)
    hours: tuple[Clock, Clock] = ("06:00", "24:00")
    pickup_wait: int = Field(420, ge=0, description="s between the call and the taxi at the door")
    meter: Meter
    costs: Costs = Costs(per_km=60, per_hour=2200)
    co2_g_per_km: int = Field(150, ge=0)


_OF_KIND: Mapping[str, dict[str, Any]] = {
    "truck": {"costs": Costs(per_km=70, per_hour=2800, fixed=6000), "co2_g_per_km": 520},
    "bus": {"costs": Costs(per_km=60, per_hour=2600, fixed=3000), "co2_g_per_km": 400, "seats": 8},
}


class Fleet(Vehicles):
    """Vans and trucks for goods only, and buses that carry passengers on demand as well.

    What is not said of a truck or a bus is as usual for its kind: costs, CO2, seats.
    """

    kind: Literal["van", "truck", "bus"] = "van"
    hours: tuple[Clock, Clock] = ("08:00", "20:00")
    bay: Bay
    costs: Costs = Costs(per_km=45, per_hour=2400, fixed=3000)
    co2_g_per_km: int = Field(250, ge=0)
    zone: str | None = Field(
        None, description="id of the demand zone that a bus serves: in its area, days and hours"
    )

    @model_validator(mode="before")
    @classmethod
    def _as_usual_for_its_kind(cls, fields: Any) -> Any:
        kind = fields.get("kind") if isinstance(fields, dict) else None
        if kind == "taxi":
            msg = "taxis have a `meter`; write the fleet under `taxis`, without `kind`"
            raise ValueError(msg)
        return {**_OF_KIND.get(kind, {}), **fields} if isinstance(kind, str) else fields

    @model_validator(mode="after")
    def _passengers_by_bus(self) -> "Fleet":
        if self.kind != "bus":
            for key, value in (
                ("seats", self.seats),
                ("wheelchairs", self.wheelchair_places),
                ("zone", self.zone),
            ):
                if value:
                    msg = f"fleet '{self.id}' is a {self.kind}: only a bus has `{key}`; leave it"
                    raise ValueError(f"{msg} out, or write `kind: bus`")
        return self


def fleet_faults(
    vans: Sequence[Fleet], fleets: Sequence[Vehicles], profiles: Collection[str], service: int
) -> Iterator[str]:
    """What is wrong with fleets beside each other: ids, kinds, profiles of roads, ends.

    Parameters
    ----------
    fleets
        All of the region, `vans` among them.
    profiles
        That the region's roads have.
    service
        Longest time that a vehicle stands anywhere, s.
    """
    for van in vans:
        if van.kind != "van":
            yield f"vans: '{van.id}' is a {van.kind}; write it under `fleets`"
    for name, n in Counter(fleet.id for fleet in fleets).items():
        if n > 1:
            text = f"fleet id '{name}' stands {n} times in `taxis`, `vans` and `fleets`"
            yield f"{text}; give each its own"
    for fleet in fleets:
        if fleet.profile is not None and fleet.profile not in profiles:
            near = difflib.get_close_matches(fleet.profile, sorted(profiles), n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"known are {', '.join(profiles)}"
            yield f"'{fleet.id}': profile: the roads have no '{fleet.profile}'; {hint}"
        if fleet.ends_at != fleet.begins_at:
            yield from _shift_faults(fleet, service)


def _shift_faults(fleet: Vehicles, service: int) -> Iterator[str]:
    """Breaks that would part the one round of vehicles which end elsewhere than they began."""
    for at, one in enumerate(fleet.breaks):
        first, last = one.window
        if last - first < one.length + service:
            yield (
                f"'{fleet.id}': breaks.{at}: {one.length} s from {one.from_} to {one.until} part "
                "its shift, but its rounds end elsewhere than they begin; let the break lie in "
                f"{one.length + service} s or more, or leave `end` out"
            )
