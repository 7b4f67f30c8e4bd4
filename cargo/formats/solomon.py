"""Files of Solomon: deliveries from a depot with windows [1]_; fewest vehicles, then distance.

.. [1] Solomon: Algorithms for the vehicle routing and scheduling problems with time window
   constraints, Operations Research 35 (1987).
"""

from pathlib import Path

from cargo.formats.lines import FormatError, Line, lines_of
from cargo.formats.planar import Node, Planar

COLUMNS = ("customer", "x", "y", "demand", "ready time", "due date", "service time")


def read(text: str, path: Path) -> Planar:
    """Read an instance.

    Raises
    ------
    FormatError
        With file and line of what is wrong.
    """
    rows = list(lines_of(text, str(path)))
    titles = {line.words[0].upper(): at for at, line in enumerate(rows)}
    for title in ("VEHICLE", "CUSTOMER"):
        if title not in titles or titles[title] + 2 >= len(rows):
            raise FormatError(f"{path}: there is no section '{title}' with a header and values")
    fleet = rows[titles["VEHICLE"] + 2]
    body = rows[titles["CUSTOMER"] + 2 :]
    if body and body[0].words[0].upper() == "NO.":
        body = body[1:]
    return Planar(
        name=rows[0].words[0],
        nodes=tuple(_node(line, at) for at, line in enumerate(body)),
        n_vehicles=fleet.whole_at(0, "number of vehicles"),
        capacity=fleet.whole_at(1, "capacity"),
        fewest_vehicles=True,
    )


def _node(line: Line, at: int) -> Node:
    line.expect_number(at, "customer")
    _, x, y, _, ready, due, service = (line.number_at(k, name) for k, name in enumerate(COLUMNS))
    demand = line.whole_at(3, "demand")
    if demand < 0:
        raise line.fault(f"demand {demand} is negative")
    line.expect_window(ready, due)
    return Node(x, y, demand, ready, due, service)


def write(planar: Planar) -> str:
    """Write an instance."""
    rows = [planar.name, "", "VEHICLE", "NUMBER CAPACITY"]
    rows += [f"{planar.n_vehicles} {planar.capacity}", "", "CUSTOMER"]
    rows += ["CUST_NO. XCOORD. YCOORD. DEMAND READY_TIME DUE_DATE SERVICE_TIME", ""]
    for at, node in enumerate(planar.nodes):
        values = (at, node.x, node.y, node.demand, node.earliest, node.latest, node.service)
        rows.append(" ".join(f"{value:.10g}" for value in values))
    return "\n".join(rows) + "\n"
