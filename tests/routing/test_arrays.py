"""Arrays kept in a folder: they come back as they were, mapped, for the same kernels."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba import typeof

from routing.arrays import open_array, save_array
from routing.layout import frozen

SHAPES = st.lists(st.integers(0, 4), min_size=1, max_size=3)
DTYPES = st.sampled_from((np.int32, np.int64, np.uint8, np.uint16, np.float64, np.bool_))


@given(SHAPES, DTYPES, st.integers(0, 9))
def test_an_array_comes_back(shape: list[int], dtype: type[np.generic], seed: int) -> None:
    values = np.random.default_rng(seed).integers(0, 100, shape).astype(dtype)
    with tempfile.TemporaryDirectory() as folder:
        save_array(Path(folder), "some", values)
        mapped = open_array(Path(folder), "some")
        np.testing.assert_array_equal(mapped, values, strict=True)
        assert not mapped.flags.writeable
        assert not mapped.flags.owndata
        assert str(typeof(mapped)) == str(typeof(frozen(values, dtype)))  # type: ignore[no-untyped-call]
        np.testing.assert_array_equal(mapped, np.load(Path(folder) / "some.npy"))


@pytest.mark.parametrize("length", [0, 5, 40, 200])
def test_a_file_that_is_cut_off_is_refused(length: int, tmp_path: Path) -> None:
    save_array(tmp_path, "some", np.arange(100))
    path = tmp_path / "some.npy"
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(ValueError, match=r"cut off|EOF|header"):
        open_array(tmp_path, "some")
