"""A GTFS-JP feed in memory and its zip on disk, the same bytes every time."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from maas.synthetic.geometry import Place
from maas.synthetic.names import Name
from maas.synthetic.rider_fares import rider_names, rider_tables
from maas.synthetic.services import FIRST_DATE, LAST_DATE, calendar_of

HOME = "https://example.org/synthetic-hokkaido"
PUBLISHER = "Synthetic Hokkaido (合成データ)"
_FERRY = 4
_STAMP = (2026, 11, 1, 0, 0, 0)


class Agency(NamedTuple):
    """Who runs the lines of a feed; invented, and named so."""

    id: str
    name: Name


class Stop(NamedTuple):
    """A boarding place (kind 0) or a station that holds several (kind 1)."""

    id: str
    name: Name
    at: Place
    zone: str = ""
    parent: str = ""
    kind: int = 0
    platform: str = ""
    wheelchair: int = 0  # GTFS wheelchair_boarding


class Line(NamedTuple):
    """A GTFS route."""

    id: str
    name: Name
    mode: int  # GTFS route_type
    color: str
    agency: str
    short: str = ""
    wheelchair: int = 0  # GTFS wheelchair_accessible of its trips


class Call(NamedTuple):
    """A stop of a trip, in s after the base instant."""

    stop: str
    arrival: int
    departure: int
    pickup: int = 0
    drop_off: int = 0


class Trip(NamedTuple):
    """One run of a vehicle on the days of a service."""

    id: str
    line: str
    service: str
    headsign: Name
    direction: int
    shape: str
    calls: tuple[Call, ...]
    short: str = ""


class Frequency(NamedTuple):
    """A trip repeated; exact times."""

    trip: str
    start: int
    end: int
    headway: int


class FareRule(NamedTuple):
    """A price from zone to zone, on one line or on all."""

    price: int
    agency: str
    line: str = ""
    origin: str = ""
    destination: str = ""


class Transfer(NamedTuple):
    """Least time to change between two stops."""

    origin: str
    destination: str
    min_time: int


@dataclass
class Feed:
    """One feed while it is being made."""

    id: str
    name: Name
    agencies: list[Agency]
    stops: dict[str, Stop] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    trips: list[Trip] = field(default_factory=list)
    shapes: dict[str, Sequence[Place]] = field(default_factory=dict)
    frequencies: list[Frequency] = field(default_factory=list)
    fares: list[FareRule] = field(default_factory=list)
    rider_fares: dict[str, tuple[str, int]] = field(default_factory=dict)  # network, yen by line
    transfers: list[Transfer] = field(default_factory=list)

    def add_stop(self, stop: Stop) -> str:
        """Add a stop unless it is there; return its id."""
        self.stops.setdefault(stop.id, stop)
        return stop.id

    def used_stops(self) -> list[Stop]:
        """Stops that trips call at, and the stations that hold them."""
        called = {call.stop for trip in self.trips for call in trip.calls}
        called |= {stop.parent for stop in self.stops.values() if stop.id in called and stop.parent}
        return [stop for stop in self.stops.values() if stop.id in called]


def clock(seconds: int) -> str:
    """HH:MM:SS, may pass 24:00."""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _table(header: str, rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header.split(","))
    writer.writerows(rows)
    return out.getvalue()


def _calendars(feed: Feed) -> tuple[str, str]:
    first, last = f"{FIRST_DATE:%Y%m%d}", f"{LAST_DATE:%Y%m%d}"
    base, exceptions = [], []
    for service in sorted({trip.service for trip in feed.trips}):
        flags, changes = calendar_of(service)
        if flags is not None:
            base.append((service, *flags, first, last))
        exceptions += [(service, f"{day:%Y%m%d}", kind) for day, kind in changes]
    days = "monday,tuesday,wednesday,thursday,friday,saturday,sunday"
    return (
        _table(f"service_id,{days},start_date,end_date", base),
        _table("service_id,date,exception_type", exceptions),
    )


def _translations(feed: Feed, stops: Sequence[Stop]) -> str:
    """One row per text and language; per record where one text is read in two ways."""
    texts: list[tuple[str, str, str, Name]] = [
        ("stops", "stop_name", stop.id, stop.name) for stop in stops
    ]
    texts += [("routes", "route_long_name", line.id, line.name) for line in feed.lines.values()]
    texts += [("trips", "trip_headsign", trip.id, trip.headsign) for trip in feed.trips]
    texts += [("agency", "agency_name", agency.id, agency.name) for agency in feed.agencies]
    texts += rider_names() if feed.rider_fares else []
    readings: dict[tuple[str, str, str], set[Name]] = {}
    for table, column, _, name in texts:
        readings.setdefault((table, column, name.ja), set()).add(name)
    rows = set()
    for table, column, record, name in texts:
        single = len(readings[table, column, name.ja]) == 1
        key = ("", name.ja) if single else (record, "")
        rows.add((table, column, "ja-Hrkt", name.kana, *key))
        rows.add((table, column, "en", name.en, *key))
    header = "table_name,field_name,language,translation,record_id,field_value"
    return _table(header, sorted(rows))


def _fares(feed: Feed) -> dict[str, str]:
    if feed.rider_fares:
        tables = rider_tables(feed.rider_fares)
        return {name: _table(header, rows) for name, (header, rows) in tables.items()}
    if not feed.fares:
        return {}
    prices = sorted({(rule.agency, rule.price) for rule in feed.fares})
    rules = (
        (f"{rule.agency}-{rule.price}", rule.line, rule.origin, rule.destination)
        for rule in feed.fares
    )
    return {
        "fare_attributes.txt": _table(
            "fare_id,price,currency_type,payment_method,transfers,agency_id",
            [(f"{agency}-{price}", price, "JPY", 0, 0, agency) for agency, price in prices],
        ),
        "fare_rules.txt": _table("fare_id,route_id,origin_id,destination_id", rules),
    }


def _says_who_may_board(feed: Feed) -> bool:
    """Whether anything is known of wheelchairs."""
    return any(line.wheelchair for line in feed.lines.values())


def _stop_rows(feed: Feed, stops: Sequence[Stop]) -> Iterable[Sequence[object]]:
    is_told = _says_who_may_board(feed)
    for stop in stops:
        at = (f"{stop.at.lat:.5f}", f"{stop.at.lon:.5f}")
        last = (stop.wheelchair,) if is_told else ()
        yield (stop.id, stop.name.ja, *at, stop.zone, stop.kind, stop.parent, stop.platform, *last)


def _trip_rows(feed: Feed) -> Iterable[Sequence[object]]:
    is_told = _says_who_may_board(feed)
    for trip in feed.trips:
        name = (trip.headsign.ja, trip.short)
        line = feed.lines[trip.line]
        last = (line.wheelchair,) if is_told else ()
        bikes = 1 if line.mode == _FERRY else 2
        yield (trip.line, trip.service, trip.id, *name, trip.direction, trip.shape, bikes, *last)


def _stop_time_rows(feed: Feed) -> Iterable[Sequence[object]]:
    for trip in feed.trips:
        for sequence, call in enumerate(trip.calls, start=1):
            times = (clock(call.arrival), clock(call.departure))
            yield (trip.id, *times, call.stop, sequence, call.pickup, call.drop_off)


def _line_rows(feed: Feed) -> Iterable[Sequence[object]]:
    for line in feed.lines.values():
        bright = sum(int(line.color[at : at + 2], 16) for at in (0, 2, 4)) > 420
        ink = "000000" if bright else "FFFFFF"
        yield (line.id, line.agency, line.short, line.name.ja, line.mode, line.color, ink)


def _shape_rows(feed: Feed) -> Iterable[Sequence[object]]:
    for shape in dict.fromkeys(trip.shape for trip in feed.trips):
        for sequence, at in enumerate(feed.shapes[shape], start=1):
            yield (shape, f"{at.lat:.5f}", f"{at.lon:.5f}", sequence)


def tables_of(feed: Feed) -> dict[str, str]:
    """All files of a feed by name."""
    stops = feed.used_stops()
    base, exceptions = _calendars(feed)
    span = (f"{FIRST_DATE:%Y%m%d}", f"{LAST_DATE:%Y%m%d}")
    of_stops = of_trips = ""
    if _says_who_may_board(feed):
        of_stops, of_trips = ",wheelchair_boarding", ",wheelchair_accessible"
    files = {
        "agency.txt": _table(
            "agency_id,agency_name,agency_url,agency_timezone,agency_lang",
            [(agency.id, agency.name.ja, HOME, "Asia/Tokyo", "ja") for agency in feed.agencies],
        ),
        "agency_jp.txt": _table(
            "agency_id,agency_official_name,agency_zip_number,agency_address",
            [(agency.id, agency.name.ja, "0600000", "北海道（架空）") for agency in feed.agencies],
        ),
        "stops.txt": _table(
            "stop_id,stop_name,stop_lat,stop_lon,zone_id,location_type,parent_station,platform_code"
            + of_stops,
            _stop_rows(feed, stops),
        ),
        "routes.txt": _table(
            "route_id,agency_id,route_short_name,route_long_name,route_type,route_color,"
            "route_text_color",
            _line_rows(feed),
        ),
        "trips.txt": _table(
            "route_id,service_id,trip_id,trip_headsign,trip_short_name,direction_id,shape_id,"
            "bikes_allowed" + of_trips,
            _trip_rows(feed),
        ),
        "stop_times.txt": _table(
            "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type",
            _stop_time_rows(feed),
        ),
        "calendar.txt": base,
        "calendar_dates.txt": exceptions,
        "shapes.txt": _table(
            "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence", _shape_rows(feed)
        ),
        "translations.txt": _translations(feed, stops),
        "feed_info.txt": _table(
            "feed_publisher_name,feed_publisher_url,feed_lang,feed_start_date,feed_end_date,"
            "feed_version,feed_contact_url",
            [(PUBLISHER, HOME, "ja", *span, f"synthetic-{feed.id}-1", HOME)],
        ),
        "attributions.txt": _table(
            "attribution_id,organization_name,is_producer,attribution_url",
            [
                ("maker", PUBLISHER, 1, HOME),
                ("stations", "ekidata.jp (places of stations)", 1, "https://ekidata.jp/"),
            ],
        ),
        **_fares(feed),
    }
    if feed.frequencies:
        files["frequencies.txt"] = _table(
            "trip_id,start_time,end_time,headway_secs,exact_times",
            [
                (run.trip, clock(run.start), clock(run.end), run.headway, 1)
                for run in feed.frequencies
            ],
        )
    if feed.transfers:
        files["transfers.txt"] = _table(
            "from_stop_id,to_stop_id,transfer_type,min_transfer_time",
            [(change.origin, change.destination, 2, change.min_time) for change in feed.transfers],
        )
    return files


def write_feed(feed: Feed, path: Path) -> None:
    """Write a feed as a zip whose entries carry a fixed time."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, text in sorted(tables_of(feed).items()):
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text.encode())
