"""One function over many tasks: in this process, in several on this machine, or on a dask cluster.

Tasks should name files, not carry arrays: all processes map the same ones. This is the only
importer of dask, which is imported when a cluster is asked for.
"""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

from routing.errors import RoutingError

_Task = TypeVar("_Task")
_Part = TypeVar("_Part")


class NoClusterError(RoutingError, RuntimeError):
    """A cluster was asked for and cannot be used."""


def in_batches(
    work: Callable[[_Task], _Part],
    tasks: Sequence[_Task],
    *,
    n_processes: int = 1,
    cluster: str | None = None,
) -> list[_Part]:
    """Return what `work` makes of each task, in their order.

    Parameters
    ----------
    work
        A function of a module, so that other processes find it.
    n_processes
        On this machine. They are spawned, never forked: a kernel may have run here before.
    cluster
        Address of a dask scheduler, such as `tcp://10.0.0.5:8786`.

    Raises
    ------
    NoClusterError
        If dask is not installed or no scheduler answers.
    """
    if cluster is not None:
        return _on_cluster(work, tasks, cluster)
    if n_processes <= 1 or len(tasks) <= 1:
        return [work(task) for task in tasks]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(n_processes, len(tasks)), mp_context=context) as pool:
        return list(pool.map(work, tasks))


def _on_cluster(
    work: Callable[[_Task], _Part], tasks: Sequence[_Task], address: str
) -> list[_Part]:
    try:
        import distributed
    except ImportError as error:
        msg = "a cluster needs dask; install it: pip install 'maas-freight-router[cluster]'"
        raise NoClusterError(msg) from error
    connect: Any = distributed.Client
    try:
        client = connect(address, timeout="20s")
    except (OSError, ValueError) as error:
        msg = f"no dask scheduler answers at {address}: {error}"
        raise NoClusterError(msg) from error
    with client:
        parts: list[_Part] = client.gather(client.map(work, tasks))
    return parts
