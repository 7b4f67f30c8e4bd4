"""Why a party of passengers is left behind, and the smallest change found that would help."""

from typing import Any

from cargo.passengers import seats
from cargo.problem import Problem
from cargo.roads import PROFILE_OF_KIND
from cargo.rules import BOARDING
from routing.layout import UNREACHED

Reason = dict[str, Any]


def why_refused(problem: Problem, at: int) -> Reason:
    """The first rule that no taxi gets past, were it alone on the road."""
    party = problem.parties[at]
    number = len(problem.shipments) + at
    ends = [problem.pickup_spot[number], problem.delivery_spot[number]]
    taxis = [
        number
        for number, fleet in enumerate(problem.network.fleets)
        if fleet.kind == "taxi" and problem.reach[number, ends].all()
    ]
    if not taxis:
        return _reason(
            "out_of_reach",
            "no taxi serves both of its ends; one with a base nearer to them would",
            "乗降地の両方に行けるタクシーがありません。近くに営業所があれば運べます",
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
        return _reason(
            "no_wheelchair_place",
            "no taxi there is known to take that many wheelchairs",
            "その台数の車椅子に対応したタクシーが見当たりません",
        )
    late = min(_lateness(problem, number, at, ends) for number in able)
    if late >= UNREACHED:
        return _reason(
            "no_road",
            "no taxi can drive from its base to the pickup, to the destination and back",
            "営業所から乗車地、降車地まで往復できる道がありません",
        )
    if late > 0:
        return _reason(
            "too_late",
            f"no taxi can do it in its hours and limits; {late} s more at the end would do",
            f"営業時間と制限の中で走れるタクシーがありません。あと{late}秒あれば運べます",
            {"seconds": late},
        )
    return _reason(
        "full",
        "all taxis that could carry it are taken then; one more vehicle would do",
        "運べるタクシーはその時間すべて使われています。もう1台あれば運べます",
        {"vehicles": 1, "fleet": problem.network.fleets[able[0]].id},
    )


def _lateness(problem: Problem, number: int, at: int, ends: list[int]) -> int:
    """Seconds by which an empty taxi of a fleet misses the limits, 0 where it keeps them."""
    fleet, base = problem.network.fleets[number], problem.base_spot[number]
    party = problem.parties[at]
    way = problem.roads.duration[PROFILE_OF_KIND[fleet.kind]]
    legs = [int(way[pair]) for pair in ((base, ends[0]), (ends[0], ends[1]), (ends[1], base))]
    if max(legs) >= UNREACHED:
        return UNREACHED
    pickup = max(party.ready, fleet.opens + legs[0])
    arrival = pickup + BOARDING + legs[1]
    return max(
        0,
        pickup - party.latest_pickup,
        arrival - party.due,
        arrival + BOARDING + legs[2] - fleet.closes,
        legs[1] - party.most_ride(int(problem.roads.drive("taxi", *ends)[0])),
    )


def _reason(code: str, text: str, text_ja: str, remedy: Reason | None = None) -> Reason:
    found: Reason = {"code": code, "message": text, "message_ja": text_ja}
    return found if remedy is None else {**found, "remedy": remedy}
