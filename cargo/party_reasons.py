"""Why a party of passengers is left behind, and the smallest change found that would help.

Where limits of the party or of a fleet are too tight for a taxi that is alone on the road, the
remedy has the least value of each that would do, for the fleet that misses fewest.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cargo.moments import clock_text
from cargo.network import Fleet
from cargo.passengers import TimedParty, seats
from cargo.problem import Problem
from cargo.roads import PASSENGERS
from cargo.rules import BOARDING
from routing.layout import UNREACHED

Reason = dict[str, Any]
_LIMITS = {  # in the order in which a ride comes to them
    "wait_too_short": ("the longest wait", "待ち時間の上限"),
    "too_late": ("the latest arrival", "到着期限"),
    "ride_too_short": ("the longest ride", "乗車時間の上限"),
    "taxis_closed": ("closing time of the taxis", "タクシーの営業終了時刻"),
}


def why_refused(problem: Problem, at: int) -> Reason:
    """The first rule that no taxi gets past, were it alone on the road."""
    party = problem.parties[at]
    number = len(problem.shipments) + at
    ends = [problem.pickup_spot[number], problem.delivery_spot[number]]
    taxis = [
        number
        for number, fleet in enumerate(problem.network.fleets)
        if fleet.seats and fleet.spans and problem.may(number, *ends)
    ]
    if not taxis:
        return _reason(
            "out_of_reach",
            "no taxi serves both of its ends; one with a base nearer to them would",
            "乗降地の両方に行けるタクシーがありません。近くに営業所があれば運べます",
            {"fleet": "nearer"},
        )
    able = [number for number in taxis if seats(problem.network.fleets[number], party)]
    if not able:
        most = max(problem.network.fleets[number].seats for number in taxis)
        if party.document.people > most:
            return _reason(
                "too_many_people",
                f"no taxi there has more than {most} seats; split the party",
                f"そこのタクシーは最大{most}席です。分かれて乗ってください",
                {"split_into": -(-party.document.people // most)} if most else None,
            )
        return _no_wheelchair_place(problem, taxis, party)
    trips = [trip for number in able for trip in _alone(problem, number, at, ends)]
    if not trips:
        return _reason(
            "no_road",
            "no taxi can drive from its base to the pickup, to the destination and back",
            "営業所から乗車地、降車地まで往復できる道がありません",
        )
    nearest = min(trips, key=lambda trip: (len(trip.missed), sum(trip.missed.values())))
    if nearest.missed:
        return _misses(nearest, party)
    return _reason(
        "full",
        "all taxis that could carry it are taken then; one more vehicle would do",
        "運べるタクシーはその時間すべて使われています。もう1台あれば運べます",
        {"vehicles": 1, "fleet": nearest.fleet.id},
    )


@dataclass(frozen=True)
class _Trip:
    """What an empty taxi of a fleet would do for one party, s, and which limits it misses by."""

    fleet: Fleet
    pickup: int
    arrival: int
    ride: int
    back: int  # at its base
    missed: dict[str, int]


def _alone(problem: Problem, number: int, at: int, ends: list[int]) -> Iterator[_Trip]:
    """The soonest trip of an empty taxi in each part of its shift; none where there is no road."""
    fleet = problem.network.fleets[number]
    begin, end = problem.start_spot[number], problem.end_spot[number]
    party = problem.parties[at]
    way, _ = problem.roads.ways(fleet.profile)
    legs = [int(way[pair]) for pair in ((begin, ends[0]), (ends[0], ends[1]), (ends[1], end))]
    if max(legs) >= UNREACHED:
        return
    most_ride = party.most_ride(int(problem.roads.drive(PASSENGERS, *ends)[0]))
    for opens, closes in fleet.spans:
        pickup = max(party.ready, opens + legs[0])
        arrival = pickup + BOARDING + legs[1]
        back = arrival + BOARDING + legs[2]
        if closes < back and closes < fleet.spans[-1][1]:
            continue  # it stands still then, longer hours would not help
        by = {
            "wait_too_short": pickup - party.latest_pickup,
            "too_late": 0 if party.document.latest is None else arrival - party.due,
            "ride_too_short": legs[1] - most_ride,
            "taxis_closed": back - closes,
        }
        missed = {code: seconds for code, seconds in by.items() if seconds > 0}
        yield _Trip(fleet, pickup, arrival, legs[1], back, missed)


def _misses(trip: _Trip, party: TimedParty) -> Reason:
    """The first limit that a taxi misses, and values of all that it misses which would do."""
    texts: list[tuple[str, str]] = []
    remedy: Reason = {}
    if "wait_too_short" in trip.missed:
        wait = trip.pickup - party.ready
        texts.append((f"`max_wait` of {wait} s", f"`max_wait` {wait}秒"))
        remedy["max_wait"] = wait
    if "too_late" in trip.missed:
        latest = clock_text(trip.arrival)
        texts.append((f"`latest` at {latest}", f"`latest` {latest}"))
        remedy["latest"] = latest
    if "ride_too_short" in trip.missed:
        texts.append((f"`max_ride` of {trip.ride} s", f"`max_ride` {trip.ride}秒"))
        remedy["max_ride"] = trip.ride
    if "taxis_closed" in trip.missed:
        closes = clock_text(trip.back)
        texts.append(
            (
                f"`hours` of fleet '{trip.fleet.id}' until {closes}",
                f"車両群「{trip.fleet.id}」の営業時間 {closes} まで",
            )
        )
        remedy |= {"fleet": trip.fleet.id, "closes": closes}
    code = next(iter(trip.missed))
    name, name_ja = _LIMITS[code]
    wanted, wanted_ja = " and ".join(one for one, _ in texts), "、".join(one for _, one in texts)
    return _reason(
        code,
        f"{name}: no taxi keeps that, were it alone on the road; {wanted} would do",
        f"{name_ja}を守れるタクシーがありません。{wanted_ja}なら運べます",
        remedy,
    )


def _no_wheelchair_place(problem: Problem, taxis: list[int], party: TimedParty) -> Reason:
    document = party.document
    fleets = (problem.network.fleets[number] for number in taxis)
    roomy = next(fleet for fleet in fleets if document.people <= fleet.seats)
    places = document.wheelchairs
    return _reason(
        "no_wheelchair_place",
        f"no taxi there is known to take that many wheelchairs; {places} places in those of fleet "
        f"'{roomy.id}' would do",
        f"その台数の車椅子に対応したタクシーが見当たりません。車両群「{roomy.id}」に車椅子{places}台分"
        "の場所があれば運べます",
        {"fleet": roomy.id, "wheelchair_places": places},
    )


def _reason(code: str, text: str, text_ja: str, remedy: Reason | None = None) -> Reason:
    found: Reason = {"code": code, "message": text, "message_ja": text_ja}
    return found if remedy is None else {**found, "remedy": remedy}
