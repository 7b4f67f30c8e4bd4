"""Tables and cards of the report: figures as people read them, trips with parcels, refusals."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from maas.scenario.measures import GROUPS, MODES, Measure
from maas.scenario.rules import POLICIES, Text
from maas.scenario.simulation import Simulation

Document = Mapping[str, Any]
Sense = Literal["good", "bad", ""]

SHOWN_EXAMPLES = 12
CARDS = ("vehicle_km", "driver_hours", "cost", "co2_kg", "delivered")


def shown(value: float | None, digits: int) -> str:
    """A figure with thousands set apart; a dash where there is none."""
    return "–" if value is None else f"{value:,.{digits}f}"


def change(before: float | None, after: float | None, measure: Measure) -> tuple[str, Sense]:
    """Difference in percent or in units, and whether it is for the better."""
    if before is None or after is None:
        return "", ""
    difference = after - before
    if round(difference, measure.digits) == 0:
        return "±0", ""
    is_share = measure.unit == "%" or not before
    text = (
        f"{difference:+,.{measure.digits}f}" if is_share else f"{100 * difference / before:+.1f} %"
    )
    if not measure.better:
        return text, ""
    return text, "good" if (difference < 0) == (measure.better == "less") else "bad"


def unit_of(measure: Measure, currency: str) -> str:
    """Unit of a measure, with money in the region's currency."""
    return currency if measure.unit == "money" else measure.unit


def cards(simulation: Simulation) -> Iterator[dict[str, str]]:
    """Headline figures: the last policy, beside the first."""
    policies = simulation.scenario.policies
    measures = {measure.key: measure for measure in simulation.kpis.measures}
    figures = simulation.kpis.by_policy
    for key in CARDS:
        measure, now = measures[key], figures[policies[-1]][key]
        card = {
            "en": measure.en,
            "ja": measure.ja,
            "value": shown(now, 0),
            "unit": unit_of(measure, simulation.region.file.currency),
            "note": POLICIES[policies[-1]].en,
            "change": "",
            "sense": "",
        }
        if len(policies) > 1:
            before = figures[policies[0]][key]
            card["change"], card["sense"] = change(before, now, measure)
            card["note"] = f"{POLICIES[policies[0]].en.lower()} {shown(before, 0)}"
        yield card


def groups(simulation: Simulation) -> Iterator[dict[str, Any]]:
    """All figures, group by group."""
    currency, policies = simulation.region.file.currency, simulation.scenario.policies
    for group, (en, ja) in GROUPS.items():
        rows = []
        for measure in simulation.kpis.measures:
            if measure.group != group:
                continue
            values = [simulation.kpis.by_policy[policy][measure.key] for policy in policies]
            text, sense = change(values[0], values[-1], measure)
            unit = unit_of(measure, currency)
            rows.append(
                {
                    "en": f"{measure.en} ({unit})" if unit else measure.en,
                    "ja": measure.ja,
                    "values_": [shown(value, measure.digits) for value in values],
                    "change": text,
                    "sense": sense,
                }
            )
        yield {"en": en, "ja": ja, "rows": rows}


def trips(simulation: Simulation) -> list[dict[str, Any]]:
    """Scheduled trips that carry parcels under the mixed policy, those with most pieces first."""
    rows = [_trip(simulation, manifest) for manifest in simulation.plan["trips"]]
    return sorted(rows, key=lambda row: (-row["pieces"], row["departs"]))


def _trip(simulation: Simulation, manifest: Document) -> dict[str, Any]:
    pieces = {row["id"]: row["request"]["pieces"] for row in simulation.plan["shipments"]}
    loaded = [shipment for stop in manifest["stops"] for shipment in stop["load"]]
    fullest = max(manifest["segments"], key=_fill)
    first, last = manifest["stops"][0], manifest["stops"][-1]
    en, ja = MODES.get(manifest["mode"], (manifest["mode"], ""))
    return {
        "departs": datetime.fromisoformat(first["departure"]).strftime("%H:%M"),
        "line": manifest["line_name"] or manifest["line"],
        "mode": f"{en} {ja}",
        "origin": first["at"]["name"],
        "destination": last["at"]["name"],
        "pieces": sum(pieces[shipment] for shipment in loaded),
        "percent": round(100 * _fill(fullest)),
        "of": f"{fullest['pieces']}/{fullest['room_pieces']}, "
        f"{fullest['kg']}/{fullest['room_kg']} kg",
    }


def _fill(segment: Document) -> float:
    """Share of the scarcest room that is used."""
    return max(
        segment[name] / segment[f"room_{name}"] if segment[f"room_{name}"] else 0.0
        for name in ("kg", "litres", "pieces")
    )


def refusals(simulation: Simulation) -> list[dict[str, Any]]:
    """What could not be done, grouped by reason."""
    rows = []
    for policy in simulation.scenario.policies:
        what = Text(f"Shipments, {POLICIES[policy].en.lower()}", f"荷物（{POLICIES[policy].ja}）")
        rows += _grouped(what, refused_shipments(simulation.plan, policy))
    unserved = [
        (outcome.traveller.id, reason)
        for outcome in simulation.outcomes
        if outcome.itinerary is None
        for reason in outcome.reasons[:1]
    ]
    return rows + _grouped(Text("Travellers", "旅客"), unserved)


def refused_shipments(plan: Document, policy: str) -> list[tuple[str, Document]]:
    """Shipments that a policy refuses, each with its reason."""
    reasons = {row["id"]: row["reason"] for row in plan["shipments"] if row.get("reason")}
    if policy == "mixed":
        return [
            (row["id"], reasons[row["id"]]) for row in plan["shipments"] if row["id"] in reasons
        ]
    vans_only = {
        "code": "no_van",
        "message": "no van has room and time to bring it from door to door",
        "message_ja": "大きさと時間の条件を満たして戸口から戸口へ運べる配送車がありません",
    }
    return [(name, vans_only) for name in plan["separate"]["rejected"]]


def _grouped(what: Text, cases: Sequence[tuple[str, Document]]) -> list[dict[str, Any]]:
    """One row for each code of reasons."""
    by_code: dict[str, list[tuple[str, Document]]] = defaultdict(list)
    for name, reason in cases:
        by_code[reason["code"]].append((name, reason))
    counts = Counter({code: len(found) for code, found in by_code.items()})
    rows = []
    for code, number in counts.most_common():
        found = by_code[code]
        first, alike = found[0][1], len({reason["message"] for _, reason in found}) == 1
        rows.append(
            {
                "what": what,
                "number": number,
                "en": first["message"] if alike else code.replace("_", " "),
                "ja": first.get("message_ja", "") if alike else "",
                "examples": []
                if alike
                else [f"{name}: {reason['message']}" for name, reason in found[:SHOWN_EXAMPLES]],
            }
        )
    return rows
