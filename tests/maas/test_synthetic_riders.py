"""Riders, media and wheelchairs of the shipped island."""

from maas.region_file import read_region_file
from maas.synthetic.rail import express_lines
from tests.maas.test_synthetic import REGION, table


def test_trams_have_fares_for_each_rider_and_medium() -> None:
    products = {
        (row["fare_product_id"], row["rider_category_id"], row["fare_media_id"]): int(row["amount"])
        for row in table("subway", "fare_products")
    }
    riders = [row["rider_category_id"] for row in table("subway", "rider_categories")]
    media = [row["fare_media_id"] for row in table("subway", "fare_media")]
    ids = {product for product, _, _ in products}
    assert len(ids) == 2
    assert set(products) == {(one, rider, by) for one in ids for rider in riders for by in media}
    for one in ids:
        full = products[one, "adult", "cash"]
        assert products[one, "adult", "ic"] == full - 10
        assert all(products[one, rider, "cash"] < full for rider in riders[1:])
        assert full / 2 <= products[one, "child", "cash"] < full / 2 + 10
    trams = {row["route_id"] for row in table("subway", "routes") if row["route_type"] == "0"}
    assert {row["route_id"] for row in table("subway", "route_networks")} == trams


def test_wheelchairs_get_into_expresses_the_subway_and_taxis_of_cities() -> None:
    open_trips = {
        row["route_id"] for row in table("rail", "trips") if row["wheelchair_accessible"] == "1"
    }
    assert open_trips == set(express_lines())
    stops = {row["stop_id"]: row["wheelchair_boarding"] for row in table("rail", "stops")}
    assert stops["sapporo"] == "1"
    assert set(stops.values()) == {"0", "1"}
    lines = {row["route_id"]: row["route_type"] for row in table("subway", "routes")}
    for row in table("subway", "trips"):
        assert (row["wheelchair_accessible"] == "1") == (lines[row["route_id"]] == "1")
    fleets = {fleet.id: fleet for fleet in read_region_file(REGION / "region.yaml").taxis}
    assert fleets["taxi-sapporo"].wheelchair
    assert not all(fleet.wheelchair for fleet in fleets.values())
