"""What OSM tags mean to a profile: may it pass, which way, how fast, and when.

Access follows the hierarchy of keys from the most specific to `access`; see the OSM wiki on
access restrictions, one-ways, `maxspeed`, `duration` and conditional restrictions.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from routing.osm_conditions import SEASONS, Span, clauses, outside
from routing.profiles import RESTRICTED, Profile

Tags = Mapping[str, str]

KMH_PER_MPH = 1.609344
KMH_PER_KNOT = 1.852
_YES = frozenset({"yes", "true", "1"})
_REVERSED = frozenset({"-1", "reverse"})
_GRANTED = frozenset({"yes", "designated", "permissive", "official", "public"})
_CIRCLES = frozenset({"roundabout", "circular"})
_ONEWAY_BY_CLASS = frozenset({"motorway", "motorway_link"})
_SLOW_SERVICE = frozenset({"alley", "drive-through", "driveway", "parking_aisle", "parking"})
_NAMED_LIMITS = {
    "none": 130.0, "walk": 7.0, "rural": 90.0, "urban": 50.0, "motorway": 120.0, "trunk": 100.0,
    "living_street": 10.0, "bicycle_road": 30.0,
}  # fmt: skip
_CONTRAFLOW = frozenset({"opposite", "opposite_lane", "opposite_track", "opposite_share_busway"})
_NUMBER = re.compile(r"^(\d+(?:\.\d+)?)\s*(mph|knots|km/h|kmh|kph)?$")
_CLOCK = re.compile(r"^(?:(\d+):)?(\d+)(?::(\d+))?$")
_ISO = re.compile(r"^P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$")

# Tags that `passage` reads; the reader keeps no others.
WAY_KEYS = frozenset(
    {
        "access", "bicycle", "bus", "busway", "conveying", "cycleway", "cycleway:both",
        "cycleway:left", "cycleway:right", "duration", "foot", "goods", "highway", "ice_road",
        "junction", "maxspeed", "maxspeed:backward", "maxspeed:forward", "motor_vehicle",
        "motorcar", "motorroad", "oneway", "oneway:bicycle", "oneway:bus", "oneway:foot",
        "oneway:psv", "oneway:taxi", "psv", "route", "seasonal", "service", "surface", "taxi",
        "tracktype", "vehicle", "winter_road", "access:conditional", "bicycle:conditional",
        "foot:conditional", "goods:conditional", "motor_vehicle:conditional",
        "motorcar:conditional", "vehicle:conditional", "taxi:conditional",
    }
)  # fmt: skip
NODE_KEYS = frozenset(
    {
        "access", "barrier", "bicycle", "bollard", "bus", "foot", "goods", "highway",
        "motor_vehicle", "motorcar", "psv", "taxi", "vehicle",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Passage:
    """How a profile passes a way; a speed of 0 closes that direction."""

    forward_kmh: float
    backward_kmh: float
    duration: float = 0.0  # s for the whole way, where a ferry states it
    is_restricted: bool = False  # start or end only
    is_ferry: bool = False
    closed: tuple[Span, ...] = ()


def limit_kmh(value: str) -> float | None:
    """Read a `maxspeed`; None if it says nothing."""
    text = value.strip().lower()
    if found := _NUMBER.match(text):
        unit = {"mph": KMH_PER_MPH, "knots": KMH_PER_KNOT}.get(found[2], 1.0)
        speed = float(found[1]) * unit
        return speed if speed > 0 else None
    return _NAMED_LIMITS.get(text.rsplit(":", 1)[-1])


def duration_s(value: str) -> float | None:
    """Read a `duration`: minutes, HH:MM, HH:MM:SS or ISO 8601."""
    text = value.strip()
    if clock := _CLOCK.match(text):
        first, second, third = (int(part or 0) for part in clock.groups())
        seconds = first * 3600 + second * 60 + third
    elif iso := _ISO.match(text.upper()):
        days, hours, minutes, rest = (int(part or 0) for part in iso.groups())
        seconds = ((days * 24 + hours) * 60 + minutes) * 60 + rest
    else:
        return None
    return float(seconds) if 0 < seconds <= 5 * 86_400 else None


def _access(tags: Tags, profile: Profile) -> str | None:
    """Value of the most specific access tag; None where no tag speaks."""
    for key in profile.grants:
        if tags.get(key) in _GRANTED:
            return "yes"
    return next((tags[key] for key in profile.access if key in tags), None)


def _class_kmh(tags: Tags, profile: Profile, access: str | None) -> float:
    """Speed by road class; 0 where the profile does not use the class."""
    road_class = tags["highway"]
    is_granted = access in _GRANTED
    if tags.get("motorroad") == "yes" and not profile.is_motor and not is_granted:
        return 0.0
    if is_granted and road_class in profile.by_permission:
        return profile.by_permission[road_class]
    return profile.speed_kmh.get(road_class, 0.0)


def _limited_kmh(tags: Tags, profile: Profile, kmh: float, direction: str) -> float:
    """Speed in one direction under posted limit and surface."""
    limit = tags.get(f"maxspeed:{direction}", tags.get("maxspeed"))
    posted = limit_kmh(limit) if limit else None
    if posted is not None:
        driven = posted * profile.limit_factor
        kmh = driven if profile.is_motor else min(kmh, driven)
    if tags.get("service") in _SLOW_SERVICE and tags["highway"] == "service":
        kmh *= profile.service_factor
    surface = profile.surface_kmh.get(tags.get("surface", ""), profile.max_kmh)
    return min(kmh, surface, profile.max_kmh)


def _directions(tags: Tags, profile: Profile) -> tuple[bool, bool]:
    """Whether the way may be passed forward and backward."""
    if not profile.oneway:
        return True, True
    value = next((tags[key] for key in profile.oneway if key in tags), None)
    if value in _REVERSED or value == "backward":
        return False, True
    if value in _YES or value == "forward":
        return True, _has_contraflow(tags, profile)
    if value is None and "oneway" in profile.oneway and _is_oneway_by_nature(tags):
        return True, False
    return True, True


def _is_oneway_by_nature(tags: Tags) -> bool:
    return tags.get("junction") in _CIRCLES or tags.get("highway") in _ONEWAY_BY_CLASS


def _has_contraflow(tags: Tags, profile: Profile) -> bool:
    """Whether a lane of its own runs against the one-way."""
    if "oneway:bicycle" in profile.oneway and "oneway:bicycle" not in tags:
        keys = ("cycleway", "cycleway:both", "cycleway:left", "cycleway:right")
        return any(tags.get(key) in _CONTRAFLOW for key in keys)
    if "oneway:psv" in profile.oneway:
        return tags.get("busway") in _CONTRAFLOW
    return False


def _is_closed(access: str | None, profile: Profile) -> bool:
    return access in profile.denied


def _seasons(tags: Tags, profile: Profile, *, is_closed: bool) -> tuple[bool, tuple[Span, ...]]:
    """Return whether the way is ever open, and the days on which it is closed."""
    closed: list[Span] = []
    opened: list[Span] = []
    key = next((f"{k}:conditional" for k in profile.access if f"{k}:conditional" in tags), None)
    for value, days in clauses(tags[key]) if key else ():
        (closed if value in profile.denied else opened).extend(days)
    is_winter_road = "yes" in (tags.get("winter_road"), tags.get("ice_road"))
    season = SEASONS.get("winter" if is_winter_road else tags.get("seasonal", ""))
    if season:
        closed.extend(outside([season]))
    if is_closed and opened:
        return True, tuple(closed + outside(opened))
    return not is_closed, tuple(closed)


def _ferry(tags: Tags, profile: Profile) -> Passage | None:
    """Read a way with `route=ferry`."""
    access = _access(tags, profile)
    if not profile.uses_ferries or _is_closed(access, profile):
        return None
    if access is None and "foot" in tags:  # tagged for people on foot and no word on vehicles
        return None
    _, closed = _seasons(tags, profile, is_closed=False)
    is_forward, is_backward = _directions(tags, profile)
    kmh = profile.ferry_kmh
    return Passage(
        kmh * is_forward,
        kmh * is_backward,
        duration=duration_s(tags.get("duration", "")) or 0.0,
        is_ferry=True,
        closed=closed,
    )


def passage(tags: Tags, profile: Profile) -> Passage | None:
    """Return how `profile` passes a way with these tags, or None if it never may."""
    if "highway" not in tags:
        return _ferry(tags, profile) if tags.get("route") == "ferry" else None
    access = _access(tags, profile)
    kmh = _class_kmh(tags, profile, access)
    is_ever_open, closed = _seasons(tags, profile, is_closed=_is_closed(access, profile))
    if kmh <= 0 or not is_ever_open:
        return None
    is_forward, is_backward = _directions(tags, profile)
    return Passage(
        _limited_kmh(tags, profile, kmh, "forward") * is_forward,
        _limited_kmh(tags, profile, kmh, "backward") * is_backward,
        is_restricted=profile.is_motor and access in RESTRICTED,
        closed=closed,
    )


def is_blocked(tags: Tags, profile: Profile) -> bool:
    """Whether a node with these tags stops the profile."""
    barrier = tags.get("barrier")
    if barrier is None:
        return False
    access = _access(tags, profile)
    if access is not None:
        return _is_closed(access, profile)
    return barrier in profile.barriers and tags.get("bollard") != "rising"
