"""The pool lends each thing to one borrower at a time."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from api.errors import BusyError
from api.pool import Pool


def test_no_two_borrowers_hold_the_same_thing() -> None:
    numbers = itertools.count()
    pool = Pool(lambda: next(numbers), 3)
    lent: set[int] = set()
    lock = threading.Lock()

    def borrow(_: int) -> int:
        with pool.lend() as thing:
            with lock:
                assert thing not in lent
                lent.add(thing)
            with lock:
                lent.remove(thing)
        return thing

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(borrow, range(500))) <= {0, 1, 2}


def test_a_borrower_who_waits_too_long_is_told_to_come_back() -> None:
    pool = Pool(object, 1, patience=0.01)
    with pool.lend(), pytest.raises(BusyError, match="try again"), pool.lend():
        pass


def test_what_a_failing_borrower_held_comes_back() -> None:
    pool = Pool(object, 1, patience=0.01)
    with pytest.raises(ZeroDivisionError), pool.lend():
        raise ZeroDivisionError
    with pool.lend():
        pass
