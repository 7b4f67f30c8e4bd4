"""Random small feeds as CSV texts."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from hypothesis import strategies as st

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


@st.composite
def calendars(draw: st.DrawFn) -> dict[str, bytes]:
    weekly = []
    for service in ("weekly", "both"):
        flags = draw(st.lists(st.integers(0, 1), min_size=7, max_size=7))
        start = draw(st.integers(0, N_DAYS))
        end = draw(st.integers(-1, N_DAYS))
        dates = [f"{FIRST + timedelta(days=k):%Y%m%d}" for k in (start, end)]
        weekly.append((service, *flags, *dates))
    exceptions = draw(
        st.lists(
            st.tuples(
                st.sampled_from(("dated", "both", "unused")),
                st.integers(0, N_DAYS),
                st.integers(1, 2),
            ),
            max_size=8,
        )
    )
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


@st.composite
def stop_times(draw: st.DrawFn, trip_id: str) -> list[Row]:
    """Rows of a trip; some blank, now and then backwards, at an unknown stop or too few."""
    length = draw(st.integers(1, 6))
    now = draw(st.integers(0, 30 * 3600))
    sequence, distance = draw(st.integers(0, 3)), 0
    backwards = draw(st.integers(0, 9)) == 0
    rows: list[Row] = []
    for k in range(length):
        arrival = now
        departure = arrival + draw(st.sampled_from((0, 0, 60)))
        now = departure + draw(st.integers(-40 if backwards else 0, 900))
        now = max(now, 0)
        inner = 0 < k < length - 1
        shown = draw(st.sampled_from(("both", "arrival", "none"))) if inner else "both"
        stop = draw(st.sampled_from([*(f"s{n}" for n in range(N_STOPS)), "lost"]))
        rows.append(
            (
                trip_id,
                clock(arrival) if shown != "none" else "",
                clock(departure) if shown == "both" else "",
                stop,
                sequence,
                draw(st.sampled_from(("", "0", "1", "3"))),
                draw(st.sampled_from(("", "0", "1", "2"))),
                draw(st.sampled_from((str(distance), str(distance), ""))),
            )
        )
        sequence += draw(st.integers(1, 3))
        distance += draw(st.integers(0, 40))
    return rows


@st.composite
def feeds(draw: st.DrawFn) -> Mapping[str, str | bytes]:
    """Random feed; the trip `sure` can always be ridden."""
    n_trips = draw(st.integers(1, 6))
    trips, repeats = [("L", "dated", "sure")], []
    rows: list[Row] = []
    for stop, time in (("s0", 25_000), ("s1", 25_600)):
        rows.append(("sure", clock(time), clock(time), stop, time, "", "", ""))
    for k in range(n_trips):
        trip_id = f"t{k}"
        service = draw(st.sampled_from((*SERVICES, "ghost")))
        trips.append((draw(st.sampled_from(("L", "L", "M", "ghost"))), service, trip_id))
        rows += draw(stop_times(trip_id))
        if draw(st.integers(0, 4)) == 0:
            start = draw(st.integers(0, 20 * 3600))
            end = start + draw(st.integers(0, 3600))
            headway = draw(st.integers(400, 2000))
            repeats.append((trip_id, clock(start), clock(end), headway))
    return {
        "agency.txt": table("agency_name,agency_timezone", [("a", draw(st.sampled_from(ZONES)))]),
        "stops.txt": table(
            "stop_id,stop_name,stop_lat,stop_lon",
            [(f"s{k}", f"stop {k}", 43 + k / 100, 141) for k in range(N_STOPS)],
        ),
        "routes.txt": table("route_id,route_type", [("L", 3), ("M", 2)]),
        "trips.txt": table("route_id,service_id,trip_id", trips),
        "stop_times.txt": table(
            "trip_id,arrival_time,departure_time,stop_id,stop_sequence,"
            "pickup_type,drop_off_type,shape_dist_traveled",
            draw(st.permutations(rows)),
        ),
        "frequencies.txt": table("trip_id,start_time,end_time,headway_secs", repeats),
        **draw(calendars()),
    }
