"""Goods on scheduled trips that a shipment must be kept apart from: where they ride, and whose."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cargo.layout import Carriers
from cargo.network import Network
from routing.layout import frozen


class Rider(NamedTuple):
    """Goods on board."""

    goods: str  # class
    shipment: str | None  # None: booked before


Company = Mapping[int, frozenset[Rider]]  # call → who must not be met on the hop after it


def kept_from(kind: str, apart: Iterable[frozenset[str]]) -> frozenset[str]:
    """Classes of goods that pairs keep apart from one; itself where it is a pair alone."""
    return frozenset(other for pair in apart if kind in pair for other in pair - {kind} or pair)


def booked_company(network: Network, goods: str) -> Company:
    """Booked goods that a class must not meet."""
    kept = kept_from(goods, network.apart)
    if not kept:
        return {}
    return {
        call: frozenset(Rider(name, None) for name in met)
        for call, names in network.booked
        if (met := kept & names)
    }


def without_hops(carriers: Carriers, company: Company) -> Carriers:
    """Carriers that nothing rides on where it would have to meet some company."""
    if not company:
        return carriers
    kg = carriers.kg.copy()
    kg[list(company)] = 0
    return carriers._replace(kg=frozen(kg))
