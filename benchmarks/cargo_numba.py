"""The ruin-and-recreate engine of `cargo` on Li and Lim instances."""

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.lilim import Instance, Rounds

if TYPE_CHECKING:
    from cargo.network import Fleet
    from cargo.options import Catalogue
    from cargo.problem import TimedShipment
    from cargo.roads import RoadTables

SCALE = 100  # the engine reckons in int32
VEHICLE_COST = 10_000.0  # a vehicle less is worth more than any distance


def solve(instance: Instance, seconds: float, seed: int) -> Rounds:
    """Rounds after `seconds` of CPU time."""
    from cargo.fleet_rounds import fleet_rounds
    from cargo.loading import Limits, Loader, make_world
    from cargo.network import Network
    from cargo.problem import Problem
    from routing.layout import frozen

    fleet = _fleet(instance)
    pickups, deliveries = zip(*instance.pairs, strict=True)
    problem = Problem(
        network=Network((), (), (fleet,)),
        shipments=tuple(_shipment(instance, node) for node in pickups),
        roads=_roads(instance),
        hub_spot=(),
        base_spot=(0,),
        pickup_spot=pickups,
        delivery_spot=deliveries,
        reach=frozen(np.ones((1, instance.n_nodes)), np.uint8),
    )
    rounds = fleet_rounds([fleet], len(instance.pairs))
    loader = Loader(problem, make_world(problem, _catalogue(instance), rounds), seed)
    loader.start()
    found = loader.run(Limits(seconds))
    return [[instance.pairs[task >> 1][task & 1] for task in row] for row in found.tasks]


def _fleet(instance: Instance) -> "Fleet":
    """All vehicles, as vans that cost by the metre and for being used at all."""
    from cargo.network import Fleet, Room

    return Fleet(
        id="all",
        name="",
        kind="van",
        lat=0.0,
        lon=0.0,
        vehicles=instance.n_vehicles,
        opens=int(instance.earliest[0] * SCALE),
        closes=int(instance.latest[0] * SCALE),
        bay=Room(instance.capacity, 0, 0),
        temperatures=("ambient",),
        radius_m=None,
        per_km=1000.0 / SCALE,
        per_hour=0.0,
        fixed=VEHICLE_COST,
        co2_g_per_km=0,
    )


def _shipment(instance: Instance, pickup: int) -> "TimedShipment":
    from cargo.model import Place, Shipment
    from cargo.network import Room
    from cargo.problem import TimedShipment

    here, kg = Place(lat=0, lon=0), instance.demand[pickup]
    document = Shipment(id=str(pickup), pickup=here, delivery=here, kg=kg)
    return TimedShipment(document, 0, int(instance.latest[0] * SCALE), Room(kg, 0, 0))


def _roads(instance: Instance) -> "RoadTables":
    from cargo.roads import PROFILES, RoadTables, Spot
    from routing.layout import NONE, frozen

    spots = tuple(Spot(0.0, 0.0, "", round(time * SCALE), NONE) for time in instance.service)
    length = np.rint(np.stack([instance.distance] * len(PROFILES)) * SCALE)
    return RoadTables(spots, frozen(length), frozen(length))


def _catalogue(instance: Instance) -> "Catalogue":
    """One way for each pair: its ride from door to door, within the windows of both."""
    from cargo.options import Catalogue, Job, Option
    from routing.layout import NONE

    catalogue = Catalogue()
    for at, ends in enumerate(instance.pairs):
        windows = [
            int(edge * SCALE)
            for node in ends
            for edge in (instance.earliest[node], instance.latest[node])
        ]
        catalogue.jobs.append(Job(at, *ends, *windows))
        catalogue.options.append(Option(at, (), at, NONE, 0, 0, 0.0))
        catalogue.first_option.append(at + 1)
    return catalogue
