"""How often Python looks for garbage in cycles while queries are answered.

Answers are trees of dicts and tuples without cycles, so there is next to nothing to be found; but
each look passes over all that is kept of a region, which costs a twentieth of a query.
"""

import gc

_NEW_OBJECTS = 50_000  # made since the last look
_LOOKS = 20  # at the young before the older are looked at


def look_rarely() -> None:
    """Leave alone what is there now, and look at the rest after many new objects only.

    For processes that answer many queries, once their regions are open and warm.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, _LOOKS, _LOOKS)
