"""Dial-a-ride files of Cordeau: passengers with a longest ride, vehicles with a longest round [1]_.

.. [1] Cordeau: A branch-and-cut algorithm for the dial-a-ride problem, Operations Research 54
   (2006).
"""

from pathlib import Path

from cargo.formats.lines import FormatError, Line, lines_of
from cargo.formats.planar import Node, Planar

COLUMNS = ("node", "x", "y", "service", "load", "earliest", "latest")
HEAD = ("number of vehicles", "number of nodes", "longest round", "capacity", "longest ride")


def read(text: str, path: Path) -> Planar:
    """Read an instance; the second number of the head counts nodes, or requests in some sets.

    Raises
    ------
    FormatError
        With file and line of what is wrong.
    """
    rows = list(lines_of(text, str(path)))
    if not rows:
        raise FormatError(f"{path}: the file is empty")
    head, body = rows[0], rows[1:]
    n_vehicles, n, longest, capacity, ride = (
        head.number_at(k, name) for k, name in enumerate(HEAD)
    )
    n_requests = (len(body) - 1) // 2  # the depot may stand again at the end
    if n_requests < 1 or int(n) not in {n_requests, 2 * n_requests}:
        raise head.fault(f"{int(n)} nodes are announced, {len(body)} lines follow")
    return Planar(
        name=path.stem,
        nodes=tuple(_node(line, at) for at, line in enumerate(body[: 2 * n_requests + 1])),
        n_vehicles=int(n_vehicles),
        capacity=int(capacity),
        pairs=tuple((at, at + n_requests) for at in range(1, n_requests + 1)),
        max_ride=ride,
        max_duration=longest,
        are_passengers=True,
    )


def _node(line: Line, at: int) -> Node:
    line.expect_number(at, "node")
    _, x, y, service, _, earliest, latest = (
        line.number_at(k, name) for k, name in enumerate(COLUMNS)
    )
    line.expect_window(earliest, latest)
    if service < 0:
        raise line.fault(f"service {service:g} is negative")
    return Node(x, y, line.whole_at(4, "load"), earliest, latest, service)


def write(planar: Planar) -> str:
    """Write an instance."""
    head = (planar.n_vehicles, len(planar.nodes) - 1, planar.max_duration, planar.capacity)
    rows = [" ".join(f"{value:.10g}" for value in (*(x or 0 for x in head), planar.max_ride or 0))]
    for at, node in enumerate(planar.nodes):
        values = (at, node.x, node.y, node.service, node.demand, node.earliest, node.latest)
        rows.append(" ".join(f"{value:.10g}" for value in values))
    return "\n".join(rows) + "\n"
