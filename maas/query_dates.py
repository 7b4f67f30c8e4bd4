"""Which date and time a query is about."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from maas.journey_query import DAY_BEGINS

if TYPE_CHECKING:
    from maas.journey_query import JourneyQuery
    from maas.planner_pages import Cursor


def edge_of_day(local: datetime, when: str | None) -> datetime:
    """Return where the day of a time begins or ends, for first and last connections."""
    if when is None:
        return local
    begins = time(DAY_BEGINS // 3600)
    on = local.date() if local.time() >= begins else local.date() - timedelta(days=1)
    if when == "last":
        on += timedelta(days=1)
    return datetime.combine(on, begins, local.tzinfo)


def date_of(local: datetime, query: "JourneyQuery", cursor: "Cursor | None") -> date:
    """Return the local date that is asked for: of a page, that where it begins."""
    if query.when == "last":
        return local.date() - timedelta(days=1)
    if cursor is None:
        return local.date()
    away = -cursor.start if query.arrive_by else cursor.start
    return (local + timedelta(seconds=away)).date()
