"""Amounts of money in documents, with the decimals that their currency has."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from cargo.shipment import Strict

_WITHOUT_DECIMALS = frozenset("CLP ISK JPY KRW PYG UGX VND XAF XOF XPF".split())
_WITH_THREE_DECIMALS = frozenset("BHD IQD JOD KWD LYD OMR TND".split())


def decimals_of(currency: str) -> int:
    """Number of decimals that amounts of a currency have (ISO 4217)."""
    if currency in _WITHOUT_DECIMALS:
        return 0
    return 3 if currency in _WITH_THREE_DECIMALS else 2


class Money(Strict):
    """An amount in the region's currency."""

    amount: Annotated[str, Field(pattern=r"^-?\d+(\.\d+)?$")]
    currency: str

    @property
    def smallest(self) -> float:
        """Amount in the currency's smallest unit: yen, cents."""
        return float(Decimal(self.amount).scaleb(decimals_of(self.currency)))
