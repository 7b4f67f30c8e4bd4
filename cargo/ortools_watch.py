"""Solvers that end when their CPU time is spent or somebody cancels."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cargo.effort import CancelledError

LOOK = 0.1  # s between two looks at the clock


@dataclass(frozen=True)
class WatchLimits:
    """When a solver ends."""

    seconds: float  # CPU s, from when this is made
    is_cancelled: Callable[[], bool]
    begun: float = field(default_factory=time.process_time)

    def is_over(self) -> bool:
        """Whether the time is spent or somebody cancels."""
        return self.is_cancelled() or time.process_time() - self.begun > self.seconds

    def go_on(self) -> None:
        """End work of our own that is over.

        Raises
        ------
        CancelledError
            If the time is spent or somebody cancels.
        """
        if self.is_over():
            raise CancelledError

    def share(self, part: float) -> "WatchLimits":
        """Limits that end when a part of the time that is left is spent."""
        left = self.seconds - (time.process_time() - self.begun)
        return WatchLimits(max(0.0, part * left), self.is_cancelled)


def watched(solve: Callable[[], Any], stop: Callable[[], object], limits: WatchLimits) -> Any:
    """Solve, and stop from a thread when it is over; for solvers that free the interpreter."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(LOOK):
            if limits.is_over():
                stop()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        return solve()
    finally:
        done.set()
        watcher.join()
