"""Ways without a line in the valley: of fleets that come as soon, one of the cheapest."""

from maas.planner import Planner, read_query
from maas.planner_direct import _Path
from maas.region import Region
from maas.region_fleets import TaxiFleet


def test_of_fleets_that_come_as_soon_the_first_of_the_cheapest_goes(valley: Region) -> None:
    planner = Planner(valley)
    query = read_query(
        {
            "from": {"lat": 43.0, "lon": 141.0},
            "to": {"lat": 43.01, "lon": 141.0},
            "at": "2026-10-07T09:00",
        }
    )
    task = planner.task(query, *planner._read(query, None))
    (usual,) = valley.file.taxis

    def fleet(name: str, base_fare: int, wait: int, closes: str = "24:00") -> TaxiFleet:
        meter = usual.meter.model_copy(update={"base_fare": base_fare})
        changes = {"id": name, "meter": meter, "pickup_wait": wait, "hours": ("06:00", closes)}
        return usual.model_copy(update=changes)

    fleets = [
        fleet("dear", 900, 300),
        fleet("closed", 500, 300, closes="08:00"),
        fleet("soon", 700, 200),
        fleet("cheap", 600, 300),
        fleet("as cheap", 600, 300),
        fleet("late", 600, 400),
    ]
    found = task.direct._cheapest(fleets, _Path(300, 1500), task.assembler)
    assert [one.id for _, one in found.values()] == ["soon", "cheap", "late"]
    assert [way.departure - task.at for way in found] == [200, 300, 400]
