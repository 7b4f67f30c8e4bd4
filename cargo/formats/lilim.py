"""Files of Li and Lim: paired pickups and deliveries with windows [1]_.

.. [1] Li, Lim: A metaheuristic for the pickup and delivery problem with time windows, 2001.
"""

from collections.abc import Iterator
from pathlib import Path

from cargo.formats.lines import FormatError, Line, lines_of
from cargo.formats.planar import Node, Planar

COLUMNS = ("node", "x", "y", "demand", "earliest", "latest", "service", "pickup", "delivery")


def read(text: str, path: Path) -> Planar:
    """Read an instance.

    Raises
    ------
    FormatError
        With file and line of what is wrong.
    """
    rows = list(lines_of(text, str(path)))
    if len(rows) < 2:
        raise FormatError(f"{path}: an instance has a line of vehicles and one for each node")
    head, *body = rows
    table = [_row(line, at, len(body)) for at, line in enumerate(body)]
    return Planar(
        name=path.stem,
        nodes=tuple(node for node, _, _ in table),
        n_vehicles=head.whole_at(0, "number of vehicles"),
        capacity=head.whole_at(1, "capacity"),
        pairs=tuple(_pairs(body, table)),
        fewest_vehicles=True,
    )


def _row(line: Line, at: int, n: int) -> tuple[Node, int, int]:
    line.expect_number(at, "node")
    values = [line.number_at(k, name) for k, name in enumerate(COLUMNS)]
    node = Node(values[1], values[2], line.whole_at(3, "demand"), *values[4:7])
    line.expect_window(node.earliest, node.latest)
    if node.service < 0:
        raise line.fault(f"service {node.service:g} is negative")
    ends = line.whole_at(7, "pickup"), line.whole_at(8, "delivery")
    for name, other in zip(("pickup", "delivery"), ends, strict=True):
        if not 0 <= other < n:
            raise line.fault(f"{name} {other} is no node; there are {n}")
    return node, *ends


def _pairs(body: list[Line], table: list[tuple[Node, int, int]]) -> Iterator[tuple[int, int]]:
    for at, (node, pickup, delivery) in enumerate(table):
        line = body[at]
        if at == 0:
            continue
        if bool(pickup) == bool(delivery):
            raise line.fault("a node is either a pickup (last column) or a delivery (last but one)")
        if delivery:
            if table[delivery][1] != at:
                raise line.fault(f"node {delivery} does not name {at} as its pickup")
            if node.demand < 0 or table[delivery][0].demand != -node.demand:
                raise line.fault(f"demand {node.demand} is not what node {delivery} unloads")
            yield at, delivery


def write(planar: Planar) -> str:
    """Write an instance."""
    partner: dict[int, tuple[int, int]] = {0: (0, 0)}
    for pickup, delivery in planar.pairs:
        partner[pickup], partner[delivery] = (0, delivery), (pickup, 0)
    rows = [f"{planar.n_vehicles}\t{planar.capacity}\t1"]
    for at, node in enumerate(planar.nodes):
        values = (at, node.x, node.y, node.demand, node.earliest, node.latest, node.service)
        rows.append("\t".join(f"{value:.10g}" for value in (*values, *partner[at])))
    return "\n".join(rows) + "\n"
