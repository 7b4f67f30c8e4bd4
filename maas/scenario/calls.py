"""What passengers' rides ask of vehicles on call: the ride, and the empty ways before and after."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from maas.emissions import G_PER_PASSENGER_KM
from maas.region_fleets import Costs, TaxiFleet
from maas.scenario.passengers import CalledRide
from routing.layout import UNREACHED, Float64Array

if TYPE_CHECKING:
    from routing.road import RoadNetwork

ON_DEMAND_COSTS = Costs(per_km=60, per_hour=2200)  # a zone names none: as taxis
ON_DEMAND_G_PER_KM = G_PER_PASSENGER_KM["drt"]


class Turn(NamedTuple):
    """Vehicles away from their base for one ride."""

    operator_id: str
    vehicles: int
    seconds: int  # from leaving the base to being back
    loaded_m: int
    empty_m: int


@dataclass(frozen=True)
class CallWork:
    """All turns of a day and what they cost."""

    turns: tuple[Turn, ...]
    cost: float  # smallest unit of the currency
    co2_g: float

    @property
    def loaded_km(self) -> float:
        """Distance with passengers."""
        return sum(turn.vehicles * turn.loaded_m for turn in self.turns) / 1000

    @property
    def empty_km(self) -> float:
        """Distance without."""
        return sum(turn.vehicles * turn.empty_m for turn in self.turns) / 1000

    @property
    def hours(self) -> float:
        """Time of drivers."""
        return sum(turn.vehicles * turn.seconds for turn in self.turns) / 3600


def call_work(
    rides: Iterable[CalledRide], fleets: Sequence[TaxiFleet], roads: "RoadNetwork"
) -> CallWork:
    """Drive each ride as a turn of its own.

    A taxi comes from its base and goes back there, by road. A vehicle on demand has no base: its
    empty way is as long as the ride.
    """
    by_operator: dict[str, list[CalledRide]] = defaultdict(list)
    for ride in rides:
        by_operator[ride.operator_id].append(ride)
    by_id = {fleet.id: fleet for fleet in fleets}
    turns: list[Turn] = []
    cost = co2 = 0.0
    for operator_id, driven in sorted(by_operator.items()):
        fleet = by_id.get(operator_id)
        own = _on_demand(driven) if fleet is None else _from_base(fleet, driven, roads)
        costs = ON_DEMAND_COSTS if fleet is None else fleet.costs
        g_per_km = ON_DEMAND_G_PER_KM if fleet is None else fleet.co2_g_per_km
        work = CallWork(tuple(own), 0.0, 0.0)
        km = work.loaded_km + work.empty_km
        cost += costs.per_km * km + costs.per_hour * work.hours
        co2 += g_per_km * km
        turns += own
    return CallWork(tuple(turns), cost, co2)


def _on_demand(rides: Sequence[CalledRide]) -> list[Turn]:
    return [
        Turn(ride.operator_id, 1, 2 * (ride.end - ride.start), ride.distance_m, ride.distance_m)
        for ride in rides
    ]


def _from_base(fleet: TaxiFleet, rides: Sequence[CalledRide], roads: "RoadNetwork") -> list[Turn]:
    """Put the empty ways before and after each ride; none where roads know no way."""
    base = roads.pin([fleet.base.lon], [fleet.base.lat], "taxi")
    starts = roads.pin(*_lon_lat([ride.origin for ride in rides]), "taxi")
    ends = roads.pin(*_lon_lat([ride.destination for ride in rides]), "taxi")
    out_s, out_m = (table[0] for table in roads.many_to_many(base, starts, "taxi"))
    back_s, back_m = (table[:, 0] for table in roads.many_to_many(ends, base, "taxi"))
    empty_s = np.where(out_s < UNREACHED, out_s, 0) + np.where(back_s < UNREACHED, back_s, 0)
    empty_m = np.where(out_s < UNREACHED, out_m, 0) + np.where(back_s < UNREACHED, back_m, 0)
    return [
        Turn(
            fleet.id,
            -(-ride.party // fleet.seats),
            ride.end - ride.start + seconds,
            ride.distance_m,
            metres,
        )
        for ride, seconds, metres in zip(rides, empty_s.tolist(), empty_m.tolist(), strict=True)
    ]


def _lon_lat(places: Sequence[tuple[float, float]]) -> tuple[Float64Array, Float64Array]:
    lat, lon = np.array(places, np.float64).T
    return np.ascontiguousarray(lon), np.ascontiguousarray(lat)
