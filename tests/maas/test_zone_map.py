"""Demand zones by the cells of a map."""

from hypothesis import given
from hypothesis import strategies as st

from maas.region_file import DemandZone
from maas.region_parts import Area
from maas.taxi import covers
from maas.zone_map import ZoneMap

# a sixteenth of the degrees between them are corners of cells
SPOTS = st.tuples(st.integers(-60, 60), st.integers(-60, 60)).map(
    lambda at: (60.0 + at[0] / 1024, at[1] / 1024)
)
AREAS = st.builds(
    Area,
    rings=st.lists(st.lists(SPOTS, min_size=3, max_size=5).map(tuple), max_size=2).map(tuple),
    points=st.lists(SPOTS, max_size=2).map(tuple),
    radius_m=st.sampled_from([0, 150, 3000]),
)


@given(st.lists(st.tuples(AREAS, AREAS), max_size=3), st.lists(SPOTS, min_size=1, max_size=4))
def test_no_zone_around_a_place_is_missed(
    areas: list[tuple[Area, Area]], places: list[tuple[float, float]]
) -> None:
    zones = [
        DemandZone(id=str(i), area=area, to_area=beyond, fare=1)
        for i, (area, beyond) in enumerate(areas)
    ]
    zone_map = ZoneMap(zones)
    for at in places:
        around = [
            i
            for i, zone in enumerate(zones)
            if covers(zone.picks_up, *at) or covers(zone.sets_down, *at)
        ]
        near = zone_map.near(*at)
        assert set(around) <= set(near)
        assert list(near) == sorted(near)


def test_zones_far_away_are_left_out() -> None:
    ring = ((43.0, 141.0), (43.0, 141.01), (43.01, 141.01))
    by_ring = DemandZone(id="ring", area=Area(rings=(ring,)), fare=1)
    by_points = DemandZone(id="points", area=Area(points=((43.0, -179.999),)), fare=1)
    zone_map = ZoneMap([by_ring, by_points])
    assert zone_map.near(43.005, 141.008) == (0,)
    assert zone_map.near(43.0, 179.999) == (1,)  # across the date line
    assert zone_map.near(43.1, 141.0) == zone_map.near(43.0, 142.0) == ()
