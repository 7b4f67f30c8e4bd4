"""Reads an instance of any known format, solves it, and writes the answer in that format."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cargo.formats import cordeau, lilim, solomon, vroom, vrplib
from cargo.formats.lines import FormatError, lines_of, read_text
from cargo.formats.planar import Planar, planar_problem, scale_of
from cargo.formats.vroom import VroomFile
from cargo.formats.vroom_answer import write_answer
from cargo.pdp.model import PdpProblem
from cargo.pdp.plan import DELIVERY, Plan

PLANAR: dict[str, Callable[[str, Path], Planar]] = {
    "lilim": lilim.read,
    "cordeau": cordeau.read,
    "solomon": solomon.read,
    "vrplib": vrplib.read,
}
FORMATS = (*PLANAR, "vroom")


@dataclass(frozen=True)
class Instance:
    """A file as a problem."""

    format: str
    problem: PdpProblem
    notices: tuple[str, ...]
    source: Planar | VroomFile


def read_instance(path: Path, format_: str | None = None) -> Instance:
    """Read a file; its format is guessed from its text where none is named.

    Raises
    ------
    FormatError
        With file, line and value of what is wrong.
    """
    text = read_text(path)
    name = guess(text, path) if format_ is None else format_
    if name == "vroom":
        found = vroom.read(text, path)
        return Instance(name, found.problem, found.notices, found)
    if name not in PLANAR:
        raise FormatError(f"format '{name}' is unknown; known are {', '.join(FORMATS)}")
    planar = PLANAR[name](text, path)
    return Instance(name, planar_problem(planar), (), planar)


def guess(text: str, path: Path) -> str:
    """Format of a text.

    Raises
    ------
    FormatError
        If it looks like none.
    """
    if text.lstrip()[:1] == "{":
        return "vroom"
    upper = text.upper()
    if "DIMENSION" in upper and "_SECTION" in upper:
        return "vrplib"
    if "CUSTOMER" in upper and "CAPACITY" in upper:
        return "solomon"
    widths = [len(line.words) for line in lines_of(text, str(path))][:2]
    if widths == [3, 9]:
        return "lilim"
    if widths == [5, 7]:
        return "cordeau"
    raise FormatError(
        f"{path}: looks like none of {', '.join(FORMATS)}; name the format by --format"
    )


def answer_text(instance: Instance, plan: Plan) -> str:
    """The plan in the form that users of the format expect."""
    if isinstance(instance.source, VroomFile):
        return json.dumps(write_answer(instance.source, plan), indent=1) + "\n"
    return _rounds_text(instance.source, plan)


def _rounds_text(planar: Planar, plan: Plan) -> str:
    """Rounds as lists of nodes, and the distance of all."""
    nodes = {str(ends[0]): ends for ends in planar.requests()}
    rows = [f"Instance name : {planar.name}", "Solution"]
    total, away = 0.0, planar.distances()
    for at, row in enumerate(plan.rounds, start=1):
        visits = [nodes[one.request][-1 if one.kind == DELIVERY else 0] for one in row.visits]
        total += sum(float(away[a, b]) for a, b in zip([0, *visits], [*visits, 0], strict=True))
        rows.append(f"Route {at} : {' '.join(map(str, visits))}")
    if plan.unserved:
        rows.append(f"Unserved : {' '.join(plan.unserved)}")
    return "\n".join([*rows, f"Cost : {total:.4f}"]) + "\n"


def cost_of(instance: Instance, plan: Plan) -> float:
    """Cost in units of the file."""
    if isinstance(instance.source, VroomFile):
        return plan.cost / vroom.CENT
    return plan.cost / scale_of(instance.source)
