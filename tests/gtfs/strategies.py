"""Random small feeds as CSV texts."""

import random
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from hypothesis import strategies as st

SEEDS = st.integers(0, 2**32)
Row = tuple[str, str, str, str, int, str, str, str]
N_STOPS = 5
FIRST = date(2026, 3, 26)  # the Sunday in between changes to summer time in Europe
N_DAYS = 9
SERVICES = ("weekly", "dated", "both")
ZONES = ("Asia/Tokyo", "Europe/Helsinki", "America/New_York")


def clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def table(header: str, rows: Iterable[tuple[object, ...]]) -> bytes:
    lines = [header, *(",".join(str(cell) for cell in row) for row in rows)]
    return ("\n".join(lines) + "\n").encode()


def calendars(draw: random.Random) -> dict[str, bytes]:
    weekly = []
    for service in ("weekly", "both"):
        flags = [int(draw.random() < 0.7) for _ in range(7)]
        start = draw.choice((0, 0, 1, draw.randint(0, N_DAYS)))
        end = draw.choice((N_DAYS, N_DAYS - 1, draw.randint(-1, N_DAYS)))
        dates = [f"{FIRST + timedelta(days=k):%Y%m%d}" for k in (start, end)]
        weekly.append((service, *flags, *dates))
    exceptions = [
        (draw.choice(("dated", "dated", "both", "unused")), draw.randint(0, N_DAYS),
         draw.choice((1, 1, 2)))
        for _ in range(draw.randint(0, 16))
    ]  # fmt: skip
    # one date that surely runs, so that the feed is not refused as empty
    rows = [*exceptions, ("dated", 0, 1)]
    return {
        "calendar.txt": table(
            "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
            "start_date,end_date",
            weekly,
        ),
        "calendar_dates.txt": table(
            "service_id,date,exception_type",
            [(name, f"{FIRST + timedelta(days=k):%Y%m%d}", kind) for name, k, kind in rows],
        ),
    }


def stop_times(draw: random.Random, trip_id: str) -> list[Row]:
    """Rows of a trip; some blank, now and then backwards, at an unknown stop or too few."""
    length = draw.choice((1, *2 * (2, 3, 4, 5), 3, 4, 6))
    now = draw.choice((draw.randint(0, 30 * 3600), draw.randint(7 * 3600, 9 * 3600)))
    sequence, distance = draw.randint(0, 3), 0
    backwards = draw.randrange(6) == 0
    rows: list[Row] = []
    for k in range(length):
        arrival = now
        departure = arrival + draw.choice((0, 0, 60))
        now = departure + (draw.randint(-40, 120) if backwards else draw.randint(0, 900))
        now = max(now, 0)
        inner = 0 < k < length - 1
        shown = draw.choice(("both", "arrival", "departure", "none")) if inner else "both"
        stop = f"s{draw.randrange(N_STOPS)}" if draw.random() < 0.95 else "lost"
        rows.append(
            (
                trip_id,
                clock(arrival) if shown in {"both", "arrival"} else "",
                clock(departure) if shown in {"both", "departure"} else "",
                stop,
                sequence,
                draw.choice(("", "0", "1", "2", "3")),
                draw.choice(("", "0", "1", "2", "3")),
                draw.choice((str(distance), str(distance), str(distance), "")),
            )
        )
        sequence += draw.choice((1, 1, 2, 2, 3, 70_000))
        distance += draw.randint(0, 40)
    return rows


def drawn_feed(draw: random.Random) -> Mapping[str, str | bytes]:
    trips, repeats = [("L", "dated", "sure")], []
    rows: list[Row] = []
    for stop, time in (("s0", 25_000), ("s1", 25_600)):
        rows.append(("sure", clock(time), clock(time), stop, time, "", "", ""))
    for k in range(draw.randint(2, 9)):
        trip_id = f"t{k}"
        service = draw.choice((*SERVICES, *SERVICES, *SERVICES, "ghost"))
        trips.append((draw.choice(("L", "L", "L", "M", "M", "ghost")), service, trip_id))
        rows += stop_times(draw, trip_id)
        if draw.randrange(5) == 0:
            start = draw.randint(0, 20 * 3600)
            headway = draw.randint(400, 2000)
            end = start + draw.choice((draw.randint(0, 3600), headway, 2 * headway))
            repeats.append((trip_id, clock(start), clock(end), headway))
    return {
        "agency.txt": table("agency_name,agency_timezone", [("a", draw.choice(ZONES))]),
        "stops.txt": table(
            "stop_id,stop_name,stop_lat,stop_lon",
            [(f"s{k}", f"stop {k}", 43 + k / 100, 141) for k in range(N_STOPS)],
        ),
        "routes.txt": table("route_id,route_type", [("L", 3), ("M", 2)]),
        "trips.txt": table("route_id,service_id,trip_id", trips),
        "stop_times.txt": table(
            "trip_id,arrival_time,departure_time,stop_id,stop_sequence,"
            "pickup_type,drop_off_type,shape_dist_traveled",
            draw.sample(rows, len(rows)),
        ),
        "frequencies.txt": table("trip_id,start_time,end_time,headway_secs", repeats),
        **calendars(draw),
    }


def feeds() -> st.SearchStrategy[Mapping[str, str | bytes]]:
    """Random feeds; the trip `sure` can always be ridden.

    Numbers that are drawn one by one tend to be small, and feeds of them nearly empty: so all of a
    feed is drawn from one seed.
    """
    return SEEDS.map(lambda seed: drawn_feed(random.Random(seed)))
