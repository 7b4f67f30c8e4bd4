"""Chain search: which trips can carry a shipment from hub to hub, as a reusable query."""

from collections.abc import Iterator, Sequence
from copy import copy
from typing import NamedTuple

import numpy as np

from cargo.kernels import chains as kernels
from cargo.layout import Aboard, Access, Carriers, Labels
from cargo.network import Network, Room
from routing.layout import NONE, UNREACHED, Int64Array, UInt8Array, frozen

FIRST_CAPACITY = 1024


class Ride(NamedTuple):
    """From one call of a bay to a later one."""

    bay: int
    load_call: int
    unload_call: int


class HubPath(NamedTuple):
    """A way to be at a hub: handed in by an access row, then rides."""

    hub: int
    time: int  # s; in the hub's hands
    cost: int  # thousandths of the currency
    co2: int  # mg
    access: int  # row of the access table
    rides: tuple[Ride, ...]


class ChainSearch:
    """A reusable query that owns its scratch: one per thread."""

    def __init__(self, network: Network, carriers: Carriers) -> None:
        """Take the lines of a day, and the carriers that tell their room."""
        self.carriers = carriers
        self._handling, self._outlook = network.handling, network.outlook
        self._no_toll = np.zeros(carriers.hub.size, np.int64)
        self._first_label = np.empty(network.handling.size, np.int32)
        self._first_aboard = np.empty(carriers.kind.size, np.int32)
        self._reserve(FIRST_CAPACITY)

    def on(self, carriers: Carriers) -> "ChainSearch":
        """The same search with other room: both share their scratch."""
        other = copy(self)
        other.carriers = carriers
        return other

    def run(  # noqa: PLR0913  (what a shipment asks for)
        self,
        access: Access,
        amount: Room,
        takes: UInt8Array,
        max_trips: int,
        *,
        most: int = UNREACHED,
        toll: Int64Array | None = None,
        ignored: int = 0,
        hubs: Sequence[int] | None = None,
    ) -> list[HubPath]:
        """Return the Pareto set of ways to be at each hub, those without a ride included.

        Parameters
        ----------
        access
            Where and when the shipment is handed in.
        amount
            Room it takes.
        takes
            Shape (n_kinds,), 1 where bays of the kind take it, room apart.
        max_trips
            Rides one after another, at most.
        most
            Seconds on the way at most, from the door until it is unloaded.
        toll
            Shape (n_calls,), thousandths of the currency on top for the hop after a call.
        ignored
            Bits of blocks that do not count (`cargo.layout.HUB_HOURS` and others).
        hubs
            Return the ways to these alone.
        """
        if access.hub.size == 0 or (hubs is not None and len(hubs) == 0):
            return []
        earliest = int(access.time.min())
        ahead = (
            self._outlook.everything() if hubs is None
            else self._outlook.ahead(hubs, earliest, max_trips, ignored)
        )  # fmt: skip
        while True:
            n = kernels.search(
                self.carriers, self._handling, access,
                self._no_toll if toll is None else toll,
                amount.kg, amount.litres, amount.pieces, takes, max_trips, most, ignored,
                ahead, self._labels, self._aboard, self._first_label, self._first_aboard,
            )  # fmt: skip
            if n != kernels.OVERFLOW:
                return list(self._paths(n, ahead.is_meant))
            self._reserve(2 * self._labels.hub.size)

    def _reserve(self, size: int) -> None:
        """Make room for `size` labels."""
        small, wide = np.int32, np.int64
        self._labels = Labels(
            np.empty(size, small), np.empty(size, small), np.empty(size, wide),
            np.empty(size, wide), np.empty(size, small), np.empty(size, small),
            np.empty(size, small), np.empty(size, small), np.empty(size, small),
            np.empty(size, small), np.empty(size, np.uint8),
        )  # fmt: skip
        self._aboard = Aboard(
            np.empty(size, wide), np.empty(size, wide), np.empty(size, small),
            np.empty(size, small), np.empty(size, small), np.empty(size, small),
            np.empty(size, small),
        )  # fmt: skip

    def _paths(self, n: int, is_meant: UInt8Array) -> Iterator[HubPath]:
        """Ways of the labels that nothing beats at hubs that are meant."""
        labels = self._labels
        rows = np.flatnonzero(is_meant[labels.hub[:n]] > labels.is_dead[:n])
        boarded = [
            column[:n].tolist() for column in (labels.parent, labels.load_call, labels.unload_call)
        ]
        reached = (labels.hub, labels.time, labels.cost, labels.co2)
        columns = [column[rows].tolist() for column in reached]
        for row, hub, time, cost, co2 in zip(rows.tolist(), *columns, strict=True):
            access, rides = self._history(row, *boarded)
            yield HubPath(hub, time, cost, co2, access, rides)

    def _history(
        self, row: int, parent: list[int], load: list[int], unload: list[int]
    ) -> tuple[int, tuple[Ride, ...]]:
        """Access row and rides that led to a label."""
        rides: list[Ride] = []
        while parent[row] != NONE:
            bay = int(self.carriers.bay_of_call[load[row]])
            rides.append(Ride(bay, load[row], unload[row]))
            row = parent[row]
        return load[row], tuple(reversed(rides))


def access_table(
    rows: Sequence[tuple[int, int, int, int]], leads: Sequence[int] | None = None
) -> Access:
    """Make the access table from (hub, time, cost, CO2) rows, and how long it was on the way."""
    return Access(
        frozen([row[0] for row in rows]),
        frozen([row[1] for row in rows]),
        frozen([row[2] for row in rows], np.int64),
        frozen([row[3] for row in rows], np.int64),
        frozen([0] * len(rows) if leads is None else leads),
    )
