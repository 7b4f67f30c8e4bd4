"""Three-echelon deliveries on public transport: a `.city`, a `.demands` and a `.params` file [1]_.

A city lists stops (S), the depot (O) with the in-stops it reaches, customers (D) with the
out-stops that may serve them, and lines (L) with their in-stops and out-stops. Older files state
neither timetables nor waits; those get the values that the newer files of the same authors have.

.. [1] github.com/alberto-santini/public-transport-lmd, README.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cargo.formats.lines import FormatError, Line, lines_of, read_text
from cargo.relay.model import Customer, Point, Relay, RelayLine, RelayStop

SUFFIXES = (".city", ".demands", ".params")
HANDLING, LONGEST_WAIT = 0.0, 60.0  # min, where a city states none
FIRST, HEADWAY, N_RUNS = 30.0, 30.0, 15  # likewise
LISTS = {"S": 0, "O": 1, "D": 1, "L": 2}  # rows of stops below each kind of row
WIDTHS = {"S": (6, 8), "O": (4,), "D": (4,), "L": (5, 8)}
WHOLE = ("trucksCap", "maxTrucks", "maxFreightersPerStop", "freightersCap")


@dataclass
class _City:
    """Rows of a city, with the rows of stops below them."""

    rows: dict[str, list[Line]] = field(default_factory=lambda: {kind: [] for kind in LISTS})
    below: dict[int, list[Line]] = field(default_factory=dict)  # by number of line


def read(path: Path) -> Relay:
    """Read an instance by any of its three files, or by their common name.

    Raises
    ------
    FormatError
        With file, line, field and value of what is wrong.
    """
    stem = path.with_suffix("") if path.suffix in SUFFIXES else path
    city_file, demand_file, setting_file = (
        stem.with_name(stem.name + suffix) for suffix in SUFFIXES
    )
    city = _city(city_file)
    stops = tuple(_stop(line) for line in city.rows["S"])
    index = _index(city.rows["S"])
    if len(city.rows["O"]) != 1:
        raise FormatError(f"{city_file}: {len(city.rows['O'])} rows O (depots); exactly one is due")
    (origin,) = city.rows["O"]
    in_stops = _listed(city.below[origin.number][0], index)
    settings = _settings(setting_file)
    return Relay(
        name=stem.name,
        depot=_point(origin, 2),
        in_stops=in_stops,
        stops=stops,
        customers=tuple(_customers(city, demand_file, index, frozenset(in_stops))),
        lines=tuple(_line(line, city.below[line.number], index) for line in city.rows["L"]),
        n_trucks=int(settings["maxTrucks"]),
        truck_capacity=int(settings["trucksCap"]),
        n_couriers=int(settings["maxFreightersPerStop"]),
        courier_capacity=int(settings["freightersCap"]),
        longest_round=settings["Lmax"],
        courier_cost=settings.get("freightRouteCostCoeff", 1.0),
    )


def _city(path: Path) -> _City:
    """Rows by kind; a row of stops may be empty, so that blank lines count."""
    city, due = _City(), 0
    last: Line | None = None
    for number, text in enumerate(read_text(path).splitlines(), start=1):
        words = tuple(text.split())
        line = Line(str(path), number, words)
        if words and words[0].startswith("#"):
            continue
        if last is not None and due:
            city.below[last.number].append(line)
            due -= 1
        elif words:
            if words[0] not in LISTS:
                raise line.fault(f"'{words[0]}' is no kind of row; known are {', '.join(LISTS)}")
            if len(words) not in WIDTHS[words[0]]:
                wanted = " or ".join(str(n) for n in WIDTHS[words[0]])
                raise line.fault(f"{len(words)} values; a row {words[0]} has {wanted}")
            city.rows[words[0]].append(line)
            city.below[number] = []
            last, due = line, LISTS[words[0]]
    if last is not None and due:
        raise last.fault("the file ends before the stops of this row")
    return city


def _index(rows: list[Line]) -> dict[str, int]:
    """Number of each name, all different."""
    index: dict[str, int] = {}
    for line in rows:
        if line.words[1] in index:
            raise line.fault(f"name {line.words[1]} stands twice")
        index[line.words[1]] = len(index)
    return index


def _listed(line: Line, index: dict[str, int]) -> tuple[int, ...]:
    for name in line.words:
        if name not in index:
            raise line.fault(f"stop {name} has no row S")
    return tuple(dict.fromkeys(index[name] for name in line.words))


def _point(line: Line, at: int) -> Point:
    return line.number_at(at, "x"), line.number_at(at + 1, "y")


def _stop(line: Line) -> RelayStop:
    has_waits = len(line.words) == WIDTHS["S"][-1]
    handling = _positive(line, 6, "Ts") if has_waits else HANDLING
    wait = _positive(line, 7, "WMax") if has_waits else LONGEST_WAIT
    capacity = int(_positive(line, 2, "capS"))
    return RelayStop(line.words[1], _point(line, 4), capacity, handling, wait)


def _positive(line: Line, at: int, name: str) -> float:
    value = line.number_at(at, name)
    if value < 0:
        raise line.fault(f"{name} {value:g} is negative")
    return value


def _line(line: Line, below: list[Line], index: dict[str, int]) -> RelayLine:
    has_times = len(line.words) == WIDTHS["L"][-1]
    in_stops, out_stops = (_listed(row, index) for row in below)
    if twice := set(in_stops) & set(out_stops):
        name = next(name for name, at in index.items() if at in twice)
        raise below[1].fault(f"stop {name} is an in-stop and an out-stop of line {line.words[1]}")
    first = _positive(line, 5, "first_bus") if has_times else FIRST
    headway = _positive(line, 6, "frequency") if has_times else HEADWAY
    n_runs = line.whole_at(7, "nBuses") if has_times else N_RUNS
    if n_runs < 1:
        raise line.fault(f"nBuses {n_runs}: a line needs a run")
    capacity = int(_positive(line, 3, "cap"))
    return RelayLine(line.words[1], capacity, first, headway, n_runs, in_stops, out_stops)


def _customers(
    city: _City, path: Path, index: dict[str, int], in_stops: frozenset[int]
) -> Iterator[Customer]:
    demands = {line.words[0]: line for line in _rows(path)}
    for line in city.rows["D"]:
        name = line.words[1]
        if name not in demands:
            raise FormatError(f"{path}: customer {name} of the city has no row")
        row = demands.pop(name)
        demand, earliest, latest = (
            row.whole_at(1, "load"), row.number_at(2, "Tl"), row.number_at(3, "Th"),
        )  # fmt: skip
        row.expect_window(earliest, latest)
        if demand <= 0:
            raise row.fault(f"load {demand} is not positive")
        listed = city.below[line.number][0]
        stops = tuple(stop for stop in _listed(listed, index) if stop not in in_stops)
        if not stops:
            raise listed.fault(f"no out-stop may serve customer {name}")
        yield Customer(name, _point(line, 2), demand, earliest, latest, stops)
    for name, row in demands.items():
        raise row.fault(f"customer {name} has no row D in the city")


def _rows(path: Path) -> Iterator[Line]:
    for line in lines_of(read_text(path), str(path)):
        if not line.words[0].startswith("#"):
            yield line


def _settings(path: Path) -> dict[str, float]:
    found: dict[str, float] = {}
    for line in _rows(path):
        name = line.words[0]
        found[name] = _positive(line, 1, name)
        if name in WHOLE:
            found[name] = line.whole_at(1, name)
    for name in ("Lmax", *WHOLE):
        if name not in found:
            raise FormatError(f"{path}: {name} is missing; write a line '{name} VALUE'")
    return found
