"""What a scenario writes: figures, the report, the load plan, each traveller; all or nothing."""

import csv
import io
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import maas
from maas.scenario.errors import ScenarioOutputError
from maas.scenario.report import report_html
from maas.scenario.report_tables import unit_of
from maas.scenario.simulation import Simulation

MARK = "kpis.json"  # a folder that holds it was written here and may be replaced


def check_folder(folder: Path) -> None:
    """Refuse to replace what no scenario wrote.

    Raises
    ------
    ScenarioOutputError
        If the folder holds something else.
    """
    if folder.exists() and not folder.is_dir():
        msg = f"{folder} is a file; name a folder for the results"
        raise ScenarioOutputError(msg)
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).is_file():
        msg = f"{folder} holds other files; name an empty folder, or one of an earlier scenario"
        raise ScenarioOutputError(msg)


def write(simulation: Simulation, folder: Path) -> None:
    """Write all results into `folder`, replacing those of an earlier run.

    Raises
    ------
    ScenarioOutputError
        If the folder holds something else.
    """
    check_folder(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _fill(simulation, draft)
        draft.chmod(0o755)
        _replace(folder, draft)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _fill(simulation: Simulation, folder: Path) -> None:
    def put(name: str, text: str) -> None:
        (folder / name).write_text(text, encoding="utf-8")

    put("report.html", report_html(simulation))
    put("kpis.csv", kpis_csv(simulation))
    put("travellers.csv", travellers_csv(simulation))
    put("load-plan.json", _json(simulation.plan))
    put(MARK, _json(kpis_document(simulation)))
    simulation.ledger.save(folder / "ledger.json")


def _replace(folder: Path, draft: Path) -> None:
    """Put the draft in place; the old folder is set aside first and then removed."""
    old = folder.with_name(f".{folder.name}-old-{os.getpid()}")
    if folder.exists():
        folder.rename(old)
    draft.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def kpis_document(simulation: Simulation) -> dict[str, Any]:
    """Figures with all that they depend on; the same scenario gives the same document."""
    scenario, region, plan = simulation.scenario, simulation.region, simulation.plan
    return {
        "scenario": scenario.model_dump(mode="json"),
        "region": {"name": region.file.name, "version": region.version},
        "synthetic": region.file.synthetic,
        "notices": list(plan["notices"]),
        "program": {"maas": maas.__version__, **plan["engines"]},
        "kpis": {
            policy: _rounded(figures) for policy, figures in simulation.kpis.by_policy.items()
        },
        "measures": {
            measure.key: {
                "group": measure.group,
                "en": measure.en,
                "ja": measure.ja,
                "unit": unit_of(measure, region.file.currency),
                "better": measure.better,
            }
            for measure in simulation.kpis.measures
        },
    }


def _rounded(figures: dict[str, float | None]) -> dict[str, float | None]:
    return {key: None if value is None else round(value, 3) for key, value in figures.items()}


def kpis_csv(simulation: Simulation) -> str:
    """One row per figure, one column per policy."""
    policies, currency = simulation.scenario.policies, simulation.region.file.currency
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["figure", "group", "name", "name_ja", "unit", *policies])
    for measure in simulation.kpis.measures:
        values = [simulation.kpis.by_policy[policy][measure.key] for policy in policies]
        writer.writerow(
            [
                measure.key,
                measure.group,
                measure.en,
                measure.ja,
                unit_of(measure, currency),
                *("" if value is None else round(value, 3) for value in values),
            ]
        )
    return out.getvalue()


def travellers_csv(simulation: Simulation) -> str:
    """One row per traveller: what they chose, or why they stayed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        "id party departure arrival transfers wait_at_stops_s wait_before_s walk_m price "
        "generalised_cost modes reason".split()
    )
    for outcome in simulation.outcomes:
        person, chosen = outcome.traveller, outcome.itinerary
        if chosen is None:
            reason = outcome.reasons[0]["code"] if outcome.reasons else ""
            writer.writerow([person.id, person.party, *[""] * 9, reason])
            continue
        writer.writerow(
            [
                person.id,
                person.party,
                chosen["departure"],
                chosen["arrival"],
                chosen["transfers"],
                outcome.wait_at_stops,
                outcome.wait_before,
                chosen["walk_m"],
                "" if chosen["price"] is None else chosen["price"]["amount"],
                round(outcome.cost),
                " ".join(leg["mode"] for leg in outcome.legs),
                "",
            ]
        )
    return out.getvalue()


def _json(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
