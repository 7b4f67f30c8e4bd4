"""Why there is no itinerary, and what should be known about those there are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from gtfs.modes import MODES
from maas.itinerary import Lane
from maas.journey_query import OWN_VEHICLES
from maas.planner_search import FARTHEST, LONGEST, LaneSearch
from routing.geo import beeline_m
from routing.layout import UNREACHED

if TYPE_CHECKING:
    from maas.feeders import Feeder
    from maas.itinerary import Asked, Itinerary
    from maas.journey_query import JourneyQuery
    from maas.planner_view import View
    from routing.raptor import Journey
    from routing.road import RoadNetwork


_FARTHEST_WALK_M = 20_000  # most that a query may ask for


@dataclass(frozen=True)
class Reason:
    """A code for programs, a sentence for people in two languages, and a way out."""

    code: str
    message: str
    message_ja: str
    way_out: Mapping[str, Any] = field(default_factory=dict)  # fields of the query to change

    def document(self) -> dict[str, Any]:
        """As it stands in answers."""
        document = {"code": self.code, "message": self.message, "message_ja": self.message_ja}
        return document | ({"try": dict(self.way_out)} if self.way_out else {})

    def without_way_out(self) -> "Reason":
        """Return the same reason where its way out leads nowhere."""
        return replace(self, way_out={})


SAME_PLACE = Reason(
    "same_place",
    "origin and destination are the same place",
    "出発地と目的地が同じ場所です",
)
WALKING_IS_QUICKER = Reason(
    "walking_is_quicker",
    "walking the whole way is quicker than any connection",
    "どの便よりも、全区間を歩く方が早く着きます",
    {"modes": ["walk"]},
)
BOOKED_OUT = Reason(
    "booked_out",
    "there are connections, but not enough free seats for the party",
    "便はありますが、人数分の空席がありません",
    {"party": 1},
)
NO_CONNECTION = Reason(
    "no_connection",
    "no connection leads from the origin to the destination on this date",
    "この日、出発地から目的地へ行ける便がありません",
)
NO_MODE = Reason(
    "no_mode",
    "no vehicle of the asked modes serves both ends at that time",
    "指定された交通手段では、その時刻に利用できるものがありません",
    {"modes": None},
)
NOT_ACCESSIBLE = Reason(
    "no_accessible_connection",
    "there are connections, but none that is known to be accessible by wheelchair from end to end",
    "便はありますが、車いすで利用できると確認できる経路がありません",
    {"wheelchair": "preferred"},
)
BEELINE = Reason(
    "beeline_roads",
    "this region has no road map: walks and drives are estimated from straight lines",
    "この地域には道路データがないため、徒歩と車の時間・距離は直線距離からの推定です",
)


def no_more(on: date) -> Reason:
    """Nothing is left on a page and up to a date, or back to it."""
    return Reason(
        "no_more_connections",
        f"no connection is left between this page and {on}",
        f"このページから {on} までの間に、ほかの便はありません",
    )


def no_stop(
    asked: "Asked", view: "View", limit_m: int, *, is_origin: bool, needs_wheelchair: bool
) -> Reason:
    """No stop with service that day can be reached from one end; names the nearest one.

    `view` is the day as the wishes leave it, so only stops that they admit count.
    """
    end, end_ja = ("origin", "出発地") if is_origin else ("destination", "目的地")
    place = asked.origin if is_origin else asked.destination
    served = (view.boarded if is_origin else view.left).nonzero()[0]
    stops = asked.region.timetable.stops
    kind, kind_ja = ("", "")
    if needs_wheelchair:
        kind, kind_ja = (
            " that is known to be accessible by wheelchair",
            "車いすで利用できると確認できる",
        )
    here = np.array([place.lon]), np.array([place.lat])
    far = beeline_m(stops.lon[served], stops.lat[served], *here)
    reason = Reason(
        f"no_stop_near_{end}",
        f"no stop with service that day{kind} lies within {limit_m} m on foot of the {end}",
        f"{end_ja}から徒歩{limit_m} m以内に、{kind_ja}その日に便のある停留所がありません",
    )
    if not served.size or not np.isfinite(far).any():
        return reason
    nearest = int(served[np.nanargmin(far)])
    metres = round(float(np.nanmin(far)))
    name, name_en = stops.name[nearest], stops.name_en[nearest] or stops.name[nearest]
    enough = -(-metres * 3 // 2000) * 1000  # ways are longer than beelines
    return replace(
        reason,
        message=f"{reason.message}; the nearest is {name_en}, {metres} m as the crow flies",
        message_ja=f"{reason.message_ja}。最寄りは{name}（直線{metres} m）です",
        way_out={"max_walk_m": enough} if limit_m < enough <= _FARTHEST_WALK_M else {"modes": None},
    )


@dataclass(frozen=True)
class Diagnosis:
    """Looks for the reason of an empty answer, the plainest first."""

    asked: "Asked"
    query: "JourneyQuery"
    search: LaneSearch
    access: "Feeder | None"  # on foot
    egress: "Feeder | None"
    max_walk_m: int

    def reasons(self, unbooked: LaneSearch | None) -> Iterator[Reason]:
        """Reasons why nothing was found; `unbooked` searches the day without bookings."""
        if not self.query.line_modes:
            yield NO_MODE
            return
        for feeder, is_origin in ((self.access, True), (self.egress, False)):
            if feeder is None:
                required = self.query.wheelchair == "required"
                yield no_stop(
                    self.asked, self.search.view, self.max_walk_m,
                    is_origin=is_origin, needs_wheelchair=required,
                )  # fmt: skip
        if self.access is None or self.egress is None:
            return
        yield self._of_lane(Lane(self.access, self.egress), unbooked)

    def _of_lane(self, lane: Lane, unbooked: LaneSearch | None) -> Reason:
        horizon, direction = self.search.horizon, self.search.direction
        span = horizon.span or (0, LONGEST)
        can_walk = horizon.direct < UNREACHED
        if can_walk and direction.between(lane, horizon.at, span, UNREACHED, horizon.rides):
            return WALKING_IS_QUICKER
        if unbooked is not None and unbooked.journeys(lane):
            return BOOKED_OUT
        later = direction.front(lane, horizon.at, FARTHEST, horizon.rides)
        if later:
            return self._outside_window(later[-1])
        if not self.query.arrive_by and (last := self._last_service(lane)) is not None:
            return self._gone(last)
        return NO_CONNECTION

    def _outside_window(self, journey: "Journey") -> Reason:
        """There is something, but not in the asked window."""
        clock, by = self.asked.clock, self.query.arrive_by
        at = clock.moment(journey.arrival if by else journey.departure)
        if by:
            message = "nothing arrives within the asked window; an earlier connection exists"
            message_ja = "指定の時間帯に到着する便はありません。より早い便はあります"
            way_out = {"at": at.isoformat()}
            return Reason("no_connection_in_window", message, message_ja, way_out)
        return Reason(
            "no_connection_in_window",
            f"nothing leaves within the asked window; the next connection arrives at "
            f"{clock.moment(journey.arrival):%Y-%m-%d %H:%M}",
            f"指定の時間帯に出発する便はありません。次の便は"
            f"{clock.moment(journey.arrival):%m月%d日 %H:%M}に到着します（検索開始 {at:%H:%M}）",
            {"window": None},
        )

    def _last_service(self, lane: Lane) -> int | None:
        """Departure of the last journey of the service date, if there was one before."""
        horizon = self.search.horizon
        span = (-horizon.at, 0)
        earlier = self.search.direction.between(lane, horizon.at, span, UNREACHED, horizon.rides)
        return max((journey.departure for journey in earlier), default=None)

    def _gone(self, last: int) -> Reason:
        at = self.asked.clock.moment(last)
        return Reason(
            "last_service_gone",
            f"the last connection of the day left at {at:%H:%M}",
            f"この日の最終便は{at:%H:%M}に出発しました",
            {"when": "last"},
        )


def notices(
    asked: "Asked",
    query: "JourneyQuery",
    roads: "RoadNetwork",
    itineraries: "list[Itinerary]",
) -> Iterator[Reason]:
    """What should be known about an answer."""
    file = asked.region.file
    if roads.is_beeline:
        yield BEELINE
    if file.synthetic or file.notice:
        made_up = "This region is synthetic: its timetables and prices are not real."
        made_up_ja = "この地域のデータは架空のものです。"
        text = file.notice or made_up
        text_ja = file.notice_ja or file.notice or made_up_ja
        yield Reason("synthetic" if file.synthetic else "region_notice", text, text_ja)
    yield from _expired_feeds(asked)
    yield from _missing_modes(asked, query)
    yield from _another_day(asked, query, itineraries)
    if any(itinerary.price is None for itinerary in itineraries):
        yield Reason(
            "price_unknown",
            "a part of an itinerary has no known price; its price is null",
            "料金の分からない区間があるため、料金を表示できない経路があります",
        )


def _expired_feeds(asked: "Asked") -> Iterator[Reason]:
    """Feeds whose timetable does not cover the date."""
    for feed in asked.region.timetable.feeds:
        if not feed.first_date <= asked.date <= feed.last_date:
            yield Reason(
                "feed_not_on_date",
                f"feed {feed.id} covers {feed.first_date} to {feed.last_date}, not this date; "
                "its lines are left out",
                f"{feed.id} の時刻表は {feed.first_date} から {feed.last_date} までで、"
                "この日の便は含まれません",
            )


def _missing_modes(asked: "Asked", query: "JourneyQuery") -> Iterator[Reason]:
    """Modes that were asked for by name and that the region does not have."""
    region = asked.region
    if not query.modes:
        return
    lines = {MODES[mode] for mode in np.unique(region.timetable.lines.mode).tolist()}
    there = lines | {"walk", *(set(OWN_VEHICLES) & set(region.roads.profiles))}
    if region.file.taxis:
        there.add("taxi")
    if region.file.demand_zones:
        there.add("drt")
    if region.bike_shares and "bike" in region.roads.profiles:
        there.add("shared_bike")
    for mode in query.modes:
        if mode not in there:
            yield Reason(
                "mode_not_here",
                f"this region has no '{mode}'",
                f"この地域では '{mode}' を利用できません",
            )
    if "shared_bike" in query.modes:
        yield from _closed_shares(asked)


def _closed_shares(asked: "Asked") -> Iterator[Reason]:
    """Bike shares that do not rent bikes out on the date."""
    for share in asked.region.file.bike_shares:
        if share.season is not None and not share.is_open(asked.date):
            name, name_en = share.name or share.id, share.name_en or share.name or share.id
            first, last = share.season.from_, share.season.to
            yield Reason(
                "bikes_out_of_season",
                f"{name_en} rents bikes out from {first} to {last} (month-day) only",
                f"{name}の貸出期間は{_month_day_ja(first)}から{_month_day_ja(last)}までです",
            )


def _month_day_ja(text: str) -> str:
    month, day = map(int, text.split("-"))
    return f"{month}月{day}日"


def _another_day(
    asked: "Asked", query: "JourneyQuery", itineraries: "list[Itinerary]"
) -> Iterator[Reason]:
    """All lines that are left today have gone."""
    departures = [one.departure for one in itineraries if one.trips]
    if query.arrive_by or not departures:
        return
    first = asked.clock.moment(min(departures)).date()
    if first > asked.date:
        yield Reason(
            "last_service_gone",
            f"no connection is left on {asked.date}; these leave on {first}",
            f"{asked.date} の便は終了しました。{first} の便を表示しています",
        )
