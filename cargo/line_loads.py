"""How full scheduled trips are where they carry goods."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from cargo.documents import Document, load_on, rides_by_bay
from cargo.network import LineTrip, Room
from cargo.schedule import Operation
from cargo.trip_changes import run_of


class Stretch(NamedTuple):
    """A bay between two calls."""

    trip: LineTrip
    load: Room
    room: Room
    metres: int


def line_load_factor(operation: Operation) -> float | None:
    """Kg km carried over kg km free, of all stretches of the bays in use."""
    stretches = list(_stretches(operation))
    free = sum(one.room.kg * one.metres for one in stretches)
    carried = sum(one.load.kg * one.metres for one in stretches)
    return round(carried / free, 4) if free else None


def load_by_line(operation: Operation) -> Iterator[Document]:
    """Mean and highest load factors of each line, over its stretches with goods on board."""
    lines: dict[str, list[Stretch]] = defaultdict(list)
    for one in _stretches(operation):
        if one.load.pieces:
            lines[one.trip.line_id].append(one)
    for line, some in sorted(lines.items()):
        trip = some[0].trip
        yield {
            "line": line,
            "line_name": trip.line_name,
            "mode": trip.mode,
            "trips": len({run_of(one.trip) for one in some}),
            "segments": len(some),
            "mean": {name: _mean(some, at) for at, name in enumerate(Room._fields)},
            "highest": {name: _highest(some, at) for at, name in enumerate(Room._fields)},
        }


def _stretches(operation: Operation) -> Iterator[Stretch]:
    network = operation.problem.network
    for bay, rides in rides_by_bay(operation).items():
        trip, first = network.trips[bay], int(network.carriers.first_call_of_bay[bay])
        for at, metres in enumerate(trip.hop_m):
            yield Stretch(trip, load_on(operation, first + at, rides), trip.room[at], metres)


def _mean(some: list[Stretch], unit: int) -> float | None:
    """Load over room by length; stretches of no length count as a metre."""
    pairs = [(one, max(1, one.metres)) for one in some if one.room[unit]]
    length = sum(metres for _, metres in pairs)
    full = sum(one.load[unit] / one.room[unit] * metres for one, metres in pairs)
    return round(full / length, 4) if length else None


def _highest(some: list[Stretch], unit: int) -> float | None:
    shares = [one.load[unit] / one.room[unit] for one in some if one.room[unit]]
    return round(max(shares), 4) if shares else None
