"""Fleets and hubs near to a door, against looking at every one of them."""

from typing import NamedTuple

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cargo.kernels.nearby import cheapest, drives
from routing.layout import UNREACHED, Float64Array, Int32Array, Int64Array, UInt8Array

N_SPOTS = 7


class World(NamedTuple):
    """Fleets and roads as the kernels see them."""

    begin: Int64Array
    end: Int64Array
    rates: Float64Array
    reach: UInt8Array
    duration: Int32Array
    distance: Int32Array


def drawn_world(draw: np.random.Generator, n_fleets: int) -> World:
    """Fleets with equal prices here and there, and roads with gaps."""
    duration = draw.integers(0, 6, (N_SPOTS, N_SPOTS)).astype(np.int32)
    duration[draw.random(duration.shape) < 0.2] = UNREACHED
    return World(
        draw.integers(0, N_SPOTS, n_fleets),
        draw.integers(0, N_SPOTS, n_fleets),
        draw.integers(0, 3, (n_fleets, 3)).astype(np.float64),
        (draw.random((2, n_fleets, N_SPOTS)) < 0.8).astype(np.uint8),
        duration,
        draw.integers(0, 6, (N_SPOTS, N_SPOTS)).astype(np.int32),
    )


@given(st.integers(0, 2**32), st.integers(0, 6), st.integers(1, 3))
def test_the_cheapest_loops_are_found(seed: int, n_fleets: int, most: int) -> None:
    draw = np.random.default_rng(seed)
    world = drawn_world(draw, n_fleets)
    fleets = np.flatnonzero(draw.random(n_fleets) < 0.8)
    tail, head = draw.integers(0, N_SPOTS, 2).tolist()
    found = np.empty(most, np.int64)
    begin, end, rates, reach, duration, distance = world
    n = cheapest(
        fleets, begin, end, rates, reach, duration, distance, tail, head, found, np.empty(most)
    )  # fmt: skip

    def loop(table: Int32Array, fleet: int) -> int:
        ways = ((begin[fleet], tail), (tail, head), (head, end[fleet]))
        return sum(int(table[pair]) for pair in ways)

    prices = [
        (float(rates[fleet] @ (loop(distance, fleet), loop(duration, fleet), 1)), fleet)
        for fleet in fleets.tolist()
        if reach[0, fleet, tail] and reach[1, fleet, head] and loop(duration, fleet) < UNREACHED
    ]
    assert found[:n].tolist() == [fleet for _, fleet in sorted(prices)[:most]]


@given(st.integers(0, 2**32), st.integers(0, 6), st.booleans())
def test_drives_to_hubs_are_those_of_fleets_that_stop_at_both(
    seed: int, n_fleets: int, is_pickup: bool
) -> None:
    draw = np.random.default_rng(seed)
    world = drawn_world(draw, n_fleets)
    fleets, hubs = np.arange(n_fleets), draw.permutation(N_SPOTS)[:4]
    door = int(draw.integers(N_SPOTS))
    known = draw.integers(0, 6, hubs.size)
    best = known.copy()
    drives(fleets, world.reach, world.duration, hubs, door, is_pickup, best)
    for row, hub in enumerate(hubs.tolist()):
        tail, head = (door, hub) if is_pickup else (hub, door)
        drive, (picks_up, sets_down) = int(world.duration[tail, head]), world.reach
        may = any(picks_up[fleet, tail] and sets_down[fleet, head] for fleet in fleets)
        assert best[row] == (min(known[row], drive) if may else known[row])
