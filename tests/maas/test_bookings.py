"""Claims: an offered ride is found in the region with its seats or bay, or refused."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from maas.bookings import Claim, OutdatedError, chain_claims, journey_claims
from maas.build import build_region
from maas.freight import quote
from maas.ledger import Amount, Ledger, SegmentKey
from maas.planner import Planner, read_query
from maas.region import Region
from tests.api.regions import REGION, write_region
from tests.gtfs.feeds import write_feed

DAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    folder = tmp_path_factory.mktemp("region")
    return build_region(write_region(folder), folder / "built")


def leg(**changes: Any) -> dict[str, Any]:
    """From A at 08:00 to C at 08:20 by trip t1."""
    return {
        "mode": "bus",
        "trip_id": "f:t1",
        "service_date": "2026-11-24",
        "from": {"stop_id": "f:A"},
        "to": {"stop_id": "f:C"},
        "departure": "2026-11-24T08:00:00+09:00",
        "arrival": "2026-11-24T08:20:00+09:00",
        **changes,
    }


def at(position: int, trip_id: str = "f:t1", start: int = 8 * 3600) -> SegmentKey:
    return SegmentKey(trip_id, DAY, start, position)


def test_a_ride_takes_a_seat_for_each_person_on_every_hop(region: Region) -> None:
    assert journey_claims(region, [{"mode": "walk"}, leg()], 2) == [
        Claim(at(0), Amount(seats=2), Amount(seats=3)),
        Claim(at(1), Amount(seats=2), Amount(seats=3)),
    ]


def test_a_ride_between_inner_stops_takes_its_hops_only(region: Region) -> None:
    inner = leg(**{"from": {"stop_id": "f:B"}, "departure": "2026-11-24T08:11:00+09:00"})
    assert [claim.key for claim in journey_claims(region, [inner], 1)] == [at(1)]


def test_times_are_instants_whatever_their_offset(region: Region) -> None:
    same = leg(departure="2026-11-23T23:00:00Z", arrival="2026-11-23T18:20:00-05:00")
    assert journey_claims(region, [same], 1) == journey_claims(region, [leg()], 1)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"trip_id": "f:gone"}, "does not exist"),
        ({"service_date": "2027-11-24"}, "outside the timetable"),
        ({"departure": "2026-11-24T08:01:00+09:00"}, "no such ride"),
        ({"arrival": "2026-11-24T08:25:00+09:00"}, "no such ride"),
        ({"from": {"stop_id": "f:Z"}}, "no such ride"),
        ({"from": {"stop_id": "f:C"}, "to": {"stop_id": "f:A"}}, "no such ride"),
        ({"service_date": "2026-11-25"}, "no such ride"),
    ],
)
def test_a_ride_that_is_not_in_the_timetable_is_refused(
    region: Region, changes: dict[str, Any], problem: str
) -> None:
    with pytest.raises(OutdatedError, match=f"{problem}.*ask again"):
        journey_claims(region, [leg(**changes)], 1)


def test_a_trip_that_does_not_run_that_day_is_refused(tmp_path: Path) -> None:
    source = write_region(tmp_path)
    write_feed(
        tmp_path / "f.zip",
        {
            "calendar_dates.txt": """
                service_id,date,exception_type
                daily,20261124,2
            """
        },
    )
    region = build_region(source, tmp_path / "built")
    with pytest.raises(OutdatedError, match="does not run"):
        journey_claims(region, [leg()], 1)


def test_a_stop_where_nobody_may_get_on_is_refused(tmp_path: Path) -> None:
    source = write_region(tmp_path)
    write_feed(
        tmp_path / "f.zip",
        {
            "stop_times.txt": """
                trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type
                t1,08:00:00,08:00:00,A,1,1
                t1,08:10:00,08:11:00,B,2,0
                t1,08:20:00,08:20:00,C,3,0
                t2,09:00:00,09:00:00,A,1,0
                t2,09:20:00,09:20:00,C,2,0
            """
        },
    )
    region = build_region(source, tmp_path / "built")
    with pytest.raises(OutdatedError, match="no such ride"):
        journey_claims(region, [leg()], 1)


def test_runs_of_a_frequency_are_told_apart_by_their_times(tmp_path: Path) -> None:
    source = write_region(tmp_path)
    write_feed(
        tmp_path / "f.zip",
        {
            "frequencies.txt": """
                trip_id,start_time,end_time,headway_secs
                t1,08:00:00,09:00:00,600
            """
        },
    )
    region = build_region(source, tmp_path / "built")
    later = leg(departure="2026-11-24T08:10:00+09:00", arrival="2026-11-24T08:30:00+09:00")
    first, second = (journey_claims(region, [ride], 1)[0].key for ride in (leg(), later))
    assert (first.start_time, second.start_time) == (8 * 3600, 8 * 3600 + 600)


def offered_chains(region: Region) -> Iterator[list[dict[str, Any]]]:
    """Chains on trips for one parcel from hub to hub."""
    parcel = {
        "pickup": {"lat": 43.0, "lon": 141.0},
        "delivery": {"lat": 43.02, "lon": 141.0},
        "kg": 2.5,
        "ready": "07:00",
        "due": "12:00",
        "date": DAY.isoformat(),
    }
    for option in quote(region, parcel, Ledger())["options"]:
        if any(step["kind"] == "trip" for step in option["chain"]):
            yield option["chain"]


GOODS = Amount(kg=3, litres=0, pieces=1)


def test_an_offered_chain_takes_space_on_every_hop_of_its_trips(region: Region) -> None:
    chain = next(offered_chains(region))
    room = Amount(kg=100, litres=400, pieces=2)
    assert chain_claims(region, chain, GOODS) == [
        Claim(at(0), GOODS, room),
        Claim(at(1), GOODS, room),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"rule": "gone"},
        {"trip_id": "f:gone"},
        {"start_time": 1},
        {"departure": "2026-11-24T08:01:00+09:00"},
        {"arrival": "2026-11-24T08:21:00+09:00"},
        {"from": {"stop_id": "f:A", "position": 1}},
        {"service_date": "2027-11-24"},
    ],
)
def test_a_chain_whose_trip_changed_is_refused(region: Region, changes: dict[str, Any]) -> None:
    chain = [
        {**step, **changes} if step["kind"] == "trip" else step
        for step in next(offered_chains(region))
    ]
    with pytest.raises(OutdatedError, match="ask again"):
        chain_claims(region, chain, GOODS)


def test_two_rules_on_one_trip_do_not_lend_each_other_their_bays(tmp_path: Path) -> None:
    text = REGION + (
        "  - {id: cool-box, lines: ['f:L'], handling: 30,"
        " bay: {kg: 20, litres: 50, pieces: 1, temperatures: [cool]}}\n"
    )
    region = build_region(write_region(tmp_path, text), tmp_path / "built")
    chain = next(offered_chains(region))
    rooms = {claim.capacity for claim in chain_claims(region, chain, GOODS)}
    assert rooms == {Amount(kg=100, litres=400, pieces=2)}


def test_every_ride_that_the_planner_offers_can_be_claimed(region: Region) -> None:
    query = read_query({"from": "北駅", "to": "中町", "at": "2026-11-24T07:30"})
    itineraries = Planner(region).plan(query)["itineraries"]
    assert itineraries
    for itinerary in itineraries:
        assert journey_claims(region, itinerary["legs"], 1)
