"""What rides cost, as opaque integers that add up by leg: money, grams of CO2, or nothing."""

import numpy as np
import numpy.typing as npt

from routing.errors import InvalidTableError
from routing.kernels.mc_labels import LegCosts
from routing.layout import DayTables, Int32Array, frozen


def zone_costs(
    tables: DayTables,
    zone_of_stop: npt.ArrayLike,
    class_of_pattern: npt.ArrayLike,
    cost: npt.ArrayLike,
    *,
    walk_cost: int = 0,
) -> LegCosts:
    """Costs by fare class, boarding zone and alighting zone.

    Parameters
    ----------
    zone_of_stop
        Shape (n_stops,).
    class_of_pattern
        Shape (n_patterns,): lines with the same prices are one class.
    cost
        Shape (n_classes, n_zones, n_zones), not negative.
    walk_cost
        Cost of a second on foot between two rides.

    Raises
    ------
    InvalidTableError
        If a cost is negative, or a zone or class is not in the table.
    """
    prices = np.asarray(cost)
    n_classes, n_zones, _ = prices.shape
    zone = np.asarray(zone_of_stop, np.int64)
    class_ = np.asarray(class_of_pattern, np.int64)
    _check(prices, walk_cost)
    _within("zone", zone, n_zones)
    _within("fare class", class_, n_classes)
    return LegCosts(
        first_cost_of_pattern=frozen(class_ * n_zones * n_zones),
        n_zones_of_pattern=frozen(np.full(class_.size, n_zones)),
        zone_of_position=frozen(zone[tables.patterns.stop_of_position]),
        cost=frozen(prices.ravel()),
        walk_cost=frozen([walk_cost]),
    )


def position_costs(
    tables: DayTables, cost_of_event: npt.ArrayLike, *, walk_cost: int = 0
) -> LegCosts:
    """Costs that grow along each pattern, such as a price per kilometre or grams of CO2.

    Parameters
    ----------
    cost_of_event
        Shape (n_positions,): cost of the way from the first position of a pattern to each of its
        positions, never falling.
    """
    reached = np.asarray(cost_of_event, np.int64)
    first = tables.patterns.first_position_of_pattern
    length = np.diff(first)
    blocks = []
    for begin, end in zip(first[:-1].tolist(), first[1:].tolist(), strict=True):
        along = reached[begin:end]
        blocks.append(np.maximum(along[None, :] - along[:, None], 0).ravel())
        _check(np.diff(along), walk_cost)
    starts = np.append(0, np.cumsum(length.astype(np.int64) ** 2))
    owner = np.repeat(first[:-1], length)
    return LegCosts(
        first_cost_of_pattern=frozen(starts[:-1]),
        n_zones_of_pattern=frozen(length),
        zone_of_position=frozen(np.arange(owner.size) - owner),
        cost=frozen(np.concatenate([*blocks, np.zeros(0, np.int64)])),
        walk_cost=frozen([walk_cost]),
    )


def walking_only(tables: DayTables) -> LegCosts:
    """Seconds on foot as the cost; rides are free."""
    return zone_costs(
        tables,
        np.zeros(tables.n_stops),
        np.zeros(tables.n_patterns),
        np.zeros((1, 1, 1)),
        walk_cost=1,
    )


def _check(costs: npt.NDArray[np.generic], walk_cost: int) -> None:
    least = min(int(costs.min(initial=0)), walk_cost)
    if least < 0:
        msg = f"a cost of {least} is negative; costs must add up, so they cannot fall"
        raise InvalidTableError(msg)


def _within(name: str, values: npt.NDArray[np.int64], n: int) -> None:
    wrong: Int32Array = np.flatnonzero((values < 0) | (values >= n)).astype(np.int32)
    if wrong.size:
        msg = f"{name} {values[wrong[0]]} (row {wrong[0]}) is not one of the {n} of the cost table"
        raise InvalidTableError(msg)
