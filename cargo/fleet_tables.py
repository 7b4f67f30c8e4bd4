"""Fleets of a day as tables: which are alike, which are out, what they cost, where they stop."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from routing.geo import EARTH_RADIUS_M
from routing.layout import Float64Array, Int64Array, UInt8Array, frozen

if TYPE_CHECKING:
    from cargo.network import Fleet

ROUNDING = 1e-14  # of a cosine; well below a metre at 100 m and more


class FleetTables:
    """Tables of all fleets of a day; immutable."""

    kinds: "tuple[Fleet, ...]"  # one fleet of each kind: those of a kind hold the same goods
    kind: Int64Array  # (n_fleets,) row of `kinds`
    out: dict[str, Int64Array]  # fleets that are out on the day, by profile
    rates: Float64Array  # (n_fleets, 3) thousandths of the currency a metre, a second, when used
    base: Float64Array  # (n_fleets, 3) direction of the base from the centre of the earth
    least_cosine: Float64Array  # (n_fleets,) of the angle between base and places in the radius
    zoned: "list[tuple[int, Fleet]]"  # those that may not stop everywhere in their radius

    def __init__(self, fleets: "Sequence[Fleet]") -> None:
        terms = [_terms(fleet) for fleet in fleets]
        number = {key: at for at, key in enumerate(dict.fromkeys(terms))}
        self.kinds = tuple(fleets[terms.index(key)] for key in number)
        self.kind = np.array([number[key] for key in terms], np.int64)
        self.out = {
            profile: np.array(
                [at for at, one in enumerate(fleets) if one.spans and one.profile == profile],
                np.int64,
            )
            for profile in sorted({fleet.profile for fleet in fleets})
        }
        rates = [(one.per_km, one.per_hour / 3.6, one.fixed * 1000) for one in fleets]
        self.rates = np.array(rates, np.float64).reshape(len(rates), 3)
        self.base = unit_vectors([(fleet.lat, fleet.lon) for fleet in fleets])
        radius = np.array([np.inf if one.radius_m is None else one.radius_m for one in fleets])
        self.least_cosine = np.cos(np.minimum(radius / EARTH_RADIUS_M, np.pi))
        self.zoned = [(at, one) for at, one in enumerate(fleets) if one.picks_up or one.sets_down]

    def reach(self, places: Sequence[tuple[float, float]]) -> UInt8Array:
        """1 where a fleet may pick up, and where it may deliver, shape (2, n_fleets, n_places)."""
        within = self.base @ unit_vectors(places).T >= self.least_cosine[:, None] - ROUNDING
        both = np.stack([within, within])
        lat, lon = np.reshape(places, (-1, 2)).T.copy()
        for at, fleet in self.zoned:
            for end, where in enumerate((fleet.picks_up, fleet.sets_down)):
                if where is not None:
                    both[end, at] &= where(lat, lon)
        table: UInt8Array = frozen(both.view(np.uint8), np.uint8)
        return table


def unit_vectors(places: Sequence[tuple[float, float]]) -> Float64Array:
    """Directions of (lat, lon) from the centre of the earth, shape (n, 3)."""
    lat, lon = np.radians(np.reshape(places, (-1, 2))).T
    flat = np.cos(lat)
    return np.stack([flat * np.cos(lon), flat * np.sin(lon), np.sin(lat)], axis=1)


def _terms(fleet: "Fleet") -> tuple[object, ...]:
    """What decides which goods a fleet's empty bay holds."""
    return (
        fleet.bay, fleet.temperatures, fleet.refuses, fleet.largest_box, fleet.max_value,
        fleet.is_attended, fleet.skills,
    )  # fmt: skip
