"""Dial-a-ride with timetabled lines (EIDARP) [1]_: its instances, and answers to them.

A passenger goes by bus, or to a stop (by bus or on foot), by train, and on from a stop (by bus or
on foot). Times are minutes. The whole trip, waiting included, lasts no longer than a factor of the
direct ride. The objective is the time that buses drive plus the time that passengers are on the
way without waiting for a train, plus a price for each refusal. As in the authors' runs buses may
return after the end of the period, batteries are full at the start, and only pickups take time.
.. [1] Fang, Ma, Viti: The integrated electric dial-a-ride problem, instances of 2024
   (the data's README names the columns).
"""

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

REFUSAL = 200.0  # minutes, as in the published runs
PICKUP, ALIGHT, BOARD, DELIVERY = "pickup", "alight", "board", "delivery"

Point = tuple[float, float]
Visit = tuple[int, str]  # passenger, and what the bus does for them


@dataclass(frozen=True)
class Call:
    """A train at a stop."""

    stop: int
    line: int
    run: int  # of the line's timetable
    arrival: float
    departure: float


@dataclass(frozen=True)
class Rider:
    """A passenger."""

    origin: Point
    goal: Point
    earliest: float
    latest: float
    direct: float  # minutes by bus
    longest: float  # minutes from leaving to arriving


@dataclass(frozen=True)
class Bus:
    """A bus, which starts and ends at its depot with a full battery."""

    depot: int
    capacity: int
    kwh_per_km: float
    battery_kwh: float


@dataclass(frozen=True)
class Trip:
    """How a passenger goes: by bus alone, or by train between two calls."""

    first: Call | None = None
    last: Call | None = None
    walks_first: bool = False
    walks_last: bool = False


@dataclass(frozen=True)
class Lines:
    """One instance."""

    name: str
    riders: tuple[Rider, ...]
    buses: tuple[Bus, ...]
    depots: tuple[Point, ...]
    stops: tuple[Point, ...]
    calls: tuple[Call, ...]
    transfers: frozenset[tuple[int, int]]  # between stops
    service: float
    longest_walk: float  # km
    walk_speed: float  # km a minute
    bus_speed: float  # km a minute
    longest_wait: float
    opens: float
    reachable: Mapping[Call, tuple[Call, ...]] = field(repr=False)  # calls to alight at

    def drive(self, a: Point, b: Point) -> float:
        """Minutes by bus."""
        return math.dist(a, b) / self.bus_speed

    def walk(self, a: Point, b: Point) -> float | None:
        """Minutes on foot, None where it is too far."""
        away = math.dist(a, b)
        return away / self.walk_speed if away <= self.longest_walk else None


@dataclass(frozen=True)
class Answer:
    """How each passenger goes, or None, and what each bus does."""

    trips: Sequence[Trip | None]
    rounds: Sequence[tuple[int, Sequence[Visit]]]  # bus, visits


def folder_in(data: Path) -> Path:
    """Where the instances lie in the folder of outside data."""
    return data / "vrp" / "eidarp"


def names_in(folder: Path) -> list[str]:
    """All instances: folder of the network and of the instance."""
    found = (path.parent for path in sorted(folder.glob("*/*/customers.csv")))
    return sorted((f"{path.parent.name}/{path.name}" for path in found), key=_order)


def _order(name: str) -> tuple[str, int]:
    network, instance = name.split("/")
    return network, int(instance.split("-")[1][1:])


def read(folder: Path, name: str) -> Lines:
    """Read one instance, by its network and name."""
    inside = folder / name
    network = name.split("/", maxsplit=1)[0].split("_", maxsplit=1)[0]
    stops = list(_rows(inside.parent / f"{network}-network.csv"))
    about = next(_rows(inside / "other_parameters.csv"))
    bus_rows = list(_rows(inside / "buses.csv"))
    speed = float(bus_rows[0]["speed"]) / 60
    riders = [
        _rider(row, speed, float(about["detour_factor"])) for row in _rows(inside / "customers.csv")
    ]
    calls = tuple(_calls(inside, stops))
    transfers = frozenset(
        (at, int(other) - 1)
        for at, row in enumerate(stops)
        for other in row["transfer"].split(",")
        if other
    )
    wait = float(about["max_wait_time"])
    return Lines(
        name, tuple(riders),
        tuple(_bus(row) for row in bus_rows),
        tuple((float(row["x"]), float(row["y"])) for row in _rows(inside / "depots.csv")),
        tuple((float(row["x"]), float(row["y"])) for row in stops),
        calls, transfers, float(about["service_time"]), float(about["max_wlk_dist"]),
        float(about["wlk_speed"]) / 60, speed, wait,
        float(about["start_time"]),
        {call: tuple(_reached(call, calls, transfers, wait)) for call in calls},
    )  # fmt: skip


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as stream:
        yield from csv.DictReader(stream)


def _rider(row: Mapping[str, str], speed: float, factor: float) -> Rider:
    origin, goal = (float(row["x_o"]), float(row["y_o"])), (float(row["x_d"]), float(row["y_d"]))
    direct = math.dist(origin, goal) / speed
    earliest, latest = float(row["ear_dep_time"]), float(row["late_dep_time"])
    return Rider(origin, goal, earliest, latest, direct, factor * direct)


def _bus(row: Mapping[str, str]) -> Bus:
    consumption, battery = float(row["consumption"]), float(row["maxBattery"])
    return Bus(int(row["depot"]) - 1, int(row["capacity"]), consumption, battery)


def _calls(inside: Path, stops: Sequence[Mapping[str, str]]) -> Iterator[Call]:
    lines = sorted({int(row["line"]) for row in stops})
    for line in lines:
        for run, row in enumerate(_rows(inside / f"timetable_line{line}.csv")):
            for at, stop in enumerate(stops):
                if int(stop["line"]) == line:
                    leaves = float(row[str(at + 1)])
                    yield Call(at, line, run, leaves - float(stop["dweltime"]), leaves)


def _reached(
    start: Call, calls: Sequence[Call], transfers: frozenset[tuple[int, int]], wait: float
) -> Iterator[Call]:
    """Calls to alight at for who boards at `start`, changing between lines where that works."""
    waiting, seen = [(start, True)], {(start, True)}
    while waiting:
        here, has_just_boarded = waiting.pop()
        for call in calls:
            onward = (call.line, call.run) == (
                here.line,
                here.run,
            ) and call.departure > here.departure
            change = (
                not has_just_boarded
                and (here.stop, call.stop) in transfers
                and 0 < call.departure - here.departure <= wait
            )
            if (onward or change) and (call, change) not in seen:
                seen.add((call, change))
                waiting.append((call, change))
    yield from {call for call, changed in seen if not changed and call.stop != start.stop}
