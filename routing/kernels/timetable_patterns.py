"""Group the trips of a day into patterns that share stops and never overtake (greedy first fit).

The order of the trips is by stop sequence, then by first departure; each trip goes to the first
pattern of its stop sequence whose last trip it does not overtake anywhere. Of trips between two
stops this makes the fewest patterns that there are (patience sorting, Dilworth's theorem).

Delling, Pajor, Werneck: Round-Based Public Transit Routing, ALENEX 2012, section 3 (routes without
overtaking); split greedily as in the ULTRA code of Baum, Buchhold, Sauer, Wagner, Zündorf.
"""

from typing import NamedTuple

from numba import njit

from routing.layout import NONE, UNREACHED, Int32Array, Int64Array, UInt8Array

_PRIME = 2**31 - 1
_FACTOR = 1_103_515_245  # below the prime, so that no product overflows
MOST_TRIES = 256  # patterns that a trip is held against


class DayTrips(NamedTuple):
    """Pieces of trips that run on a day; piece `k` has stop times first[k]:first[k] + length[k]."""

    first: Int32Array  # (n_pieces,) stop time
    length: Int32Array  # (n_pieces,)
    shift: Int32Array  # (n_pieces,) s to add to the times


class Times(NamedTuple):
    """Stop times of the whole timetable."""

    stop: Int32Array
    arrival: Int32Array
    departure: Int32Array
    pickup: UInt8Array
    drop_off: UInt8Array


@njit(cache=True, nogil=True)
def permissions(pickup: int, drop_off: int, from_first: int, to_last: int) -> int:
    """Two bits: may get on, may get off; nobody gets off at the first or on at the last stop.

    It takes scalars, because handing over tables costs reference counts in every step of a loop.
    """
    board = 1 if to_last > 0 and pickup != 1 else 0
    alight = 2 if from_first > 0 and drop_off != 1 else 0
    return board + alight


@njit(cache=True, nogil=True)
def hash_pieces(
    times: Times,
    pieces: DayTrips,
    key: Int32Array,  # (n_pieces,) out
) -> None:
    """Hash stops and permissions of every piece; a clash costs time, not correctness."""
    for piece in range(pieces.first.size):
        first = pieces.first[piece]
        last = first + pieces.length[piece] - 1
        value = 1
        for row in range(first, last + 1):
            bits = permissions(times.pickup[row], times.drop_off[row], row - first, last - row)
            value = (value * _FACTOR + int(times.stop[row]) * 4 + bits) % _PRIME
        key[piece] = value


@njit(cache=True, nogil=True)
def is_behind(
    arrival: Int32Array, departure: Int32Array, first: int, later: int,
    arrival_before: Int32Array, departure_before: Int32Array, first_before: int, length: int,
) -> bool:  # fmt: skip
    """Whether a trip, `later` added to its times, is nowhere earlier than another."""
    for k in range(length):
        own, before = first + k, first_before + k
        if arrival[own] + later < arrival_before[before]:
            return False
        if departure[own] + later < departure_before[before]:
            return False
    return True


@njit(cache=True, nogil=True)
def _fits_behind(times: Times, pieces: DayTrips, before: int, piece: int) -> bool:
    """Whether `piece` serves the same stops as `before` and is nowhere earlier."""
    length = pieces.length[piece]
    if pieces.length[before] != length:
        return False
    if not is_behind(
        times.arrival, times.departure, pieces.first[piece],
        pieces.shift[piece] - pieces.shift[before],
        times.arrival, times.departure, pieces.first[before], length,
    ):  # fmt: skip
        return False
    last = length - 1
    for k in range(length):
        a, b = pieces.first[before] + k, pieces.first[piece] + k
        if times.stop[a] != times.stop[b]:
            return False
        bits = permissions(times.pickup[a], times.drop_off[a], k, last - k)
        if bits != permissions(times.pickup[b], times.drop_off[b], k, last - k):
            return False
    return True


@njit(cache=True, nogil=True)
def _next_early(least: Int32Array, n_leaves: int, leaf: int, limit: int) -> int:
    """First leaf from `leaf` on whose time is at most `limit`; `NONE` if there is none.

    `least` is a binary tree in an array: the children of node `k` are `2 k` and `2 k + 1`, and
    each node holds the least time below it; the leaves come last.
    """
    node = n_leaves + leaf
    while least[node] > limit:
        while node & 1:
            node >>= 1
        if node == 0:
            return NONE
        node += 1
    while node < n_leaves:
        node *= 2
        if least[node] > limit:
            node += 1
    return node - n_leaves


@njit(cache=True, nogil=True)
def _set_leaf(least: Int32Array, n_leaves: int, leaf: int, time: int) -> None:
    """Give a leaf another time."""
    node = n_leaves + leaf
    least[node] = time
    while node > 1:
        node >>= 1
        least[node] = min(least[2 * node], least[2 * node + 1])


@njit(cache=True, nogil=True)
def split_first_fit(
    times: Times,
    pieces: DayTrips,
    key: Int32Array,  # (n_pieces,)
    order: Int64Array,  # (n_pieces,) by key, first departure, last arrival
    pattern: Int32Array,  # (n_pieces,) out
    last_of_pattern: Int32Array,  # (n_pieces,) scratch
    least: Int32Array,  # (4 * n_pieces,) scratch
) -> int:
    """Assign every piece to a pattern; return the number of patterns.

    Only patterns whose last trip ends early enough are looked at, `MOST_TRIES` of them for each
    piece: so n pieces that all overtake each other take O(n log n). Piece by piece the outcome is
    that of looking at all, unless none of so many fits.
    """
    n_patterns = first = 0
    while first < order.size:
        end = first + 1
        while end < order.size and key[order[end]] == key[order[first]]:
            end += 1
        n_leaves = 1
        while n_leaves < end - first:
            n_leaves *= 2
        least[: 2 * n_leaves] = UNREACHED
        first_pattern = n_patterns
        for k in range(first, end):
            piece = order[k]
            final = pieces.first[piece] + pieces.length[piece] - 1
            ends = times.arrival[final] + pieces.shift[piece]
            home = n_patterns - first_pattern
            candidate = _next_early(least, n_leaves, 0, ends)
            for _ in range(MOST_TRIES):
                if candidate == NONE:
                    break
                before = last_of_pattern[first_pattern + candidate]
                if _fits_behind(times, pieces, before, piece):
                    home = candidate
                    break
                if candidate + 1 == n_leaves:
                    break
                candidate = _next_early(least, n_leaves, candidate + 1, ends)
            _set_leaf(least, n_leaves, home, ends)
            n_patterns = max(n_patterns, first_pattern + home + 1)
            last_of_pattern[first_pattern + home] = piece
            pattern[piece] = first_pattern + home
        first = end
    return n_patterns


class PatternFrame(NamedTuple):
    """Offsets of the patterns that are about to be filled."""

    first_position: Int32Array  # (n_patterns + 1,)
    first_trip: Int32Array  # (n_patterns + 1,)
    first_event: Int32Array  # (n_patterns + 1,)


@njit(cache=True, nogil=True)
def fill_positions(
    times: Times,
    pieces: DayTrips,
    frame: PatternFrame,
    stop: Int32Array,  # (n_positions,) out
    can_board: UInt8Array,  # (n_positions,) out
    can_alight: UInt8Array,  # (n_positions,) out
) -> None:
    """Write stops and permissions of each pattern from its first trip; pieces are by day trip."""
    for pattern in range(frame.first_trip.size - 1):
        piece = frame.first_trip[pattern]
        first = pieces.first[piece]
        last = first + pieces.length[piece] - 1
        for row in range(first, last + 1):
            position = frame.first_position[pattern] + row - first
            bits = permissions(times.pickup[row], times.drop_off[row], row - first, last - row)
            stop[position] = times.stop[row]
            can_board[position] = bits & 1
            can_alight[position] = bits >> 1


@njit(cache=True, nogil=True)
def fill_events(
    times: Times,
    pieces: DayTrips,
    frame: PatternFrame,
    arrival: Int32Array,  # (n_events,) out, trip-major
    departure: Int32Array,  # (n_events,) out, trip-major
    departure_by_position: Int32Array,  # (n_events,) out, position-major
) -> None:
    """Write the times of all day trips; pieces are in the order of the day trips."""
    for pattern in range(frame.first_trip.size - 1):
        first_trip, end_trip = frame.first_trip[pattern], frame.first_trip[pattern + 1]
        length = frame.first_position[pattern + 1] - frame.first_position[pattern]
        n_trips = end_trip - first_trip
        base = frame.first_event[pattern]
        for k in range(n_trips):
            piece = first_trip + k
            row, shift = pieces.first[piece], pieces.shift[piece]
            for i in range(length):
                leaves = times.departure[row + i] + shift
                arrival[base + k * length + i] = times.arrival[row + i] + shift
                departure[base + k * length + i] = leaves
                departure_by_position[base + i * n_trips + k] = leaves
