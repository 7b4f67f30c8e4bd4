"""Python's memory in processes that answer many queries.

Answers are trees of dicts and tuples without cycles, so there is next to nothing to be found by
looking for garbage in cycles; but each look passes over all that is kept of a region, which costs a
twentieth of a query.

And queries keep what others will ask for again, some 40 kB each at first. Memory that the system
has not handed out before comes page by page, a page on a virtual machine in 20 µs or more: together
that costs up to another twentieth.
"""

import gc

_NEW_OBJECTS = 50_000  # made since the last look
_LOOKS = 20  # at the young before the older are looked at
_ROOM = 64 * 2**20  # bytes
_SMALL = 400  # bytes; of larger objects Python does not keep arenas
_PER_PIN = 2**19  # bytes; arenas are larger, and stay as long as one object in them does
_pins: list[bytes] = []


def prepare_memory() -> None:
    """Look for cycles rarely, and have room for what will be kept.

    For processes that answer many queries, once their regions are open and warm.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, _LOOKS, _LOOKS)
    if not _pins:
        room = [bytes(_SMALL) for _ in range(_ROOM // _SMALL)]
        _pins.extend(room[:: _PER_PIN // _SMALL])
