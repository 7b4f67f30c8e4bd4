"""From which hops of scheduled bays a hub can still be reached, whatever room there is.

Hops are scanned once from the last departure to the first. What is on board on a hop gets to the
hub by one of the later calls of its bay, or from a hub where it is ready in time for a hop from
which that hub is reached.
"""

from numba import njit

from cargo.layout import Carriers
from routing.layout import NONE, UNREACHED, Int32Array, UInt8Array

NEVER = 255  # rides


@njit(cache=True, nogil=True)
def look_back(
    carriers: Carriers,
    handling: Int32Array,  # (n_hubs,) s
    goal: int,  # hub
    ignored: int,  # bits of blocks that do not count
    on_board: UInt8Array,  # (n_calls,) scratch: as `rides`, by call
    rides: UInt8Array,  # (n_hops,) out: more rides to the goal from each hop of `order`, or `NEVER`
    latest: Int32Array,  # (n_hubs, n) out: s, ready by then so many rides at most lead to the goal
) -> None:
    """Fill `rides` and `latest`."""
    counted = 255 - ignored  # bits of blocks that count
    on_board[:] = NEVER
    latest[:] = NONE
    latest[goal] = UNREACHED
    for at in range(carriers.order.size - 1, -1, -1):
        call = carriers.order[at]
        fewest = int(on_board[call + 1])
        if carriers.unload_block[call + 1] & counted == 0:
            hub, time = carriers.hub[call + 1], carriers.unloaded[call + 1]
            for n in range(latest.shape[1]):
                if time <= latest[hub, n]:
                    fewest = min(fewest, n)
                    break
        on_board[call] = rides[at] = fewest
        if carriers.load_block[call] & counted == 0:
            hub = carriers.hub[call]
            ready_by = carriers.load_by[call] - handling[hub]
            for n in range(fewest + 1, latest.shape[1]):
                latest[hub, n] = max(latest[hub, n], ready_by)
