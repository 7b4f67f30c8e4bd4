"""How long goods may be on the way: from leaving their door until they are handed over.

Lines fix the middle of a way. Before it goods leave their door as late as they can, behind it they
are taken on at once; where both ends are driven, each may use half of what is to spare.
"""

from routing.layout import UNREACHED


def seconds_allowed(hours: float | None) -> int:
    """Seconds on the way that so many hours allow; `UNREACHED` where none are stated."""
    return UNREACHED if hours is None else int(3600 * hours)


def door_limits(
    most: int, leaves: int, comes: int, *, is_fetched: bool, is_brought: bool
) -> tuple[int, int]:
    """Earliest departure from the pickup and latest arrival at the delivery that keep a limit.

    Parameters
    ----------
    most
        Seconds on the way; `UNREACHED` where there is no limit.
    leaves, comes
        Latest departure and earliest arrival that the lines between allow, s.
    is_fetched, is_brought
        Whether vehicles drive to the pickup, and to the delivery.
    """
    if most >= UNREACHED:
        return 0, UNREACHED
    spare = max(0, most - (comes - leaves))
    before = (spare // 2 if is_brought else spare) if is_fetched else 0
    return leaves - before, leaves - before + most
