from datetime import date
from pathlib import Path

import pytest

from maas.ledger import Amount, Ledger, LedgerFileError, SegmentKey

KEY = SegmentKey("bus:t1", date(2026, 11, 24), 30_000, 2)


def test_holds_add_up_and_leave_the_old_snapshot_alone() -> None:
    empty = Ledger()
    once = empty.adding({KEY: Amount(seats=2)})
    twice = once.adding({KEY: Amount(seats=1, kg=5, pieces=1)})
    assert empty.on(KEY) == Amount()
    assert twice.on(KEY) == Amount(seats=3, kg=5, pieces=1)
    assert (empty.version, once.version, twice.version) == (0, 1, 2)


def test_a_saved_snapshot_comes_back(tmp_path: Path) -> None:
    ledger = Ledger().adding({KEY: Amount(1, 2, 3, 4)})
    ledger.save(tmp_path / "ledger.json")
    assert Ledger.load(tmp_path / "ledger.json") == ledger
    assert [path.name for path in tmp_path.iterdir()] == ["ledger.json"]


@pytest.mark.parametrize("text", ["", "[]", '{"used": [{}], "version": 1}', '{"version": 1}'])
def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "ledger.json"
    path.write_text(text)
    with pytest.raises(LedgerFileError, match=r"ledger\.json"):
        Ledger.load(path)


def test_an_amount_fits_only_if_every_field_does() -> None:
    assert Amount(1, 2, 3, 4).fits_into(Amount(1, 2, 3, 4))
    assert not Amount(1, 2, 3, 5).fits_into(Amount(9, 9, 9, 4))
