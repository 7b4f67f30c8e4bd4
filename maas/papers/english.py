"""English names of the places of a plan."""

from typing import TYPE_CHECKING

from cargo.model import LoadPlan

if TYPE_CHECKING:
    from maas.region import Region


def english_names(plan: LoadPlan, region: "Region") -> dict[str, str]:
    """English by the names in the plan: of hubs, and of stops, by the feed or as their hub."""
    hubs = {hub.id: hub for hub in region.file.hubs}
    found = {hub.name: hub.name_en for hub in hubs.values() if hub.name and hub.name_en}
    names = region.timetable.stops.name_en
    for trip in plan.trips:
        for stop in trip.stops:
            if stop.at.stop_id is None or stop.at.name in found:
                continue
            hub = hubs.get(stop.at.hub or "")
            name = names[region.stop_index(stop.at.stop_id)] or (hub.name_en if hub else "")
            if name and name != stop.at.name:
                found[stop.at.name] = name
    return found
