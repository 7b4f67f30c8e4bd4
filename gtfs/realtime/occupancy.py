"""How full a trip will be on leaving its stops, as its update tells."""

from collections.abc import Iterable, Iterator

from gtfs.realtime.messages import Call

FULLNESS = (
    "EMPTY",
    "MANY_SEATS_AVAILABLE",
    "FEW_SEATS_AVAILABLE",
    "STANDING_ROOM_ONLY",
    "CRUSHED_STANDING_ROOM_ONLY",
    "FULL",
    "NOT_ACCEPTING_PASSENGERS",
    "NOT_BOARDABLE",
)  # from empty to full


def expected(calls: Iterable[Call], stops: Iterable[tuple[int, str]]) -> Iterator[str]:
    """Yield the occupancy after each of `stops`, (sequence, stop_id); empty where none is told.

    A call means the stop of its sequence; one without means all of its id.
    """
    told = [call for call in calls if call.occupancy]
    by_sequence = {call.sequence: call.occupancy for call in told if call.sequence is not None}
    by_stop = {call.stop_id: call.occupancy for call in told if call.sequence is None}
    for sequence, stop_id in stops:
        yield by_sequence.get(sequence) or by_stop.get(stop_id, "")
