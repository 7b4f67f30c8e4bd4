"""Who may use which road, and how fast: one `Profile` per means of travel, as data.

Speeds by road class, the factor on posted limits and the turn cost follow the values that open
engines for cars have converged on; they are averages in traffic, not limits.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

FOOT_KMH = 4.5
DENIED = frozenset(
    {
        "no", "agricultural", "agricultural;forestry", "agriculture", "discouraged", "emergency",
        "forestry", "military", "use_sidepath",
    }
)  # fmt: skip
RESTRICTED = frozenset(
    {"customers", "delivery", "destination", "permit", "private", "residents"}
)  # motor vehicles may start or end there, but not pass through


@dataclass(frozen=True)
class Profile:
    """One means of travel: its access tags, speeds and turn costs."""

    name: str
    access: tuple[str, ...]  # tag keys, the most specific one first
    speed_kmh: Mapping[str, float]  # by road class; a class that is not there is not used
    by_permission: Mapping[str, float] = field(default_factory=dict)  # where tags say yes only
    grants: tuple[str, ...] = ()  # keys whose yes opens a road that `access` closes
    denied: frozenset[str] = DENIED
    oneway: tuple[str, ...] = ("oneway",)  # tag keys, the most specific one first; () = ignored
    barriers: frozenset[str] = frozenset()  # node barriers that stop it unless access tags say yes
    is_motor: bool = False  # posted limits, turn costs, turn restrictions, winter speeds
    uses_ferries: bool = False
    max_kmh: float = 130.0
    limit_factor: float = 0.8  # driven speed over posted limit
    surface_kmh: Mapping[str, float] = field(default_factory=dict)
    service_factor: float = 1.0  # on alleys, drives and car parks
    ferry_kmh: float = 5.0  # where the ferry states no duration; low, for it includes the wait
    turn_s: float = 0.0  # the sharpest turn at a junction
    u_turn_s: float = 0.0  # at a dead end
    signal_s: float = 0.0  # at traffic lights
    restriction_keys: frozenset[str] = frozenset()  # `except=` values that free it from a turn ban
    off_road_kmh: float = 0.0  # between the place and the road; 0 = the vehicle stays on the road
    snap_limit_m: float = 1000.0


_CAR_KMH = {
    "motorway": 90, "motorway_link": 45, "trunk": 85, "trunk_link": 40, "primary": 65,
    "primary_link": 30, "secondary": 55, "secondary_link": 25, "tertiary": 40,
    "tertiary_link": 20, "unclassified": 25, "residential": 25, "living_street": 10,
    "service": 15, "road": 20, "ferry": 5,
}  # fmt: skip
_CAR_SURFACE_KMH = {
    "cement": 80, "compacted": 80, "fine_gravel": 80, "paving_stones": 60, "metal": 60,
    "bricks": 60, "grass": 40, "wood": 40, "sett": 40, "grass_paver": 40, "gravel": 40,
    "unpaved": 40, "ground": 40, "dirt": 40, "pebblestone": 40, "tartan": 40,
    "cobblestone": 30, "clay": 30, "earth": 20, "stone": 20, "rocky": 20, "sand": 20, "mud": 10,
}  # fmt: skip
_CAR_BARRIERS = frozenset(
    {
        "bar", "barrier", "block", "bollard", "bus_trap", "chain", "cycle_barrier", "debris",
        "fence", "full-height_turnstile", "hampshire_gate", "horse_stile", "jersey_barrier",
        "kissing_gate", "log", "motorcycle_barrier", "planter", "rope", "stile", "sump_buster",
        "swing_gate", "turnstile", "wall", "wicket_gate",
    }
)  # fmt: skip
_WALKABLE = (
    "trunk", "trunk_link", "primary", "primary_link", "secondary", "secondary_link", "tertiary",
    "tertiary_link", "unclassified", "residential", "living_street", "service", "road", "track",
    "path", "footway", "pedestrian", "cycleway", "bridleway", "platform", "corridor",
)  # fmt: skip
_FOOT_KMH = dict.fromkeys(_WALKABLE, FOOT_KMH) | {"steps": 2.5, "elevator": 1.0}
_BIKE_KMH = {
    "trunk": 14, "trunk_link": 14, "primary": 15, "primary_link": 15, "secondary": 15,
    "secondary_link": 15, "tertiary": 15, "tertiary_link": 15, "unclassified": 15,
    "residential": 15, "living_street": 12, "service": 13, "road": 13, "cycleway": 16,
    "track": 11, "path": 11, "footway": 4, "pedestrian": 4, "platform": 3, "bridleway": 6,
}  # fmt: skip

FOOT = Profile(
    name="foot",
    access=("foot", "access"),
    speed_kmh=_FOOT_KMH,
    denied=DENIED | {"private", "delivery"},
    oneway=("oneway:foot", "conveying"),
    barriers=frozenset({"fence", "wall", "hedge", "debris"}),
    max_kmh=FOOT_KMH,
    off_road_kmh=FOOT_KMH,
)  # no ferries: a ferry is a line of the timetable, not a walk
BIKE = Profile(
    name="bike",
    access=("bicycle", "vehicle", "access"),
    speed_kmh=_BIKE_KMH,
    by_permission={"footway": 11, "pedestrian": 11, "bridleway": 9},
    denied=DENIED | {"private", "delivery"},
    oneway=("oneway:bicycle", "oneway"),
    barriers=frozenset({"fence", "wall", "hedge", "debris", "turnstile", "stile", "kissing_gate"}),
    max_kmh=25.0,
    limit_factor=1.0,
    surface_kmh={
        "gravel": 10, "unpaved": 10, "ground": 9, "dirt": 9, "grass": 7, "sand": 4, "mud": 4,
        "cobblestone": 9, "sett": 11, "pebblestone": 9, "earth": 9, "wood": 12,
    },
    off_road_kmh=FOOT_KMH,
)  # fmt: skip
CAR = Profile(
    name="car",
    access=("motorcar", "motor_vehicle", "vehicle", "access"),
    speed_kmh=_CAR_KMH,
    by_permission={"track": 15, "pedestrian": 8},
    denied=DENIED | {"bicycle", "bus", "foot", "hgv", "psv", "taxi"},
    barriers=_CAR_BARRIERS,
    is_motor=True,
    uses_ferries=True,
    surface_kmh=_CAR_SURFACE_KMH,
    service_factor=0.5,
    turn_s=7.5,
    u_turn_s=20.0,
    signal_s=2.0,
    restriction_keys=frozenset({"motorcar", "motor_vehicle", "vehicle"}),
)
TAXI = Profile(
    name="taxi",
    access=("taxi", *CAR.access),
    speed_kmh=_CAR_KMH | {"busway": 30},
    by_permission=CAR.by_permission,
    grants=("taxi", "psv", "bus"),
    denied=DENIED | {"bicycle", "foot", "hgv"},
    oneway=("oneway:taxi", "oneway:psv", "oneway:bus", "oneway"),
    barriers=CAR.barriers - {"bus_trap"},
    is_motor=True,
    uses_ferries=True,
    surface_kmh=_CAR_SURFACE_KMH,
    service_factor=0.5,
    turn_s=7.5,
    u_turn_s=20.0,
    signal_s=2.0,
    restriction_keys=frozenset({"motorcar", "motor_vehicle", "psv", "taxi", "vehicle"}),
)
VAN = Profile(
    name="van",
    access=("goods", *CAR.access),
    speed_kmh=_CAR_KMH | {"motorway": 80, "trunk": 75, "living_street": 8},
    by_permission=CAR.by_permission,
    denied=CAR.denied,
    barriers=CAR.barriers,
    is_motor=True,
    uses_ferries=True,
    max_kmh=100.0,
    surface_kmh=_CAR_SURFACE_KMH,
    service_factor=0.5,
    turn_s=9.0,
    u_turn_s=30.0,
    signal_s=2.0,
    restriction_keys=frozenset({"goods", "motorcar", "motor_vehicle", "vehicle"}),
)
PROFILES = (FOOT, BIKE, CAR, TAXI, VAN)


def walking_at(kmh: float) -> tuple[Profile, ...]:
    """Return all profiles, with people who walk at `kmh` on the flat."""
    speeds = {road_class: speed * kmh / FOOT_KMH for road_class, speed in FOOT.speed_kmh.items()}
    foot = replace(FOOT, speed_kmh=speeds, max_kmh=kmh, off_road_kmh=kmh)
    return (foot, *PROFILES[1:])
