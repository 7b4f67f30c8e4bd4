"""Lends query objects to request threads; each owns scratch memory and belongs to one thread."""

import queue
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from api.errors import BusyError

_T = TypeVar("_T")


class Pool(Generic[_T]):
    """A fixed number of things, each lent to one borrower at a time.

    Parameters
    ----------
    make
        Makes one of them.
    size
        How many there are.
    patience
        Seconds that a borrower waits at most.
    """

    def __init__(self, make: Callable[[], _T], size: int, patience: float = 10.0) -> None:
        self._idle: queue.LifoQueue[_T] = queue.LifoQueue()  # the last one used is warm
        self._patience = patience
        for _ in range(size):
            self._idle.put(make())

    @contextmanager
    def lend(self) -> Iterator[_T]:
        """Borrow one; waits while all are lent.

        Raises
        ------
        BusyError
            If none came back in time.
        """
        try:
            borrowed = self._idle.get(timeout=self._patience)
        except queue.Empty as error:
            msg = f"no planner was free within {self._patience:g} s; try again a little later"
            raise BusyError(msg) from error
        try:
            yield borrowed
        finally:
            self._idle.put(borrowed)
