"""Where bikes that stand anywhere may be taken, ridden and left: the geofencing zones of GBFS.

Versions 2 and 3 are read. Where zones overlap, the earlier one in the file counts, as the standard
has it; outside all of them the global rules do, and without these everything is allowed.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from maas.errors import RegionFileError
from maas.region_parts import Area
from maas.taxi import inside
from routing.geo import along_m
from routing.layout import BoolArray, Float64Array

_log = logging.getLogger(__name__)
NAME = "geofencing_zones"
_STEP_M = 20.0


class Rule(NamedTuple):
    """What is allowed somewhere."""

    may_start: bool = True
    may_end: bool = True
    may_pass: bool = True


EVERYTHING = Rule()


@dataclass(frozen=True)
class Geofences:
    """Zones in the order in which they count, and the rule of all other places."""

    zones: tuple[tuple[Area, Rule], ...] = ()
    elsewhere: Rule = EVERYTHING

    @property
    def has_no_ride_areas(self) -> bool:
        """Whether there are places that may not be passed."""
        return not all(rule.may_pass for _, rule in (*self.zones, (None, self.elsewhere)))

    def may_start(self, lat: Float64Array, lon: Float64Array) -> BoolArray:
        """Where a ride may begin, (n,)."""
        return self._allowed(lat, lon, Rule._fields.index("may_start"))

    def may_end(self, lat: Float64Array, lon: Float64Array) -> BoolArray:
        """Where a bike may be left, (n,)."""
        return self._allowed(lat, lon, Rule._fields.index("may_end"))

    def may_pass(self, lat: Float64Array, lon: Float64Array) -> bool:
        """Whether a way, (n_points,), may be ridden; it is looked at every 20 m or so."""
        if not self.has_no_ride_areas:
            return True
        along = along_m(lon, lat)
        at = np.linspace(0, along[-1], 2 + int(along[-1] / _STEP_M))
        places = np.interp(at, along, lat), np.interp(at, along, lon)
        return bool(self._allowed(*places, Rule._fields.index("may_pass")).all())

    def _allowed(self, lat: Float64Array, lon: Float64Array, field: int) -> BoolArray:
        allowed = np.full(lat.size, self.elsewhere[field], np.bool_)
        for area, rule in reversed(self.zones):
            allowed[inside(area, lat, lon)] = rule[field]
        return allowed


def read_geofences(documents: Mapping[str, Any], kinds: set[str] | None) -> Geofences:
    """Read the zones for some kinds of vehicles; None stands for all kinds.

    Raises
    ------
    RegionFileError
        Naming the zone that is wrong.
    """
    data = documents.get(NAME, {}).get("data", {})
    zones = data.get(NAME) or {}
    found = []
    for number, feature in enumerate(zones.get("features", [])):
        if feature.get("geometry") is None:
            _log.warning("GBFS %s.json: zone %d has no geometry and is left out", NAME, number)
            continue
        try:
            rule = _rule(feature["properties"].get("rules"), kinds)
            areas = [_area(polygon) for polygon in feature["geometry"]["coordinates"]]
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            msg = f"GBFS {NAME}.json: zone {number}: needs `rules` and a MultiPolygon ({error})"
            raise RegionFileError(msg) from error
        if rule is not None:
            found += [(area, rule) for area in areas]
    return Geofences(tuple(found), _rule(data.get("global_rules"), kinds) or EVERYTHING)


def _rule(rows: Sequence[Mapping[str, Any]] | None, kinds: set[str] | None) -> Rule | None:
    """First rule for one of the kinds."""
    for row in rows or ():
        named = row.get("vehicle_type_ids", row.get("vehicle_type_id"))
        if named and kinds is not None and not kinds & set(named):
            continue
        both = row.get("ride_allowed", True)  # of version 2
        return Rule(
            bool(row.get("ride_start_allowed", both)),
            bool(row.get("ride_end_allowed", both)),
            bool(row.get("ride_through_allowed", True)),
        )
    return None


def _area(polygon: Sequence[Sequence[Sequence[float]]]) -> Area:
    """Outline and holes of a polygon; points are lon, lat."""
    rings = [tuple((float(lat), float(lon)) for lon, lat, *_ in ring) for ring in polygon]
    return Area(rings=tuple(rings))
