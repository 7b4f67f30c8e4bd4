"""agency.txt and feed_info.txt → who publishes a feed, and in which time zone it is."""

from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from gtfs.errors import EmptyFeedError, UnknownZoneError
from gtfs.read import Feed
from gtfs.translations import Translations

AGENCY = "agency.txt"
INFO = "feed_info.txt"
ATTRIBUTIONS = "attributions.txt"


class Publisher(NamedTuple):
    """Who publishes a feed, whom to name beside it, and its time zone."""

    name: str
    attribution: str
    timezone: str


def read_agencies(feed: Feed, translations: Translations) -> pl.DataFrame:
    """Read the names of the agencies of a feed."""
    table = feed.table(AGENCY, ("agency_timezone",), ("agency_id", "agency_name"))
    table = table.unique("agency_id", keep="first", maintain_order=True)
    ids, name = table["agency_id"], table["agency_name"]
    return pl.DataFrame(
        {
            "id": ids,
            "name": name,
            "name_en": translations.of("agency.agency_name", ids, name, "en"),
            **translations.in_others("agency.agency_name", ids, name),
        }
    )


def _check_zone(feed: Feed, zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: a folder's name
        raise UnknownZoneError(feed.id, zone) from error


def read_publisher(feed: Feed) -> Publisher:
    """Read the publisher and the time zone of a feed.

    Raises
    ------
    GtfsError
        If there is no agency, or its time zone is unknown.
    """
    agencies = feed.table(AGENCY, ("agency_timezone",), ("agency_name",))
    zones = [zone for zone in agencies["agency_timezone"].unique(maintain_order=True) if zone]
    if not zones:
        remedy = "write one row with agency_name and agency_timezone"
        raise EmptyFeedError(feed.id, AGENCY, "no agency has a time zone", remedy)
    _check_zone(feed, zones[0])
    if len(zones) > 1:
        feed.notices.add("several_time_zones", AGENCY, f"agencies differ; {zones[0]} is used")
    names = [
        *feed.table(INFO, (), ("feed_publisher_name",))["feed_publisher_name"],
        *agencies["agency_name"],
    ]
    name = next((name for name in names if name), "")
    credited = feed.table(ATTRIBUTIONS, (), ("organization_name",))["organization_name"]
    named = [credit for credit in credited.unique(maintain_order=True) if credit]
    return Publisher(name, ", ".join(named) or name, zones[0])
