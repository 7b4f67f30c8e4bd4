"""What is kept is made once, and there is never more of it than may be."""

from maas.kept import kept


def test_what_is_known_is_not_made_again_until_there_is_too_much() -> None:
    made: list[int] = []
    known: dict[int, int] = {}

    def double(key: int) -> int:
        made.append(key)
        return 2 * key

    assert [kept(known, key, double, 3) for key in (0, 1, 0, 2, 1)] == [0, 2, 0, 4, 2]
    assert made == [0, 1, 2]
    assert kept(known, 3, double, 3) == 6
    assert known == {3: 6}
