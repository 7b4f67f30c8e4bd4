"""Memory of searches, lent to one search at a time."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from routing.kernels.dijkstra import Scratch
from routing.road_layout import FAR


class ScratchPool:
    """Scratch of one size; grows to the number of searches that run at once."""

    def __init__(self, n_vertices: int, n_entries: int) -> None:
        """Take the number of vertices, and the most entries that a heap can hold."""
        self._n_vertices = n_vertices
        self._n_entries = n_entries
        self._idle: deque[Scratch] = deque()

    @contextmanager
    def lend(self) -> Iterator[Scratch]:
        """Lend scratch with clear labels; a search that fails does not give it back."""
        try:
            scratch = self._idle.pop()
        except IndexError:
            scratch = self._new()
        yield scratch
        self._idle.append(scratch)

    def _new(self) -> Scratch:
        return Scratch(
            np.full(self._n_vertices, FAR, np.int64),
            np.empty(self._n_vertices, np.int32),
            np.empty(self._n_vertices, np.int32),
            np.empty(self._n_entries, np.int64),
        )
