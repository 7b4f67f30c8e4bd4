"""One known format written as another, or told what the other cannot say."""

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from cargo.formats import cordeau, lilim, solomon, vrplib
from cargo.formats.files import FORMATS, Instance
from cargo.formats.lines import FormatError
from cargo.formats.planar import Planar
from cargo.formats.vroom import VroomFile
from cargo.formats.vroom_answer import write as write_vroom

WRITERS: dict[str, Callable[[Planar], str]] = {
    "lilim": lilim.write,
    "cordeau": cordeau.write,
    "solomon": solomon.write,
    "vrplib": vrplib.write,
}
PAIRED = ("lilim", "cordeau")
FEWEST_FIRST = ("lilim", "solomon")


@dataclass(frozen=True)
class Converted:
    """The text in the other format, and what changes its meaning a little."""

    text: str
    notices: tuple[str, ...]


def convert(instance: Instance, to: str) -> Converted:
    """Write an instance in a format.

    Raises
    ------
    FormatError
        If the format is unknown, or cannot say what the instance does: with all of it.
    """
    if to not in FORMATS:
        raise FormatError(f"format '{to}' is unknown; known are {', '.join(FORMATS)}")
    source = instance.source
    if isinstance(source, VroomFile):
        if to != "vroom":
            raise FormatError(
                f"a VROOM file names vehicles one by one and places on the map, which {to} cannot "
                "say; only vroom can"
            )
        return Converted(json.dumps(source.document, indent=1) + "\n", instance.notices)
    if to == "vroom":
        notices = tuple(_notices(source, to))
        return Converted(json.dumps(write_vroom(instance.problem), indent=1) + "\n", notices)
    if faults := list(_unsaid(source, to)):
        raise FormatError(f"{source.name}: {to} cannot say {'; nor '.join(faults)}")
    notices = tuple(_notices(source, to))
    return Converted(WRITERS[to](_suited(source, to)), notices)


def _unsaid(planar: Planar, to: str) -> Iterator[str]:
    """What a format has no words for."""
    if planar.is_paired and to not in PAIRED:
        yield "that requests have pickups of their own"
    if not planar.is_paired and to in PAIRED:
        yield "that all goods come from the depot: it pairs pickups and deliveries"
    if planar.max_ride is not None and to != "cordeau":
        yield f"the longest ride ({planar.max_ride:g})"
    if planar.max_duration is not None and to not in {"cordeau", "vrplib"}:
        yield f"the longest round ({planar.max_duration:g})"
    if to != "vrplib" and planar.matrix is not None:
        yield "a matrix of ways: it has coordinates"
    if to != "vrplib" and planar.is_rounded:
        yield "that ways are rounded to whole numbers"
    if to != "vrplib" and not all(math.isfinite(node.latest) for node in planar.nodes):
        yield "that nodes have no windows"
    if to == "vrplib" and len({math.isfinite(node.latest) for node in planar.nodes}) > 1:
        yield "that only some nodes have windows"


def _notices(planar: Planar, to: str) -> Iterator[str]:
    if planar.fewest_vehicles and to not in FEWEST_FIRST:
        yield f"fewest vehicles come first in the source; in {to} only the cost counts"
    if not planar.fewest_vehicles and to in FEWEST_FIRST:
        yield f"only the distance counts in the source; in {to} fewest vehicles come first"
    if to == "cordeau" and planar.pairs != _in_order(len(planar.pairs)):
        yield "nodes are numbered anew: pickups first, deliveries in the same order after them"
    if to == "cordeau" and (planar.max_ride is None or planar.max_duration is None):
        yield "rides and rounds without a limit get that of the day, which never binds"


def _in_order(n: int) -> tuple[tuple[int, int], ...]:
    """Pairs as Cordeau numbers them."""
    return tuple((at, at + n) for at in range(1, n + 1))


def _suited(planar: Planar, to: str) -> Planar:
    """The same instance with the numbers and limits that a format needs."""
    if to != "cordeau":
        return planar
    order = [0, *(pickup for pickup, _ in planar.pairs), *(other for _, other in planar.pairs)]
    day = max(node.latest + node.service for node in planar.nodes)
    return replace(
        planar,
        nodes=tuple(planar.nodes[at] for at in order),
        pairs=_in_order(len(planar.pairs)),
        max_ride=day if planar.max_ride is None else planar.max_ride,
        max_duration=day if planar.max_duration is None else planar.max_duration,
    )
