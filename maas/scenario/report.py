"""The report: one HTML page that needs nothing else."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import maas
from maas.scenario import charts
from maas.scenario.kpis import sheets_of
from maas.scenario.map_chart import network_map
from maas.scenario.map_layers import hubs_of, layers_of, network_of
from maas.scenario.measures import MODES
from maas.scenario.report_tables import cards, groups, refusals, trips
from maas.scenario.rules import POLICIES, WEEKDAYS, Text, rules
from maas.scenario.simulation import Simulation

TEMPLATE = Path(__file__).with_name("report.html.j2")
SHOWN_TRIPS = 14
STEP = 600  # s between two counts of vehicles


def report_html(simulation: Simulation) -> str:
    """Render the page."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(_context(simulation))


def _context(simulation: Simulation) -> dict[str, Any]:
    scenario, region = simulation.scenario, simulation.region
    carrying = trips(simulation) if "mixed" in scenario.policies else []
    return {
        "title": Text(scenario.name, scenario.name_ja),
        "region": Text(region.file.name, region.file.name_ja),
        "date": scenario.date.isoformat(),
        "weekday": WEEKDAYS[scenario.date.weekday()],
        "travellers": len(simulation.outcomes),
        "shipments": len(simulation.plan["shipments"]),
        "synthetic": region.file.synthetic,
        "notices": [text for text in (region.file.notice, region.file.notice_ja) if text],
        "cards": list(cards(simulation)),
        "policies": [
            {**POLICIES[policy]._asdict(), "colour": charts.POLICY_COLOUR[policy]}
            for policy in scenario.policies
        ],
        "groups": list(groups(simulation)),
        "charts": _charts(simulation),
        "map_note": _map_note(is_beeline=region.roads.is_beeline),
        "trips": carrying[:SHOWN_TRIPS],
        "trips_more": max(0, len(carrying) - SHOWN_TRIPS),
        "refusals": refusals(simulation),
        "rules": rules(scenario, region.file.currency, is_beeline=region.roads.is_beeline),
        "stamp": _stamp(simulation),
    }


def _charts(simulation: Simulation) -> dict[str, str]:
    policies: Sequence[str] = simulation.scenario.policies
    figures = simulation.kpis.by_policy
    by_mode = {
        policy: {
            MODES.get(mode, (mode, ""))[0]: float(figures[policy][f"rides_{mode}"] or 0)
            for mode in _modes(simulation, "rides_")
        }
        for policy in policies
    }
    main = {
        MODES.get(mode, (mode, ""))[0]: float(figures[policies[-1]][f"mainly_{mode}"] or 0)
        for mode in _modes(simulation, "mainly_")
    }
    served = [outcome for outcome in simulation.outcomes if outcome.itinerary is not None]
    layers = {policy: layers_of(simulation, policy) for policy in policies}
    return {
        "stacked": charts.stacked(
            {policy: _parts(simulation, policy) for policy in policies}, "km"
        ),
        "map": network_map(network_of(simulation), hubs_of(simulation.region), layers),
        "modes": charts.grouped(by_mode, list(next(iter(by_mode.values()))), "modes"),
        "day": charts.over_the_day(
            {policy: _vehicles_out(simulation, policy) for policy in policies}, STEP, "vehicles"
        ),
        "passengers": charts.ranked(main),
        "waiting": charts.waits(
            {
                "at stops": [outcome.wait_at_stops / 60 for outcome in served],
                "before leaving": [max(0, outcome.wait_before) / 60 for outcome in served],
            },
        ),
    }


def _modes(simulation: Simulation, prefix: str) -> list[str]:
    """Modes with a count of their own, in the order of the table."""
    found = [
        measure.key.removeprefix(prefix)
        for measure in simulation.kpis.measures
        if measure.key.startswith(prefix)
    ]
    order = list(MODES)
    return sorted(found, key=lambda mode: order.index(mode) if mode in order else len(order))


def _parts(simulation: Simulation, policy: str) -> dict[str, float]:
    """Kilometres by what they are driven for."""
    figures, calls = simulation.kpis.by_policy[policy], simulation.calls
    return {
        "vans": figures["van_km"] or 0.0,
        "taxis with parcels": figures["taxi_freight_km"] or 0.0,
        "taxis with passengers": calls.loaded_km,
        "taxis empty": calls.empty_km,
    }


def _vehicles_out(simulation: Simulation, policy: str) -> Sequence[int]:
    """Vehicles that are away from their base, every `STEP` seconds of the day."""
    counts = [0] * (30 * 3600 // STEP)
    midnight = simulation.region.day(simulation.scenario.date).base_epoch
    for sheet in sheets_of(simulation.plan, policy):
        out, back = (
            int(datetime.fromisoformat(text).timestamp()) - midnight
            for text in (sheet["visits"][0]["departure"], sheet["visits"][-1]["arrival"])
        )
        for step in range(max(0, out // STEP), min(len(counts), -(-back // STEP))):
            counts[step] += 1
    return counts


def _map_note(*, is_beeline: bool) -> Text:
    en = "Grey: all lines of the day. Teal: hops with parcels on board, wider with more pieces."
    ja = "灰色：当日の全路線。緑：荷物を載せた区間（太いほど個数が多い）。"
    if is_beeline:
        return Text(
            f"{en} Ways of vans and taxis are straight lines.", f"{ja}車両の経路は直線です。"
        )
    return Text(
        f"{en} Vans and taxis follow the roads.",
        f"{ja}配送車とタクシーは道路に沿って描いています。",
    )


def _stamp(simulation: Simulation) -> list[tuple[str, str]]:
    """What the report was made from: enough to make it again."""
    scenario, region, plan = simulation.scenario, simulation.region, simulation.plan
    engines = ", ".join(f"{name} {version}" for name, version in plan["engines"].items())
    sources = [
        f"{feed.attribution or feed.publisher or feed.id}"
        + (f" ({feed.licence})" if feed.licence else "")
        for feed in region.timetable.feeds
    ]
    if not region.roads.is_beeline:
        roads = region.file.roads
        sources.append(
            f"{roads.attribution or '© OpenStreetMap contributors'} ({roads.licence or 'ODbL'})"
        )
    return [
        ("Seed 乱数の種", str(scenario.seed)),
        ("Program プログラム", f"maas {maas.__version__}; {engines}"),
        ("Region 地域", f"{region.file.name}, version {region.version}"),
        ("Sources 出典", "; ".join(dict.fromkeys(sources))),
        ("CO₂", region.file.co2_source or _co2_source()),
    ]


def _co2_source() -> str:
    from maas.emissions import SOURCE

    return SOURCE
