"""Tables of fares v1 and v2, one NamedTuple each, as `gtfs.tables` has those of the rest."""

from typing import NamedTuple

from routing.arrays import Strings
from routing.layout import Int32Array, Int64Array, UInt8Array


class FareTables(NamedTuple):
    """Fares and the trips they are good for.

    A rule holds for a line, an agency or a feed (its slot: lines first, then agencies, then
    feeds), for one origin zone or any, and one destination zone or any. The three make a key:
    `(slot * (n_zones + 1) + origin + 1) * (n_zones + 1) + destination + 1`, any zone being `NONE`.
    """

    id: Strings  # (n_fares,) feed:fare_id
    currency: Strings  # (n_fares,) ISO 4217
    price: Int64Array  # (n_fares,) minor units
    ic_price: Int64Array  # (n_fares,) minor units with an IC card (GTFS-JP); that of cash if blank
    transfers: Int32Array  # (n_fares,) changes that are included; NONE = any number
    duration: Int32Array  # (n_fares,) s after boarding in which one may change; NONE = no limit
    zone_of_stop: Int32Array  # (n_stops,) zone
    agency_slot_of_line: Int32Array  # (n_lines,) slot
    feed_slot_of_line: Int32Array  # (n_lines,) slot
    n_zones: Int32Array  # (1,)
    key: Int64Array  # (n_keys,) ascending
    first_rule_of_key: Int32Array  # (n_keys + 1,) rule
    fare_of_rule: Int32Array  # (n_rules,) fare, cheapest first within a key
    set_of_rule: Int32Array  # (n_rules,) zone set that the ride must pass, or NONE
    first_zone_of_set: Int32Array  # (n_sets + 1,)
    zone_of_set: Int32Array  # zones of the sets, ascending within each


class FareV2Tables(NamedTuple):
    """GTFS Fares v2: products, rules for legs and for transfers; `NONE` in a rule = empty."""

    rider_id: Strings  # (n_riders,) feed:rider_category_id
    rider_name: Strings
    rider_name_en: Strings
    rider_is_default: UInt8Array
    rider_feed: Int32Array
    medium_id: Strings  # (n_media,) feed:fare_media_id
    medium_name: Strings
    medium_name_en: Strings
    medium_feed: Int32Array
    product_id: Strings  # (n_products,) feed:fare_product_id
    product_name: Strings
    product_name_en: Strings
    price_product: Int32Array  # (n_prices,) product
    price_rider: Int32Array  # (n_prices,) rider, or NONE = everybody
    price_medium: Int32Array  # (n_prices,) medium, or NONE = any
    price_amount: Int64Array  # (n_prices,) minor units; a discount is below zero
    price_currency: Strings
    timeframe_group: Int32Array  # (n_timeframes,) group
    timeframe_start: Int32Array  # (n_timeframes,) s of the local clock
    timeframe_end: Int32Array  # (n_timeframes,) s, exclusive
    timeframe_service: Int32Array  # (n_timeframes,) service on whose dates it holds
    rule_feed: Int32Array  # (n_rules,) feed
    rule_group: Int32Array  # (n_rules,) leg group
    rule_network: Int32Array
    rule_from_area: Int32Array
    rule_to_area: Int32Array
    rule_from_time: Int32Array  # (n_rules,) timeframe group
    rule_to_time: Int32Array
    rule_product: Int32Array
    rule_priority: Int32Array
    join_from_network: Int32Array  # (n_joins,)
    join_to_network: Int32Array
    join_from_stop: Int32Array
    join_to_stop: Int32Array
    transfer_feed: Int32Array  # (n_transfer_rules,)
    transfer_from_group: Int32Array
    transfer_to_group: Int32Array
    transfer_count: Int32Array  # transfers in a row; NONE = any number
    transfer_limit: Int32Array  # s, or NONE
    transfer_limit_kind: Int32Array  # GTFS duration_limit_type
    transfer_kind: Int32Array  # GTFS fare_transfer_type
    transfer_product: Int32Array  # product, or NONE = free
    has_priority_of_feed: UInt8Array  # (n_feeds,) whether an empty field matches everything
    network_of_line: Int32Array  # (n_lines,) network or NONE
    first_area_of_stop: Int32Array  # (n_stops + 1,)
    area_of_stop: Int32Array
