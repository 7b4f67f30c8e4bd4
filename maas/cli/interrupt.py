"""Ctrl-C that ends a search, not the program."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def stopped_by_user(
    is_begun: Callable[[], bool] = lambda: True,
) -> Iterator[Callable[[], bool]]:
    """Let Ctrl-C end the search, not the program: the best plan so far is written.

    A second one ends the program, and so does the first one before the search has begun.
    """
    stopped: list[int] = []

    def stop(number: int, _: object) -> None:
        if stopped or not is_begun():
            raise KeyboardInterrupt
        stopped.append(number)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield lambda: bool(stopped)
    finally:
        signal.signal(signal.SIGINT, before)
