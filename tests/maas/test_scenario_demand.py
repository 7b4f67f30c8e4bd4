"""Demand: drawn by seed, or read from files that may be wrong."""

from datetime import date
from pathlib import Path

import pytest

from maas.region import Region
from maas.scenario.demand import make_demand, read_shipments, read_travellers
from maas.scenario.errors import ScenarioFileError
from maas.scenario.file import Parcels, Passengers, ScenarioFile
from tests.maas.scenario_valley import GOODS, build_scenario_valley
from tests.maas.valley import REGION

HEAD = "id,from_lat,from_lon,to_lat,to_lon,depart,party\n"
DAY = date(2026, 10, 7)


def scenario(**changes: object) -> ScenarioFile:
    return ScenarioFile.model_validate({"region": "r", "date": DAY, **changes})


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    return build_scenario_valley(tmp_path_factory.mktemp("valley"))


def test_the_same_seed_draws_the_same_demand_and_another_seed_another(
    region: Region, tmp_path: Path
) -> None:
    first, again, other = (make_demand(scenario(seed=seed), tmp_path, region) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert len(first.travellers) == 200
    assert len(first.shipments["shipments"]) == 100
    times = [traveller.departure for traveller in first.travellers]
    assert times == sorted(times)


def test_more_parcels_leave_the_travellers_as_they_are(region: Region, tmp_path: Path) -> None:
    few, many = (make_demand(scenario(parcels={"count": n}), tmp_path, region) for n in (10, 50))
    assert few.travellers == many.travellers


def test_a_region_without_population_needs_files(tmp_path: Path) -> None:
    text = REGION + GOODS.replace("population: population.csv\n", "")
    region = build_scenario_valley(tmp_path, text)
    with pytest.raises(ScenarioFileError, match="names no population to draw from"):
        make_demand(scenario(), tmp_path, region)
    nobody = scenario(passengers={"count": 0}, parcels={"count": 0})
    assert make_demand(nobody, tmp_path, region).travellers == ()


def test_travellers_and_shipments_can_be_files(region: Region, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        HEAD + "b,43,141,43.3,141,08:25,2\na,43,141,43.02,141,07:50,\n", encoding="utf-8"
    )
    (tmp_path / "s.json").write_text('{"shipments": []}', encoding="utf-8")
    asked = scenario(passengers=Passengers(file="t.csv"), parcels=Parcels(file="s.json"))
    demand = make_demand(asked, tmp_path, region)
    assert [(one.id, one.party) for one in demand.travellers] == [("a", 1), ("b", 2)]
    assert demand.travellers[1].departure - demand.travellers[0].departure == 35 * 60
    assert demand.shipments == {"shipments": [], "date": "2026-10-07"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id,depart\n", ["column 'from_lat' is missing"]),
        (HEAD + "a,95,141,43,141,08:00,1\n", ["row 2: from_lat: '95'"]),
        (HEAD + "a,43,141,43,x,08:00,1\n", ["row 2: to_lon: 'x'"]),
        (HEAD + "a,43,141,43,141,8.30,1\n", ["row 2: depart: '8.30'", "HH:MM"]),
        (HEAD + "a,43,141,43,141,08:75,1\n", ["depart: '08:75'"]),
        (HEAD + "a,43,141,43,141,08:00,1\nb,43,141,43,141,08:00,12\n", ["row 3: party: '12'"]),
    ],
)
def test_a_wrong_row_is_told_by_number_column_and_value(
    tmp_path: Path, text: str, words: list[str]
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioFileError) as caught:
        read_travellers(path, 0)
    for word in ["t.csv", *words]:
        assert word in str(caught.value)


def test_files_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioFileError, match=r"none\.csv: cannot be read"):
        read_travellers(tmp_path / "none.csv", 0)
    with pytest.raises(ScenarioFileError, match=r"none\.json: cannot be read"):
        read_shipments(tmp_path / "none.json", DAY)
    (tmp_path / "list.json").write_text("[]", encoding="utf-8")
    with pytest.raises(ScenarioFileError, match="expected a shipments document"):
        read_shipments(tmp_path / "list.json", DAY)
