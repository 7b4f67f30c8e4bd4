"""Means of travel as data: `profiles.toml` beside this module, and what a region overrides."""

import difflib
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple, get_type_hints

from routing.errors import ProfileError

Table = Mapping[str, float]
Slopes = tuple[tuple[float, float], ...]  # (percent, km/h), the flattest first

_FILE = Path(__file__).with_name("profiles.toml")
_LIKE = "like"


class Vehicle(NamedTuple):
    """What decides whether a vehicle may pass a limited way; None is the profile's own value."""

    height_m: float | None = None
    width_m: float | None = None
    length_m: float | None = None
    weight_t: float | None = None
    axle_load_t: float | None = None
    hazmat: bool | None = None


class Traffic(NamedTuple):
    """Slower roads at some hours."""

    when: str  # as in opening hours: `Mo-Fr 07:00-09:30`
    factor: float  # on the speed
    roads: tuple[str, ...] = ()  # classes; () is all of them


@dataclass(frozen=True)
class Profile:
    """One means of travel: its access tags, speeds and turn costs."""

    name: str
    access: tuple[str, ...]  # tag keys, the most specific one first
    speed_kmh: Table  # by road class; a class that is not there, or at 0, is not used
    by_permission: Table = field(default_factory=dict)  # where tags say yes only
    grants: tuple[str, ...] = ()  # keys whose yes opens a road that `access` closes
    fitness: tuple[str, ...] = ()  # keys that vouch that a road is fit for it, or say no
    denied: frozenset[str] = frozenset({"no"})  # values of access tags
    restricted: frozenset[str] = frozenset()  # may start or end there, but not pass through
    oneway: tuple[str, ...] = ("oneway",)  # tag keys, the most specific one first; () = ignored
    contraflow: tuple[str, ...] = ()  # keys whose `opposite…` gives a lane against a one-way
    barriers: frozenset[str] = frozenset()  # node barriers that stop it unless access tags say yes
    kerbs: frozenset[str] = frozenset()  # kinds of kerb that stop it
    narrowest_m: float = 0.0  # ways with a smaller `width` are not used
    is_motor: bool = False  # posted limits, turn costs, turn restrictions, winter speeds
    uses_ferries: bool = False
    max_kmh: float = 130.0
    limit_keys: tuple[str, ...] = ("maxspeed",)  # the most specific one first
    limit_factor: float = 0.8  # driven speed over posted limit
    cap_kmh: Mapping[str, Table] = field(default_factory=dict)  # by key and value; 0 closes
    factor: Mapping[str, Table] = field(default_factory=dict)  # on the speed, by key and value
    uphill_kmh: Slopes = ()  # highest speed from this slope on; 0 closes
    downhill_kmh: Slopes = ()
    season_factor: Table = field(default_factory=dict)  # on the speed on roads, by season
    traffic: tuple[Traffic, ...] = ()
    vehicle: Vehicle = field(default_factory=Vehicle)
    ferry_kmh: float = 5.0  # where the ferry states no duration; low, for it includes the wait
    turn_s: float = 0.0  # the sharpest turn at a junction
    u_turn_s: float = 0.0  # at a dead end
    signal_s: float = 0.0  # at traffic lights
    turn_rules: frozenset[str] = frozenset()  # vehicles of turn restrictions that it counts among
    off_road_kmh: float = 0.0  # between the place and the road; 0 = the vehicle stays on the road
    snap_limit_m: float = 1000.0

    def as_data(self) -> dict[str, Any]:
        """Return the profile as plain data that `profile_of` reads."""
        data = {key: _plain(value) for key, value in asdict(self).items() if key != "name"}
        data["vehicle"] = {
            key: value for key, value in self.vehicle._asdict().items() if value is not None
        }
        data["traffic"] = [{**rule._asdict(), "roads": list(rule.roads)} for rule in self.traffic]
        return data


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value


def _near(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean '{near[0]}'?" if near else f"; known are {', '.join(sorted(known))}"


def _number(value: Any, where: str) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not math.isfinite(value) or value < 0:
        msg = f"{where}: {value!r} must be a number of 0 or more"
        raise ProfileError(msg)
    return float(value)


def _texts(value: Any, where: str) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        msg = f"{where}: {value!r} must be a list of texts"
        raise ProfileError(msg)
    if wrong := [item for item in value if not isinstance(item, str)]:
        msg = f"{where}: {wrong[0]!r} must be a text (quote it)"
        raise ProfileError(msg)
    return tuple(value)


def _table(value: Any, where: str) -> dict[str, float]:
    if not isinstance(value, Mapping):
        msg = f"{where}: {value!r} must be a table of numbers"
        raise ProfileError(msg)
    return {str(key): _number(item, f"{where}.{key}") for key, item in value.items()}


def _tables(value: Any, where: str) -> dict[str, dict[str, float]]:
    if not isinstance(value, Mapping):
        msg = f"{where}: {value!r} must be a table by tag key"
        raise ProfileError(msg)
    return {str(key): _table(item, f"{where}.{key}") for key, item in value.items()}


def _slopes(value: Any, where: str) -> Slopes:
    if not isinstance(value, Sequence) or any(
        isinstance(row, str) or not isinstance(row, Sequence) or len(row) != 2 for row in value
    ):
        msg = f"{where}: {value!r} must be a list of pairs [percent, km/h]"
        raise ProfileError(msg)
    return tuple(sorted((_number(a, where), _number(b, where)) for a, b in value))


def _flag(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        msg = f"{where}: {value!r} must be true or false"
        raise ProfileError(msg)
    return value


def _vehicle(value: Any, where: str) -> Vehicle:
    if not isinstance(value, Mapping):
        msg = f"{where}: {value!r} must be a table of sizes"
        raise ProfileError(msg)
    _check_keys(value, Vehicle._fields, where)
    sizes: dict[str, Any] = {
        key: (_flag if key == "hazmat" else _number)(item, f"{where}.{key}")
        for key, item in value.items()
    }
    return Vehicle(**sizes)


def _traffic(value: Any, where: str) -> tuple[Traffic, ...]:
    from routing.osm_hours import is_hours

    rules = []
    for row, item in enumerate(value if isinstance(value, Sequence) else [value]):
        at = f"{where}[{row}]"
        if not isinstance(item, Mapping) or not {"when", "factor"} <= set(item):
            msg = f"{at}: {item!r} must have `when` and `factor`"
            raise ProfileError(msg)
        _check_keys(item, Traffic._fields, at)
        factor = _number(item["factor"], f"{at}.factor")
        if not isinstance(item["when"], str) or not is_hours(item["when"]):
            msg = f"{at}.when: {item['when']!r} is not read; write it as 'Mo-Fr 07:00-09:30'"
            raise ProfileError(msg)
        if factor <= 0:
            msg = f"{at}.factor: {factor} must be more than 0; close roads by access tags"
            raise ProfileError(msg)
        rules.append(Traffic(item["when"], factor, _texts(item.get("roads", ()), f"{at}.roads")))
    return tuple(rules)


def _check_keys(data: Mapping[str, Any], known: Sequence[str], where: str) -> None:
    for key in data:
        if key not in known:
            msg = f"{where}: unknown key '{key}'{_near(str(key), known)}"
            raise ProfileError(msg)


def _set(value: Any, where: str) -> frozenset[str]:
    return frozenset(_texts(value, where))


_READERS: Mapping[Any, Any] = {
    tuple[str, ...]: _texts,
    frozenset[str]: _set,
    Table: _table,
    Mapping[str, Table]: _tables,
    Slopes: _slopes,
    tuple[Traffic, ...]: _traffic,
    Vehicle: _vehicle,
    bool: _flag,
    float: _number,
}
_KINDS = {key: kind for key, kind in get_type_hints(Profile).items() if key != "name"}


def profile_of(name: str, data: Mapping[str, Any]) -> Profile:
    """Read one profile from plain data.

    Raises
    ------
    ProfileError
        If a key is unknown or a value is of the wrong kind.
    """
    where = f"profiles.{name}"
    _check_keys(data, list(_KINDS), where)
    for key in ("access", "speed_kmh"):
        if key not in data:
            msg = f"{where}: '{key}' is missing; give it, or start from a profile by 'like: car'"
            raise ProfileError(msg)
    values = {key: _READERS[_KINDS[key]](value, f"{where}.{key}") for key, value in data.items()}
    return Profile(name=name, **values)


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Put one tree of tables over another."""
    result = dict(base)
    for key, value in over.items():
        old = base.get(key)
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        result[key] = _merged(old, value) if both else value  # type: ignore[arg-type]
    return result


def profiles_of(data: Mapping[str, Any]) -> tuple[Profile, ...]:
    """Read profiles from plain data; `like` takes over one that stands before it.

    Raises
    ------
    ProfileError
        As `profile_of`, or if `like` names no profile.
    """
    whole: dict[str, dict[str, Any]] = {}
    for name, own in data.items():
        if not isinstance(own, Mapping):
            msg = f"profiles.{name}: {own!r} must be a table of keys"
            raise ProfileError(msg)
        like = own.get(_LIKE)
        if like is not None and like not in whole:
            msg = f"profiles.{name}.{_LIKE}: unknown profile '{like}'{_near(str(like), [*whole])}"
            raise ProfileError(msg)
        base = whole[like] if like is not None else {}
        whole[name] = {k: v for k, v in _merged(base, own).items() if k != _LIKE}
    return tuple(profile_of(name, values) for name, values in whole.items())


def _shipped() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def with_overrides(overrides: Mapping[str, Any]) -> tuple[Profile, ...]:
    """Return the shipped profiles with a region's changes; new names are new profiles.

    What is `like` a profile that the region changes is changed with it. `false` leaves a profile
    out.

    Raises
    ------
    ProfileError
        If a key is unknown or a value is of the wrong kind.
    """
    shipped = _shipped()
    for name, own in overrides.items():
        is_known = name in shipped or (isinstance(own, Mapping) and {_LIKE, "access"} & set(own))
        if not is_known:
            msg = (
                f"profiles.{name}: unknown profile{_near(name, [*shipped])}; a new one needs "
                f"'{_LIKE}', or 'access' and 'speed_kmh'"
            )
            raise ProfileError(msg)
    unwanted = {name for name, own in overrides.items() if own is False}
    wanted = {name: own for name, own in overrides.items() if name not in unwanted}
    found = profiles_of(_merged(shipped, wanted))
    return tuple(profile for profile in found if profile.name not in unwanted)


PROFILES = profiles_of(_shipped())
FOOT, WHEELCHAIR, BIKE, CAR, TAXI, VAN, TRUCK = PROFILES
FOOT_KMH = FOOT.max_kmh


def walking_at(kmh: float, profiles: Sequence[Profile] = PROFILES) -> tuple[Profile, ...]:
    """Return the profiles, with people who walk at `kmh` on the flat."""
    return tuple(_walking(row, kmh) if row.name == FOOT.name else row for row in profiles)


def _walking(foot: Profile, kmh: float) -> Profile:
    share = kmh / foot.max_kmh
    speeds = {road_class: speed * share for road_class, speed in foot.speed_kmh.items()}
    return replace(foot, speed_kmh=speeds, max_kmh=kmh, off_road_kmh=kmh)
