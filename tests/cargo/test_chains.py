from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cargo.chains import ChainSearch, HubPath, access_table
from cargo.kernels import chains as kernels
from cargo.network import LineTrip, Network, Room
from routing.layout import UInt8Array, frozen
from tests.cargo import oracles
from tests.cargo.worlds import H, hub, trip

N_HUBS = 4


def takes(network: Network, temperature: str = "ambient") -> UInt8Array:
    """Which kinds of bays take goods of a class."""
    table: UInt8Array = frozen([temperature in bay.temperatures for bay in network.kinds], np.uint8)
    return table


@st.composite
def networks(draw: st.DrawFn) -> Network:
    hubs = tuple(
        hub(at, 43.0, 143.0 + at, handling=draw(st.sampled_from((0, 180))),
            opens=draw(st.sampled_from((6 * H, 10 * H))),
            closes=draw(st.sampled_from((18 * H, 23 * H))))
        for at in range(N_HUBS)
    )  # fmt: skip
    return Network(hubs, tuple(draw(st.lists(random_trip(), max_size=6))), ())


@st.composite
def random_trip(draw: st.DrawFn) -> LineTrip:
    n_calls = draw(st.integers(2, 4))
    time = draw(st.integers(7 * 60, 20 * 60)) * 60
    calls = []
    for _ in range(n_calls):
        dwell = draw(st.sampled_from((0, 30, 60, 300)))
        calls.append((draw(st.integers(0, N_HUBS - 1)), time, time + dwell))
        time += dwell + draw(st.sampled_from((0, 60, 600, 3600)))
    small = draw(st.sampled_from((Room(100, 500, 10), Room(10, 500, 10), Room(100, 500, 1))))
    made = trip(
        f"t{draw(st.integers(0, 10**9))}", calls, draw(st.sampled_from(("bus", "rail"))),
        handling=draw(st.sampled_from((0, 60))),
        price_per_piece=draw(st.sampled_from((0.0, 100.0, 150.5))),
        temperatures=draw(st.sampled_from((("ambient",), ("ambient", "cool")))),
        departs=draw(st.sampled_from(((0, 30 * H), (9 * H, 17 * H)))),
        hop_m=tuple(draw(st.integers(1_000, 90_000)) for _ in range(n_calls - 1)),
    )  # fmt: skip
    rooms = [*made.room[:-1], small]
    return replace(made, room=tuple(rooms))


@given(
    networks(), st.integers(0, N_HUBS - 1), st.integers(6 * 60, 12 * 60), st.integers(1, 20),
    st.integers(1, 3), st.sampled_from(("ambient", "cool")), st.integers(0, 3),
)  # fmt: skip
def test_labels_equal_all_enumerated_chains(
    network: Network, start: int, minute: int, kg: int, pieces: int, temperature: str, most: int
) -> None:
    search = ChainSearch(network, network.carriers)
    rows = [(start, minute * 60, 0, 0), ((start + 1) % N_HUBS, minute * 60 + 1800, 5000, 7)]
    paths = search.run(access_table(rows), Room(kg, 10, pieces), takes(network, temperature), most)
    found = {(path.hub, path.time, path.cost, path.co2, len(path.rides)) for path in paths}
    assert found == oracles.chains(network, rows, (kg, 10, pieces), temperature, most)


@given(
    networks(), st.integers(0, N_HUBS - 1), st.integers(6 * 60, 12 * 60),
    st.tuples(st.sampled_from((0, 900, 5400)), st.sampled_from((0, 600, 7200))),
    st.integers(10, 300), st.integers(0, 3),
)  # fmt: skip
def test_labels_of_goods_that_last_some_hours_equal_all_chains_that_keep_within_them(
    network: Network, start: int, minute: int, leads: tuple[int, int], last: int, trips: int
) -> None:
    search = ChainSearch(network, network.carriers)
    rows = [(start, minute * 60, 0, 0), (start, minute * 60 + 1800, -500, 7)]
    paths = search.run(
        access_table(rows, leads), Room(5, 10, 1), takes(network), trips, most=60 * last
    )
    found = {(path.hub, path.time, path.cost, path.co2, len(path.rides)) for path in paths}
    every = oracles.fresh_chains(network, rows, (5, 10, 1), "ambient", trips, leads, 60 * last)
    assert found <= {label for label, _ in every}
    for label, since in every:  # nothing is lost that is as good and as fresh
        assert any(
            path.hub == label[0]
            and path.time <= label[1]
            and path.cost <= label[2]
            and path.co2 <= label[3]
            and len(path.rides) <= label[4]
            and since <= _since(network, path, leads, label)
            for path in paths
        )


def _since(network: Network, path: HubPath, leads: tuple[int, int], label: oracles.Label) -> int:
    """When the door is left; at the earliest, for a trip after `label`, if no trip was ridden."""
    if not path.rides:
        return label[1] - leads[path.access] if label[4] else oracles.FRESH
    line, load = network.call(path.rides[0].load_call)
    handling = network.hubs[load.hub].handling
    return load.departure - line.handling - handling - leads[path.access]


@given(networks(), st.integers(0, N_HUBS - 1))
def test_the_rides_of_a_path_add_up_to_its_label(network: Network, start: int) -> None:
    search = ChainSearch(network, network.carriers)
    for path in search.run(access_table([(start, 7 * H, 0, 0)]), Room(1, 1, 1), takes(network), 3):
        hub_at, ready, cost = start, 7 * H, 0
        for ride in path.rides:
            line, load = network.call(ride.load_call)
            unload = network.call(ride.unload_call)[1]
            assert load.hub == hub_at
            assert ready + network.hubs[hub_at].handling + line.handling <= load.departure
            hub_at, ready = unload.hub, unload.arrival + line.handling
            cost += round(line.price_per_piece * 1000)
        assert (path.hub, path.cost) == (hub_at, cost)


def test_a_second_search_sees_nothing_of_the_first() -> None:
    network = Network(
        (hub(0, 43, 143), hub(1, 43, 144)),
        (trip("a", [(0, 9 * H, 9 * H), (1, 10 * H, 10 * H)]),),
        (),
    )
    search = ChainSearch(network, network.carriers)
    first = search.run(access_table([(0, 8 * H, 0, 0)]), Room(1, 1, 1), takes(network), 2)
    search.run(access_table([(1, 7 * H, 9, 9)]), Room(50, 1, 1), takes(network), 1)
    assert search.run(access_table([(0, 8 * H, 0, 0)]), Room(1, 1, 1), takes(network), 2) == first


def test_a_toll_turns_the_search_to_another_trip() -> None:
    # two buses from hub 0 to hub 1; the earlier one is dearer by a toll on its hop
    buses = tuple(
        trip(f"b{at}", [(0, t, t), (1, t + H, t + H)]) for at, t in enumerate((9 * H, 11 * H))
    )
    network = Network((hub(0, 43, 143), hub(1, 43, 144)), buses, ())
    toll = np.zeros(network.carriers.hub.size, np.int64)
    toll[network.carriers.first_call_of_bay[0]] = 70_000
    paths = ChainSearch(network, network.carriers).run(
        access_table([(0, 8 * H, 0, 0)]), Room(1, 1, 1), takes(network), 1, toll=toll
    )
    assert {(path.time // H, path.cost) for path in paths if path.hub == 1} == {
        (10, 150_000 + 70_000),
        (12, 150_000),
    }


def test_more_labels_than_first_reserved_are_found() -> None:
    buses = tuple(
        trip(f"b{at}", [(0, t, t), (1, t + H, t + H)], price_per_piece=1000.0 - at / 10)
        for at, t in enumerate(range(8 * H, 20 * H, 6))
    )
    network = Network((hub(0, 43, 143), hub(1, 43, 144)), buses, ())
    paths = ChainSearch(network, network.carriers).run(
        access_table([(0, 7 * H, 0, 0)]), Room(1, 1, 1), takes(network), 1
    )
    assert len(paths) > 4096


@pytest.mark.skipif(not hasattr(kernels.search, "signatures"), reason="NUMBA_DISABLE_JIT is set")
def test_the_entry_kernel_is_compiled_for_one_signature() -> None:
    assert len(kernels.search.signatures) <= 1
