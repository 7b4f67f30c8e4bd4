"""Roads that are closed on the asked date, where they are why nothing is found.

Looked at for empty answers only: the same is asked on the roads without closures. What is found
there and not on the roads of the date needs a road that is closed.
"""

from typing import TYPE_CHECKING

from maas.itinerary import PROFILE_OF_MODE, Leg
from maas.planner_reasons import Reason
from routing.road import RoadGraph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from maas.planner_task import Task

_MOST_NAMES = 3


def closure(task: "Task", open_task: "Task") -> Reason | None:
    """Return the closure that is in the way; None where it is none.

    Parameters
    ----------
    task
        That found nothing.
    open_task
        The same on the roads without closures.
    """
    if not open_task.sensible:
        return None
    legs = [leg for one in open_task.sensible for leg in one.legs if leg.ridden is None]
    names = list(
        dict.fromkeys(name for leg in legs for name in _shut(task, open_task, leg) if name)
    )
    told, on = ", ".join(names[:_MOST_NAMES]), task.asked.date
    return Reason(
        "road_closed",
        f"a road on the way is closed on {on}" + (f": {told}" if told else ""),
        f"{on} は途中の道路が通行止めです" + (f"（{told}）" if told else ""),
    )


def _shut(task: "Task", open_task: "Task", leg: Leg) -> "Iterator[str]":
    """Names of the streets of a leg that are closed on the date."""
    now, usual = task.roads, open_task.roads
    profile = task.wishes.on_foot if leg.mode == "walk" else PROFILE_OF_MODE[leg.mode]
    if not (isinstance(now, RoadGraph) and isinstance(usual, RoadGraph)):
        return
    origin, destination = ((end.lon, end.lat) for end in (leg.origin, leg.destination))
    path = usual.path(origin, destination, profile)
    if path is not None:
        yield from now.shut_streets(path, profile)
