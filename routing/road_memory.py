"""Memory of searches, lent to one search at a time."""

from collections import deque
from collections.abc import Callable
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

    def lend(self) -> "_Loan[_Memory]":
        """Lend memory as it was made; a search that fails does not give it back."""
        return _Loan(self._idle, self._make)


class _Loan(Generic[_Memory]):
    """Memory while a search has it; short searches are many, so this is no generator."""

    __slots__ = ("_idle", "_make", "_memory")

    def __init__(self, idle: deque[_Memory], make: Callable[[], _Memory]) -> None:
        self._idle = idle
        self._make = make

    def __enter__(self) -> _Memory:
        try:
            self._memory = self._idle.pop()
        except IndexError:
            self._memory = self._make()
        return self._memory

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        if error is None:
            self._idle.append(self._memory)


def new_scratch(n_vertices: int, n_entries: int) -> Scratch:
    """Make scratch for a number of vertices, and the most entries that a heap can hold."""
    return Scratch(
        np.full(n_vertices, FAR, np.int64),
        np.empty(n_vertices, np.int32),
        np.empty(n_vertices, np.int32),
        np.empty(n_entries, np.int64),
    )
