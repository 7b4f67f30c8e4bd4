"""Memory of searches, lent to one search at a time."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

import numpy as np

from routing.kernels.dijkstra import Scratch
from routing.road_layout import FAR

_Memory = TypeVar("_Memory")


class Pool(Generic[_Memory]):
    """Memory of one kind; grows to the number of searches that run at once."""

    def __init__(self, make: Callable[[], _Memory]) -> None:
        """Take what makes a new one."""
        self._make = make
        self._idle: deque[_Memory] = deque()

    @contextmanager
    def lend(self) -> Iterator[_Memory]:
        """Lend memory as it was made; a search that fails does not give it back."""
        try:
            memory = self._idle.pop()
        except IndexError:
            memory = self._make()
        yield memory
        self._idle.append(memory)


def new_scratch(n_vertices: int, n_entries: int) -> Scratch:
    """Make scratch for a number of vertices, and the most entries that a heap can hold."""
    return Scratch(
        np.full(n_vertices, FAR, np.int64),
        np.empty(n_vertices, np.int32),
        np.empty(n_vertices, np.int32),
        np.empty(n_entries, np.int64),
    )
