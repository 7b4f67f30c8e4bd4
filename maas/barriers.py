"""What may stop a wheelchair on a leg: codes for programs, sentences in two languages."""

from typing import TYPE_CHECKING, Any, NamedTuple

from maas.planner_view import NO, YES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from maas.itinerary import Asked, Itinerary, Leg
    from maas.road_ways import RoadWays


class Barrier(NamedTuple):
    """Something that is in the way, or not known to be out of it."""

    code: str
    message: str
    message_ja: str

    def document(self) -> dict[str, str]:
        """As it stands in answers."""
        return self._asdict()


_VEHICLE = {
    NO: Barrier("vehicle", "the vehicle takes no wheelchairs", "車いすでは利用できない車両です"),
    0: Barrier(
        "vehicle_unknown",
        "it is not known whether the vehicle takes wheelchairs",
        "車いすで利用できる車両か分かりません",
    ),
}
_BOARDING = {
    NO: Barrier("boarding", "{} is not accessible", "{}は車いすでは利用できません"),
    0: Barrier(
        "boarding_unknown",
        "it is not known whether {} is accessible",
        "{}が車いすで利用できるか分かりません",
    ),
}
_NO_WAY = Barrier(
    "no_step_free_way",
    "the map knows no way without steps or kerbs",
    "段差のない道が地図で見つかりません",
)


def add_barriers(
    asked: "Asked", ways: "RoadWays", itinerary: "Itinerary", document: dict[str, Any]
) -> None:
    """Write the barriers of all legs into a written itinerary."""
    for leg, written in zip(itinerary.legs, document["legs"], strict=True):
        written["barriers"] = [one.document() for one in barriers(asked, ways, leg)]


def barriers(asked: "Asked", ways: "RoadWays", leg: "Leg") -> "Iterator[Barrier]":
    """Tell what may stop a wheelchair on a leg."""
    if leg.ridden is not None:
        yield from _of_ride(asked, leg)
    elif leg.carrier is not None and not leg.carrier.wheelchair:
        yield _VEHICLE[0 if leg.carrier.wheelchair is None else NO]
    elif leg.mode == "walk":
        yield from _of_walk(ways, leg)


def _of_ride(asked: "Asked", leg: "Leg") -> "Iterator[Barrier]":
    assert leg.ridden is not None
    timetable = asked.day.timetable
    takes = int(timetable.trips.wheelchair[asked.book.runs[leg.ridden.day_trip].trip])
    if takes != YES:
        yield _VEHICLE[takes]
    for spot in (leg.origin, leg.destination):
        said = int(timetable.stops.wheelchair[spot.stop])
        if said != YES:
            text = _BOARDING[said]
            name_en = spot.name_en or spot.name
            yield Barrier(
                text.code, text.message.format(name_en), text.message_ja.format(spot.name)
            )


def _of_walk(ways: "RoadWays", leg: "Leg") -> "Iterator[Barrier]":
    """A walk whose way by wheelchair is missing or longer."""
    if "wheelchair" not in ways.roads.profiles:
        return
    there = (leg.origin.lon, leg.origin.lat), (leg.destination.lon, leg.destination.lat)
    step_free = ways.way("wheelchair", *there)
    if step_free.duration is None:
        yield _NO_WAY
        return
    more = step_free.distance_m - leg.distance_m
    if more > max(50, leg.distance_m // 10):
        yield Barrier(
            "longer_step_free_way",
            f"the way without steps is {more} m longer",
            f"段差のない道は{more} m長くなります",
        )
