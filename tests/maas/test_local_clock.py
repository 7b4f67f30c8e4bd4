"""Times as text: what is remembered says what the zone says."""

import random
from zoneinfo import ZoneInfo

import pytest

from maas import local_clock
from maas.local_clock import LocalClock

IN_SPRING = 1_711_846_800  # clocks of Europe go forward at this instant
LONG_AGO = -2_000_000_000  # local mean time: offsets that are no whole minutes


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Europe/Dublin", "Africa/Monrovia"])
@pytest.mark.parametrize("base", [IN_SPRING - 7_200, LONG_AGO])
def test_a_text_is_that_of_the_zone_asked_once_or_again(zone: str, base: int) -> None:
    clock, draw = LocalClock(base, ZoneInfo(zone)), random.Random(7)
    times = [draw.randrange(-3_600, 90_000) for _ in range(200)]
    expected = [clock.moment(time).isoformat() for time in times]
    assert [clock.text(time) for time in times] == expected
    assert clock.texts(times) == expected


def test_a_clock_that_remembers_too_much_forgets_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_clock, "_KEPT", 3)
    clock = LocalClock(0, ZoneInfo("Asia/Tokyo"))
    texts = clock.texts(range(10))
    assert texts == [f"1970-01-01T09:00:{second:02}+09:00" for second in range(10)]
    assert len(clock._texts) <= 3
