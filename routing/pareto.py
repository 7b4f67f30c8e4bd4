"""Pareto sets: what no other dominates."""

import numpy as np
import numpy.typing as npt

from routing.kernels import pareto as kernels
from routing.layout import BoolArray


def pareto_set(costs: npt.ArrayLike) -> BoolArray:
    """Return which rows no other row dominates.

    A row dominates another if it is nowhere greater and somewhere less. Of equal rows the first
    one stays.

    Parameters
    ----------
    costs
        Integers, shape (n, n_criteria), all to be small; negate what should be great.

    Returns
    -------
    stays
        Shape (n,).
    """
    rows = np.ascontiguousarray(costs, np.int64)
    if rows.ndim != 2:
        return np.ones(0, np.bool_)
    stays = np.ones(rows.shape[0], np.bool_)
    order = np.lexsort(rows.T[::-1]) if rows.shape[1] else np.arange(rows.shape[0])
    kernels.thin(rows, order, stays)
    return stays
