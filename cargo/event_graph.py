"""Timetable of bays → event graph: waiting, boarding, riding and unloading as arcs."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cargo.event_layout import EventGraph
from cargo.layout import Carriers
from routing.layout import NONE, Int32Array, Int64Array, first_of, frozen

ARRIVED, WAITS, LEAVES = 0, 1, 2  # order of events at one moment


class _Arcs(NamedTuple):
    """Columns of arcs of one kind."""

    tail: Int64Array
    head: Int64Array
    hop: Int64Array
    price: Int64Array
    kind: Int64Array


def event_graph(carriers: Carriers, handling: Int32Array) -> EventGraph:
    """Expand the calls of a day.

    Goods that wait at a hub can board every bay whose loading, and the hub's handling before it,
    begins later. Whether a call loads or unloads at all is in the carriers' blocks.

    Parameters
    ----------
    carriers
        Bays and their calls.
    handling
        Handling time of each hub, shape (n_hubs,) s.
    """
    n_calls, n_hubs = carriers.hub.size, handling.size
    arrived, leaves = _moments(carriers)
    ready_by = carriers.load_by - handling[carriers.hub] if n_calls else carriers.load_by
    last = carriers.first_call_of_bay[1:] - 1
    is_last = np.isin(np.arange(n_calls), last)
    loads = np.flatnonzero((carriers.load_block == 0) & ~is_last)
    waits = np.unique(np.stack([carriers.hub[loads], ready_by[loads]], axis=1), axis=0)
    waits = waits.reshape(-1, 2).astype(np.int64)
    time = np.concatenate([arrived, leaves, waits[:, 1]])
    kind = np.repeat([ARRIVED, LEAVES, WAITS], [n_calls, n_calls, len(waits)])
    number = np.empty(time.size, np.int64)
    order = np.lexsort((np.arange(time.size), kind, time))
    number[order] = np.arange(time.size)
    node_in, node_out, node_wait = np.split(number, [n_calls, 2 * n_calls])
    arcs = _joined(
        [
            _rides(node_in, node_out, is_last),
            _boards(carriers, loads, ready_by, waits, node_wait, node_out),
            _waiting(waits, node_wait),
            _unloads(carriers, arrived, waits, node_in, node_wait),
        ]
    )
    can_end = (carriers.unload_block == 0) & ~np.isin(
        np.arange(n_calls), carriers.first_call_of_bay[:-1]
    )
    at_node = np.full((3, time.size), NONE, np.int64)
    at_node[0, node_in] = at_node[0, node_out] = np.arange(n_calls)
    at_node[1, node_in] = np.where(can_end, carriers.hub, NONE)
    at_node[2, node_in] = np.maximum(carriers.unloaded, arrived)
    return EventGraph(
        first_arc_of_node=first_of(arcs.tail, time.size),
        first_arc_into_node=first_of(np.sort(arcs.head), time.size),
        arc_into=frozen(np.argsort(arcs.head, kind="stable")),
        tail=frozen(arcs.tail),
        head=frozen(arcs.head),
        hop=frozen(arcs.hop),
        price=frozen(arcs.price, np.float64),
        kind=frozen(arcs.kind),
        time=frozen(time[order]),
        call=frozen(at_node[0]),
        unload_hub=frozen(at_node[1]),
        unloaded=frozen(at_node[2]),
        first_wait_of_hub=first_of(waits[:, 0], n_hubs),
        wait_time=frozen(waits[:, 1]),
        wait_node=frozen(node_wait),
    )


def _moments(carriers: Carriers) -> tuple[Int64Array, Int64Array]:
    """When goods have arrived at each call and when they leave; every hop takes a second."""
    arrived = np.zeros(carriers.hub.size, np.int64)
    leaves = carriers.departure.astype(np.int64)
    first = set(carriers.first_call_of_bay[:-1].tolist())
    came = carriers.arrival.tolist()
    for call in range(arrived.size):
        arrived[call] = came[call] if call in first else max(came[call], leaves[call - 1] + 1)
        leaves[call] = max(leaves[call], arrived[call])
    return arrived, leaves


def _plain(tail: npt.NDArray[np.int64], head: npt.NDArray[np.int64]) -> _Arcs:
    """Arcs without ride, price and bay."""
    none = np.full(tail.size, NONE, np.int64)
    return _Arcs(tail, head, none, np.zeros_like(none), none)


def _rides(node_in: Int64Array, node_out: Int64Array, is_last: npt.NDArray[np.bool_]) -> _Arcs:
    """From call to call, and staying aboard at each."""
    hops = np.flatnonzero(~is_last)
    ride = _plain(node_out[hops], node_in[hops + 1])._replace(hop=hops)
    stay = _plain(node_in[hops], node_out[hops])
    return _joined([ride, stay])


def _boards(
    carriers: Carriers,
    loads: Int64Array,
    ready_by: Int32Array,
    waits: Int64Array,
    node_wait: Int64Array,
    node_out: Int64Array,
) -> _Arcs:
    """From waiting at the last moment for a call onto its bay."""
    keys = _key(waits[:, 0], waits[:, 1])
    wait = np.searchsorted(keys, _key(carriers.hub[loads], ready_by[loads]))
    bay = carriers.bay_of_call[loads]
    return _plain(node_wait[wait], node_out[loads])._replace(
        price=carriers.price_per_piece[bay], kind=carriers.kind[bay].astype(np.int64)
    )


def _waiting(waits: Int64Array, node_wait: Int64Array) -> _Arcs:
    """On to the next moment at the same hub."""
    goes_on = np.flatnonzero(waits[1:, 0] == waits[:-1, 0])
    return _plain(node_wait[goes_on], node_wait[goes_on + 1])


def _unloads(
    carriers: Carriers,
    arrived: Int64Array,
    waits: Int64Array,
    node_in: Int64Array,
    node_wait: Int64Array,
) -> _Arcs:
    """From a call into the hands of its hub, to ride on later."""
    calls = np.flatnonzero(carriers.unload_block == 0)
    calls = calls[~np.isin(calls, carriers.first_call_of_bay[:-1])]
    hub, ready = carriers.hub[calls], np.maximum(carriers.unloaded, arrived)[calls]
    wait = np.searchsorted(_key(waits[:, 0], waits[:, 1]), _key(hub, ready))
    is_there = wait < len(waits)
    is_there[is_there] = waits[wait[is_there], 0] == hub[is_there]
    return _plain(node_in[calls[is_there]], node_wait[wait[is_there]])


def _key(hub: npt.NDArray[np.integer], time: npt.NDArray[np.integer]) -> Int64Array:
    """One number to sort by hub and time."""
    return hub.astype(np.int64) * 2**32 + time.astype(np.int64) + 2**31


def _joined(parts: list[_Arcs]) -> _Arcs:
    """All arcs, by their tails."""
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.argsort(columns[0], kind="stable")
    return _Arcs(*(column[order] for column in columns))
