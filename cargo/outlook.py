"""What lies ahead of a shipment: which hops of a day still lead to the hubs near its delivery."""

from collections.abc import Sequence

import numpy as np

from cargo.kernels import outlook as kernels
from cargo.layout import Ahead, Carriers
from cargo.shipment import MAX_TRIPS
from routing.layout import UNREACHED, Int32Array, UInt8Array, frozen


class Outlook:
    """Ways to each hub of a day, whatever room there is; a hub is looked at when it is asked for.

    Parameters
    ----------
    carriers
        Bays of the day; their room does not matter, nor what they take.
    handling
        Handling time of each hub, s.
    """

    def __init__(self, carriers: Carriers, handling: Int32Array) -> None:
        self._carriers, self._handling = carriers, handling
        self._departure = carriers.departure[carriers.order]
        self._found: dict[tuple[int, int], tuple[UInt8Array, Int32Array]] = {}

    def ahead(self, hubs: Sequence[int], earliest: int, max_trips: int, ignored: int) -> Ahead:
        """Hops from `earliest` on that lead to one of some hubs; there is one hub at least."""
        found = [self._to(hub, ignored) for hub in hubs]
        first = int(np.searchsorted(self._departure, earliest))  # nothing is loaded before
        rides = np.minimum.reduce([rides[first:] for rides, _ in found])
        latest = np.maximum.reduce([latest for _, latest in found])
        useful = np.flatnonzero(rides < max_trips)
        is_meant = np.zeros(self._handling.size, np.uint8)
        is_meant[hubs] = 1
        return Ahead(
            frozen(self._carriers.order[first:][useful]), frozen(rides[useful], np.uint8),
            frozen(latest), frozen(is_meant, np.uint8),
        )  # fmt: skip

    def everything(self) -> Ahead:
        """All hops, where all hubs are meant."""
        n_hops, n_hubs = self._carriers.order.size, self._handling.size
        return Ahead(
            self._carriers.order, frozen(np.zeros(n_hops), np.uint8),
            frozen(np.full((n_hubs, MAX_TRIPS + 1), UNREACHED)),
            frozen(np.ones(n_hubs), np.uint8),
        )  # fmt: skip

    def _to(self, hub: int, ignored: int) -> tuple[UInt8Array, Int32Array]:
        """More rides from each hop to a hub, and by when goods must be ready at the others."""
        if (hub, ignored) not in self._found:
            rides = np.empty(self._carriers.order.size, np.uint8)
            latest = np.empty((self._handling.size, MAX_TRIPS + 1), np.int32)
            on_board = np.empty(self._carriers.hub.size, np.uint8)
            kernels.look_back(self._carriers, self._handling, hub, ignored, on_board, rides, latest)
            self._found[hub, ignored] = rides, latest
        return self._found[hub, ignored]
