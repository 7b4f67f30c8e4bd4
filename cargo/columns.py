"""Ways that consignments can ride, as columns of a choice; each is kept once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

import numpy as np

from cargo.event_layout import MOST_RIDES, Paths
from routing.layout import NONE

Key: TypeAlias = tuple[int, tuple[tuple[int, int], ...]]  # consignment, rides


@dataclass(frozen=True)
class Column:
    """One way of one consignment."""

    consignment: int
    start: int  # row of `Consignments.start_*`
    goal: int  # row of `Consignments.goal_*`
    rides: tuple[tuple[int, int], ...]  # load call, unload call
    cost: float  # with the ends, without tolls

    @cached_property
    def hops(self) -> tuple[int, ...]:
        """Hops that it takes room on."""
        return tuple(hop for load, unload in self.rides for hop in range(load, unload))

    @property
    def key(self) -> Key:
        """Ways with the same key take the same room."""
        return self.consignment, self.rides


@dataclass
class Pool:
    """All ways found so far."""

    columns: list[Column] = field(default_factory=list)
    _cost: dict[Key, float] = field(default_factory=dict)

    def add(self, columns: Iterable[Column]) -> list[Column]:
        """Keep those that are new, or cheaper than before; returns them."""
        fresh = []
        for column in columns:
            if column.cost < self._cost.get(column.key, np.inf) - 1e-6:
                self._cost[column.key] = column.cost
                fresh.append(column)
        self.columns += fresh
        return fresh


def columns_of(paths: Paths, some: Iterable[int] | None = None) -> Iterator[Column]:
    """Ways in a table of paths."""
    rows = range(paths.n_rides.size) if some is None else some
    for one in rows:
        n = int(paths.n_rides[one])
        if n:
            rides = tuple((load, unload) for load, unload in paths.ride[one, :n].tolist())
            ends = int(paths.start[one]), int(paths.goal[one])
            yield Column(int(one), *ends, rides, float(paths.cost[one]))


def no_paths(refusal: np.ndarray) -> Paths:
    """A table in which nobody rides."""
    n = refusal.size
    return Paths(
        n_rides=np.zeros(n, np.int32),
        ride=np.zeros((n, MOST_RIDES, 2), np.int32),
        start=np.full(n, NONE, np.int32),
        goal=np.full(n, NONE, np.int32),
        cost=np.array(refusal, np.float64),
    )


def put(paths: Paths, column: Column) -> None:
    """Write a column into its row."""
    one, n = column.consignment, len(column.rides)
    paths.n_rides[one], paths.cost[one] = n, column.cost
    paths.start[one], paths.goal[one] = column.start, column.goal
    paths.ride[one, :n] = column.rides
