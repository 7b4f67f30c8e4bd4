"""Which goods overflow a hub's storage."""

from collections.abc import Iterator

from cargo.schedule import Operation, occupancy


def surplus_of(operation: Operation) -> Iterator[int]:
    """Shipments to take out of each hub so that what is left never exceeds its storage."""
    for at, hub in enumerate(operation.problem.network.hubs):
        stays = occupancy(operation, at)
        priority = operation.problem.shipments
        stays.sort(key=lambda stay: (-priority[stay[3]].document.priority, stay[2], stay[0]))
        kept: list[tuple[int, int, int, int]] = []
        for stay in stays:
            if most_pieces([*kept, stay]) > hub.storage_pieces:
                yield stay[3]
            else:
                kept.append(stay)


def most_pieces(stays: list[tuple[int, int, int, int]]) -> int:
    """Most pieces that are there at once; a stay covers its first moment, not its last."""
    events = sorted(
        [(came, pieces) for came, _, pieces, _ in stays]
        + [(left, -pieces) for _, left, pieces, _ in stays]
    )
    now = most = 0
    for _, change in events:
        now += change
        most = max(most, now)
    return most
