"""Keys of VROOM's JSON; others are ignored there, and told here, as most are misspelt."""

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

_TASK = (
    "id",
    "description",
    "location",
    "location_index",
    "setup",
    "service",
    "setup_per_type",
    "service_per_type",
    "time_windows",
)
_WISHES = ("skills", "priority")
_KNOWN = {
    "": ("vehicles", "jobs", "shipments", "matrices", "options"),
    "vehicles": (
        "id", "description", "type", "profile", "start", "start_index", "end", "end_index",
        "capacity",
        "costs", "skills", "time_window", "breaks", "speed_factor", "max_tasks",
        "max_travel_time", "max_distance", "steps",
    ),
    "vehicles.costs": ("fixed", "per_hour", "per_km"),
    "vehicles.breaks": ("id", "description", "time_windows", "service", "max_load"),
    "jobs": (*_TASK, *_WISHES, "delivery", "pickup"),
    "shipments": (*_WISHES, "pickup", "delivery", "amount"),
    "shipments.pickup": _TASK,
    "shipments.delivery": _TASK,
    "matrices": ("durations", "distances", "costs"),
}  # fmt: skip


def unknown_keys(document: Mapping[str, Any]) -> Iterator[str]:
    """A notice for each unknown key of each kind of object: where it stands first, how often."""
    found: dict[tuple[str, str], list[str]] = {}
    for kind, where, row in _objects(document):
        for key in row:
            if key not in _KNOWN[kind]:
                found.setdefault((kind, key), []).append(f"{where}.{key}".lstrip("."))
    for (kind, key), places in found.items():
        near = difflib.get_close_matches(key, _KNOWN[kind], n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        more = f" (and {len(places) - 1} more)" if len(places) > 1 else ""
        yield f"{places[0]}{more}: unknown key, ignored{hint}"


def _objects(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Kind, place and content of every object whose keys are known."""
    yield "", "", document
    for kind in ("vehicles", "jobs", "shipments"):
        for at, row in enumerate(document.get(kind, [])):
            where = f"{kind}[{at}]"
            yield kind, where, row
            for key, inner in row.items():
                rows = inner if isinstance(inner, list) else [inner]
                for number, one in enumerate(rows):
                    if f"{kind}.{key}" in _KNOWN and isinstance(one, dict):
                        place = f"[{number}]" if isinstance(inner, list) else ""
                        yield f"{kind}.{key}", f"{where}.{key}{place}", one
    for profile, row in (document.get("matrices") or {}).items():
        yield "matrices", f"matrices.{profile}", row
