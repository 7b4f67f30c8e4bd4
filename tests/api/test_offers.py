"""Offers: what is signed comes back; what is changed or old does not."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.errors import OfferError, OfferExpiredError
from api.offers import Offers

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
OFFERS = Offers(b"secret", timedelta(minutes=30))
CONTENT = {"kind": "journey", "party": 2, "legs": [{"trip_id": "rail:1", "from": "札幌"}]}


@given(
    content=st.dictionaries(
        st.text(max_size=9), st.one_of(st.integers(-99, 99), st.text(), st.lists(st.floats(0, 1)))
    )
)
def test_content_comes_back_as_it_was(content: dict[str, object]) -> None:
    assert OFFERS.read(OFFERS.make(content, NOW)["id"], NOW) == content


def test_an_offer_says_until_when_it_holds() -> None:
    offer = OFFERS.make(CONTENT, NOW)
    assert offer["expires"] == "2026-11-24T09:30:00+00:00"
    OFFERS.read(offer["id"], NOW + timedelta(minutes=30))
    with pytest.raises(OfferExpiredError, match="2026-11-24T09:30:00"):
        OFFERS.read(offer["id"], NOW + timedelta(minutes=31))


@given(st.integers(0, 10_000), st.sampled_from("AZaz09_-.=é "))
def test_an_offer_with_one_character_changed_is_refused(place: int, letter: str) -> None:
    token = OFFERS.make(CONTENT, NOW)["id"]
    place %= len(token)
    changed = token[:place] + letter + token[place + 1 :]
    try:
        content = OFFERS.read(changed, NOW)
    except OfferError:
        return
    assert content == CONTENT  # the same bytes: an unused bit of base64's last letter


@given(st.text(max_size=60))
def test_a_text_that_is_no_offer_is_refused(token: str) -> None:
    with pytest.raises(OfferError):
        OFFERS.read(token, NOW)


def test_an_offer_signed_with_another_secret_is_refused() -> None:
    theirs = Offers(b"other", timedelta(minutes=30)).make(CONTENT, NOW)
    with pytest.raises(OfferError, match="no offer that this service signed"):
        OFFERS.read(theirs["id"], NOW)


def test_a_very_long_token_is_refused() -> None:
    with pytest.raises(OfferError):
        OFFERS.read("A" * 100_000, NOW)
