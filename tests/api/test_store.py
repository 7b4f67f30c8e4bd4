"""The store: nothing is sold twice, nothing confirmed is lost."""

import multiprocessing
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.errors import (
    KeyReusedError,
    SpaceTakenError,
    StoreNotDurableError,
    StoreSchemaError,
    StoreUnavailableError,
    UnknownBookingError,
)
from api.store import Once, Store
from api.valkey import find_binary
from maas.bookings import Claim
from maas.ledger import Amount, Ledger, SegmentKey
from tests.api.buyers import buy_seats
from tests.api.conftest import MakeStore, start_redis

DAY = date(2026, 11, 24)


def segment(position: int = 0, trip_id: str = "rail:5001|D", day: date = DAY) -> SegmentKey:
    return SegmentKey(trip_id, day, 36_000, position)


def seats(n: int, of: int, *positions: int) -> list[Claim]:
    return [Claim(segment(p), Amount(seats=n), Amount(seats=of)) for p in positions or (0,)]


def test_a_held_amount_shows_in_the_ledger_and_is_given_back(store: Store) -> None:
    booking, is_new = store.hold("b1", seats(2, 10, 0, 1), {"legs": ["札幌"]})
    assert (booking.status, is_new) == ("confirmed", True)
    assert dict(store.ledger()) == {segment(0): Amount(seats=2), segment(1): Amount(seats=2)}
    assert store.booking("b1").document == {"legs": ["札幌"]}

    freed = store.free("b1")
    assert (freed.status, freed.freed is not None) == ("cancelled", True)
    assert dict(store.ledger()) == {}
    assert store.ledger().version == 2


def test_freeing_twice_gives_back_once(store: Store) -> None:
    store.hold("a", seats(2, 10), {})
    store.hold("b", seats(3, 10), {})
    first = store.free("a")
    assert store.free("a") == first
    assert store.ledger().on(segment()) == Amount(seats=3)


def test_a_booking_takes_all_its_segments_or_none(store: Store) -> None:
    store.hold("a", seats(9, 10, 1), {})
    with pytest.raises(SpaceTakenError) as caught:
        store.hold("b", seats(2, 10, 0, 1, 2), {})
    assert caught.value.shortages == [
        {
            "trip_id": "rail:5001|D",
            "service_date": "2026-11-24",
            "position": 1,
            "resource": "seats",
            "asked": 2,
            "left": 1,
        }
    ]
    assert dict(store.ledger()) == {segment(1): Amount(seats=9)}
    with pytest.raises(UnknownBookingError):
        store.booking("b")


def test_two_claims_on_one_segment_are_summed_before_the_check(store: Store) -> None:
    with pytest.raises(SpaceTakenError):
        store.hold("a", seats(2, 3) + seats(2, 3), {})
    assert dict(store.ledger()) == {}


def test_every_resource_has_its_own_limit(store: Store) -> None:
    room = Amount(seats=40, kg=350, litres=900, pieces=20)
    store.hold("a", [Claim(segment(), Amount(kg=300, litres=100, pieces=3), room)], {})
    store.hold("b", [Claim(segment(), Amount(seats=40), room)], {})
    with pytest.raises(SpaceTakenError, match=r"kg on rail:5001\|D .*: 51 asked, 50 left"):
        store.hold("c", [Claim(segment(), Amount(kg=51, litres=1, pieces=1), room)], {})
    assert store.ledger().on(segment()) == Amount(40, 300, 100, 3)


def goods(name: str, apart: frozenset[str] = frozenset(), pieces: int = 2) -> list[Claim]:
    room = Amount(seats=0, kg=350, litres=900, pieces=20)
    return [Claim(segment(), Amount(kg=9, pieces=pieces), room, name, apart)]


def test_goods_kept_apart_are_not_held_beside_each_other(
    store: Store, make_store: MakeStore
) -> None:
    food, paint = frozenset({"food"}), frozenset({"paint|50% off"})
    store.hold("a", goods("food", paint), {})
    store.hold("b", goods("food", paint, 3), {})
    store.hold("plain", goods(""), {})
    with pytest.raises(SpaceTakenError, match="goods:food"):
        store.hold("c", goods("paint|50% off", food), {})
    assert store.ledger().goods == {segment(): {"food": 5}}
    assert make_store().ledger() == store.ledger()  # read whole, and by what changed
    for name in ("a", "b"):
        store.free(name)
    store.hold("c", goods("paint|50% off", food), {})
    assert store.ledger().goods_on(segment()) == {"paint|50% off"}
    store.free("c")
    assert store.ledger().goods == {}


def test_a_class_of_goods_that_is_carried_alone_is_held_once(store: Store) -> None:
    alone = frozenset({"acid"})
    store.hold("a", goods("acid", alone), {})
    with pytest.raises(SpaceTakenError, match="goods:acid"):
        store.hold("b", goods("acid", alone), {})
    store.free("a")
    assert store.hold("b", goods("acid", alone), {})[1]


def test_bookings_over_midnight_hold_both_dates(store: Store) -> None:
    late = segment(4, day=DAY)
    early = segment(0, "bus:1", date(2026, 11, 25))
    claims = [Claim(key, Amount(seats=1), Amount(seats=1)) for key in (late, early)]
    store.hold("a", claims, {})
    assert set(store.ledger().used) == {late, early}
    store.free("a")
    assert not store.ledger().used


def test_a_call_that_is_sent_twice_books_once(store: Store) -> None:
    for _ in range(2):
        store.hold("same id", seats(1, 10), {})
    assert store.ledger().on(segment()) == Amount(seats=1)


def test_the_same_idempotency_key_and_body_return_the_first_booking(store: Store) -> None:
    once = Once("key", b"body")
    assert store.made_before(once) is None
    first, _ = store.hold("a", seats(1, 1), {"n": 1}, once)
    again, is_new = store.hold("b", seats(1, 1), {"n": 2}, once)
    assert (again, is_new) == (first, False)
    assert store.made_before(once) == first
    assert store.ledger().on(segment()) == Amount(seats=1)


def test_an_idempotency_key_with_another_body_is_refused(store: Store) -> None:
    store.hold("a", seats(1, 9), {}, Once("key", b"body"))
    with pytest.raises(KeyReusedError):
        store.hold("b", seats(1, 9), {}, Once("key", b"other"))
    with pytest.raises(KeyReusedError):
        store.made_before(Once("key", b"other"))


def test_a_refused_booking_leaves_its_idempotency_key_free(store: Store) -> None:
    store.hold("a", seats(1, 1), {})
    with pytest.raises(SpaceTakenError):
        store.hold("b", seats(1, 1), {}, Once("key", b"body"))
    store.free("a")
    assert store.hold("b", seats(1, 1), {}, Once("key", b"body"))[1]


def test_an_unknown_booking_can_neither_be_read_nor_freed(store: Store) -> None:
    for use in (store.booking, store.free):
        with pytest.raises(UnknownBookingError, match="no booking 'nope'"):
            use("nope")


def test_two_services_see_each_others_bookings(make_store: MakeStore) -> None:
    ours, theirs = make_store(), make_store()
    assert ours.secret() == theirs.secret()
    for step in range(5):
        ours.hold(f"ours {step}", seats(1, 99), {})
        assert theirs.ledger().on(segment()) == Amount(seats=2 * step + 1)
        theirs.hold(f"theirs {step}", seats(1, 99), {})
        assert ours.ledger().on(segment()) == Amount(seats=2 * step + 2)


def test_regions_on_one_store_do_not_mix(make_store: MakeStore) -> None:
    make_store(region="one").hold("a", seats(1, 1), {})
    assert not make_store(region="two").ledger().used


def test_an_unchanged_ledger_is_the_same_object(store: Store) -> None:
    store.hold("a", seats(1, 9), {})
    assert store.ledger() is store.ledger()


def test_a_snapshot_does_not_change(store: Store) -> None:
    before = store.ledger()
    store.hold("a", seats(1, 9), {})
    store.ledger()
    assert before == Ledger()


def test_a_reader_that_missed_trimmed_changes_reads_all(make_store: MakeStore) -> None:
    reader, writer = make_store(), make_store()
    for step in range(4):
        writer.hold(f"b{step}", seats(1, 99, step), {})
    reader.ledger()
    for step in range(4, 8):
        writer.hold(f"b{step}", seats(1, 99, step), {})
    writer._redis.xtrim(writer._key("changes"), maxlen=1, approximate=False)
    assert reader.ledger() == make_store().ledger()
    assert len(reader.ledger().used) == 8


def test_a_store_that_was_emptied_is_noticed(make_store: MakeStore) -> None:
    store = make_store()
    store.hold("a", seats(1, 9), {})
    store.ledger()
    keys = store._redis.keys(store._prefix.replace("{", "\\{") + "*")
    assert isinstance(keys, list)
    store._redis.delete(*keys)
    assert not store.ledger().used
    make_store().hold("b", seats(3, 9), {})
    assert store.ledger().on(segment()) == Amount(seats=3)


def test_bookings_are_erased_a_while_after_their_service_date(store: Store) -> None:
    day = 86_400
    for offset in (-3000, 10):
        on = datetime.now(UTC).date() + timedelta(days=offset)
        store.hold(f"b{offset}", [Claim(segment(day=on), Amount(1), Amount(9))], {})
        kept = max(offset, 0) + 30  # a date long past counts from today
        for key in (store._key("booking", f"b{offset}"), store._key("used", on.isoformat())):
            assert (kept - 1) * day < int(str(store._redis.ttl(key))) < (kept + 1) * day


def test_a_store_of_another_schema_is_refused(make_store: MakeStore) -> None:
    store = make_store()
    store._redis.set(store._key("schema"), "99")
    with pytest.raises(StoreSchemaError, match="schema 99, this version knows 1"):
        store.open()


def test_a_store_that_does_not_answer_is_one_clear_error(tmp_path: Path) -> None:
    store = Store(f"unix://{tmp_path}/nothing.sock", "r")
    for use in (store.open, store.ledger, store.check_durable, store.secret):
        with pytest.raises(StoreUnavailableError, match="does not answer"):
            use()
    assert store.last_ledger() == Ledger()


def test_a_redis_without_append_only_file_takes_no_bookings(tmp_path: Path) -> None:
    with start_redis(str(find_binary()), tmp_path) as url:
        store = Store(url, "r")
        store.open()
        with pytest.raises(StoreNotDurableError, match="append-only file"):
            store.hold("a", seats(1, 1), {})
        assert not store.ledger().used
        Store(url, "r", allow_loss=True).hold("a", seats(1, 1), {})
        assert store.ledger().on(segment()) == Amount(seats=1)


def test_a_redis_that_evicts_takes_no_bookings(tmp_path: Path) -> None:
    limits = ("--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru")
    with start_redis(str(find_binary()), tmp_path, "--appendonly", "yes", *limits) as url:
        store = Store(url, "r")
        with pytest.raises(StoreNotDurableError, match="allkeys-lru"):
            store.hold("a", seats(1, 1), {})


def test_the_last_seats_are_sold_once_to_many_threads(make_store: MakeStore) -> None:
    """40 threads, two services, 3 overlapping hops, 25 seats: each hop ends exactly full."""
    services = [make_store(), make_store()]

    def book(n: int) -> str:
        wanted = (0, 1) if n % 2 else (1, 2)
        try:
            services[n % 2].hold(f"b{n}", seats(1, 25, *wanted), {})
        except SpaceTakenError:
            return "refused"
        return "booked"

    with ThreadPoolExecutor(40) as threads:
        outcome = Counter(threads.map(book, range(120)))
    assert outcome == {"booked": 25, "refused": 95}
    used = {key.position: amount.seats for key, amount in services[0].ledger()}
    assert used[1] == 25
    assert used.get(0, 0) + used.get(2, 0) == 25  # it may be that one kind of booking got all
    assert services[0].ledger() == services[1].ledger()


def test_the_last_seats_are_sold_once_to_many_processes(make_store: MakeStore) -> None:
    store = make_store()
    url = f"unix://{store._redis.connection_pool.connection_kwargs['path']}"
    region = store._prefix.removeprefix("{maas:").removesuffix("}:")
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    buyers = [
        context.Process(target=buy_seats, args=(url, region, f"p{n}", queue)) for n in range(3)
    ]
    for buyer in buyers:
        buyer.start()
    sold = [queue.get(timeout=60) for _ in buyers]
    for buyer in buyers:
        buyer.join()
    assert sum(sold) == 50
    assert store.ledger().on(segment(1)) == Amount(seats=50)


_amounts = st.builds(Amount, *(st.integers(0, 4) for _ in Amount._fields))
_holds = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(["x:1", "x:日本|1"]), _amounts),
    min_size=1,
    max_size=4,
)
_steps = st.lists(st.one_of(_holds, st.integers(0, 9)), max_size=12)


@given(steps=_steps)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_the_store_agrees_with_a_plain_dictionary(
    make_store: MakeStore, steps: Sequence[list[tuple[int, str, Amount]] | int]
) -> None:
    """Random holds and cancellations; the mirror, a fresh reading and the oracle are equal."""
    store = make_store(region=f"oracle {id(steps)} {len(steps)} {hash(str(steps))}")
    store._redis.flushdb()
    store.open()
    room = Amount(5, 5, 5, 5)
    used: dict[SegmentKey, Amount] = {}
    booked: list[list[tuple[SegmentKey, Amount]] | None] = []
    for step in steps:
        if isinstance(step, int):
            if step < len(booked):
                store.free(f"b{step}")
                for key, amount in booked[step] or ():
                    used[key] = Amount(*(a - b for a, b in zip(used[key], amount, strict=True)))
                booked[step] = None
            continue
        holds = [(segment(position, trip), amount) for position, trip, amount in step]
        after = dict(used)
        for key, amount in holds:
            after[key] = after.get(key, Amount()).plus(amount)
        if all(amount.fits_into(room) for amount in after.values()):
            used = after
            store.hold(f"b{len(booked)}", [Claim(key, a, room) for key, a in holds], {})
            booked.append(holds)
        else:
            with pytest.raises(SpaceTakenError):
                store.hold("refused", [Claim(key, a, room) for key, a in holds], {})
        expected = {key: amount for key, amount in used.items() if any(amount)}
        assert dict(store.ledger()) == expected
    fresh = Store(f"unix://{store._redis.connection_pool.connection_kwargs['path']}", "x")
    fresh._prefix = store._prefix
    assert fresh.ledger() == store.ledger()
    fresh.close()
