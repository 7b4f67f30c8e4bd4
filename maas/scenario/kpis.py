"""Figures of a day under each policy: passengers, freight, and all road vehicles together."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from cargo.rules import GOODS_ONLY
from gtfs.money import digits_of
from maas.scenario.calls import CallWork
from maas.scenario.measures import MEASURES, Measure, of_mode
from maas.scenario.passengers import Outcome

Document = Mapping[str, Any]
Figures = dict[str, float | None]


@dataclass(frozen=True)
class Kpis:
    """Figures by policy, and what they are called."""

    measures: tuple[Measure, ...]
    by_policy: Mapping[str, Figures]


def kpis(
    plan: Document,
    outcomes: Sequence[Outcome],
    calls: CallWork,
    policies: Sequence[str],
    currency: str,
) -> Kpis:
    """Compute all figures; `plan` is a load plan of `maas.freight`."""
    travel = passenger_figures(outcomes, calls)
    by_policy: dict[str, Figures] = {}
    for policy in policies:
        freight = freight_figures(plan, policy)
        whole = _whole(freight, calls, 10 ** digits_of(currency))
        by_policy[policy] = {**whole, **freight, **travel}
    known = {key for figures in by_policy.values() for key in figures}
    measures = [measure for measure in MEASURES if measure.key in known]
    for side, prefix in (("freight", "rides_"), ("passengers", "mainly_")):
        named = {measure.key for measure in measures}
        modes = sorted(key for key in known - named if key.startswith(prefix))
        measures += [of_mode(side, key.removeprefix(prefix)) for key in modes]
    order = {"whole": 0, "freight": 1, "passengers": 2}
    measures.sort(key=lambda measure: order[measure.group])
    for figures in by_policy.values():
        for measure in measures:
            figures.setdefault(measure.key, 0)
    return Kpis(tuple(measures), by_policy)


def sheets_of(plan: Document, policy: str) -> Sequence[Document]:
    """Route sheets of the vehicles that carry parcels under a policy."""
    owner = plan if policy == "mixed" else plan["separate"]
    sheets: Sequence[Document] = owner["vehicles"]
    return sheets


def freight_figures(plan: Document, policy: str) -> Figures:
    """Figures of the parcels under a policy, from the load plan's own and its route sheets."""
    stated = plan["kpis"][policy]
    km = Counter[str]()
    for sheet in sheets_of(plan, policy):
        km[sheet["kind"]] += sheet["distance_m"] / 1000
    figures: Figures = {
        "shipments": stated["shipments"],
        "delivered": stated["planned"],
        "refused": stated["rejected"],
        "freight_km": stated["vehicle_km"],
        "van_km": sum(km[kind] for kind in GOODS_ONLY),
        "taxi_freight_km": sum(km[kind] for kind in km.keys() - set(GOODS_ONLY)),
        "freight_hours": stated["driver_hours"],
        "freight_cost": float(stated["cost"]["amount"]),
        "line_cost": float(stated["line_cost"]["amount"]),
        "freight_co2_kg": stated["co2_g"] / 1000,
        "rounds": stated["rounds"],
        "trips_used": stated["trips_used"],
        "line_load": _percent(stated["line_load_factor"]),
        "vehicle_load": _percent(stated["vehicle_load_factor"]),
    }
    for mode, n in stated["shipments_by_mode"].items():
        figures[f"rides_{mode}"] = n
    return figures


def passenger_figures(outcomes: Sequence[Outcome], calls: CallWork) -> Figures:
    """Figures of the passengers; the same under every policy, because they are planned first."""
    served = [outcome for outcome in outcomes if outcome.itinerary is not None]
    chosen = [outcome.itinerary for outcome in served if outcome.itinerary is not None]
    figures: Figures = {
        "travellers": len(outcomes),
        "served": len(served),
        "unserved": len(outcomes) - len(served),
        "ride_min": _mean([outcome.duration / 60 for outcome in served]),
        "wait_min": _mean([outcome.wait_at_stops / 60 for outcome in served]),
        "before_min": _mean([outcome.wait_before / 60 for outcome in served]),
        "walk_m": _mean([float(legs["walk_m"]) for legs in chosen]),
        "transfers": _mean([float(legs["transfers"]) for legs in chosen]),
        "fare": _mean([float(legs["price"]["amount"]) for legs in chosen if legs["price"]]),
        "taxi_km": calls.loaded_km,
        "taxi_empty_km": calls.empty_km,
        "own_co2_kg": sum(legs["co2_g"] for legs in chosen) / 1000,
    }
    for mode, n in Counter(outcome.main_mode for outcome in served).items():
        figures[f"mainly_{mode}"] = n
    return figures


def _whole(freight: Figures, calls: CallWork, units: int) -> Figures:
    """Vans and calls of both sides; scheduled trips run anyway and are not counted."""

    def stated(key: str) -> float:
        return freight[key] or 0.0

    return {
        "vehicle_km": stated("freight_km") + calls.loaded_km + calls.empty_km,
        "driver_hours": stated("freight_hours") + calls.hours,
        "cost": stated("freight_cost") + calls.cost / units,
        "co2_kg": stated("freight_co2_kg") + calls.co2_g / 1000,
    }


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share
