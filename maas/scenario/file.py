"""`scenario.yaml`: which region, which day, which demand, which policies, as pydantic models.

Paths are relative to the file. Only `region` and `date` must be there.
"""

import datetime as dt
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator, model_validator

from maas.region_parts import Strict
from maas.scenario.errors import ScenarioFileError
from maas.yaml_file import read_yaml

Policy = Literal["separate", "mixed"]


class Passengers(Strict):
    """Who travels: drawn from the population of the region, or given."""

    count: int | None = Field(None, ge=0, le=20_000, description="trips drawn from population")
    file: str | None = Field(
        None, description="CSV: id, from_lat, from_lon, to_lat, to_lon, depart (HH:MM), party"
    )

    @model_validator(mode="after")
    def _one_source(self) -> "Passengers":
        if (self.count is None) == (self.file is None):
            msg = "passengers: give exactly one of `count` and `file`"
            raise ValueError(msg)
        return self


class Parcels(Strict):
    """What is sent: drawn from the population of the region, or a shipments document."""

    count: int | None = Field(None, ge=0, le=2_000, description="parcels drawn from population")
    file: str | None = Field(None, description="a shipments document (maas schema shipments)")

    @model_validator(mode="after")
    def _one_source(self) -> "Parcels":
        if (self.count is None) == (self.file is None):
            msg = "parcels: give exactly one of `count` and `file`"
            raise ValueError(msg)
        return self


class Choice(Strict):
    """How a passenger chooses: the itinerary of least generalised cost.

    Generalised cost = price + value of time × (time from wanted departure to arrival, with walking
    and waiting weighted, + a fixed time for each transfer).
    """

    value_of_time_per_hour: float = Field(1500, ge=0, description="in the region's currency")
    walk_weight: float = Field(2.0, ge=1, description="a minute of walking, in minutes of riding")
    wait_weight: float = Field(1.5, ge=1, description="a minute at a stop, in minutes of riding")
    early_weight: float = Field(
        0.5, ge=0, description="a minute at home between wanted and real departure"
    )
    transfer_minutes: float = Field(8.0, ge=0, description="what a transfer weighs")


class ScenarioFile(Strict):
    """The whole of `scenario.yaml`."""

    region: str = Field(description="a region.yaml, or a region directory made by maas build")
    date: dt.date
    name: str = "Scenario"
    name_ja: str = ""
    seed: int = Field(1, ge=0, le=2**31 - 1)
    passengers: Passengers = Passengers(count=200, file=None)
    parcels: Parcels = Parcels(count=100, file=None)
    policies: tuple[Policy, ...] = Field(("separate", "mixed"), min_length=1)
    solver_iterations: int = Field(
        20_000, ge=1, le=10**8, description="effort of load planning for each policy"
    )
    solver_seconds: float | None = Field(
        None,
        gt=0,
        le=36_000,
        description="CPU s instead of iterations: runs then differ a little from each other",
    )
    choice: Choice = Choice()

    @field_validator("policies")
    @classmethod
    def _distinct(cls, policies: tuple[Policy, ...]) -> tuple[Policy, ...]:
        if len(set(policies)) < len(policies):
            msg = "a policy stands twice; name each once"
            raise ValueError(msg)
        return policies


def read_scenario_file(path: Path) -> ScenarioFile:
    """Read and check a scenario file.

    Raises
    ------
    ScenarioFileError
        If the file is missing, no YAML, or breaks the schema.
    """
    keys = "`region`, `date` and `policies`"
    return read_yaml(path, ScenarioFile, ScenarioFileError, "scenario.yaml", keys)
