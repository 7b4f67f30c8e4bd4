"""Numbers in OSM tags: speeds, durations, sizes, weights and slopes with their units.

See the OSM wiki on `maxspeed`, `duration`, `maxheight`, `maxweight` and `incline`.
"""

import math
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

KMH_PER_MPH = 1.609344
KMH_PER_KNOT = 1.852
_M_PER_FOOT, _M_PER_INCH = 0.3048, 0.0254
_T_PER_UNIT = {
    "": 1.0, "t": 1.0, "mt": 1.0, "kg": 0.001, "st": 0.90718474, "lbs": 0.00045359237,
    "lb": 0.00045359237, "cwt": 0.05080234544, "kn": 0.10197162,
}  # fmt: skip
_M_PER_UNIT = {
    "": 1.0,
    "m": 1.0,
    "cm": 0.01,
    "ft": _M_PER_FOOT,
    "feet": _M_PER_FOOT,
    "'": _M_PER_FOOT,
}
_SPEED = re.compile(r"^(\d+(?:\.\d+)?)\s*(mph|knots|km/h|kmh|kph)?$")
_CLOCK = re.compile(r"^(?:(\d+):)?(\d+)(?::(\d+))?$")
_ISO = re.compile(r"^P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$")
_AMOUNT = re.compile(r"^(\d+(?:[.,]\d+)?)\s*([a-z']*)$")
_FEET = re.compile(r"^(\d+)\s*(?:'|ft)\s*-?\s*(\d+(?:\.\d+)?)\s*(?:\"|''|in)$")
_SLOPE = re.compile(r"^([+-]?\d+(?:\.\d+)?)\s*(%|°)$")
_RATIO = re.compile(r"^([+-]?)(\d+)\s*:\s*(\d+)$")


@cache
def _named_limits() -> dict[str, dict[str, float]]:
    path = Path(__file__).with_name("speed_limits.toml")
    limits: dict[str, dict[str, float]] = tomllib.loads(path.read_text(encoding="utf-8"))
    return limits


def limit_kmh(value: str) -> float | None:
    """Read a posted limit, in a unit or by name as in `DE:urban`; None if it says nothing."""
    text = value.strip().lower()
    if found := _SPEED.match(text):
        unit = {"mph": KMH_PER_MPH, "knots": KMH_PER_KNOT}.get(found[2], 1.0)
        speed = float(found[1]) * unit
        return speed if speed > 0 else None
    named = _named_limits()
    country, _, name = text.rpartition(":")
    if name.startswith("zone") and name[4:].lstrip(":").isdigit():
        return float(name[4:].lstrip(":"))
    if name.isdigit() and country.endswith("zone"):  # DE:zone:30
        return float(name)
    limits = named["any"] | named.get(country.partition(":")[0].partition("-")[0], {})
    return limits.get(name)


def duration_s(value: str) -> float | None:
    """Read a duration: minutes, HH:MM:SS or ISO 8601; None if it is none or over 5 days."""
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


def _amount(value: str, units: Mapping[str, float]) -> float | None:
    found = _AMOUNT.match(value.strip().lower())
    if found is None or found[2] not in units:
        return None
    return float(found[1].replace(",", ".")) * units[found[2]]


def metres(value: str) -> float | None:
    """Read a length: `3.5`, `3.5 m`, `12'6"`, `11 ft`; None if it is none."""
    if feet := _FEET.match(value.strip().lower()):
        return float(feet[1]) * _M_PER_FOOT + float(feet[2]) * _M_PER_INCH
    return _amount(value, _M_PER_UNIT)


def tonnes(value: str) -> float | None:
    """Read a weight: `7.5`, `3500 kg`, `10 st`; None if it is none."""
    return _amount(value, _T_PER_UNIT)


def slope_percent(value: str) -> float | None:
    """Read an incline, positive uphill along the way; None if it gives no number."""
    text = value.strip().lower().replace(",", ".")
    if found := _SLOPE.match(text):
        number = float(found[1])
        if found[2] == "%":
            return number
        return math.tan(math.radians(number)) * 100 if abs(number) < 89 else None
    if (ratio := _RATIO.match(text)) and int(ratio[3]) > 0:
        slope = 100.0 * int(ratio[2]) / int(ratio[3])
        return -slope if ratio[1] == "-" else slope
    return None
