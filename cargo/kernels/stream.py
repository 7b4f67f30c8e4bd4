"""Random numbers that depend on the seed alone, on every machine and in every thread."""

import numpy as np
from numba import njit

from routing.layout import Int64Array


def new_stream(seed: int) -> Int64Array:
    """Return the state of a generator, shape (2,), that kernels go on from."""
    one, other = np.random.SeedSequence(seed).generate_state(2).tolist()
    return np.array([1 + one % 2147483562, 1 + other % 2147483398], np.int64)


@njit(cache=True, nogil=True)
def random(stream: Int64Array) -> float:
    """Next number in (0, 1) of L'Ecuyer's combined generator (CACM 31, 1988)."""
    stream[0] = 40014 * stream[0] % 2147483563
    stream[1] = 40692 * stream[1] % 2147483399
    return float((stream[0] - stream[1]) % 2147483562 + 1) / 2147483563.0


@njit(cache=True, nogil=True)
def below(stream: Int64Array, n: int) -> int:
    """Random integer in [0, n)."""
    return min(n - 1, int(random(stream) * n))
