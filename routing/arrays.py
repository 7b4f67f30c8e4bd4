"""Arrays and string columns kept in a folder and opened by memory map."""

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any, TypeVar, overload

import numpy as np
import numpy.typing as npt
from numpy.lib import format as npy

from routing.layout import Int64Array, UInt8Array

_T = TypeVar("_T", bound=tuple[Any, ...])


def save_array(folder: Path, name: str, values: npt.NDArray[Any]) -> None:
    """Write one array as `name.npy`."""
    np.save(folder / f"{name}.npy", np.ascontiguousarray(values), allow_pickle=False)


def open_array(folder: Path, name: str) -> npt.NDArray[Any]:
    """Map `name.npy` read-only, as the plain array type that kernels are compiled for.

    It opens the file once; `np.load` does so twice and takes twice as long.

    Raises
    ------
    ValueError
        If the file holds no array, or not all of it.
    """
    path = folder / f"{name}.npy"
    with path.open("rb") as file:
        version = npy.read_magic(file)
        read_header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, _, dtype = read_header(file)
        start = file.tell()
        content = mmap(file.fileno(), 0, access=ACCESS_READ)
    if start + math.prod(shape) * dtype.itemsize > len(content):
        msg = f"{path}: the file is cut off"
        raise ValueError(msg)
    array: npt.NDArray[Any] = np.ndarray(shape, dtype, content, start)
    return array


def save_table(folder: Path, name: str, table: tuple[Any, ...]) -> None:
    """Write a NamedTuple of arrays as `name.field.npy` files."""
    for field, values in zip(table._fields, table, strict=True):  # type: ignore[attr-defined]
        save_array(folder, f"{name}.{field}", values)


def open_table(folder: Path, name: str, kind: type[_T]) -> _T:
    """Map a NamedTuple of arrays that `save_table` wrote."""
    fields = kind._fields  # type: ignore[attr-defined]
    return kind(*(open_array(folder, f"{name}.{field}") for field in fields))


class Strings(Sequence[str]):
    """An immutable column of texts in two arrays, decoded on access."""

    def __init__(self, data: UInt8Array, offset: Int64Array) -> None:
        self._data = data
        self._offset = offset

    @classmethod
    def of(cls, texts: Iterable[str | None]) -> "Strings":
        """Make a column; a missing text becomes the empty one."""
        encoded = [(text or "").encode() for text in texts]
        offset = np.zeros(len(encoded) + 1, np.int64)
        np.cumsum([len(text) for text in encoded], out=offset[1:])
        return cls(np.frombuffer(b"".join(encoded), np.uint8), offset)

    def plus(self, texts: Iterable[str]) -> "Strings":
        """Return a longer column with `texts` at its end."""
        encoded = [text.encode() for text in texts]
        ends = self._offset[-1] + np.cumsum([len(text) for text in encoded], dtype=np.int64)
        data = np.concatenate([self._data, np.frombuffer(b"".join(encoded), np.uint8)])
        return Strings(data, np.concatenate([self._offset, ends]))

    def __len__(self) -> int:
        return self._offset.size - 1

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if not 0 <= index < self._offset.size - 1:
            raise IndexError(index)
        start, end = self._offset.item(index), self._offset.item(index + 1)
        return self._data[start:end].tobytes().decode()

    def __iter__(self) -> Iterator[str]:
        """Texts in order, several times as quick as one by one."""
        data = self._data.tobytes()
        return (data[start:end].decode() for start, end in pairwise(self._offset.tolist()))

    def save(self, folder: Path, name: str) -> None:
        """Write the column as two arrays."""
        save_array(folder, f"{name}.text", self._data)
        save_array(folder, f"{name}.offset", self._offset)

    @classmethod
    def open(cls, folder: Path, name: str) -> "Strings":
        """Map a column that `save` wrote."""
        return cls(open_array(folder, f"{name}.text"), open_array(folder, f"{name}.offset"))
