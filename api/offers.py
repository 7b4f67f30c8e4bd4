"""Offers: what a plan would hold, signed, so that a client can book it and cannot change it.

An offer is a token that carries its own content: nothing is stored until it is booked. The
signature is HMAC-SHA256 under the secret of the store; it is checked before anything is unpacked.
"""

import base64
import binascii
import hashlib
import hmac
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from api.errors import OfferError, OfferExpiredError

_SIGNATURE_BYTES = 16
_LONGEST = 16_000  # characters of a token


class Offers:
    """Makes and reads offers.

    Parameters
    ----------
    secret
        Signs offers; services that share it accept each other's.
    lifetime
        How long an offer can be booked.
    """

    def __init__(self, secret: bytes, lifetime: timedelta) -> None:
        self._secret = secret
        self._lifetime = lifetime

    def make(self, content: Mapping[str, Any], now: datetime | None = None) -> dict[str, str]:
        """Sign `content`; the answer has the token as `id` and the time it `expires`."""
        expires = (now or datetime.now(UTC)) + self._lifetime
        packed = zlib.compress(orjson.dumps([int(expires.timestamp()), content]), 1)
        return {
            "id": f"{_text(packed)}.{_text(self._signature(packed))}",
            "expires": expires.isoformat(timespec="seconds"),
        }

    def read(self, token: str, now: datetime | None = None) -> dict[str, Any]:
        """Return the content of an offer.

        Raises
        ------
        OfferError
            If it was not signed with our secret, or was changed.
        OfferExpiredError
            If it is too old.
        """
        packed = self._verified(token)
        expires, content = orjson.loads(zlib.decompress(packed))
        moment = datetime.fromtimestamp(expires, UTC)
        if moment < (now or datetime.now(UTC)):
            msg = f"the offer could be booked until {moment.isoformat()}; ask for a new one"
            raise OfferExpiredError(msg)
        found: dict[str, Any] = content
        return found

    def _verified(self, token: str) -> bytes:
        msg = (
            "this is no offer that this service signed; send the `offer.id` of an answer unchanged"
        )
        body, _, signature = token.partition(".")
        try:
            packed, given = _bytes(body), _bytes(signature)
        except (ValueError, binascii.Error) as error:
            raise OfferError(msg) from error
        if len(token) > _LONGEST or not hmac.compare_digest(given, self._signature(packed)):
            raise OfferError(msg)
        return packed

    def _signature(self, packed: bytes) -> bytes:
        return hmac.new(self._secret, packed, hashlib.sha256).digest()[:_SIGNATURE_BYTES]


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
