"""Which wishes of a query leave nothing: it is asked again without them.

An answer that is empty asks again without one wish at a time, and without all of them where none
alone is in the way: as many more searches as the query has wishes, and one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from maas.journey_query import MAX_RIDES
from maas.planner_reasons import NO_CONNECTION, NO_MODE, Reason

if TYPE_CHECKING:
    from maas.itinerary import Itinerary
    from maas.journey_query import JourneyQuery

_LIFTED: Mapping[str, Any] = {  # values of fields that rule nothing out
    "modes": None,
    "modes_banned": (),
    "lines_banned": (),
    "operators_banned": (),
    "trips_banned": (),
    "max_transfers": MAX_RIDES - 1,
    "bike_on_board": False,
    "wheelchair": None,
    "min_transfer_s": 0,
    "transfer_slack_s": 0,
    "max_walk_m": None,
}
_TIMELY = {"last_service_gone", "no_connection_in_window"}  # true as they stand, of these wishes
_DOUBTFUL = {
    NO_CONNECTION.code, NO_MODE.code, "no_stop_near_origin", "no_stop_near_destination", *_TIMELY,
}  # fmt: skip


def explained(
    query: "JourneyQuery",
    reasons: Sequence[Reason],
    plan: "Callable[[JourneyQuery], Sequence[Itinerary]]",
) -> list[Reason]:
    """Return the reasons of an empty answer, with the wishes that are in the way.

    Parameters
    ----------
    query
        What nothing was found for.
    reasons
        What the searches say of it.
    plan
        Answers a query with other wishes.
    """
    if not any(reason.code in _DOUBTFUL for reason in reasons):
        return list(reasons)
    kept = [
        reason if helps else reason.without_way_out()
        for reason in reasons
        if (helps := _helps(query, reason, plan)) or reason.code in _TIMELY
    ]
    wishes = list(_in_the_way(query, plan))
    if not wishes:
        return kept or [reason.without_way_out() for reason in reasons]
    told = {field for reason in kept for field in reason.way_out}
    return kept + [wish for wish in wishes if not told >= set(wish.way_out)]


def _helps(
    query: "JourneyQuery",
    reason: Reason,
    plan: "Callable[[JourneyQuery], Sequence[Itinerary]]",
) -> bool:
    """Whether doing what a reason tells to do leads to an itinerary; sure ones are not asked."""
    if reason.code not in _DOUBTFUL:
        return True
    return bool(reason.way_out) and bool(plan(query.changed(reason.way_out)))


def _in_the_way(
    query: "JourneyQuery", plan: "Callable[[JourneyQuery], Sequence[Itinerary]]"
) -> Iterator[Reason]:
    """Each wish without which there is a connection; all of them where none alone admits one."""
    wishes = {field: lifted for field, lifted in _LIFTED.items() if getattr(query, field) != lifted}
    is_found = False
    for field, lifted in wishes.items():
        found = plan(query.changed({field: lifted}))
        if found:
            is_found = True
            yield _of_wish(query, field, lifted, found)
    if len(wishes) > 1 and not is_found:
        found = plan(query.changed(wishes))
        if found:
            yield _of_all(wishes, found)


def _of_wish(
    query: "JourneyQuery", field: str, lifted: Any, found: "Sequence[Itinerary]"
) -> Reason:
    if field == "modes" and not query.line_modes:
        return NO_MODE
    return Reason(
        "excluded_by_wish",
        f"there are connections, but `{field}` of this query rules them out",
        f"便はありますが、指定された条件 `{field}` により除外されています",
        _way_out({field: lifted}, found),
    )


def _of_all(wishes: Mapping[str, Any], found: "Sequence[Itinerary]") -> Reason:
    names = ", ".join(f"`{field}`" for field in wishes)
    return Reason(
        "excluded_by_wishes",
        f"there are connections, but the wishes {names} together rule them out; none of them alone "
        "is the cause",
        f"便はありますが、指定された条件 {names} の組み合わせにより除外されています",
        _way_out(wishes, found),
    )


def _way_out(lifted: Mapping[str, Any], found: "Sequence[Itinerary]") -> dict[str, Any]:
    """Fields to change, as they are written; of transfers no more than are needed."""
    fields = {field: list(value) if value == () else value for field, value in lifted.items()}
    if "max_transfers" in fields:
        fields["max_transfers"] = min(one.transfers for one in found)
    return fields
