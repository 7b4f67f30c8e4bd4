"""What is kept is made once, and there is never more of it than may be."""

import gc
from weakref import ref

from maas.kept import Kept


class Doubles:
    def __init__(self) -> None:
        self.made: list[int] = []
        self.of = Kept(self, Doubles._double, 3)

    def _double(self, key: int) -> int:
        self.made.append(key)
        return 2 * key


def test_what_is_known_is_not_made_again_until_there_is_too_much() -> None:
    doubles = Doubles()
    assert [doubles.of[key] for key in (0, 1, 0, 2, 1)] == [0, 2, 0, 4, 2]
    assert doubles.made == [0, 1, 2]
    assert doubles.of[3] == 6
    assert doubles.of == {3: 6}


def test_what_came_to_be_known_otherwise_is_not_made() -> None:
    doubles = Doubles()
    for key in range(4):
        doubles.of.keep(key, -key)
    assert doubles.of == {3: -3}
    assert (doubles.of[3], doubles.made) == (-3, [])


def test_an_owner_goes_at_once_when_nobody_wants_it_any_more() -> None:
    """Without waiting for a look for cycles, which servers do rarely."""
    gc.disable()
    try:
        doubles = Doubles()
        assert doubles.of[1] == 2
        owner = ref(doubles)
        del doubles
        assert owner() is None
    finally:
        gc.enable()
