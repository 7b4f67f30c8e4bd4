"""CO2 of passengers by mode.

Bus, rail, private car and air are those that Japan's Ministry of Land, Infrastructure, Transport
and Tourism publishes for the fiscal year 2022 (grams per passenger-km: private car 128, air 101,
bus 71, rail 20). It has no figure for ferries: that of a foot passenger in the United Kingdom's
Government Conversion Factors 2023 is taken. Rail stands for tram, subway, cable and funicular, bus
for coach. A taxi's grams per vehicle-km stand in the region file; a ride on demand is counted as a
taxi of that default. A region file may override each mode with its own source.
"""

from collections.abc import Mapping

G_PER_PASSENGER_KM: Mapping[str, float] = {
    "walk": 0,
    "bike": 0,
    "shared_bike": 0,
    "car": 128,
    "drt": 150,
    "bus": 71,
    "coach": 71,
    "tram": 20,
    "subway": 20,
    "rail": 20,
    "cable": 20,
    "funicular": 20,
    "ferry": 19,
    "air": 101,
}
SOURCE = "MLIT Japan FY2022; ferry: UK Government Conversion Factors 2023; taxi: region file"


def of_passengers(mode: str, distance_m: int, party: int, own: Mapping[str, float]) -> int:
    """Grams of CO2 of `party` people on a leg; `own` are the region's figures."""
    return round(own.get(mode, G_PER_PASSENGER_KM.get(mode, 0)) * distance_m / 1000 * party)


def of_vehicle(g_per_km: float, distance_m: int) -> int:
    """Grams of CO2 of a vehicle that drives for these passengers only."""
    return round(g_per_km * distance_m / 1000)
