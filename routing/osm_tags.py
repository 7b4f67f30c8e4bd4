"""What OSM tags mean to a profile: may it pass, which way, how fast, and when.

Access follows the hierarchy of keys from the most specific to `access`; see the OSM wiki on
access restrictions, one-ways, `maxspeed`, `duration` and conditional restrictions.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from routing.osm_conditions import CONDITIONAL, Situation, has_conditions, resolved, variants
from routing.osm_hours import SEASONS, covers, holds
from routing.osm_values import duration_s, limit_kmh, metres, slope_percent, tonnes
from routing.profiles import Profile, Slopes, Vehicle

Tags = Mapping[str, str]

ANYTIME = Situation()
SMALLEST = Vehicle(0.0, 0.0, 0.0, 0.0, 0.0, hazmat=False)
_YES = frozenset({"yes", "true", "1", "forward"})
_REVERSED = frozenset({"-1", "reverse", "backward"})
_NEITHER = frozenset({"reversible", "alternating"})  # which way is open depends on the hour
_GRANTED = frozenset({"yes", "designated", "permissive", "official", "public"})
_CIRCLES = frozenset({"roundabout", "circular"})
_ONEWAY_BY_CLASS = frozenset({"motorway", "motorway_link"})
_CONTRAFLOW = frozenset({"opposite", "opposite_lane", "opposite_track", "opposite_share_busway"})
_LIMIT_BY_NAME = ("maxspeed:type", "source:maxspeed", "zone:maxspeed")
_HIGHEST_KERB_M = 0.03
_LIMITS: Mapping[str, tuple[Callable[[str], float | None], tuple[str, ...]]] = {
    "height_m": (metres, ("maxheight", "maxheight:physical")),
    "width_m": (metres, ("maxwidth", "maxwidth:physical")),
    "length_m": (metres, ("maxlength",)),
    "weight_t": (tonnes, ("maxweight", "maxweightrating", "maxgcweight")),
    "axle_load_t": (tonnes, ("maxaxleload",)),
}
_LIMIT_OF_KEY = {
    key + suffix: (size, read, bool(suffix))
    for size, (read, keys) in _LIMITS.items()
    for key in keys
    for suffix in ("", ":hgv")
}
_SEASONAL = ("ice_road", "seasonal", "winter_road")
_WAY_KEYS = frozenset(
    {
        "duration", "hazmat", "highway", "incline", "interval", "junction", "motorroad",
        "opening_hours", "route", "width", *_LIMIT_BY_NAME, *_SEASONAL,
    }
)  # fmt: skip
_NODE_KEYS = frozenset({"barrier", "bollard", "highway", "kerb", "kerb:height"})


@dataclass(frozen=True)
class Passage:
    """How a profile passes a way; a speed of 0 closes that direction."""

    forward_kmh: float
    backward_kmh: float
    duration: float = 0.0  # s for the whole way, where a ferry states it
    is_restricted: bool = False  # start or end only
    is_ferry: bool = False

    @property
    def is_open(self) -> bool:
        """Whether some direction may be passed."""
        return self.forward_kmh > 0 or self.backward_kmh > 0


CLOSED = Passage(0.0, 0.0)


def _limit_keys(profiles: Iterable[Profile]) -> set[str]:
    keys = {key for _, keys in _LIMITS.values() for key in keys}
    return keys | {f"{key}:hgv" for key in keys if any("hgv" in p.access for p in profiles)}


def way_keys(profiles: Iterable[Profile]) -> frozenset[str]:
    """Keys of ways that the profiles read, with those that make them conditional."""
    profiles = list(profiles)
    keys = set(_WAY_KEYS) | _limit_keys(profiles)
    for profile in profiles:
        keys.update(profile.access, profile.grants, profile.fitness, profile.oneway)
        keys.update(profile.contraflow, profile.cap_kmh, profile.factor)
        for key in profile.limit_keys:
            keys.update((key, f"{key}:forward", f"{key}:backward"))
    return frozenset(keys | {key + CONDITIONAL for key in keys})


def node_keys(profiles: Iterable[Profile]) -> frozenset[str]:
    """Keys of nodes that the profiles read, with those that make them conditional."""
    profiles = list(profiles)
    keys = set(_NODE_KEYS) | _limit_keys(profiles)
    for profile in profiles:
        keys.update(profile.access, profile.grants, profile.fitness)
    return frozenset(keys | {key + CONDITIONAL for key in keys})


def _access(tags: Tags, profile: Profile) -> str | None:
    """Value of the most specific access tag; None where no tag speaks."""
    for key in profile.grants:
        if tags.get(key) in _GRANTED:
            return "yes"
    return next((tags[key] for key in profile.access if key in tags), None)


def _is_vouched(tags: Tags, profile: Profile) -> bool:
    return any(tags.get(key) in _GRANTED for key in profile.fitness)


def _is_unfit(tags: Tags, profile: Profile) -> bool:
    return any(tags.get(key) == "no" for key in profile.fitness)


def _class_kmh(tags: Tags, profile: Profile, *, is_granted: bool) -> float:
    """Speed by road class; 0 where the profile does not use the class."""
    road_class = tags["highway"]
    if tags.get("motorroad") == "yes" and not profile.is_motor and not is_granted:
        return 0.0
    if is_granted and road_class in profile.by_permission:
        return profile.by_permission[road_class]
    return profile.speed_kmh.get(road_class, 0.0)


def _posted_kmh(tags: Tags, profile: Profile, direction: str) -> float | None:
    for key in profile.limit_keys:
        for exact in (f"{key}:{direction}", key):
            if exact in tags and (kmh := limit_kmh(tags[exact])) is not None:
                return kmh
    for key in _LIMIT_BY_NAME:
        if key in tags and (kmh := limit_kmh(tags[key])) is not None:
            return kmh
    return None


def _scaled(tags: Tags, profile: Profile) -> float:
    scale = 1.0
    for key, table in profile.factor.items():
        if key in tags:
            scale *= table.get(tags[key], 1.0)
    return scale


def _cap_kmh(tags: Tags, profile: Profile, *, is_vouched: bool) -> float:
    """Highest speed on this kind of road; one that is vouched for is closed by nothing here."""
    cap = profile.max_kmh
    for key, table in profile.cap_kmh.items():
        for value in tags[key].split(";") if key in tags else ():
            kmh = table.get(value.strip(), cap)
            cap = cap if kmh == 0 and is_vouched else min(cap, kmh)
    if profile.narrowest_m > 0 and not is_vouched:
        width = metres(tags.get("width", ""))
        cap = 0.0 if width is not None and width < profile.narrowest_m else cap
    return cap


def _slope_kmh(slope: float, slopes: Slopes, cap: float, *, is_vouched: bool) -> float:
    for percent, kmh in slopes:
        if slope >= percent and (kmh > 0 or not is_vouched):
            cap = min(cap, kmh)
    return cap


def _driven_kmh(tags: Tags, profile: Profile, kmh: float, direction: str) -> float:
    """Speed in one direction under posted limit, surface and slope."""
    posted = _posted_kmh(tags, profile, direction)
    if posted is not None:
        driven = posted * profile.limit_factor
        kmh = driven if profile.is_motor else min(kmh, driven)
    is_vouched = _is_vouched(tags, profile)
    cap = _cap_kmh(tags, profile, is_vouched=is_vouched)
    slope = slope_percent(tags["incline"]) if "incline" in tags else None
    if slope:
        up = slope if direction == "forward" else -slope
        slopes = profile.uphill_kmh if up > 0 else profile.downhill_kmh
        cap = _slope_kmh(abs(up), slopes, cap, is_vouched=is_vouched)
    return min(kmh * _scaled(tags, profile), cap)


def _directions(tags: Tags, profile: Profile) -> tuple[bool, bool]:
    """Whether the way may be passed forward and backward."""
    if not profile.oneway:
        return True, True
    key = next((key for key in profile.oneway if key in tags), None)
    if key is None:
        return True, not ("oneway" in profile.oneway and _is_oneway_by_nature(tags))
    value = tags[key]
    if value in _NEITHER:
        return False, False
    if value not in _REVERSED and value not in _YES:
        return True, True
    is_against = key == "oneway" and any(tags.get(k) in _CONTRAFLOW for k in profile.contraflow)
    return (is_against, True) if value in _REVERSED else (True, is_against)


def is_circle(tags: Tags) -> bool:
    """Whether a way is a roundabout or a part of one."""
    return tags.get("junction") in _CIRCLES


def _is_oneway_by_nature(tags: Tags) -> bool:
    return is_circle(tags) or tags.get("highway") in _ONEWAY_BY_CLASS


def _limits(tags: Tags, profile: Profile) -> Iterable[tuple[str, float]]:
    """Size of a vehicle that the tags limit, and the largest that may pass."""
    is_lorry = "hgv" in profile.access
    for key in tags.keys() & _LIMIT_OF_KEY.keys():
        size, read, is_of_lorries = _LIMIT_OF_KEY[key]
        limit = read(tags[key]) if is_lorry or not is_of_lorries else None
        if limit is not None:
            yield size, limit


def _fits(tags: Tags, profile: Profile, vehicle: Vehicle) -> bool:
    """Whether a vehicle is within the posted limits."""
    if not profile.is_motor:
        return True
    if vehicle.hazmat and tags.get("hazmat") == "no":
        return False
    return all(
        (own := getattr(vehicle, size)) is None or own <= limit
        for size, limit in _limits(tags, profile)
    )


def with_vehicle(profile: Profile, situation: Situation) -> Situation:
    """Fill in the sizes of the profile's own vehicle."""
    own = situation.vehicle
    sizes = (p if v is None else v for v, p in zip(own, profile.vehicle, strict=True))
    return situation._replace(vehicle=Vehicle._make(sizes))


def _is_in_season(tags: Tags, situation: Situation) -> bool:
    if situation.moment is None:
        return True
    is_winter_road = "yes" in (tags.get("winter_road"), tags.get("ice_road"))
    span = SEASONS.get("winter" if is_winter_road else tags.get("seasonal", ""))
    day = situation.moment.month * 100 + situation.moment.day
    return span is None or covers(span, day)


def _ferry(tags: Tags, profile: Profile, situation: Situation) -> Passage:
    """Read a way with `route=ferry`; half the interval is the wait."""
    access = _access(tags, profile)
    if not profile.uses_ferries or access in profile.denied:
        return CLOSED
    if access is None and "foot" in tags:  # tagged for people on foot and no word on vehicles
        return CLOSED
    hours, moment = tags.get("opening_hours"), situation.moment
    if hours is not None and moment is not None and holds(hours, moment) is False:
        return CLOSED
    is_forward, is_backward = _directions(tags, profile)
    duration = duration_s(tags.get("duration", "")) or 0.0
    wait = (duration_s(tags.get("interval", "")) or 0.0) / 2
    kmh = profile.ferry_kmh
    return Passage(
        kmh * is_forward,
        kmh * is_backward,
        duration=duration + wait if duration > 0 else 0.0,
        is_ferry=True,
    )


def _road(tags: Tags, profile: Profile) -> Passage:
    access = _access(tags, profile)
    is_granted = _is_vouched(tags, profile) if profile.fitness else access in _GRANTED
    kmh = _class_kmh(tags, profile, is_granted=is_granted)
    if kmh <= 0 or access in profile.denied or _is_unfit(tags, profile):
        return CLOSED
    is_forward, is_backward = _directions(tags, profile)
    return Passage(
        _driven_kmh(tags, profile, kmh, "forward") if is_forward else 0.0,
        _driven_kmh(tags, profile, kmh, "backward") if is_backward else 0.0,
        is_restricted=access in profile.restricted,
    )


def passage(tags: Tags, profile: Profile, situation: Situation = ANYTIME) -> Passage:
    """Return how `profile` passes a way with these tags in a situation."""
    situation = with_vehicle(profile, situation)
    if has_conditions(tags):
        tags = resolved(tags, situation)
    is_ferry = "highway" not in tags
    if is_ferry and tags.get("route") != "ferry":
        return CLOSED
    if not _fits(tags, profile, situation.vehicle) or not _is_in_season(tags, situation):
        return CLOSED
    return _ferry(tags, profile, situation) if is_ferry else _road(tags, profile)


@dataclass(frozen=True)
class Reach:
    """What a profile may do on a way in one situation or another."""

    usual: Passage  # without conditions, for the profile's own vehicle
    widest: Passage  # each direction at its speed in the first situation that opens it
    may_be_open: bool  # for through traffic
    may_be_restricted: bool  # to those who start or end there
    is_variable: bool  # depends on the moment or the vehicle


def is_variable(tags: Tags, profile: Profile) -> bool:
    """Whether a way means different things at different moments or to different vehicles."""
    if has_conditions(tags) or any(key in tags for key in _SEASONAL):
        return True
    if "highway" not in tags and "opening_hours" in tags:
        return True
    return profile.is_motor and ("hazmat" in tags or any(True for _ in _limits(tags, profile)))


def reach(tags: Tags, profile: Profile) -> Reach:
    """Return what a profile may ever do on a way with these tags."""
    usual = passage(tags, profile)
    if not is_variable(tags, profile):
        return Reach(usual, usual, not usual.is_restricted, usual.is_restricted, is_variable=False)
    small = Situation(vehicle=SMALLEST)
    ways = [usual, *(passage(plain, profile, small) for plain in variants(tags))]
    ways = [way for way in ways if way.is_open] or [CLOSED]
    widest = replace(
        ways[0],
        forward_kmh=next((way.forward_kmh for way in ways if way.forward_kmh > 0), 0.0),
        backward_kmh=next((way.backward_kmh for way in ways if way.backward_kmh > 0), 0.0),
        is_restricted=all(way.is_restricted for way in ways),
    )
    return Reach(
        usual,
        widest,
        any(not way.is_restricted for way in ways),
        any(way.is_restricted for way in ways),
        is_variable=True,
    )


def is_blocked(tags: Tags, profile: Profile, situation: Situation = ANYTIME) -> bool:
    """Whether a node with these tags stops the profile."""
    situation = with_vehicle(profile, situation)
    if has_conditions(tags):
        tags = resolved(tags, situation)
    if not _fits(tags, profile, situation.vehicle):
        return True
    if _is_vouched(tags, profile):
        return False
    is_kerb_high = bool(profile.kerbs) and _is_high_kerb(tags, profile)
    return is_kerb_high or ("barrier" in tags and _is_barred(tags, profile))


def _is_barred(tags: Tags, profile: Profile) -> bool:
    if _is_unfit(tags, profile):
        return True
    access = _access(tags, profile)
    if access is not None:
        return access in profile.denied
    return tags["barrier"] in profile.barriers and tags.get("bollard") != "rising"


def _is_high_kerb(tags: Tags, profile: Profile) -> bool:
    height = metres(tags.get("kerb:height", ""))
    if height is not None:
        return height > _HIGHEST_KERB_M
    return tags.get("kerb") in profile.kerbs


def _node_variants(tags: Tags, profile: Profile) -> list[bool]:
    small = Situation(vehicle=SMALLEST)
    return [is_blocked(tags, profile), *(is_blocked(t, profile, small) for t in variants(tags))]


def is_gate(tags: Tags, profile: Profile) -> bool:
    """Whether a node stops motor vehicles in some situations and not in others."""
    if not profile.is_motor:
        return False
    depends = has_conditions(tags) or "hazmat" in tags or any(True for _ in _limits(tags, profile))
    return depends and not is_always_blocked(tags, profile)


def is_always_blocked(tags: Tags, profile: Profile) -> bool:
    """Whether a node stops the profile in every situation."""
    return all(_node_variants(tags, profile))
