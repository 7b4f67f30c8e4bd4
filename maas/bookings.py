"""What an offered itinerary or chain takes of which trip segments."""

from typing import NamedTuple

from maas.ledger import Amount, SegmentKey


class Claim(NamedTuple):
    """What a booking takes of one segment, and all that the segment has."""

    key: SegmentKey
    amount: Amount
    capacity: Amount
