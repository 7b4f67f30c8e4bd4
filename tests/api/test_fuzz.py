"""Whatever is sent, the service answers; it never fails."""

from typing import Any

from fastapi.testclient import TestClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.api.test_app import JOURNEY, PARCEL

_times = st.sampled_from(
    ["2026-11-24T07:30", "2026-02-30", "24:00", "07:00", "2026-12-31T23:59:59.999+14:00", "now"]
) | st.datetimes().map(lambda moment: moment.isoformat())
_numbers = st.sampled_from([0, -1, 0.5, 1e-9, 43.0, 141.0, 180, 1e9, 1e300, 2**63, -(2**70)])
_texts = st.sampled_from(
    ["", "北駅", "南口", "f:A", "f:Z", "43.0,141.0", "91,0", "nan,nan", "\x00"]
)
_leaves = st.none() | st.booleans() | _numbers | _texts | st.text(max_size=20) | _times
_values = st.recursive(
    _leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["lat", "lon", "stop_id", "name", "x"]), inner, max_size=3
        )
    ),
    max_leaves=5,
)


def _changed(body: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Bodies with some keys changed, added or left out."""
    keys = st.sampled_from([*body, "extra"])
    changes = st.dictionaries(keys, _values, max_size=3)
    return st.builds(
        lambda given, left_out: {
            key: value for key, value in {**body, **given}.items() if key not in left_out
        },
        changes,
        st.sets(st.sampled_from(list(body)), max_size=1),
    )


_FULL_JOURNEY = {
    **JOURNEY,
    "arrive_by": False,
    "modes": ["bus", "walk"],
    "window": 3600,
    "max_transfers": 2,
    "max_walk_m": 500,
    "max_itineraries": 3,
    "party": 1,
    "lang": "en",
}
_FULL_PARCEL = {**PARCEL, "id": "p", "litres": 3, "pieces": 1, "temperature": "ambient",
                "priority": 1, "max_trips": 2, "date": "2026-11-24"}  # fmt: skip
_fuzzy = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
_KNOWN = {200, 400, 422}


@_fuzzy
@given(body=_changed(_FULL_JOURNEY))
@example(body={**JOURNEY, "at": "0001-01-01T00:00:00+14:00"})
@example(body={**JOURNEY, "at": "9999-12-31T23:59:59-14:00"})
def test_no_journey_query_makes_it_fail(client: TestClient, body: dict[str, Any]) -> None:
    answer = client.post("/v1/journeys", json=body)
    assert answer.status_code in _KNOWN, answer.text


@_fuzzy
@given(body=_changed(_FULL_PARCEL))
@example(body={**PARCEL, "ready": "0001-01-01T00:00:00+14:00"})
@example(body={**PARCEL, "due": "9999-12-31T23:59:59-14:00", "date": "2026-11-24"})
@example(body={**PARCEL, "date": "9999-12-31"})
@example(body={**PARCEL, "ready": "99:00"})
def test_no_shipment_makes_it_fail(client: TestClient, body: dict[str, Any]) -> None:
    answer = client.post("/v1/shipments/quote", json=body)
    assert answer.status_code in _KNOWN, answer.text


@_fuzzy
@given(body=_changed({"offer": "x", "reference": "y"}), key=st.text("aZ0-é ", max_size=9))
def test_no_booking_makes_it_fail(client: TestClient, body: dict[str, Any], key: str) -> None:
    headers = {b"Idempotency-Key": key.encode()}
    assert client.post("/v1/bookings", json=body, headers=headers).status_code in _KNOWN


@_fuzzy
@given(text=st.text(max_size=30), limit=_values)
def test_no_place_makes_it_fail(client: TestClient, text: str, limit: Any) -> None:
    answer = client.get("/v1/places", params={"q": text, "limit": str(limit)})
    assert answer.status_code in _KNOWN
