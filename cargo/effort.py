"""How much work goes into a plan, who may end it, and who hears how far it is."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from cargo.errors import DocumentError


def _never() -> bool:
    return False


def _unheard(stage: str, share: float) -> None:
    """Tell nobody."""


class CancelledError(Exception):
    """Somebody ended the work before it had an answer; caught within the package."""


@dataclass(frozen=True)
class Effort:
    """Limits of each way of operation; the work ends when the first of them is met.

    With iterations and no seconds to speak of, the same seed gives the same plan to the byte.
    """

    seconds: float = 20.0  # CPU s
    iterations: int | None = None  # None: as many as the number of shipments is worth
    seed: int = 0
    is_cancelled: Callable[[], bool] = _never
    on_progress: Callable[[str, float], None] = _unheard  # stage, share of all work
    engine: str = "own"  # that plans rounds, of `cargo.pdp.solve.ENGINES`

    def by_iterations(self, iterations: int) -> "Effort":
        """The same work ended by a number of iterations, not by any clock.

        Raises
        ------
        DocumentError
            If the number is not positive.
        """
        if iterations < 1:
            msg = f"iterations {iterations}: give a positive number, such as 2000"
            raise DocumentError(msg)
        return replace(self, seconds=ENDLESS, iterations=iterations)

    @property
    def is_by_clock(self) -> bool:
        """Whether CPU time limits the work."""
        return self.seconds < ENDLESS

    def go_on(self) -> None:
        """End what is being set up where nobody waits for it any more.

        Raises
        ------
        CancelledError
            If the work is cancelled.
        """
        if self.is_cancelled():
            raise CancelledError

    def tell(self, stage: str, share: float) -> None:
        """Report progress."""
        self.on_progress(stage, share)

    def during(self, begin: float, end: float, stage: str) -> "Effort":
        """The same effort, whose progress is a part of the whole."""

        def told(inner: str, share: float) -> None:
            self.on_progress(f"{stage}: {inner}", begin + (end - begin) * share)

        return replace(self, on_progress=told)

    def half(self, begin: float, stage: str) -> "Effort":
        """Half of the effort, whose progress begins at a share of the whole."""
        most = None if self.iterations is None else max(1, self.iterations // 2)
        seconds = self.seconds / 2 if self.is_by_clock else self.seconds
        part = self.during(begin, begin + 0.5, stage)
        return replace(part, seconds=seconds, iterations=most)


ENDLESS = 1e9  # s
