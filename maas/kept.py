"""What was made once and may be asked for again."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar
from weakref import ref

_KEPT = 30_000  # entries
_Owner = TypeVar("_Owner")
_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class Kept(dict[_Key, _Value]):
    """Values by key, each made when it is asked for first: `kept[key]`.

    With `most` entries all is forgotten and begins anew. The owner, of which `make` is a method, is
    not held: it mostly holds this.
    """

    __slots__ = ("_make", "_most", "_owner")

    def __init__(
        self, owner: _Owner, make: Callable[[_Owner, _Key], _Value], most: int = _KEPT
    ) -> None:
        super().__init__()
        self._owner: Callable[[], Any] = ref(owner)
        self._make: Callable[[Any, _Key], _Value] = make
        self._most = most

    def __missing__(self, key: _Key) -> _Value:
        value = self._make(self._owner(), key)  # who asks holds the owner
        self.keep(key, value)
        return value

    def keep(self, key: _Key, value: _Value) -> None:
        """Have a value at hand that came to be known otherwise."""
        if len(self) >= self._most:
            self.clear()
        self[key] = value
