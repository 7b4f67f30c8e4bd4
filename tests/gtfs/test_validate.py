"""Faults planted in the story are found, and named; sound feeds have none of them."""

import datetime as dt
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gtfs.errors import BrokenArchiveError, FeedNotFoundError
from gtfs.findings import Finding
from gtfs.validate import Validation, validate
from routing.kernels.timetable_shapes import distance_to_shapes
from routing.layout import frozen
from tests.gtfs.feeds import EVERYTHING, STORY, write_feed

TODAY = dt.date(2026, 7, 1)


def checked(folder: Path, files: dict[str, str | bytes | None] | None = None) -> Validation:
    return validate(write_feed(folder / "f.zip", files or {}), TODAY)


def found(validation: Validation, code: str, source: str = "routing") -> Finding | None:
    matches = [f for f in validation.findings if (f.code, f.source) == (code, source)]
    return matches[0] if matches else None


def one(validation: Validation, code: str, source: str = "routing") -> Finding:
    match = found(validation, code, source)
    assert match is not None, [f.code for f in validation.findings]
    return match


def test_a_sound_feed_has_no_errors_and_states_its_size(tmp_path: Path) -> None:
    validation = checked(tmp_path)
    assert validation.counts["ERROR"] == 0
    (unused,) = [f for f in validation.findings if f.source != "standard"]
    assert (unused.code, unused.severity, unused.total) == ("not_used", "INFO", 1)
    assert unused.examples == (
        "agency.txt, agency_url: 1 cells; would give contacts of the operator",
    )
    assert validation.facts["trips"] == 2
    assert validation.facts["first_date"] == "2026-01-01"


def test_a_folder_is_validated_like_its_zip(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for name, text in STORY.items():
        lines = (line.strip() for line in text.strip().splitlines())
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert validate(folder, TODAY).findings == checked(tmp_path).findings


def test_rules_of_the_standard_have_their_canonical_codes(tmp_path: Path) -> None:
    trips = STORY["trips.txt"].replace("L,daily,t2", "X,daily,t2")
    validation = checked(tmp_path, {"trips.txt": trips})
    fault = one(validation, "foreign_key_violation", "standard")
    assert (fault.severity, fault.total) == ("ERROR", 1)
    assert "row 3" in fault.examples[0]
    lost = one(validation, "unknown_line", "reading")
    assert (lost.severity, lost.total) == ("ERROR", 1)
    assert "trips.txt, row 3, route_id 'X'" in lost.examples[0]


def test_the_date_decides_what_has_expired(tmp_path: Path) -> None:
    path = write_feed(tmp_path / "f.zip", {})
    assert found(validate(path, TODAY), "expired_calendar", "standard") is None
    assert found(validate(path, dt.date(2027, 2, 1)), "expired_calendar", "standard") is not None


def test_what_stops_a_build_is_an_error_with_its_place(tmp_path: Path) -> None:
    times = STORY["stop_times.txt"].replace(":00,", " o'clock,")
    validation = checked(tmp_path, {"stop_times.txt": times})
    stop = one(validation, "feed_cannot_be_used", "reading")
    assert "stop_times.txt, row 2, arrival_time" in stop.examples[0]
    assert validation.facts == {}
    assert validation.findings[0].severity == "ERROR"


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    validation = checked(tmp_path, {"stops.txt": None})
    assert "stops.txt" in one(validation, "feed_cannot_be_used", "reading").examples[0]


def test_a_path_without_a_feed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FeedNotFoundError):
        validate(tmp_path / "none.zip")
    (tmp_path / "text.zip").write_text("no zip", encoding="utf-8")
    with pytest.raises(BrokenArchiveError):
        validate(tmp_path / "text.zip")


def test_a_trip_that_overtakes_is_named_with_the_one_it_passes(tmp_path: Path) -> None:
    times = STORY["stop_times.txt"].replace("t2,09:00:00,09:00:00", "t2,07:50:00,07:50:00")
    fault = one(checked(tmp_path, {"stop_times.txt": times}), "overtaking_trip")
    assert (fault.severity, fault.total) == ("WARNING", 1)
    assert set(fault.examples) <= {"t1 and t2", "t2 and t1"}


def test_a_trip_nobody_can_ride_is_found(tmp_path: Path) -> None:
    # t1 lets people off at B only, and on at C only
    times = (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type\n"
        "t1,08:00:00,08:00:00,A,1,1,1\nt1,08:10:00,08:11:00,B,2,1,0\nt1,08:20:00,08:20:00,C,3,0,1\n"
        "t2,09:00:00,09:00:00,A,1,0,0\nt2,09:10:00,09:11:00,B,2,0,0\nt2,09:20:00,09:20:00,C,3,0,0\n"
    )
    fault = one(checked(tmp_path, {"stop_times.txt": times}), "trip_nobody_can_ride")
    assert (fault.total, fault.examples) == (1, ("t1",))


def test_a_stop_far_from_its_shape_is_found(tmp_path: Path) -> None:
    # the shape goes by a corner 813 m east of B, from 1,112 m south to 1,112 m north of it:
    # its legs pass at 813 * 1112 / hypot(813, 1112) = 656 m
    files = {name: EVERYTHING[name] for name in ("shapes.txt", "trips.txt")}
    fault = one(checked(tmp_path, {**files}), "stop_far_from_shape")
    assert fault.total == 1
    assert fault.examples == ("stop B (中町): 656 m",)


def test_stops_on_an_island_are_found(tmp_path: Path) -> None:
    stops = STORY["stops.txt"] + "D,東,43.50,141.00,z1\nE,西,43.51,141.00,z1\n"
    times = STORY["stop_times.txt"] + "t3,09:00:00,09:00:00,D,1\nt3,09:20:00,09:20:00,E,2\n"
    trips = STORY["trips.txt"] + "L,daily,t3,西\n"
    files = {"stops.txt": stops, "stop_times.txt": times, "trips.txt": trips}
    fault = one(checked(tmp_path, {**files}), "unreachable_stop")
    assert (fault.total, fault.examples) == (2, ("stop D (東)", "stop E (西)"))
    near = {**files, "stops.txt": stops.replace("43.50", "43.021")}
    assert found(checked(tmp_path, {**near}), "unreachable_stop") is None


def test_weeks_without_service_are_found(tmp_path: Path) -> None:
    calendar = (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "daily,1,1,1,1,1,1,1,20260101,20260630\n"
    )
    dates = "service_id,date,exception_type\ndaily,20260720,1\n"
    files = {"calendar.txt": calendar, "calendar_dates.txt": dates}
    fault = one(checked(tmp_path, {**files}), "service_gap")
    assert fault.examples == ("2026-07-01 to 2026-07-19",)


def test_the_document_counts_what_it_lists(tmp_path: Path) -> None:
    validation = checked(tmp_path, {**EVERYTHING})
    document = validation.document()
    for severity, count in document["counts"].items():
        listed = sum(f["total"] for f in document["findings"] if f["severity"] == severity)
        assert count == listed


degrees = st.floats(-0.02, 0.02)


@given(stop=st.tuples(degrees, degrees), points=st.lists(st.tuples(degrees, degrees), max_size=5))
def test_distances_to_shapes_equal_a_fine_sampling(
    stop: tuple[float, float], points: list[tuple[float, float]]
) -> None:
    lon = np.array([141 + x for x, _ in points])
    lat = np.array([43 + y for _, y in points])
    metres = np.empty(1)
    distance_to_shapes(
        frozen([0]),
        np.array([141 + stop[0]]),
        np.array([43 + stop[1]]),
        frozen([0, len(points)]),
        lon,
        lat,
        metres,
    )
    if not points:
        assert metres[0] == np.inf
        return
    scale_y = 6_371_008.8 * math.pi / 180
    scale_x = scale_y * math.cos(math.radians(43 + stop[1]))
    best = math.inf
    for a, b in zip(points, [*points[1:], points[-1]], strict=True):
        for k in range(401):
            x, y = (a[i] + (b[i] - a[i]) * k / 400 for i in (0, 1))
            best = min(best, math.hypot((x - stop[0]) * scale_x, (y - stop[1]) * scale_y))
    assert best - 8 <= metres[0] <= best + 0.01  # samples lie at most 16 m apart


def test_a_real_feed_is_validated(outside_data: Path) -> None:
    validation = validate(outside_data / "gtfs/hokkaido/tokachi_bus_2019.zip", dt.date(2019, 7, 1))
    fault = one(validation, "decreasing_or_equal_stop_time_distance", "standard")
    assert fault.total == 1
    assert validation.facts["trips"] == 449
