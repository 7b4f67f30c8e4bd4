"""One simulated day: everything that the figures and the report are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from maas.ledger import Ledger
from maas.scenario.calls import CallWork
from maas.scenario.demand import Demand
from maas.scenario.file import ScenarioFile
from maas.scenario.kpis import Kpis
from maas.scenario.passengers import Outcome

if TYPE_CHECKING:
    from maas.region import Region


@dataclass(frozen=True)
class Simulation:
    """A scenario that was run."""

    scenario: ScenarioFile
    region: "Region"
    demand: Demand
    outcomes: Sequence[Outcome]
    calls: CallWork
    plan: Mapping[str, Any]  # load plan, both policies
    ledger: Ledger  # seats that the passengers hold
    kpis: Kpis
