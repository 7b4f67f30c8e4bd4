"""`scenario.yaml`: what is refused, and in which words."""

from pathlib import Path

import pytest

from maas.scenario.errors import ScenarioFileError
from maas.scenario.file import ScenarioFile, read_scenario_file

ROOT = Path(__file__).parents[2]
LEAST = "region: region.yaml\ndate: 2026-10-07\n"


def read(tmp_path: Path, text: str) -> ScenarioFile:
    path = tmp_path / "scenario.yaml"
    path.write_text(text, encoding="utf-8")
    return read_scenario_file(path)


def test_region_and_date_are_enough(tmp_path: Path) -> None:
    scenario = read(tmp_path, LEAST)
    assert scenario.policies == ("separate", "mixed")
    assert scenario.passengers.count == 200


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (LEAST + "sead: 3\n", ["sead", "unknown key", "did you mean 'seed'?"]),
        (LEAST + "choice: {walk_wait: 2}\n", ["choice.walk_wait", "unknown key"]),
        ("date: 2026-10-07\n", ["region", "required and missing"]),
        (LEAST.replace("2026-10-07", "soon"), ["date", "'soon'"]),
        (LEAST + "passengers: {count: 5, file: a.csv}\n", ["exactly one of `count` and `file`"]),
        (LEAST + "parcels: {}\n", ["exactly one of `count` and `file`"]),
        (LEAST + "parcels: {count: -1}\n", ["parcels.count", "-1"]),
        (LEAST + "policies: [mixed, mixed]\n", ["a policy stands twice"]),
        (LEAST + "policies: [mxed]\n", ["policies.0", "'mxed'"]),
        (LEAST + "solver_iterations: 0\n", ["solver_iterations", "0"]),
        ("- a\n- b\n", ["expected keys such as"]),
        ("a: [\n", ["cannot be read as YAML"]),
    ],
)
def test_a_fault_is_told_with_file_field_and_remedy(
    tmp_path: Path, text: str, words: list[str]
) -> None:
    with pytest.raises(ScenarioFileError) as caught:
        read(tmp_path, text)
    for word in ["scenario.yaml", *words]:
        assert word in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioFileError, match="no such file"):
        read_scenario_file(tmp_path / "none.yaml")


def test_the_shipped_scenario_is_valid() -> None:
    scenario = read_scenario_file(ROOT / "data" / "hokkaido" / "scenario.yaml")
    assert scenario.solver_seconds is None  # so that the same seed gives the same figures
