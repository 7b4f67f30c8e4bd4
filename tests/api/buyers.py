"""A buyer in a process of its own; imports little, so that it starts fast."""

import multiprocessing
from datetime import date

from api.errors import SpaceTakenError
from api.store import Store
from maas.bookings import Claim
from maas.ledger import Amount, SegmentKey

N_TRIES = 60
N_SEATS = 50


def buy_seats(url: str, region: str, name: str, sold: "multiprocessing.Queue[int]") -> None:
    """Try to buy `N_TRIES` single seats over two hops of 24 November, and tell how many."""
    store = Store(url, region)
    store.open()
    keys = [SegmentKey("rail:5001|D", date(2026, 11, 24), 36_000, hop) for hop in (0, 1)]
    claims = [Claim(key, Amount(seats=1), Amount(seats=N_SEATS)) for key in keys]
    n_sold = 0
    for n in range(N_TRIES):
        try:
            store.hold(f"{name}-{n}", claims, {})
        except SpaceTakenError:
            continue
        n_sold += 1
    sold.put(n_sold)
