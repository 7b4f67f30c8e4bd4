"""What a traveller reads below an itinerary: prices by rider and medium, crowding, alerts."""

from collections.abc import Iterator, Mapping
from typing import Any

from gtfs.language_tags import is_japanese, primary, tag_of

# GTFS-Realtime OccupancyStatus → Japanese, English; what says nothing is left out.
_CROWDING = {
    "empty": ("空いています", "nearly empty"),
    "many_seats_available": ("空席多数", "many seats"),
    "few_seats_available": ("空席わずか", "few seats"),
    "standing_room_only": ("立席のみ", "standing room only"),
    "crushed_standing_room_only": ("大変混雑", "very crowded"),
    "full": ("満員", "full"),
    "not_accepting_passengers": ("乗車できません", "takes no passengers"),
    "not_boardable": ("乗車できない車両", "not for boarding"),
}


def remarks(itinerary: Mapping[str, Any], lang: str) -> Iterator[str]:
    """Lines below an itinerary, in a language where feeds tell it."""
    for leg in itinerary["legs"]:
        what = leg.get("line") or leg["mode"]
        if crowding := _crowding(leg.get("occupancy"), lang):
            yield f"{what}: {crowding}"
        if texts := _CROWDING.get(leg.get("occupancy_expected", "")):
            in_japanese = is_japanese(lang)
            yield f"{what}: {'予測' if in_japanese else 'expected'}: {texts[not in_japanese]}"
        for alert in leg.get("alerts", ()):
            if text := _in(alert["header"], lang) or _in(alert["description"], lang):
                yield f"{what}: ⚠ {text}"
    if len(itinerary["prices"]) > 1:
        for price in itinerary["prices"]:
            yield _price(price)


def _crowding(occupancy: Mapping[str, Any] | None, lang: str) -> str:
    if occupancy is None:
        return ""
    texts = _CROWDING.get(occupancy["status"] or "")
    facts = [] if texts is None else [texts[not is_japanese(lang)]]
    if occupancy["percent"] is not None:
        facts.append(f"{occupancy['percent']} %")
    return ", ".join(facts)


def _in(texts: Mapping[str, str], lang: str) -> str:
    """Return the text in a language, else the English one (but for Japanese), else any."""
    tags = {primary(tag_of(tag)): text for tag, text in reversed(list(texts.items()))}
    usual = "" if is_japanese(lang) else "en"
    found = (tags.get(tag) for tag in (primary(tag_of(lang)), usual, ""))
    return next(filter(None, found), next(iter(texts.values()), ""))


def _price(price: Mapping[str, Any]) -> str:
    """Who pays how much how, and for what."""
    who = (price["rider_name"] or price["rider"], price["medium_name"] or price["medium"])
    whom = " / ".join(one for one in who if one)
    bought = [one["name"] or one["product_id"] for one in price["products"]]
    products = " + ".join(one for one in bought if one)
    total = f"{price['amount']} {price['currency']}"
    return f"{whom}: {total}" + (f" ({products})" if products else "")
