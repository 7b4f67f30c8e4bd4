"""Fares of the trams by rider and medium, as GTFS Fares v2; invented."""

from collections.abc import Mapping
from typing import NamedTuple

from maas.synthetic.names import Name


class Rider(NamedTuple):
    """A group of passengers and what it pays of the full price."""

    id: str
    name: Name
    percent: int


class Medium(NamedTuple):
    """How a fare is paid, and what that takes off the full price."""

    id: str
    name: Name
    kind: int  # GTFS fare_media_type
    off: int  # yen


RIDERS = (  # the first one is the usual one
    Rider("adult", Name("大人", "おとな", "Adult"), 100),
    Rider("child", Name("小児", "しょうに", "Child"), 50),
    Rider("senior", Name("高齢者", "こうれいしゃ", "Senior"), 60),
    Rider("disabled", Name("障がい者", "しょうがいしゃ", "Disabled person"), 50),
)
MEDIA = (
    Medium("cash", Name("現金", "げんきん", "Cash"), 0, 0),
    Medium("ic", Name("ICカード", "あいしーかーど", "IC card"), 2, 10),
)
_TICKET = Name("電車券", "でんしゃけん", "Tram ticket")

Rows = list[tuple[object, ...]]


def rider_price(full: int, rider: Rider, medium: Medium) -> int:
    """Yen that a rider pays, rounded up to ten."""
    return -(-(full - medium.off) * rider.percent // 1000) * 10


def rider_tables(prices: Mapping[str, tuple[str, int]]) -> dict[str, tuple[str, Rows]]:
    """Header and rows of each file.

    Parameters
    ----------
    prices
        Network and full price of each line.
    """
    full = dict(prices.values())
    products: Rows = [
        (
            f"ride-{network}",
            _TICKET.ja,
            rider.id,
            medium.id,
            rider_price(price, rider, medium),
            "JPY",
        )
        for network, price in full.items()
        for rider in RIDERS
        for medium in MEDIA
    ]
    usual = RIDERS[0]
    return {
        "rider_categories.txt": (
            "rider_category_id,rider_category_name,is_default_fare_category",
            [(rider.id, rider.name.ja, int(rider is usual)) for rider in RIDERS],
        ),
        "fare_media.txt": (
            "fare_media_id,fare_media_name,fare_media_type",
            [(medium.id, medium.name.ja, medium.kind) for medium in MEDIA],
        ),
        "networks.txt": ("network_id,network_name", [(network, network) for network in full]),
        "route_networks.txt": (
            "network_id,route_id", [(network, line) for line, (network, _) in prices.items()],
        ),
        "fare_products.txt": (
            "fare_product_id,fare_product_name,rider_category_id,fare_media_id,amount,currency",
            products,
        ),
        "fare_leg_rules.txt": (
            "leg_group_id,network_id,fare_product_id",
            [(network, network, f"ride-{network}") for network in full],
        ),
    }  # fmt: skip


def rider_names() -> list[tuple[str, str, str, Name]]:
    """Table, column, record and name of what is translated."""
    return [
        *(("rider_categories", "rider_category_name", one.id, one.name) for one in RIDERS),
        *(("fare_media", "fare_media_name", one.id, one.name) for one in MEDIA),
        ("fare_products", "fare_product_name", "", _TICKET),
    ]
