"""Tables of the pickup-and-delivery core: what kernels read, what they plan in, their scratch.

Request `r` has task `2 * r`, its pickup, and task `2 * r + 1`, its delivery; one that only is
delivered (or picked up) has only that task in a round. A round is what one vehicle drives: its
elements are the start (0), its tasks (1 to size) and the end. Times are int32 seconds, money is
float64 in one unit of the caller's choice.
"""

from typing import NamedTuple

from routing.layout import Float64Array, Int32Array, Int64Array, UInt8Array

INFINITE = 1e18

# Columns of `Tables.task`, and the first ones of `Rounds.step`.
PLACE, OPENS, CLOSES, SERVICE = range(4)

# Columns of `Tables.request` and what stands in the first.
SHAPE, IS_PASSENGER, MAX_RIDE = range(3)
PAIR, DELIVERY_ONLY, PICKUP_ONLY = range(3)  # goods only delivered are loaded at the start

# Columns of `Tables.vehicle`.
KIND, PROFILE, START, END, FROM, UNTIL, LONGEST, MOST_TASKS = range(8)

# Columns of `Tables.rate`.
PER_M, PER_S, FIXED = range(3)

# Columns of `Tables.pause`.
PAUSE_FROM, PAUSE_UNTIL, PAUSE_LENGTH, ON_DUTY = range(4)

# Further columns of `Rounds.step`. Segments are (span, early, late): least time between the first
# and the last start of service in it, and between which times the first must start for that.
TIME = 4  # earliest start of service
SPAN, LATE = 5, 6  # segment from the start to this element
SPAN_LEFT, EARLY_LEFT, LATE_LEFT = 7, 8, 9  # segment from this element to the end
METRES = 10  # driven until here
RIDERS = 11  # passengers' requests on board when leaving
IS_PARCEL = 12  # 1 where a parcel is loaded or unloaded
PARTNER, RIDE = 13, 14  # element where a ride that ends here began, or NONE; how long it may be
N_STEP = 15


# `Search.value`.
KEPT_COST, BEST_VALUE = range(2)

# `Search.tally`: iterations, accepted plans, iterations that left a request behind, requests that
# the kept plan leaves behind, last version given, insertions until the next blink.
DONE, ACCEPTED, SHORT, KEPT_ABSENT, VERSION, BLINK_IN = range(6)

# `Search.setting`: temperature of annealing, tasks removed on average, longest string, chance that
# a round is overlooked, share of iterations that clear whole rounds, what each absence adds to the
# weight of a request.
TEMPERATURE, MEAN_REMOVED, LONGEST_STRING, BLINK, ROUND_SHARE, GROWTH = range(6)


class Tables(NamedTuple):
    """A problem; all arrays are read-only."""

    duration: Int32Array  # (n_profiles, n_places, n_places) s
    distance: Int32Array  # (n_profiles, n_places, n_places) m
    slack: Int32Array  # (n_profiles,) s that a detour can be quicker than the direct way
    task: Int32Array  # (2 * n_requests, 4) PLACE, OPENS, CLOSES, SERVICE
    request: Int32Array  # (n_requests, 3) SHAPE, IS_PASSENGER, MAX_RIDE
    amount: Int32Array  # (n_requests, n_resources) resources, then goods of each class kept apart
    penalty: Float64Array  # (n_requests,) cost of leaving it behind
    vehicle: Int32Array  # (n_vehicles, 8)
    capacity: Int32Array  # (n_vehicles, n_resources)
    rate: Float64Array  # (n_vehicles, 3) a metre, a second, when used
    serves: UInt8Array  # (n_requests, n_vehicles) 1 where the vehicle may carry the request
    first_pause: Int32Array  # (n_vehicles + 1,)
    pause: Int32Array  # (n_pauses, 4) PAUSE_FROM, PAUSE_UNTIL, PAUSE_LENGTH, ON_DUTY
    is_parted: int  # 1 where no parcel is handled while a passenger is on board
    goods: Int32Array  # (n_requests,) resource that counts its class of goods, or NONE
    apart: UInt8Array  # (n_resources,) * 2, 1 where not on board together; (0, 0) where all may be


class Rounds(NamedTuple):
    """Rounds being planned, one for each vehicle. Arrays are writable."""

    size: Int32Array  # (n_vehicles,) tasks
    task: Int32Array  # (n_vehicles, most)
    row: Int32Array  # (n_requests,) vehicle, or NONE
    step: Int32Array  # (n_vehicles, most + 2, N_STEP) elements
    load: Int32Array  # (n_vehicles, most + 2, n_resources) on board when leaving an element
    peak: Int32Array  # (n_vehicles, most + 2, 2 * n_resources) most until, most from an element on
    cost: Float64Array  # (n_vehicles,)
    span: Int32Array  # (n_vehicles,) s from start to end; 0 where empty
    waiting: Int32Array  # (n_vehicles,) s of the span that are neither drive nor service
    is_exact: UInt8Array  # (n_vehicles,) 1 where segments do not tell all: rides or pauses
    version: Int64Array  # (n_vehicles,) names the content of a round; never used for another one


class Line(NamedTuple):
    """Scratch: one round as difference constraints. Arrays are writable, one row an element."""

    opens: Int32Array
    closes: Int32Array
    stay: Int32Array  # s of service here
    way: Int32Array  # s from the start of service here to the earliest at the next element
    partner: Int32Array  # earlier element that must not lie too far back, or NONE
    limit: Int32Array  # s that it may lie back
    time: Int32Array  # earliest start of service, when solved
    late: Int32Array  # latest start of service, when asked for
    base: Int32Array  # (5, n_elements) scratch: the line without pauses, and when by windows
    rest: Int32Array  # (most pauses,) element before which each pause is held; 0 = the start
    held: Int32Array  # (most pauses,) scratch: the best choice of `rest` so far


class Memo(NamedTuple):
    """Remembered insertions, direct-mapped by request and vehicle, in two layers. Writable."""

    key: Int64Array  # (2, size)
    version: Int64Array  # (2, size) of the round
    cost: Float64Array  # (2, size) extra cost of the best places, or INFINITE
    floor: Float64Array  # (2, size) where INFINITE: there is none below this
    i: Int32Array  # (2, size) elements after which the tasks go
    j: Int32Array  # (2, size)


class Pool(NamedTuple):
    """Rounds that plans had, by a hash of who is served by which kind of vehicle. Writable."""

    mark: Int64Array  # (n_requests + n_vehicles,) random; of requests, then of kinds of vehicles
    key: Int64Array  # (n_slots,) marks of all tasks and of the kind, added up; 0 where it is free
    cost: Float64Array  # (n_slots,)
    row: Int32Array  # (n_slots,) a vehicle of the kind
    size: Int32Array  # (n_slots,)
    task: Int32Array  # (n_slots, most)


class Search(NamedTuple):
    """State and scratch of ruin and recreate. Arrays are writable but for the first four."""

    neighbour: Int32Array  # (2 * n_requests, most) tasks, the nearest first, itself among them
    order: Float64Array  # (n_orders, n_requests) keys by which waiting requests may be sorted
    first_able: Int32Array  # (n_requests + 1,) row of `able`; (0,) where all vehicles are looked at
    able: Int32Array  # vehicles that may carry each request, in their order
    is_closed: UInt8Array  # (n_vehicles,) 1 where a vehicle must not be used
    weight: Float64Array  # (n_requests,) what leaving a request behind counts at present
    absences: Float64Array  # (n_requests,) how often it was left behind
    touched: UInt8Array  # (n_vehicles,) 1 where the round differs from the kept one
    ruined: UInt8Array  # (n_vehicles,)
    waiting: Int32Array  # (n_requests,)
    key: Float64Array  # (n_requests,)
    unknown: Int32Array  # (n_vehicles,)
    detour: Float64Array  # (most + 2, 2) least extra cost of a delivery after an element or later
    value: Float64Array  # (2,) KEPT_COST, BEST_VALUE
    tally: Int64Array  # (6,) DONE, ACCEPTED, SHORT, KEPT_ABSENT, VERSION, BLINK_IN
    setting: Float64Array  # (6,) TEMPERATURE, MEAN_REMOVED, ... of the next iterations
    stream: Int64Array  # (2,) random numbers
    line: Line
    memo: Memo
    pool: Pool
