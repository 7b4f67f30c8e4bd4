"""Amounts of money as whole minor units."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import NamedTuple

_WITHOUT_MINOR = frozenset(
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split()
)
_THREE_DIGITS = frozenset("BHD IQD JOD KWD LYD OMR TND".split())
_LARGEST = 10**15


class Price(NamedTuple):
    """An amount in minor units (yen, cents) and its currency."""

    amount: int
    currency: str  # ISO 4217


def digits_of(currency: str) -> int:
    """Number of decimal digits of a currency (ISO 4217)."""
    if currency in _WITHOUT_MINOR:
        return 0
    return 3 if currency in _THREE_DIGITS else 2


def signed_minor_units(text: str, currency: str) -> int | None:
    """Return a decimal text as minor units, a discount below zero; `None` if it is no amount."""
    try:
        amount = Decimal(text).scaleb(digits_of(currency))
    except InvalidOperation:
        return None
    if not amount.is_finite() or not abs(amount) < _LARGEST:
        return None
    return int(amount.to_integral_value(ROUND_HALF_UP))


def minor_units(text: str, currency: str) -> int | None:
    """Return a decimal text as minor units; `None` if it is no amount, or one below zero."""
    amount = signed_minor_units(text, currency)
    return None if amount is None or amount < 0 or text.strip().startswith("-") else amount
