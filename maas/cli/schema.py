"""`maas schema NAME`: the JSON Schema of a document that people write or read."""

import argparse
import json
from typing import Any

NAMES = (
    "region",
    "shipments",
    "passengers",
    "load-plan",
    "scenario",
    "journey-query",
    "dispatch-state",
    "dispatch-events",
    "trip-events",
)


def add(subparsers: Any) -> None:
    """Declare the command."""
    parser = subparsers.add_parser("schema", help="print the JSON Schema of a document")
    parser.add_argument("name", choices=NAMES, metavar="NAME", help=" | ".join(NAMES))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the schema."""
    print(json.dumps(_model(args.name).model_json_schema(), ensure_ascii=False, indent=1))
    return 0


def _model(name: str) -> Any:
    """Return the pydantic model of a document; each is imported only when asked for."""
    if name == "region":
        from maas.region_file import RegionFile

        return RegionFile
    if name == "scenario":
        from maas.scenario.file import ScenarioFile

        return ScenarioFile
    if name == "journey-query":
        from maas.planner import JourneyQuery

        return JourneyQuery
    if name.startswith("dispatch"):
        from cargo import online_state

        return online_state.DayState if name == "dispatch-state" else online_state.Events
    from cargo import change_documents, model, party, shipment

    return {
        "trip-events": change_documents.TripEvents,
        "passengers": party.PassengersDocument,
        "shipments": shipment.ShipmentsDocument,
        "load-plan": model.LoadPlan,
    }[name]
