"""Which rule holds for a change, of drawn rules with stops, stations, lines and trips."""

import tempfile
from pathlib import Path
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from gtfs.transfer_rules import TransferRules
from routing.layout import UNREACHED
from tests.gtfs.feeds import timetable_of
from tests.gtfs.strategies import table

STATION_OF = {"P": "S", "Q": "S", "R": "", "S": "", "B": "P"}  # B is a boarding area
LINE_OF = {"k": "K", "l": "L", "m": "L"}
FILES: dict[str, str | bytes | None] = {
    "stops.txt": table(
        "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station",
        [(stop, stop, 43, 141, {"S": 1, "B": 4}.get(stop, 0), above)
         for stop, above in STATION_OF.items()],
    ),
    "routes.txt": table("route_id,route_short_name,route_type", [(k, k, 3) for k in "KL"]),
    "trips.txt": table(
        "route_id,service_id,trip_id", [(line, "daily", trip) for trip, line in LINE_OF.items()]
    ),
    "stop_times.txt": table(
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence",
        [(trip, f"8:0{n}:00", f"8:0{n}:00", stop, n)
         for trip in LINE_OF for n, stop in enumerate("PQR")],
    ),
}  # fmt: skip


class Told(NamedTuple):
    from_stop_id: str
    to_stop_id: str
    from_route_id: str
    to_route_id: str
    from_trip_id: str
    to_trip_id: str
    transfer_type: int
    min_transfer_time: str


stops = st.sampled_from(sorted(STATION_OF))
lines, runs = st.sampled_from(("", "", "K", "L")), st.sampled_from(("", "", "k", "l", "m"))
told_rules = st.builds(
    Told, stops, stops, lines, lines, runs, runs,
    st.integers(0, 3), st.sampled_from(("", "0", "90", "600")),
)  # fmt: skip


def names_of(stop: str) -> list[str]:
    """A stop and what is above it."""
    return [stop, *(names_of(STATION_OF[stop]) if STATION_OF[stop] else [])]


def rank(rule: Told) -> int:
    """Order of the reference: two trips, trip and line, one trip, two lines, one line."""
    ends = [
        "trip" if trip else "line" if line else ""
        for trip, line in (
            (rule.from_trip_id, rule.from_route_id),
            (rule.to_trip_id, rule.to_route_id),
        )
    ]
    order = [{"trip"}, {"trip", "line"}, {"trip", ""}, {"line"}, {"line", ""}]
    return order.index(set(ends))


def fits(told: str, trip: str, line: str) -> bool:
    return (not trip or trip == told) and (not line or line == LINE_OF[told])


def best(rules: list[Told], stop: tuple[str, str], trip: tuple[str, str]) -> Told | None:
    """Of the rules that fit, the most specific; then the one nearest to the stops; then first."""
    found = []
    for number, rule in enumerate(rules):
        if not any(rule[2:6]):
            continue
        levels = [names_of(one) for one in stop]
        if rule.from_stop_id not in levels[0] or rule.to_stop_id not in levels[1]:
            continue
        is_mine = fits(trip[0], rule.from_trip_id, rule.from_route_id)
        if is_mine and fits(trip[1], rule.to_trip_id, rule.to_route_id):
            near = levels[0].index(rule.from_stop_id), levels[1].index(rule.to_stop_id)
            found.append((rank(rule), *near, number, rule))
    return min(found)[-1] if found else None


def least_seconds(rule: Told) -> int:
    if rule.transfer_type == 3:
        return UNREACHED
    asked = rule.transfer_type in {1, 2} and rule.min_transfer_time
    return int(rule.min_transfer_time) if asked else 0


@given(st.lists(told_rules, max_size=6), stops, stops, st.integers(0, 700))
def test_the_most_specific_rule_holds(
    rules: list[Told], one: str, other: str, seconds: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        header = ",".join(Told._fields)
        timetable = timetable_of(Path(folder), {**FILES, "transfers.txt": table(header, rules)})
    chosen = TransferRules(timetable)
    stop_of = {name: k for k, name in enumerate(timetable.stops.id)}
    trip_of = {name: k for k, name in enumerate(timetable.trips.id)}
    ends = stop_of[f"f:{one}"], stop_of[f"f:{other}"]
    for before in LINE_OF:
        for after in LINE_OF:
            pair = trip_of[f"f:{before}"], trip_of[f"f:{after}"]
            wanted = best(rules, (one, other), (before, after))
            found = chosen.rule(ends, pair)
            assert (found is None) == (wanted is None)
            least = 0 if wanted is None else least_seconds(wanted)
            assert chosen.allows(ends, pair, seconds) == (seconds >= least)
            if found is not None and wanted is not None:
                ids = (*(timetable.stops.id[k] for k in found[:2]),)
                assert ids == (f"f:{wanted.from_stop_id}", f"f:{wanted.to_stop_id}")
                assert found.kind == wanted.transfer_type
                unruled = 77  # what the change takes without the rule
                keeps = wanted.transfer_type == 0
                keeps |= wanted.transfer_type == 2 and not wanted.min_transfer_time
                assert found.seconds(unruled) == (unruled if keeps else least)
