"""Every benchmark runs to its end on a small region; nothing is judged by time."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.__main__ import main
from benchmarks.harness import NAMES
from tests.maas.scenario_valley import write_valley

SHIPMENTS = {
    "date": "2026-10-07",
    "shipments": [
        {
            "id": "a",
            "pickup": {"lat": 43.0, "lon": 141.0},
            "delivery": {"lat": 43.3, "lon": 141.0},
            "kg": 5,
            "litres": 20,
            "ready": "07:00",
            "due": "12:00",
        }
    ],
}


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Region file of the valley, with parcels beside it."""
    folder = tmp_path_factory.mktemp("bench") / "bench-valley"
    write_valley(folder)
    (folder / "shipments.json").write_text(json.dumps(SHIPMENTS), encoding="utf-8")
    return folder / "region.yaml"


@pytest.fixture(params=NAMES)
def content(
    request: pytest.FixtureRequest,
    region: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> dict[str, Any]:
    """The document of a quick run without outside data."""
    monkeypatch.setenv("MAAS_TEST_DATA", str(tmp_path / "nowhere"))
    if request.param == "startup":  # all in children, whose cache is empty: compile nothing
        monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    out = tmp_path / "out.json"
    words = [request.param, "--quick", "--region", str(region), "--json", str(out)]
    assert main(words) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"{request.param}: ")
    assert "median CPU" in shown
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return found


def test_a_quick_run_prints_its_table_and_writes_its_document(content: dict[str, Any]) -> None:
    assert content["quick"] is True
    assert content["rows"]
    assert {"machine", "commit", "versions", "notes", "date"} <= set(content)
    for row in content["rows"]:
        assert row["n"] == len(row["cpu_s"]) > 0
        assert 0 <= row["median_cpu_s"] <= row["p95_cpu_s"]
    if content["benchmark"] in {"journeys", "freight"}:
        assert any("MAAS_TEST_DATA" in note for note in content["notes"])
