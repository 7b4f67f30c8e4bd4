"""Conditional tags: which values hold at a moment for a vehicle.

`motor_vehicle:conditional = no @ (Dec 1-Mar 31); destination @ (22:00-06:00 AND weight>7.5)`: the
value before an `@` replaces the plain tag where the condition holds; the last one that holds wins.
See the OSM wiki on conditional restrictions. What a condition asks beyond hours and sizes, such as
snow, permits or the purpose of a trip, is not known here, and such a clause never holds.
"""

import operator
import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from itertools import islice, product
from typing import NamedTuple

from routing.osm_hours import holds
from routing.osm_values import metres, tonnes
from routing.profiles import Vehicle

CONDITIONAL = ":conditional"
_MOST_VARIANTS = 64
_CLAUSE = re.compile(r"([^@;]+)@\s*(?:\(([^()]*(?:\([^()]*\)[^()]*)*)\)|([^;]+))")
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_SIZE = re.compile(r"^(\w+)\s*(<=|>=|<|>|=)\s*(.+)$")
_COMPARED: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq,
}  # fmt: skip
_MEASURED = {
    "height": ("height_m", metres), "width": ("width_m", metres), "length": ("length_m", metres),
    "weight": ("weight_t", tonnes), "weightrating": ("weight_t", tonnes),
    "maxweight": ("weight_t", tonnes), "gcweight": ("weight_t", tonnes),
    "axleload": ("axle_load_t", tonnes),
}  # fmt: skip

Tags = Mapping[str, str]


class Situation(NamedTuple):
    """When a vehicle passes; no moment means that conditions on time say nothing."""

    moment: date | None = None
    vehicle: Vehicle = Vehicle()


class Clause(NamedTuple):
    """A value and when it holds."""

    value: str
    condition: str


@lru_cache(maxsize=8192)
def clauses(value: str) -> tuple[Clause, ...]:
    """Split the value of a `*:conditional` tag."""
    return tuple(
        Clause(found[1].strip().lower(), (found[2] if found[2] is not None else found[3]).strip())
        for found in _CLAUSE.finditer(value)
    )


def _has_size(condition: str, vehicle: Vehicle) -> bool | None:
    """Whether a vehicle meets a condition such as `weight>7.5`; None if it is no such thing."""
    found = _SIZE.match(condition)
    if found is None or found[1] not in _MEASURED:
        return None
    field, read = _MEASURED[found[1]]
    size, limit = getattr(vehicle, field), read(found[3])
    if size is None or limit is None:
        return False
    return _COMPARED[found[2]](size, limit)


def is_met(condition: str, situation: Situation) -> bool:
    """Whether a condition is known to hold."""
    return all(_part_is_met(part.strip(), situation) for part in _AND.split(condition))


def _part_is_met(part: str, situation: Situation) -> bool:
    if part.lower() == "hazmat":
        return situation.vehicle.hazmat is True
    by_size = _has_size(part.lower(), situation.vehicle)
    if by_size is not None:
        return by_size
    return situation.moment is not None and holds(part, situation.moment) is True


def resolved(tags: Tags, situation: Situation) -> Tags:
    """Return the tags as they hold in a situation, without conditional ones."""
    plain = {key: value for key, value in tags.items() if not key.endswith(CONDITIONAL)}
    for key in tags.keys() - plain.keys():
        for value, condition in clauses(tags[key]):
            if is_met(condition, situation):
                plain[key.removesuffix(CONDITIONAL)] = value
    return plain


def has_conditions(tags: Tags) -> bool:
    """Whether some tag is conditional."""
    return any(key.endswith(CONDITIONAL) for key in tags)


def variants(tags: Tags) -> list[Tags]:
    """Return the tags in all ways in which their conditions may turn out, the plain one first."""
    plain = {key: value for key, value in tags.items() if not key.endswith(CONDITIONAL)}
    keys = sorted(tags.keys() - plain.keys())
    values = [[None, *dict.fromkeys(clause.value for clause in clauses(tags[key]))] for key in keys]
    bare = [key.removesuffix(CONDITIONAL) for key in keys]
    return [
        plain | {key: value for key, value in zip(bare, chosen, strict=True) if value is not None}
        for chosen in islice(product(*values), _MOST_VARIANTS)
    ]
