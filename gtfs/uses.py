"""What each file of GTFS and GTFS-JP does here, and what is known and not used.

`docs/feeds.md` shows both; `note_unused` states for one feed what of it is not used and what it
would give, so that nothing is dropped without a word.
"""

from typing import Final

import polars as pl

from gtfs.read import ROW, Feed
from gtfs.standard import FARES_V2, NOTED, PLANNING

USES: Final = {
    "agency.txt": "time zone, publisher and operators; fares by operator",
    "stops.txt": "stops, stations, entrances, nodes; platform, zone, level, wheelchair boarding",
    "routes.txt": "lines: names, mode, colour, operator, network; stopping in between is kept",
    "trips.txt": "trips: headsign, direction, block, shape, wheelchairs, bikes, cars; flex speed",
    "stop_times.txt": "times, boarding, headsign of a stop, rough times, booking, zones, windows",
    "calendar.txt": "days of service",
    "calendar_dates.txt": "days of service",
    "fare_attributes.txt": "prices, also with an IC card (GTFS-JP); changes that are included",
    "fare_rules.txt": "which fare holds between which zones, in constant time",
    "shapes.txt": "lines on the map, cut to legs; distances",
    "frequencies.txt": "one trip a run; without exact times legs say how often they come",
    "transfers.txt": "times of changes, kept and forbidden ones, in-seat transfers",
    "pathways.txt": "walks inside stations, also for wheelchairs",
    "levels.txt": "floors between which pathways lead",
    "location_groups.txt": "zones of demand-responsive services",
    "location_group_stops.txt": "zones of demand-responsive services",
    "locations.geojson": "zones of demand-responsive services",
    "booking_rules.txt": "how and until when a ride has to be booked",
    "translations.txt": "English and kana of stops, lines and headsigns, both forms of the file",
    "attributions.txt": "whom to name on every leg",
    "feed_info.txt": "publisher and language",
    "timeframes.txt": "fares by time of day",
    "rider_categories.txt": "fares by kind of rider",
    "fare_media.txt": "fares by medium",
    "fare_products.txt": "prices of products",
    "fare_leg_rules.txt": "which product a leg needs",
    "fare_leg_join_rules.txt": "legs that are priced as one",
    "fare_transfer_rules.txt": "prices of changes",
    "areas.txt": "areas of fare rules",
    "stop_areas.txt": "areas of fare rules",
    "networks.txt": "networks of fare rules",
    "route_networks.txt": "networks of fare rules",
}
NOT_USED: Final = {  # file → columns → what they would give
    "agency.txt": {
        "agency_url agency_phone agency_email": "contacts of the operator",
        "agency_fare_url": "a page on its fares",
        "cemv_support": "whether a bank card is a ticket",
    },
    "stops.txt": {
        "stop_code": "numbers to find stops by",
        "stop_desc stop_url": "texts and a page on the stop",
        "tts_stop_name": "how to say the name",
        "stop_timezone": "the clock on the wall of the stop; times are those of the operator",
        "stop_access": "whether the street leads to the platform; pathways say it",
    },
    "routes.txt": {
        "route_desc route_url": "texts and a page on the line",
        "route_text_color": "colour of texts on the line's colour",
        "route_sort_order": "order of lines in lists",
        "cemv_support": "whether a bank card is a ticket",
        "jp_parent_route_id": "lines that are one to passengers",
    },
    "trips.txt": {
        "jp_trip_desc jp_trip_desc_symbol": "remarks in printed timetables",
        "jp_office_id": "the office to ask",
        "jp_pattern_id": "routes of the transport ministry's papers",
    },
    "shapes.txt": {"shape_dist_traveled": "distances; ours are measured along the shape"},
    "fare_attributes.txt": {"payment_method": "whether one pays on board"},
    "attributions.txt": {
        "attribution_id agency_id route_id trip_id is_producer is_operator is_authority": "whom to "
        "name for parts of the feed; all are named for all of it",
        "attribution_url attribution_email attribution_phone": "contacts of those to name",
    },
    "feed_info.txt": {
        "feed_publisher_url feed_contact_email feed_contact_url": "contacts of the publisher",
        "feed_start_date feed_end_date": "validity; the calendar's days count",
        "feed_version default_lang": "names of the version and of a language for unknown readers",
    },
    "agency_jp.txt": {"": "official name and address of the operator"},
    "office_jp.txt": {"": "the offices to ask"},
    "pattern_jp.txt": {"": "routes of the transport ministry's papers"},
    "routes_jp.txt": {"": "routes of the transport ministry's papers"},
}


def note_unused(feed: Feed) -> None:
    """Put into `feed.unused` what of a feed, now read, was not used, and what it would give."""
    unread = {file: feed.unread(file) for file in feed.names}  # before what follows asks for more
    for file in feed.names:
        if file in NOTED:
            gives = NOT_USED[file][""]
            feed.unused.append(f"{file}: {feed.whole(file).height} rows; would give {gives}")
        elif file not in PLANNING and file not in FARES_V2:
            feed.unused.append(f"{file}: no file of GTFS or GTFS-JP; not read")
        else:
            _note_columns(feed, file, unread[file])


def _note_columns(feed: Feed, file: str, unread: list[str]) -> None:
    known = {
        name: gives for names, gives in NOT_USED.get(file, {}).items() for name in names.split()
    }
    asked = [name for name in unread if name in known]
    table = feed.table(file, (), asked) if asked else pl.DataFrame({ROW: []})
    for name in asked:
        filled = int((table[name] != "").sum())
        if filled:
            feed.unused.append(f"{file}, {name}: {filled} cells; would give {known[name]}")
    for name in unread:
        if name not in known:
            feed.unused.append(f"{file}, {name}: no column of GTFS or GTFS-JP; not read")
