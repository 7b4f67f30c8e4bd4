"""What was made once and may be asked for again."""

from collections.abc import Callable, Hashable
from typing import TypeVar

_KEPT = 30_000  # entries
_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


def kept(
    known: dict[_Key, _Value], key: _Key, make: Callable[[_Key], _Value], most: int = _KEPT
) -> _Value:
    """Return what is known of a key; make it where it is not.

    With `most` entries all is forgotten and begins anew.
    """
    value = known.get(key)
    if value is None:
        if len(known) >= most:
            known.clear()
        value = known[key] = make(key)
    return value
