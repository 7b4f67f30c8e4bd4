"""How much work goes into a plan, who may end it, and who hears how far it is."""

from collections.abc import Callable
from dataclasses import dataclass, replace


def _never() -> bool:
    return False


def _unheard(stage: str, share: float) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Effort:
    """Limits of each way of operation; the work ends when the first of them is met.

    With iterations and no seconds to speak of, the same seed gives the same plan to the byte:
    then OR-Tools' routing, which ends by the clock, has to be left out.
    """

    seconds: float = 20.0  # CPU s
    iterations: int | None = None  # None: as many as the number of shipments is worth
    seed: int = 0
    engine: str = "both"  # "own" leaves OR-Tools' routing out
    is_cancelled: Callable[[], bool] = _never
    on_progress: Callable[[str, float], None] = _unheard  # stage, share of all work

    @classmethod
    def by_iterations(
        cls, iterations: int, seed: int, is_cancelled: Callable[[], bool] = _never
    ) -> "Effort":
        """Work that does not depend on any clock."""
        return cls(ENDLESS, iterations, seed, "own", is_cancelled)

    @property
    def is_by_clock(self) -> bool:
        """Whether CPU time limits the work."""
        return self.seconds < ENDLESS

    def tell(self, stage: str, share: float) -> None:
        """Report progress."""
        self.on_progress(stage, share)

    def during(self, begin: float, end: float, stage: str) -> "Effort":
        """The same effort, whose progress is a part of the whole."""

        def told(inner: str, share: float) -> None:
            self.on_progress(f"{stage}: {inner}", begin + (end - begin) * share)

        return replace(self, on_progress=told)


ENDLESS = 1e9  # s
