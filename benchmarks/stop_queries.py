"""Queries from stop to stop that every timetable engine answers, and what is compared."""

import os
from pathlib import Path
from typing import Any, NamedTuple, Protocol

MAX_RIDES = 8


class Query(NamedTuple):
    """From stop to stop, leaving at `departure` or within `window` seconds after it."""

    origin: str
    destination: str
    departure: int  # s after the base instant of the day
    window: int = 0


class Answer(NamedTuple):
    """What is compared: the earliest arrival, and how many journeys none of which is dominated."""

    arrival: int | None  # s after the base instant of the day; None when nothing was found
    n_journeys: int


class Engine(Protocol):
    """A loaded program."""

    def sizes(self) -> dict[str, int]:
        """How large the loaded timetable is."""

    def ask(self, query: Query) -> Any:
        """Answer in the program's own form; this is timed."""

    def read(self, answer: Any) -> Answer:
        """Read an answer; this is not timed."""


def resident_mb() -> float:
    """Memory that this process holds at the moment; 0 where the system does not say."""
    pages = Path("/proc/self/statm")
    if not pages.is_file():
        return 0.0
    return int(pages.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
