"""Fleets of a day as tables: which are alike, which are out, what they cost."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from routing.layout import Float64Array, Int64Array

if TYPE_CHECKING:
    from cargo.network import Fleet


class FleetTables:
    """Tables of all fleets of a day; immutable."""

    kinds: "tuple[Fleet, ...]"  # one fleet of each kind: those of a kind hold the same goods
    kind: Int64Array  # (n_fleets,) row of `kinds`
    out: dict[str, Int64Array]  # fleets that are out on the day, by profile
    rates: Float64Array  # (n_fleets, 3) thousandths of the currency a metre, a second, when used

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


def _terms(fleet: "Fleet") -> tuple[object, ...]:
    """What decides which goods a fleet's empty bay holds."""
    return (
        fleet.bay, fleet.temperatures, fleet.refuses, fleet.largest_box, fleet.max_value,
        fleet.is_attended, fleet.skills,
    )  # fmt: skip
