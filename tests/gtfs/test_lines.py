from pathlib import Path

import pytest

from gtfs.modes import MODES
from gtfs.timetable import build_timetable
from tests.gtfs.feeds import feed_of, timetable_of


@pytest.mark.parametrize(
    ("number", "mode"),
    [
        (0, "tram"),
        (1, "subway"),
        (2, "rail"),
        (3, "bus"),
        (4, "ferry"),
        (5, "cable"),
        (6, "cable"),
        (7, "funicular"),
        (11, "bus"),
        (12, "rail"),
        (100, "rail"),
        (109, "rail"),
        (117, "rail"),
        (200, "coach"),
        (209, "coach"),
        (401, "subway"),
        (405, "rail"),
        (700, "bus"),
        (715, "drt"),
        (900, "tram"),
        (1000, "ferry"),
        (1100, "air"),
        (1200, "ferry"),
        (1300, "cable"),
        (1400, "funicular"),
        (1500, "taxi"),
    ],
)
def test_route_types_name_modes(number: int, mode: str, tmp_path: Path) -> None:
    text = f"route_id,route_type\nL,{number}\n"
    assert MODES[timetable_of(tmp_path, {"routes.txt": text}).lines.mode[0]] == mode


@pytest.mark.parametrize("number", ["8", "99", "1600", "9000", ""])
def test_an_unknown_route_type_is_a_bus_with_a_notice(number: str, tmp_path: Path) -> None:
    feed = feed_of(tmp_path, {"routes.txt": f"route_id,route_type\nL,{number}\n"})
    lines = build_timetable([feed], "Asia/Tokyo").lines
    assert MODES[lines.mode[0]] == "bus"
    assert feed.notices.counts == {"unknown_route_type": 1}


def test_colours_are_six_hex_digits_or_nothing(tmp_path: Path) -> None:
    text = """
        route_id,route_short_name,route_type,route_color
        L,1,3,00aaFF
        M,2,3,#00AAFF
        N,3,3,
    """
    lines = timetable_of(tmp_path, {"routes.txt": text}).lines
    assert lines.color[:] == ["00AAFF", "", ""]
    assert lines.short_name[:] == ["1", "2", "3"]
