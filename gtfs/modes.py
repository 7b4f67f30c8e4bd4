"""Modes of transport from `route_type`, basic and extended.

Extended types follow the list of hierarchical vehicle types that Google Transit publishes; it keeps
one hundred for each kind of vehicle.
"""

import numpy as np

from routing.layout import Int32Array, UInt8Array

MODES = (
    "bus",
    "coach",
    "tram",
    "subway",
    "rail",
    "ferry",
    "cable",
    "funicular",
    "air",
    "taxi",
    "drt",
)
_UNKNOWN = 255
_BASIC = {
    0: "tram",
    1: "subway",
    2: "rail",
    3: "bus",
    4: "ferry",
    5: "cable",
    6: "cable",
    7: "funicular",
    11: "bus",
    12: "rail",
}
_HUNDREDS = {
    1: "rail",
    2: "coach",
    3: "rail",
    4: "subway",
    5: "subway",
    6: "subway",
    7: "bus",
    8: "bus",
    9: "tram",
    10: "ferry",
    11: "air",
    12: "ferry",
    13: "cable",
    14: "funicular",
    15: "taxi",
}
_SINGLE = {405: "rail", 715: "drt"}  # monorail; demand and response bus
_LAST = 1599


def _mode_table() -> UInt8Array:
    """Mode of every type up to `_LAST`."""
    table = np.full(_LAST + 2, _UNKNOWN, np.uint8)
    for hundred, mode in _HUNDREDS.items():
        table[hundred * 100 : hundred * 100 + 100] = MODES.index(mode)
    for number, mode in {**_BASIC, **_SINGLE}.items():
        table[number] = MODES.index(mode)
    return table


def mode_of(types: Int32Array) -> tuple[UInt8Array, UInt8Array]:
    """Return the mode of each route type, a bus where unknown, and 1 where it is unknown."""
    modes = _mode_table()[np.clip(types, 0, _LAST + 1)]
    unknown = (modes == _UNKNOWN) | (types < 0)
    return np.where(unknown, 0, modes).astype(np.uint8), unknown.astype(np.uint8)
