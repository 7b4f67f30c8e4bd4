import pytest
from hypothesis import given
from hypothesis import strategies as st

from cargo.chains import ChainSearch, access_table
from cargo.kernels import outlook as kernels
from cargo.network import Network, Room
from routing.layout import NONE, UNREACHED
from tests.cargo import oracles
from tests.cargo.test_chains import N_HUBS, networks, takes
from tests.cargo.worlds import H, hub, trip


def rides_to(network: Network, goal: int, hub: int, time: int) -> list[int]:
    """Numbers of rides of all chains from a hub at a time to the goal."""
    found = oracles.chains(network, [(hub, time, 0, 0)], (0, 0, 0), "ambient", 3)
    return [n for end, *_, n in found if end == goal]


@given(networks(), st.integers(0, N_HUBS - 1), st.integers(0, N_HUBS - 1), st.integers(0, 3))
def test_goods_may_be_ready_until_a_time_and_no_later(
    network: Network, goal: int, hub: int, most: int
) -> None:
    time = int(network.outlook.ahead([goal], 0, most, 0).latest[hub, most])
    if hub == goal:
        assert time == UNREACHED
    elif time == NONE:
        assert min(rides_to(network, goal, hub, 0), default=most + 1) > most
    else:
        assert min(rides_to(network, goal, hub, time)) <= most
        assert min(rides_to(network, goal, hub, time + 1), default=most + 1) > most


@given(
    networks(), st.sets(st.integers(0, N_HUBS - 1)), st.integers(0, N_HUBS - 1),
    st.integers(6 * 60, 12 * 60), st.integers(0, 3), st.booleans(),
)  # fmt: skip
def test_ways_to_some_hubs_are_those_among_the_ways_to_all(
    network: Network, hubs: set[int], start: int, minute: int, trips: int, is_limited: bool
) -> None:
    search = ChainSearch(network, network.carriers)
    rows = [(start, minute * 60, 0, 0), ((start + 1) % N_HUBS, minute * 60 + 1800, 5000, 7)]
    asked = access_table(rows), Room(5, 10, 1), takes(network), trips
    most = 5 * 3600 if is_limited else UNREACHED
    every = search.run(*asked, most=most)
    assert search.run(*asked, most=most, hubs=sorted(hubs)) == [
        path for path in every if path.hub in hubs
    ]


def test_hops_that_lead_elsewhere_or_leave_too_early_are_left_out() -> None:
    # 0 → 1 → 2 by one bus, on to 3 by another; a third one goes back from 2 to 0
    lines = (
        trip("a", [(0, 9 * H, 9 * H), (1, 10 * H, 10 * H + 600), (2, 11 * H, 11 * H)]),
        trip("b", [(1, 12 * H, 12 * H), (3, 13 * H, 13 * H)]),
        trip("c", [(2, 12 * H, 12 * H), (0, 14 * H, 14 * H)]),
    )
    network = Network(tuple(hub(at, 43, 143 + at) for at in range(4)), lines, ())

    def hops(earliest: int, max_trips: int) -> list[tuple[int, int]]:
        ahead = network.outlook.ahead([3], earliest, max_trips, 0)
        return [network.place_of_call[call] for call in ahead.call]

    assert hops(8 * H, 2) == [(0, 0), (1, 0)]
    assert hops(8 * H, 1) == hops(10 * H, 2) == [(1, 0)]
    assert network.outlook.ahead([3], 8 * H, 2, 0).rides.tolist() == [1, 0]


@pytest.mark.skipif(not hasattr(kernels.look_back, "signatures"), reason="NUMBA_DISABLE_JIT is set")
def test_the_entry_kernel_is_compiled_for_one_signature() -> None:
    assert len(kernels.look_back.signatures) <= 1
