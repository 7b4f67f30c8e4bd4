"""The small language of timetables: `daily 函館<>森 0640 0818-2018/60`."""

from typing import NamedTuple


class Runs(NamedTuple):
    """Departures of one service from one place to another."""

    service: str
    origin: str
    destination: str
    departures: tuple[int, ...]  # s after the base instant


def seconds(hhmm: str) -> int:
    """Seconds after the base instant of HHMM, which may pass 2400."""
    return int(hhmm[:-2]) * 3600 + int(hhmm[-2:]) * 60


def hhmm(clock: int) -> str:
    """HHMM of seconds after the base instant."""
    return f"{clock // 3600:02d}{clock // 60 % 60:02d}"


def departures(texts: list[str]) -> tuple[int, ...]:
    """Times of texts that are HHMM or first-last/minutes, sorted and distinct."""
    times: set[int] = set()
    for text in texts:
        span, _, every = text.partition("/")
        first, _, last = span.partition("-")
        step = int(float(every) * 60) if every else 1
        times.update(range(seconds(first), seconds(last or first) + 1, step))
    return tuple(sorted(times))


def runs_of(text: str) -> list[Runs]:
    """Read one text; `<>` gives both directions."""
    service, way, *times = text.split()
    both = "<>" in way
    origin, destination = way.split("<>" if both else ">")
    found = [Runs(service, origin, destination, departures(times))]
    if both:
        found.append(Runs(service, destination, origin, departures(times)))
    return found
