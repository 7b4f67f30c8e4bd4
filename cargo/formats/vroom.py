"""VROOM's JSON: reading problems [1]_; `vroom_answer` writes.

Read are vehicles (shift, start and end, capacity, skills, breaks, costs, limits of tasks and of
travel), jobs, shipments and matrices. What the core cannot keep is refused with its place in the
file, not ignored. Costs are VROOM's: time travelled by the hour, and distance by the km if asked.

.. [1] https://github.com/VROOM-Project/vroom/blob/master/docs/API.md
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from cargo.formats.lines import FormatError
from cargo.formats.vroom_keys import unknown_keys
from cargo.json_text import parse_json
from cargo.pdp.faults import MOST_PLACES, TOO_MANY
from cargo.pdp.model import Pause, PdpProblem, Request, Stop, Vehicle
from cargo.pdp.plan import DELIVERY, PICKUP
from routing.geo import EARTH_RADIUS_M
from routing.layout import UNREACHED, Int32Array, frozen

Document = dict[str, Any]

CENT = 100  # units of cost in one of VROOM's, so that rates by km keep two digits
PER_HOUR = 3600.0  # VROOM's own rate: a second costs 1
BEELINE_KMH, DETOUR = 40.0, 1.3  # of ways that no matrix gives: an estimate
UNSUPPORTED = {
    "vehicles": ("steps", "speed_factor", "max_travel_time", "max_distance"),
    "jobs": (),
    "shipments": (),
}


@dataclass(frozen=True)
class VroomFile:
    """A problem with what an answer needs besides: VROOM's own ids and durations."""

    problem: PdpProblem
    document: Document
    notices: tuple[str, ...]
    names: Mapping[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    # (request, PICKUP or DELIVERY): VROOM's type of step and id
    profiles: tuple[str, ...] = ()


def read(text: str, path: Path) -> VroomFile:
    """Read a problem.

    Raises
    ------
    FormatError
        With the place in the file of what is wrong or not supported.
    """
    try:
        document = parse_json(text)
    except ValueError as error:
        raise FormatError(f"{path}: no JSON: {error}") from error
    if not isinstance(document, dict):
        raise FormatError(f"{path}: a problem is a JSON object")
    return _Reader(path, document).file()


@dataclass
class _Reader:
    """Reads one document; keeps the coordinates that no index names yet."""

    path: Path
    document: Document
    points: dict[tuple[float, float], int] = field(default_factory=dict)
    names: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    types: list[str] = field(default_factory=list)  # of vehicles
    differ: bool = False  # whether some stop takes different types of vehicles different times
    measured: tuple[str, int] | None = None  # the first amounts that were read, and how many

    def file(self) -> VroomFile:
        vehicles, jobs = self._list("vehicles"), self._list("jobs")
        shipments = self._list("shipments")
        self.types = [str(row.get("type", "")) for row in vehicles]
        requests = [self._job(row, f"jobs[{at}]") for at, row in enumerate(jobs)]
        requests += [self._shipment(row, f"shipments[{at}]") for at, row in enumerate(shipments)]
        rates = [self._rates(row, f"vehicles[{at}]") for at, row in enumerate(vehicles)]
        kinds = list(dict.fromkeys(rates))
        rows = [
            self._vehicle(row, f"vehicles[{at}]", kinds.index(rate))
            for at, (row, rate) in enumerate(zip(vehicles, rates, strict=True))
        ]
        if len(self.points) > MOST_PLACES:
            raise self.fault("jobs, shipments", TOO_MANY.format(n=len(self.points)))
        tables = [self._tables(*kind) for kind in kinds] or [_empty_tables(len(self.points))]
        problem = PdpProblem(
            requests=tuple(requests),
            vehicles=tuple(rows),
            duration=tuple(duration for duration, _ in tables),
            distance=tuple(cost for _, cost in tables),
            name=str(self.path),
        )
        notices = tuple(unknown_keys(self.document))
        notices += (
            ("times of a stop differ by type of vehicle: the longest is taken for all",)
            if self.differ
            else ()
        )
        notices += () if self.document.get("matrices") else (
            f"no matrices: ways are straight lines times {DETOUR} at {BEELINE_KMH:g} km/h, "
            "an estimate",
        )  # fmt: skip
        return VroomFile(
            problem, self.document, notices, self.names, tuple(kind[0] for kind in kinds)
        )

    def fault(self, where: str, text: str) -> FormatError:
        return FormatError(f"{self.path}, {where}: {text}")

    def _list(self, name: str) -> list[Document]:
        rows = self.document.get(name, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise self.fault(name, "must be a list of objects")
        for at, row in enumerate(rows):
            for key in UNSUPPORTED[name]:
                if key in row:
                    raise self.fault(f"{name}[{at}].{key}", "is not supported; leave it out")
        return rows

    def _int(self, row: Mapping[str, Any], key: str, where: str, default: int | None = None) -> int:
        value = row.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.fault(f"{where}.{key}", f"{value!r} is no whole number")
        if not -UNREACHED < value < UNREACHED:
            raise self.fault(f"{where}.{key}", f"{value} is out of range")
        return value

    def _rate(self, row: Mapping[str, Any], key: str, where: str, default: int) -> float:
        value = self._int(row, key, where, default)
        if value < 0:
            raise self.fault(f"{where}.{key}", f"{value} is negative; give 0 or more")
        return float(value)

    def _room(self, row: Mapping[str, Any], key: str, where: str) -> tuple[int, ...]:
        """Amounts or a capacity, as many as all others have, or none."""
        found = self._amounts(row, key, where)
        if found and self.measured is None:
            self.measured = f"{where}.{key}", len(found)
        if found and self.measured is not None and len(found) != self.measured[1]:
            first, n = self.measured
            text = f"has {len(found)} amounts and {first} has {n}; give as many everywhere"
            raise self.fault(f"{where}.{key}", text)
        return found

    def _amounts(self, row: Mapping[str, Any], key: str, where: str) -> tuple[int, ...]:
        values = row.get(key, [])
        if not isinstance(values, list):
            raise self.fault(f"{where}.{key}", "must be a list of whole numbers")
        found = tuple(self._int({key: value}, key, where) for value in values)
        if min(found, default=0) < 0:
            raise self.fault(f"{where}.{key}", f"{min(found)} is negative")
        return found

    def _window(self, row: Mapping[str, Any], where: str) -> tuple[int, int]:
        windows = row.get("time_windows", [[0, UNREACHED - 1]])
        if not isinstance(windows, list) or len(windows) != 1:
            raise self.fault(f"{where}.time_windows", "give one window; several are not supported")
        return self._span(windows[0], f"{where}.time_windows")

    def _span(self, pair: Any, where: str) -> tuple[int, int]:
        if not isinstance(pair, list) or len(pair) != 2:
            raise self.fault(where, "a window is [from, until]")
        first, last = (self._int({"time": value}, "time", where) for value in pair)
        if first > last or first < 0:
            raise self.fault(where, f"window {first} to {last} is empty; put the earlier one first")
        return first, last

    def _place(self, row: Mapping[str, Any], key: str, where: str) -> int:
        """Place by index where matrices are given, else by coordinates."""
        if f"{key}_index" in row:
            return self._int(row, f"{key}_index", where)
        if self.document.get("matrices"):
            raise self.fault(f"{where}.{key}_index", "is missing; matrices are given")
        spot = row.get(key)
        if not isinstance(spot, list) or len(spot) != 2:
            raise self.fault(f"{where}.{key}", "give [longitude, latitude]")
        lon, lat = spot
        if not (isinstance(lon, int | float) and isinstance(lat, int | float)):
            raise self.fault(f"{where}.{key}", f"{spot} is no pair of numbers")
        if not (abs(lon) <= 180 and abs(lat) <= 90):
            raise self.fault(f"{where}.{key}", f"{spot} lies nowhere on earth")
        return self.points.setdefault((float(lon), float(lat)), len(self.points))

    def _stop(self, row: Mapping[str, Any], where: str) -> Stop:
        first, last = self._window(row, where)
        stay = self._stay(row, "service", where) + self._stay(row, "setup", where)
        return Stop(self._place(row, "location", where), first, last, stay)

    def _stay(self, row: Mapping[str, Any], key: str, where: str) -> int:
        """Time of a stop; one that differs by type of vehicle is the longest of those there are."""
        usual, by_type = self._int(row, key, where, 0), row.get(f"{key}_per_type", {})
        here = f"{where}.{key}_per_type"
        if not isinstance(by_type, dict):
            raise self.fault(here, "must be an object of times by type of vehicle")
        known = {name: self._int(by_type, name, here) for name in by_type}
        times = {known.get(name, usual) for name in self.types} or {usual}
        if min(times) < 0:
            raise self.fault(here, f"{min(times)} is negative; give 0 or more")
        self.differ |= len(times) > 1
        return max(times)

    def _common(self, row: Mapping[str, Any], where: str) -> Document:
        priority = self._int(row, "priority", where, 0)
        if not 0 <= priority <= 100:
            raise self.fault(f"{where}.priority", f"{priority} is not in 0 to 100")
        skills = frozenset(map(str, self._amounts(row, "skills", where)))
        return {"skills": skills, "penalty": 1e9 * CENT * (1 + priority)}

    def _job(self, row: Document, where: str) -> Request:
        number = self._int(row, "id", where)
        delivery, pickup = (self._room(row, key, where) for key in ("delivery", "pickup"))
        if any(delivery) and any(pickup):
            raise self.fault(where, "a job that both delivers and picks up: make it two jobs")
        name = f"job {number}"
        stop, is_pickup = self._stop(row, where), any(pickup)
        self.names[name, PICKUP if is_pickup else DELIVERY] = "job", number
        return Request(
            id=name,
            pickup=stop if is_pickup else None,
            delivery=None if is_pickup else stop,
            amount=pickup if is_pickup else delivery,
            **self._common(row, where),
        )

    def _shipment(self, row: Document, where: str) -> Request:
        ends = []
        for key in (PICKUP, DELIVERY):
            if not isinstance(row.get(key), dict):
                raise self.fault(f"{where}.{key}", "is missing")
            ends.append((row[key], f"{where}.{key}"))
        numbers = [self._int(end, "id", where_end) for end, where_end in ends]
        name = f"shipment {numbers[0]}"
        for key, number in zip((PICKUP, DELIVERY), numbers, strict=True):
            self.names[name, key] = key, number
        return Request(
            id=name,
            pickup=self._stop(*ends[0]),
            delivery=self._stop(*ends[1]),
            amount=self._room(row, "amount", where),
            **self._common(row, where),
        )

    def _rates(self, row: Document, where: str) -> tuple[str, float, float]:
        costs = row.get("costs", {})
        if not isinstance(costs, dict):
            raise self.fault(f"{where}.costs", "must be an object")
        hour, km = (
            self._rate(costs, key, f"{where}.costs", default)
            for key, default in (("per_hour", int(PER_HOUR)), ("per_km", 0))
        )
        return str(row.get("profile", "car")), hour, km

    def _vehicle(self, row: Document, where: str, profile: int) -> Vehicle:
        span = row.get("time_window", [0, UNREACHED - 1])
        opens, closes = self._span(span, f"{where}.time_window")
        ends = {
            key: self._place(row, key, where) if {key, f"{key}_index"} & row.keys() else None
            for key in ("start", "end")
        }
        if ends["start"] is None and ends["end"] is None:
            raise self.fault(where, "needs a start or an end")
        return Vehicle(
            id=str(self._int(row, "id", where)),
            start=ends["start"],
            end=ends["end"],
            opens=opens,
            closes=closes,
            capacity=self._room(row, "capacity", where),
            profile=profile,
            max_tasks=self._int(row, "max_tasks", where) if "max_tasks" in row else None,
            per_m=1.0,
            fixed=CENT * self._rate(row.get("costs", {}), "fixed", f"{where}.costs", 0),
            skills=frozenset(map(str, self._amounts(row, "skills", where))),
            pauses=tuple(self._pauses(row, where)),
        )

    def _pauses(self, row: Document, where: str) -> Iterator[Pause]:
        for at, pause in enumerate(row.get("breaks", [])):
            here = f"{where}.breaks[{at}]"
            if "max_load" in pause:
                raise self.fault(f"{here}.max_load", "is not supported; leave it out")
            first, last = self._window(pause, here)
            yield Pause(first, last, self._int(pause, "service", here, 0))

    def _tables(self, profile: str, hour: float, km: float) -> tuple[Int32Array, Int32Array]:
        """Durations, and cost of ways in hundredths, of vehicles with one profile and rates."""
        matrices = self.document.get("matrices")
        if not matrices:
            seconds, metres = _beelines(list(self.points))
        else:
            if profile not in matrices:
                raise self.fault("matrices", f"there is none for profile '{profile}'")
            seconds = self._matrix(profile, "durations")
            metres = np.zeros_like(seconds)
            if "costs" in matrices[profile]:
                return frozen(seconds), frozen(self._matrix(profile, "costs") * CENT)
            if km:
                metres = self._matrix(profile, "distances")
        cost = CENT * (hour / 3600 * seconds + km / 1000 * metres)
        if cost.size and cost.max() >= UNREACHED:
            raise self.fault("matrices", f"a way of profile '{profile}' costs too much to reckon")
        return frozen(seconds), frozen(np.rint(cost))

    def _matrix(self, profile: str, name: str) -> Int32Array:
        rows = self.document["matrices"][profile].get(name)
        where = f"matrices.{profile}.{name}"
        try:
            table = np.array(rows, np.float64)
        except (TypeError, ValueError):
            raise self.fault(where, "is no square of whole numbers") from None
        if table.ndim != 2 or table.shape[0] != table.shape[1]:
            raise self.fault(where, "is no square of whole numbers")
        if table.size and not (table.min() >= 0 and table.max() < UNREACHED):
            at = np.unravel_index(int(np.argmin(table)), table.shape)
            raise self.fault(where, f"row {at[0]}, column {at[1]}: {table[at]:g} is out of range")
        whole: Int32Array = np.rint(table).astype(np.int64)
        return whole


def _empty_tables(n: int) -> tuple[Int32Array, Int32Array]:
    return frozen(np.zeros((n, n))), frozen(np.zeros((n, n)))


def _beelines(points: Sequence[tuple[float, float]]) -> tuple[Int32Array, Int32Array]:
    """Seconds and metres of straight lines, lengthened by the usual detour."""
    lon, lat = np.radians(np.reshape(np.array(points, np.float64), (-1, 2))).T
    across = np.subtract.outer(lon, lon), np.subtract.outer(lat, lat)
    half = np.sin(across[1] / 2) ** 2 + np.outer(np.cos(lat), np.cos(lat)) * (
        np.sin(across[0] / 2) ** 2
    )
    metres = 2 * EARTH_RADIUS_M * DETOUR * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    seconds = metres / (BEELINE_KMH / 3.6)
    return np.rint(seconds).astype(np.int64), np.rint(metres).astype(np.int64)
