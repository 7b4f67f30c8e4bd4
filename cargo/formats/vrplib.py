"""Files of VRPLIB: vehicle routing with capacities, and with windows where they are given [1]_.

.. [1] Uchoa et al.: New benchmark instances for the capacitated vehicle routing problem, European
   Journal of Operational Research 257 (2017); sections as TSPLIB 95 defines them.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from cargo.formats.lines import FormatError, Line, lines_of
from cargo.formats.planar import Node, Planar
from routing.layout import Float64Array

WEIGHTS = ("EUC_2D", "EXACT_2D", "EXPLICIT")
SHAPES = ("FULL_MATRIX", "LOWER_ROW", "LOWER_DIAG_ROW", "UPPER_ROW")


def read(text: str, path: Path) -> Planar:
    """Read an instance.

    Raises
    ------
    FormatError
        With file and line of what is wrong, or of what is not supported.
    """
    facts, sections = _sections(text, path)
    n = _fact(facts, path, "DIMENSION").whole_at(0, "DIMENSION")
    kind = _fact(facts, path, "EDGE_WEIGHT_TYPE").words[0]
    if kind not in WEIGHTS:
        raise facts["EDGE_WEIGHT_TYPE"].fault(f"{kind} is not supported; {', '.join(WEIGHTS)} are")
    demand = _column(sections, path, "DEMAND_SECTION", n, 1)
    windows = _column(sections, path, "TIME_WINDOW_SECTION", n, 2, is_optional=True)
    service = _column(sections, path, "SERVICE_TIME_SECTION", n, 1, is_optional=True)
    spots = _column(sections, path, "NODE_COORD_SECTION", n, 2, is_optional=kind == "EXPLICIT")
    matrix = _matrix(facts, sections, path, n) if kind == "EXPLICIT" else None
    nodes = []
    for at in range(n):
        first, last = windows[at] if windows else (0.0, float("inf"))
        stay = service[at][0] if service else _default_service(facts) * (at > 0)
        x, y = spots[at] if spots else (0.0, 0.0)
        nodes.append(Node(x, y, int(demand[at][0]), first, last, stay))
    vehicles = facts.get("VEHICLES")
    longest = facts.get("DISTANCE")
    return Planar(
        name=facts["NAME"].words[0] if "NAME" in facts else path.stem,
        nodes=tuple(nodes),
        n_vehicles=n - 1 if vehicles is None else vehicles.whole_at(0, "VEHICLES"),
        capacity=_fact(facts, path, "CAPACITY").whole_at(0, "CAPACITY"),
        max_duration=None if longest is None else longest.number_at(0, "DISTANCE"),
        is_rounded=kind == "EUC_2D",
        matrix=matrix,
    )


def _default_service(facts: dict[str, Line]) -> float:
    line = facts.get("SERVICE_TIME")
    return 0.0 if line is None else line.number_at(0, "SERVICE_TIME")


def _sections(text: str, path: Path) -> tuple[dict[str, Line], dict[str, list[Line]]]:
    """Facts of the head (`NAME : VALUE`) and lines of each section."""
    facts: dict[str, Line] = {}
    sections: dict[str, list[Line]] = {}
    current: list[Line] | None = None
    for line in lines_of(text.replace(":", " : "), str(path)):
        first = line.words[0].upper()
        if first == "EOF":
            break
        if first.endswith("_SECTION"):
            current = sections.setdefault(first, [])
        elif ":" in line.words[:2]:
            if len(line.words) > 2:
                facts[first] = Line(line.file, line.number, line.words[2:])
            current = None
        elif current is None:
            raise line.fault(f"'{line.words[0]}' belongs to no section")
        else:
            current.append(line)
    return facts, sections


def _fact(facts: dict[str, Line], path: Path, name: str) -> Line:
    if name not in facts:
        raise FormatError(f"{path}: '{name} : ...' is missing")
    return facts[name]


def _column(
    sections: dict[str, list[Line]], path: Path, name: str, n: int, width: int,
    *, is_optional: bool = False,
) -> list[list[float]]:  # fmt: skip
    """Values of each node in a section, in the order of nodes; empty where it may be left out."""
    lines = sections.get(name)
    if lines is None:
        if is_optional:
            return []
        raise FormatError(f"{path}: section {name} is missing")
    if len(lines) != n:
        where = lines[-1] if lines else Line(str(path), 1, ())
        raise where.fault(f"{name} has {len(lines)} lines for {n} nodes")
    values = []
    for at, line in enumerate(lines):
        line.expect_number(at + 1, "node")
        row = [line.number_at(k + 1, name.removesuffix("_SECTION").lower()) for k in range(width)]
        if name != "NODE_COORD_SECTION" and min(row) < 0:
            raise line.fault(f"{min(row):g} is negative")
        if name == "TIME_WINDOW_SECTION":
            line.expect_window(*row)
        values.append(row)
    return values


def _matrix(
    facts: dict[str, Line], sections: dict[str, list[Line]], path: Path, n: int
) -> Float64Array:
    shape = _fact(facts, path, "EDGE_WEIGHT_FORMAT").words[0]
    if shape not in SHAPES:
        raise facts["EDGE_WEIGHT_FORMAT"].fault(
            f"{shape} is not supported; {', '.join(SHAPES)} are"
        )
    lines = sections.get("EDGE_WEIGHT_SECTION", [])
    values = [line.number_at(k, "weight") for line in lines for k in range(len(line.words))]
    table = np.zeros((n, n))
    rows, columns = _cells(shape, n)
    if len(values) != len(rows):
        raise FormatError(f"{path}: {len(values)} weights for {len(rows)} cells of {shape}")
    if min(values, default=0.0) < 0:
        raise FormatError(f"{path}: weight {min(values):g} is negative")
    table[rows, columns] = values
    if shape != "FULL_MATRIX":
        table[columns, rows] = values
    return table


def _cells(shape: str, n: int) -> tuple[Sequence[int], Sequence[int]]:
    def pairs() -> Iterator[tuple[int, int]]:
        for i in range(n):
            if shape == "FULL_MATRIX":
                yield from ((i, j) for j in range(n))
            elif shape == "UPPER_ROW":
                yield from ((i, j) for j in range(i + 1, n))
            else:
                yield from ((i, j) for j in range(i + (shape == "LOWER_DIAG_ROW")))

    found = list(pairs())
    return [i for i, _ in found], [j for _, j in found]


def write(planar: Planar) -> str:
    """Write an instance."""
    nodes = list(enumerate(planar.nodes, start=1))
    kind = "EXPLICIT" if planar.matrix is not None else "EUC_2D"
    if kind == "EUC_2D" and not planar.is_rounded:
        kind = "EXACT_2D"
    head = {
        "NAME": planar.name, "TYPE": "VRPTW" if _has_windows(planar) else "CVRP",
        "DIMENSION": len(nodes), "VEHICLES": planar.n_vehicles, "CAPACITY": planar.capacity,
        "EDGE_WEIGHT_TYPE": kind,
    }  # fmt: skip
    if planar.max_duration is not None:
        head["DISTANCE"] = f"{planar.max_duration:.10g}"
    if planar.matrix is not None:
        head["EDGE_WEIGHT_FORMAT"] = "FULL_MATRIX"
    rows = [f"{name} : {value}" for name, value in head.items()]
    if planar.matrix is not None:
        rows += ["EDGE_WEIGHT_SECTION"]
        rows += [" ".join(f"{value:.10g}" for value in row) for row in planar.matrix.tolist()]
    rows += ["NODE_COORD_SECTION", *(f"{at} {node.x:.10g} {node.y:.10g}" for at, node in nodes)]
    rows += ["DEMAND_SECTION", *(f"{at} {node.demand}" for at, node in nodes)]
    if _has_windows(planar):
        rows += ["TIME_WINDOW_SECTION"]
        rows += [f"{at} {node.earliest:.10g} {node.latest:.10g}" for at, node in nodes]
    if any(node.service for node in planar.nodes):
        rows += ["SERVICE_TIME_SECTION", *(f"{at} {node.service:.10g}" for at, node in nodes)]
    return "\n".join([*rows, "DEPOT_SECTION", "1", "-1", "EOF"]) + "\n"


def _has_windows(planar: Planar) -> bool:
    return all(np.isfinite(node.latest) for node in planar.nodes)
