"""What each shown itinerary is best at: fast, cheap, easy (早・安・楽)."""

from collections.abc import Sequence

from maas.itinerary import Itinerary

_WALK_WEIGHT = 2  # a second on foot is as hard as two of riding
_TRANSFER = 600  # s that a change is worth avoiding


def tags_of(itineraries: Sequence[Itinerary]) -> list[tuple[str, ...]]:
    """Return what each of the itineraries is best at among those shown.

    `fast` is the shortest from door to door, `cheap` the lowest known price, `easy` the one with
    the least changing and walking. A price that is not known in full is never called cheap.
    """
    tags: list[list[str]] = [["preferred"] if one.is_preferred else [] for one in itineraries]
    numbered = list(enumerate(itineraries))
    ranks = {
        "fast": [(it.duration, it.known_cost, i) for i, it in numbered],
        "cheap": [(it.price, it.duration, i) for i, it in numbered if it.price is not None],
        "easy": [(_effort(it), it.duration, i) for i, it in numbered],
    }
    for tag, ranked in ranks.items():
        if ranked:
            tags[min(ranked)[-1]].append(tag)
    return [tuple(own) for own in tags]


def _effort(itinerary: Itinerary) -> int:
    """Seconds of walking and changing, weighted."""
    return _WALK_WEIGHT * itinerary.walked + _TRANSFER * itinerary.transfers
