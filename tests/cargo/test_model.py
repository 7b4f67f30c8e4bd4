import json
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cargo.errors import DocumentError
from cargo.model import LoadPlan, read_plan, read_shipment, read_shipments
from cargo.moments import base_epoch_of, clock_of, seconds_of
from cargo.shipment import MAX_SHIPMENTS

TOKYO = ZoneInfo("Asia/Tokyo")
BASE = base_epoch_of(date(2026, 12, 1), TOKYO)
DOOR = {"lat": 43.0, "lon": 143.0}
ROW = {"id": "a", "pickup": DOOR, "delivery": {"lat": 43.1, "lon": 143.0}, "kg": 1}
SCHEMA = Path(__file__).parents[2] / "docs" / "load-plan.schema.json"


def test_clock_and_rfc_3339_times_mean_the_same() -> None:
    texts = ("09:30", "09:30:00", "2026-12-01T09:30:00+09:00", "2026-12-01T00:30:00Z",
             "2026-12-01T09:30")  # fmt: skip
    assert {seconds_of(text, BASE, TOKYO) for text in texts} == {9 * 3600 + 1800}
    assert clock_of(9 * 3600 + 1800, BASE, TOKYO) == "2026-12-01T09:30:00+09:00"


def test_times_may_pass_midnight() -> None:
    assert clock_of(seconds_of("25:10", BASE, TOKYO), BASE, TOKYO) == "2026-12-02T01:10:00+09:00"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kg": 0}, "s.json: shipments.0.kg: .*greater than 0"),
        ({"pieces": 0}, "greater than or equal to 1"),
        ({"litres": -2}, "greater than or equal to 0"),
        ({"priority": 12}, "less than or equal to 9"),
        ({"box_cm": [10, 20]}, r"box_cm\.2: .*required"),
        ({"box_cm": [10, 20, 0]}, r"box_cm\.2: .*greater than 0"),
        ({"max_price": -1}, "max_price: .*greater than or equal to 0"),
        ({"max_hours": 0}, "max_hours: .*greater than 0"),
        ({"pickup": {"lat": 143.0, "lon": 43.0}}, r"pickup\.lat.*less than or equal to 90"),
        ({"pickup": {**DOOR, "lng": 1}}, "did you mean 'lon'|known keys: lat, lon, name"),
        ({"weight": 3}, "unknown key; known keys: id, pickup"),
        ({"prio": 3}, "did you mean 'priority'"),
        ({"ready": "12:00", "due": "11:00"}, "due 11:00 is not after ready 12:00"),
        ({"ready": "2026-12-01T12:00+09:00", "due": "2026-12-01T02:00Z"}, "widen the window"),
        ({"ready": "12:99"}, "not a time"),
        ({"delivery": {**DOOR, "name": "x"}}, "the same place; name two places"),
    ],
)
def test_faults_name_file_field_value_and_remedy(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        read_shipments({"shipments": [{**ROW, **changes}]}, "s.json")


def test_a_missing_key_is_named() -> None:
    with pytest.raises(DocumentError, match="shipment: kg: this key is required"):
        read_shipment({key: value for key, value in ROW.items() if key != "kg"}, "shipment")


def test_many_faults_are_cut_short() -> None:
    rows = [{**ROW, "id": str(at), "kg": -1} for at in range(100)]
    with pytest.raises(DocumentError, match="80 more faults"):
        read_shipments({"shipments": rows}, "s.json")


def test_as_many_shipments_as_one_plan_may_have_are_read() -> None:
    rows = [{**ROW, "id": str(at)} for at in range(MAX_SHIPMENTS)]
    assert len(read_shipments({"shipments": rows}, "s.json").shipments) == MAX_SHIPMENTS


def test_what_is_no_plan_is_refused() -> None:
    with pytest.raises(DocumentError, match="kpis: this key is required"):
        read_plan({"region": "x"}, "plan.json")


def test_the_documented_schema_is_that_of_the_model() -> None:
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == LoadPlan.model_json_schema()
