"""Feeds written inside tests: a zip from a few lines of CSV text for each file."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from gtfs.read import Feed, open_feed
from gtfs.timetable import Timetable, build_timetable
from routing.layout import Footpaths, frozen

# Two stations and a platform, a bus and a train; both run daily in 2026.
STORY: dict[str, str] = {
    "agency.txt": """
        agency_id,agency_name,agency_url,agency_timezone,agency_lang
        a,Northern Bus,https://example.org,Asia/Tokyo,ja
    """,
    "stops.txt": """
        stop_id,stop_name,stop_lat,stop_lon,zone_id
        A,北駅,43.00,141.00,z1
        B,中町,43.01,141.00,z2
        C,南口,43.02,141.00,z3
    """,
    "routes.txt": """
        route_id,agency_id,route_short_name,route_long_name,route_type
        L,a,1,北南線,3
    """,
    "calendar.txt": """
        service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date
        daily,1,1,1,1,1,1,1,20260101,20261231
    """,
    "trips.txt": """
        route_id,service_id,trip_id,trip_headsign
        L,daily,t1,南口
        L,daily,t2,南口
    """,
    "stop_times.txt": """
        trip_id,arrival_time,departure_time,stop_id,stop_sequence
        t1,08:00:00,08:00:00,A,1
        t1,08:10:00,08:11:00,B,2
        t1,08:20:00,08:20:00,C,3
        t2,09:00:00,09:00:00,A,1
        t2,09:10:00,09:11:00,B,2
        t2,09:20:00,09:20:00,C,3
    """,
}


# What may stand beside the story's files: every optional file that is read.
EXTRAS: dict[str, str] = {
    "calendar_dates.txt": """
        service_id,date,exception_type
        daily,20260503,2
        extra,20260504,1
    """,
    "shapes.txt": """
        shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence
        p,43.00,141.00,1
        p,43.01,141.01,2
        p,43.02,141.00,3
    """,
    "frequencies.txt": """
        trip_id,start_time,end_time,headway_secs,exact_times
        t2,10:00:00,12:00:00,1800,1
    """,
    "translations.txt": """
        table_name,field_name,language,translation,record_id,record_sub_id,field_value
        stops,stop_name,en,North Station,,,北駅
        stops,stop_name,ja-Hrkt,みなみぐち,C,,
    """,
    "feed_info.txt": """
        feed_publisher_name,feed_publisher_url,feed_lang
        Northern Bus,https://example.org,ja
    """,
    "fare_attributes.txt": """
        fare_id,price,currency_type,payment_method,transfers,transfer_duration
        low,210,JPY,0,0,
        high,260,JPY,0,1,3600
    """,
    "fare_rules.txt": """
        fare_id,route_id,origin_id,destination_id,contains_id
        low,L,z1,z2,
        high,,z1,z3,
        high,,,,z2
    """,
    "transfers.txt": """
        from_stop_id,to_stop_id,from_route_id,to_route_id,from_trip_id,to_trip_id,transfer_type,min_transfer_time
        A,B,,,,,2,90
        B,B,L,L,,,1,
        ,,,,t1,t2,4,
    """,
    "stops.txt": """
        stop_id,stop_name,stop_lat,stop_lon,zone_id,location_type,parent_station,wheelchair_boarding,level_id,platform_code
        A,北駅,43.00,141.00,z1,0,S,1,up,2
        B,中町,43.01,141.00,z2,0,,,,
        C,南口,43.02,141.00,z3,0,,2,,
        S,北駅,43.00,141.00,,1,,,,
        E,東口,43.00,141.001,,2,S,,ground,
    """,
    "levels.txt": """
        level_id,level_index,level_name
        ground,0,地上
        up,1,ホーム
    """,
    "pathways.txt": """
        pathway_id,from_stop_id,to_stop_id,pathway_mode,is_bidirectional,length,traversal_time,stair_count,max_slope,min_width,signposted_as
        p1,E,A,2,1,,45,30,,,のりば2
        p2,E,A,5,1,,80,,,1.2,
    """,
    "booking_rules.txt": """
        booking_rule_id,booking_type,prior_notice_duration_min,prior_notice_last_day,prior_notice_last_time,message,phone_number
        call,1,60,,,Call us,0120
        eve,2,,1,17:00:00,,
    """,
    "location_groups.txt": """
        location_group_id,location_group_name
        g,Stops
    """,
    "location_group_stops.txt": """
        location_group_id,stop_id
        g,B
        g,C
    """,
    "locations.geojson": """
        {"type": "FeatureCollection", "features": [{"id": "z", "type": "Feature", "properties": {},
        "geometry": {"type": "Polygon", "coordinates":
        [[[141.0, 43.0], [141.1, 43.0], [141.1, 43.1], [141.0, 43.0]]]}}]}
    """,
    "attributions.txt": """
        organization_name,is_producer
        The Mapmakers,1
    """,
    "agency_jp.txt": """
        agency_id,agency_official_name
        a,北部バス株式会社
    """,
    "areas.txt": """
        area_id,area_name
        inner,Inner
    """,
    # a call on demand, a headsign of its own, rough times
    "stop_times.txt": """
        trip_id,arrival_time,departure_time,stop_id,location_id,location_group_id,stop_sequence,stop_headsign,pickup_type,drop_off_type,timepoint,continuous_pickup,pickup_booking_rule_id,start_pickup_drop_off_window,end_pickup_drop_off_window
        t1,08:00:00,08:00:00,A,,,1,,0,0,1,,,,
        t1,08:10:00,08:11:00,B,,,2,中町経由,2,0,0,0,call,,
        t1,08:20:00,08:20:00,C,,,3,,0,0,1,,,,
        t2,09:00:00,09:00:00,A,,,1,,0,0,,,,,
        t2,09:10:00,09:11:00,B,,,2,,0,3,,,,,
        t2,09:20:00,09:20:00,C,,,3,,0,0,,,,,
        t3,,,,z,,1,,2,1,,,call,09:00:00,17:00:00
        t3,,,,,g,2,,1,2,,,eve,09:00:00,17:00:00
    """,
    "trips.txt": """
        route_id,service_id,trip_id,trip_headsign,block_id,shape_id,wheelchair_accessible,bikes_allowed,cars_allowed
        L,daily,t1,南口,b1,p,1,2,0
        L,daily,t2,南口,,p,2,1,1
        L,daily,t3,,,,,,
    """,
}
EVERYTHING: dict[str, str] = {**STORY, **EXTRAS}


def lines_of(text: str) -> str:
    """Remove the indentation of a text block."""
    return "\n".join(line.strip() for line in text.strip().splitlines()) + "\n"


def write_feed(path: Path, files: Mapping[str, str | bytes | None]) -> Path:
    """Write a zip of `STORY` with `files` put over it; a file that is None is left out."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**STORY, **files}.items():
            if text is not None:
                archive.writestr(name, text if isinstance(text, bytes) else lines_of(text))
    return path


def feed_of(
    folder: Path, files: Mapping[str, str | bytes | None] | None = None, feed_id: str = "f"
) -> Feed:
    """Open `STORY` with `files` put over it."""
    return open_feed(write_feed(folder / f"{feed_id}.zip", files or {}), feed_id)


def timetable_of(
    folder: Path,
    files: Mapping[str, str | bytes | None] | None = None,
    zone: str = "Asia/Tokyo",
) -> Timetable:
    """Build the timetable of `STORY` with `files` put over it."""
    return build_timetable([feed_of(folder, files)], zone)


def no_walks(timetable: Timetable, change_time: int = 0) -> Footpaths:
    """No walks at all."""
    n_stops = len(timetable.stops.id)
    empty = frozen([])
    return Footpaths(
        frozen(np.zeros(n_stops + 1)), empty, empty, frozen(np.full(n_stops, change_time))
    )
